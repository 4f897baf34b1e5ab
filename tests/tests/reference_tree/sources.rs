//! Every tree is what its source says.

use std::process::Command;

use tests::{Failure, paths};

#[test]
fn every_blob_is_what_dtc_makes_of_its_source() -> Result<(), Failure> {
    let folders = ["boards", "tests/fixtures/boards"].map(|folder| paths::root().join(folder));
    let entries = folders.iter().map(std::fs::read_dir).collect::<Result<Vec<_>, _>>()?;
    let scratch = paths::scratch("reference-tree-sources")?;
    let mut sources = 0;
    for entry in entries.into_iter().flatten() {
        let source = entry?.path();
        if source.extension().is_none_or(|extension| extension != "dts") {
            continue;
        }
        sources += 1;
        let (blob, made) = (source.with_extension("dtb"), scratch.join("made.dtb"));
        let mut dtc = Command::new("dtc");
        // Warnings are about style; for QEMU's trees dtc has many.
        dtc.args(["-q", "-I", "dts", "-O", "dtb", "-o"]).arg(&made).arg(&source);
        assert!(dtc.status()?.success(), "dtc refuses {}", source.display());
        let same = std::fs::read(&blob)? == std::fs::read(&made)?;
        assert!(same, "{} isn't what dtc makes of {}", blob.display(), source.display());
    }
    assert!(sources >= 7, "only {sources} sources in {folders:?}");
    Ok(())
}
