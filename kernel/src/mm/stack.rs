//! Stacks: each in a slot of the address space, with nothing mapped below it.
//!
//! A slot has 64 KiB: the upper half is the stack, the lower half its guard, so that a step over the end faults even
//! where one frame is larger than a page. A stack that is given back stays mapped for the next thread; when many lie about,
//! the rest is unmapped and its frames go back. The boot core's first stacks are in the image, where the linker script
//! leaves a page below each unmapped.

use core::fmt;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use kernel_core::frames::{FrameError, Order, Zone};

use crate::arch::layout;
use crate::arch::mmu::{Memory, Protection};
use crate::sync::Lock;

use super::frames::{self, Frames};
use super::{MapError, STACKS, table};

/// Bytes of a stack.
pub const SIZE: usize = SLOT / 2;
/// Bytes of a slot.
const SLOT: usize = 64 << 10;
/// Stacks that there can be at once.
const SLOTS: usize = 256;
/// Stacks that wait, mapped, for their next owner.
pub const CACHED: usize = 32;

/// Whose a stack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The boot's, then the shell's.
    Main,
    /// A thread's, by its number.
    Thread(u16),
    /// A core's first, on which it idles, by the core's number.
    Idle(u16),
    /// A core's for its exceptions, by the core's number.
    Exception(u16),
    /// A core's for an exception in an exception handler.
    Emergency(u16),
}

/// A stack that its holder alone uses; given back when dropped, so nobody may drop the one that it runs on.
#[derive(Debug)]
#[must_use = "a stack that nobody holds is given back"]
pub struct Stack {
    slot: u16,
}

/// Where a stack is.
#[derive(Debug, Clone)]
pub struct Extent {
    /// Whose it is.
    pub owner: Owner,
    /// What isn't mapped, below it.
    pub guard: Range<usize>,
    /// What may be used.
    pub usable: Range<usize>,
}

/// Why there is no stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StackError {
    /// All slots are in use.
    #[error("{SLOTS} stacks are in use")]
    TooMany,
    /// No memory for it.
    #[error(transparent)]
    Frames(#[from] FrameError),
    /// No table for it.
    #[error(transparent)]
    Map(#[from] MapError),
}

/// The slots without an owner.
struct Slots {
    /// Mapped ones.
    cached: heapless::Vec<u16, CACHED>,
    /// Ones that were unmapped again.
    bare: heapless::Vec<u16, SLOTS>,
    /// From here on slots were never used.
    fresh: u16,
}

static SLOTS_FREE: Lock<Slots> =
    Lock::new(Slots { cached: heapless::Vec::new(), bare: heapless::Vec::new(), fresh: 0 });
/// Each slot's owner, for reports; a panic reads it.
static OWNERS: [AtomicU32; SLOTS] = [const { AtomicU32::new(0) }; SLOTS];

/// A stack for `owner`. What it holds is whatever was there.
pub fn take(owner: Owner) -> Result<Stack, StackError> {
    let mut slots = SLOTS_FREE.lock();
    let slot = match slots.cached.pop() {
        Some(slot) => slot,
        None => slots.map_one()?,
    };
    if let Some(place) = OWNERS.get(usize::from(slot)) {
        place.store(owner.to_bits(), Relaxed);
    }
    Ok(Stack { slot })
}

/// How many have an owner, and how many bytes of frames all have that are mapped.
#[cfg(command = "stress")]
pub fn usage() -> (usize, u64) {
    let slots = SLOTS_FREE.lock();
    let mapped = usize::from(slots.fresh) - slots.bare.len();
    (mapped - slots.cached.len(), mapped as u64 * SIZE as u64)
}

/// The stack that an address is in, or in the guard of.
pub fn find(address: usize) -> Option<Extent> {
    let slot = address.wrapping_sub(STACKS as usize) / SLOT;
    match OWNERS.get(slot) {
        Some(owner) => Some(extent(slot as u16, Owner::of_bits(owner.load(Relaxed))?)),
        None => of_image().into_iter().find(|stack| stack.guard.start <= address && address < stack.usable.end),
    }
}

/// What may be used of the stack that `address` is in, also of one that waits for its next owner.
pub(super) fn usable_at(address: usize) -> Option<Range<usize>> {
    let slot = address.wrapping_sub(STACKS as usize) / SLOT;
    let usable = if slot < SLOTS { usable(slot as u16) } else { find(address)?.usable };
    usable.contains(&address).then_some(usable)
}

/// The stacks that the image has from the start.
pub fn of_image() -> [Extent; 3] {
    let owners = [Owner::Main, Owner::Exception(0), Owner::Emergency(0)];
    let mut owners = owners.into_iter();
    layout::stacks().map(|(guard, usable)| Extent { owner: owners.next().unwrap_or(Owner::Main), guard, usable })
}

impl Stack {
    /// The first address above it, where a stack pointer starts: a multiple of 16.
    pub fn top(&self) -> usize {
        usable(self.slot).end
    }

    /// Lets its holder keep it for good.
    pub fn leak(self) {
        core::mem::forget(self);
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if let Some(owner) = OWNERS.get(usize::from(self.slot)) {
            owner.store(0, Relaxed);
        }
        SLOTS_FREE.lock().put_back(self.slot);
    }
}

impl Slots {
    /// Maps a slot that isn't: frames in one piece, so that their first address is all there is to remember.
    fn map_one(&mut self) -> Result<u16, StackError> {
        let frames = frames::alloc(ORDER, Zone::Any)?;
        let slot = match self.bare.last() {
            Some(slot) => *slot,
            None if usize::from(self.fresh) < SLOTS => self.fresh,
            None => return Err(StackError::TooMany),
        };
        let address = usable(slot).start as u64;
        table::map(address, frames.base(), SIZE as u64, Protection::Data, Memory::Normal)?;
        frames.leak();
        if self.bare.pop().is_none() {
            self.fresh += 1;
        }
        Ok(slot)
    }

    fn put_back(&mut self, slot: u16) {
        if self.cached.push(slot).is_ok() {
            return;
        }
        // Cannot fail: there is room for all slots.
        let _ = self.bare.push(slot);
        let Some(base) = table::unmap(usable(slot).start as u64, SIZE as u64) else { return };
        // SAFETY: `map_one` leaked these frames when it mapped this slot. No core has a translation to them any more, and
        // whoever gave the stack back no longer runs on it.
        drop(unsafe { Frames::of_leaked(base, ORDER) });
    }
}

const ORDER: Order = match Order::of_bytes(SIZE as u64) {
    Some(order) => order,
    None => panic!("a stack is larger than a run of frames"),
};

fn usable(slot: u16) -> Range<usize> {
    let start = STACKS as usize + usize::from(slot) * SLOT;
    start + SLOT - SIZE..start + SLOT
}

fn extent(slot: u16, owner: Owner) -> Extent {
    let usable = usable(slot);
    Extent { owner, guard: usable.end - SLOT..usable.start, usable }
}

impl Owner {
    /// The kind in the upper half, the number in the lower; 0 is nobody.
    fn to_bits(self) -> u32 {
        let (kind, number) = match self {
            Self::Main => (1, 0),
            Self::Thread(thread) => (2, thread),
            Self::Idle(cpu) => (3, cpu),
            Self::Exception(cpu) => (4, cpu),
            Self::Emergency(cpu) => (5, cpu),
        };
        kind << 16 | u32::from(number)
    }

    /// Whose, and the number of the thread or core.
    pub const fn parts(self) -> (&'static str, Option<u16>) {
        match self {
            Self::Main => ("main stack", None),
            Self::Thread(thread) => ("stack of thread", Some(thread)),
            Self::Idle(cpu) => ("idle stack of CPU", Some(cpu)),
            Self::Exception(cpu) => ("exception stack of CPU", Some(cpu)),
            Self::Emergency(cpu) => ("emergency stack of CPU", Some(cpu)),
        }
    }

    fn of_bits(bits: u32) -> Option<Self> {
        let number = bits as u16;
        match bits >> 16 {
            1 => Some(Self::Main),
            2 => Some(Self::Thread(number)),
            3 => Some(Self::Idle(number)),
            4 => Some(Self::Exception(number)),
            5 => Some(Self::Emergency(number)),
            _ => None,
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, number) = self.parts();
        f.write_str(name)?;
        number.map_or(Ok(()), |number| write!(f, " {number}"))
    }
}
