//! The ledger as JSON, an object a line.

use core::fmt::{self, Display, Write};

use hardware::board::{Board, Fact, Origin};
use hardware::check::Row;

use crate::text::Json;

/// The keys of a line are stable: fact, claimed, live, verdict, policy, why, origin.
pub(crate) fn facts_json(board: &'static Board, row: &Row<'_>, out: &mut dyn Write) -> fmt::Result {
    let mut json = Json::new(out);
    json.open('{')?;
    json.key("fact")?.text(&row.name())?;
    json.key("claimed")?.text_or_null(row.claimed().map(|_| row.claimed_text()))?;
    json.key("live")?.text_or_null(row.live.map(|_| row.live_text()))?;
    json.key("verdict")?.text(&row.verdict)?;
    json.key("policy")?.text_or_null(row.policy())?;
    json.key("why")?.text_or_null(why(row))?;
    json.key("origin")?.text_or_null(row.fact.map(|fact| OriginOf { board, fact }))?;
    json.close('}')?;
    out.write_char('\n')
}

/// The board file's reason for the policy; for a value that can't be worked out, why.
fn why<'r>(row: &'r Row<'_>) -> Option<&'r dyn Display> {
    let reason = row.reason.as_ref().map(|reason| reason as &dyn Display);
    let why = row.fact.and_then(|fact| fact.why.as_ref()).map(|why| &why.text as &dyn Display);
    reason.or(why)
}

/// Where a fact's claimed value came from: `boards/rpi5.toml:17`, or `boards/rpi5.dtb /soc/serial@7d001000 reg`.
pub(crate) struct OriginOf {
    pub(crate) board: &'static Board,
    pub(crate) fact: &'static Fact,
}

impl Display for OriginOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fact.origin {
            Origin::Board { line } => write!(f, "{}:{line}", self.board.file),
            Origin::Tree { property } => {
                write!(f, "{} {} {property}", self.board.tree, self.board.place(self.fact).unwrap_or("?"))
            }
        }
    }
}
