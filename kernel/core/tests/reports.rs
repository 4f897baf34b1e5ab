//! Reports that the boot prints too.

mod common;

use common::{BOARD, Fake};
use hardware::board::{Binding, Board, Preset};
use kernel_core::report;
use kernel_core::system::Described;

#[test]
fn neighbours_with_one_binding_share_a_line() {
    static VIRTIO: Board = Board {
        name: "virtio",
        summary: "",
        compatible: &[],
        file: "",
        tree: "",
        devices: &[],
        bindings: &[
            Binding { name: "virtio-mmio", compatible: &["virtio,mmio"] },
            Binding { name: "pcie", compatible: &["pci-host-ecam-generic"] },
        ],
        facts: &[],
        init: &[],
        cpus: &[],
        console: &[],
        variant: None,
        variants: &[],
        baud: BOARD.baud,
        memory: BOARD.memory,
        without_tree: BOARD.without_tree,
        preset: Preset { name: "", chosen: BOARD.preset.chosen, all: BOARD.preset.all },
    };
    let system = Fake::new();
    let mut said = String::new();
    report::tree(system.tree().expect("a tree"), Some(&VIRTIO), &mut said).expect("a string takes all");
    let lines: Vec<_> = said.lines().rev().take(2).collect();
    assert_eq!(
        lines,
        [
            "pcie         pcie@10000000  0x40_1000_0000+0x1000_0000",
            "virtio-mmio  32 of them     0xa00_0000+0x200 … 0xa00_3e00+0x200  SPI 16 … SPI 47",
        ]
    );
}
