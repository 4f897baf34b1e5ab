//! Variants: the kinds in which one board comes, told apart by what the live tree says.

use core::fmt;

use super::{Board, InterruptType};

/// A stepping, a revision, a firmware generation: a whole table of its own, which is used when all of its evidence holds.
///
/// Codegen has proven that the evidence of two variants never holds at once.
#[derive(Debug)]
pub struct Variant {
    /// `d0`
    pub name: &'static str,
    /// What the live tree has if the machine is of this kind.
    pub evidence: &'static [Evidence<'static>],
    /// What is then claimed of it.
    pub board: &'static Board,
}

/// Something to be found in a live tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence<'e> {
    /// The machine's most specific `compatible`.
    Compatible(&'e str),
    /// An interrupt line, however it signals.
    Interrupt {
        /// The device's path.
        node: &'e str,
        /// Which of its interrupts.
        nth: u8,
        /// The number space.
        kind: InterruptType,
        /// The binding's number.
        number: u16,
    },
    /// A property, byte for byte.
    Property {
        /// The node's path.
        node: &'e str,
        /// The property's name.
        property: &'e str,
        /// Its bytes.
        value: &'e [u8],
    },
}

impl Board {
    /// The board's name with its variant's: `rpi5 (d0)`.
    pub fn title(&self) -> impl fmt::Display {
        Title(self.name, self.variant)
    }
}

struct Title(&'static str, Option<&'static str>);

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        match self.1 {
            Some(variant) => write!(f, " ({variant})"),
            None => Ok(()),
        }
    }
}
