//! Return addresses by frame pointer (AAPCS64, 6.4.6): x29 points at the caller's x29 and the return address.

use core::arch::asm;
use core::iter;
use core::ops::Range;

use crate::mm;

/// Frames that are followed at most.
const LIMIT: usize = 32;

/// x0 to x30 and the stack pointer.
#[derive(Debug)]
pub struct Snapshot {
    /// x0 to x30.
    pub x: [u64; 31],
    /// The stack pointer.
    pub sp: u64,
}

/// The registers here and now. Those that calls may change have what the caller left in them.
#[inline(always)]
pub fn snapshot() -> Snapshot {
    let mut x = [0; 31];
    let sp;
    // SAFETY: stores 31 registers into the 31 places of `x`, and reads the stack pointer.
    unsafe {
        asm!(
            "stp x0, x1, [{x}]",
            "stp x2, x3, [{x}, #16]",
            "stp x4, x5, [{x}, #32]",
            "stp x6, x7, [{x}, #48]",
            "stp x8, x9, [{x}, #64]",
            "stp x10, x11, [{x}, #80]",
            "stp x12, x13, [{x}, #96]",
            "stp x14, x15, [{x}, #112]",
            "stp x16, x17, [{x}, #128]",
            "stp x18, x19, [{x}, #144]",
            "stp x20, x21, [{x}, #160]",
            "stp x22, x23, [{x}, #176]",
            "stp x24, x25, [{x}, #192]",
            "stp x26, x27, [{x}, #208]",
            "stp x28, x29, [{x}, #224]",
            "str x30, [{x}, #240]",
            "mov {sp}, sp",
            x = in(reg) x.as_mut_ptr(),
            sp = lateout(reg) sp,
            options(nostack, preserves_flags),
        );
    }
    Snapshot { x, sp }
}

/// The return addresses from the frame record at `fp` outwards.
///
/// Every record is checked before it is read: aligned, inside a stack, and further out than the one before where both are
/// on one stack. An exception's record leads from one stack to another; [`LIMIT`] ends what would never.
pub fn frames(fp: u64) -> impl Iterator<Item = u64> {
    let mut stack = 0..0;
    let mut fp = fp;
    iter::from_fn(move || {
        let [next, address] = record(&mut stack, fp)?;
        fp = next;
        (address != 0).then_some(address)
    })
    .take(LIMIT)
}

/// The frame record at `fp`; what is left of its stack then begins above it.
fn record(stack: &mut Range<usize>, fp: u64) -> Option<[u64; 2]> {
    let at = usize::try_from(fp).ok().filter(|at| at.is_multiple_of(16))?;
    if !stack.contains(&at) {
        *stack = mm::stack::find(at)?.usable;
    }
    if !stack.contains(&at) || stack.end - at < 16 {
        return None;
    }
    stack.start = at + 16;
    // SAFETY: sixteen bytes inside a mapped stack, aligned; any bits are a pair of u64.
    Some(unsafe { (at as *const [u64; 2]).read() })
}
