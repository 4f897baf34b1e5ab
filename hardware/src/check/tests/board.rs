//! A small board table, written by hand as codegen writes one.

use crate::board::*;

const fn fact(name: &'static str, device: u16, item: Item, claimed: Value<'static>, policy: Policy) -> Fact {
    Fact {
        name,
        device: Some(device),
        item,
        claimed,
        policy,
        why: None,
        origin: Origin::Tree { property: property(item) },
    }
}

const fn property(item: Item) -> &'static str {
    match item {
        Item::Compatible => "compatible",
        Item::Window(_) | Item::Mpidr(_) => "reg",
        Item::Interrupt(_) => "interrupts",
        Item::Clock(_) => "clocks",
        Item::Conduit => "method",
    }
}

const fn claim<T: Copy>(row: u16, value: T) -> Claim<T> {
    Claim::new(FactId::new(row), value)
}

pub(super) const GICD: Window = Window { base: 0x800_0000, size: 0x1_0000 };
pub(super) const GICR: Window = Window { base: 0x80a_0000, size: 0xf6_0000 };
pub(super) const UART: Window = Window { base: 0x900_0000, size: 0x1000 };
pub(super) const RTC: Window = Window { base: 0x901_0000, size: 0x1000 };
pub(super) const VIRTIO: [Window; 2] =
    [Window { base: 0xa00_0000, size: 0x200 }, Window { base: 0xa00_0200, size: 0x200 }];
pub(super) const UART_LINE: Interrupt = Interrupt::spi(1, Trigger::LevelHigh);
pub(super) const RTC_LINE: Interrupt = Interrupt::spi(2, Trigger::LevelHigh);
pub(super) const UART_CLOCK: Hertz = Hertz(24_000_000);
const FILE: &str = "boards/test.toml";
const WHY: Why = Why { text: "stepping D0 moved SPI 1 to 120", line: Line { file: FILE, number: 17 } };
pub(super) const NOTHING: Chosen = Chosen { drivers: 0, commands: 0, features: 0 };
pub(super) static PRESETS: Presets =
    Presets { drivers: &[], commands: &[], features: &[], presets: &[("full", NOTHING)] };
pub(super) static FIX: Fix =
    Fix { source: "the schematic, sheet 3", confidence: Confidence::Datasheet, line: Line { file: FILE, number: 23 } };

/// In blob order of `tests/virt.rs` and of the fake.
pub(super) static BOARD: Board = Board {
    name: "test",
    variant: None,
    variants: &[],
    summary: "A machine for the check's tests",
    compatible: &["test,machine"],
    file: "boards/test.toml",
    tree: "boards/test.dtb",
    devices: DEVICES,
    bindings: &[
        Binding { name: "psci", compatible: &["arm,psci-1.0", "arm,psci-0.2"] },
        Binding { name: "gic-v3", compatible: &["arm,gic-v3"] },
        Binding { name: "pl011", compatible: &["arm,pl011", "arm,sbsa-uart"] },
        Binding { name: "pl031", compatible: &["arm,pl031"] },
        Binding { name: "virtio-mmio", compatible: &["virtio,mmio"] },
    ],
    facts: FACTS,
    init: &[1, 2, 3],
    cpus: &[
        Cpu { path: "/cpus/cpu@0", mpidr: claim(15, Mpidr(0)) },
        Cpu { path: "/cpus/cpu@1", mpidr: claim(16, Mpidr(1)) },
    ],
    console: &[2],
    baud: Baud::Keep,
    memory: MemoryPolicy { least: 0x100_0000 },
    without_tree: WithoutTree::Refuse,
    preset: Preset { name: "full", chosen: NOTHING, all: &PRESETS },
};

/// The same board, for firmware without a tree.
pub(super) static WITHOUT_TREE: Board = Board {
    name: "lonely",
    variant: None,
    variants: &[],
    summary: "The same machine, whose firmware has no tree",
    compatible: &["test,lonely", "test,lonelier"],
    file: "boards/lonely.toml",
    tree: "boards/test.dtb",
    devices: DEVICES,
    bindings: &[],
    facts: FACTS,
    init: &[1, 2, 3],
    cpus: &[],
    console: &[2],
    baud: Baud::Keep,
    memory: MemoryPolicy { least: 0x100_0000 },
    without_tree: WithoutTree::Continue { memory: Window { base: 0x4000_0000, size: 0x800_0000 } },
    preset: Preset { name: "full", chosen: NOTHING, all: &PRESETS },
};

static DEVICES: &[Device] = &[
    Device {
        name: "psci",
        path: "/psci",
        binding: "psci",
        compatible: "arm,psci-1.0",
        class: Class::Power,
        driver: Some(Driver::Psci),
        left_out: None,
        stage: Stage::System,
        present: claim(0, "arm,psci-1.0"),
        windows: &[],
        interrupts: &[],
        clocks: &[],
        conduit: Some(claim(1, Conduit::Hvc)),
    },
    Device {
        name: "gic",
        path: "/intc@8000000",
        binding: "gic-v3",
        compatible: "arm,gic-v3",
        class: Class::InterruptController,
        driver: Some(Driver::GicV3),
        left_out: None,
        stage: Stage::Interrupts,
        present: claim(2, "arm,gic-v3"),
        windows: &[claim(3, GICD), claim(4, GICR)],
        interrupts: &[],
        clocks: &[],
        conduit: None,
    },
    Device {
        name: "serial0",
        path: "/soc/serial@9000000",
        binding: "pl011",
        compatible: "arm,pl011",
        class: Class::Console,
        driver: Some(Driver::Pl011),
        left_out: None,
        stage: Stage::Console,
        present: claim(5, "arm,pl011"),
        windows: &[claim(6, UART)],
        interrupts: &[claim(7, UART_LINE)],
        clocks: &[claim(8, UART_CLOCK)],
        conduit: None,
    },
    Device {
        name: "rtc",
        path: "/soc/rtc@9010000",
        binding: "pl031",
        compatible: "arm,pl031",
        class: Class::Rtc,
        driver: Some(Driver::Pl031),
        left_out: None,
        stage: Stage::System,
        present: claim(9, "arm,pl031"),
        windows: &[claim(10, RTC)],
        interrupts: &[claim(11, RTC_LINE)],
        clocks: &[],
        conduit: None,
    },
    virtio("virtio_mmio@a000000", "/soc/virtio_mmio@a000000", claim(12, "virtio,mmio"), &[claim(13, VIRTIO[0])]),
    virtio("virtio_mmio@a000200", "/soc/virtio_mmio@a000200", claim(14, "virtio,mmio"), &[claim(17, VIRTIO[1])]),
];

const fn virtio(
    name: &'static str,
    path: &'static str,
    present: Claim<&'static str>,
    windows: &'static [Claim<Window>],
) -> Device {
    Device {
        name,
        path,
        binding: "virtio-mmio",
        compatible: "virtio,mmio",
        class: Class::Virtio,
        driver: None,
        left_out: None,
        stage: Stage::Device,
        present,
        windows,
        interrupts: &[],
        clocks: &[],
        conduit: None,
    }
}

static FACTS: &[Fact] = &[
    fact("psci.compatible", 0, Item::Compatible, Value::Compatible("arm,psci-1.0"), Policy::LiveWins),
    fact("psci.conduit", 0, Item::Conduit, Value::Conduit(Conduit::Hvc), Policy::LiveWins),
    fact("gic.compatible", 1, Item::Compatible, Value::Compatible("arm,gic-v3"), Policy::Fatal),
    fact("gic.window[0]", 1, Item::Window(0), Value::Window(GICD), Policy::Fatal),
    fact("gic.window[1]", 1, Item::Window(1), Value::Window(GICR), Policy::Fatal),
    fact("serial0.compatible", 2, Item::Compatible, Value::Compatible("arm,pl011"), Policy::Warn),
    fact("serial0.window[0]", 2, Item::Window(0), Value::Window(UART), Policy::Fatal),
    Fact {
        why: Some(&WHY),
        ..fact("serial0.interrupt[0]", 2, Item::Interrupt(0), Value::Interrupt(UART_LINE), Policy::LiveWins)
    },
    Fact {
        origin: Origin::Fix(&Fixed { fix: &FIX, recorded: Recorded::Value(Value::Clock(Hertz(9_216_000))) }),
        ..fact("serial0.clock[0]", 2, Item::Clock(0), Value::Clock(UART_CLOCK), Policy::StaticWins)
    },
    fact("rtc.compatible", 3, Item::Compatible, Value::Compatible("arm,pl031"), Policy::Warn),
    fact("rtc.window[0]", 3, Item::Window(0), Value::Window(RTC), Policy::Warn),
    fact("rtc.interrupt[0]", 3, Item::Interrupt(0), Value::Interrupt(RTC_LINE), Policy::Warn),
    fact("virtio_mmio@a000000.compatible", 4, Item::Compatible, Value::Compatible("virtio,mmio"), Policy::Warn),
    fact("virtio_mmio@a000000.window[0]", 4, Item::Window(0), Value::Window(VIRTIO[0]), Policy::Warn),
    fact("virtio_mmio@a000200.compatible", 5, Item::Compatible, Value::Compatible("virtio,mmio"), Policy::Warn),
    cpu("cpu@0.mpidr", 0),
    cpu("cpu@1.mpidr", 1),
    // Behind the CPUs, so that a board whose facts aren't grouped by device is checked as well.
    fact("virtio_mmio@a000200.window[0]", 5, Item::Window(0), Value::Window(VIRTIO[1]), Policy::Warn),
];

const fn cpu(name: &'static str, index: u8) -> Fact {
    let claimed = Value::Mpidr(Mpidr(index as u64));
    Fact { device: None, ..fact(name, 0, Item::Mpidr(index), claimed, Policy::LiveWins) }
}
