//! The ledger: a table for people, JSON for tools, an object a line.

use core::fmt::{self, Display, Write};

use hardware::board::Board;
use hardware::check::{Ledger, Row, Verdict};

use crate::text::{Align, Json, Rows, table};

/// A row a line, of those that are `shown`: name, verdict, claimed, live, policy, why.
pub fn facts(ledger: &Ledger<'_>, shown: impl Fn(&Row<'_>) -> bool, out: &mut dyn Write) -> fmt::Result {
    let rows = || ledger.rows().iter().filter(|row| shown(row));
    table(out, &[Align::Left; 5], &mut |row| rows().try_for_each(|fact| print_fact(ledger, fact, row)))
}

fn print_fact(ledger: &Ledger<'_>, fact: &Row<'_>, row: &mut Rows<'_>) -> fmt::Result {
    let (claimed, live) = (fact.claimed_text(), fact.live_text());
    let claimed = format_args!("claimed {claimed}");
    match (fact.fact, fact.verdict) {
        (None, verdict) => row(&[&fact.name(), &verdict, &"", &format_args!("live {live}"), &"listed only"]),
        (Some(_), Verdict::Match) if fact.fix().is_none() => row(&[&fact.name(), &"match", &claimed]),
        (Some(of), verdict) => {
            let live = format_args!("live {live}");
            let effect = if fact.fix().is_some() { "fixed" } else { of.policy.as_str() };
            row(&[&fact.name(), &verdict, &claimed, &live, &effect, &fact.because(ledger.board())])
        }
    }
}

/// The keys of a line are stable: fact, claimed, live, verdict, policy, why, origin, found_as. The last is the name of a
/// device that has moved, where the live tree calls its node otherwise than the table does.
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
    json.key("found_as")?.text_or_null(row.fact.and(row.found_as))?;
    json.close('}')?;
    out.write_char('\n')
}

/// The board file's reason for the policy; for a value that can't be worked out, why; for a fixed one, who says so.
fn why<'r>(row: &'r Row<'_>) -> Option<&'r dyn Display> {
    if let Some(fix) = row.fix() {
        return Some(&fix.source);
    }
    let reason = row.reason.as_ref().map(|reason| reason as &dyn Display);
    let why = row.fact.and_then(|fact| fact.why).map(|why| &why.text as &dyn Display);
    reason.or(why)
}
