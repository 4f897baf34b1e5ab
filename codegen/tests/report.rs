//! Reports: those in `docs/boards/` are current, a fingerprint is of the meaning alone, and no name gets out of its place.
#![cfg(feature = "cli")]

use std::fs;
use std::path::Path;
use std::time::Instant;

mod common;

use codegen::report::Report;
use common::{project, root};

/// The report on the only board of a project.
fn report(root: &Path) -> Report {
    codegen::report(root, "b").unwrap_or_else(|findings| panic!("{findings}"))
}

/// Changes a text of the project.
fn edit(root: &Path, file: &str, from: &str, to: &str) {
    let path = root.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn the_pages_in_docs_are_current() {
    let folder = root().join("docs/boards");
    let boards = codegen::boards(&root());
    for board in &boards {
        let page = codegen::report(&root(), board).unwrap_or_else(|findings| panic!("{findings}")).markdown();
        let path = folder.join(format!("{board}.md"));
        if std::env::var_os("KEEL_BLESS").is_some() {
            fs::write(&path, &page).unwrap();
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        let at = there.lines().zip(page.lines()).position(|(there, now)| there != now);
        assert!(there == page, "docs/boards/{board}.md is stale, first in line {:?}; {BLESS}", at.map(|at| at + 1));
    }
    let index = fs::read_to_string(folder.join("README.md")).unwrap();
    for page in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()) {
        let Some(board) = page.strip_suffix(".md").filter(|name| *name != "README") else { continue };
        assert!(boards.iter().any(|name| name == board), "docs/boards/{page} is about no board");
        assert!(index.contains(&format!("]({page})")), "docs/boards/README.md doesn't list {page}");
    }
}

const BLESS: &str =
    "KEEL_BLESS=1 cargo test -p codegen --features cli --target host-tuple --test report writes it anew";

#[test]
fn a_fingerprint_is_of_the_meaning_alone() {
    let root = project("fingerprint", None);
    let before = report(&root).fingerprint;
    assert_eq!(before.len(), 32);
    edit(&root, "boards/b.toml", "[board]", "# A remark.\n[board]");
    edit(&root, "schemas/devices/uart.toml", "summary    = \"", "summary    = \"another ");
    assert_eq!(report(&root).fingerprint, before, "a remark and a summary aren't meant for hardware");
    edit(&root, "schemas/devices/uart.toml", "stage      = \"console\"", "stage      = \"device\"");
    assert_ne!(report(&root).fingerprint, before, "another stage is another meaning");
}

#[test]
fn what_a_kind_s_own_tree_says_is_meant_too() {
    let place = project("fingerprint-kinds", None);
    for folder in ["boards", "schemas"] {
        fs::remove_dir_all(place.join(folder)).unwrap();
        common::copy(&root().join(folder), &place.join(folder));
    }
    let fingerprint = || codegen::report(&place, "rpi5").unwrap_or_else(|findings| panic!("{findings}")).fingerprint;
    let before = fingerprint();
    let path = place.join("boards/rpi5-size-cells-1.dtb");
    let mut tree = fs::read(&path).unwrap();
    let (base, moved) = (0x7d00_1000_u32.to_be_bytes(), 0x7d00_1200_u32.to_be_bytes());
    let at = tree.windows(4).position(|word| word == base).expect("the UART's base");
    tree[at..at + 4].copy_from_slice(&moved);
    fs::write(&path, tree).unwrap();
    assert_ne!(fingerprint(), before, "the board file is the same, the kind isn't");
}

#[test]
fn the_json_has_the_keys_that_its_page_lists() {
    let page = fs::read_to_string(root().join("docs/boards/README.md")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&report(&project("json", None)).json()).unwrap();
    assert_eq!(json["format"], codegen::report::FORMAT);
    let mut keys = Vec::new();
    collect(&json, &mut keys);
    for key in keys {
        assert!(page.contains(&format!("`{key}`")), "docs/boards/README.md doesn't tell what `{key}` is");
    }
    let uart = json["devices"].as_array().unwrap().iter().find(|device| device["binding"] == "uart").unwrap();
    assert_eq!((&uart["windows"][0]["base"], &uart["windows"][0]["size"]), (&0x1000.into(), &0x100.into()));
}

/// Every key of every object.
fn collect(value: &serde_json::Value, keys: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                keys.push(key.clone());
                collect(value, keys);
            }
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, keys)),
        _ => {}
    }
}

#[test]
fn no_text_gets_out_of_its_place() {
    const HOSTILE: &str = "</title><script>alert(1)</script>|`~~~~~~~~&\\\" onload='x' \u{202e}";
    let root = project("hostile", None);
    let mut report = report(&root);
    let calm = report.markdown();
    report.board.summary = HOSTILE.to_owned();
    report.board.model = HOSTILE.to_owned();
    let device = &mut report.devices[0];
    for text in [&mut device.name, &mut device.path, &mut device.compatible, &mut device.binding, &mut device.summary] {
        *text = HOSTILE.to_owned();
    }
    device.present.origin = HOSTILE.to_owned();
    device.present.why = Some(HOSTILE.to_owned());
    device.left_out.push(HOSTILE.to_owned());
    let node = codegen::report::UnboundNode {
        path: HOSTILE.to_owned(),
        windows: vec![codegen::report::Window { base: 0x10_0000, size: 1 << 30, name: None }],
    };
    report.unbound.push(codegen::report::Unbound { compatible: vec![HOSTILE.to_owned()], nodes: vec![node] });
    let html = report.html();
    assert_eq!(html.matches("<script").count(), 1, "only our own script");
    assert!(!html.contains("onload='x'") && !html.contains("</title><"), "{html}");
    let page = report.markdown();
    let unescaped = page.replace("\\`", "");
    let outside = unescaped.split("```").step_by(2).flat_map(|text| text.split('`').step_by(2)).collect::<String>();
    let outside = outside.replace("\\<", "").replace("<br>", "");
    assert!(!outside.contains('<'), "outside of code, brackets are escaped: {outside}");
    // A row has the columns of its table, whatever stands in it.
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    let rows = |page: &str| page.lines().filter(|line| line.starts_with("| ")).map(columns).collect::<Vec<_>>();
    let calm = rows(&calm);
    assert!(rows(&page).iter().all(|columns| calm.contains(columns)), "{page}");
}

#[test]
fn ram_beyond_every_address_is_still_a_number() {
    let mut report = report(&project("vast", None));
    let region = codegen::report::Region {
        base: 0,
        size: u64::MAX - 1,
        kind: codegen::report::RegionKind::Ram,
        origin: "memory nodes".to_owned(),
    };
    report.memory = vec![region.clone(), region];
    assert!(report.html().contains("16.0 EiB") && report.markdown().contains("16.0 EiB in the reference tree"));
}

#[test]
fn a_board_with_errors_has_a_report_with_them_in_it() {
    let report = report(&project("with-errors", Some(&rejecting("K0105"))));
    assert!(report.findings.iter().any(|finding| finding.code == "K0105" && finding.severity == "error"));
    assert!(report.html().contains("K0105") && report.markdown().contains("error[K0105]"));
}

/// The first fixture that breaks a rule.
fn rejecting(code: &str) -> std::path::PathBuf {
    let cases = fs::read_dir(common::fixtures().join("reject")).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> =
        cases.filter(|case| case.file_name().unwrap().to_str().unwrap().starts_with(code)).collect();
    cases.sort();
    cases.remove(0)
}

#[test]
fn every_real_tree_has_a_report_in_milliseconds() {
    let Some(folder) = std::env::var_os("KEEL_DTBS") else {
        println!("skipped: KEEL_DTBS names no folder of trees");
        return;
    };
    let drafter = codegen::draft::Drafter::new(&root()).unwrap_or_else(|findings| panic!("{findings}"));
    let mut took = Vec::new();
    for tree in trees(Path::new(&folder)) {
        let draft = drafter.draft("drafted", fs::read(&tree).unwrap()).unwrap_or_else(|findings| panic!("{findings}"));
        let report = drafter.report(&draft).unwrap_or_else(|| panic!("{} has no report", tree.display()));
        let started = Instant::now();
        let pages = [report.markdown(), report.html(), report.json()];
        took.push((started.elapsed(), tree));
        assert!(pages.iter().all(|page| page.len() > 1000), "{:?}", took.last());
    }
    took.sort();
    let (slowest, tree) = took.last().unwrap();
    let name = tree.file_name().unwrap().to_string_lossy();
    let median = took[took.len() / 2].0;
    println!(
        "figure: reports of {} trees, three notations, median {median:.1?}, slowest {slowest:.1?} {name} (this build)",
        took.len()
    );
}

/// All blobs in a folder and those below it.
fn trees(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all = entries.flat_map(|path| if path.is_dir() { trees(&path) } else { vec![path] });
    all.filter(|path| path.extension().is_some_and(|extension| extension == "dtb")).collect()
}

#[test]
fn a_report_takes_milliseconds() {
    let report = codegen::report(&root(), "qemu-virt").unwrap();
    let started = Instant::now();
    let bytes = report.markdown().len() + report.html().len() + report.json().len();
    let took = started.elapsed();
    println!(
        "figure: report qemu-virt, three notations, {bytes} bytes, {:.1} ms (this build)",
        took.as_secs_f64() * 1e3
    );
    assert!(took.as_millis() < 2000, "{took:?}");
}
