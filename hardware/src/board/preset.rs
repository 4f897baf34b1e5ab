//! Presets: which drivers, commands and features a build has.

/// A board's preset.
#[derive(Debug)]
pub struct Preset {
    /// `qemu-smoke`, `full`, …
    pub name: &'static str,
    /// What it chooses.
    pub chosen: Chosen,
    /// All there are, to compare with.
    pub all: &'static Presets,
}

/// What a preset chooses: bit n of each is the nth name of the list in [`Presets`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Of [`Presets::drivers`].
    pub drivers: u64,
    /// Of [`Presets::commands`].
    pub commands: u64,
    /// Of [`Presets::features`].
    pub features: u64,
}

/// Every preset, and everything that presets choose from.
#[derive(Debug)]
pub struct Presets {
    /// The drivers that bindings name.
    pub drivers: &'static [&'static str],
    /// The shell's commands.
    pub commands: &'static [&'static str],
    /// What a build can do besides.
    pub features: &'static [&'static str],
    /// The presets' names, each with what it chooses.
    pub presets: &'static [(&'static str, Chosen)],
}

impl Preset {
    /// Whether the shell has the command `name`; one that this build doesn't know it hasn't.
    pub fn has_command(&self, name: &str) -> bool {
        has(self.all.commands, self.chosen.commands, name)
    }

    /// Whether the feature `name` is on; one that this build doesn't know is off.
    pub fn has_feature(&self, name: &str) -> bool {
        has(self.all.features, self.chosen.features, name)
    }

    /// Whether somebody at the console is listened to: without a command there is nothing to say.
    pub const fn has_shell(&self) -> bool {
        self.chosen.commands != 0
    }
}

impl Presets {
    /// Whether there is a command `name` that presets can choose.
    pub fn has_command(&self, name: &str) -> bool {
        has(self.commands, u64::MAX, name)
    }

    /// Whether the `nth` name is among the `chosen`.
    pub const fn bit(chosen: u64, nth: usize) -> bool {
        nth < 64 && chosen >> nth & 1 == 1
    }
}

// Small beats fast: nothing asks on a hot path.
#[inline(never)]
fn has(names: &[&str], chosen: u64, wanted: &str) -> bool {
    names.iter().position(|name| *name == wanted).is_some_and(|place| Presets::bit(chosen, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    const B: Chosen = Chosen { drivers: 0, commands: 0b10, features: 0b01 };
    const ALL: Presets = Presets { drivers: &[], commands: &["a", "b"], features: &["a"], presets: &[("b", B)] };

    #[test]
    fn a_name_is_its_bit() {
        let preset = Preset { name: "b", chosen: B, all: &ALL };
        assert_eq!(["a", "b", "c"].map(|name| preset.has_command(name)), [false, true, false]);
        assert_eq!(["a", "b"].map(|name| preset.has_feature(name)), [true, false]);
        assert!(preset.has_shell() && !Presets::bit(u64::MAX, 64));
    }
}
