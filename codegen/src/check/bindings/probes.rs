//! Probes: of a register that can be read without an effect, for a value that its mask lets through.

use crate::findings::{Finding, Findings, code};
use crate::model::device::{Binding, Probe};
use crate::parse::suggest;

pub(super) fn check(binding: &Binding, findings: &mut Findings) {
    for probe in &binding.probes {
        check_register(probe, binding, findings);
        if probe.value.value & !probe.mask.value != 0 {
            let message = "a probe that can't succeed";
            let finding = Finding::error(
                code::VALUE_TOO_LARGE,
                message,
                probe.value.place.clone(),
                "has bits that the mask drops",
            )
            .with(probe.mask.place.clone(), "the mask");
            findings.push(finding.help("correct the mask or the value"));
        }
    }
}

fn check_register(probe: &Probe, binding: &Binding, findings: &mut Findings) {
    let Some(window) = binding.windows.get(probe.window) else { return };
    let name = &probe.register;
    let finding = match window.registers.iter().find(|register| register.name.value == name.value) {
        Some(register) if register.access.reads() && register.array.is_none() => return,
        Some(register) => {
            let message = format!("`{}` isn't a register to probe", name.value);
            Finding::error(code::BAD_PROBE, message, name.place.clone(), "")
                .with(register.name.place.clone(), "can't be read without an effect, or is an array")
                .help("a probe reads one register that has `read` in its access")
        }
        None => {
            let message = format!("there is no register `{}`", name.value);
            let finding = Finding::error(code::BAD_PROBE, message, name.place.clone(), "");
            let names = window.registers.iter().map(|register| register.name.value.as_str());
            suggest(finding, &name.value, names, || "probes read registers of this file".to_owned())
        }
    };
    findings.push(finding);
}
