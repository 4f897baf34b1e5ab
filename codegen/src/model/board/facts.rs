//! The ledger's rows: every value of every device, in the order in which the check wants them.

use hardware::board::{Item, Value};

use super::{Cpu, Device, Fact, FactValue, Located, Origin, Preset, policy};

/// Numbers the facts of devices and CPUs, and gives each its default policy.
pub(super) fn number(devices: &mut [Device], cpus: &mut [Cpu], console: &[usize], preset: &Preset) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (index, device) in devices.iter_mut().enumerate() {
        let main_console = console.first() == Some(&index);
        let (class, driven) = (device.class, device.driver.is_some());
        let mut add = |name: String, item, value, property| {
            let policy = policy::default(class, driven, item, main_console, preset);
            facts.push(Fact {
                name,
                device: Some(index),
                item,
                value,
                policy,
                why: None,
                property,
                origin: Origin::Tree,
            });
            facts.len() - 1
        };
        let name = device.name.as_str();
        device.present = add(format!("{name}.compatible"), Item::Compatible, FactValue::Compatible, "compatible");
        add_each(&mut device.windows, &mut add, |n| (format!("{name}.window[{n}]"), Item::Window(n)), Value::Window);
        add_each(
            &mut device.interrupts,
            &mut add,
            |n| (format!("{name}.interrupt[{n}]"), Item::Interrupt(n)),
            Value::Interrupt,
        );
        add_each(&mut device.clocks, &mut add, |n| (format!("{name}.clock[{n}]"), Item::Clock(n)), Value::Clock);
        let conduit = |_| (format!("{name}.conduit"), Item::Conduit);
        add_each(device.conduit.as_mut_slice(), &mut add, conduit, Value::Conduit);
    }
    for (index, cpu) in cpus.iter_mut().enumerate() {
        let item = Item::Mpidr(u8::try_from(index).unwrap_or(u8::MAX));
        cpu.mpidr.fact = facts.len();
        facts.push(Fact {
            name: format!("{}.mpidr", cpu.path.rsplit('/').next().unwrap_or(&cpu.path)),
            device: None,
            item,
            value: FactValue::Plain(Value::Mpidr(cpu.mpidr.value)),
            policy: policy::of_cpus(),
            why: None,
            property: cpu.mpidr.property,
            origin: Origin::Tree,
        });
    }
    facts
}

/// Adds a fact for each value: the name and item of its number, and the value as a fact has it.
fn add_each<T: Copy>(
    values: &mut [Located<T>],
    add: &mut impl FnMut(String, Item, FactValue, &'static str) -> usize,
    item: impl Fn(u8) -> (String, Item),
    value: fn(T) -> Value<'static>,
) {
    for located in values {
        let (name, item) = item(located.index);
        located.fact = add(name, item, FactValue::Plain(value(located.value)), located.property);
    }
}
