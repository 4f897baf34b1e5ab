//! Register maps: in their window, aligned, apart from each other.

use super::{fields, unique};
use crate::findings::{Finding, Findings, code};
use crate::model::device::{Register, Window};

pub(super) fn check(window: &Window, findings: &mut Findings) {
    unique("registers", window.registers.iter().map(|register| &register.name), findings);
    for register in &window.registers {
        check_alignment(register, findings);
        check_extent(register, window, findings);
        check_reset(register, findings);
        fields::check(register, findings);
    }
    check_overlaps(&window.registers, findings);
}

fn check_alignment(register: &Register, findings: &mut Findings) {
    let bytes = register.width.bytes();
    let stride = register.array.as_ref().map(|array| &array.stride);
    for (what, number) in [("offset", Some(&register.offset)), ("stride", stride)] {
        let Some(number) = number.filter(|number| !number.value.is_multiple_of(bytes)) else { continue };
        let message = format!("the {what} of `{}` isn't a multiple of its width", register.name.value);
        let label = format!("a {}-bit access needs a multiple of {bytes}", register.width.bits());
        let finding = Finding::error(code::MISALIGNED, message, number.place.clone(), label);
        findings.push(finding.help("device memory faults on unaligned accesses: correct one of the two"));
    }
    if let Some(stride) = stride.filter(|stride| stride.value < bytes) {
        let message = format!("the elements of `{}` overlap", register.name.value);
        let label = format!("each takes {bytes} bytes");
        let finding = Finding::error(code::BAD_STRIDE, message, stride.place.clone(), label);
        findings.push(finding.help(format!("write a stride of {bytes} or more")));
    }
}

fn check_extent(register: &Register, window: &Window, findings: &mut Findings) {
    let end = register.end();
    if end > window.size.value && !register.optional {
        let message = format!("`{}` is past the end of its window", register.name.value);
        let finding =
            Finding::error(code::OUTSIDE_WINDOW, message, register.offset.place.clone(), format!("ends at {end:#x}"))
                .with(window.size.place.clone(), format!("the window ends at {:#x}", window.size.value))
                .help("correct the offset or the window's size; `optional = true` if some windows end before it");
        findings.push(finding);
    }
}

fn check_reset(register: &Register, findings: &mut Findings) {
    let Some(reset) = &register.reset else { return };
    let bits = register.width.bits();
    if bits < 64 && reset.value >> bits != 0 {
        let message = format!("the reset value of `{}` doesn't fit", register.name.value);
        let label = format!("the register has {bits} bits");
        findings.push(Finding::error(code::VALUE_TOO_LARGE, message, reset.place.clone(), label));
    }
}

/// Registers come by offset. One that is only read and one that is only written may share bytes: manuals give such
/// an address two names.
fn check_overlaps(registers: &[Register], findings: &mut Findings) {
    // How far those before reach: most registers start behind all of them.
    let mut reach = 0;
    for (index, register) in registers.iter().enumerate() {
        let shares = |other: &&Register| other.end() > register.offset.value && !alias(other, register);
        let mut before = registers.iter().take(index).rev();
        let other = if reach > register.offset.value { before.find(shares) } else { None };
        reach = reach.max(register.end());
        let Some(other) = other else { continue };
        let message = format!("`{}` and `{}` share bytes", other.name.value, register.name.value);
        let label = format!("starts at {:#x}", register.offset.value);
        let finding = Finding::error(code::REGISTERS_OVERLAP, message, register.offset.place.clone(), label)
            .with(other.offset.place.clone(), format!("ends at {:#x}", other.end()))
            .help("correct an offset, a width or a count; one address may have a `read` and a `write` register");
        findings.push(finding);
    }
}

fn alias(a: &Register, b: &Register) -> bool {
    let reads = |register: &Register| register.access.reads() || register.access.takes();
    let both = reads(a) && reads(b) || a.access.writes() && b.access.writes();
    !both
}
