//! A program that stays at EL2 and keeps all interrupts to itself: an image under it has a GICv3 that looks right and from
//! which nothing comes.
//!
//! HCR_EL2.IMO makes the image's CPU interface the virtual one (IHI 0069H, 6.1), whose list registers stay empty, and lets its
//! writes to ICC_SGI1R_EL1 trap; the handler steps over what traps.

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

/// The program, to be loaded at a multiple of 0x800; it is entered at its start, with the image's entry in x16.
pub(crate) fn program() -> Vec<u8> {
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    let mut program = words(&ENTER);
    program.resize(VECTORS + SYNCHRONOUS, 0);
    program.extend(words(&STEP_OVER));
    program
}
