//! Which of the image's tables fits the machine, and which of the board's variants it is.

use core::fmt;

use crate::board::{Board, Evidence};

use super::{Live, LiveNode, fit};

/// How many of the machine's `compatible` strings a [`Refused`] keeps to print.
const SHOWN: usize = 6;

/// No table of the image fits the machine; displays both lists.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'l> {
    boards: &'static [&'static Board],
    live: [Option<&'l str>; SHOWN],
    more: usize,
}

/// The board that has one of the machine's root `compatible` strings, in the variant whose evidence the machine shows.
/// The machine's order, most specific first, decides between boards; where several have the same string, the devices that
/// are there do. A machine without a name is a board that asks for none: one whose list of strings is empty.
pub fn select<'l>(boards: &'static [&'static Board], live: impl Live<'l>) -> Result<&'static Board, Refused<'l>> {
    let mut refused = Refused { boards, live: [None; SHOWN], more: 0 };
    for compatible in live.root().iter().flat_map(|root| root.compatible()) {
        let named = boards.iter().copied().filter(|board| board.compatible.contains(&compatible));
        if let Some(board) = fit::best(named, live) {
            return Ok(variant(board, live));
        }
        refused.remember(compatible);
    }
    // Nothing, or what nobody could type, is damage and not a name.
    let nameless = refused.live().all(|string| string.is_empty() || string.contains(char::is_control));
    let unnamed = boards.iter().copied().filter(|board| nameless && board.compatible.is_empty());
    fit::best(unnamed, live).map(|board| variant(board, live)).ok_or(refused)
}

/// The table of the variant that the machine is; the board's own where it is none of them.
fn variant<'l>(board: &'static Board, live: impl Live<'l>) -> &'static Board {
    let shown = board.variants.iter().find(|variant| variant.evidence.iter().all(|evidence| holds(evidence, live)));
    shown.map_or(board, |variant| variant.board)
}

/// Whether `live` has what `evidence` says. Codegen asks this of every tree that it knows, so that build and boot agree.
pub fn holds<'l>(evidence: &Evidence<'_>, live: impl Live<'l>) -> bool {
    match *evidence {
        Evidence::Compatible(string) => live.root().is_some_and(|root| root.compatible().next() == Some(string)),
        Evidence::Interrupt { node, nth, kind, number } => {
            let line = live.find(node, None).map(|node| node.interrupt(nth));
            matches!(line, Some(Ok(Some(line))) if (line.kind, line.number) == (kind, number))
        }
        Evidence::Property { node, property, value } => {
            live.find(node, None).is_some_and(|node| node.property(property) == Some(value))
        }
    }
}

impl<'l> Refused<'l> {
    fn remember(&mut self, compatible: &'l str) {
        match self.live.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => *slot = Some(compatible),
            None => self.more = self.more.saturating_add(1),
        }
    }

    /// The machine's root `compatible` strings, most specific first; not more than six.
    pub fn live(&self) -> impl Iterator<Item = &'l str> {
        self.live.into_iter().flatten()
    }
}

impl fmt::Display for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no board table fits this machine\n  the machine's compatible:")?;
        if self.live().next().is_none() {
            f.write_str(" (none)")?;
        }
        self.live().try_for_each(|string| write!(f, " \"{string}\""))?;
        if self.more > 0 {
            write!(f, " and {} more", self.more)?;
        }
        f.write_str("\n  boards in this image:")?;
        for board in self.boards {
            write!(f, "\n    {}:", board.name)?;
            board.compatible.iter().try_for_each(|string| write!(f, " \"{string}\""))?;
        }
        Ok(())
    }
}

impl core::error::Error for Refused<'_> {}
