//! Every rule against the smallest project that breaks it and one that just doesn't; see `fixtures/README.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

mod common;

use common::{fixtures, project};

use codegen::findings::{Findings, Source, code};
use codegen::parse::tree::Blob;
use codegen::{learn, verify};

/// Names what `cargo board new` is asked for, where a case is about a draft.
const DRAFT: &str = "new.txt";

/// The cases of `accept` or `reject`, in order.
fn cases(kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixtures().join(kind)).unwrap();
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

/// What an image of the case's boards comes to; the tables and the findings.
fn outcome(case: &Path) -> (Option<String>, Findings) {
    let root = project(&format!("fixtures-{}", name(case)), Some(case));
    if let Ok(arguments) = fs::read_to_string(case.join(DRAFT)) {
        return drafted(&root, arguments.trim());
    }
    let boards = fs::read_to_string(case.join("image.txt")).unwrap_or_else(|_| "b".to_owned());
    let boards: Vec<&str> = boards.lines().collect();
    let mut outcome = match codegen::image(&root, &boards, "aarch64") {
        Ok(image) => (Some(image.tables), image.findings),
        Err(findings) => (None, findings),
    };
    outcome.1.extend(live(&root));
    outcome.1.extend(log(&root));
    outcome.1.extend(svd(&root));
    let _ = fs::remove_dir_all(&root);
    outcome
}

/// What board `b` comes to beside a live tree, where the case has one.
fn live(root: &Path) -> Findings {
    let file = root.join("boards/live.dtb");
    if !file.exists() {
        return Findings::default();
    }
    let mut blob = Blob::read_file(&file, &mut Findings::default()).unwrap();
    // Without the folder that the test runs in.
    blob.path = "live.dtb".into();
    let checked = verify::table(root, "b").and_then(|board| verify::ledger(board, blob));
    checked.err().unwrap_or_default()
}

/// What board `b` learns from a boot log, where the case has one.
fn log(root: &Path) -> Findings {
    let Ok(log) = fs::read_to_string(root.join("boards/boot.log")) else { return Findings::default() };
    let log = Source::new("boot.log", log);
    let learned = verify::table(root, "b").and_then(|board| learn::learn(board, &log));
    learned.map(|lesson| lesson.findings).unwrap_or_else(|findings| findings)
}

/// What the draft that `arguments`, a name and a tree, ask for comes to.
fn drafted(root: &Path, arguments: &str) -> (Option<String>, Findings) {
    let (name, tree) = arguments.split_once(' ').unwrap();
    let tree = fs::read(root.join(tree)).unwrap();
    let drafter = codegen::draft::Drafter::new(root).unwrap();
    let mut draft = match drafter.draft(name, tree) {
        Ok(draft) => draft,
        Err(findings) => return (None, findings),
    };
    if let Some(finding) = codegen::draft::replaced(root, &draft) {
        draft.findings.push(finding);
    }
    (Some(drafter.tables(&draft)), draft.findings)
}

/// What the import of a peripheral comes to, where the case has an SVD file.
fn svd(root: &Path) -> Findings {
    let Ok(text) = fs::read_to_string(root.join("chip.svd")) else { return Findings::default() };
    let peripheral = fs::read_to_string(root.join("peripheral.txt")).unwrap();
    let imported = codegen::svd::import(&Source::new("chip.svd", text), peripheral.trim(), None);
    imported.err().unwrap_or_default()
}

fn name(case: &Path) -> &str {
    case.file_name().unwrap().to_str().unwrap()
}

#[test]
fn what_breaks_a_rule_is_found_and_shown() {
    let mut wrong = Vec::new();
    for case in cases("reject") {
        let (_, findings) = outcome(&case);
        let code = name(&case).split('-').next().unwrap().to_owned();
        let found: BTreeSet<&str> = findings.iter().map(|finding| finding.code.as_str()).collect();
        if found != BTreeSet::from([code.as_str()]) {
            wrong.push(format!("{} found {found:?}\n{findings}", name(&case)));
        }
        let expected = case.join("expected.txt");
        if std::env::var_os("KEEL_BLESS").is_some() {
            fs::write(&expected, findings.render()).unwrap();
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        if wanted != findings.render() {
            wrong.push(format!("{}: expected\n{wanted}but got\n{findings}", name(&case)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_keeps_the_rules_has_no_findings() {
    for case in cases("accept") {
        let (tables, findings) = outcome(&case);
        assert!(findings.is_empty(), "{}:\n{findings}", name(&case));
        assert!(tables.is_some_and(|tables| tables.contains("pub static BOARDS")), "{}", name(&case));
    }
}

#[test]
fn every_code_has_a_page_and_fixtures_on_both_sides() {
    // The first case of a code is the example on its page.
    let mut rejected: BTreeMap<String, PathBuf> = BTreeMap::new();
    for case in cases("reject") {
        rejected.entry(name(&case).split('-').next().unwrap().to_owned()).or_insert(case);
    }
    let accepted: BTreeMap<String, PathBuf> = cases("accept")
        .into_iter()
        .flat_map(|case| {
            let codes = fs::read_to_string(case.join("accepts.txt")).unwrap();
            let codes: Vec<String> = codes.split_whitespace().map(str::to_owned).collect();
            codes.into_iter().map(move |code| (code, case.clone()))
        })
        .collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for code in code::ALL {
        let page = fs::read_to_string(root.join(code.page())).unwrap_or_default();
        assert!(page.starts_with(&format!("# {code}: ")), "{} isn't the page of {code}", code.page());
        assert!(rejected.contains_key(code.as_str()), "nothing is rejected for {code}");
        let expected = fs::read_to_string(rejected[code.as_str()].join("expected.txt")).unwrap();
        let example = expected.split("\n\n").next().unwrap();
        // A page that shows a rendering shows the real one.
        let shown = page.split_once("```text\n").and_then(|(_, rest)| rest.split_once("\n```")).map(|(shown, _)| shown);
        assert!(shown.is_none_or(|shown| shown == example), "{} shows something else than:\n{example}", code.page());
        assert!(accepted.contains_key(code.as_str()), "nothing shows what {code} accepts");
    }
    let known: BTreeSet<String> = code::ALL.iter().map(|code| code.to_string()).collect();
    assert!(rejected.keys().all(|code| known.contains(code)), "fixtures for codes that aren't there");
}
