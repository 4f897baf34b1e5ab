//! Devices and CPUs that are gone, switched off or too many.

use hardware::board::{Class, Cpu, Device};
use hardware::check::Verdict;

use super::{Mutation, Reference};
use crate::Failure;

/// The reference tree without `device`.
pub(super) fn missing(reference: &Reference, device: &Device) -> Result<Mutation, Failure> {
    let mut mutation = Mutation::new(format!("{} is missing", device.name), reference.tree.clone());
    mutation.tree.remove_node(device.path)?;
    for fact in reference.dependents(device.path) {
        mutation.expect(fact.name, Verdict::Unresolvable, None);
        for behind in reference.clocks_behind(fact) {
            mutation.expect(behind.name, Verdict::Unresolvable, None);
        }
    }
    absent(reference, device, Verdict::Missing, &mut mutation);
    Ok(mutation)
}

/// The reference tree with `device` switched off.
pub(super) fn disabled(reference: &Reference, device: &Device) -> Result<Mutation, Failure> {
    let mut mutation = Mutation::new(format!("{} is disabled", device.name), reference.tree.clone());
    mutation.tree.set(device.path, "status", "disabled")?;
    absent(reference, device, Verdict::Disabled, &mut mutation);
    Ok(mutation)
}

/// All facts about a device and about those below it.
fn absent(reference: &Reference, device: &Device, verdict: Verdict, mutation: &mut Mutation) {
    for fact in reference.facts_of(device).chain(reference.facts_below(device.path)) {
        mutation.expect(fact.name, verdict, None);
    }
}

/// The reference tree without `cpu`.
pub(super) fn cpu_missing(reference: &Reference, cpu: &Cpu) -> Result<Mutation, Failure> {
    let mut mutation = Mutation::new(format!("{} is missing", cpu.path), reference.tree.clone());
    mutation.tree.remove_node(cpu.path)?;
    only(reference, cpu, Verdict::Missing, &mut mutation);
    Ok(mutation)
}

/// The reference tree with `cpu` switched off.
pub(super) fn cpu_disabled(reference: &Reference, cpu: &Cpu) -> Result<Mutation, Failure> {
    let mut mutation = Mutation::new(format!("{} is disabled", cpu.path), reference.tree.clone());
    mutation.tree.set(cpu.path, "status", "disabled")?;
    only(reference, cpu, Verdict::Disabled, &mut mutation);
    Ok(mutation)
}

/// The CPU's fact, and those of the caches inside it.
fn only(reference: &Reference, cpu: &Cpu, verdict: Verdict, mutation: &mut Mutation) {
    for fact in reference.board.fact(cpu.mpidr.fact()).into_iter().chain(reference.facts_below(cpu.path)) {
        mutation.expect(fact.name, verdict, None);
    }
}

/// The reference tree with one CPU more.
pub(super) fn cpu_extra(reference: &Reference) -> Result<Option<Mutation>, Failure> {
    // Aff1 of the cores that QEMU and most firmware number is 0.
    const NAME: &str = "cpu@f00";
    let Some(cpu) = reference.board.cpus.first() else { return Ok(None) };
    let mut mutation = Mutation::new("a CPU more".to_owned(), reference.tree.clone());
    let mut reg = reference.cells(cpu.path, "reg")?;
    if let Some(low) = reg.last_mut() {
        *low = 0xf00;
    }
    let path = format!("/cpus/{NAME}");
    mutation.tree.add_node("/cpus", NAME)?.set(&path, "device_type", "cpu")?.set(&path, "reg", reg)?;
    mutation.expect(NAME, Verdict::Extra, Some("0xf00".to_owned()));
    Ok(Some(mutation))
}

/// The reference tree with a second device that the console's binding knows: at an address that nothing answers at.
pub(super) fn second_console(reference: &Reference) -> Result<Option<Mutation>, Failure> {
    const NAME: &str = "serial@3000000";
    let Some(console) = reference.board.first(Class::Console) else { return Ok(None) };
    let mut mutation = Mutation::new("a second console".to_owned(), reference.tree.clone());
    let (address, size) = reference.bus_cells("/");
    let mut reg = vec![0u32; address + size];
    if let Some(low) = reg.get_mut(address - 1) {
        *low = 0x300_0000;
    }
    let path = format!("/{NAME}");
    mutation.tree.add_node("/", NAME)?.set(&path, "compatible", console.compatible)?.set(&path, "reg", reg)?;
    mutation.expect(NAME, Verdict::Extra, Some(console.compatible.to_owned()));
    Ok(Some(mutation))
}
