//! Memory: a frame, a stack, and an access that faults.

use kernel_core::frames::{Order, Zone};
use kernel_core::system::Measured;

use crate::mm::stack::{self, Owner};
use crate::mm::{self, frames};

use super::each;

/// One frame taken and given back.
pub(super) fn frame() -> Result<Measured, &'static str> {
    let measured = each(|| drop(frames::alloc(Order::FRAME, Zone::Any)));
    frames::alloc(Order::FRAME, Zone::Any).map(|_| measured).map_err(|_| "there is no frame")
}

/// A stack that was another's, taken and given back.
pub(super) fn stack() -> Result<Measured, &'static str> {
    let owner = Owner::Thread(u16::MAX);
    let measured = each(|| drop(stack::take(owner)));
    stack::take(owner).map(|_| measured).map_err(|_| "there is no stack")
}

/// A read where nothing is mapped: from the fault through the handler to the fix-up, and what guards the read.
pub(super) fn page_fault() -> Result<Measured, &'static str> {
    let owner = stack::take(Owner::Thread(u16::MAX)).map_err(|_| "there is no stack")?;
    let guard = stack::find(owner.top() - 8).ok_or("a stack without a place")?.guard;
    let mut answered = false;
    let measured = each(|| answered |= mm::answers(guard.start));
    if answered { Err("the guard below a stack is mapped") } else { Ok(measured) }
}
