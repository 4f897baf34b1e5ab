//! A firmware update, from the changed tree to the changed board file: the host says what the kernel says, a log teaches
//! the lines for the board file, and with them nothing is left to decide.

use codegen::findings::{Findings, Source};
use codegen::parse::tree::Blob;
use codegen::{learn, verify};
use hardware::board::Board;
use hardware::check::{Ledger, Verdict};
use serde_json::Value;
use tests::mismatch::{self, Reference, guest};
use tests::{Failure, Image, LiveTree, paths};

const BOARD: &str = "qemu-virt";
/// Another register block of QEMU's `virt`, where the real-time clock is looked for in vain.
const NOWHERE: [u32; 4] = [0, 0x0902_8000, 0, 0x1000];
/// The characters that end a TOML string, and a sequence that clears a screen.
const HOSTILE: &str = "a\"b\\c\u{1b}[2J\u{7f}";

fn table() -> &'static Board {
    named(BOARD)
}

fn named(board: &str) -> &'static Board {
    verify::table(&paths::root(), board).unwrap_or_else(|findings| panic!("{findings}"))
}

fn ledger(board: &'static Board, tree: &LiveTree) -> Ledger<'static> {
    let blob = Blob { path: "live.dtb".into(), bytes: tree.to_blob(), named: codegen::findings::Place::Nowhere };
    verify::ledger(board, blob).unwrap_or_else(|findings| panic!("{findings}"))
}

fn learn(board: &'static Board, log: &str) -> Result<Option<String>, Findings> {
    learn::learn(board, &Source::new("boot.log", log)).map(|lesson| lesson.patch())
}

/// The board whose file ends with `patch`, in a project of the test `test`: tests run side by side.
fn patched(test: &str, board: &Board, patch: &str) -> Result<&'static Board, Failure> {
    let root = paths::scratch(&format!("firmware-{test}"))?;
    paths::copy_project(&root)?;
    let file = root.join(board.file);
    std::fs::write(&file, std::fs::read_to_string(&file)? + patch)?;
    Ok(verify::table(&root, board.name).unwrap_or_else(|findings| panic!("{patch}\n{findings}")))
}

/// The lines of a patch in what a kernel or a command printed.
fn patch_in(text: &str) -> Option<String> {
    let at = text.find("# If the firmware is right")?;
    Some(text[at..].replace("\r\n", "\n").trim_end().to_owned() + "\n")
}

#[test]
fn every_mismatch_can_be_learned_from_what_is_printed_about_it() -> Result<(), Failure> {
    let board = table();
    let reference = Reference::read(board)?;
    for mutation in mismatch::of_facts(&reference)?.iter().chain(&mismatch::of_devices(&reference)?) {
        let ledger = ledger(board, &mutation.tree);
        let wanted = ledger.patch().map(|patch| patch.to_string());
        for log in [verify::text(&ledger), verify::json(&ledger)] {
            match learn(board, &log) {
                Ok(learned) => assert_eq!(learned, wanted, "{}:\n{log}", mutation.name),
                Err(findings) => panic!("{}:\n{findings}", mutation.name),
            }
        }
        if let Some(stop) = ledger.stop() {
            let stop = stop.to_string();
            assert_eq!(learn(board, &stop).unwrap_or_else(|findings| panic!("{findings}")), patch_in(&stop));
        }
    }
    Ok(())
}

#[test]
fn a_learned_patch_settles_what_it_was_learned_from() -> Result<(), Failure> {
    let board = table();
    let reference = Reference::read(board)?;
    let mutations = [mismatch::of_facts(&reference)?, mismatch::of_devices(&reference)?].concat();
    // One of each kind of fact and of each thing that can happen to a device.
    for mutation in mutations.iter().step_by(23) {
        let before = ledger(board, &mutation.tree);
        if let Some(patch) = learn(board, &verify::text(&before)).unwrap_or_else(|findings| panic!("{findings}")) {
            let after = ledger(patched("learned", board, &patch)?, &mutation.tree);
            assert_eq!(verify::unsettled(&after), 0, "{}:\n{}", mutation.name, verify::text(&after));
            assert_eq!(after.counts().fatal, 0, "{}", mutation.name);
        }
    }
    Ok(())
}

#[test]
fn a_hostile_string_stays_inside_its_own() -> Result<(), Failure> {
    let board = table();
    let mut tree = Reference::read(board)?.tree;
    tree.set("/pl031@9010000", "compatible", HOSTILE)?;
    let text = verify::text(&ledger(board, &tree));
    assert!(!text.contains(|letter: char| letter.is_control() && letter != '\n'), "{text:?}");
    let patch = patch_in(&text).expect("a patch");
    let after = ledger(patched("hostile", board, &patch)?, &tree);
    assert_eq!(verify::unsettled(&after), 0, "{}", verify::text(&after));
    let row = after.rows().iter().find(|row| row.name() == "pl031@9010000.compatible").expect("its row");
    assert_eq!(row.verdict, Verdict::Drift);
    let why = row.fact.and_then(|fact| fact.why).map(|why| why.text);
    assert_eq!(why, Some("the live tree has a\"b\\c\\u001B[2J\\u007F"));
    Ok(())
}

/// The Pi 5's debug UART, whose interrupt tells the stepping.
const PI5_UART: &str = "/soc@107c000000/serial@7d001000";

#[test]
fn each_kind_of_a_raspberry_pi_5_is_known_for_what_it_is() -> Result<(), Failure> {
    let board = named("rpi5");
    let tree = |file: &str| LiveTree::read(&std::fs::read(paths::root().join("boards").join(file))?);
    let c1 = tree("rpi5.dtb")?;
    let mut d0 = c1.clone();
    d0.set(PI5_UART, "interrupts", [0u32, 120, 4])?;
    let old = tree("rpi5-size-cells-1.dtb")?;
    let mut old_d0 = old.clone();
    old_d0.set(PI5_UART, "interrupts", [0u32, 120, 4])?;
    let kinds = [("rpi5", c1), ("rpi5 (d0)", d0), ("rpi5 (size-cells-1)", old), ("rpi5 (d0-size-cells-1)", old_d0)];
    for (title, tree) in kinds {
        let ledger = ledger(board, &tree);
        assert_eq!(ledger.board().title().to_string(), title);
        assert_eq!(ledger.counts().matched, ledger.board().facts.len(), "{}", verify::text(&ledger));
    }
    let blob = Blob::read_file(&paths::root().join("boards/rpi4.dtb"), &mut Findings::default()).expect("a file");
    let refusal = verify::ledger(board, blob).expect_err("a Pi 4 is no Pi 5").render();
    assert!(refusal.contains("raspberrypi,4-model-b") && refusal.contains("raspberrypi,5-model-b"), "{refusal}");
    Ok(())
}

#[test]
fn the_pis_real_trees_are_theirs() {
    let Some(folder) = std::env::var_os("KEEL_DTBS") else { return println!("skipped: KEEL_DTBS is not set") };
    for (board, file) in [("rpi4", "bcm2711-rpi-4-b.dtb"), ("rpi5", "bcm2712-rpi-5-b.dtb")] {
        let Some(path) = find(std::path::Path::new(&folder), file) else {
            return println!("skipped: KEEL_DTBS has no {file}");
        };
        let ledger = verify::verify(&paths::root(), board, &path).unwrap_or_else(|findings| panic!("{findings}"));
        assert_eq!(ledger.counts().matched, ledger.board().facts.len(), "{}", verify::text(&ledger));
        assert_eq!(ledger.board().title().to_string(), board);
    }
}

fn find(folder: &std::path::Path, file: &str) -> Option<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let found = files.into_iter().find(|path| path.ends_with(file));
    found.or_else(|| folders.iter().find_map(|folder| find(folder, file)))
}

#[test]
fn the_host_says_what_the_kernel_says() -> Result<(), Failure> {
    let board = table();
    let reference = Reference::read(board)?;
    let mut tree = reference.tree.clone();
    tree.set("/pl031@9010000", "reg", NOWHERE.to_vec())?.rename_node("/pl031@9010000", "pl031@9028000")?;
    tree.set("/pl061@9030000", "compatible", HOSTILE)?;
    tree.set("/virtio_mmio@a000200", "status", "disabled")?;
    tree.remove_node("/virtio_mmio@a000400")?;
    let mut guest = guest::boot(&reference, &tree, "firmware-update", Image::under_test()?)?;
    guest.wait_for_prompt()?;

    let ledger = ledger(board, &tree);
    let objects =
        |text: &str| -> Vec<Value> { text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect() };
    let told = guest.run("board facts --json")?;
    let (kernel, host) = (objects(&told), objects(&verify::json(&ledger)));
    assert_eq!(kernel.len(), host.len(), "{told}");
    kernel.iter().zip(&host).for_each(|(kernel, host)| assert_eq!(kernel, host));
    let moved = |row: &&Value| row["found_as"] == "pl031@9028000";
    assert!(kernel.iter().filter(moved).any(|row| row["fact"] == "pl031@9010000.window[0]"), "{told}");

    let told = guest.run("board facts --drift")?;
    let wanted = ledger.patch().map(|patch| patch.to_string());
    assert_eq!(patch_in(&told), wanted, "{told}");
    // The whole session, as a terminal would have logged it.
    let session = guest.transcript();
    assert_eq!(learn(board, &session).unwrap_or_else(|findings| panic!("{findings}")), wanted, "{session}");
    Ok(())
}
