//! The ledger as JSON, an object a line.

use core::fmt::{self, Display, Write};

use hardware::board::Board;
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
    json.key("origin")?.text_or_null(row.fact.map(|fact| board.origin(fact)))?;
    json.close('}')?;
    out.write_char('\n')
}

/// The board file's reason for the policy; for a value that can't be worked out, why.
fn why<'r>(row: &'r Row<'_>) -> Option<&'r dyn Display> {
    let reason = row.reason.as_ref().map(|reason| reason as &dyn Display);
    let why = row.fact.and_then(|fact| fact.why.as_ref()).map(|why| &why.text as &dyn Display);
    reason.or(why)
}
