//! A figure, its bar, and how both are shown.

use std::fmt;

use serde_json::{Value, json};

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
    /// The most it may be.
    pub(crate) bar: Option<f64>,
    /// What else there is to say.
    pub(crate) note: String,
}

impl Figures {
    /// Adds one.
    pub(crate) fn add(&mut self, name: &str, value: f64, unit: &'static str, bar: Option<f64>, note: &str) {
        self.0.push(Figure { name: name.to_owned(), value: Some(value), unit, bar, note: note.to_owned() });
    }

    /// Says what could not be measured, and why.
    pub(crate) fn skip(&mut self, name: &str, unit: &'static str, why: &str) {
        self.0.push(Figure { name: name.to_owned(), value: None, unit, bar: None, note: why.to_owned() });
    }

    /// Whether every figure is within its bar.
    pub(crate) fn all_hold(&self) -> bool {
        self.0.iter().all(|figure| figure.holds() != Some(false))
    }

    /// `{"figures": [{"name", "value", "unit", "bar", "holds", "note"}, …]}`
    pub(crate) fn to_json(&self) -> Value {
        let rows = self.0.iter().map(|figure| {
            json!({
                "name": figure.name, "value": figure.value, "unit": figure.unit,
                "bar": figure.bar, "holds": figure.holds(), "note": figure.note,
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
        self.0.iter().try_for_each(|figure| writeln!(f, "{figure}"))
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.holds() {
            Some(true) => "ok",
            Some(false) => "MISSED",
            None => "",
        };
        let value = self.value.map_or_else(|| "-".to_owned(), number);
        let bar = self.bar.map_or_else(String::new, |bar| format!("≤ {}", number(bar)));
        let line = format!("{:44} {value:>12} {:13} {bar:>11}  {word:6}  {}", self.name, self.unit, self.note);
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
