//! The timer against registers in memory.

use std::vec::Vec;

use super::*;

/// What was written, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Write {
    Compare(u64),
    Control(u64),
}

#[derive(Debug, Default)]
struct Registers {
    frequency: u32,
    writes: Vec<Write>,
}

impl CounterRegisters for Registers {
    fn frequency(&self) -> u32 {
        self.frequency
    }
    fn set_compare(&mut self, value: u64) {
        self.writes.push(Write::Compare(value));
    }
    fn set_control(&mut self, value: u64) {
        self.writes.push(Write::Control(value));
    }
}

fn timer() -> ArmTimer<Registers> {
    ArmTimer::new(Registers::default())
}

/// What `act` writes.
fn writes(timer: &mut ArmTimer<Registers>, act: impl FnOnce(&mut ArmTimer<Registers>)) -> Vec<Write> {
    timer.registers.writes.clear();
    act(timer);
    timer.registers.writes.clone()
}

#[test]
fn no_frequency_is_an_error() {
    assert_eq!(timer().frequency(), Err(TimerError::NoFrequency));
    let slowest = ArmTimer::new(Registers { frequency: 1, ..Registers::default() });
    assert_eq!(slowest.frequency(), Ok(Hertz(1)));
}

#[test]
fn it_is_turned_on_with_a_time_and_off_without() {
    let mut timer = timer();
    assert_eq!(timer.armed(), None);
    assert_eq!(writes(&mut timer, |timer| timer.set(Some(100))), [Write::Compare(100), Write::Control(ENABLE)]);
    assert_eq!(writes(&mut timer, |timer| timer.set(Some(200))), [Write::Compare(200)], "it is on");
    assert_eq!(timer.armed(), Some(200));
    assert_eq!(writes(&mut timer, |timer| timer.set(None)), [Write::Control(0)]);
    assert_eq!(timer.armed(), None);
    assert_eq!(writes(&mut timer, |timer| timer.set(Some(300))), [Write::Compare(300), Write::Control(ENABLE)]);
}

#[test]
fn the_earliest_time_stays() {
    let mut timer = timer();
    assert_eq!(writes(&mut timer, |timer| timer.arm(100)), [Write::Compare(100), Write::Control(ENABLE)]);
    assert_eq!(writes(&mut timer, |timer| timer.arm(100)), []);
    assert_eq!(writes(&mut timer, |timer| timer.arm(101)), []);
    assert_eq!(timer.armed(), Some(100));
    assert_eq!(writes(&mut timer, |timer| timer.arm(99)), [Write::Compare(99)]);
    assert_eq!(timer.armed(), Some(99));
}
