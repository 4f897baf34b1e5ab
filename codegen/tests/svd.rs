//! Import from SVD files: a file of our own that has everything, and damaged ones.
#![cfg(feature = "cli")]

use std::fs;
use std::path::{Path, PathBuf};

use codegen::findings::Source;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/svd")
}

fn chip() -> String {
    fs::read_to_string(folder().join("chip.svd")).unwrap()
}

fn import(peripheral: &str) -> String {
    let text = codegen::svd::import(&Source::new("chip.svd", chip()), peripheral, None);
    text.unwrap_or_else(|findings| panic!("{findings}"))
}

#[test]
fn a_peripheral_becomes_a_binding() {
    let text = import("TIMER0");
    let path = folder().join("timer0.toml");
    if std::env::var_os("KEEL_BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    assert!(wanted == text, "{} differs; KEEL_BLESS=1 writes it anew:\n{text}", path.display());
}

#[test]
fn a_binding_is_called_as_the_file_that_it_is_for() {
    let named = |name| codegen::svd::import(&Source::new("chip.svd", chip()), "TIMER0", Some(name)).unwrap();
    assert!(named("ex100-timer").contains("name       = \"ex100-timer\"\n"));
    assert_eq!(named("my timer"), import("TIMER0"), "what can't be a name isn't one");
}

#[test]
fn a_file_without_a_vendor_says_nothing_of_one() {
    let text = chip().replace("<vendor>Example Makers</vendor>", "");
    let text = codegen::svd::import(&Source::new("chip.svd", text), "TIMER0", None).unwrap();
    assert!(text.contains("# From the SVD file for EX100. "), "{text}");
    assert!(text.contains("compatible = [\"vendor,timer0\"]"), "{text}");
}

#[test]
fn a_derived_peripheral_has_what_it_does_not_say_itself() {
    let own = import("TIMER0").replace("TIMER0", "TIMER1").replace("timer0", "timer1");
    assert_eq!(import("timer1"), own.replace("interrupts = 2", "interrupts = 1"));
}

#[test]
fn a_binding_that_was_imported_makes_register_modules() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("svd");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join("schemas/devices")).unwrap();
    fs::write(root.join("schemas/devices/timer0.toml"), import("TIMER0")).unwrap();
    let modules = codegen::registers(&root).unwrap_or_else(|findings| panic!("{findings}"));
    for part in ["pub mod timer0", "pub mod CR", "Once", "ch0_dma_addr"] {
        assert!(modules.contains(part), "no {part} in:\n{modules}");
    }
}

#[test]
fn damaged_files_are_findings() {
    let whole = chip();
    let lines: Vec<&str> = whole.lines().collect();
    let mut refused = 0;
    // Each line left out, each line twice, each number another, and the file cut off there.
    for at in 0..lines.len() {
        let without: String = lines.iter().enumerate().filter(|(line, _)| *line != at).map(|(_, line)| *line).collect();
        let twice = whole.replacen(lines[at], &format!("{}{}", lines[at], lines[at]), 1);
        let huge = whole.replacen(lines[at], &lines[at].replace(['0', '1', '4'], "99999999"), 1);
        let other = whole.replacen(lines[at], &lines[at].replace("0x", "-"), 1);
        let cut = lines[..at].join("\n");
        for damaged in [without, twice, huge, other, cut] {
            if let Err(findings) = codegen::svd::import(&Source::new("chip.svd", damaged), "TIMER1", None) {
                refused += 1;
                let places = findings.render();
                assert!(findings.has_errors() && places.contains("chip.svd:"), "a place in another file: {places}");
            }
        }
    }
    println!("figure: SVD files damaged {}, {refused} refused, 0 panics", lines.len() * 5);
    assert!(refused > lines.len(), "{refused} of {}", lines.len() * 5);
}

#[test]
fn nesting_and_counts_have_limits() {
    let deep = format!("<device>{}{}</device>", "<peripherals>".repeat(100_000), "</peripherals>".repeat(100_000));
    let wide = chip().replace("<dim>2</dim><dimIncrement>0x10", "<dim>4000000000</dim><dimIncrement>0x10");
    let many = chip().replace("<dim>2</dim><dimIncrement>0x10", "<dim>4096</dim><dimIncrement>0x10");
    for text in [deep, wide, many] {
        assert!(codegen::svd::import(&Source::new("chip.svd", text), "TIMER0", None).is_err());
    }
}

#[test]
fn text_that_a_binding_refuses_becomes_a_blank() {
    let turned = chip().replace("<description>", "<description>a\u{202e}b ").replace("<vendor>", "<vendor>a\u{202e}b ");
    let text = codegen::svd::import(&Source::new("chip.svd", turned), "TIMER0", None)
        .unwrap_or_else(|findings| panic!("{findings}"));
    assert!(text.contains("a b ") && !text.contains('\u{202e}'), "{text}");
}
