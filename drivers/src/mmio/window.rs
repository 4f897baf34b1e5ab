//! The owned window, and the instructions that reach it.
#![expect(unsafe_code, reason = "the one file of this package that touches raw addresses")]

use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;

use super::Bus;
use crate::extent;

/// The loads and stores by which an architecture reaches device memory.
///
/// It is a trait because the instruction matters and only the kernel's `arch` knows it: a compiler may turn
/// volatile accesses to neighbouring registers into write-back forms, which carry no syndrome and which no
/// hypervisor can decode (DDI 0487, ESR_ELx.ISV). `docs/decisions/0010-mmio-access.md` has the alternatives.
///
/// # Safety
/// Each function must perform exactly one load or store of its width at exactly `address`, in program order
/// with the others, and must touch no other memory.
pub unsafe trait Access {
    /// One 8-bit load.
    ///
    /// # Safety
    /// `address` is mapped for the whole access and aligned to it; this holds for all functions here.
    unsafe fn load8(address: NonNull<u8>) -> u8;
    /// One 16-bit load.
    ///
    /// # Safety
    /// As [`Access::load8`].
    unsafe fn load16(address: NonNull<u16>) -> u16;
    /// One 32-bit load.
    ///
    /// # Safety
    /// As [`Access::load8`].
    unsafe fn load32(address: NonNull<u32>) -> u32;
    /// One 64-bit load.
    ///
    /// # Safety
    /// As [`Access::load8`].
    unsafe fn load64(address: NonNull<u64>) -> u64;
    /// One 8-bit store.
    ///
    /// # Safety
    /// As [`Access::load8`].
    unsafe fn store8(address: NonNull<u8>, value: u8);
    /// One 16-bit store.
    ///
    /// # Safety
    /// As [`Access::load8`].
    unsafe fn store16(address: NonNull<u16>, value: u16);
    /// One 32-bit store.
    ///
    /// # Safety
    /// As [`Access::load8`].
    unsafe fn store32(address: NonNull<u32>, value: u32);
    /// One 64-bit store.
    ///
    /// # Safety
    /// As [`Access::load8`].
    unsafe fn store64(address: NonNull<u64>, value: u64);
}

/// Compiler-made volatile accesses: for windows in ordinary memory, as in host tests.
#[derive(Debug, Clone, Copy)]
pub struct Volatile;

/// A mapped register window that its holder alone accesses.
pub struct Mmio<A: Access> {
    base: NonNull<u8>,
    size: usize,
    access: PhantomData<A>,
}

impl<A: Access> Mmio<A> {
    /// Takes the window of `size` bytes at the virtual address `base`.
    ///
    /// # Safety
    /// `base` is aligned to 8 and mapped for `size` bytes, as device memory or as memory that nothing else uses, for as
    /// long as the value lives. No other `Mmio` and no reference covers any of these bytes.
    pub const unsafe fn new(base: NonNull<u8>, size: usize) -> Self {
        Self { base, size, access: PhantomData }
    }

    /// Where the window starts in virtual memory.
    pub fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// Gives up having the window to oneself, for good.
    pub fn share(self) -> Shared<A> {
        Shared { base: self.base, size: self.size, access: PhantomData }
    }

    /// The address of an aligned access of `T` at `offset`; `None` where it wouldn't lie in the window.
    #[inline(always)]
    fn at<T>(&self, offset: usize) -> Option<NonNull<T>> {
        if !extent::holds(self.size, offset, size_of::<T>()) {
            debug_assert!(false, "register access outside its window");
            return None;
        }
        // SAFETY: `offset` is below `size`, and `new` was promised that the window is one mapped object of that size.
        Some(unsafe { self.base.add(offset) }.cast())
    }
}

/// A window that several use at a time, on all CPUs: its registers are banked by CPU, or one access says all that there is
/// to say. What needs more than that keeps a lock of its own.
pub struct Shared<A: Access> {
    base: NonNull<u8>,
    size: usize,
    access: PhantomData<A>,
}

/// The [`Bus`] methods of one width: bounds check, then the architecture's instruction.
macro_rules! accesses {
    ($type:ty, $read:ident, $write:ident, $load:ident, $store:ident) => {
        #[inline(always)]
        fn $read(&self, offset: usize) -> $type {
            match self.at(offset) {
                // SAFETY: `at` returned an aligned address with a whole access of this type inside the mapped window.
                Some(address) => unsafe { A::$load(address) },
                None => 0,
            }
        }
        #[inline(always)]
        fn $write(&self, offset: usize, value: $type) {
            if let Some(address) = self.at(offset) {
                // SAFETY: `at` returned an aligned address inside the window, which this value alone may write.
                unsafe { A::$store(address, value) }
            }
        }
    };
}

impl<A: Access> Bus for Mmio<A> {
    fn size(&self) -> usize {
        self.size
    }
    accesses!(u8, read8, write8, load8, store8);
    accesses!(u16, read16, write16, load16, store16);
    accesses!(u32, read32, write32, load32, store32);
    accesses!(u64, read64, write64, load64, store64);
}

// SAFETY: the window is reached through the pointer alone, which is valid on every CPU: kernel mappings are shared.
// It is not Sync: two CPUs that use one window at a time need a lock around it.
unsafe impl<A: Access> Send for Mmio<A> {}

impl<A: Access> Shared<A> {
    #[inline(always)]
    fn window(&self) -> Mmio<A> {
        Mmio { base: self.base, size: self.size, access: PhantomData }
    }
}

impl<A: Access> Clone for Shared<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: Access> Copy for Shared<A> {}

/// Passes one width on.
macro_rules! shared_accesses {
    ($($type:ty, $read:ident, $write:ident;)*) => {
        $(
            #[inline(always)]
            fn $read(&self, offset: usize) -> $type {
                self.window().$read(offset)
            }
            #[inline(always)]
            fn $write(&self, offset: usize, value: $type) {
                self.window().$write(offset, value);
            }
        )*
    };
}

impl<A: Access> Bus for Shared<A> {
    fn size(&self) -> usize {
        self.size
    }
    shared_accesses! {
        u8, read8, write8;
        u16, read16, write16;
        u32, read32, write32;
        u64, read64, write64;
    }
}

// SAFETY: as for the window that it was, which nothing else covers; the pointer is never made a reference.
unsafe impl<A: Access> Send for Shared<A> {}
// SAFETY: each access is one instruction of `A` at device memory, which two CPUs may execute at a time; no access goes
// through Rust's memory, so none races with another.
unsafe impl<A: Access> Sync for Shared<A> {}

impl<A: Access> fmt::Debug for Shared<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared({:p}+{:#x})", self.base, self.size)
    }
}

impl<A: Access> fmt::Debug for Mmio<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mmio({:p}+{:#x})", self.base, self.size)
    }
}

/// A volatile load and store of one width.
macro_rules! volatile {
    ($type:ty, $load:ident, $store:ident) => {
        /// # Safety
        /// As [`Access`] says of loads.
        #[inline(always)]
        unsafe fn $load(address: NonNull<$type>) -> $type {
            // SAFETY: the caller promises a mapped, aligned address of this type.
            unsafe { address.read_volatile() }
        }
        /// # Safety
        /// As [`Access`] says of stores.
        #[inline(always)]
        unsafe fn $store(address: NonNull<$type>, value: $type) {
            // SAFETY: the caller promises a mapped, aligned address of this type that may be written.
            unsafe { address.write_volatile(value) }
        }
    };
}

// SAFETY: a volatile access is made once, as written, and isn't reordered with other volatile accesses; it doesn't
// tear, as every target's registers are at least 64 bits wide.
unsafe impl Access for Volatile {
    volatile!(u8, load8, store8);
    volatile!(u16, load16, store16);
    volatile!(u32, load32, store32);
    volatile!(u64, load64, store64);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(memory: &mut [u64]) -> Mmio<Volatile> {
        let size = size_of_val(memory);
        // SAFETY: the slice is aligned to 8, and the returned window is the only user of it while it is borrowed in the
        // calling test.
        unsafe { Mmio::new(NonNull::from(memory).cast(), size) }
    }

    #[test]
    fn every_width_lands_at_its_offset() {
        let mut memory = [0; 4];
        let bus = window(&mut memory);
        bus.write8(1, 0x11);
        bus.write16(2, 0x2222);
        bus.write32(4, 0x3333_3333);
        bus.write64(8, 0x4444_4444_4444_4444);
        assert_eq!(bus.read64(0), 0x3333_3333_2222_1100);
        assert_eq!((bus.read8(1), bus.read16(2), bus.read32(4)), (0x11, 0x2222, 0x3333_3333));
        assert_eq!(bus.read64(8), 0x4444_4444_4444_4444);
        assert_eq!(bus.read64(16), 0);
    }

    #[test]
    fn an_offset_is_added_to_every_access() {
        use crate::mmio::Offset;
        let mut memory = [0; 4];
        let bus = Offset::new(window(&mut memory), 16);
        assert_eq!(bus.size(), 16);
        bus.write32(4, 7);
        let whole = bus.into_inner();
        assert_eq!(whole.read32(20), 7);
    }

    #[test]
    fn a_shared_window_is_the_same_window() {
        let mut memory = [0; 2];
        let one = window(&mut memory).share();
        let other = one;
        one.write32(4, 7);
        other.write16(6, 1);
        assert_eq!((one.size(), other.read64(0)), (16, 0x0001_0007_0000_0000));
    }

    #[test]
    fn the_edge_of_the_window_is_inside() {
        let mut memory = [0; 2];
        let bus = window(&mut memory);
        bus.write64(8, 5);
        assert_eq!(bus.read8(15), 0);
        assert_eq!(bus.read64(8), 5);
    }

    // In release builds the access is dropped instead; the window's neighbour is never touched either way.
    #[test]
    #[cfg(debug_assertions)]
    #[should_panic = "outside its window"]
    fn past_the_end_is_refused() {
        let mut memory = [0; 2];
        window(&mut memory).read32(16);
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic = "outside its window"]
    fn a_misaligned_offset_is_refused() {
        let mut memory = [0; 2];
        window(&mut memory).write32(2, 0);
    }
}
