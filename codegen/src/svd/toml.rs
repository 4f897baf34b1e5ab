//! The binding's text.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::Peripheral;
use super::registers::{Field, Register};
use crate::model::device;
use crate::parse::toml::leaves_the_line;

/// What the binding of `peripheral` is called: as it is told where that can be a name.
pub(super) fn binding(told: Option<&str>, peripheral: &str) -> String {
    let told = told.filter(|told| device::is_function_name(&told.replace('-', "_")));
    told.map_or_else(|| identifier(&peripheral.to_lowercase(), '-'), str::to_owned)
}

/// The whole file.
pub(super) fn write(peripheral: &Peripheral) -> String {
    let Peripheral { name, binding, summary, vendor, chip, window, interrupts, registers, left_out } = peripheral;
    let lower = |text: &str| text.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let compatible = format!("{},{}", lower(vendor.as_deref().unwrap_or("vendor")), lower(name));
    let maker = vendor.as_deref().map_or(String::new(), |vendor| format!(" of {}", remark(vendor)));
    let mut text = format!(
        "#:schema ../device.schema.json
# From the SVD file{maker} for {}. It can't say what a tree calls the device nor what it is for: put
# `compatible`, `class` and `stage` right, and name the manual.
[device]
name       = {}
summary    = {}
compatible = [{}]
class      = \"other\"
stage      = \"device\"
manual     = {}
needs      = {{ window = {window:#x}, interrupts = {}, clock = \"optional\" }}
",
        remark(chip),
        string(binding),
        string(summary),
        string(&compatible),
        string(&format!("SVD of {chip}")),
        interrupts.min(&255),
    );
    for line in left_out {
        put(&mut text, format_args!("# Left out: {}.\n", remark(line)));
    }
    let mut taken = BTreeSet::new();
    for register in registers {
        self::register(&mut text, peripheral, register, &mut taken);
    }
    text
}

fn register(text: &mut String, peripheral: &Peripheral, register: &Register, taken: &mut BTreeSet<String>) {
    let name = unique(identifier(&register.name, '_'), taken, str::to_lowercase);
    put(text, format_args!("\n[[register]]\nname    = {}\n", string(&name)));
    if !register.summary.is_empty() {
        put(text, format_args!("summary = {}\n", string(&register.summary)));
    }
    put(text, format_args!("offset  = {:#05x}\n", register.offset));
    if register.width != 32 {
        put(text, format_args!("width   = {}\n", register.width));
    }
    put(text, format_args!("access  = \"{}\"\n", register.access.words));
    if let Some((count, stride)) = register.array {
        put(text, format_args!("array   = {{ count = {count}, stride = {stride:#x} }}\n"));
    }
    // TOML's integers have 63 bits.
    if let Some(reset) = register.reset.filter(|reset| i64::try_from(*reset).is_ok()) {
        put(text, format_args!("reset   = {reset:#x}\n"));
    }
    put(text, format_args!("manual  = {}\n", string(&format!("{}.{}", peripheral.name, register.path))));
    if register.fields.is_empty() {
        return;
    }
    put(text, format_args!("\n[register.fields]\n"));
    let mut taken = BTreeSet::new();
    for field in &register.fields {
        self::field(text, field, &mut taken);
    }
}

fn field(text: &mut String, field: &Field, taken: &mut BTreeSet<String>) {
    let name = unique(constant(&field.name), taken, str::to_owned);
    let (low, high) = field.bits;
    let bits = if low == high { low.to_string() } else { format!("\"{high}..{low}\"") };
    if field.values.is_empty() && field.summary.is_empty() {
        put(text, format_args!("{name} = {bits}\n"));
        return;
    }
    put(text, format_args!("{name} = {{ bits = {bits}"));
    if !field.summary.is_empty() {
        put(text, format_args!(", summary = {}", string(&field.summary)));
    }
    let mut taken = BTreeSet::new();
    let values = field.values.iter().filter(|(_, value)| i64::try_from(*value).is_ok());
    let values: Vec<String> = values
        .map(|(name, value)| format!("{} = {value}", unique(constant(name), &mut taken, str::to_owned)))
        .collect();
    if !values.is_empty() {
        put(text, format_args!(", values = {{ {} }}", values.join(", ")));
    }
    text.push_str(" }\n");
}

/// Writing into a String can't fail.
fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(what);
}

/// A TOML string in one line; what bindings refuse in a text becomes a blank.
fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if leaves_the_line(c) => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Text that may stand in a comment.
fn remark(text: &str) -> String {
    text.chars().map(|c| if leaves_the_line(c) { ' ' } else { c }).collect()
}

/// `name` as a field or value can have it.
fn constant(name: &str) -> String {
    let name = letters(name, '_', 'N');
    if device::is_constant_name(&name) { name } else { name + "_" }
}

/// `name` as a device or register can have it: what generated Rust can't have becomes `fill`.
fn identifier(name: &str, fill: char) -> String {
    let name = letters(name, fill, if fill == '-' { 'p' } else { 'N' });
    if device::is_function_name(&name.replace('-', "_")) { name } else { name + "_" }
}

fn letters(name: &str, fill: char, first: char) -> String {
    let mut name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { fill }).collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert(0, first);
    }
    name
}

/// `name`, or with a number where it is taken; `case` says which names are the same.
fn unique(name: String, taken: &mut BTreeSet<String>, case: fn(&str) -> String) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| taken.insert(case(name)));
    free.unwrap_or(name)
}
