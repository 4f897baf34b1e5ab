//! Which of the image's tables fits the machine.

use core::fmt;

use crate::board::Board;

use super::{Live, LiveNode};

/// How many of the machine's `compatible` strings a [`Refused`] keeps to print.
const SHOWN: usize = 6;

/// No table of the image fits the machine; displays both lists.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'l> {
    boards: &'static [&'static Board],
    live: [Option<&'l str>; SHOWN],
    more: usize,
}

/// The first board that has one of the machine's root `compatible` strings; the machine's order, most specific first,
/// decides between boards.
pub fn select<'l>(boards: &'static [&'static Board], live: impl Live<'l>) -> Result<&'static Board, Refused<'l>> {
    let mut refused = Refused { boards, live: [None; SHOWN], more: 0 };
    for compatible in live.root().iter().flat_map(|root| root.compatible()) {
        if let Some(board) = boards.iter().find(|board| board.compatible.contains(&compatible)) {
            return Ok(board);
        }
        refused.remember(compatible);
    }
    Err(refused)
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
