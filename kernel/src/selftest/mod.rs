//! What the kernel tests of itself, on the machine that it runs on: a file for each subject.
//!
//! A test is a row of [`ALL`]. It says what it saw, and leaves everything as it was.

mod frames;
mod mappings;
mod stacks;

use kernel_core::system::Selftest;

/// All tests, in the order in which they run.
pub static ALL: &[Selftest] = &[
    Selftest { name: "frames", run: frames::run },
    Selftest { name: "heap", run: frames::heap },
    Selftest { name: "mappings", run: mappings::run },
    Selftest { name: "stacks", run: stacks::run },
];

/// Ends a test that saw what it shouldn't have: `FAIL`, and why.
macro_rules! fail {
    ($($text:tt)*) => {
        return kernel_core::system::Outcome::Fail(kernel_core::system::why(format_args!($($text)*)))
    };
}

/// Ends a test that saw what it should: `PASS`, and what that was.
macro_rules! pass {
    ($($text:tt)*) => {
        kernel_core::system::Outcome::Pass(kernel_core::system::why(format_args!($($text)*)))
    };
}

use {fail, pass};
