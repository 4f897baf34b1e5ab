//! What the `board` command writes beside the board file: the reviewers' page, the firmware's configuration.
#![cfg(feature = "cli")]

use std::fs;
use std::path::Path;

mod common;

use codegen::findings::Findings;
use codegen::parse::tree::Blob;
use common::command::{board, files, place, said};

const INDEX: &str = "# Boards\n\n- [b](b.md)\n\nMore.\n";
const FIRMWARE: &str = "\n[firmware]\nos_check = 0\ngpio = [\"2=op\", \"3=ip\"]\n\n[lab]\nserial = \"/dev/ttyUSB0\"\nbaud = 115_200\npower-on = \"plug on | tee <log>\"\n";

/// A project that keeps pages.
fn place_with_pages(name: &str) -> std::path::PathBuf {
    let root = place(name);
    fs::create_dir_all(root.join("docs/boards")).unwrap();
    fs::write(root.join("docs/boards/README.md"), INDEX).unwrap();
    root
}

/// Adds to the only board file.
fn append(root: &Path, text: &str) {
    let path = root.join("boards/b.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + text).unwrap();
}

#[test]
fn a_draft_brings_its_page_and_lists_it() {
    let root = place_with_pages("new page");
    let (code, out, err) = said(&board(&root, &["new", "a-1", "--dtb", "boards/b.dtb"]));
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("docs/boards/a-1.md written") && out.contains("cargo board report a-1 --write"), "{out}");
    let page = fs::read_to_string(root.join("docs/boards/a-1.md")).unwrap();
    assert_eq!(page, said(&board(&root, &["report", "a-1"])).1, "the page is the report");
    let index = fs::read_to_string(root.join("docs/boards/README.md")).unwrap();
    assert_eq!(index, INDEX.replace("- [b]", "- [a-1](a-1.md)\n- [b]"));
}

#[test]
fn a_page_that_is_somebodys_own_stays() {
    let root = place_with_pages("own page");
    fs::write(root.join("docs/boards/c.md"), "Mine.\n").unwrap();
    fs::write(root.join("docs/boards/b.md"), "Mine, too.\n").unwrap();
    let before = files(&root);
    let (code, _, err) = said(&board(&root, &["new", "c", "--dtb", "boards/b.dtb"]));
    assert!(code == Some(2) && err.contains("K0131"), "{err}");
    let (code, _, err) = said(&board(&root, &["report", "b", "--write"]));
    assert!(code == Some(2) && err.contains("--force"), "{err}");
    assert_eq!(files(&root), before);
    assert_eq!(said(&board(&root, &["report", "b", "--write", "--force"])).0, Some(0));
    assert_ne!(fs::read_to_string(root.join("docs/boards/b.md")).unwrap(), "Mine, too.\n");
}

#[test]
fn a_report_takes_the_place_of_an_earlier_one() {
    let root = place_with_pages("page anew");
    assert_eq!(said(&board(&root, &["report", "b", "--write"])).0, Some(0));
    let page = || fs::read_to_string(root.join("docs/boards/b.md")).unwrap();
    let before = page();
    append(&root, FIRMWARE);
    assert_eq!(said(&board(&root, &["report", "b", "--write"])).0, Some(0));
    assert!(before != page() && page().contains("os_check=0"), "{}", page());
    assert_eq!(fs::read_to_string(root.join("docs/boards/README.md")).unwrap(), INDEX, "it was listed");
    let (code, out, _) = said(&board(&root, &["report", "b", "--write"]));
    assert_eq!((code, out.as_str()), (Some(0), "docs/boards/b.md is current\n"), "nothing has changed");
    let (code, _, err) = said(&board(&place("no pages"), &["report", "b", "--write"]));
    assert!(code == Some(2) && err.contains("docs/boards/README.md"), "{err}");
}

#[test]
fn a_draft_with_errors_is_written_and_found() {
    let root = place("errors");
    let mut findings = Findings::default();
    let blob = Blob::read_file(&root.join("boards/b.dtb"), &mut findings).unwrap();
    let mut records = Vec::new();
    let tree = blob.open(&mut records, &mut findings).unwrap();
    let cpu = tree.find("/cpus/cpu@0").unwrap();
    let old = blob.with(cpu, "compatible", Some(b"arm,cortex-a7\0")).unwrap();
    fs::write(root.join("old.dtb"), old.bytes).unwrap();
    let (code, out, err) = said(&board(&root, &["new", "old", "--dtb", "old.dtb"]));
    assert_eq!(code, Some(1), "{out}{err}");
    assert!(err.contains("error[K0108]") && out.contains("errors: 1"), "{out}{err}");
    assert!(root.join("boards/old.toml").exists(), "a person puts it right");
}

#[test]
fn a_board_with_firmware_has_a_config_txt() {
    let root = place("config");
    let (code, out, err) = said(&board(&root, &["firmware", "b"]));
    assert!(code == Some(2) && out.is_empty() && err.contains("[firmware]"), "{err}");
    append(&root, FIRMWARE);
    let (code, out, _) = said(&board(&root, &["firmware", "b"]));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!((code, &lines[1..]), (Some(0), &["gpio=2=op", "gpio=3=ip", "os_check=0"][..]));
    assert!(lines[0].starts_with('#') && lines[0].contains("boards/b.toml"), "{out}");
    fs::create_dir(root.join("a card")).unwrap();
    let write = |more: &[&str]| said(&board(&root, &[&["firmware", "b", "--out", "a card"], more].concat()));
    assert_eq!(write(&[]).0, Some(0));
    let config = root.join("a card/config.txt");
    assert_eq!(fs::read_to_string(&config).unwrap(), out);
    fs::write(&config, "mine").unwrap();
    assert_eq!((write(&[]).0, fs::read_to_string(&config).unwrap()), (Some(2), "mine".to_owned()));
    assert_eq!((write(&["--force"]).0, fs::read_to_string(&config).unwrap()), (Some(0), out));
    assert_eq!(said(&board(&root, &["firmware", "b", "--out", "nowhere"])).0, Some(2));
}

#[test]
fn a_report_shows_firmware_and_lab() {
    let root = place("lab");
    append(&root, FIRMWARE);
    let report = codegen::report(&root, "b").unwrap_or_else(|findings| panic!("{findings}"));
    let (page, html) = (report.markdown(), report.html());
    assert!(page.contains("gpio=2=op\ngpio=3=ip\nos_check=0\n```"), "{page}");
    assert!(page.contains("## Lab") && page.contains("| serial | `/dev/ttyUSB0` |\n| baud | `115200` |"), "{page}");
    assert!(html.contains("gpio=2=op") && html.contains("/dev/ttyUSB0") && !html.contains("<log>"), "{html}");
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(json["firmware"][2], "os_check=0");
    assert_eq!(json["lab"][2], serde_json::json!({ "what": "power on", "how": "plug on | tee <log>" }));
}

#[test]
fn help_names_the_command_as_it_is_typed() {
    let (code, out, _) = said(&board(&place("help"), &["--help"]));
    assert!(code == Some(0) && out.contains("Usage: cargo board [OPTIONS] <COMMAND>"), "{out}");
    assert!(out.contains("firmware"), "{out}");
}
