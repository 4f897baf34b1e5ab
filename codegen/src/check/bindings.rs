//! The rules about bindings: no two claim one node, and every register map can be what it says.

mod fields;
mod probes;
mod registers;

use std::collections::HashMap;

use crate::findings::{Finding, Findings, Place, code};
use crate::model::device::{Binding, FOLDER, Placed};

/// Holds all bindings to the rules.
pub fn check(bindings: &[Binding], findings: &mut Findings) {
    for binding in bindings {
        check_file_name(binding, findings);
        check_windows(binding, findings);
        probes::check(binding, findings);
        for window in &binding.windows {
            registers::check(window, findings);
        }
    }
    check_compatible(bindings, findings);
}

fn check_file_name(binding: &Binding, findings: &mut Findings) {
    let name = &binding.name.value;
    let path = &binding.source.path;
    if *path != format!("{FOLDER}/{name}.toml") {
        let message = format!("the binding is called `{name}`, its file `{path}`");
        let finding = Finding::error(code::BINDING_NAME, message, binding.name.place.clone(), "not the file's name");
        findings.push(finding.help("a binding and its file have one name: change either"));
    }
}

fn check_windows(binding: &Binding, findings: &mut Findings) {
    unique("windows", binding.windows.iter().filter_map(|window| window.name.as_ref()), findings);
    for window in binding.windows.iter().filter(|window| window.size.value == 0) {
        let finding = Finding::error(code::EMPTY_WINDOW, "a window of no bytes", window.size.place.clone(), "");
        findings.push(finding.help("say how many bytes the register map takes"));
    }
}

fn check_compatible(bindings: &[Binding], findings: &mut Findings) {
    let mut claimed: HashMap<&str, &Place> = HashMap::new();
    for binding in bindings {
        if binding.compatible.is_empty() {
            let message = format!("no node can be a `{}`", binding.name.value);
            let place = binding.name.place.clone();
            let finding = Finding::error(code::NO_COMPATIBLE, message, place, "has no `compatible`");
            findings.push(finding.help("name at least one string that device trees use"));
        }
        for text in &binding.compatible {
            check_one_compatible(text, &mut claimed, findings);
        }
    }
}

fn check_one_compatible<'b>(
    text: &'b Placed<String>,
    claimed: &mut HashMap<&'b str, &'b Place>,
    findings: &mut Findings,
) {
    if text.value.is_empty() {
        let finding = Finding::error(code::NO_COMPATIBLE, "an empty `compatible`", text.place.clone(), "");
        findings.push(finding.help("delete it"));
    } else if let Some(first) = claimed.insert(&text.value, &text.place) {
        let message = format!("`{}` is claimed twice", text.value);
        let finding = Finding::error(code::COMPATIBLE_TWICE, message, text.place.clone(), "the second claim")
            .with(first.clone(), "the first one")
            .help("a node has one binding: delete one of the two");
        findings.push(finding);
    }
}

/// No two of `names` may be equal. Generated accessors are lower-case, so case doesn't tell names apart.
fn unique<'n>(what: &str, names: impl Iterator<Item = &'n Placed<String>>, findings: &mut Findings) {
    let mut seen: HashMap<String, &Place> = HashMap::new();
    for name in names {
        let Some(first) = seen.insert(name.value.to_lowercase(), &name.place) else { continue };
        let message = format!("two {what} are called `{}`", name.value);
        let finding = Finding::error(code::NAME_TWICE, message, name.place.clone(), "the second one")
            .with(first.clone(), "the first one")
            .help("rename or delete one of the two");
        findings.push(finding);
    }
}
