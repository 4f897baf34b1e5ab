//! A guest's memory, read and written by physical address while the guest runs: QEMU's test protocol, `-qtest`.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

use crate::failure::{Cause, Failure};
use crate::stub::Socket;

/// The memory of one guest.
#[derive(Debug)]
pub struct Memory(BufReader<UnixStream>);

impl Memory {
    /// QEMU's arguments that make it serve memory at `socket`.
    pub fn arguments(socket: &Socket) -> Vec<String> {
        let served = socket.arguments_for("memory", "-qtest", "chardev:memory");
        // Without the first two the protocol would take the processor's place.
        ["-accel", "tcg", "-qtest-log", "none"].map(str::to_owned).into_iter().chain(served).collect()
    }

    /// Connects to the one at `socket`.
    pub fn connect(socket: &Socket) -> Result<Self, Failure> {
        Ok(Self(BufReader::new(socket.stream()?)))
    }

    /// The word at `address`.
    pub fn read(&mut self, address: u64) -> Result<u64, Failure> {
        let answer = self.ask(&format!("readq {address:#x}"))?;
        let digits = answer.trim().strip_prefix("0x");
        let word = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        Ok(word.ok_or_else(|| broken(&answer))?)
    }

    /// Writes `word` to `address`.
    pub fn write(&mut self, address: u64, word: u64) -> Result<(), Failure> {
        self.ask(&format!("writeq {address:#x} {word:#x}")).map(drop)
    }

    /// What comes behind the `OK` that answers `command`.
    fn ask(&mut self, command: &str) -> Result<String, Failure> {
        self.0.get_mut().write_all(format!("{command}\n").as_bytes())?;
        let mut answer = String::new();
        self.0.read_line(&mut answer)?;
        Ok(answer.strip_prefix("OK").map(str::to_owned).ok_or_else(|| broken(&answer))?)
    }
}

fn broken(answer: &str) -> Cause {
    Cause::Tool { program: "QEMU's test protocol".to_owned(), what: format!("{answer:?}") }
}
