//! How reports write numbers and words.

use std::fmt::Debug;

use hardware::board::{Class, Hertz};

pub(super) use crate::visible::visible;

/// A variant's name in kebab case: `GicV3` is `gic-v3`.
pub(super) fn kebab(variant: &impl Debug) -> String {
    let name = format!("{variant:?}");
    let mut kebab = String::new();
    let mut before = None;
    for letter in name.chars() {
        if letter.is_uppercase() && before.is_some() {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
        before = Some(letter);
    }
    kebab
}

/// A class as people say it; what is short for something stays in capitals.
pub(super) fn class(class: Class) -> String {
    match class {
        Class::Rtc => "real-time clock".to_owned(),
        Class::Pcie => "PCIe".to_owned(),
        Class::Gpio => "GPIO".to_owned(),
        Class::Pmu => "PMU".to_owned(),
        Class::Rng => "random numbers".to_owned(),
        Class::Iommu => "IOMMU".to_owned(),
        class => kebab(&class).replace('-', " "),
    }
}

/// `0x10_7d00_1000`: groups of four digits, as the tables write it.
pub(super) fn hex(value: u64) -> String {
    let window = hardware::board::Window::new(value, 0).to_string();
    window.split('+').next().unwrap_or_default().to_owned()
}

/// `64 MiB`; one decimal where it isn't even.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let power = (bytes.ilog2() / 10).min(6);
    let unit = UNITS[power as usize - 1];
    let whole = 1u64 << (10 * power);
    match bytes % whole {
        0 => format!("{} {unit}", bytes / whole),
        _ => format!("{:.1} {unit}", bytes as f64 / whole as f64),
    }
}

/// `24 MHz`, `62.5 MHz`, `32.768 kHz`
pub(super) fn rate(hertz: u64) -> String {
    let (unit, by) = match hertz {
        0..1_000 => return Hertz(hertz).to_string(),
        1_000..1_000_000 => ("kHz", 1e3),
        1_000_000..1_000_000_000 => ("MHz", 1e6),
        _ => ("GHz", 1e9),
    };
    format!("{} {unit}", hertz as f64 / by)
}

/// `44_000_000`
pub(super) fn decimal(number: u64) -> String {
    Hertz(number).to_string().trim_end_matches(" Hz").to_owned()
}

/// `1 device`, `2 devices`
pub(super) fn count(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_rates_are_short() {
        assert_eq!(
            [0, 512, 4096, 0xf6_0000, 1 << 40, u64::MAX].map(size),
            ["0 B", "512 B", "4 KiB", "15.4 MiB", "1 TiB", "16.0 EiB"]
        );
        assert_eq!([32, 32_768, 62_500_000, 1_500_000_000].map(rate), ["32 Hz", "32.768 kHz", "62.5 MHz", "1.5 GHz"]);
        assert_eq!(hex(0x10_7d00_1000), "0x10_7d00_1000");
    }

    #[test]
    fn words_come_from_variants() {
        assert_eq!(kebab(&hardware::board::Driver::ArmTimer), "arm-timer");
        assert_eq!(class(Class::InterruptController), "interrupt controller");
    }
}
