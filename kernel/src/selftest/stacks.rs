//! Stacks: each is mapped to its top, its guard isn't, and one that is given back comes again.

use alloc::vec::Vec;

use kernel_core::system::Outcome;

use crate::mm::frames;
use crate::mm::stack::{self, Owner, Stack};

use super::{fail, pass};

/// A number that no thread has.
const NOBODY: u16 = u16::MAX;

pub(super) fn run() -> Outcome {
    let (first, second) = match (stack::take(Owner::Thread(NOBODY)), stack::take(Owner::Thread(NOBODY))) {
        (Ok(first), Ok(second)) => (first, second),
        (Err(error), _) | (_, Err(error)) => fail!("{error}"),
    };
    for stack in [&first, &second] {
        let top = stack.top();
        let Some(extent) = stack::find(top - 8) else { fail!("nobody knows the stack below {top:#x}") };
        if extent.usable.end != top || !top.is_multiple_of(16) || extent.owner != Owner::Thread(NOBODY) {
            fail!("the stack below {top:#x} is found as that below {:#x}, {}", extent.usable.end, extent.owner);
        }
        for (address, is_mapped) in
            [(extent.usable.start, true), (top - 8, true), (extent.guard.start, false), (extent.guard.end - 8, false)]
        {
            if crate::mm::answers(address) != is_mapped {
                fail!("{address:#x} of the stack below {top:#x}: mapped is {}", !is_mapped);
            }
        }
    }
    let top = first.top();
    drop(first);
    if stack::find(top - 8).is_some() {
        fail!("the stack below {top:#x} still has an owner");
    }
    match stack::take(Owner::Thread(NOBODY)) {
        Ok(again) if again.top() == top => {}
        Ok(other) => fail!("the stack below {top:#x} was given back, and {:#x} came", other.top()),
        Err(error) => fail!("{error}"),
    }
    if let Err(why) = many() {
        fail!("{why}");
    }
    pass!("stacks of {} KiB, with guards of as much", stack::SIZE >> 10)
}

/// More stacks at once than wait for an owner: given back, the rest is unmapped, and its frames are free again.
fn many() -> Result<(), &'static str> {
    const MORE: usize = 8;
    let round = || {
        let mut stacks = Vec::new();
        stacks.try_reserve(stack::CACHED + MORE).map_err(|_| "no memory for a list")?;
        while stacks.len() < stack::CACHED + MORE {
            stacks.push(stack::take(Owner::Thread(NOBODY)).map_err(|_| "no stack")?);
        }
        if !stacks.iter().all(|stack| crate::mm::answers(stack.top() - 8)) {
            return Err("a stack that isn't mapped");
        }
        let tops: Vec<usize> = stacks.iter().map(Stack::top).collect();
        drop(stacks);
        // The last first: those that are unmapped are still among the translations that this core may have kept.
        let mapped = tops.iter().rev().filter(|top| crate::mm::answers(*top - 8)).count();
        if mapped > stack::CACHED { Err("more stacks stay mapped than may") } else { Ok(frames::free_bytes()) }
    };
    let (once, twice) = (round()?, round()?);
    if once == twice { Ok(()) } else { Err("frames of stacks are lost") }
}
