//! The seam between drivers and what answers them.

use tock_registers::UIntLike;

/// Something that answers register accesses: a mapped window, a part of one, or a fake.
///
/// Offsets are in bytes from the window's start. An access must be naturally aligned and lie within
/// [`Bus::size`]; generated registers always do, because their constructor compares the sizes. An access
/// outside reads zero or is dropped, as on a bus that ignores undecoded addresses.
pub trait Bus {
    /// Bytes in the window.
    fn size(&self) -> usize;
    /// One 8-bit load.
    fn read8(&self, offset: usize) -> u8;
    /// One 16-bit load.
    fn read16(&self, offset: usize) -> u16;
    /// One 32-bit load.
    fn read32(&self, offset: usize) -> u32;
    /// One 64-bit load.
    fn read64(&self, offset: usize) -> u64;
    /// One 8-bit store.
    fn write8(&self, offset: usize, value: u8);
    /// One 16-bit store.
    fn write16(&self, offset: usize, value: u16);
    /// One 32-bit store.
    fn write32(&self, offset: usize, value: u32);
    /// One 64-bit store.
    fn write64(&self, offset: usize, value: u64);
}

/// The part of a window that starts at a byte offset: one redistributor of a region, one function of ECAM.
#[derive(Debug)]
pub struct Offset<B> {
    bus: B,
    start: usize,
}

impl<B: Bus> Offset<B> {
    /// What of `bus` lies at `start` and above; empty where `start` is past the end.
    pub const fn new(bus: B, start: usize) -> Self {
        Self { bus, start }
    }

    /// Gives the whole window back.
    pub fn into_inner(self) -> B {
        self.bus
    }

    #[inline(always)]
    fn at(&self, offset: usize) -> usize {
        // Saturation keeps an overflow outside every window instead of wrapping into one.
        self.start.saturating_add(offset)
    }
}

/// Passes the eight accesses on, with the offset mapped.
macro_rules! forward {
    ($this:ident, $offset:ident => $bus:expr, $at:expr) => {
        #[inline(always)]
        fn read8(&$this, $offset: usize) -> u8 {
            $bus.read8($at)
        }
        #[inline(always)]
        fn read16(&$this, $offset: usize) -> u16 {
            $bus.read16($at)
        }
        #[inline(always)]
        fn read32(&$this, $offset: usize) -> u32 {
            $bus.read32($at)
        }
        #[inline(always)]
        fn read64(&$this, $offset: usize) -> u64 {
            $bus.read64($at)
        }
        #[inline(always)]
        fn write8(&$this, $offset: usize, value: u8) {
            $bus.write8($at, value)
        }
        #[inline(always)]
        fn write16(&$this, $offset: usize, value: u16) {
            $bus.write16($at, value)
        }
        #[inline(always)]
        fn write32(&$this, $offset: usize, value: u32) {
            $bus.write32($at, value)
        }
        #[inline(always)]
        fn write64(&$this, $offset: usize, value: u64) {
            $bus.write64($at, value)
        }
    };
}

impl<B: Bus> Bus for Offset<B> {
    fn size(&self) -> usize {
        self.bus.size().saturating_sub(self.start)
    }
    forward!(self, offset => self.bus, self.at(offset));
}

impl<B: Bus> Bus for &B {
    fn size(&self) -> usize {
        (**self).size()
    }
    forward!(self, offset => (**self), offset);
}

/// An access width as a type: chooses the bus method.
pub trait Width: UIntLike {
    /// One load of this width.
    fn load<B: Bus>(bus: &B, offset: usize) -> Self;
    /// One store of this width.
    fn store(self, bus: &impl Bus, offset: usize);
}

macro_rules! width {
    ($type:ty, $load:ident, $store:ident) => {
        impl Width for $type {
            #[inline(always)]
            fn load<B: Bus>(bus: &B, offset: usize) -> Self {
                bus.$load(offset)
            }
            #[inline(always)]
            fn store(self, bus: &impl Bus, offset: usize) {
                bus.$store(offset, self)
            }
        }
    };
}
width!(u8, read8, write8);
width!(u16, read16, write16);
width!(u32, read32, write32);
width!(u64, read64, write64);
