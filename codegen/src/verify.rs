//! The kernel's check on the host: a board's table against a tree that firmware handed over.
//!
//! [`verify`] runs `hardware::check` on the kernel's own data, so the [`Ledger`] has the rows, verdicts and texts that
//! the kernel would have on that machine. [`text`] shows it to people, [`json`] as `board facts --json` prints it.

use std::fmt::{Display, Write as _};
use std::path::Path;

use hardware::board::Board;
use hardware::check::{self, Ledger, Refused, Row};
use hardware::tree::{Record, Tree};
use serde::Serialize;

use crate::emit::memory;
use crate::findings::{Finding, Findings, Place, code};
use crate::parse::tree::Blob;
use crate::visible::visible_lines;

/// Holds the board `name` of the project at `root` against the tree in the file `live`.
///
/// As in the kernel, table, tree and ledger stay until the program ends.
pub fn verify(root: &Path, name: &str, live: &Path) -> Result<Ledger<'static>, Findings> {
    let board = table(root, name)?;
    let mut findings = Findings::default();
    let read = Blob::read_file(live, &mut findings);
    let (blob, _) = findings.or(read)?;
    ledger(board, blob)
}

/// The table of the board `name` of the project at `root`.
pub fn table(root: &Path, name: &str) -> Result<&'static Board, Findings> {
    let generated = crate::board(root, name)?;
    Ok(memory::board(&generated.board, generated.bindings.as_slice()))
}

/// Holds a table against a tree, as the kernel does.
pub fn ledger(board: &'static Board, live: Blob) -> Result<Ledger<'static>, Findings> {
    let (live, records): (&'static Blob, &'static mut Vec<Record>) = (leak(live), leak(Vec::new()));
    let mut findings = Findings::default();
    let opened = live.open(records, &mut findings);
    let (tree, _) = findings.or(opened)?;
    let tree: &'static Tree<'static> = leak(tree);
    let boards: &'static [&'static Board] = vec![board].leak();
    let board = check::select(boards, tree).map_err(|refused| foreign(board, live, &refused))?;
    let rows = vec![Row::EMPTY; check::rows_for(boards)].leak();
    check::check(board, tree, rows).map_err(|error| {
        // There is a row for each fact, so this tells of a mistake in the check itself.
        Finding::error(code::FOREIGN_MACHINE, error.to_string(), Place::file(live.path.clone()), "").into()
    })
}

fn leak<T>(value: T) -> &'static mut T {
    Box::leak(Box::new(value))
}

/// The live tree is another machine's.
fn foreign(board: &Board, live: &Blob, refused: &Refused<'_>) -> Findings {
    let list = |strings: &mut dyn Iterator<Item = &str>| match strings.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "nothing".to_owned(),
        list => list,
    };
    let message = format!("`{}` isn't the tree of a `{}`", live.path, board.name);
    Finding::error(code::FOREIGN_MACHINE, message, Place::file(live.path.clone()), "")
        .note(format!("the machine is {}", list(&mut refused.live())))
        .note(format!("{} is for {}", board.file, list(&mut board.compatible.iter().copied())))
        .help("verify the board that the machine is; `compatible` in the board file lists all names that are the same board")
        .into()
}

/// How many rows wait for a decision: differences for which the board file has no reason, and those that stop the boot.
pub fn unsettled(ledger: &Ledger<'_>) -> usize {
    ledger.rows().iter().filter(|row| !row.is_settled()).count()
}

/// What the kernel would print: which board in which variant, the differences, the summary, and the lines that settle what is left to decide.
pub fn text(ledger: &Ledger<'static>) -> String {
    let mut text = format!("board {}\n", ledger.board().title());
    // Writing into a String can't fail.
    for row in ledger.differences() {
        let _ = writeln!(text, "{}", row.line(ledger.board()));
    }
    let _ = writeln!(text, "{}", ledger.summary());
    if ledger.counts().fatal > 0 {
        let _ = writeln!(text, "On this machine the boot stops.");
    }
    if let Some(patch) = ledger.patch() {
        let _ = write!(text, "{patch}");
    }
    visible_lines(&text)
}

/// A row for programs; the keys and their order are the kernel's.
#[derive(Serialize)]
struct Line<'t> {
    fact: &'t str,
    claimed: Option<String>,
    live: Option<String>,
    verdict: &'static str,
    policy: Option<&'static str>,
    why: Option<String>,
    origin: Option<String>,
    /// What a moved device's node is called.
    found_as: Option<String>,
}

/// All rows, a JSON object a line.
pub fn json(ledger: &Ledger<'static>) -> String {
    let shown = |text: &dyn Display| text.to_string();
    let rows = ledger.rows().iter().map(|row| {
        let reason = row.reason.map(|reason| shown(&reason));
        let why = row.fact.and_then(|fact| fact.why).map(|why| why.text.to_owned());
        let line = Line {
            fact: row.name(),
            claimed: row.claimed().map(|_| shown(&row.claimed_text())),
            live: row.live.map(|_| shown(&row.live_text())),
            verdict: row.verdict.as_str(),
            policy: row.policy().map(|policy| policy.as_str()),
            why: row.fix().map(|fix| fix.source.to_owned()).or(reason).or(why),
            origin: row.fact.map(|fact| shown(&ledger.board().origin(fact))),
            found_as: row.fact.and(row.found_as).map(str::to_owned),
        };
        // Texts always have a JSON form.
        serde_json::to_string(&line).unwrap_or_default() + "\n"
    });
    rows.collect()
}
