//! An error with what caused it.
//!
//! Not by `core::error::Error`: a reference to one brings the `Debug` of every error into the image, and what that prints with,
//! 22 KB for nothing that anybody sees.

use core::fmt;

/// An error that may have been caused by another.
pub trait Causes: fmt::Display {
    /// Hands what caused it to `tell`, then what caused that, and so on.
    fn causes(&self, tell: &mut Tell<'_>) -> fmt::Result;
}

/// Takes one cause after the other.
pub type Tell<'t> = dyn FnMut(&dyn fmt::Display) -> fmt::Result + 't;

/// Displays an error and its causes: `no stack for it, because no 32 KiB of RAM in one piece are free`.
#[derive(Clone, Copy)]
pub struct Chain<'e>(pub &'e dyn Causes);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        self.0.causes(&mut |cause| write!(f, ", because {cause}"))
    }
}

#[cfg(test)]
mod tests {
    use core::error::Error;
    use std::string::{String, ToString};
    use std::vec::Vec;

    use super::*;
    use crate::ram::{MemoryError, TooManyRanges};

    #[test]
    fn causes_are_those_of_the_error_trait() {
        for error in [MemoryError::TooMany(TooManyRanges { most: 3, start: 1, end: 2 }), MemoryError::Empty(7)] {
            let mut told: Vec<String> = Vec::new();
            let tell = &mut |cause: &dyn fmt::Display| {
                told.push(cause.to_string());
                Ok(())
            };
            error.causes(tell).unwrap();
            let sources = core::iter::successors((&error as &dyn Error).source(), |&cause| cause.source());
            assert_eq!(told, sources.map(ToString::to_string).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_chain_is_one_sentence() {
        let shown = [MemoryError::TooMany(TooManyRanges { most: 3, start: 1, end: 2 }), MemoryError::Empty(7)]
            .map(|error| Chain(&error).to_string());
        assert_eq!(
            shown,
            ["RAM left out, because 0x1 to 0x2 is the smallest of more than 3 separate ranges", "no bytes at 0x7"]
        );
    }
}
