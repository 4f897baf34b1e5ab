//! Memory with two sides, for host tests: what the CPU sees through its cache, and what a device sees behind it.
//!
//! Both start equal. The CPU's side changes by plain writes, the device's by [`Model::write`]; only cleaning and forgetting
//! lines makes one follow the other, so a forgotten one shows as old bytes. [`Model::evict`] does what a cache may do at
//! any moment: it writes dirty lines back.
//!
//! Cache and device reach memory as hardware does, by address. What they may touch was exposed: the stretch itself, and bytes
//! that a driver lends. So Miri sees whether the CPU uses bytes by a borrow that a device's access has ended.

use core::cell::{Cell, RefCell};
use core::ops::Range;
use core::ptr::NonNull;
use std::boxed::Box;
use std::vec;
use std::vec::Vec;

use super::{Block, Caching, Memory};

/// Bytes of the model's cache lines.
pub const LINE: usize = 64;
/// Bytes that the model writes back together: a cache behind the first has longer lines.
pub const GRANULE: usize = 2 * LINE;

/// A stretch of RAM.
#[derive(Debug)]
pub struct Model {
    base: u64,
    size: usize,
    /// The CPU's side: `size` bytes.
    cpu: NonNull<Granule>,
    /// The device's side, and RAM itself.
    ram: RefCell<Vec<u8>>,
    /// What the CPU's side was when cache and RAM last agreed, by line.
    agreed: RefCell<Vec<u8>>,
    taken: RefCell<Vec<(Range<usize>, Caching)>>,
    /// What is left out, to prove that it is needed.
    without: Cell<Option<Maintenance>>,
}

/// What can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maintenance {
    /// [`Memory::clean`].
    Clean,
    /// [`Memory::clean_and_invalidate`].
    CleanAndInvalidate,
    /// [`Memory::invalidate`].
    Invalidate,
}

#[derive(Debug, Clone, Copy)]
#[repr(C, align(128))]
struct Granule([u8; GRANULE]);

impl Model {
    /// `lines` lines of zeros at the physical address `base`, an even number of them.
    pub fn new(base: u64, lines: usize) -> Self {
        let size = lines * LINE;
        assert!(size.is_multiple_of(GRANULE));
        let cpu: NonNull<Granule> = NonNull::from(Vec::leak(vec![Granule([0; GRANULE]); size / GRANULE])).cast();
        cpu.expose_provenance();
        Self {
            base,
            size,
            cpu,
            ram: RefCell::new(vec![0; size]),
            agreed: RefCell::new(vec![0; size]),
            taken: RefCell::new(Vec::new()),
            without: Cell::new(None),
        }
    }

    /// From now on does nothing where it is asked for `maintenance`.
    pub fn leave_out(&self, maintenance: Maintenance) {
        self.without.set(Some(maintenance));
    }

    /// What the device sees at a physical address.
    pub fn read(&self, physical: u64, size: usize) -> Vec<u8> {
        let at = self.offset(physical);
        if self.is_uncached(at) { self.cpu(at..at + size).to_vec() } else { self.ram.borrow()[at..at + size].to_vec() }
    }

    /// The device writes.
    pub fn write(&self, physical: u64, bytes: &[u8]) {
        let at = self.offset(physical);
        if self.is_uncached(at) {
            self.set_cpu(at, bytes);
        }
        self.ram.borrow_mut()[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// The cache writes all that is dirty back, as it may at any moment, with what shares a granule with it.
    pub fn evict(&self) {
        for start in (0..self.size).step_by(LINE) {
            if self.is_dirty(start) {
                let granule = start / GRANULE * GRANULE;
                (granule..granule + GRANULE).step_by(LINE).for_each(|line| self.write_back(line));
            }
        }
    }

    /// Blocks that aren't freed.
    pub fn in_use(&self) -> usize {
        self.taken.borrow().len()
    }

    /// Some memory of the CPU's own, not a block: `size` bytes at a physical address of the model's.
    ///
    /// # Safety
    /// Nothing else uses these bytes while the slice lives.
    #[expect(clippy::mut_from_ref, reason = "the caller promises to be alone")]
    pub unsafe fn own(&self, physical: u64, size: usize) -> &mut [u8] {
        let at = self.offset(physical);
        assert!(at + size <= self.size);
        // SAFETY: within the leaked lines; the caller promises that the bytes are nobody else's.
        unsafe { core::slice::from_raw_parts_mut(self.cpu.cast::<u8>().add(at).as_ptr(), size) }
    }

    fn offset(&self, physical: u64) -> usize {
        usize::try_from(physical - self.base).expect("an address of the model")
    }

    fn offset_of(&self, address: NonNull<u8>) -> usize {
        address.addr().get() - self.cpu.addr().get()
    }

    fn is_uncached(&self, at: usize) -> bool {
        let taken = self.taken.borrow();
        taken.iter().any(|(range, caching)| *caching == Caching::Uncached && range.contains(&at))
    }

    /// A copy of the CPU's side: no reference into it lives on.
    fn cpu(&self, range: Range<usize>) -> Vec<u8> {
        assert!(range.end <= self.size);
        let start = core::ptr::with_exposed_provenance::<u8>(self.cpu.addr().get() + range.start);
        // SAFETY: the range is within the leaked lines; whoever borrows some of them isn't running until the copy is made, as
        // the model is used by one thread.
        unsafe { core::slice::from_raw_parts(start, range.len()) }.to_vec()
    }

    fn set_cpu(&self, at: usize, bytes: &[u8]) {
        assert!(at + bytes.len() <= self.size);
        let start = core::ptr::with_exposed_provenance_mut::<u8>(self.cpu.addr().get() + at);
        // SAFETY: within the leaked lines, which `bytes`, a buffer of the caller's, is no part of; one thread, as in `cpu`.
        unsafe { start.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    }

    fn is_dirty(&self, start: usize) -> bool {
        self.cpu(start..start + LINE) != self.agreed.borrow()[start..start + LINE]
    }

    fn write_back(&self, start: usize) {
        let line = self.cpu(start..start + LINE);
        self.ram.borrow_mut()[start..start + LINE].copy_from_slice(&line);
        self.agreed.borrow_mut()[start..start + LINE].copy_from_slice(&line);
    }

    fn forget(&self, start: usize) {
        let line = self.ram.borrow()[start..start + LINE].to_vec();
        self.set_cpu(start, &line);
        self.agreed.borrow_mut()[start..start + LINE].copy_from_slice(&line);
    }

    /// Every line that holds some of the bytes.
    fn lines(&self, address: NonNull<u8>, size: usize) -> impl Iterator<Item = usize> + use<> {
        let at = self.offset_of(address);
        (at / LINE * LINE..at + size).step_by(LINE)
    }

    fn does(&self, maintenance: Maintenance) -> bool {
        self.without.get() != Some(maintenance)
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        let lines = core::ptr::slice_from_raw_parts_mut(self.cpu.as_ptr(), self.size / GRANULE);
        // SAFETY: `new` leaked these lines, and whoever was given some of them has borrowed the model for as long.
        drop(unsafe { Box::from_raw(lines) });
    }
}

// SAFETY: `allocate` gives ranges that overlap no other one in `taken`, from leaked lines that are initialised;
// physical addresses are offsets into them.
unsafe impl Memory for Model {
    fn allocate(&self, size: usize, align: usize, within: Range<u64>, caching: Caching) -> Option<Block> {
        let mut taken = self.taken.borrow_mut();
        let fits = |start: &usize| {
            let (range, first) = (*start..*start + size, self.base + *start as u64);
            let reached = within.start <= first && first + size as u64 <= within.end;
            let free = taken.iter().all(|(other, _)| range.end <= other.start || other.end <= range.start);
            first.is_multiple_of(align as u64) && reached && free
        };
        let last = self.size.checked_sub(size)?;
        let start = (0..=last).step_by(4).find(fits)?;
        taken.push((start..start + size, caching));
        drop(taken);
        self.set_cpu(start, &vec![0; size]);
        if caching == Caching::Uncached {
            self.ram.borrow_mut()[start..start + size].fill(0);
        }
        let address = NonNull::new(self.cpu.as_ptr().cast::<u8>().wrapping_add(start))?;
        // SAFETY: these lines were free until `taken` got them, just now, and are initialised.
        Some(unsafe { Block::new(address, self.base + start as u64, size, caching) })
    }

    fn free(&self, block: Block) {
        let start = self.offset_of(block.address());
        let mut taken = self.taken.borrow_mut();
        let index = taken.iter().position(|(range, _)| range.start == start).expect("a block that was given");
        taken.swap_remove(index);
    }

    fn physical(&self, address: NonNull<u8>, size: usize) -> Option<u64> {
        // It is asked for before each loan: from now on the model may touch these bytes.
        let at = address.expose_provenance().get().checked_sub(self.cpu.addr().get())?;
        (at + size <= self.size).then_some(self.base + at as u64)
    }

    fn granule(&self) -> usize {
        GRANULE
    }

    fn clean(&self, address: NonNull<u8>, size: usize) {
        let lines = self.lines(address, size).filter(|_| self.does(Maintenance::Clean));
        lines.for_each(|start| self.write_back(start));
    }

    fn clean_and_invalidate(&self, address: NonNull<u8>, size: usize) {
        let lines = self.lines(address, size).filter(|_| self.does(Maintenance::CleanAndInvalidate));
        lines.for_each(|start| self.write_back(start));
    }

    unsafe fn invalidate(&self, address: NonNull<u8>, size: usize) {
        let lines = self.lines(address, size).filter(|_| self.does(Maintenance::Invalidate));
        lines.for_each(|start| self.forget(start));
    }

    fn before_doorbell(&self) {}

    fn after_completion(&self) {}
}
