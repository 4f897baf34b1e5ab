//! The golden test: a binding that has everything, and the text that it must become.

use std::path::Path;

use super::registers;
use crate::findings::Findings;
use crate::model::device::bindings;

/// A project that has one binding, with one of each access kind.
const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/registers");

fn generated(root: &Path) -> String {
    let mut findings = Findings::default();
    let bindings = bindings(root, &mut findings);
    assert!(findings.is_empty(), "{findings}");
    registers(&bindings)
}

#[test]
fn a_binding_becomes_the_golden_file() {
    let text = generated(Path::new(PROJECT));
    let golden = Path::new(PROJECT).join("golden.rs");
    // KEEL_BLESS=1 writes the file, so that a change of the emitter shows in the diff.
    if std::env::var_os("KEEL_BLESS").is_some() {
        std::fs::write(&golden, &text).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(&golden).expect("the golden file is there");
    assert!(text == expected, "the generated text differs from {}:\n{text}", golden.display());
}

#[test]
fn the_projects_own_maps_are_rust_and_repeatable() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = generated(&root);
    syn::parse_file(&text).expect("the generated text is Rust");
    assert_eq!(text, generated(&root));
}
