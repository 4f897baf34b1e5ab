//! Editing a board must not rebuild the drivers: their build script watches the bindings and itself, nothing else.

use std::fs;
use std::path::Path;

/// What the build script told cargo, as cargo has written it down beside OUT_DIR.
fn told() -> Vec<String> {
    let output = Path::new(env!("OUT_DIR")).with_file_name("output");
    let text = fs::read_to_string(&output).unwrap_or_else(|error| panic!("{}: {error}", output.display()));
    text.lines().map(str::to_owned).collect()
}

#[test]
fn the_build_script_watches_the_bindings_only() {
    let mut watched: Vec<String> =
        told().iter().filter_map(|line| line.strip_prefix("cargo::rerun-if-")).map(str::to_owned).collect();
    watched.sort();
    assert_eq!(watched, ["changed=../schemas/devices", "changed=build.rs"]);
}

#[test]
fn the_register_maps_name_no_board() {
    let maps = fs::read_to_string(Path::new(env!("OUT_DIR")).join("registers.rs")).expect("the generated maps");
    assert!(maps.contains("pub mod pl011"), "these are the register maps");
    assert!(!maps.contains("boards/"), "a board's name would tie the drivers to it");
}
