//! What the kernel sees of an interrupt controller.

use hardware::board::Trigger;

/// Routes interrupt lines to CPUs. There is one, and whoever calls it has it to himself.
///
/// Lines are known by the controller's own number, [`Intid`]. Calls about one CPU's private lines are about
/// the CPU that makes them.
pub trait InterruptController {
    /// How many lines there are; the first line that isn't there.
    fn lines(&self) -> u32;
    /// Starts what the calling CPU has to itself: its private lines, disabled, and its interface. Who made the
    /// controller is started already, and may be started again.
    fn start_cpu(&mut self) -> Result<CpuTarget, InterruptError>;
    /// Stops what the calling CPU has to itself, before it is switched off: no interrupt comes until it starts again.
    fn stop_cpu(&mut self) -> Result<(), InterruptError>;
    /// Sets how a line signals and how urgent it is. An SPI goes to the calling CPU until [`Self::route`] says
    /// otherwise.
    fn configure(&mut self, line: Intid, trigger: Trigger, priority: Priority) -> Result<(), InterruptError>;
    /// Sends an SPI to another CPU.
    fn route(&mut self, line: Intid, cpu: CpuTarget) -> Result<(), InterruptError>;
    /// Lets a line through.
    fn enable(&mut self, line: Intid) -> Result<(), InterruptError>;
    /// Holds a line back; returns when the device has taken note.
    fn disable(&mut self, line: Intid) -> Result<(), InterruptError>;
    /// Makes a line pending as if its device had signalled.
    fn set_pending(&mut self, line: Intid) -> Result<(), InterruptError>;
    /// Takes back that a line is pending; a level stays as long as its device holds it.
    fn clear_pending(&mut self, line: Intid) -> Result<(), InterruptError>;
    /// What the controller knows of a line.
    fn state(&self, line: Intid) -> Result<LineState, InterruptError>;
}

/// Where a CPU takes and sends interrupts. Every CPU calls the same value, without a lock, and sees its own registers.
pub trait CpuInterface {
    /// Takes the most urgent pending interrupt of the calling CPU; `None` where there is none.
    fn acknowledge(&self) -> Option<Taken>;
    /// Ends an interrupt that the calling CPU has taken.
    fn end(&self, taken: Taken);
    /// Sends a software-generated interrupt, 0 to 15. Earlier writes to memory are visible to its handler.
    fn send(&self, sgi: Intid, target: SgiTarget) -> Result<(), InterruptError>;
}

/// A CPU as the controller names it: what [`InterruptController::start_cpu`] gave when that CPU started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CpuTarget(pub(crate) u64);

/// A line's number as the GIC's registers have it (IHI 0069H, 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Intid(pub u32);

/// An interrupt that a CPU has taken. It is ended once, by that CPU, with all that the acknowledging read gave: a GICv2
/// wants the sender of an SGI back.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "until an interrupt is ended, no other of its priority comes"]
pub struct Taken {
    intid: Intid,
    acknowledged: u32,
}

impl Taken {
    /// From the acknowledge register's value.
    pub(crate) fn new(intid: u32, acknowledged: u32) -> Self {
        Self { intid: Intid(intid), acknowledged }
    }

    /// Which line it is.
    pub fn intid(&self) -> Intid {
        self.intid
    }

    /// What the end register takes.
    pub(crate) fn acknowledged(&self) -> u32 {
        self.acknowledged
    }
}

/// How urgent a line is: 0 is the most, 255 the least. Devices ignore low bits that they don't implement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Priority(pub u8);

impl Priority {
    /// What lines have that nobody ranked: above the idle priority, with room on both sides.
    pub const DEFAULT: Self = Self(0xa0);
}

/// What the controller knows of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineState {
    /// Let through.
    pub enabled: bool,
    /// Signalled and not yet taken.
    pub pending: bool,
    /// Taken and not yet ended.
    pub active: bool,
}

/// Who gets a software-generated interrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SgiTarget {
    /// One CPU.
    Cpu(CpuTarget),
    /// All but the sender.
    Others,
}

/// Why an interrupt controller didn't do what it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InterruptError {
    /// A window is smaller than its register map.
    #[error("a window is smaller than its register map")]
    WindowTooSmall,
    /// The identification registers are another device's.
    #[error("another device answers")]
    NotThere,
    /// No redistributor of the region belongs to the calling CPU.
    #[error("no redistributor is this CPU's")]
    NoRedistributor,
    /// A register that announces completion didn't within a million polls.
    #[error("the controller doesn't finish")]
    Stuck,
    /// The CPU interface's system registers can't be switched on.
    #[error("the CPU interface has no system registers")]
    NoSystemRegisters,
    /// The priority mask stays closed: Secure software holds it.
    #[error("secure software keeps the priority mask closed")]
    MaskHeld,
    /// The distributor names no CPU interface for the calling CPU.
    #[error("no CPU interface is this CPU's")]
    NoInterface,
    /// The controller hasn't that line.
    #[error("there is no such line")]
    NoSuchLine,
    /// What was asked is fixed for this kind of line, or not detectable on it.
    #[error("the line can't do that")]
    NotPossible,
}

impl From<crate::mmio::TooSmall> for InterruptError {
    fn from(_: crate::mmio::TooSmall) -> Self {
        Self::WindowTooSmall
    }
}
