//! What stands beside the kernel: the firmware's `config.txt`, and how to reach the board in the lab.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::super::toml::Spanned;

/// `[lab]`: how people and their scripts reach a board of this kind; nothing is generated from it.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lab {
    /// The serial device on the host, `/dev/serial/by-id/…`.
    pub serial: Option<String>,
    /// Its line rate.
    pub baud: Option<u32>,
    /// The command that switches the board on.
    pub power_on: Option<String>,
    /// The command that switches it off.
    pub power_off: Option<String>,
    /// Where the image has to go: a mounted card, a TFTP folder.
    pub boot_folder: Option<String>,
    /// What else one has to know.
    pub notes: Option<String>,
}

/// The value of a `[firmware]` key; each element of an array is a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting(pub Vec<String>);

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SettingVisitor)
    }
}

impl super::File {
    /// The lines of `config.txt` that `[firmware]` asks for, by key.
    pub fn config_lines(&self) -> Vec<String> {
        let line = |(key, setting): (&Spanned<String>, &Spanned<Setting>)| {
            let name = key.get_ref().clone();
            setting.get_ref().0.iter().map(|value| format!("{name}={value}")).collect::<Vec<_>>()
        };
        self.firmware.iter().flat_map(line).collect()
    }
}

struct SettingVisitor;

impl<'de> Visitor<'de> for SettingVisitor {
    type Value = Setting;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a string, a boolean, or an array of these")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Setting, E> {
        Ok(Setting(vec![number.to_string()]))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Setting, E> {
        Ok(Setting(vec![number.to_string()]))
    }

    fn visit_bool<E: Error>(self, on: bool) -> Result<Setting, E> {
        Ok(Setting(vec![u8::from(on).to_string()]))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Setting, E> {
        match text.chars().any(char::is_control) {
            true => Err(E::custom("a setting is one line")),
            false => Ok(Setting(vec![text.to_owned()])),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Setting, A::Error> {
        let mut lines = Vec::new();
        while let Some(Setting(line)) = elements.next_element()? {
            lines.extend(line);
        }
        Ok(Setting(lines))
    }
}
