//! An error with what caused it.

use core::error::Error;
use core::fmt;

/// Displays an error and its causes, outermost first: `no stack for it, because no 32 KiB of RAM in one piece are free`.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'e>(pub &'e dyn Error);

impl<'e> Chain<'e> {
    /// What caused it, and what caused that, and so on.
    pub fn causes(self) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
        core::iter::successors(self.0.source(), |&cause| cause.source())
    }
}

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        self.causes().try_for_each(|cause| write!(f, ", because {cause}"))
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the cup is empty")]
    struct Empty(#[source] Gone);

    #[derive(Debug, thiserror::Error)]
    #[error("the tea is gone")]
    struct Gone(#[source] Drunk);

    #[derive(Debug, thiserror::Error)]
    #[error("somebody drank it")]
    struct Drunk;

    #[test]
    fn every_cause_is_told_once() {
        let error = Empty(Gone(Drunk));
        assert_eq!(Chain(&error).to_string(), "the cup is empty, because the tea is gone, because somebody drank it");
        assert_eq!(Chain(&Drunk).to_string(), "somebody drank it");
    }
}
