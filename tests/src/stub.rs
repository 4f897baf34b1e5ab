//! QEMU's gdb stub, spoken to directly: enough of the remote serial protocol to put a core where it should never be.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::failure::{Cause, Failure};

/// Number of the stack pointer in gdb's AArch64 core registers; x0 to x30 come before it.
pub const SP: usize = 31;
/// Number of the program counter.
pub const PC: usize = 32;
/// Number of PSTATE.
const CPSR: usize = 33;

/// How long QEMU may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A socket for the stub of one guest; removed with it.
#[derive(Debug)]
pub struct Socket(PathBuf);

/// A stopped core.
#[derive(Debug)]
pub struct Stub {
    stream: UnixStream,
}

impl Socket {
    /// A name that nothing has yet. Not in the scratch folder: socket paths have 107 bytes at most.
    pub fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("keel-{}-{name}", std::process::id())))
    }

    /// QEMU's arguments that make its stub listen here.
    pub fn arguments(&self) -> [String; 4] {
        self.arguments_for("stub", "-gdb", "chardev:stub")
    }

    /// QEMU's arguments that make something else of its listen here: `option` with the character device `id`.
    pub(crate) fn arguments_for(&self, id: &str, option: &str, value: &str) -> [String; 4] {
        let chardev = format!("socket,id={id},path={},server=on,wait=off", self.0.display());
        ["-chardev".to_owned(), chardev, option.to_owned(), value.to_owned()]
    }

    /// Connects, which stops the machine.
    pub fn connect(&self) -> Result<Stub, Failure> {
        let mut stub = Stub { stream: self.stream()? };
        stub.ask("?")?;
        Ok(stub)
    }

    /// Connects to whatever listens here.
    pub(crate) fn stream(&self) -> Result<UnixStream, Failure> {
        let start = Instant::now();
        // QEMU makes the socket a moment after it starts.
        let stream = loop {
            match UnixStream::connect(&self.0) {
                Ok(stream) => break stream,
                Err(error) if start.elapsed() > PATIENCE => return Err(error.into()),
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // It may never have been made.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Stub {
    /// Lets the core run until it is in kernel code, on SP_EL0, rather than in an exception handler.
    pub fn leave_handlers(&mut self) -> Result<(), Failure> {
        /// PSTATE.SP: the stack pointer is SP_EL1.
        const SP_EL1: u64 = 1;
        let start = Instant::now();
        while self.register(CPSR)? & SP_EL1 != 0 {
            if start.elapsed() > PATIENCE {
                return Err(broken("the core never leaves its exception handler"));
            }
            self.step()?;
        }
        Ok(())
    }

    /// Lets the core run until it comes to `address`, which is in code.
    pub fn run_to(&mut self, address: u64) -> Result<(), Failure> {
        for packet in [format!("Z0,{address:x},4"), "c".to_owned(), format!("z0,{address:x},4")] {
            let answer = self.ask(&packet)?;
            if answer.starts_with('E') || answer.is_empty() {
                return Err(broken(&format!("{packet}: {answer:?}")));
            }
        }
        let at = self.register(PC)?;
        if at == address { Ok(()) } else { Err(broken(&format!("stopped at {at:#x} instead of {address:#x}"))) }
    }

    /// Lets the core run one instruction.
    pub fn step(&mut self) -> Result<(), Failure> {
        self.ask("s").map(drop)
    }

    /// A core register; PSTATE has four bytes, the others eight.
    pub fn register(&mut self, number: usize) -> Result<u64, Failure> {
        let all = self.ask("g")?;
        let digits = if number == CPSR { 8 } else { 16 };
        let bytes = all.get(number * 16..number * 16 + digits).ok_or_else(|| broken(&all))?;
        let value = u64::from_str_radix(bytes, 16).map_err(|error| broken(&error.to_string()))?;
        Ok(value.swap_bytes() >> (64 - 4 * digits))
    }

    /// Changes a core register of eight bytes.
    pub fn set_register(&mut self, number: usize, value: u64) -> Result<(), Failure> {
        match self.ask(&format!("P{number:x}={:016x}", value.swap_bytes()))?.as_str() {
            "OK" => Ok(()),
            answer => Err(broken(answer)),
        }
    }

    /// Whether the core could read a byte there.
    pub fn is_mapped(&mut self, address: u64) -> Result<bool, Failure> {
        Ok(!self.ask(&format!("m{address:x},1"))?.starts_with('E'))
    }

    /// `count` words from `address` on, as the core reads them; 128 are the most that an answer holds.
    pub fn words(&mut self, address: u64, count: usize) -> Result<Vec<u64>, Failure> {
        let answer = self.ask(&format!("m{address:x},{:x}", count * 8))?;
        let words = (0..count).map(|index| answer.get(index * 16..index * 16 + 16));
        let parsed = words.map(|digits| u64::from_str_radix(digits?, 16).ok().map(u64::swap_bytes));
        parsed.collect::<Option<Vec<u64>>>().ok_or_else(|| broken(&answer))
    }

    /// Writes a word, whatever the page's rights are.
    pub fn set_word(&mut self, address: u64, word: u64) -> Result<(), Failure> {
        match self.ask(&format!("M{address:x},8:{:016x}", word.swap_bytes()))?.as_str() {
            "OK" => Ok(()),
            answer => Err(broken(answer)),
        }
    }

    /// Lets the machine run; the stub isn't needed any more.
    pub fn go(mut self) -> Result<(), Failure> {
        // Detaching resumes.
        self.ask("D").map(drop)
    }

    /// Sends a packet and waits for the answer's text.
    fn ask(&mut self, packet: &str) -> Result<String, Failure> {
        let sum = packet.bytes().fold(0u8, u8::wrapping_add);
        write!(self.stream, "${packet}#{sum:02x}")?;
        while self.byte()? != b'$' {}
        let mut answer = Vec::new();
        loop {
            match self.byte()? {
                b'#' => break,
                byte => answer.push(byte),
            }
        }
        // The checksum: a local socket loses nothing.
        let _ = (self.byte()?, self.byte()?);
        self.stream.write_all(b"+")?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    fn byte(&mut self) -> Result<u8, Failure> {
        let mut byte = [0];
        self.stream.read_exact(&mut byte)?;
        Ok(byte[0])
    }
}

fn broken(what: &str) -> Failure {
    Cause::Tool { program: "QEMU's gdb stub".to_owned(), what: what.to_owned() }.into()
}
