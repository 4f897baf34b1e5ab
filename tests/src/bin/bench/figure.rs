//! A figure, its bar, and how both are shown.

use std::fmt;

use serde_json::{Value, json};

/// What the column of nanoseconds is, below the table.
const ABOUT_NANOSECONDS: &str = "\
ns: by the guest's counter at CNTFRQ in a second run, emulated in the host's time. It moves with the host; no bar holds it.
";

/// All figures of a run, in the order in which they were taken.
#[derive(Debug, Default)]
pub(crate) struct Figures(Vec<Figure>);

/// One measured number.
#[derive(Debug)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) name: String,
    /// How much it was; `None`: it could not be measured, and `note` says why.
    pub(crate) value: Option<f64>,
    /// Of what.
    pub(crate) unit: &'static str,
    /// Nanoseconds of the same on a machine whose time is the host's.
    pub(crate) nanoseconds: Option<f64>,
    /// The most it may be.
    pub(crate) bar: Option<f64>,
    /// What else there is to say.
    pub(crate) note: String,
}

impl Figures {
    /// Adds one.
    pub(crate) fn add(&mut self, name: &str, value: f64, unit: &'static str, bar: Option<f64>, note: &str) {
        let (name, note) = (name.to_owned(), note.to_owned());
        self.0.push(Figure { name, value: Some(value), unit, nanoseconds: None, bar, note });
    }

    /// Adds one that was counted in instructions, and timed.
    pub(crate) fn add_counted(&mut self, name: &str, counted: f64, nanoseconds: f64, bar: Option<f64>, note: &str) {
        let (name, note) = (name.to_owned(), note.to_owned());
        let nanoseconds = Some(nanoseconds);
        self.0.push(Figure { name, value: Some(counted), unit: "instructions", nanoseconds, bar, note });
    }

    /// Says what could not be measured, and why.
    pub(crate) fn skip(&mut self, name: &str, unit: &'static str, why: &str) {
        let (name, note) = (name.to_owned(), why.to_owned());
        self.0.push(Figure { name, value: None, unit, nanoseconds: None, bar: None, note });
    }

    /// Whether every figure is within its bar.
    pub(crate) fn all_hold(&self) -> bool {
        self.0.iter().all(|figure| figure.holds() != Some(false))
    }

    /// `{"figures": [{"name", "value", "unit", "nanoseconds", "bar", "holds", "note"}, …]}`
    pub(crate) fn to_json(&self) -> Value {
        let rows = self.0.iter().map(|figure| {
            json!({
                "name": figure.name, "value": figure.value, "unit": figure.unit,
                "nanoseconds": figure.nanoseconds, "bar": figure.bar, "holds": figure.holds(), "note": figure.note,
            })
        });
        json!({ "figures": rows.collect::<Vec<_>>() })
    }
}

impl Figure {
    /// `None` where there is no bar or no value.
    fn holds(&self) -> Option<bool> {
        Some(self.value? <= self.bar?)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|figure| writeln!(f, "{figure}"))?;
        f.write_str(ABOUT_NANOSECONDS)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match (self.holds(), self.value) {
            (Some(true), _) => "ok",
            (Some(false), _) => "MISSED",
            (None, Some(_)) => "",
            (None, None) => "SKIP",
        };
        let value = self.value.map_or_else(|| "-".to_owned(), number);
        let bar = self.bar.map_or_else(String::new, |bar| format!("≤ {}", number(bar)));
        let time = self.nanoseconds.map_or_else(String::new, |time| format!("{} ns", number(time)));
        let (name, unit, note) = (&self.name, self.unit, &self.note);
        let line = format!("{name:44} {value:>12} {unit:13} {time:>14} {bar:>11}  {word:6}  {note}");
        f.write_str(line.trim_end())
    }
}

/// `312,404`; fractions with three digits.
fn number(value: f64) -> String {
    if value.fract() != 0.0 {
        return format!("{value:.3}");
    }
    let digits = format!("{value:.0}");
    let mut shown = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_missed_bar_is_enough() {
        let mut figures = Figures::default();
        figures.add_counted("switch", 130.0, 1_300.0, Some(130.0), "");
        figures.skip("beside another", "MB/s", "it isn't here");
        assert!(figures.all_hold());
        figures.add("boot", 1_000_001.0, "instructions", Some(1_000_000.0), "");
        assert!(!figures.all_hold());
        let shown = figures.to_string();
        let words = |line: usize| shown.lines().nth(line).map(|line| line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(words(0).unwrap(), ["switch", "130", "instructions", "1,300", "ns", "≤", "130", "ok"]);
        assert_eq!(words(1).unwrap()[2..5], ["-", "MB/s", "SKIP"]);
        assert!(words(2).unwrap().contains(&"MISSED"), "{shown}");
        assert_eq!(figures.to_json()["figures"][2]["holds"], false);
    }
}
