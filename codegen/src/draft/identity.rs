//! What the board is: the keys of `[board]`, from the tree's root and its CPUs.

use hardware::tree::{Node, Property, Tree};

use super::{Decision, Entry};
use crate::parse::preset::Presets;
use crate::parse::toml::leaves_the_line;

/// What new hardware is drafted with where the project has it: it prints every row of the ledger.
const PRESET: &str = "hw-minimal";

/// CPUs that run nothing but 32-bit code, as Linux' binding `arm/cpus.yaml` spells them.
const ARM_32: [&str; 8] = [
    "arm,arm926ej-s",
    "arm,arm1176jzf-s",
    "arm,cortex-a5",
    "arm,cortex-a7",
    "arm,cortex-a8",
    "arm,cortex-a9",
    "arm,cortex-a15",
    "arm,cortex-a17",
];

/// The keys in the order in which the file has them.
pub(super) fn decide(name: &str, tree: &Tree<'_>, presets: &Presets) -> Vec<Decision> {
    let key = |what, value: String, why: &str| {
        let entry = Entry::Key(text(&value));
        Decision { what, value, why: why.to_owned(), entry }
    };
    let (summary, summary_why) = summary(name, tree);
    let (arch, arch_why) = arch(tree);
    let (preset, preset_why) = preset(presets);
    vec![
        key("name", name.to_owned(), "as you call it"),
        key("summary", summary, summary_why),
        key("arch", arch.to_owned(), &arch_why),
        compatible(tree),
        key("tree", format!("{name}.dtb"), "a copy of what you named"),
        key("preset", preset, preset_why),
    ]
}

/// `text` as a TOML string.
pub(super) fn text(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// `text` without what would leave its line.
pub(super) fn line(text: &str) -> String {
    text.chars().map(|c| if leaves_the_line(c) { ' ' } else { c }).collect()
}

/// The maker's name for it, with the SoC: `Radxa ROCK 5B (rockchip,rk3588)`.
fn summary(name: &str, tree: &Tree<'_>) -> (String, &'static str) {
    let root = tree.root();
    let model = root.property("model").and_then(|model| Property::as_str(model).ok()).unwrap_or_default();
    let model = line(model);
    let soc = root.compatible().skip(1).last().map(line);
    let soc = soc.as_deref();
    match (model.trim(), soc) {
        ("", None) => (name.to_owned(), "the tree has neither a `model` nor an SoC"),
        ("", Some(soc)) => (format!("{name} ({soc})"), "the tree has no `model`; the SoC is the root's last string"),
        (model, None) => (model.to_owned(), "the root's `model`"),
        (model, Some(soc)) => (format!("{model} ({soc})"), "the root's `model`, and the SoC"),
    }
}

/// The instruction set, as `CARGO_CFG_TARGET_ARCH` spells it.
fn arch(tree: &Tree<'_>) -> (&'static str, String) {
    let cpus: Vec<Node<'_>> = match tree.find("/cpus") {
        Some(cpus) => cpus.children().filter(|node| node.compatible().next().is_some()).collect(),
        None => Vec::new(),
    };
    let Some(cpu) = cpus.iter().find(|node| is_cpu(**node)).or(cpus.first()) else {
        return ("aarch64", "the tree lists no CPU; Keel runs on nothing else yet".to_owned());
    };
    let known = cpu.compatible().next().unwrap_or_default();
    let arch = match known {
        _ if cpu.is_compatible("riscv") || cpu.property("riscv,isa").is_some() => "riscv64",
        known if ARM_32.contains(&known) => "arm",
        _ => "aarch64",
    };
    (arch, format!("its CPUs are {known}"))
}

fn is_cpu(node: Node<'_>) -> bool {
    node.property("device_type").is_some_and(|kind| kind.as_str() == Ok("cpu"))
}

/// The root's most specific string: others name a family, or the SoC.
fn compatible(tree: &Tree<'_>) -> Decision {
    // One that no board file can have is no name.
    let mut strings = tree.root().compatible().filter(|string| !string.is_empty() && line(string) == *string);
    let (value, why) = match strings.next() {
        Some(first) => (first.to_owned(), "the root's most specific string; a live tree that has it is this board"),
        None => (String::new(), "the root has none: a live tree that has none, either, is taken for this board"),
    };
    let list = if value.is_empty() { "[]".to_owned() } else { format!("[{}]", text(&value)) };
    Decision { what: "compatible", value, why: why.to_owned(), entry: Entry::Key(list) }
}

fn preset(presets: &Presets) -> (String, &'static str) {
    match presets.preset.keys().find(|name| *name == PRESET).or(presets.preset.keys().next()) {
        Some(name) if name == PRESET => (name.clone(), "a first boot wants every row of the ledger"),
        Some(name) => (name.clone(), "the first of schemas/presets.toml"),
        None => (PRESET.to_owned(), "schemas/presets.toml has none"),
    }
}
