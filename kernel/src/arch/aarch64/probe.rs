//! Accesses and calls that may not be answered.
//!
//! A guarded access registers the range of its instructions and a fix-up address in `.extable`; an abort whose
//! ELR_EL1 lies in such a range goes on at the fix-up. Interconnects may report a read of nothing as an SError
//! instead, so SErrors are let in for the length of the access, which ends with a barrier that collects them.

use core::arch::asm;

use hardware::board::Conduit;

/// A row of `.extable`.
#[repr(C)]
struct Guarded {
    start: u64,
    end: u64,
    fixup: u64,
}

/// Where to go on when the instruction at `elr` faulted; `None` outside guarded accesses.
pub fn fixup(elr: u64) -> Option<u64> {
    table().iter().find(|row| (row.start..row.end).contains(&elr)).map(|row| row.fixup)
}

/// Runs `instructions`, which may abort, with SErrors let in; whether they came through. Without the answer, registers that
/// they write have any value.
///
/// What it adds is harmless: an abort, or an SError up to the barrier's end, leads to label 4 by the row in `.extable`, with the
/// other registers as they were; DAIF is as before on both ways out, and the stack isn't used. So a caller answers for its own
/// instructions only.
macro_rules! guarded {
    ([$($instruction:literal),*], $($operand:tt)*) => {{
        let answered: u64;
        asm!(
            "mrs {daif}, daif",
            "2:",
            "msr daifclr, #4",
            $($instruction,)*
            "isb",
            "3:",
            // An SError that the barrier has collected is taken before this one, so it belongs to the range.
            "mov {answered}, #1",
            "b 5f",
            "4:",
            "mov {answered}, #0",
            "5:",
            "msr daif, {daif}",
            ".pushsection .extable, \"a\"",
            ".quad 2b, 3b + 4, 4b",
            ".popsection",
            answered = out(reg) answered,
            daif = out(reg) _,
            $($operand)*
            options(nostack),
        );
        answered == 1
    }};
}

/// The eight bytes at `address`, in memory's order, or `None` where nothing answers.
///
/// # Safety
/// `address` is a multiple of 8, and a read there has no side effect.
pub unsafe fn read(address: usize) -> Option<[u8; 8]> {
    let value: u64;
    // SAFETY: one load, which by contract has no side effect, and a barrier.
    let answered =
        unsafe { guarded!(["ldr {value}, [{address}]", "dsb sy"], address = in(reg) address, value = out(reg) value,) };
    answered.then(|| value.to_ne_bytes())
}

/// Whether the eight bytes at `address` keep what is written to them: past the caches, so that memory itself answers.
///
/// # Safety
/// `address` is a multiple of 8 in a writable mapping of Normal memory, and nothing uses the bytes there.
pub unsafe fn keeps(address: usize, value: u64) -> bool {
    let kept: u64;
    // SAFETY: one store to eight bytes that by contract nobody misses, and a load of them; the cache line that goes to memory
    // between them keeps its contents.
    let answered = unsafe {
        guarded!(
            ["str {value}, [{address}]", "dc civac, {address}", "dsb sy", "ldr {kept}, [{address}]"],
            address = in(reg) address,
            value = in(reg) value,
            kept = out(reg) kept,
        )
    };
    answered && kept == value
}

/// Calls `function`, which takes no arguments, and gives back its result; `None` where the instruction is undefined
/// because nothing stands behind it (DDI 0487, HVC and SMC).
///
/// # Safety
/// Whatever answers does nothing but return a value for `function`.
pub unsafe fn call(conduit: Conduit, function: u32) -> Option<u64> {
    macro_rules! called {
        ($instruction:literal) => {{
            let result: u64;
            let answered: u64;
            // SAFETY: by contract the call only returns a value, in x0; SMCCC 1.0 (DEN 0028, 2.6) lets it change
            // x1 to x17 besides, which are clobbered. If it is undefined, the row in .extable leads to label 4.
            unsafe {
                asm!(
                    "2:",
                    $instruction,
                    "3:",
                    "mov x1, #1",
                    "b 5f",
                    "4:",
                    "mov x1, #0",
                    "5:",
                    ".pushsection .extable, \"a\"",
                    ".quad 2b, 3b, 4b",
                    ".popsection",
                    out("x1") answered,
                    inout("x0") u64::from(function) => result,
                    clobber_abi("C"),
                    options(nostack),
                );
            }
            (answered == 1).then_some(result)
        }};
    }
    match conduit {
        Conduit::Hvc => called!("hvc #0"),
        Conduit::Smc => called!("smc #0"),
    }
}

/// Takes an SError that was pending before the kernel ran; true if there was one.
pub fn take_pending_serror() -> bool {
    // SAFETY: no instruction of its own: what was pending comes, or nothing does.
    unsafe { !guarded!([],) }
}

fn table() -> &'static [Guarded] {
    // SAFETY: link.ld defines both; `table` alone reads between them.
    unsafe extern "C" {
        static __extable_start: Guarded;
        static __extable_end: Guarded;
    }
    let (start, end) = (&raw const __extable_start, &raw const __extable_end);
    // SAFETY: the linker script puts both symbols round the .extable input sections, which consist of whole rows and
    // are constant.
    unsafe { core::slice::from_raw_parts(start, end.offset_from_unsigned(start)) }
}
