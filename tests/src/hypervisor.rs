//! A program that stays at EL2 and keeps interrupts to itself, of the boot core or of the cores that it starts: an image under it
//! has a GICv3 that looks right and from which nothing comes there.
//!
//! HCR_EL2.IMO makes the image's CPU interface the virtual one (IHI 0069H, 6.1), whose list registers stay empty, and lets its
//! writes to ICC_SGI1R_EL1 trap; the handler steps over what traps.

/// Whose interrupts it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// The boot core's.
    Boot,
    /// Those of every core that the boot core starts through PSCI.
    Others,
}

/// Where the vectors lie behind the start of the code: their alignment (DDI 0487, VBAR_EL2).
const VECTORS: usize = 0x800;
/// A synchronous exception from a lower level in AArch64 (DDI 0487, D1.3.1.5).
const SYNCHRONOUS: usize = 0x400;

/// Goes to EL1 at the address in x16.
const ENTER: [u32; 13] = [
    0x1000_4001, // adr  x1, .+0x800
    0xd51c_c001, // msr  vbar_el2, x1
    0xd2b0_0001, // mov  x1, #1 << 31        RW: EL1 is AArch64
    0xb27c_0021, // orr  x1, x1, #1 << 4     IMO
    0xd51c_1101, // msr  hcr_el2, x1
    0xd280_01e1, // mov  x1, #0xf            Enable, DIB, DFB, SRE
    0xd51c_c9a1, // msr  icc_sre_el2, x1
    0xd280_0061, // mov  x1, #3              EL1 may use the physical timer and counter
    0xd51c_e101, // msr  cnthctl_el2, x1
    0xd280_78a1, // mov  x1, #0x3c5          EL1h, all masked
    0xd51c_4001, // msr  spsr_el2, x1
    0xd51c_4030, // msr  elr_el2, x16
    0xd69f_03e0, // eret
];

/// Steps over one instruction.
const STEP_OVER: [u32; 6] = [
    0xd51c_d040, // msr  tpidr_el2, x0
    0xd53c_4020, // mrs  x0, elr_el2
    0x9100_1000, // add  x0, x0, #4
    0xd51c_4020, // msr  elr_el2, x0
    0xd53c_d040, // mrs  x0, tpidr_el2
    0xd69f_03e0, // eret
];

/// Where other cores come in, a page behind the start: [`ENTER`], with the image's entry from [`SAVED`].
const OTHERS: usize = 0x1000;
/// Where the handler keeps the entry that the image asked for.
const SAVED: usize = OTHERS - 8;
/// HCR_EL2 with TSC (bit 19), so that PSCI calls come here, in place of IMO.
const TRAP_CALLS: (u32, u32) = (0xb27c_0021, 0xb26d_0021);
/// At [`ENTER`]'s eleventh instruction of [`OTHERS`]: ldr x16, SAVED.
const LOAD_ENTRY: u32 = 0x58ff_fe70;

/// Passes a PSCI call on; CPU_ON's core comes in at [`OTHERS`].
const PASS_ON: [u32; 14] = [
    0xd51c_d050, // msr  tpidr_el2, x16
    0x5280_0070, // mov  w16, #3
    0x72b8_8010, // movk w16, #0xc400, lsl #16   CPU_ON, of 64 bits (DEN 0022F, 5.1.4)
    0x6b10_001f, // cmp  w0, w16
    0x5400_0081, // b.ne .+16
    0x1000_1f30, // adr  x16, SAVED
    0xf900_0202, // str  x2, [x16]
    0x1000_1f22, // adr  x2, OTHERS
    0xd53c_4030, // mrs  x16, elr_el2
    0x9100_1210, // add  x16, x16, #4
    0xd51c_4030, // msr  elr_el2, x16
    0xd53c_d050, // mrs  x16, tpidr_el2
    0xd400_0003, // smc  #0
    0xd69f_03e0, // eret
];

/// The program, to be loaded at a multiple of 0x800; it is entered at its start, with the image's entry in x16.
pub(crate) fn program(keeps: Keeps) -> Vec<u8> {
    match keeps {
        Keeps::Boot => assemble(&[(0, &ENTER), (VECTORS + SYNCHRONOUS, &STEP_OVER)]),
        Keeps::Others => {
            let boot = ENTER.map(|word| if word == TRAP_CALLS.0 { TRAP_CALLS.1 } else { word });
            let (start, end) = ENTER.split_at(11);
            let others = [start, &[LOAD_ENTRY], end].concat();
            let vectors = VECTORS + SYNCHRONOUS;
            assemble(&[
                (0, &boot),
                (vectors, &PASS_ON),
                (SAVED, &[0, 0]),
                (OTHERS, &others),
                (OTHERS + vectors, &STEP_OVER),
            ])
        }
    }
}

/// Pieces at their places, in order.
fn assemble(pieces: &[(usize, &[u32])]) -> Vec<u8> {
    let mut program = Vec::new();
    for (at, words) in pieces {
        program.resize(*at, 0);
        program.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    }
    program
}
