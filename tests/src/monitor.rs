//! QEMU's monitor: takes things out of a machine that runs, and tells what only QEMU knows.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use crate::failure::{Cause, Failure};
use crate::stub::Socket;

/// What the monitor ends each answer with.
const PROMPT: &str = "(qemu) ";

/// A monitor that listens.
#[derive(Debug)]
pub struct Monitor(UnixStream);

impl Monitor {
    /// QEMU's arguments that make its monitor listen at `socket`.
    pub fn arguments(socket: &Socket) -> [String; 4] {
        socket.arguments_for("monitor", "-mon", "chardev=monitor,mode=readline")
    }

    /// Connects to the one at `socket`.
    pub fn connect(socket: &Socket) -> Result<Self, Failure> {
        let mut monitor = Self(socket.stream()?);
        monitor.answer()?;
        Ok(monitor)
    }

    /// Has it do `command`.
    pub fn tell(&mut self, command: &str) -> Result<(), Failure> {
        self.ask(command).map(drop)
    }

    /// What it says to `command`.
    pub fn ask(&mut self, command: &str) -> Result<String, Failure> {
        self.0.write_all(format!("{command}\n").as_bytes())?;
        let answer = self.answer()?;
        match answer.lines().find(|line| line.starts_with("Error")) {
            None => Ok(answer),
            Some(line) => {
                Err(Cause::Tool { program: "QEMU's monitor".to_owned(), what: format!("{command}: {line}") }.into())
            }
        }
    }

    fn answer(&mut self) -> Result<String, Failure> {
        let mut answer = Vec::new();
        while !answer.ends_with(PROMPT.as_bytes()) {
            let mut byte = [0];
            self.0.read_exact(&mut byte)?;
            answer.extend(byte);
        }
        Ok(String::from_utf8_lossy(&answer).replace('\r', ""))
    }
}
