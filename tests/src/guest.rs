//! A running machine and the talk with its shell.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Cause, Failure};
use crate::paths;
use crate::serial::Serial;

/// The shell's prompt.
pub const PROMPT: &str = "keel> ";

/// A machine that runs; killed when dropped.
#[derive(Debug)]
pub struct Guest {
    name: String,
    child: Child,
    input: ChildStdin,
    serial: Serial,
    /// How much of the output the test has consumed.
    seen: usize,
    nonces: u32,
    /// How long to wait for it.
    pub patience: Patience,
}

/// How long a test waits.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Without any output.
    pub silence: Duration,
    /// For one awaited text, whatever else comes.
    pub limit: Duration,
}

/// A command's outcome.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Its output, lines ended by `\n`.
    pub output: String,
    /// `$?` behind it.
    pub status: u32,
}

impl Default for Patience {
    fn default() -> Self {
        // A boot takes 0.1 s; the rest is room for a machine that builds at the same time.
        Self { silence: Duration::from_secs(20), limit: Duration::from_secs(60) }
    }
}

impl Guest {
    /// Runs `qemu`, whose standard input and output are the serial line.
    pub(crate) fn start(name: &str, mut qemu: Command) -> Result<Self, Failure> {
        let program = qemu.get_program().to_string_lossy().into_owned();
        qemu.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = qemu.spawn().map_err(|error| Cause::Tool { program, what: error.to_string() })?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(std::io::Error::other("no pipe to QEMU").into());
        };
        let serial = Serial::drain(output, File::create(paths::transcript(name)?)?);
        let patience = Patience::default();
        Ok(Self { name: name.to_owned(), child, input, serial, seen: 0, nonces: 0, patience })
    }

    /// Runs `cargo` with these arguments in the workspace's root; what it starts is to talk on its standard streams.
    pub fn of_cargo(name: &str, arguments: &[&str]) -> Result<Self, Failure> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(arguments).current_dir(paths::root());
        Self::start(name, cargo)
    }

    /// Waits for `text`; consumes it and gives back what came before it.
    pub fn wait_for(&mut self, text: &str) -> Result<String, Failure> {
        self.wait_until(text, |heard| find(heard, text).map(|at| (at, at + text.len())))
    }

    /// Waits for the prompt; gives back what came before it.
    pub fn wait_for_prompt(&mut self) -> Result<String, Failure> {
        self.wait_for(PROMPT)
    }

    /// Types `bytes` as they are.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.input.write_all(bytes)?;
        Ok(self.input.flush()?)
    }

    /// Types `line` and Enter.
    pub fn send_line(&mut self, line: &str) -> Result<(), Failure> {
        self.send(format!("{line}\r").as_bytes())
    }

    /// Types a command and waits for its own end: an `echo` of a number that no command before it had.
    pub fn command(&mut self, line: &str) -> Result<Reply, Failure> {
        self.nonces += 1;
        let nonce = format!("end-{}-{}", std::process::id(), self.nonces);
        self.send_line(&format!("{line}; echo {nonce} $?"))?;
        let (echoed, ended) = (format!("{nonce} $?"), format!("\n{nonce} "));
        let mut status = None;
        let heard = self.wait_until(&format!("the end of `{line}`"), |heard| {
            let at = find(heard, &ended)?;
            let number = heard.get(at + ended.len()..)?;
            let length = number.iter().position(|byte| b"\r\n".contains(byte))?;
            status = number.get(..length).and_then(|digits| str::from_utf8(digits).ok()?.parse().ok());
            Some((at + 1, at + ended.len() + length))
        })?;
        self.wait_for_prompt()?;
        let status = status.ok_or_else(|| self.wrong(&format!("`$?` behind `{line}` is not a number")))?;
        let output = heard.split_once(&echoed).map_or(heard.as_str(), |(_, output)| output);
        let output = output.split_once('\n').map_or("", |(_, output)| output);
        Ok(Reply { output: output.replace('\r', ""), status })
    }

    /// Types a command that must succeed; gives back its output.
    pub fn run(&mut self, line: &str) -> Result<String, Failure> {
        let reply = self.command(line)?;
        if reply.status == 0 {
            return Ok(reply.output);
        }
        let Reply { output, status } = reply;
        Err(self.fail(Cause::Status { guest: self.name.clone(), command: line.to_owned(), status, output }))
    }

    /// Waits until nothing has come for `quiet`, and gives back everything that the guest ever said.
    pub fn settle(&mut self, quiet: Duration) -> Result<String, Failure> {
        let limit = Instant::now() + self.patience.limit;
        loop {
            let known = self.serial.lock().bytes.len();
            if !self.serial.wait_for_more(known, Instant::now() + quiet) {
                return Ok(self.transcript());
            }
            if Instant::now() > limit {
                return Err(self.late("silence"));
            }
        }
    }

    /// Waits until QEMU has ended by itself and successfully; gives back everything that the guest said.
    pub fn wait_for_exit(mut self) -> Result<String, Failure> {
        let limit = Instant::now() + self.patience.limit;
        loop {
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(self.transcript()),
                Some(_) => return Err(self.ended("its end")),
                None if Instant::now() > limit => {
                    let (guest, limit) = (self.name.clone(), self.patience.limit);
                    return Err(self.fail(Cause::StillRuns { guest, limit }));
                }
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }

    /// Whether QEMU still runs.
    pub fn is_running(&mut self) -> Result<bool, Failure> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Everything that the guest has said until now, lines ended by `\n`.
    pub fn transcript(&self) -> String {
        String::from_utf8_lossy(&self.serial.lock().bytes).replace('\r', "")
    }

    /// A failure of this guest in the test's own words.
    pub fn wrong(&self, what: &str) -> Failure {
        self.fail(Cause::Wrong { guest: self.name.clone(), what: what.to_owned() })
    }

    /// Fails unless `text` contains `part`.
    pub fn expect(&self, text: &str, part: &str) -> Result<(), Failure> {
        if text.contains(part) { Ok(()) } else { Err(self.wrong(&format!("no {part:?} in:\n{text}"))) }
    }

    /// Waits until `sees` finds its text in the unconsumed output: (its start, its end).
    fn wait_until(
        &mut self,
        awaited: &str,
        mut sees: impl FnMut(&[u8]) -> Option<(usize, usize)>,
    ) -> Result<String, Failure> {
        let limit = Instant::now() + self.patience.limit;
        loop {
            let (heard, known, closed) = self.unconsumed();
            if let Some((start, end)) = sees(&heard) {
                self.seen += end;
                return Ok(String::from_utf8_lossy(heard.get(..start).unwrap_or_default()).into_owned());
            }
            if closed {
                return Err(self.ended(awaited));
            }
            let silence = Instant::now() + self.patience.silence;
            if !self.serial.wait_for_more(known, silence.min(limit)) && !self.serial.lock().closed {
                return Err(if silence < limit { self.silent(awaited) } else { self.late(awaited) });
            }
        }
    }

    /// The output that the test has not consumed, how much there is in all, and whether more can come.
    fn unconsumed(&self) -> (Vec<u8>, usize, bool) {
        let heard = self.serial.lock();
        let new = heard.bytes.get(self.seen..).unwrap_or_default().to_vec();
        (new, heard.bytes.len(), heard.closed)
    }

    fn silent(&self, awaited: &str) -> Failure {
        let (guest, silence) = (self.name.clone(), self.patience.silence);
        self.fail(Cause::Silent { guest, awaited: awaited.to_owned(), silence })
    }

    fn late(&self, awaited: &str) -> Failure {
        let (guest, limit) = (self.name.clone(), self.patience.limit);
        self.fail(Cause::Late { guest, awaited: awaited.to_owned(), limit })
    }

    fn ended(&mut self, awaited: &str) -> Failure {
        let status = self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
        let mut stderr = String::new();
        if let Some(mut pipe) = self.child.stderr.take() {
            // What QEMU complained about is an extra; the failure stands without it.
            let _ = pipe.read_to_string(&mut stderr);
        }
        self.fail(Cause::Ended { guest: self.name.clone(), awaited: awaited.to_owned(), status, stderr })
    }

    fn fail(&self, cause: Cause) -> Failure {
        Failure::of_guest(cause, &self.transcript())
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill and only the process entry to collect.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn find(heard: &[u8], text: &str) -> Option<usize> {
    heard.windows(text.len()).position(|window| window == text.as_bytes())
}
