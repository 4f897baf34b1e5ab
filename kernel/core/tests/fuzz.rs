//! Seeded noise into the terminal: whatever comes, the shell answers and stays usable.

mod common;

use common::{Fake, Terminal};
use kernel_core::log::Level;

/// What a terminal could send, so that noise gets past the first word.
const PARTS: &[&[u8]] = &[
    b"board",
    b"facts",
    b"devices",
    b"--drift",
    b"--json",
    b"dt",
    b"node",
    b"prop",
    b"tree",
    b"/cpus/cpu@0",
    b"/bus@1/uart@10",
    b"/",
    b"reg",
    b"help",
    b"cat",
    b"ls",
    b"/proc/",
    b"bootlog",
    b"../..",
    b"log",
    b"-n",
    b"99999999999999999999",
    b"0",
    b"echo",
    b"$?",
    b"panic",
    b"y",
    b"reboot",
    b" ",
    b" ",
    b" ",
    b" ",
    b"\r",
    b"\r\n",
    b"\n",
    b"\t",
    b"\t",
    b";",
    b"\"",
    b"'",
    b"\\",
    b"--",
    b"-",
    b"\x1b[A",
    b"\x1b[B",
    b"\x1b[C",
    b"\x1bOD",
    b"\x1b[H",
    b"\x1b[F",
    b"\x1b[3~",
    b"\x1b[",
    b"\x1b",
    b"\x01",
    b"\x03",
    b"\x04",
    b"\x05",
    b"\x0b",
    b"\x0c",
    b"\x15",
    b"\x17",
    b"\x7f",
    "ü".as_bytes(),
    "😀".as_bytes(),
    b"\xff",
    b"\xe2\x82",
    b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
];

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

fn session(seed: u64, mut next: impl FnMut(&mut Random) -> Vec<u8>) {
    let mut random = Random(seed);
    let system = match random.below(8) {
        0 => Fake::bare(),
        1 | 2 => Fake::odd(),
        _ => Fake::new(),
    };
    let mut terminal = Terminal::new(system);
    for _ in 0..200 {
        let bytes = next(&mut random);
        let shown = terminal.type_in(&bytes);
        assert!(shown.len() < 200_000, "seed {seed}: {bytes:?} made {} bytes appear", shown.len());
        terminal.system.log.borrow_mut().push(0, Level::Debug, &String::from_utf8_lossy(&bytes));
    }
    // Out of any sequence, question and half a line; then it must work as ever.
    terminal.type_in("zz\x03\x03");
    assert_eq!(terminal.run("echo alive $?"), "alive 130\n", "seed {seed}");
}

#[test]
fn bytes() {
    for seed in 0..100 {
        session(seed, |random| (0..8).map(|_| random.below(256) as u8).collect());
    }
}

#[test]
fn plausible_keys() {
    for seed in 0..400 {
        session(seed, |random| PARTS[random.below(PARTS.len())].to_vec());
    }
}
