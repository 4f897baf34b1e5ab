//! A board for the reference tree of qemu-virt: some of its devices, two claims that drift and one that is missing.

use hardware::board::{
    Baud, Binding, Board, Chosen, Claim, Class, Conduit, Confidence, Cpu, Device, Driver, Fact, FactId, Fix, Fixed,
    Hertz, Interrupt, Item, Line, MemoryPolicy, Mpidr, Origin, Policy, Preset, Presets, Recorded, Stage, Trigger,
    Value, Why, Window, WithoutTree,
};

const DISTRIBUTOR: Window = Window { base: 0x800_0000, size: 0x1_0000 };
const REDISTRIBUTORS: Window = Window { base: 0x80a_0000, size: 0xf6_0000 };
const UART: Window = Window { base: 0x900_0000, size: 0x1000 };
const RTC: Window = Window { base: 0x901_0000, size: 0x1000 };
/// The tree has SPI 1.
const UART_LINE: Interrupt = Interrupt::spi(9, Trigger::LevelHigh);
/// The tree has 24 MHz.
const UART_CLOCK: Hertz = Hertz(48_000_000);
const TIMER_LINES: [Interrupt; 2] = [Interrupt::ppi(13, Trigger::LevelHigh), Interrupt::ppi(14, Trigger::LevelHigh)];

const fn id<T: Copy>(index: u16, value: T) -> Claim<T> {
    Claim::new(FactId::new(index), value)
}

const fn fact(name: &'static str, device: u16, item: Item, claimed: Value<'static>, property: &'static str) -> Fact {
    let origin = Origin::Tree { property };
    Fact { name, device: Some(device), item, claimed, policy: Policy::Warn, why: None, origin }
}

const FILE: &str = "boards/qemu-virt.toml";
static WHY: Why = Why { text: "smc with virtualization=on, hvc without", line: Line { file: FILE, number: 15 } };
static FIX: Fix =
    Fix { source: "an oscilloscope", confidence: Confidence::Measured, line: Line { file: FILE, number: 21 } };
const COMMANDS: [&str; 19] = [
    "board", "boot", "cat", "cpus", "dt", "echo", "help", "irq", "log", "ls", "mem", "panic", "poweroff", "reboot",
    "uptime", "blk", "selftest", "stress", "threads",
];
static PRESETS: Presets = Presets {
    drivers: &["gicv3", "pl011"],
    commands: &COMMANDS,
    features: &["ledger-rows"],
    presets: &[
        ("hw-minimal", Chosen { drivers: 0b10, commands: 0b101_0001, features: 0b1 }),
        ("qemu-smoke", Chosen { drivers: 0b11, commands: 0x7_ffff, features: 0b0 }),
    ],
};

pub(crate) static BOARD: Board = Board {
    name: "qemu-virt",
    variant: None,
    variants: &[],
    summary: "QEMU virt as the tests claim it to be",
    compatible: &["linux,dummy-virt"],
    file: "boards/qemu-virt.toml",
    tree: "boards/qemu-virt.dtb",
    devices: &[
        Device {
            name: "psci",
            path: "/psci",
            binding: "psci",
            compatible: "arm,psci-1.0",
            class: Class::Power,
            driver: Some(Driver::Psci),
            left_out: None,
            stage: Stage::System,
            present: id(0, "arm,psci-1.0"),
            windows: &[],
            interrupts: &[],
            clocks: &[],
            conduit: Some(id(1, Conduit::Smc)),
        },
        Device {
            name: "serial0",
            path: "/pl011@9000000",
            binding: "pl011",
            compatible: "arm,pl011",
            class: Class::Console,
            driver: Some(Driver::Pl011),
            left_out: None,
            stage: Stage::Console,
            present: id(2, "arm,pl011"),
            windows: &[id(3, UART)],
            interrupts: &[id(4, UART_LINE)],
            clocks: &[id(5, UART_CLOCK)],
            conduit: None,
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
            present: id(6, "arm,gic-v3"),
            windows: &[id(7, DISTRIBUTOR), id(8, REDISTRIBUTORS)],
            interrupts: &[],
            clocks: &[],
            conduit: None,
        },
        Device {
            name: "timer",
            path: "/timer",
            binding: "armv8-timer",
            compatible: "arm,armv8-timer",
            class: Class::Timer,
            driver: Some(Driver::ArmTimer),
            left_out: None,
            stage: Stage::Time,
            present: id(9, "arm,armv8-timer"),
            windows: &[],
            interrupts: &[id(10, TIMER_LINES[0]), id(11, TIMER_LINES[1])],
            clocks: &[],
            conduit: None,
        },
        Device {
            name: "watchdog",
            path: "/watchdog@9050000",
            binding: "sp805",
            compatible: "arm,sp805",
            class: Class::Other,
            driver: None,
            left_out: None,
            stage: Stage::Device,
            present: id(12, "arm,sp805"),
            windows: &[],
            interrupts: &[],
            clocks: &[],
            conduit: None,
        },
        Device {
            name: "rtc",
            path: "/pl031@9010000",
            binding: "pl031",
            compatible: "arm,pl031",
            class: Class::Rtc,
            driver: Some(Driver::Pl031),
            left_out: None,
            stage: Stage::System,
            present: id(13, "arm,pl031"),
            windows: &[id(14, RTC)],
            interrupts: &[],
            clocks: &[],
            conduit: None,
        },
    ],
    bindings: &[
        Binding { name: "armv8-timer", compatible: &["arm,armv8-timer"] },
        Binding { name: "gic-v3", compatible: &["arm,gic-v3"] },
        Binding { name: "pl011", compatible: &["arm,pl011"] },
        Binding { name: "pl031", compatible: &["arm,pl031"] },
        Binding { name: "pl061", compatible: &["arm,pl061"] },
        Binding { name: "psci", compatible: &["arm,psci-1.0", "arm,psci-0.2"] },
        Binding { name: "sp805", compatible: &["arm,sp805"] },
    ],
    facts: &[
        fact("psci.compatible", 0, Item::Compatible, Value::Compatible("arm,psci-1.0"), "compatible"),
        Fact {
            policy: Policy::LiveWins,
            why: Some(&WHY),
            ..fact("psci.conduit", 0, Item::Conduit, Value::Conduit(Conduit::Smc), "method")
        },
        fact("serial0.compatible", 1, Item::Compatible, Value::Compatible("arm,pl011"), "compatible"),
        fact("serial0.window[0]", 1, Item::Window(0), Value::Window(UART), "reg"),
        fact("serial0.interrupt[0]", 1, Item::Interrupt(0), Value::Interrupt(UART_LINE), "interrupts"),
        Fact {
            origin: Origin::Fix(&Fixed { fix: &FIX, recorded: Recorded::Value(Value::Clock(Hertz(9_216_000))) }),
            policy: Policy::StaticWins,
            ..fact("serial0.clock[0]", 1, Item::Clock(0), Value::Clock(UART_CLOCK), "clocks")
        },
        fact("gic.compatible", 2, Item::Compatible, Value::Compatible("arm,gic-v3"), "compatible"),
        fact("gic.window[0]", 2, Item::Window(0), Value::Window(DISTRIBUTOR), "reg"),
        fact("gic.window[1]", 2, Item::Window(1), Value::Window(REDISTRIBUTORS), "reg"),
        fact("timer.compatible", 3, Item::Compatible, Value::Compatible("arm,armv8-timer"), "compatible"),
        fact("timer.interrupt[0]", 3, Item::Interrupt(0), Value::Interrupt(TIMER_LINES[0]), "interrupts"),
        fact("timer.interrupt[1]", 3, Item::Interrupt(1), Value::Interrupt(TIMER_LINES[1]), "interrupts"),
        fact("watchdog.compatible", 4, Item::Compatible, Value::Compatible("arm,sp805"), "compatible"),
        fact("rtc.compatible", 5, Item::Compatible, Value::Compatible("arm,pl031"), "compatible"),
        fact("rtc.window[0]", 5, Item::Window(0), Value::Window(RTC), "reg"),
        Fact { device: None, ..fact("cpu@0.mpidr", 0, Item::Mpidr(0), Value::Mpidr(Mpidr(0)), "reg") },
    ],
    init: &[2, 3, 1, 0, 5],
    cpus: &[Cpu { path: "/cpus/cpu@0", mpidr: id(15, Mpidr(0)) }],
    console: &[1],
    baud: Baud::Keep,
    memory: MemoryPolicy { least: 64 << 20 },
    without_tree: WithoutTree::Refuse,
    preset: Preset { name: "qemu-smoke", chosen: PRESETS.presets[1].1, all: &PRESETS },
};
