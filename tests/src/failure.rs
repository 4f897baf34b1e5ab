//! What can go wrong with a guest, told with the end of its transcript.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How many lines of the transcript a failure shows.
const SHOWN_LINES: usize = 60;

/// A test's end: what happened, and what the guest had said until then.
///
/// `Debug` prints what `Display` does, because that is what `#[test] fn … -> Result<(), Failure>` shows.
pub struct Failure {
    cause: Box<Cause>,
    transcript: String,
}

/// What happened.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// Nothing came for so long.
    #[error("{guest}: silent for {silence:?} while waiting for {awaited:?}")]
    Silent {
        /// The guest's name.
        guest: String,
        /// What the test waited for.
        awaited: String,
        /// The patience that ran out.
        silence: Duration,
    },
    /// Output kept coming, but not the one awaited.
    #[error("{guest}: no {awaited:?} within {limit:?}")]
    Late {
        /// The guest's name.
        guest: String,
        /// What the test waited for.
        awaited: String,
        /// The patience that ran out.
        limit: Duration,
    },
    /// QEMU ended.
    #[error("{guest}: QEMU ended ({status}) while waiting for {awaited:?}\n{stderr}")]
    Ended {
        /// The guest's name.
        guest: String,
        /// What the test waited for.
        awaited: String,
        /// QEMU's exit status.
        status: String,
        /// What QEMU itself complained about.
        stderr: String,
    },
    /// QEMU should have ended.
    #[error("{guest}: QEMU still runs after {limit:?}")]
    StillRuns {
        /// The guest's name.
        guest: String,
        /// The patience that ran out.
        limit: Duration,
    },
    /// A command that should have succeeded returned another status.
    #[error("{guest}: `{command}` returned {status}:\n{output}")]
    Status {
        /// The guest's name.
        guest: String,
        /// The command line as typed.
        command: String,
        /// What `$?` was.
        status: u32,
        /// What it printed.
        output: String,
    },
    /// What the test says about the guest's behaviour.
    #[error("{guest}: {what}")]
    Wrong {
        /// The guest's name.
        guest: String,
        /// What was expected and what came.
        what: String,
    },
    /// A program that the harness needs did not do its work.
    #[error("{program}: {what}")]
    Tool {
        /// Which one.
        program: String,
        /// What it said.
        what: String,
    },
    /// A file that the harness needs.
    #[error("{}: {source}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Anything else between the harness and the system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Failure {
    /// A failure of a guest that has said `transcript`.
    pub(crate) fn of_guest(cause: Cause, transcript: &str) -> Self {
        Self { cause: Box::new(cause), transcript: transcript.to_owned() }
    }

    /// What happened.
    pub fn cause(&self) -> &Cause {
        &self.cause
    }
}

impl<T: Into<Cause>> From<T> for Failure {
    fn from(cause: T) -> Self {
        Self { cause: Box::new(cause.into()), transcript: String::new() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.cause)?;
        if self.transcript.is_empty() {
            return Ok(());
        }
        let lines: Vec<&str> = self.transcript.lines().collect();
        let hidden = lines.len().saturating_sub(SHOWN_LINES);
        writeln!(f, "---- transcript ({hidden} lines before these)")?;
        for line in &lines[hidden..] {
            writeln!(f, "| {}", line.trim_end_matches('\r'))?;
        }
        write!(f, "----")
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
