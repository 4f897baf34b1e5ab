//! Every CPU has an affinity of its own: it is what a CPU is started by, and what it knows of itself.

use std::collections::BTreeMap;

use crate::findings::{Finding, Findings, code};
use crate::model::board::{Board, Inputs};

pub(super) fn check(_: Inputs<'_>, board: &Board, findings: &mut Findings) {
    let mut known = BTreeMap::new();
    for cpu in &board.cpus {
        let Some(first) = known.get(&cpu.mpidr.value.0) else {
            known.insert(cpu.mpidr.value.0, cpu);
            continue;
        };
        let message = format!("`{}` and `{}` are one CPU by their affinity", first.path, cpu.path);
        let label = format!("{:#x}, a second time", cpu.mpidr.value.0);
        let finding = Finding::warning(code::AFFINITY_TWICE, message, cpu.mpidr.place.clone(), label);
        let finding = finding.with(first.mpidr.place.clone(), "the first time");
        findings.push(finding.help("one of the two nodes is wrong: read MPIDR_EL1 on each CPU, or the SoC's manual"));
    }
}
