//! Makes the tables of all boards, so that tests hold the ones that the kernel is built with.

use std::path::Path;
use std::{env, fs};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in ["boards", "schemas"] {
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
    }
    let names = codegen::boards(&root);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match codegen::image(&root, &names, "aarch64") {
        Ok(image) => {
            let out = env::var_os("OUT_DIR").unwrap_or_default();
            if let Err(error) = fs::write(Path::new(&out).join("tables.rs"), image.tables) {
                println!("cargo::error={error}");
            }
        }
        Err(findings) => findings.render().lines().for_each(|line| println!("cargo::error={line}")),
    }
}
