//! The timer against registers in memory.

use core::cell::Cell;

use super::*;

/// The four registers; `count` is what the test says.
#[derive(Debug, Default)]
struct Registers {
    frequency: u32,
    count: Cell<u64>,
    compare: u64,
    control: u64,
}

impl CounterRegisters for &mut Registers {
    fn frequency(&self) -> u32 {
        self.frequency
    }
    fn count(&self) -> u64 {
        self.count.get()
    }
    fn set_compare(&mut self, value: u64) {
        self.compare = value;
    }
    fn control(&self) -> u64 {
        // ISTATUS is live: the condition is CNTVCT >= CNTV_CVAL (DDI 0487, D12.2.4).
        let met = self.control & ENABLE != 0 && self.count.get() >= self.compare;
        self.control | if met { ISTATUS } else { 0 }
    }
    fn set_control(&mut self, value: u64) {
        self.control = value;
    }
}

#[test]
fn no_frequency_is_an_error() {
    assert_eq!(ArmTimer::new(&mut Registers::default()).map(drop), Err(TimerError::NoFrequency));
}

#[test]
fn it_starts_stopped() {
    let mut registers = Registers { frequency: 1, control: ENABLE, ..Registers::default() };
    ArmTimer::new(&mut registers).map(drop).expect("a frequency");
    assert_eq!(registers.control, 0);
}

#[test]
fn a_deadline_fires_when_the_counter_is_there() {
    let mut registers = Registers { frequency: 62_500_000, ..Registers::default() };
    let mut timer = ArmTimer::new(&mut registers).expect("a frequency");
    timer.set_deadline(Ticks(100));
    assert!(!timer.has_fired());
    timer.registers.count.set(99);
    assert!(!timer.has_fired());
    timer.registers.count.set(100);
    assert!(timer.has_fired());
    timer.stop();
    assert!(!timer.has_fired(), "a stopped timer has no condition");
}

#[test]
fn ticks_stay_on_their_grid() {
    let mut registers = Registers { frequency: 1000, count: Cell::new(5), ..Registers::default() };
    let mut timer = ArmTimer::new(&mut registers).expect("a frequency");
    assert_eq!(timer.start_ticking(Ticks(0)), Err(TimerError::TooShort));
    timer.start_ticking(Ticks(10)).expect("a period");
    let mut due_at = |now| {
        timer.registers.count.set(now);
        (timer.tick(), timer.registers.compare)
    };
    assert_eq!(due_at(14), (0, 15), "not yet");
    assert_eq!(due_at(15), (1, 25));
    assert_eq!(due_at(29), (1, 35), "late, but the next isn't");
    assert_eq!(due_at(70), (4, 75), "35, 45, 55 and 65");
    assert_eq!(due_at(u64::MAX).1, u64::MAX, "the end of time saturates");
}

#[test]
fn conversions_are_exact_and_do_not_overflow() {
    let rate = |hertz| Rate::new(hertz).expect("not 0");
    assert_eq!(rate(62_500_000).nanoseconds(Ticks(1)), 16);
    assert_eq!(rate(54_000_000).nanoseconds(Ticks(54_000_000 * 3600 + 1)), 3_600_000_000_018);
    assert_eq!(rate(u32::MAX).nanoseconds(Ticks(u64::from(u32::MAX) - 1)), 999_999_999);
    assert_eq!(rate(1_000_000_000).nanoseconds(Ticks(u64::MAX)), u64::MAX);
    assert_eq!(rate(1).nanoseconds(Ticks(u64::MAX)), u64::MAX, "saturates");
    assert_eq!(rate(1_000_000).microseconds(Ticks(7)), 7);
    assert_eq!(rate(54_000_000).ticks(1_000_000), Ticks(54_000));
    assert_eq!(rate(1).ticks(999_999_999), Ticks(0), "rounded down");
    assert_eq!(rate(u32::MAX).ticks(u64::MAX), Ticks(u64::MAX), "saturates");
}

#[test]
fn conversions_agree_with_128_bits() {
    for hertz in [1, 3, 19_200_000, 24_000_000, 54_000_000, 62_500_000, 1_000_000_000, u32::MAX] {
        for shift in 0..64 {
            let ticks = (0xf123_4567_89ab_cdef_u64) >> shift;
            let exact = u128::from(ticks) * 1_000_000_000 / u128::from(hertz);
            let exact = u64::try_from(exact).unwrap_or(u64::MAX);
            assert_eq!(Rate::new(hertz).expect("not 0").nanoseconds(Ticks(ticks)), exact, "{ticks} at {hertz}");
        }
    }
}
