//! The ledger's rows: every value of every device, in the order in which the check wants them.

use hardware::board::{Item, Value};

use super::{Cpu, Device, Fact, FactValue, Located, Preset, policy};

/// Numbers the facts of devices and CPUs, and gives each its default policy.
pub(super) fn number(devices: &mut [Device], cpus: &mut [Cpu], console: &[usize], preset: &Preset) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (index, device) in devices.iter_mut().enumerate() {
        let main_console = console.first() == Some(&index);
        let (class, driven) = (device.class, device.driver.is_some());
        let mut add = |name: String, item, value, property| {
            let policy = policy::default(class, driven, item, main_console, preset);
            facts.push(Fact { name, device: Some(index), item, value, policy, why: None, property });
            facts.len() - 1
        };
        let name = device.name.as_str();
        device.present = add(format!("{name}.compatible"), Item::Compatible, FactValue::Compatible, "compatible");
        for window in &mut device.windows {
            window.fact = add(
                format!("{name}.window[{}]", window.index),
                Item::Window(window.index),
                FactValue::Plain(Value::Window(window.value)),
                window.property,
            );
        }
        for line in &mut device.interrupts {
            line.fact = add(
                format!("{name}.interrupt[{}]", line.index),
                Item::Interrupt(line.index),
                FactValue::Plain(Value::Interrupt(line.value)),
                line.property,
            );
        }
        for clock in &mut device.clocks {
            clock.fact = add(
                format!("{name}.clock[{}]", clock.index),
                Item::Clock(clock.index),
                FactValue::Plain(Value::Clock(clock.value)),
                clock.property,
            );
        }
        if let Some(Located { value, property, fact, .. }) = &mut device.conduit {
            let value = FactValue::Plain(Value::Conduit(*value));
            *fact = add(format!("{name}.conduit"), Item::Conduit, value, *property);
        }
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
        });
    }
    facts
}
