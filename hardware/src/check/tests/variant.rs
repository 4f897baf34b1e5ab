//! Which of a board's variants a machine is.

use std::vec;

use super::board::UART_LINE;
use super::*;
use crate::board::*;
use crate::check::{Unresolved, select};

const UART: &str = "/soc/serial@9000000";
const MOVED: Interrupt = Interrupt::spi(120, Trigger::EdgeRising);
const SPI_120: Evidence<'static> = Evidence::Interrupt { node: UART, nth: 0, kind: InterruptType::Spi, number: 120 };
const OLD: Evidence<'static> = Evidence::Property { node: "/", property: "#size-cells", value: &[0, 0, 0, 1] };

/// A table for a machine of this kind.
const fn kind(variant: Option<&'static str>, variants: &'static [Variant]) -> Board {
    Board {
        name: "test",
        variant,
        variants,
        summary: "",
        compatible: &["test,machine", "test,newer"],
        file: "boards/test.toml",
        tree: "boards/test.dtb",
        devices: &[],
        bindings: &[],
        facts: &[],
        init: &[],
        cpus: &[],
        console: &[],
        baud: Baud::Keep,
        memory: MemoryPolicy { least: 0 },
        without_tree: WithoutTree::Refuse,
        preset: Preset { name: "full", chosen: super::board::NOTHING, all: &super::board::PRESETS },
    }
}

static D0: Board = kind(Some("d0"), &[]);
static OLD_D0: Board = kind(Some("old-d0"), &[]);
static NEWER: Board = kind(Some("newer"), &[]);
static KINDS: Board = kind(
    None,
    &[
        Variant { name: "old-d0", evidence: &[SPI_120, OLD], board: &OLD_D0 },
        Variant { name: "d0", evidence: &[SPI_120], board: &D0 },
        Variant { name: "newer", evidence: &[Evidence::Compatible("test,newer")], board: &NEWER },
    ],
);

fn chosen(change: impl FnOnce(&mut Machine)) -> Option<&'static str> {
    let mut machine = Machine::pristine();
    change(&mut machine);
    let machine: &'static Machine = std::boxed::Box::leak(machine.into());
    static BOARDS: &[&Board] = &[&KINDS];
    select(BOARDS, machine).unwrap().variant
}

#[test]
fn without_evidence_it_is_the_board_itself() {
    assert_eq!(chosen(|_| ()), None);
    assert_eq!(chosen(|machine| machine.at(UART).interrupts = vec![Err(Unresolved::Parent)]), None);
    assert_eq!(chosen(|machine| machine.at(UART).interrupts = vec![Ok(UART_LINE), Ok(MOVED)]), None, "another one");
    assert_eq!(chosen(|machine| machine.remove(UART)), None);
}

#[test]
fn an_interrupt_tells_however_it_signals() {
    assert_eq!(chosen(|machine| machine.at(UART).interrupts = vec![Ok(MOVED)]), Some("d0"));
    let private = Interrupt { kind: InterruptType::Ppi, ..MOVED };
    assert_eq!(chosen(|machine| machine.at(UART).interrupts = vec![Ok(private)]), None);
}

#[test]
fn all_of_the_evidence_has_to_be_there() {
    let old = |machine: &mut Machine, value| machine.at("/").properties = vec![("#size-cells", value)];
    assert_eq!(chosen(|machine| old(machine, &[0, 0, 0, 1])), None, "half of it");
    let both = |value| {
        chosen(|machine| {
            machine.at(UART).interrupts = vec![Ok(MOVED)];
            old(machine, value);
        })
    };
    assert_eq!(both(&[0, 0, 0, 1]), Some("old-d0"));
    assert_eq!(both(&[0, 0, 0, 2]), Some("d0"));
    assert_eq!(both(&[0, 0, 0, 1, 0]), Some("d0"), "byte for byte");
}

#[test]
fn only_the_most_specific_compatible_tells() {
    let root = |strings: &[&'static str]| chosen(|machine| machine.at("/").compatible = strings.to_vec());
    assert_eq!(root(&["test,newer", "test,machine"]), Some("newer"));
    assert_eq!(root(&["test,machine", "test,newer"]), None);
}

#[test]
fn a_variant_is_named_and_has_room_for_its_rows() {
    use std::string::ToString;
    assert_eq!([&KINDS, &D0].map(|board| board.title().to_string()), ["test", "test (d0)"]);
    static LARGE: Board = Board { facts: BOARD.facts, ..kind(Some("large"), &[]) };
    static SMALL: Board = kind(None, &[Variant { name: "large", evidence: &[], board: &LARGE }]);
    assert_eq!(rows_for(&[&SMALL]), rows_for(&[&BOARD]));
}
