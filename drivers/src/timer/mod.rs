//! The Armv8-A generic timer (DDI 0487, D12): the EL1 virtual timer, set to the first time at which something is due.
//!
//! The registers are the CPU's own, so the architecture hands them in through [`CounterRegisters`].

use hardware::board::Hertz;

/// Why there is no timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimerError {
    /// CNTFRQ_EL0 is 0: firmware hasn't set it.
    #[error("CNTFRQ_EL0 is 0: firmware hasn't said how fast the counter is")]
    NoFrequency,
}

/// The registers of the EL1 virtual timer on the calling CPU.
pub trait CounterRegisters {
    /// CNTFRQ_EL0 (DDI 0487, D19.12.7), whose low 32 bits are the rate in Hz.
    fn frequency(&self) -> u32;
    /// Writes CNTV_CVAL_EL0.
    fn set_compare(&mut self, value: u64);
    /// Writes CNTV_CTL_EL0 and synchronises.
    fn set_control(&mut self, value: u64);
}

/// CNTV_CTL_EL0 (DDI 0487, D12.2.4): the timer is on.
pub const ENABLE: u64 = 1 << 0;
/// CNTV_CTL_EL0: the condition doesn't interrupt.
pub const IMASK: u64 = 1 << 1;

/// A CPU's timer. It interrupts as long as the time that it is set to has come: whoever handles that sets it anew.
#[derive(Debug)]
pub struct ArmTimer<C> {
    registers: C,
    /// What it is set to; 0: nothing.
    armed: u64,
}

impl<C: CounterRegisters> ArmTimer<C> {
    /// The timer, which isn't touched yet.
    pub const fn new(registers: C) -> Self {
        Self { registers, armed: 0 }
    }

    /// The counter's rate.
    pub fn frequency(&self) -> Result<Hertz, TimerError> {
        match self.registers.frequency() {
            0 => Err(TimerError::NoFrequency),
            hertz => Ok(Hertz(hertz.into())),
        }
    }

    /// What it is set to, in counts; `None`: nothing.
    #[inline(always)]
    pub const fn armed(&self) -> Option<u64> {
        if self.armed == 0 { None } else { Some(self.armed) }
    }

    /// It interrupts when the counter comes to `at`, if not before.
    #[inline(always)]
    pub fn arm(&mut self, at: u64) {
        if self.armed == 0 || at < self.armed {
            self.set(Some(at));
        }
    }

    /// It interrupts when the counter comes to `at`, which isn't 0; `None`: not at all, rather than at the end of time, which is
    /// where emulators that skip idle time would go.
    #[inline(always)]
    pub fn set(&mut self, at: Option<u64>) {
        match at {
            Some(at) => {
                // Before it is on: what the register held may have come.
                self.registers.set_compare(at);
                if self.armed == 0 {
                    self.registers.set_control(ENABLE);
                }
            }
            None => self.registers.set_control(0),
        }
        self.armed = at.unwrap_or(0);
    }
}

#[cfg(test)]
mod tests;
