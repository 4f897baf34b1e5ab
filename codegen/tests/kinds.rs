//! Fixes, variants and inheritance: what comes out, and where it points.

use std::fs;

mod common;

use codegen::findings::{Findings, Place, Severity, code};
use codegen::model::board::{Origin, Recorded};
use codegen::{Profile, image_for};
use common::{fixtures, project};
use hardware::board::{Hertz, Interrupt, Policy, Trigger, Value, Window};

#[test]
fn a_release_refuses_guesses() {
    let root = project("guess", Some(&fixtures().join("reject/K0143-guessed-fix")));
    let severity = |profile| {
        let findings =
            image_for(&root, &["b"], "aarch64", profile, None).map_or_else(|errors| errors, |image| image.findings);
        let found: Vec<_> = findings.iter().map(|finding| (finding.code, finding.severity)).collect();
        found
    };
    assert_eq!(severity(Profile::Debug), [(code::GUESSED_FIX, Severity::Warning)]);
    assert_eq!(severity(Profile::Release), [(code::GUESSED_FIX, Severity::Error)]);
}

#[test]
fn a_fix_reaches_every_fact_behind_its_property() {
    let root = project("fixes", Some(&fixtures().join("accept/fixes")));
    let board = codegen::board(&root, "b").unwrap().board;
    let fixed: Vec<_> = board
        .facts
        .iter()
        .filter_map(|fact| match &fact.origin {
            Origin::Fix { fix, recorded } => Some((fact.name.as_str(), *fix, recorded.clone(), fact.policy)),
            _ => None,
        })
        .collect();
    let rate = Recorded::Value(Value::Clock(Hertz(24_000_000)));
    let line = Recorded::Value(Value::Interrupt(Interrupt::spi(1, Trigger::LevelHigh)));
    let expected = [
        // The board file's [verify] says live-wins, and it overrules.
        ("serial0.interrupt[0]", 1, line, Policy::LiveWins),
        ("serial0.clock[0]", 0, rate.clone(), Policy::StaticWins),
        ("clock.clock[0]", 0, rate, Policy::StaticWins),
    ];
    assert_eq!(fixed, expected);
    assert_eq!(board.fixes[0].line.to_string(), "boards/b.toml:14");
}

#[test]
fn a_variant_is_what_its_evidence_and_overrides_say() {
    let root = project("variants", Some(&fixtures().join("accept/variants")));
    let board = codegen::board(&root, "b").unwrap().board;
    let names: Vec<&str> = board.variants.iter().map(|variant| variant.name.as_str()).collect();
    assert_eq!(names, ["d0", "two", "new"]);
    let serial = |index: usize| {
        let kind = &board.variants[index].board;
        let device = kind.devices.iter().find(|device| device.name == "serial0").unwrap();
        (device.windows[0].value, device.interrupts[0].value.number)
    };
    assert_eq!(serial(0), (Window::new(0x2000, 0x100), 120));
    assert_eq!(serial(1), (Window::new(0x1000, 0x100), 1));
    assert_eq!(board.variants[2].board.tree.as_ref(), "boards/new.dtb");
    let varied = board.variants[0].board.facts.iter().filter_map(|fact| match &fact.origin {
        Origin::Variant(line) => Some(format!("{} {line}", fact.name)),
        _ => None,
    });
    let varied: Vec<String> = varied.collect();
    assert_eq!(varied, ["serial0.window[0] boards/b.toml:19", "serial0.interrupt[0] boards/b.toml:15"]);
    assert_eq!(board.files(), ["boards/b.toml", "boards/b.dtb", "boards/new.dtb"]);
}

#[test]
fn an_heir_says_only_what_differs_and_everything_points_into_its_file() {
    let root = project("heir", Some(&fixtures().join("accept/inherits")));
    let board = codegen::board(&root, "c").unwrap().board;
    assert_eq!((board.name.as_str(), board.compatible.as_slice()), ("c", &["test,b".to_owned()][..]));
    let policy = board.facts.iter().find(|fact| fact.why.is_some()).unwrap();
    let (why, line) = policy.why.as_ref().unwrap();
    assert_eq!(
        (policy.policy, why.as_str(), line.to_string().as_str()),
        (Policy::Warn, "this revision's doesn't", "boards/c.toml:10")
    );
    let lines = &board.lines;
    assert_eq!(
        [&lines.tree, lines.baud.as_ref().unwrap()].map(ToString::to_string),
        ["boards/b.toml:6", "boards/c.toml:7"]
    );
    assert_eq!(board.files(), ["boards/c.toml", "boards/b.toml", "boards/b.dtb"]);
}

#[test]
fn a_mistake_in_an_inherited_file_is_shown_there() {
    let root = project("heirs-mistake", Some(&fixtures().join("accept/inherits")));
    let file = root.join("boards/b.toml");
    let text = fs::read_to_string(&file).unwrap().replace("plain", "plaim");
    fs::write(&file, &text).unwrap();
    let findings = codegen::board(&root, "c").unwrap_err();
    let finding = findings.iter().next().unwrap();
    let Place::Text { source, start, end } = &finding.primary.place else { panic!("{findings}") };
    assert_eq!((finding.code, source.path.as_str()), (code::UNKNOWN_PRESET, "boards/b.toml"));
    assert_eq!(&text[*start..*end], "\"plaim\"");
}

#[test]
fn an_inherited_fix_and_its_heirs_add_up() {
    let root = project("heirs-fixes", Some(&fixtures().join("accept/fixes")));
    let heir = "[board]\nname = \"c\"\ninherit = \"b\"\n\n[[fix]]\nnode = \"/cpus/cpu@0\"\nproperty = \"reg\"\nvalue = 0x100\nsource = \"the manual\"\nconfidence = \"datasheet\"\n";
    fs::write(root.join("boards/c.toml"), heir).unwrap();
    let board = codegen::board(&root, "c").unwrap_or_else(|findings| panic!("{findings}")).board;
    let lines: Vec<String> = board.fixes.iter().map(|fix| fix.line.to_string()).collect();
    assert_eq!(lines, ["boards/b.toml:14", "boards/b.toml:21", "boards/c.toml:7"]);
}

/// The findings and the board of the base project with `more` in its board file.
fn with(name: &str, more: &str) -> (Option<codegen::model::board::Board>, Findings) {
    let root = project(name, None);
    let file = root.join("boards/b.toml");
    fs::write(&file, fs::read_to_string(&file).unwrap() + more).unwrap();
    match codegen::board(&root, "b") {
        Ok(generated) => (Some(generated.board), generated.findings),
        Err(findings) => (None, findings),
    }
}

#[test]
fn what_is_wrong_in_a_variant_alone_is_told_with_its_name() {
    let (board, findings) = with(
        "variants-finding",
        "\n[[variant]]\nname = \"d0\"\nevidence = { node = \"serial0\", interrupt = { spi = 120 } }\n\
         \n[[variant.override]]\nnode = \"serial0\"\nproperty = \"reg\"\nvalue = [0x1000, 0x10]\n",
    );
    let found: Vec<_> = findings.iter().map(|finding| (finding.code, finding.severity)).collect();
    assert_eq!(found, [(code::WINDOW_TOO_SMALL, Severity::Warning)], "{findings}");
    assert!(findings.render().contains("this is so in the variant `d0`"), "{findings}");
    let board = board.unwrap();
    let driver = |board: &codegen::model::board::Board| {
        board.devices.iter().find(|device| device.name == "serial0").unwrap().driver
    };
    assert_eq!((driver(&board).is_some(), driver(&board.variants[0].board)), (true, None));
}

#[test]
fn what_stops_a_boot_still_does_where_it_is_fixed() {
    let (board, findings) = with(
        "fixed-console",
        "\n[[fix]]\nnode = \"serial0\"\nproperty = \"reg\"\nvalue = [0x2000, 0x100]\nsource = \"the manual\"\nconfidence = \"datasheet\"\n",
    );
    let board = board.unwrap_or_else(|| panic!("{findings}"));
    let fact = board.facts.iter().find(|fact| fact.name == "serial0.window[0]").unwrap();
    assert!(matches!(fact.origin, Origin::Fix { .. }), "{fact:?}");
    assert_eq!(fact.policy, Policy::Fatal);
}

#[test]
fn answers_to_different_questions_exclude_nothing() {
    let variant = |name: &str, node: &str, property: &str, value: u32| {
        format!(
            "\n[[variant]]\nname = \"{name}\"\nevidence = {{ node = \"{node}\", property = \"{property}\", value = {value} }}\n"
        )
    };
    for (name, node, property, ambiguous) in [
        ("same-question", "serial0", "revision", false),
        ("other-property", "serial0", "stepping", true),
        ("other-node", "/timer", "revision", true),
    ] {
        let (_, findings) =
            with(name, &(variant("one", "serial0", "revision", 1) + &variant("two", node, property, 2)));
        let found = findings.iter().any(|finding| finding.code == code::AMBIGUOUS_VARIANTS);
        assert_eq!(found, ambiguous, "{name}: {findings}");
    }
}
