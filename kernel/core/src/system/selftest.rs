//! What the kernel can test of itself, on the machine that it runs on.

use core::fmt::{self, Write as _};

/// A test that the running kernel makes of itself. It leaves everything as it was.
#[derive(Debug)]
pub struct Selftest {
    /// What `selftest NAME` calls it.
    pub name: &'static str,
    /// Makes it.
    pub run: fn() -> Outcome,
}

/// How a test ended, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As it should; says what was seen.
    Pass(Why),
    /// Not as it should.
    Fail(Why),
    /// This machine hasn't got what it takes.
    Skip(Why),
}

/// A reason, cut where it is longer.
pub type Why = heapless::String<192>;

/// A reason from a text.
pub fn why(text: fmt::Arguments<'_>) -> Why {
    let mut why = Why::new();
    // What has no room is cut.
    let _ = why.write_fmt(text);
    why
}

impl Outcome {
    /// `PASS`, and the reason.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Pass(why) => ("PASS", why),
            Self::Fail(why) => ("FAIL", why),
            Self::Skip(why) => ("SKIP", why),
        }
    }
}
