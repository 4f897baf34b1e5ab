//! The beacon: a record in RAM that says how far the boot came, for when there is no console to say it.
//!
//! It stands in `.data`, on a 64-byte boundary, and begins with the eight bytes `KEELBCN1`. A debugger finds it by
//! the symbol `BEACON`; a memory dump without symbols by searching for those bytes on 64-byte boundaries. The
//! copy in the file has `mpidr` 0; one that has run has MPIDR_EL1 there, whose bit 31 is always set.
//!
//! All fields are little-endian. Until the MMU is on they go straight to memory; afterwards they may sit
//! in the boot core's cache, which a debugger that reads through the core sees.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// How far the boot came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Stage {
    /// The first instructions ran.
    Entered = 1,
    /// At EL1, exceptions masked, early vectors in place.
    El1 = 2,
    /// The boot page tables are written.
    Tables = 3,
    /// Rust runs in the high half.
    Rust = 4,
    /// Firmware's device tree was looked at.
    Tree = 5,
    /// The ledger is written.
    Checked = 6,
    /// The console prints.
    Console = 7,
    /// RAM is mapped, the heap is there.
    Memory = 8,
    /// Drivers were started.
    Devices = 9,
    /// The summary is on the screen, the prompt comes next.
    Summary = 10,
    /// The shell's prompt.
    Prompt = 11,
    /// Loaded at an address that isn't a multiple of 2 MiB.
    Misplaced = 0x40,
    /// An exception before the vectors were in place; `fault` has its syndrome.
    EarlyFault = 0x41,
    /// The boot stopped on purpose; the reason is in the log ring.
    Stopped = 0x42,
    /// A panic or an unexpected exception.
    Panicked = 0x43,
    /// An exception by the vectors themselves: there is no stack to report anything on. `fault` has it.
    Speechless = 0x44,
}

/// Stages that leave a time stamp are numbered below this.
pub const STAMPS: usize = 12;

/// See the module.
#[repr(C, align(64))]
pub struct Beacon {
    magic: [u8; 8],
    /// A [`Stage`].
    pub stage: AtomicU32,
    /// The exception level that firmware entered at.
    pub el: AtomicU32,
    /// x0 at entry: by the boot protocol the device tree's physical address.
    pub x0: AtomicU64,
    /// Where the image was loaded.
    pub load: AtomicU64,
    /// MPIDR_EL1 of the core that boots.
    pub mpidr: AtomicU64,
    /// ESR, FAR and ELR of an exception that nobody handled.
    pub fault: [AtomicU64; 3],
    /// CNTVCT_EL0 when stage n + 1 was reached, `stamps[0]` at entry; 0 where none was taken.
    pub stamps: [AtomicU64; STAMPS],
}

/// The one beacon.
// SAFETY: nothing else is called so, in Rust or in assembly; the linker would refuse a second one.
#[unsafe(no_mangle)]
// SAFETY: link.ld puts `.beacon` into writable data, at a multiple of its alignment.
#[unsafe(link_section = ".beacon")]
pub static BEACON: Beacon = Beacon {
    magic: *b"KEELBCN1",
    stage: AtomicU32::new(0),
    el: AtomicU32::new(0),
    x0: AtomicU64::new(0),
    load: AtomicU64::new(0),
    mpidr: AtomicU64::new(0),
    fault: [const { AtomicU64::new(0) }; 3],
    stamps: [const { AtomicU64::new(0) }; STAMPS],
};

// docs/guides/debugging.md has the layout for whoever reads a memory dump.
const _: () = {
    assert!(core::mem::offset_of!(Beacon, stage) == 0x08);
    assert!(core::mem::offset_of!(Beacon, mpidr) == 0x20);
    assert!(core::mem::offset_of!(Beacon, fault) == 0x28);
    assert!(core::mem::offset_of!(Beacon, stamps) == 0x40);
};

impl Beacon {
    /// Notes that `stage` is reached, and when.
    pub fn reach(&self, stage: Stage) {
        self.stage.store(stage as u32, Relaxed);
        if let Some(stamp) = self.stamps.get((stage as usize).wrapping_sub(1)) {
            stamp.store(super::counter::now(), Relaxed);
        }
    }

    /// x0 at entry, the load address, and the exception level that firmware entered at.
    pub fn entry(&self) -> (u64, u64, u32) {
        (self.x0.load(Relaxed), self.load.load(Relaxed), self.el.load(Relaxed))
    }

    /// Notes an exception that nobody handled.
    pub fn fault(&self, esr: u64, far: u64, elr: u64) {
        for (cell, value) in self.fault.iter().zip([esr, far, elr]) {
            cell.store(value, Relaxed);
        }
        self.stage.store(Stage::Panicked as u32, Relaxed);
    }

    /// CNTVCT_EL0 when `stage` was reached; `None` where it wasn't or leaves no stamp.
    pub fn stamp(&self, stage: Stage) -> Option<u64> {
        let stamp = self.stamps.get((stage as usize).wrapping_sub(1))?.load(Relaxed);
        (stamp != 0).then_some(stamp)
    }
}
