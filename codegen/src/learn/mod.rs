//! What a boot log says about a board: the ledger's rows in it, and the lines for the board file that settle them.
//!
//! [`log`] finds the rows in whatever a serial line left of them, [`value`] reads what they tell back into values.
//! [`learn`] holds them to the board as it is now; the lines themselves come from `hardware::check`, as the kernel's do.

mod log;
mod value;

use std::ops::Range;
use std::sync::Arc;

use hardware::board::{Board, Fact};
use hardware::check::{self, Row, Unresolved, Verdict};

use self::log::Told;
use crate::findings::{Finding, Findings, Place, Source, code};

/// What a log taught.
#[derive(Debug)]
pub struct Lesson {
    /// The board that the log is about.
    pub board: &'static Board,
    /// The rows of its last boot that tell of this board's facts.
    pub rows: Vec<Row<'static>>,
    /// What was left out, and why.
    pub findings: Findings,
}

/// Why a value can't be worked out, as rows tell it.
const REASONS: [Unresolved; 10] = [
    Unresolved::OutsideRanges,
    Unresolved::BusLocal,
    Unresolved::Truncated,
    Unresolved::Cells,
    Unresolved::Dangling,
    Unresolved::Incomplete,
    Unresolved::Parent,
    Unresolved::Specifier,
    Unresolved::Clock,
    Unresolved::Unknown,
];

/// Reads the ledger of the last boot in `log` that has one.
pub fn learn(board: &'static Board, log: &Arc<Source>) -> Result<Lesson, Findings> {
    let boot = log::last_boot(&log.text).ok_or_else(|| none(log))?;
    let board = match &boot.board {
        Some((title, span)) => {
            titled(board, title).ok_or_else(|| another_board(board, title, Place::text(log, span.clone())))?
        }
        None => board,
    };
    if boot.rows.is_empty() && boot.torn.is_empty() && !boot.matches() {
        return Err(none(log));
    }
    let mut findings = Findings::default();
    let mut rows = Vec::new();
    for told in &boot.rows {
        match row(board, told) {
            Ok(row) => rows.extend(row),
            Err(finding) => findings.push(finding(board, told, Place::text(log, told.span.clone()))),
        }
    }
    boot.torn.iter().for_each(|span| findings.push(torn(Place::text(log, span.clone()))));
    match rows.is_empty() && !findings.is_empty() {
        true => Err(findings),
        false => Ok(Lesson { board, rows, findings }),
    }
}

impl Lesson {
    /// The lines that settle what the log tells of; nothing where all is settled.
    pub fn patch(&self) -> Option<String> {
        check::patch(self.board, &self.rows).map(|patch| patch.to_string())
    }
}

/// The table that the kernel calls by `title`: the board's, or one of its variants'.
fn titled(board: &'static Board, title: &str) -> Option<&'static Board> {
    let variants = board.variants.iter().map(|variant| variant.board);
    std::iter::once(board).chain(variants).find(|table| table.title().to_string() == title)
}

/// What is wrong with a row.
type Wrong = fn(&Board, &Told<'_>, Place) -> Finding;

/// The row as the check made it; `None` for what the board has no fact about and needn't.
fn row(board: &'static Board, told: &Told<'_>) -> Result<Option<Row<'static>>, Wrong> {
    if told.verdict == Verdict::Extra {
        return Ok(None);
    }
    let Some(fact) = board.facts.iter().find(|fact| fact.name == told.name) else { return Err(unknown) };
    let row = Row { fact: Some(fact), verdict: told.verdict, ..Row::EMPTY };
    let row = match told.verdict {
        Verdict::Match | Verdict::Drift => drift(row, fact, told).ok_or(garbled as Wrong)?,
        Verdict::Unresolvable => Row { reason: reason(told), ..row },
        Verdict::Missing | Verdict::Disabled | Verdict::Extra => row,
    };
    Ok(Some(row))
}

/// Whether it still drifts is for today's claim to say: the board file may have learned since.
fn drift(row: Row<'static>, fact: &Fact, told: &Told<'_>) -> Option<Row<'static>> {
    let claimed = told.claimed.as_deref().and_then(|claimed| value::read(fact, claimed));
    // A fixed value matches although the live one is another.
    if told.verdict == Verdict::Match && claimed == Some(fact.claimed) {
        return Some(Row { live: claimed, ..row });
    }
    let live = match &told.live {
        Some(live) => value::read(fact, live)?,
        None => claimed.filter(|_| told.verdict == Verdict::Match)?,
    };
    let verdict = if live == fact.claimed { Verdict::Match } else { Verdict::Drift };
    Some(Row { live: Some(live), verdict, ..row })
}

fn reason(told: &Told<'_>) -> Option<Unresolved> {
    let said = told.reason.as_deref()?;
    REASONS.into_iter().find(|reason| reason.to_string() == said)
}

fn none(log: &Arc<Source>) -> Findings {
    Finding::error(
        code::NO_LEDGER,
        format!("`{}` holds no row of a ledger", log.path),
        Place::file(log.path.as_str()),
        "",
    )
    .note("a row is what `board facts --drift` and a boot that stops print, or a line of `board facts --json`")
    .help("type `board facts --drift` at the prompt and log its output")
    .into()
}

fn another_board(board: &Board, name: &str, place: Place) -> Finding {
    let message = format!("the log is of board `{name}`, not of `{}`", board.name);
    Finding::error(code::FOREIGN_LEDGER, message, place, "").help(format!("learn {name} from it"))
}

fn unknown(board: &Board, told: &Told<'_>, place: Place) -> Finding {
    let message = format!("the board has no fact `{}`", told.name);
    Finding::warning(code::FOREIGN_LEDGER, message, place, "left out")
        .help(format!("boot an image that was built with {} as it is now", board.file))
}

fn garbled(_: &Board, told: &Told<'_>, place: Place) -> Finding {
    let message = format!("no value of `{}` looks like this", told.name);
    Finding::warning(code::TORN_ROW, message, place, "left out").help("log it again: the serial line lost a part")
}

fn torn(place: Place) -> Finding {
    Finding::warning(code::TORN_ROW, "a row breaks off", place, "left out")
        .help("log it again: the serial line lost a part")
}

/// Where in the log something stands.
type Span = Range<usize>;
