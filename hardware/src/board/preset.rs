//! Presets: which optional parts a build has.

/// A board's preset.
#[derive(Debug)]
pub struct Preset {
    /// `qemu-smoke`, `full`, …
    pub name: &'static str,
    /// Bit n: the nth of [`Presets::switches`] is on.
    pub on: u64,
    /// All there are, to compare with.
    pub all: &'static Presets,
}

/// Every preset with every switch.
#[derive(Debug)]
pub struct Presets {
    /// The switches' names.
    pub switches: &'static [&'static str],
    /// The presets' names, each with its switches as [`Preset::on`] has them.
    pub presets: &'static [(&'static str, u64)],
}

impl Preset {
    /// Whether `switch` is on; one that this build doesn't know is off.
    pub fn on(&self, switch: &str) -> bool {
        let place = self.all.switches.iter().position(|name| *name == switch);
        place.is_some_and(|place| Presets::bit(self.on, place))
    }
}

impl Presets {
    /// Whether the `nth` switch is on in `switches`.
    pub const fn bit(switches: u64, nth: usize) -> bool {
        nth < 64 && switches >> nth & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Presets = Presets { switches: &["a", "b"], presets: &[("none", 0), ("b", 0b10)] };

    #[test]
    fn a_switch_is_its_bit() {
        let preset = Preset { name: "b", on: 0b10, all: &ALL };
        assert_eq!(["a", "b", "c"].map(|switch| preset.on(switch)), [false, true, false]);
        assert!(!Presets::bit(u64::MAX, 64));
    }
}
