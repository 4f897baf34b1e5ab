//! Board files kept outside of `boards/`, told by their paths.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use codegen::findings::code;

mod common;

use common::{copy, fixtures, project};

/// An heir of the project's board `b`.
const HEIR: &str = "[board]\nname = \"ours\"\ninherit = \"b\"\nsummary = \"kept elsewhere\"\n";

/// A project, and a folder beside it with the board file `ours.toml`.
fn beside(name: &str, ours: &str) -> (PathBuf, PathBuf) {
    let root = project(&format!("{name}/keel"), None);
    let folder = root.join("../our boards – ü");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("ours.toml"), ours).unwrap();
    (root, folder)
}

fn told(folder: &Path) -> String {
    folder.join("ours.toml").to_str().unwrap().to_owned()
}

#[test]
fn it_inherits_from_the_projects_boards_and_each_finds_its_tree_beside_itself() {
    let (root, folder) = beside("elsewhere-heir", HEIR);
    let board = codegen::board(&root, &told(&folder)).unwrap_or_else(|findings| panic!("{findings}")).board;
    assert_eq!(board.files(), ["../our boards – ü/ours.toml", "boards/b.toml", "boards/b.dtb"]);
    fs::copy(root.join("boards/b.dtb"), folder.join("ours.dtb")).unwrap();
    fs::write(folder.join("ours.toml"), format!("{HEIR}tree = \"ours.dtb\"\n")).unwrap();
    let board = codegen::board(&root, &told(&folder)).unwrap_or_else(|findings| panic!("{findings}")).board;
    assert_eq!(board.tree.as_ref(), "../our boards – ü/ours.dtb");
}

#[test]
fn a_neighbour_is_inherited_before_a_namesake_of_the_projects() {
    let (root, folder) = beside("elsewhere-neighbour", HEIR);
    let theirs = fs::read_to_string(root.join("boards/b.toml")).unwrap();
    fs::write(folder.join("b.toml"), theirs).unwrap();
    fs::copy(root.join("boards/b.dtb"), folder.join("b.dtb")).unwrap();
    let board = codegen::board(&root, &told(&folder)).unwrap_or_else(|findings| panic!("{findings}")).board;
    assert_eq!(board.files()[1..], ["../our boards – ü/b.toml", "../our boards – ü/b.dtb"]);
}

/// Nobody's disk is in what is made: the same project somewhere else gives the same bytes, however the file was told.
#[test]
fn an_image_of_it_is_the_same_wherever_both_lie() {
    let make = |name: &str| {
        let (root, folder) = beside(name, HEIR);
        let image = codegen::image(&root, &[&told(&folder)], "aarch64").unwrap_or_else(|findings| panic!("{findings}"));
        let relative = codegen::image(&root, &["../our boards – ü/ours.toml"], "aarch64").unwrap();
        assert_eq!((&image.tables, &image.linker_script), (&relative.tables, &relative.linker_script));
        assert!(!image.tables.contains(name) && image.tables.contains("../our boards – ü/ours.toml"));
        (image.tables, image.linker_script, image.inputs)
    };
    assert_eq!(make("elsewhere-1"), make("elsewhere-2"));
}

#[test]
fn an_image_has_one_board_of_a_name() {
    let theirs = fs::read_to_string(fixtures().join("accept/base/boards/b.toml")).unwrap();
    let (root, folder) = beside("elsewhere-namesake", HEIR);
    copy(&root.join("boards"), &folder);
    fs::write(folder.join("b.toml"), theirs.replace("test,b", "test,other")).unwrap();
    let told = folder.join("b.toml");
    let findings = codegen::image(&root, &["b", told.to_str().unwrap()], "aarch64").unwrap_err();
    assert!(findings.iter().any(|finding| finding.code == code::AMBIGUOUS_BOARDS), "{findings}");
    assert!(findings.render().contains("two boards of this image are called `b`"), "{findings}");
}

#[test]
fn a_path_that_leads_nowhere_is_told_as_it_is() {
    let (root, folder) = beside("elsewhere-nowhere", HEIR);
    let findings = codegen::board(&root, folder.join("gone.toml").to_str().unwrap()).unwrap_err();
    assert!(findings.iter().all(|finding| finding.code == code::NO_BOARD), "{findings}");
    assert!(findings.render().contains("our boards – ü/gone.toml"), "{findings}");
}

#[test]
#[cfg(feature = "cli")]
fn commands_take_a_path_from_the_folder_they_are_typed_in() {
    let (root, folder) = beside("elsewhere-commands", HEIR);
    let blob = root.join("boards/b.dtb");
    let blob = blob.to_str().unwrap();
    for (arguments, status, said) in [
        (&["check", "ours.toml"][..], 0, "ours: "),
        (&["report", "ours.toml"], 0, "# ours"),
        (&["verify", "ours.toml", "--live", blob], 0, "board ours"),
        (&["diff", "ours.toml", "b"], 0, "no difference"),
        (&["diff", "ours.toml", blob], 0, "no difference"),
        (&["report", "ours.toml", "--write"], 2, "--output FILE"),
        (&["firmware", "ours.toml"], 2, "no [firmware]"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_board"));
        let output = command.args(["--root", "../keel"]).args(arguments).current_dir(&folder).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(status), "{arguments:?}\n{out}{err}");
        assert!(out.contains(said) || err.contains(said), "{arguments:?}\n{out}{err}");
    }
}
