//! The figures that the project promises, each with its bar. `cargo xtask bench` builds what is measured and calls this.
//!
//! Usage: `bench IMAGE [--json]`
#![forbid(unsafe_code)]
#![cfg_attr(feature = "strict", deny(warnings))]

mod boot;
mod cpio;
mod disk;
mod figure;
mod host;
mod linux;
mod operations;
mod rebuild;

use std::path::PathBuf;
use std::process::ExitCode;

use figure::Figures;
use tests::{Failure, Image};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(image) = arguments.next().map(|path| Image { path: PathBuf::from(path) }) else {
        eprintln!("usage: bench IMAGE [--json]");
        return ExitCode::FAILURE;
    };
    let json = arguments.any(|argument| argument == "--json");
    match measure(&image) {
        Ok(figures) => {
            if json {
                println!("{}", figures.to_json())
            } else {
                print!("{figures}")
            }
            if figures.all_hold() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure(image: &Image) -> Result<Figures, Failure> {
    let mut figures = Figures::default();
    boot::measure(image, &mut figures)?;
    operations::measure(image, &mut figures)?;
    linux::measure(image, &mut figures)?;
    host::measure(&mut figures)?;
    rebuild::measure(&mut figures)?;
    Ok(figures)
}
