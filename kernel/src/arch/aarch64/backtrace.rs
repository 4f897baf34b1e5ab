//! Return addresses by frame pointer (AAPCS64, 6.4.6): x29 points at the caller's x29 and the return address.

use core::arch::asm;
use core::iter;

use super::layout::{self, Stack};

/// Frames that are followed at most.
const LIMIT: usize = 32;

/// x19 to x30 and the stack pointer: what survives calls, and so means something to whoever reads it later.
#[derive(Debug)]
pub struct Snapshot {
    /// x19 to x30.
    pub saved: [u64; 12],
    /// The stack pointer.
    pub sp: u64,
}

/// The registers here and now.
#[inline(always)]
pub fn snapshot() -> Snapshot {
    let mut saved = [0; 12];
    let sp;
    // SAFETY: stores twelve registers into the twelve places of `saved`, and reads the stack pointer.
    unsafe {
        asm!(
            "stp x19, x20, [{saved}]",
            "stp x21, x22, [{saved}, #16]",
            "stp x23, x24, [{saved}, #32]",
            "stp x25, x26, [{saved}, #48]",
            "stp x27, x28, [{saved}, #64]",
            "stp x29, x30, [{saved}, #80]",
            "mov {sp}, sp",
            saved = in(reg) saved.as_mut_ptr(),
            sp = lateout(reg) sp,
            options(nostack, preserves_flags),
        );
    }
    Snapshot { saved, sp }
}

/// The return addresses from the frame record at `fp` outwards.
///
/// Every record is checked before it is read: aligned, inside a stack of the image, and on that stack further out
/// than any read before. So it ends, also where an exception's record leads from one stack to another.
pub fn frames(fp: u64) -> impl Iterator<Item = u64> {
    let mut stacks = layout::stacks();
    let mut fp = fp;
    iter::from_fn(move || {
        let [next, address] = record(&mut stacks, fp)?;
        fp = next;
        (address != 0).then_some(address)
    })
    .take(LIMIT)
}

/// The frame record at `fp`; what is left of its stack then begins above it.
fn record(stacks: &mut [Stack], fp: u64) -> Option<[u64; 2]> {
    let at = usize::try_from(fp).ok().filter(|at| at.is_multiple_of(16))?;
    let stack = stacks.iter_mut().find(|stack| stack.usable.contains(&at) && stack.usable.end - at >= 16)?;
    stack.usable.start = at + 16;
    // SAFETY: sixteen bytes inside a mapped stack of the image, aligned; any bits are a pair of u64.
    Some(unsafe { (at as *const [u64; 2]).read() })
}
