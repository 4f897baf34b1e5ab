//! The `board` command as people type it: what it writes, refuses and leaves alone.
#![cfg(feature = "cli")]

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

mod common;

use common::command::{MANIFEST, board, files, place, said};
use common::fixtures;

/// A tree of nothing but a root (v0.4, 5): header, one empty reservation, four tokens.
fn bare_tree() -> Vec<u8> {
    let words: [u32; 18] = [0xd00d_feed, 72, 56, 72, 40, 17, 16, 0, 0, 16, 0, 0, 0, 0, 1, 0, 2, 9];
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

#[test]
fn a_draft_is_a_board_that_can_be_checked_reported_and_verified() {
    let root = place("draft");
    let tree = root.join("a tree – ä.dtb");
    fs::rename(root.join("boards/b.dtb"), &tree).unwrap();
    fs::remove_file(root.join("boards/b.toml")).unwrap();
    let (code, out, err) = said(&board(&root, &["new", "c-1", "--dtb", "a tree – ä.dtb"]));
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let next = out.split_once("\nNext").map(|(_, next)| next).unwrap_or_default();
    for step in ["cargo board check c-1", "cargo board report c-1", "cargo build --features board-c-1"] {
        assert!(next.contains(step), "{step} isn't among the next steps:\n{out}");
    }
    assert!(out.contains("console"), "{out}");
    assert_eq!(fs::read(root.join("boards/c-1.dtb")).unwrap(), fs::read(&tree).unwrap());
    let text = fs::read_to_string(root.join("boards/c-1.toml")).unwrap();
    assert!(text.starts_with("#:schema ../schemas/board.schema.json\n[board]\nname       = \"c-1\"\n"), "{text}");
    assert!(text.lines().count() <= 12, "what the tree says isn't repeated:\n{text}");
    let manifest = fs::read_to_string(root.join("kernel/Cargo.toml")).unwrap();
    assert_eq!(manifest, MANIFEST.replace("board-b = []\n", "board-b = []\nboard-c-1 = []\n"));
    for arguments in
        [&["check", "c-1"][..], &["report", "c-1", "--format", "md"], &["verify", "c-1", "--live", "boards/c-1.dtb"]]
    {
        let (code, out, err) = said(&board(&root, arguments));
        assert_eq!(code, Some(0), "{arguments:?}: {out}{err}");
    }
}

#[test]
fn what_is_there_is_replaced_only_by_force() {
    let root = place("force");
    let before = files(&root);
    let other = root.join("other.dtb");
    fs::write(&other, bare_tree()).unwrap();
    let (code, _, err) = said(&board(&root, &["new", "b", "--dtb", "other.dtb"]));
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("K0131"), "{err}");
    fs::remove_file(&other).unwrap();
    assert_eq!(files(&root), before);
    fs::create_dir_all(root.join("docs/boards")).unwrap();
    fs::write(root.join("docs/boards/page.md"), "mine").unwrap();
    let (code, _, err) = said(&board(&root, &["new", "page", "--dtb", "boards/b.dtb"]));
    assert!(code == Some(2) && err.contains("`docs/boards/page.md` is there already"), "{err}");
    fs::remove_file(root.join("docs/boards/page.md")).unwrap();
    fs::write(root.join("boards/alone.dtb"), "somebody's").unwrap();
    let (code, _, err) = said(&board(&root, &["new", "alone", "--dtb", "boards/b.dtb"]));
    assert!(code == Some(2) && err.contains("`boards/alone.dtb` is there already"), "{err}");
    assert_eq!(fs::read_to_string(root.join("boards/alone.dtb")).unwrap(), "somebody's");
    fs::remove_file(root.join("boards/alone.dtb")).unwrap();
    fs::write(&other, bare_tree()).unwrap();
    let (code, _, err) = said(&board(&root, &["new", "b", "--dtb", "other.dtb", "--force"]));
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(fs::read(root.join("boards/b.dtb")).unwrap(), bare_tree());
    assert_eq!(fs::read_to_string(root.join("kernel/Cargo.toml")).unwrap(), MANIFEST);
    let hidden = |path: &&PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with('.');
    assert_eq!(files(&root).keys().find(hidden), None);
}

#[test]
fn a_tree_that_lies_in_its_place_already_is_taken() {
    let root = place("in-place");
    fs::copy(root.join("boards/b.dtb"), root.join("boards/d.dtb")).unwrap();
    let (code, _, err) = said(&board(&root, &["new", "d", "--dtb", "boards/d.dtb"]));
    assert_eq!(code, Some(0), "{err}");
}

#[test]
fn a_draft_that_fails_leaves_nothing_behind() {
    let root = place("fails");
    let big = fs::File::create(root.join("big.dtb")).unwrap();
    big.set_len(64 << 20).unwrap();
    let whole = fs::read(root.join("boards/b.dtb")).unwrap();
    fs::write(root.join("cut.dtb"), &whole[..whole.len() / 2]).unwrap();
    fs::write(root.join("text.dtb"), "not a tree").unwrap();
    // Found out only when the tree is in its place already.
    fs::create_dir_all(root.join("boards/folder.toml/x")).unwrap();
    fs::write(root.join("boards/folder.toml/x/y"), "mine").unwrap();
    // The same where a tree has to be put back.
    fs::create_dir_all(root.join("boards/held.toml/x")).unwrap();
    fs::write(root.join("boards/held.dtb"), "mine").unwrap();
    let before = files(&root);
    for (arguments, code) in [
        (&["new", "held", "--dtb", "boards/b.dtb", "--force"][..], "nothing was written"),
        (&["new", "x", "--dtb", "big.dtb"][..], "K0002"),
        (&["new", "x", "--dtb", "cut.dtb"], "K0101"),
        (&["new", "x", "--dtb", "text.dtb"], "K0101"),
        (&["new", "x", "--dtb", "nowhere.dtb"], "K0001"),
        (&["new", "x", "--dtb", "boards"], "K0001"),
        (&["new", "X_1", "--dtb", "boards/b.dtb"], "K0130"),
        (&["new", "../x", "--dtb", "boards/b.dtb"], "K0130"),
        (&["new", "folder", "--dtb", "boards/b.dtb"], "K0131"),
        (&["new", "folder", "--dtb", "boards/b.dtb", "--force"], "nothing was written"),
    ] {
        let (status, out, err) = said(&board(&root, arguments));
        assert_eq!((status, out.as_str()), (Some(2), ""), "{arguments:?}: {err}");
        assert!(err.contains(code), "{arguments:?}: {err}");
        assert_eq!(files(&root), before, "{arguments:?}");
    }
}

#[test]
fn a_tree_without_anything_is_still_drafted() {
    let root = place("bare");
    fs::write(root.join("bare.dtb"), bare_tree()).unwrap();
    let (code, out, err) = said(&board(&root, &["new", "bare", "--dtb", "bare.dtb"]));
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(err.contains("K0132") && err.contains("K0116"), "{err}");
    assert!(out.contains("Open, for you to decide"), "{out}");
    let (code, _, err) = said(&board(&root, &["check", "bare"]));
    assert_eq!(code, Some(0), "warnings don't stop a build: {err}");
    let (code, out, err) = said(&board(&root, &["verify", "bare", "--live", "bare.dtb"]));
    assert_eq!(code, Some(0), "the kernel takes it for a machine without a name: {out}{err}");
    let (code, _, err) = said(&board(&root, &["verify", "bare", "--live", "boards/b.dtb"]));
    assert!(code == Some(1) && err.contains("K0301"), "a machine with a name isn't it: {err}");
}

#[test]
fn two_boards_without_a_name_take_two_images() {
    let root = place("nameless");
    fs::write(root.join("bare.dtb"), bare_tree()).unwrap();
    for name in ["one", "two"] {
        let (code, _, err) = said(&board(&root, &["new", name, "--dtb", "bare.dtb"]));
        assert_eq!(code, Some(0), "{err}");
    }
    assert!(codegen::image(&root, &["one", "b"], "aarch64").is_ok());
    let findings = codegen::image(&root, &["one", "two"], "aarch64").expect_err("nothing tells them apart");
    assert!(findings.iter().any(|finding| finding.code == codegen::findings::code::AMBIGUOUS_BOARDS), "{findings}");
}

#[test]
fn damaged_names_of_a_machine_are_no_obstacle() {
    let root = place("damaged");
    let whole = fs::read(root.join("boards/b.dtb")).unwrap();
    let at = whole.windows(6).position(|bytes| bytes == b"test,b").unwrap();
    for bytes in [*b"\x05est,b", *b"te\nt,b", *b"\x1b[2J,b"] {
        let mut tree = whole.clone();
        tree[at..at + 6].copy_from_slice(&bytes);
        fs::write(root.join("odd.dtb"), tree).unwrap();
        let (code, out, err) = said(&board(&root, &["new", "odd", "--dtb", "odd.dtb", "--force"]));
        assert_eq!(code, Some(0), "{out}{err}");
        assert!(err.contains("K0132") && !err.contains('\x1b'), "{err}");
    }
}

#[test]
fn a_tree_is_one_object_a_node() {
    let root = place("tree");
    let (code, out, _) = said(&board(&root, &["tree", "boards/b.dtb", "--json"]));
    assert_eq!(code, Some(0));
    let nodes: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |path: &str| nodes.iter().find(|node| node["path"] == path).unwrap();
    assert_eq!(nodes[0]["path"], "/");
    assert!(out.lines().next().unwrap().starts_with(r#"{"path":"/","compatible":["test,b"],"regs":[],"irqs":[]}"#));
    let uart = of("/serial@1000");
    assert_eq!(uart["regs"], serde_json::json!([[0x1000, 0x100]]));
    assert_eq!(uart["irqs"][0]["parent"], "/interrupt-controller@0");
    assert_eq!(uart["irqs"][0]["type"], "SPI");
    assert_eq!(of("/cpus/cpu@0")["regs"], serde_json::json!([null]), "a CPU's number is no address");
    fs::write(root.join("cut.dtb"), &fs::read(root.join("boards/b.dtb")).unwrap()[..100]).unwrap();
    let (code, out, err) = said(&board(&root, &["tree", "cut.dtb", "--json"]));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("cut.dtb: byte 0x64"), "{err}");
}

#[test]
fn findings_are_for_people_programs_and_forges() {
    let root = place("check");
    common::copy(&fixtures().join("reject/K0006-unknown-key"), &root);
    let (code, _, err) = said(&board(&root, &["check", "b"]));
    assert_eq!(code, Some(1));
    assert!(err.starts_with("error[K0006]"), "{err}");
    let (code, out, _) = said(&board(&root, &["check", "b", "--json"]));
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &json["findings"][0]["code"]), (Some(1), &Value::from("K0006")));
    let (code, out, _) = said(&board(&root, &["check", "--sarif"]));
    let sarif: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &sarif["version"]), (Some(1), &Value::from("2.1.0")));
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "boards/b.toml");
}

#[test]
fn what_boards_share_is_said_once() {
    let root = place("shared");
    let text = fs::read_to_string(root.join("boards/b.toml")).unwrap();
    fs::write(root.join("boards/c.toml"), text.replace("\"b\"", "\"c\"")).unwrap();
    fs::write(root.join("schemas/devices/broken.toml"), "[device]\nname = 1\n").unwrap();
    let (code, out, err) = said(&board(&root, &["check"]));
    assert_eq!((code, err.matches("error[").count()), (Some(1), 1), "{err}");
    for name in ["b", "c"] {
        assert!(out.contains(&format!("{name}: nothing can be generated; errors: 1, ")), "{out}");
    }
}

#[test]
fn a_code_has_a_page_and_a_command_line_a_status() {
    let root = place("explain");
    let (code, out, _) = said(&board(&root, &["explain", "k0103"]));
    assert_eq!(code, Some(0));
    assert!(out.starts_with("# K0103: "), "{out}");
    let (code, out, err) = said(&board(&root, &["explain", "K9999"]));
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    assert_eq!(said(&board(&root, &["nonsense"])).0, Some(2));
    assert_eq!(said(&board(&std::env::temp_dir(), &["check"])).0, Some(2), "not a project");
}

#[test]
fn schemas_are_written_and_held() {
    let root = place("schema");
    assert_eq!(said(&board(&root, &["schema", "--check"])).0, Some(1), "the fixtures have none");
    assert_eq!(said(&board(&root, &["schema"])).0, Some(0));
    assert_eq!(said(&board(&root, &["schema", "--check"])).0, Some(0));
    let schema = fs::read_to_string(root.join("schemas/board.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert!(schema["properties"]["board"].is_object(), "{schema}");
}

/// A `compatible` may have any characters, and a terminal obeys some of them.
#[test]
fn no_character_of_a_tree_reaches_the_terminal_as_a_command() {
    let root = place("escape");
    let mut blob = fs::read(root.join("boards/b.dtb")).unwrap();
    let at = blob.windows(9).position(|part| part == b"arm,pl011").unwrap();
    blob[at..at + 9].copy_from_slice(b"a,\x1b[31mxx");
    fs::write(root.join("red.dtb"), blob).unwrap();
    let commands: [&[&str]; 4] = [
        &["tree", "red.dtb"],
        &["diff", "b", "red.dtb"],
        &["new", "c-1", "--dtb", "red.dtb"],
        &["verify", "b", "--live", "red.dtb"],
    ];
    for command in commands {
        let (_, out, err) = said(&board(&root, command));
        assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'), "{command:?}: {out:?} {err:?}");
        assert!(out.contains("[31mxx"), "{command:?} shows it: {out}");
    }
}

#[test]
fn a_file_that_is_named_is_written_anew_only_by_force() {
    let root = place("output");
    let arguments = ["report", "b", "--format", "md", "--output", "page ü.md"];
    let page = || fs::read_to_string(root.join("page ü.md")).unwrap();
    fs::write(root.join("page ü.md"), "mine").unwrap();
    let (code, _, err) = said(&board(&root, &arguments));
    assert_eq!((code, page().as_str()), (Some(2), "mine"), "{err}");
    assert!(err.contains("--force"), "{err}");
    assert_eq!(said(&board(&root, &[&arguments[..], &["--force"]].concat())).0, Some(0));
    assert!(page().starts_with("# b\n"), "{}", page());
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_nobody_can_store_is_no_success() {
    let root = place("full");
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_board"));
    let output = command.args(["check", "--sarif"]).current_dir(&root).stdout(full).output().unwrap();
    let (code, _, err) = said(&output);
    assert!(code == Some(2) && err.contains("standard output"), "{code:?} {err}");
}
