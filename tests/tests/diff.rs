//! What `diff` says of trees that differ in exactly what a test changes.

use codegen::diff;
use hardware::tree::{Record, Tree};
use tests::{Failure, LiveTree, paths};

const UART: &str = "/pl011@9000000";
const RTC: &str = "/pl031@9010000";
const GIC: &str = "/intc@8000000";

fn reference() -> Result<LiveTree, Failure> {
    LiveTree::read(&std::fs::read(paths::root().join("boards/qemu-virt.dtb"))?)
}

/// The lines about the reference tree and an edited one.
fn said(edit: impl FnOnce(&mut LiveTree) -> Result<(), Failure>) -> Result<Vec<String>, Failure> {
    let first = reference()?;
    let mut second = first.clone();
    edit(&mut second)?;
    Ok(between(&first, &second))
}

/// The lines about two trees.
fn between(first: &LiveTree, second: &LiveTree) -> Vec<String> {
    let (first, second) = (first.to_blob(), second.to_blob());
    let mut records = vec![Record::EMPTY; 1024];
    let (of_first, of_second) = records.split_at_mut(512);
    let first = Tree::open(&first, of_first).expect("a tree");
    let second = Tree::open(&second, of_second).expect("a tree");
    diff::text(&diff::trees(&first, &second)).lines().map(str::to_owned).collect()
}

#[test]
fn what_changes_with_every_boot_is_left_out() -> Result<(), Failure> {
    let said = said(|tree| {
        tree.set("/chosen", "kaslr-seed", [1u32, 2])?.set("/chosen", "rng-seed", vec![7u8; 32])?;
        tree.set("/chosen", "bootargs", "console=ttyAMA0")?.set("/chosen", "linux,initrd-start", 0x4800_0000u32)?;
        tree.set("/chosen", "linux,initrd-end", 0x4900_0000u32)?.set("/", "serial-number", "10000000abcdef01")?;
        tree.set(UART, "local-mac-address", vec![2u8, 0, 0, 0, 0, 1])?;
        Ok(())
    })?;
    assert_eq!(said, ["no difference"]);
    Ok(())
}

#[test]
fn how_a_value_is_written_is_left_out() -> Result<(), Failure> {
    let said = said(|tree| {
        // Another phandle for the clock, a `status` that says what is so anyway.
        tree.set("/apb-pclk", "phandle", 0x77u32)?.set(UART, "clocks", [0x77u32, 0x77])?;
        let others = ["/pl061@9030000", RTC];
        others.iter().try_for_each(|node| tree.set(node, "clocks", 0x77u32).map(drop))?;
        tree.set(UART, "status", "okay")?;
        Ok(())
    })?;
    assert_eq!(said, ["no difference"]);
    Ok(())
}

#[test]
fn a_device_that_moves_is_the_same_device() -> Result<(), Failure> {
    let moved = said(|tree| {
        tree.set(GIC, "reg", [0u32, 0x810_0000, 0, 0x1_0000, 0, 0x80a_0000, 0, 0xf6_0000])?;
        tree.set(RTC, "reg", [0u32, 0x902_8000, 0, 0x1000])?.rename_node(RTC, "pl031@9028000")?;
        Ok(())
    })?;
    assert_eq!(
        moved,
        [
            "~ /pl031@9010000 is now pl031@9028000",
            "~ /pl031@9010000 window[0] moved 0x901_0000+0x1000 → 0x902_8000+0x1000",
            "~ /intc@8000000 window[0] moved 0x800_0000+0x1_0000 → 0x810_0000+0x1_0000",
            "1 node renamed, 2 windows",
        ]
    );
    Ok(())
}

#[test]
fn an_alias_tells_a_device_whose_kind_has_changed() -> Result<(), Failure> {
    let said = said(|tree| {
        tree.rename_node(UART, "serial@9000000")?.set("/serial@9000000", "compatible", "vendor,uart")?;
        tree.set("/aliases", "serial0", "/serial@9000000")?.set("/chosen", "stdout-path", "/serial@9000000")?;
        Ok(())
    })?;
    assert!(said.contains(&"~ serial0 is now serial@9000000".to_owned()), "{said:#?}");
    assert!(said.contains(&"~ serial0 compatible arm,pl011, arm,primecell → vendor,uart".to_owned()), "{said:#?}");
    Ok(())
}

#[test]
fn devices_that_come_and_go_are_counted_with_their_windows() -> Result<(), Failure> {
    let said = said(|tree| {
        tree.copy_node(UART, "/", "pl011@9040000")?.set("/pl011@9040000", "reg", [0u32, 0x904_0000, 0, 0x1000])?;
        tree.remove_node("/fw-cfg@9020000")?.set("/virtio_mmio@a000000", "status", "disabled")?;
        Ok(())
    })?;
    assert_eq!(
        said,
        [
            "- /fw-cfg@9020000  qemu,fw-cfg-mmio  0x902_0000+0x18",
            "~ /virtio_mmio@a000000 enabled → disabled",
            "+ /pl011@9040000  arm,pl011  0x904_0000+0x1000  SPI 1 level-high",
            "~ SPI 1 is now shared by /pl011@9000000, /pl011@9040000; was /pl011@9000000's",
            "+1 node, -1 node, 1 status, 1 shared line, +1 -1 device windows",
        ]
    );
    Ok(())
}

#[test]
fn memory_that_a_header_reserves_is_told() -> Result<(), Failure> {
    let mut first = reference()?;
    first.reserve(0x4000_0000, 0x1000).reserve(0x4800_0000, 0x20_0000);
    let mut second = reference()?;
    // The order means nothing, and saying it twice neither.
    second.reserve(0x4800_0000, 0x20_0000).reserve(0x4000_0000, 0x2000).reserve(0x4800_0000, 0x20_0000);
    assert_eq!(
        between(&first, &second),
        [
            "~ /memreserve/ is gone: 0x4000_0000+0x1000",
            "~ /memreserve/ is new: 0x4000_0000+0x2000",
            "2 memory reservations",
        ]
    );
    second = first.clone();
    assert_eq!(between(&first, &second), ["no difference"]);
    Ok(())
}

#[test]
fn lines_clocks_and_other_properties_are_told() -> Result<(), Failure> {
    let said = said(|tree| {
        tree.set(UART, "interrupts", [0u32, 9, 1])?.set("/apb-pclk", "clock-frequency", 48_000_000u32)?;
        tree.set("/psci", "method", "smc")?.set("/memory@40000000", "reg", [0u32, 0x4000_0000, 0, 0x1000_0000])?;
        tree.set(RTC, "vendor,quirk", "a\u{1b}[2J")?;
        Ok(())
    })?;
    for line in [
        "~ serial0 interrupt[0] SPI 1 level-high → SPI 9 edge-rising",
        "~ serial0 clock[0] 24_000_000 Hz → 48_000_000 Hz",
        "~ /psci method \"hvc\" → \"smc\"",
    ] {
        assert!(said.contains(&line.to_owned()), "{line}\n{said:#?}");
    }
    assert!(said.iter().any(|line| line.contains("vendor,quirk is new")), "{said:#?}");
    assert!(said.iter().any(|line| line.starts_with("~ /memory@40000000 window[0] ")), "{said:#?}");
    assert!(said.iter().all(|line| !line.contains(char::is_control)), "{said:#?}");
    Ok(())
}

#[test]
fn what_a_pci_host_hands_on_is_told() -> Result<(), Failure> {
    const PCIE: &str = "/pcie@10000000";
    let edited = |property: &str| {
        said(|tree| {
            let mut value = tree.value(PCIE, property)?;
            let last = value.len() - 1;
            value[last] ^= 1;
            tree.set(PCIE, property, value).map(drop)
        })
    };
    for property in ["ranges", "interrupt-map", "interrupt-map-mask"] {
        let said = edited(property)?;
        assert!(said.iter().any(|line| line.contains(property)), "{property}: {said:?}");
    }
    Ok(())
}
