//! The Armv8-A generic timer (DDI 0487, D12): the EL1 virtual timer and its counter.
//!
//! The registers are the CPU's own, so the architecture hands them in through [`CounterRegisters`].

mod rate;

use hardware::board::Hertz;

pub use self::rate::Rate;

/// A timer that interrupts when its counter has come to a deadline.
pub trait Timer {
    /// The counter.
    fn now(&self) -> Ticks;
    /// The counter's rate, for conversions.
    fn rate(&self) -> Rate;
    /// Interrupts once the counter has come to `at`; at once where it has.
    fn set_deadline(&mut self, at: Ticks);
    /// Whether the deadline has come.
    fn has_fired(&self) -> bool;
    /// No interrupt any more.
    fn stop(&mut self);
}

/// Counts of a timer's counter: a time since its start, or a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Ticks(pub u64);

/// Why there is no timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimerError {
    /// CNTFRQ_EL0 is 0: firmware hasn't set it.
    #[error("CNTFRQ_EL0 is 0: firmware hasn't said how fast the counter is")]
    NoFrequency,
    /// A tick shorter than the counter's period.
    #[error("the counter is too slow for this tick")]
    TooShort,
}

/// The registers of the EL1 virtual timer on the calling CPU.
pub trait CounterRegisters {
    /// CNTFRQ_EL0 (DDI 0487, D19.12.7).
    fn frequency(&self) -> u32;
    /// CNTVCT_EL0, not read ahead of earlier instructions.
    fn count(&self) -> u64;
    /// Writes CNTV_CVAL_EL0 and synchronises.
    fn set_compare(&mut self, value: u64);
    /// CNTV_CTL_EL0.
    fn control(&self) -> u64;
    /// Writes CNTV_CTL_EL0 and synchronises.
    fn set_control(&mut self, value: u64);
}

/// CNTV_CTL_EL0 (DDI 0487, D12.2.4): the timer is on.
pub const ENABLE: u64 = 1 << 0;
/// CNTV_CTL_EL0: the condition doesn't interrupt.
pub const IMASK: u64 = 1 << 1;
/// CNTV_CTL_EL0: the condition is met, masked or not.
const ISTATUS: u64 = 1 << 2;

/// The calling CPU's timer.
#[derive(Debug)]
pub struct ArmTimer<C> {
    registers: C,
    rate: Rate,
    /// Between ticks; 0 where it doesn't tick.
    period: u64,
    /// When the next tick is due.
    next: u64,
}

impl<C: CounterRegisters> ArmTimer<C> {
    /// The timer, stopped.
    pub fn new(mut registers: C) -> Result<Self, TimerError> {
        let rate = Rate::new(registers.frequency())?;
        registers.set_control(0);
        Ok(Self { registers, rate, period: 0, next: 0 })
    }

    /// The counter's rate.
    pub fn frequency(&self) -> Hertz {
        self.rate.hertz()
    }

    /// Interrupts every `period` from now on; [`Self::tick`] has to be called on each.
    pub fn start_ticking(&mut self, period: Ticks) -> Result<(), TimerError> {
        if period.0 == 0 {
            return Err(TimerError::TooShort);
        }
        self.period = period.0;
        self.next = self.registers.count().saturating_add(period.0);
        self.set_deadline(Ticks(self.next));
        Ok(())
    }

    /// Sets the deadline of the next tick, on the grid of the first: late handling doesn't add up. Returns how many
    /// ticks have come due: 0 where none has, more than 1 where some were missed.
    pub fn tick(&mut self) -> u64 {
        let now = self.registers.count();
        let Some(late) = now.checked_sub(self.next).filter(|_| self.period != 0) else { return 0 };
        // A division only where a tick was missed.
        let due = if late < self.period { 1 } else { 1 + late / self.period };
        self.next = self.next.saturating_add(due.saturating_mul(self.period));
        self.set_deadline(Ticks(self.next));
        due
    }
}

impl<C: CounterRegisters> Timer for ArmTimer<C> {
    fn now(&self) -> Ticks {
        Ticks(self.registers.count())
    }

    fn rate(&self) -> Rate {
        self.rate
    }

    fn set_deadline(&mut self, at: Ticks) {
        self.registers.set_compare(at.0);
        self.registers.set_control(ENABLE);
    }

    fn has_fired(&self) -> bool {
        let both = ENABLE | ISTATUS;
        self.registers.control() & both == both
    }

    fn stop(&mut self) {
        self.period = 0;
        self.registers.set_control(0);
    }
}

#[cfg(test)]
mod tests;
