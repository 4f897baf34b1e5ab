//! Drafts of damaged trees: whatever firmware hands over, a board that is drafted from it holds on the machine that it was
//! drafted from. `KEEL_MUTATIONS` sets how many trees.

use std::path::{Path, PathBuf};

use codegen::draft::Drafter;
use tests::mutate::Mutator;
use tests::{Failure, paths};

/// Real trees, of several makers; looked for in the folder that `KEEL_DTBS` names.
const REAL: [&str; 5] = [
    "bcm2712-rpi-5-b.dtb",
    "bcm2711-rpi-4-b.dtb",
    "rk3399-roc-pc.dtb",
    "fsl-ls1028a-rdb.dtb",
    "meson-g12b-a311d-khadas-vim3.dtb",
];
/// How many without `KEEL_MUTATIONS`: some seconds of a debug build.
const SHARE: usize = 600;
/// Of our own, which are always there.
const OURS: [&str; 3] = ["qemu-virt.dtb", "rpi4.dtb", "rpi5.dtb"];

#[test]
fn a_damaged_tree_is_drafted_as_what_it_is() -> Result<(), Failure> {
    let count = std::env::var("KEEL_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(SHARE);
    let folder = paths::root().join("boards");
    let mut files: Vec<PathBuf> = OURS.iter().map(|name| folder.join(name)).collect();
    if let Some(real) = std::env::var_os("KEEL_DTBS") {
        files.extend(REAL.iter().filter_map(|name| find(Path::new(&real), name)));
    }
    let drafter = Drafter::new(&paths::root()).unwrap_or_else(|findings| panic!("{findings}"));
    let blobs = files.iter().map(std::fs::read).collect::<Result<Vec<_>, _>>()?;
    let mut mutator = Mutator::new(blobs, 0x6b65_656c);
    let (mut drafted, mut wrong) = (0, Vec::new());
    for round in 0..count {
        let Ok(draft) = drafter.draft("damaged", mutator.next_blob()) else { continue };
        drafted += 1;
        match drafter.verify(&draft) {
            Ok(ledger) => {
                wrong.extend(ledger.differences().map(|row| format!("{round}: {}", row.line(ledger.board()))))
            }
            Err(findings) => wrong.push(format!("{round}: {findings}")),
        }
    }
    println!("figure: damaged trees {count}, {drafted} drafted, {} rows that don't match themselves", wrong.len());
    assert!(drafted > count / 4, "mutations that no draft survives prove little: {drafted} of {count}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

fn find(folder: &Path, file: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let found = files.into_iter().find(|path| path.ends_with(file));
    found.or_else(|| folders.iter().find_map(|folder| find(folder, file)))
}
