//! Fields: in their register, apart from each other, with values that fit.

use super::unique;
use crate::findings::{Finding, Findings, code};
use crate::model::device::{Field, Register};

pub(super) fn check(register: &Register, findings: &mut Findings) {
    unique("fields", register.fields.iter().map(|field| &field.name), findings);
    for field in &register.fields {
        check_extent(field, register, findings);
        check_values(field, findings);
    }
    check_overlaps(&register.fields, findings);
}

fn check_extent(field: &Field, register: &Register, findings: &mut Findings) {
    let bits = register.width.bits();
    if u64::from(*field.bits.value.end()) >= bits {
        let message = format!("`{}` is past the end of `{}`", field.name.value, register.name.value);
        let label = format!("the register has bits {}..0", bits - 1);
        let finding = Finding::error(code::OUTSIDE_REGISTER, message, field.bits.place.clone(), label);
        findings.push(finding.help("correct the bits or the register's `width`"));
    }
}

/// Fields come by their lowest bit.
fn check_overlaps(fields: &[Field], findings: &mut Findings) {
    for (index, field) in fields.iter().enumerate() {
        let before = fields.iter().take(index);
        let Some(other) = before.rev().find(|other| other.bits.value.end() >= field.bits.value.start()) else {
            continue;
        };
        let message = format!("`{}` and `{}` share bits", other.name.value, field.name.value);
        let label = format!("starts at bit {}", field.bits.value.start());
        let finding = Finding::error(code::FIELDS_OVERLAP, message, field.bits.place.clone(), label)
            .with(other.bits.place.clone(), format!("ends at bit {}", other.bits.value.end()))
            .help("correct the bits of one of the two");
        findings.push(finding);
    }
}

fn check_values(field: &Field, findings: &mut Findings) {
    unique("values", field.values.iter().map(|(name, _)| name), findings);
    for (name, value) in field.values.iter().filter(|(_, value)| value.value > field.mask()) {
        let message = format!("`{}` doesn't fit into `{}`", name.value, field.name.value);
        let label = format!("the field holds at most {:#x}", field.mask());
        findings.push(Finding::error(code::VALUE_TOO_LARGE, message, value.place.clone(), label));
    }
    for pair in field.values.windows(2) {
        let [(first, one), (second, other)] = pair else { continue };
        if one.value == other.value {
            let message = format!("`{}` and `{}` are one value", first.value, second.value);
            let finding = Finding::error(code::VALUE_TWICE, message, other.place.clone(), "")
                .with(one.place.clone(), "the same")
                .help("a value has one name: delete the other");
            findings.push(finding);
        }
    }
}
