//! The translation regime: MAIR_EL1, TCR_EL1, SCTLR_EL1 and descriptors, in one place (DDI 0487, D8).
//!
//! 4 KiB granule, 48-bit addresses, four levels. TTBR1_EL1 has the kernel; TTBR0_EL1 serves only the switch in
//! `head.S` and is off afterwards. There is no descriptor here that is both writable and executable, and
//! SCTLR_EL1.WXN makes the hardware refuse one.

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{ID_AA64MMFR0_EL1, ID_AA64MMFR1_EL1, MAIR_EL1, Readable, SCTLR_EL1, TCR_EL1, Writeable};
use core::arch::asm;

/// The address that the linker script gives the image.
pub const LINK_ADDRESS: u64 = 0xffff_ffff_8000_0000;

/// MAIR_EL1: attribute 0 is Normal write-back, read- and write-allocate; attribute 1 is Device-nGnRE; attribute 2 is Normal
/// Non-cacheable (DDI 0487, D19.2.97).
pub const MAIR: u64 = 0x44_04ff;

/// ID_AA64MMFR0_EL1.PARange and TCR_EL1.IPS for 48 bits, the most that descriptors of a 4 KiB granule hold
/// without FEAT_LPA2.
pub const PA_SIZE_48: u64 = 0b101;

/// The first physical address that this core hasn't got (DDI 0487, D19.2.64: ID_AA64MMFR0_EL1.PARange), as far as descriptors
/// reach.
pub fn physical_end() -> u64 {
    const BITS: [u32; 5] = [32, 36, 40, 42, 44];
    let range = ID_AA64MMFR0_EL1.get() & 0xf;
    1 << BITS.get(range as usize).copied().unwrap_or(48)
}

/// TCR_EL1 while TTBR0_EL1 still has the way through the load address; IPS is filled in by `head.S` (DDI 0487, D19.2.147).
pub const TCR_BOOT: u64 = TCR_T0SZ_48 | TCR_WALK_CACHED_0 | TCR_T1SZ_48 | TCR_WALK_CACHED_1 | TCR_TG1_4K;
const TCR_T0SZ_48: u64 = 16;
const TCR_T1SZ_48: u64 = 16 << 16;
/// IRGN0, ORGN0: write-back, write-allocate; SH0: inner shareable.
const TCR_WALK_CACHED_0: u64 = 0b11_01_01 << 8;
const TCR_WALK_CACHED_1: u64 = 0b11_01_01 << 24;
const TCR_TG1_4K: u64 = 0b10 << 30;

/// TCR_EL1.EPD0: no walks through TTBR0_EL1.
pub const TCR_EPD0: u64 = 1 << 7;

/// SCTLR_EL1 with the MMU and the caches off: its RES1 bits of Armv8.0, little-endian (DDI 0487, D19.2.121).
pub const SCTLR_OFF: u64 = 1 << 29 | 1 << 28 | 1 << 23 | 1 << 22 | 1 << 20 | 1 << 11;
/// SCTLR_EL1 as the kernel runs.
pub const SCTLR_ON: u64 = SCTLR_OFF | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR_WXN;
const SCTLR_M: u64 = 1 << 0;
const SCTLR_C: u64 = 1 << 2;
const SCTLR_SA: u64 = 1 << 3;
const SCTLR_I: u64 = 1 << 12;
const SCTLR_WXN: u64 = 1 << 19;
/// SPAN, one of the RES1 bits of Armv8.0: with PAN it must be clear, for exceptions to set PSTATE.PAN.
pub const SCTLR_SPAN: u64 = 1 << 23;
/// ID_AA64MMFR1_EL1.PAN's lowest bit (DDI 0487, D19.2.65).
pub const MMFR1_PAN: u64 = 20;

/// A descriptor that points at the next level's table (DDI 0487, D8.3.1).
pub const TABLE: u64 = 0b11;
/// A level 3 descriptor that maps a page.
const PAGE: u64 = 0b11;
/// A level 1 or 2 descriptor that maps a block.
const BLOCK: u64 = 0b01;
/// Bit 0 of a descriptor: there is a table, a block or a page.
const VALID: u64 = 1;
/// Bit 1 of a valid descriptor above level 3: a table, not a block.
const IS_TABLE: u64 = 1 << 1;
/// The address bits of a descriptor.
const ADDRESS: u64 = 0x0000_ffff_ffff_f000;

/// Entries of a table.
pub const ENTRIES: usize = 512;

/// What may be done with a mapping. Writable and executable at once can't be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Read and execute.
    Code,
    /// Read: constants, and firmware's device tree.
    Constants,
    /// Read and write: everything else.
    Data,
}

/// What kind of memory is behind a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// RAM: cached, inner shareable.
    Normal,
    /// Registers: Device-nGnRE.
    Device,
    /// RAM past the caches: Normal Non-cacheable.
    Uncached,
}

/// A translation table entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor(u64);

const READ_ONLY: u64 = 1 << 7;
const PRIVILEGED_EXECUTE_NEVER: u64 = 1 << 53;

/// The lower and upper attributes of a block or page (DDI 0487, D8.3.2), without address and type.
pub const fn attributes(protection: Protection, memory: Memory) -> u64 {
    const ACCESS_FLAG: u64 = 1 << 10;
    const INNER_SHAREABLE: u64 = 0b11 << 8;
    const UNPRIVILEGED_EXECUTE_NEVER: u64 = 1 << 54;
    let index = match memory {
        Memory::Normal => 0,
        Memory::Device => 1 << 2,
        Memory::Uncached => 2 << 2,
    };
    let rights = match protection {
        Protection::Code => READ_ONLY,
        Protection::Constants => READ_ONLY | PRIVILEGED_EXECUTE_NEVER,
        Protection::Data => PRIVILEGED_EXECUTE_NEVER,
    };
    ACCESS_FLAG | INNER_SHAREABLE | UNPRIVILEGED_EXECUTE_NEVER | index | rights
}

/// What the kernel may do with memory of these attributes: `r-x`.
pub const fn rights(attributes: u64) -> [u8; 3] {
    let write = if attributes & READ_ONLY == 0 { b'w' } else { b'-' };
    let execute = if attributes & PRIVILEGED_EXECUTE_NEVER == 0 { b'x' } else { b'-' };
    [b'r', write, execute]
}

/// The same as text, and what kind of memory it is.
pub const fn names(attributes: u64) -> (&'static str, &'static str) {
    let rights = match rights(attributes) {
        [_, b'w', b'x'] => "rwx",
        [_, b'w', _] => "rw-",
        [_, _, b'x'] => "r-x",
        _ => "r--",
    };
    let memory = match attributes >> 2 & 0b111 {
        0 => "normal",
        1 => "device",
        2 => "uncached",
        _ => "unknown",
    };
    (rights, memory)
}

/// What a page descriptor has besides its address.
pub const fn page(protection: Protection, memory: Memory) -> u64 {
    attributes(protection, memory) | PAGE
}

/// Where `address` is looked up in a table of `level`, 0 to 3.
pub const fn index(address: u64, level: u32) -> usize {
    ((address >> level_shift(level)) & 0x1ff) as usize
}

/// log2 of what one entry of a table of `level` covers.
pub const fn level_shift(level: u32) -> u32 {
    39 - 9 * level
}

impl Descriptor {
    /// Nothing is mapped.
    pub const INVALID: Self = Self(0);

    /// Points at the table at `physical`.
    pub const fn table(physical: u64) -> Self {
        Self(physical & ADDRESS | TABLE)
    }

    /// Maps what an entry of `level` (1 to 3) covers to `physical`.
    pub const fn leaf(physical: u64, level: u32, protection: Protection, memory: Memory) -> Self {
        let kind = if level == 3 { PAGE } else { BLOCK };
        Self(physical & ADDRESS | attributes(protection, memory) | kind)
    }

    /// The entry that maps the next `bytes`.
    pub const fn advanced(self, bytes: u64) -> Self {
        Self(self.0 + bytes)
    }

    /// Nothing is mapped.
    pub const fn is_invalid(self) -> bool {
        self.0 & VALID == 0
    }

    /// Whether no bit of sixteen is set.
    #[rustfmt::skip]
    pub const fn all_zero([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]: &[Self; 16]) -> bool {
        a.0 | b.0 | c.0 | d.0 | e.0 | f.0 | g.0 | h.0 | i.0 | j.0 | k.0 | l.0 | m.0 | n.0 | o.0 | p.0 == 0
    }

    /// Whether eight map, from `first` on, one `bytes` after the other.
    pub const fn continue_one_another([a, b, c, d, e, f, g, h]: &[Self; 8], first: Self, bytes: u64) -> bool {
        let x = first.0;
        let low = (a.0 ^ x) | (b.0 ^ (x + bytes)) | (c.0 ^ (x + 2 * bytes)) | (d.0 ^ (x + 3 * bytes));
        let y = x + 4 * bytes;
        let high = (e.0 ^ y) | (f.0 ^ (y + bytes)) | (g.0 ^ (y + 2 * bytes)) | (h.0 ^ (y + 3 * bytes));
        low | high == 0
    }

    /// What [`attributes`] made, of a block or page.
    pub const fn attributes(self) -> u64 {
        self.0 & !(ADDRESS | VALID | IS_TABLE)
    }

    /// What a block or page maps to.
    pub const fn target(self) -> u64 {
        self.0 & ADDRESS
    }

    /// The physical address of the next table, where an entry above level 3 points at one.
    pub const fn next_table(self) -> Option<u64> {
        if self.0 & (VALID | IS_TABLE) == VALID | IS_TABLE { Some(self.0 & ADDRESS) } else { None }
    }
}

/// The registers that rule over every descriptor, as the core has them.
#[derive(Debug, Clone, Copy)]
pub struct Regime {
    /// Nothing that can be written is executed, whatever its descriptor says (SCTLR_EL1.WXN).
    pub wxn: bool,
    /// What EL0 may reach is closed to the kernel (PSTATE.PAN); `None`: the core can't.
    pub pan: Option<bool>,
    /// MAIR_EL1 is [`MAIR`].
    attributes: bool,
    /// Walks through TTBR0_EL1 are off.
    low_half_off: bool,
}

/// What a core doesn't do that it was told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegimeError {
    /// See [`Regime::wxn`].
    #[error("SCTLR_EL1.WXN is off")]
    Wxn,
    /// See [`Regime::pan`].
    #[error("PSTATE.PAN is off, and the core has it")]
    Pan,
    /// The memory attributes aren't those of the descriptors.
    #[error("MAIR_EL1 isn't what the page tables are made for")]
    Attributes,
    /// There is a way round the kernel's tables.
    #[error("TCR_EL1.EPD0 is off: the low half of the address space is open")]
    LowHalf,
}

impl Regime {
    /// Reads them.
    pub fn of_this_core() -> Self {
        let has_pan = ID_AA64MMFR1_EL1.get() >> MMFR1_PAN & 0xf != 0;
        // SAFETY: reads PSTATE.PAN (DDI 0487, C5.2.15), in the branch where the core has it.
        let pan = has_pan.then(|| unsafe {
            let pan: u64;
            asm!("mrs {}, S3_0_C4_C2_3", out(reg) pan, options(nomem, nostack, preserves_flags));
            pan & 1 << 22 != 0
        });
        Self {
            wxn: SCTLR_EL1.get() & SCTLR_WXN != 0,
            pan,
            attributes: MAIR_EL1.get() == MAIR,
            low_half_off: TCR_EL1.is_set(TCR_EL1::EPD0),
        }
    }

    /// Whether they are as `head.S` and `disable_low_half` left them.
    pub fn check(self) -> Result<(), RegimeError> {
        match self {
            Self { wxn: false, .. } => Err(RegimeError::Wxn),
            Self { pan: Some(false), .. } => Err(RegimeError::Pan),
            Self { attributes: false, .. } => Err(RegimeError::Attributes),
            Self { low_half_off: false, .. } => Err(RegimeError::LowHalf),
            _ => Ok(()),
        }
    }
}

/// The physical address that reads of `address` go to, by the core's own translation; `None` where they would fault (DDI
/// 0487, D7.5.12, AT S1E1R, and PAR_EL1).
#[cfg(driver = "virtio-mmio")]
pub fn translate(address: u64) -> Option<u64> {
    const FAULT: u64 = 1;
    let par: u64;
    // SAFETY: looks an address up and leaves the answer in PAR_EL1, which an interrupt handler may overwrite between the two;
    // so interrupts are masked for as long.
    unsafe {
        asm!(
            "mrs {daif}, daif",
            "msr daifset, #2",
            "at s1e1r, {address}",
            "isb",
            "mrs {par}, par_el1",
            "msr daif, {daif}",
            address = in(reg) address,
            par = out(reg) par,
            daif = out(reg) _,
            options(nostack, preserves_flags),
        );
    }
    (par & FAULT == 0).then_some(par & ADDRESS | address & 0xfff)
}

/// Makes new entries visible to the table walker; enough where an invalid entry became valid (DDI 0487, D8.16.1).
pub fn publish() {
    barrier::dsb(barrier::ISHST);
    barrier::isb(barrier::SY);
}

/// Forgets all translations of EL1, after entries were taken away.
pub fn flush() {
    barrier::dsb(barrier::ISHST);
    // SAFETY: drops cached translations only; the tables themselves, which the walker reads again, are intact.
    unsafe { asm!("tlbi vmalle1is", options(nostack, preserves_flags)) };
    barrier::dsb(barrier::ISH);
    barrier::isb(barrier::SY);
}

/// Forgets, on all cores, the translations of the pages of `range`, whose entries were taken away (DDI 0487, D8.16).
pub fn forget(range: core::ops::Range<u64>) {
    barrier::dsb(barrier::ISHST);
    for page in range.step_by(4096) {
        // SAFETY: drops cached translations only; the walker finds no entry for the page, which its owner no longer uses.
        unsafe { asm!("tlbi vaae1is, {}", in(reg) page >> 12 & TLBI_PAGE, options(nostack, preserves_flags)) };
    }
    barrier::dsb(barrier::ISH);
    barrier::isb(barrier::SY);
}

/// The bits of a page's number in TLBI's argument (DDI 0487, C5.5.65); those above are a hint or an ASID.
const TLBI_PAGE: u64 = (1 << 44) - 1;

/// Ends walks through TTBR0_EL1: from now on the low half of the address space faults.
pub fn disable_low_half() {
    TCR_EL1.set(TCR_EL1.get() | TCR_EL1::EPD0::DisableTTBR0Walks.value);
    barrier::isb(barrier::SY);
}

/// Zeroes a page, by cache line where the core allows it.
///
/// # Safety
/// `page` is page-aligned, mapped for writing as Normal memory, and nothing else uses the page.
pub unsafe fn zero_page(page: *mut [u8; 4096]) {
    // SAFETY: head.S defines it with two arguments in registers, and it keeps to the C calling convention.
    unsafe extern "C" {
        fn zero_lines(start: *mut u8, end: *mut u8);
    }
    // SAFETY: the caller vouches for the page; both ends are multiples of 64, as zero_lines in head.S wants.
    unsafe { zero_lines(page.cast(), page.add(1).cast()) };
}
