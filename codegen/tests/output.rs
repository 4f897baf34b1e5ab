//! What is generated: the same for the same input, as the golden files have it, and no more than its inputs say.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Instant;

mod common;

use common::{fixtures, project, root};

/// Compares with a golden file, or writes it where `KEEL_BLESS` is set.
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("KEEL_BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    let at = wanted.lines().zip(text.lines()).position(|(wanted, got)| wanted != got);
    assert!(
        wanted == text,
        "{name} differs, first in line {:?}; KEEL_BLESS=1 writes it anew:\n{text}",
        at.map(|at| at + 1)
    );
}

#[test]
fn every_emitter_writes_what_its_golden_file_has() {
    let root = project("golden", Some(&fixtures().join("accept/every-key")));
    let image = codegen::image(&root, &["b"], "aarch64").unwrap();
    golden("tables.rs.txt", &image.tables);
    golden("link.ld", &image.linker_script);
    let qemu = codegen::board(&root, "b").unwrap().qemu.unwrap();
    golden("qemu.txt", &(qemu.arguments().join("\n") + "\n"));
}

#[test]
fn a_device_may_have_a_name_that_the_module_uses() {
    let root = project("facts", None);
    let blob = root.join("boards/b.dtb");
    let mut tree = fs::read(&blob).unwrap();
    let at = tree.windows(8).position(|name| name == b"clock\0\0\0").unwrap();
    tree[at..at + 5].copy_from_slice(b"facts");
    fs::write(&blob, tree).unwrap();
    let tables = codegen::image(&root, &["b"], "aarch64").unwrap().tables;
    let names: Vec<&str> =
        tables.lines().filter_map(|line| line.trim().strip_prefix("const ")?.split(':').next()).collect();
    let unique: std::collections::BTreeSet<&str> = names.iter().copied().collect();
    assert!(names.contains(&"FACTS_") && names.len() == unique.len(), "{names:?}");
}

#[test]
fn two_boards_share_one_file() {
    let root = project("two", Some(&fixtures().join("accept/two-boards")));
    let tables = codegen::image(&root, &["b", "c"], "aarch64").unwrap().tables;
    assert!(tables.contains("pub static BOARDS: &[&hardware::board::Board] = &[&b::BOARD, &c::BOARD];"), "{tables}");
}

#[test]
fn same_input_gives_the_same_bytes_wherever_it_lies() {
    let (one, other) = (project("same-1", None), project("same 2 – ü", None));
    let make = |root: &Path| {
        let image = codegen::image(root, &["b"], "aarch64").unwrap();
        (image.tables, image.linker_script, image.inputs)
    };
    assert_eq!(make(&one), make(&one));
    assert_eq!(make(&one), make(&other));
}

/// Boards that have warnings, and which: the Pi 4's two SD hosts share a line.
const WARNED: [(&str, &[&str]); 1] = [("rpi4", &["K0112"])];

#[test]
fn every_board_is_generated_without_an_error_and_has_its_feature() {
    let manifest = fs::read_to_string(root().join("kernel/Cargo.toml")).unwrap();
    let boards = codegen::boards(&root());
    assert!(boards.iter().any(|board| board == "qemu-virt"), "{boards:?}");
    for board in boards {
        let generated = codegen::board(&root(), &board).unwrap_or_else(|findings| panic!("{findings}"));
        let codes: Vec<&str> = generated.findings.iter().map(|finding| finding.code.as_str()).collect();
        let known = WARNED.iter().find(|(name, _)| *name == board).map_or(&[][..], |(_, codes)| codes);
        assert_eq!(codes, known, "{board}:\n{}", generated.findings);
        let feature = format!("board-{board} = []");
        assert!(manifest.lines().any(|line| line == feature), "kernel/Cargo.toml lacks `{feature}`");
    }
}

#[test]
fn an_image_reads_only_its_own_boards() {
    let root = project("own", Some(&fixtures().join("accept/two-boards")));
    let image = codegen::image(&root, &["b"], "aarch64").unwrap();
    assert_eq!(image.inputs, ["schemas/devices", "schemas/presets.toml", "boards/b.toml", "boards/b.dtb"]);
    fs::remove_file(root.join("boards/c.toml")).unwrap();
    assert_eq!(codegen::image(&root, &["b"], "aarch64").unwrap().tables, image.tables);
}

#[test]
fn register_maps_need_the_bindings_alone() {
    let folder = project("bindings-alone", None);
    fs::remove_dir_all(folder.join("boards")).unwrap();
    fs::remove_file(folder.join("schemas/presets.toml")).unwrap();
    codegen::registers(&folder).unwrap_or_else(|findings| panic!("{findings}"));
    // And the script that asks for them watches nothing else, so that editing a board doesn't rebuild the drivers.
    let script = fs::read_to_string(root().join("drivers/build.rs")).unwrap();
    let watched: Vec<&str> =
        script.split("rerun-if-changed=").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(watched, ["../schemas/devices", "build.rs"]);
}

#[test]
fn the_facts_used_unchecked_are_these() {
    let generated = codegen::board(&root(), "qemu-virt").unwrap();
    assert_eq!(generated.board.early_facts(), ["serial0.window[0]"], "this list must not grow");
}

#[test]
fn the_board_of_the_first_boot_is_read_as_the_manual_has_it() {
    let board = codegen::board(&root(), "qemu-virt").unwrap().board;
    let names = |indices: &[usize]| indices.iter().map(|&index| board.devices[index].name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&board.console), ["serial0"]);
    let order = names(&board.order);
    let at = |name: &str| order.iter().position(|device| device == name).unwrap();
    assert!(at("intc@8000000") < at("timer") && at("timer") < at("serial0"), "{order:?}");
    assert!(at("apb-pclk") < at("serial0"), "clocks come before who uses them: {order:?}");
    let started = Instant::now();
    codegen::image(&root(), &["qemu-virt"], "aarch64").unwrap();
    println!("figure: codegen qemu-virt {:.1} ms (this build)", started.elapsed().as_secs_f64() * 1e3);
}

#[test]
fn the_kernel_asks_for_everything_that_presets_choose_and_nothing_else() {
    let texts = sources(&root().join("kernel/src"));
    let image = codegen::image(&root(), &["qemu-virt"], "aarch64").unwrap();
    assert_eq!(image.cfgs.len(), 3, "drivers, commands, features");
    for cfg in image.cfgs {
        let asked = |call: &str| -> BTreeSet<&str> {
            texts.iter().flat_map(|text| text.split(call).skip(1)).filter_map(|rest| rest.split('"').next()).collect()
        };
        let known: BTreeSet<&str> = cfg.values.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            asked(&format!("({} = \"", cfg.key)),
            known,
            "cfg({}) in kernel/src, and what presets know",
            cfg.key
        );
        if cfg.key == "preset_feature" {
            assert_eq!(asked("preset.has_feature(\""), known, "what the board that runs is asked");
        }
    }
}

#[test]
fn every_preset_is_chosen_from_what_there_is_and_makes_an_image() {
    let (presets, findings) = codegen::presets(&root()).unwrap();
    assert!(findings.is_empty(), "{findings}");
    assert_eq!(presets.keys().collect::<Vec<_>>(), ["debug", "full", "hw-minimal", "qemu-smoke", "strict"]);
    let boards = codegen::boards(&root());
    for (name, preset) in &presets {
        for board in &boards {
            let image = codegen::image_for(&root(), &[board], "aarch64", codegen::Profile::Debug, Some(name));
            let image = image.unwrap_or_else(|findings| panic!("{board} with {name}:\n{findings}"));
            assert!(
                image.tables.contains(&format!("preset: Preset {{\n            name: \"{name}\"")),
                "{}",
                image.tables
            );
            let wanted = |key| {
                let cfg = image.cfgs.iter().find(|cfg| cfg.key == key).unwrap();
                cfg.values.iter().filter(|(_, on)| *on).map(|(name, _)| name.as_str()).collect::<BTreeSet<_>>()
            };
            assert_eq!(wanted("command"), preset.commands.chosen().collect(), "{board} with {name}");
            assert_eq!(wanted("preset_feature"), preset.features.chosen().collect(), "{board} with {name}");
            assert!(wanted("driver").is_subset(&preset.drivers.chosen().collect()), "{board} with {name}");
        }
    }
    // Together they leave nothing out: what no preset had could only be dead.
    for kind in codegen::parse::preset::Kind::ALL {
        let chosen: BTreeSet<&str> = presets.values().flat_map(|preset| preset.of(kind).chosen()).collect();
        let all: BTreeSet<&str> = presets["full"].of(kind).names().collect();
        assert_eq!(chosen, all, "{}", kind.plural());
    }
}

#[test]
fn a_driver_is_in_an_image_where_a_board_has_the_device_and_its_preset_wants_it() {
    let drivers = |boards: &[&str], preset| -> Vec<String> {
        let image = codegen::image_for(&root(), boards, "aarch64", codegen::Profile::Debug, preset).unwrap();
        let cfg = image.cfgs.into_iter().find(|cfg| cfg.key == "driver").unwrap();
        cfg.values.into_iter().filter(|(_, wanted)| *wanted).map(|(name, _)| name).collect()
    };
    let all = ["arm-timer", "gicv3", "pl011", "pl031", "psci", "virtio-mmio"];
    assert_eq!(drivers(&["qemu-virt"], None), all);
    assert_eq!(drivers(&["qemu-virt"], Some("hw-minimal")), ["arm-timer", "gicv3", "pl011", "psci"]);
    let of_rpi4 = drivers(&["rpi4"], Some("full"));
    assert!(!of_rpi4.iter().any(|driver| driver == "gicv3" || driver == "pl031"), "it has neither: {of_rpi4:?}");
    let both = ["arm-timer", "gicv2", "gicv3", "pl011", "pl031", "psci", "virtio-mmio"];
    assert_eq!(drivers(&["qemu-virt", "rpi4"], None), both, "one image has what either wants");
}

#[test]
fn a_device_without_its_driver_says_which_preset_left_it_out() {
    let image = codegen::image_for(&root(), &["qemu-virt"], "aarch64", codegen::Profile::Debug, Some("hw-minimal"));
    let tables = image.unwrap().tables;
    let (_, rtc) = tables.split_once("binding: \"pl031\"").unwrap();
    assert!(
        rtc.split_once("stage:").unwrap().0.contains("driver: None,\n        left_out: Some(Driver::Pl031)"),
        "{rtc}"
    );
    assert!(tables.contains("its driver pl031: the preset hw-minimal leaves it out"), "{tables}");
}

/// The texts of all Rust files under `folder`.
fn sources(folder: &Path) -> Vec<String> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts = paths.flat_map(|path| match path.is_dir() {
        true => sources(&path),
        false if path.extension().is_some_and(|extension| extension == "rs") => vec![fs::read_to_string(path).unwrap()],
        false => Vec::new(),
    });
    texts.collect()
}
