//! Values read back from how they look to people: the inverse of their `Display`.

use hardware::board::{Conduit, Fact, Hertz, Interrupt, InterruptType, Item, Mpidr, Trigger, Value, Window};

/// The value of `fact` that `text` shows; `None` where it shows none.
pub(super) fn read(fact: &Fact, text: &str) -> Option<Value<'static>> {
    let value = match fact.item {
        Item::Compatible => Value::Compatible(text.to_owned().leak()),
        Item::Window(_) => {
            let (base, size) = text.split_once('+')?;
            Value::Window(Window { base: hex(base)?, size: hex(size)? })
        }
        Item::Interrupt(_) => Value::Interrupt(interrupt(text, fact.claimed)?),
        Item::Clock(_) => Value::Clock(Hertz(digits(text.strip_suffix(" Hz")?, 10)?)),
        Item::Mpidr(_) => Value::Mpidr(Mpidr(hex(text)?)),
        Item::Conduit => {
            let conduits = [Conduit::Hvc, Conduit::Smc];
            Value::Conduit(conduits.into_iter().find(|conduit| conduit.to_string() == text)?)
        }
    };
    Some(value)
}

/// `SPI 120`, or `SPI 120 level-high` where the trigger is all that differs.
fn interrupt(text: &str, claimed: Value<'_>) -> Option<Interrupt> {
    let mut words = text.split(' ');
    let (kind, number, trigger) = (words.next()?, words.next()?, words.next());
    let kinds = [InterruptType::Spi, InterruptType::Ppi, InterruptType::Espi, InterruptType::Eppi];
    let triggers =
        [Trigger::EdgeRising, Trigger::EdgeFalling, Trigger::LevelHigh, Trigger::LevelLow, Trigger::Unspecified];
    let trigger = match (trigger, claimed) {
        (Some(word), _) => triggers.into_iter().find(|trigger| trigger.to_string() == word)?,
        (None, Value::Interrupt(claimed)) => claimed.trigger,
        (None, _) => Trigger::Unspecified,
    };
    Some(Interrupt {
        kind: kinds.into_iter().find(|known| known.to_string() == kind)?,
        number: number.parse().ok()?,
        trigger,
    })
}

fn hex(text: &str) -> Option<u64> {
    digits(text.strip_prefix("0x")?, 16)
}

/// A number whose digits may be grouped.
fn digits(text: &str, radix: u32) -> Option<u64> {
    let plain: String = text.chars().filter(|letter| *letter != '_').collect();
    match plain.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => u64::from_str_radix(&plain, radix).ok(),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use hardware::board::{Policy, Value};

    use super::*;

    #[test]
    fn values_are_read_as_they_are_shown() {
        let line = Interrupt::spi(120, Trigger::EdgeRising);
        for fact in [
            Fact::compatible("a", 0, "arm,pl011", Policy::Warn),
            Fact::window("a", 0, 0, Window::new(0x10_7d00_1000, 0x200), Policy::Warn),
            Fact::interrupt("a", 0, 0, line, Policy::Warn, "interrupts"),
            Fact::interrupt("a", 0, 0, Interrupt { kind: InterruptType::Eppi, ..line }, Policy::Warn, "interrupts"),
            Fact::clock("a", 0, 0, Hertz(24_000_000), Policy::Warn, "clocks"),
            Fact::conduit("a", 0, Conduit::Smc, Policy::Warn),
            Fact::mpidr("a", 0, Mpidr(0x1_0000_0300), Policy::Warn),
        ] {
            assert_eq!(read(&fact, &fact.claimed.to_string()), Some(fact.claimed));
            if !matches!(fact.claimed, Value::Compatible(_)) {
                for text in
                    ["", "SPI", "SPI x", "0x", "0x+", "0x1+-2", " Hz", "+5 Hz", "0x1_0000_0000_0000_0000+0x1", "ü"]
                {
                    assert_eq!(read(&fact, text), None, "{fact:?} {text:?}");
                }
            }
        }
        let fact = Fact::interrupt("a", 0, 0, line, Policy::Warn, "interrupts");
        let other = Interrupt { trigger: Trigger::LevelLow, ..line };
        assert_eq!(read(&fact, "SPI 120 level-low"), Some(Value::Interrupt(other)));
    }
}
