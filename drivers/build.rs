//! Writes the register maps. It watches the bindings only: editing a board doesn't rebuild the drivers.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=../schemas/devices");
    println!("cargo::rerun-if-changed=build.rs");
    let Some(out) = env::var_os("OUT_DIR") else {
        println!("cargo::error=OUT_DIR isn't set: this is a build script of cargo");
        return;
    };
    match codegen::registers(Path::new("..")) {
        Ok(text) => {
            let file = Path::new(&out).join("registers.rs");
            if let Err(error) = fs::write(&file, text) {
                println!("cargo::error=can't write {}: {error}", file.display());
            }
        }
        Err(findings) => {
            for line in findings.to_string().lines() {
                println!("cargo::error={line}");
            }
        }
    }
}
