//! Stacks: each is mapped to its top, its guard isn't, and one that is given back comes again.

use kernel_core::system::Outcome;

use crate::mm::stack::{self, Owner};

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
    pass!("stacks of {} KiB, with guards of as much", stack::SIZE >> 10)
}
