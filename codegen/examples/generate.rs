//! Generates a board and says how long it took: `cargo run -p codegen --release --target host-tuple --example generate -- qemu-virt`.
//!
//! `--show` prints the tables, too.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Enough to see past the first run's cold caches.
const RUNS: usize = 21;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let name = arguments.iter().find(|argument| !argument.starts_with('-')).map_or("qemu-virt", String::as_str);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        let image = codegen::image(&root, &[name], "aarch64");
        times.push(start.elapsed());
        match image {
            Ok(image) if times.len() == RUNS => {
                eprint!("{}", image.findings);
                if arguments.iter().any(|argument| argument == "--show") {
                    print!("{}", image.tables);
                }
            }
            Ok(_) => {}
            Err(findings) => {
                eprint!("{findings}");
                return ExitCode::FAILURE;
            }
        }
    }
    let first = times[0];
    times.sort();
    eprintln!("codegen {name}: {} first, {} median, {} least of {RUNS}", ms(first), ms(times[RUNS / 2]), ms(times[0]));
    ExitCode::SUCCESS
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
