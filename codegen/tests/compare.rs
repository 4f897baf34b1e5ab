//! `cargo board verify`, `learn` and `diff` as scripts see them: what they print where, and how they end.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

mod common;

use common::{fixtures, project};

/// Runs the command in the project at `root`.
fn board(root: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_board"));
    let Output { status, stdout, stderr } = command.current_dir(root).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// The base project with the files of a case, in a folder whose name is none for scripts that don't quote.
fn with(name: &str, case: &str) -> PathBuf {
    project(&format!("compare {name} – ü"), Some(&fixtures().join(case)))
}

#[test]
fn verify_ends_by_what_it_found() {
    let root = with("verify", "accept/live-twin");
    let (code, out, _) = board(&root, &["verify", "b", "--live", "boards/live.dtb"]);
    assert!(code == Some(0) && out.starts_with("board b\nfacts: ") && out.lines().count() == 2, "{out}");
    let (code, out, _) = board(&root, &["verify", "b", "--live", "boards/live.dtb", "--json"]);
    assert!(code == Some(0) && out.lines().all(|line| line.contains("\"verdict\":\"match\"")), "{out}");
    let (code, out, errors) = board(&root, &["verify", "b", "--live", "boards/b.toml"]);
    assert!(code == Some(2) && out.is_empty() && errors.contains("K0101"), "{errors}");
    let (code, _, errors) = board(&root, &["verify", "b", "--live", "nowhere.dtb"]);
    assert!(code == Some(2) && errors.contains("K0001"), "{errors}");
    let (code, _, errors) = board(&root, &["verify", "c", "--live", "boards/live.dtb"]);
    assert!(code == Some(2) && errors.contains("K0118"), "{errors}");

    // Where the board's own console is elsewhere, the boot stops.
    let mut tree = std::fs::read(root.join("boards/b.dtb")).unwrap();
    let at = tree.windows(8).position(|bytes| bytes == [0, 0, 0x10, 0, 0, 0, 1, 0]).unwrap();
    tree[at + 2] = 0x20;
    std::fs::write(root.join("boards/moved.dtb"), tree).unwrap();
    let (code, out, _) = board(&root, &["verify", "b", "--live", "boards/moved.dtb"]);
    assert!(code == Some(1) && out.contains("On this machine the boot stops."), "{out}");

    let root = with("foreign", "reject/K0301-foreign-machine");
    let (code, out, errors) = board(&root, &["verify", "b", "--live", "boards/live.dtb"]);
    assert!(code == Some(1) && out.is_empty() && errors.contains("test,other, test,c"), "{errors}");
}

#[test]
fn what_is_learned_settles_what_is_verified() {
    let root = with("learn", "accept/logs");
    let (code, patch, errors) = board(&root, &["learn", "b", "--log", "boards/boot.log"]);
    assert!(
        code == Some(1) && errors.is_empty() && patch.contains("[verify.\"serial0.window[0]\"]"),
        "{patch}{errors}"
    );
    let file = root.join("boards/b.toml");
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + &patch).unwrap();
    let (code, out, errors) = board(&root, &["learn", "b", "--log", "boards/boot.log"]);
    assert!(code == Some(0) && errors.is_empty() && out.starts_with("# "), "{out}{errors}");
    let (code, out, errors) = board(&root, &["learn", "b", "--log", "boards/b.dts"]);
    assert!(code == Some(2) && out.is_empty() && errors.contains("K0302"), "{errors}");
}

#[test]
fn diff_takes_boards_and_trees() {
    let root = with("diff", "accept/live-twin");
    for (first, second, status, part) in [
        ("b", "b", 0, "no difference"),
        ("b", "boards/b.toml", 0, "no difference"),
        ("b", "boards/b.dtb", 0, "no difference"),
        ("boards/b.dtb", "boards/live.dtb", 1, "~ / compatible test,b → test,b-rev2, test,b"),
        ("boards/live.dtb", "b", 1, "1 compatible"),
    ] {
        let (code, out, errors) = board(&root, &["diff", first, second]);
        assert!(code == Some(status) && out.contains(part), "{first} {second}: {out}{errors}");
    }
    let (code, out, _) = board(&root, &["diff", "--json", "b", "boards/live.dtb"]);
    assert_eq!(
        (code, out.as_str()),
        (
            Some(1),
            "{\"kind\":\"compatible\",\"node\":\"/\",\"item\":null,\"from\":\"test,b\",\"to\":\"test,b-rev2, test,b\"}\n"
        )
    );
    let (code, out, errors) = board(&root, &["diff", "b", "boards/b.dts"]);
    assert!(code == Some(2) && out.is_empty() && errors.contains("K0101"), "{errors}");

    let root = with("boards", "accept/two-boards");
    let (code, out, _) = board(&root, &["diff", "b", "c"]);
    assert!(code == Some(1) && out.contains("~ compatible test,b → "), "{out}");
}
