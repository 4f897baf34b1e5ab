//! Seeded mutations of every kind of input: findings or tables, never a panic. `KEEL_MUTATIONS` sets how many.

use std::fs;

mod common;

use common::project;

const FILES: [&str; 4] = ["boards/b.toml", "boards/b.dtb", "schemas/devices/uart.toml", "schemas/presets.toml"];

/// Bytes that mean something to one of the formats.
const TELLING: &[u8] = b"\"'[]{}=.,#\n\\0x_-9\xff\x00\x01\x04";

/// splitmix64: the same sequence everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below.max(1) as u64) as usize
    }
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.next(3) {
        let at = random.next(bytes.len());
        let telling = TELLING[random.next(TELLING.len())];
        match random.next(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at.min(bytes.len()), telling),
            2 if !bytes.is_empty() => drop(bytes.remove(at)),
            3 => {
                let from = random.next(bytes.len());
                let part: Vec<u8> = bytes.iter().skip(from).take(random.next(40)).copied().collect();
                bytes.splice(at..at, part);
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = if random.next(2) == 0 { telling } else { *byte ^ (1 << random.next(8)) };
                }
            }
        }
    }
}

#[test]
fn no_input_panics() {
    let count = std::env::var("KEEL_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(400);
    let root = project("mutations", None);
    let mut random = Random(7);
    let mut refused = 0;
    for round in 0..count {
        let file = root.join(FILES[round % FILES.len()]);
        let whole = fs::read(&file).unwrap();
        let mut bytes = whole.clone();
        mutate(&mut bytes, &mut random);
        fs::write(&file, &bytes).unwrap();
        if let Err(findings) = codegen::image(&root, &["b"], "aarch64") {
            refused += 1;
            assert!(findings.has_errors() && !findings.render().is_empty());
        }
        #[cfg(feature = "cli")]
        if let Ok(report) = codegen::report(&root, "b") {
            assert!([report.markdown(), report.html(), report.json()].iter().all(|page| !page.is_empty()));
        }
        fs::write(&file, &whole).unwrap();
    }
    assert!(codegen::image(&root, &["b"], "aarch64").is_ok(), "the project was changed");
    println!("figure: codegen mutations {count}, {refused} refused, 0 panics");
    assert!(refused > count / 4, "mutations that nobody notices prove little: {refused} of {count}");
}
