//! Facts: the checkable statements of a board table, and the claims that point at them.

use core::fmt;

use super::{Conduit, Hertz, Interrupt, Mpidr, Value, Window};

/// A fact's row number in its board's ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactId(u16);

/// One statement that the live tree can confirm or contradict.
#[derive(Debug)]
pub struct Fact {
    /// `gic.window[0]`, as the board file's `[verify]` table spells it.
    pub name: &'static str,
    /// Index of the device it is about; `None` for CPUs.
    pub device: Option<u16>,
    /// Which property of the device.
    pub item: Item,
    /// What the tables say.
    pub claimed: Value<'static>,
    /// What a difference means.
    pub policy: Policy,
    /// The board file's reason for that policy; `None` for a default policy.
    pub why: Option<&'static Why>,
    /// Where the claimed value came from.
    pub origin: Origin,
}

/// Why the board file sets a fact's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Why {
    /// The `why` of the `[verify]` entry.
    pub text: &'static str,
    /// Where the entry stands.
    pub line: Line,
}

/// A line of a board file: the board's own, or one that it inherits from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// `boards/rpi5.toml`
    pub file: &'static str,
    /// 1-based.
    pub number: u32,
}

/// A property that firmware gets wrong, and the board file puts right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fix {
    /// Who says so.
    pub source: &'static str,
    /// How sure that is.
    pub confidence: Confidence,
    /// Where the `[[fix]]` stands.
    pub line: Line,
}

/// How sure a [`Fix`] is, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// The part's own documentation.
    Datasheet,
    /// The vendor's firmware or drivers.
    Vendor,
    /// Somebody has measured it.
    Measured,
    /// Nobody knows; a release build refuses it.
    Guess,
}

/// A fact whose value comes from a fix: firmware is expected to go on saying what it said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixed {
    /// The fix.
    pub fix: &'static Fix,
    /// What the reference tree has in the value's place.
    pub recorded: Recorded,
}

/// What a tree has where a fact looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// This value.
    Value(Value<'static>),
    /// No such node or property.
    Missing,
    /// A node that is switched off.
    Disabled,
    /// A property from which no value can be worked out.
    Unresolvable,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Item {
    /// The node is there, is enabled and has the binding's `compatible`.
    Compatible,
    /// The nth `reg` entry, CPU-physical.
    Window(u8),
    /// The nth interrupt specifier.
    Interrupt(u8),
    /// The rate of the nth clock, through `clocks` to a `fixed-clock`, or `clock-frequency`.
    Clock(u8),
    /// The nth row of [`super::Board::cpus`].
    Mpidr(u8),
    /// PSCI's `method`.
    Conduit,
}

/// What the kernel does when live and claimed differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The boot stops with the story on the console.
    Fatal,
    /// Said aloud; the device isn't started.
    Warn,
    /// The live value is used.
    LiveWins,
    /// The table's value is used.
    StaticWins,
}

/// Where a claimed value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A property of the device's node in the reference tree.
    Tree {
        /// The property's name.
        property: &'static str,
    },
    /// An override of the variant that the board is in.
    Variant(&'static Line),
    /// A fix of the board file.
    Fix(&'static Fixed),
}

/// A value that may not be used as hardware until the check has accepted its fact.
///
/// Only [`crate::check::Ledger::accept`] turns it into a [`crate::check::Checked`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<T> {
    fact: FactId,
    value: T,
}

/// Rows of generated tables: the name, whose it is, its number there, what the reference tree has, the policy.
impl Fact {
    /// The device is there, from its `compatible`.
    pub const fn compatible(name: &'static str, device: u16, claimed: &'static str, policy: Policy) -> Self {
        Self::new(name, Some(device), Item::Compatible, Value::Compatible(claimed), policy, "compatible")
    }

    /// A register window, from `reg`.
    pub const fn window(name: &'static str, device: u16, nth: u8, claimed: Window, policy: Policy) -> Self {
        Self::new(name, Some(device), Item::Window(nth), Value::Window(claimed), policy, "reg")
    }

    /// An interrupt line, from `property`.
    pub const fn interrupt(
        name: &'static str,
        device: u16,
        nth: u8,
        claimed: Interrupt,
        policy: Policy,
        property: &'static str,
    ) -> Self {
        Self::new(name, Some(device), Item::Interrupt(nth), Value::Interrupt(claimed), policy, property)
    }

    /// A clock's rate, from `property`.
    pub const fn clock(
        name: &'static str,
        device: u16,
        nth: u8,
        claimed: Hertz,
        policy: Policy,
        property: &'static str,
    ) -> Self {
        Self::new(name, Some(device), Item::Clock(nth), Value::Clock(claimed), policy, property)
    }

    /// How PSCI is called, from `method`.
    pub const fn conduit(name: &'static str, device: u16, claimed: Conduit, policy: Policy) -> Self {
        Self::new(name, Some(device), Item::Conduit, Value::Conduit(claimed), policy, "method")
    }

    /// The affinity of the nth CPU, from `reg`.
    pub const fn mpidr(name: &'static str, nth: u8, claimed: Mpidr, policy: Policy) -> Self {
        Self::new(name, None, Item::Mpidr(nth), Value::Mpidr(claimed), policy, "reg")
    }

    /// The same fact with the board file's reason.
    pub const fn because(self, why: &'static Why) -> Self {
        Self { why: Some(why), ..self }
    }

    /// The same fact, its value put right by a fix.
    pub const fn fixed(self, fixed: &'static Fixed) -> Self {
        Self { origin: Origin::Fix(fixed), ..self }
    }

    /// The same fact, its value what the variant's evidence or overrides say.
    pub const fn varied(self, line: &'static Line) -> Self {
        Self { origin: Origin::Variant(line), ..self }
    }

    const fn new(
        name: &'static str,
        device: Option<u16>,
        item: Item,
        claimed: Value<'static>,
        policy: Policy,
        property: &'static str,
    ) -> Self {
        Self { name, device, item, claimed, policy, why: None, origin: Origin::Tree { property } }
    }
}

impl Policy {
    /// As the board file's `on-drift` spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Warn => "warn",
            Self::LiveWins => "live-wins",
            Self::StaticWins => "static-wins",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Confidence {
    /// As the board file's `confidence` spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Datasheet => "datasheet",
            Self::Vendor => "vendor",
            Self::Measured => "measured",
            Self::Guess => "guess",
        }
    }
}

impl FactId {
    /// Row `index` of the ledger.
    pub const fn new(index: u16) -> Self {
        Self(index)
    }

    /// The row number.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl<T: Copy> Claim<T> {
    /// What `fact` says is `value`; called by generated tables.
    pub const fn new(fact: FactId, value: T) -> Self {
        Self { fact, value }
    }

    /// The ledger row that decides about this claim.
    pub const fn fact(&self) -> FactId {
        self.fact
    }

    /// The value as the table has it: to print and to compare, never to touch hardware with.
    pub const fn unchecked(&self) -> T {
        self.value
    }
}
