//! GICv3's CPU interface: its system registers (IHI 0069H, 12.2), by encoding, as assemblers know their names only
//! with the extension on.

use core::arch::asm;

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{ID_AA64PFR0_EL1, Readable};
use drivers::gicv3::SystemRegisters;
use hardware::board::Mpidr;

use super::cpu;
use super::gic::Core;

/// ICC_SRE_EL1.SRE, ICC_IGRPEN1_EL1.Enable.
const ENABLE: u64 = 1;

/// A function that reads or writes one of the registers.
macro_rules! register {
    (read $name:ident = $encoding:literal, $read:ident) => {
        #[doc = concat!("Reads ", stringify!($name), ".")]
        #[inline(always)]
        fn $read() -> u64 {
            let value: u64;
            // SAFETY: reads a register of this core's interrupt interface; no memory is involved. Not `pure`: some reads
            // acknowledge.
            unsafe { asm!(concat!("mrs {}, ", $encoding), out(reg) value, options(nostack, preserves_flags)) };
            value
        }
    };
    (write $name:ident = $encoding:literal, $write:ident) => {
        #[doc = concat!("Writes ", stringify!($name), ".")]
        #[inline(always)]
        fn $write(value: u64) {
            // SAFETY: writes a register of this core's interrupt interface, which decides only which interrupts come and
            // when; the vectors are in place.
            unsafe { asm!(concat!("msr ", $encoding, ", {}"), in(reg) value, options(nostack, preserves_flags)) };
        }
    };
}

register!(write ICC_AP1R0_EL1 = "S3_0_C12_C9_0", write_ap1r0);
register!(write ICC_AP1R1_EL1 = "S3_0_C12_C9_1", write_ap1r1);
register!(write ICC_AP1R2_EL1 = "S3_0_C12_C9_2", write_ap1r2);
register!(write ICC_AP1R3_EL1 = "S3_0_C12_C9_3", write_ap1r3);
register!(read ICC_PMR_EL1 = "S3_0_C4_C6_0", read_pmr);
register!(write ICC_PMR_EL1 = "S3_0_C4_C6_0", write_pmr);
register!(write ICC_SGI1R_EL1 = "S3_0_C12_C11_5", write_sgi1r);
register!(read ICC_IAR1_EL1 = "S3_0_C12_C12_0", read_iar1);
register!(write ICC_EOIR1_EL1 = "S3_0_C12_C12_1", write_eoir1);
register!(write ICC_BPR1_EL1 = "S3_0_C12_C12_3", write_bpr1);
register!(read ICC_CTLR_EL1 = "S3_0_C12_C12_4", read_ctlr);
register!(write ICC_CTLR_EL1 = "S3_0_C12_C12_4", write_ctlr);
register!(read ICC_SRE_EL1 = "S3_0_C12_C12_5", read_sre);
register!(write ICC_SRE_EL1 = "S3_0_C12_C12_5", write_sre);
register!(read ICC_IGRPEN1_EL1 = "S3_0_C12_C12_7", read_igrpen1);
register!(write ICC_IGRPEN1_EL1 = "S3_0_C12_C12_7", write_igrpen1);

impl SystemRegisters for Core {
    fn affinity(&self) -> Mpidr {
        Mpidr(cpu::affinity())
    }

    fn enable_system_registers(&self) -> bool {
        if !has_registers() {
            return false;
        }
        write_sre(read_sre() | ENABLE);
        barrier::isb(barrier::SY);
        read_sre() & ENABLE != 0
    }

    fn set_control(&self, value: u64) {
        write_ctlr(value);
    }

    fn set_priorities(&self, mask: u8, binary_point: u8) {
        write_pmr(mask.into());
        write_bpr1(binary_point.into());
    }

    fn clear_active_priorities(&self) {
        // One for every 32 groups of priorities; those that aren't there are UNDEFINED (IHI 0069H, 12.2,
        // ICC_AP1R<n>_EL1 and ICC_CTLR_EL1.PRIbits).
        const PRI_BITS: u32 = 8;
        let bits = (read_ctlr() >> PRI_BITS & 0b111) + 1;
        write_ap1r0(0);
        if bits >= 6 {
            write_ap1r1(0);
        }
        if bits >= 7 {
            write_ap1r2(0);
            write_ap1r3(0);
        }
    }

    fn priority_mask(&self) -> u8 {
        read_pmr() as u8
    }

    fn group1_enabled(&self) -> bool {
        read_igrpen1() & ENABLE != 0
    }

    fn enable_group1(&self) {
        write_igrpen1(ENABLE);
        barrier::isb(barrier::SY);
    }

    fn disable_group1(&self) {
        write_igrpen1(0);
        barrier::isb(barrier::SY);
    }

    fn acknowledge(&self) -> u32 {
        let intid = read_iar1();
        // The interrupt is active before anything that follows (IHI 0069H, 12.2, ICC_IAR1_EL1).
        barrier::dsb(barrier::SY);
        intid as u32
    }

    fn end(&self, intid: u32) {
        write_eoir1(intid.into());
        barrier::isb(barrier::SY);
    }

    fn send(&self, value: u64) {
        barrier::dsb(barrier::ISHST);
        write_sgi1r(value);
        barrier::isb(barrier::SY);
    }
}

/// Whether the registers exist (DDI 0487, ID_AA64PFR0_EL1.GIC).
fn has_registers() -> bool {
    const GIC: u32 = 24;
    ID_AA64PFR0_EL1.get() >> GIC & 0xf != 0
}
