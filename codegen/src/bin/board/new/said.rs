//! What `new` tells about a draft.

use std::fmt::Write as _;

use codegen::draft::{Decision, Draft, Entry};
use codegen::findings::Severity;

use super::Beside;
use super::feature::Outcome;

/// What the command line said.
const GIVEN: [&str; 2] = ["name", "tree"];

/// How many kinds of devices are named.
const MOST: usize = 12;

/// What was written, decided and left, and what to do next.
pub(crate) fn text(draft: &Draft, beside: &Beside, rivals: &[String]) -> String {
    let name = &draft.name;
    let mut text = format!("boards/{name}.toml and boards/{name}.dtb written; ");
    text += &match beside.feature {
        Outcome::Added => format!("feature `board-{name}` added to kernel/Cargo.toml\n"),
        Outcome::There => format!("feature `board-{name}` was there\n"),
        Outcome::NoManifest => "this project has no kernel/Cargo.toml with features, so none was added\n".to_owned(),
    };
    if beside.page {
        let _ = writeln!(text, "docs/boards/{name}.md written, and listed in docs/boards/README.md");
    }
    text += "\nDecided\n";
    let said = |decision: &&Decision| !matches!(decision.entry, Entry::Open(_)) && !GIVEN.contains(&decision.what);
    for decision in draft.decisions.iter().filter(said) {
        let _ = writeln!(text, "  {:<11} {}", decision.what, shown(&decision.value));
        let _ = writeln!(text, "  {:<11}   {}", "", decision.why);
    }
    open(draft, rivals, &mut text);
    driven(draft, &mut text);
    let count = |severity| draft.findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let _ = writeln!(text, "\nFindings: errors: {errors}, warnings: {warnings}");
    next(draft, beside, !rivals.is_empty(), &mut text);
    text
}

/// The rest of the way, in order.
fn next(draft: &Draft, beside: &Beside, rivals: bool, text: &mut String) {
    let name = &draft.name;
    let is_open = rivals || draft.decisions.iter().any(|decision| matches!(decision.entry, Entry::Open(_)));
    let report = if beside.page { " --write" } else { "" };
    let decide = is_open.then(|| (format!("edit boards/{name}.toml"), "decide what is open"));
    let built = beside.feature != Outcome::NoManifest;
    let steps = [
        decide,
        Some((
            format!("cargo board check {name}"),
            "until no error is left, and every warning is true of the hardware",
        )),
        Some((format!("cargo board report {name}{report}"), "after each change; review it beside the SoC's manual")),
        built.then(|| ("edit boards/README.md".to_owned(), "say where the tree is from")),
        built.then(|| (format!("cargo build --features board-{name}"), "the kernel with this board's tables")),
        built.then(|| (format!("cargo xtask image --board {name} --release"), "what its boot loader starts")),
    ];
    let steps: Vec<(String, &str)> = steps.into_iter().flatten().collect();
    let wide = steps.iter().map(|(step, _)| step.chars().count()).max().unwrap_or_default();
    *text += "\nNext; docs/guides/adding-a-board.md has more about each\n";
    for (step, what) in steps {
        let _ = writeln!(text, "  {step:<wide$}  {what}");
    }
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "(nothing)" } else { value }
}

/// What a person has to choose.
fn open(draft: &Draft, rivals: &[String], text: &mut String) {
    let open: Vec<_> = draft.decisions.iter().filter(|decision| matches!(decision.entry, Entry::Open(_))).collect();
    if open.is_empty() && rivals.is_empty() {
        return;
    }
    *text += "\nOpen, for you to decide\n";
    for decision in open {
        let _ = writeln!(text, "  {:<11} {} for now", decision.what, shown(&decision.value));
        let _ = writeln!(text, "  {:<11}   {}", "", decision.why);
    }
    for rival in rivals {
        let _ = writeln!(
            text,
            "  {:<11} boards/{rival}.toml is known by the same: is this one a variant of it?",
            "compatible"
        );
    }
}

/// What starts, what is only checked, and what is nobody's.
fn driven(draft: &Draft, text: &mut String) {
    let names = |count: usize, name: &str| if count == 1 { name.to_owned() } else { format!("{count} × {name}") };
    let started: Vec<String> =
        draft.board.started().into_iter().map(|at| draft.board.devices[at].name.clone()).collect();
    let named = |all: &[(String, usize)]| all.iter().map(|(name, count)| names(*count, name)).collect::<Vec<String>>();
    let (known, by_preset) = (named(&draft.undriven.known), named(&draft.undriven.by_preset));
    let unknown = &draft.undriven.unknown;
    let _ = writeln!(text, "\nDriven: {}", list(&started, started.len()));
    let _ = writeln!(text, "Checked, but without a driver: {}", list(&known, known.len()));
    if !by_preset.is_empty() {
        let preset = &draft.board.preset.name;
        let _ = writeln!(text, "Left out by the preset `{preset}`: {}", list(&by_preset, by_preset.len()));
    }
    let nodes: usize = unknown.iter().map(|(_, count)| count).sum();
    let shown: Vec<String> = unknown.iter().take(MOST).map(|(name, count)| names(*count, name)).collect();
    let count = match nodes {
        0 => String::new(),
        nodes => format!("{nodes} nodes of {} kinds: ", unknown.len()),
    };
    let _ = writeln!(text, "Without a binding, so left alone: {count}{}", list(&shown, unknown.len()));
}

/// `all` counts those that aren't named, too.
fn list(names: &[String], all: usize) -> String {
    match (names, all - names.len()) {
        ([], _) => "nothing".to_owned(),
        (names, 0) => names.join(", "),
        (names, more) => format!("{}, … {more} more", names.join(", ")),
    }
}
