//! Rows of a ledger in a log, as terminals and loggers leave them: with carriage returns, escape sequences, time stamps
//! before the text, lines that break off.

use std::borrow::Cow;
use std::collections::HashMap;

use hardware::board::Policy;
use hardware::check::Verdict;
use serde::Deserialize;

use super::Span;

/// What follows one start of the kernel.
#[derive(Debug, Default)]
pub(super) struct Boot<'t> {
    /// The board that the kernel says it runs on, and where.
    pub(super) board: Option<(&'t str, Span)>,
    /// Its rows, later ones for the same fact in place of earlier ones.
    pub(super) rows: Vec<Told<'t>>,
    /// Where in `rows` each fact is.
    known: HashMap<Cow<'t, str>, usize>,
    /// Lines that begin as rows do.
    pub(super) torn: Vec<Span>,
    /// `137 match, 0 drift, 0 fatal`: the summary that every boot prints.
    pub(super) summary: Option<&'t str>,
}

/// A row as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told<'t> {
    pub(super) name: Cow<'t, str>,
    pub(super) claimed: Option<Cow<'t, str>>,
    pub(super) live: Option<Cow<'t, str>>,
    pub(super) verdict: Verdict,
    pub(super) reason: Option<Cow<'t, str>>,
    pub(super) span: Span,
}

const VERDICTS: [Verdict; 6] =
    [Verdict::Missing, Verdict::Match, Verdict::Drift, Verdict::Disabled, Verdict::Unresolvable, Verdict::Extra];
const POLICIES: [Policy; 4] = [Policy::Fatal, Policy::Warn, Policy::LiveWins, Policy::StaticWins];

/// What stands before the claimed value.
const CLAIMED: &str = " claimed ";
/// How a line of `board facts --json` begins.
const OBJECT: &str = "{\"fact\":";
/// Between two parts of a row there are at least two blanks; inside of a value never more than one.
const GAP: &str = "  ";

/// The last boot that says anything about facts.
pub(super) fn last_boot(text: &str) -> Option<Boot<'_>> {
    let mut boots = vec![Boot::default()];
    let mut at = 0;
    for line in text.split(['\n', '\r']) {
        let span = at..at + line.len();
        at = span.end + 1;
        match Line::read(line, &span) {
            Line::Start(board) => boots.push(Boot { board, ..Boot::default() }),
            Line::Board(board) => boots.last_mut()?.board = Some(board),
            Line::Row(told) => boots.last_mut()?.take(told),
            Line::Torn => boots.last_mut()?.torn.push(span),
            Line::Summary(summary) => boots.last_mut()?.summary = Some(summary),
            Line::Other => {}
        }
    }
    boots.into_iter().rev().find(|boot| !boot.rows.is_empty() || !boot.torn.is_empty() || boot.summary.is_some())
}

impl<'t> Boot<'t> {
    /// Whether the boot found nothing but matches, and so has no rows to tell of.
    pub(super) fn matches(&self) -> bool {
        let mut counts = self.summary.unwrap_or_default().split(", ").filter_map(|count| count.split_once(' '));
        let said = self.summary.is_some_and(|summary| summary.ends_with(" 0 fatal"));
        said && counts.all(|(count, of)| matches!(of, "match" | "extra") || count == "0")
    }

    fn take(&mut self, told: Told<'t>) {
        if told.verdict != Verdict::Extra
            && let Some(&earlier) = self.known.get(&told.name)
        {
            self.rows[earlier] = told;
            return;
        }
        self.known.entry(told.name.clone()).or_insert(self.rows.len());
        self.rows.push(told);
    }
}

/// What a line is.
enum Line<'t> {
    /// The first screen, or the first line of a stop: everything before it is of another boot.
    Start(Option<(&'t str, Span)>),
    /// Whose tables stopped the boot.
    Board((&'t str, Span)),
    Row(Told<'t>),
    Torn,
    Summary(&'t str),
    Other,
}

impl<'t> Line<'t> {
    fn read(line: &'t str, span: &Span) -> Self {
        if let Some(at) = line.find(OBJECT) {
            return object(&line[at..], span).map_or(Line::Torn, Line::Row);
        }
        if line.contains(CLAIMED) {
            return columns(line, span);
        }
        if line.contains("STOP: ") {
            return Line::Start(None);
        }
        if let Some((_, summary)) = line.split_once("facts: ").filter(|(_, summary)| summary.contains(" match")) {
            return Self::Summary(summary.trim_end());
        }
        let Some((_, kernel)) = line.split_once("Keel ") else { return Line::Other };
        let mut parts = kernel.trim_end().split(" · ");
        match (parts.next(), parts.next(), kernel.trim_end().split_once(" for ")) {
            (_, Some(board), _) => Line::Start(Some((board, span.clone()))),
            (_, _, Some((_, board))) => {
                Line::Board((board.split(',').next().unwrap_or(board).trim_end(), span.clone()))
            }
            _ => Line::Other,
        }
    }
}

/// `serial0.interrupt[0]  drift  claimed SPI 1  live SPI 120  warn  (…)`, or without the verdict as a stop has it.
fn columns<'t>(line: &'t str, span: &Span) -> Line<'t> {
    let Some((before, after)) = line.split_once(CLAIMED) else { return Line::Other };
    let mut words = before.split_whitespace().rev();
    let Some(last) = words.next() else { return Line::Other };
    let said = VERDICTS.into_iter().find(|verdict| verdict.as_str() == last);
    let name = match said {
        Some(_) => words.next().map(unescaped),
        None => Some(unescaped(last)),
    };
    let Some(name) = name.filter(|name| name.contains('.')) else { return Line::Other };
    let mut parts = after.split(GAP).map(str::trim).filter(|part| !part.is_empty());
    let claimed = parts.next();
    let told = |verdict, live, reason| {
        let claimed = claimed.map(Cow::Borrowed);
        Line::Row(Told { name: name.into(), claimed, live, verdict, reason, span: span.clone() })
    };
    if said == Some(Verdict::Match) {
        return told(Verdict::Match, None, None);
    }
    let live = parts.next().and_then(|part| part.strip_prefix("live "));
    let policy = parts.next().filter(|word| POLICIES.iter().any(|policy| policy.as_str() == *word));
    // Without the policy behind it, nobody knows whether the live value is whole.
    let (Some(live), Some(_)) = (live, policy) else { return Line::Torn };
    let first = live.split(':').next().unwrap_or(live);
    let verdict = VERDICTS.into_iter().find(|verdict| verdict.as_str() == first);
    match said.or(verdict).unwrap_or(Verdict::Drift) {
        Verdict::Drift => told(Verdict::Drift, Some(elsewhere(live).into()), None),
        verdict => told(verdict, None, live.split_once(": ").map(|(_, reason)| elsewhere(reason).into())),
    }
}

/// A stop says behind the value where it was found, if not where the table has it: ` at pl031@9018000`.
fn elsewhere(live: &str) -> &str {
    live.split_once(" at ").map_or(live, |(live, _)| live)
}

/// What stands behind the last escape sequence or control character.
fn unescaped(word: &str) -> &str {
    let word = word.rsplit(|letter: char| letter.is_control()).next().unwrap_or(word);
    // `[0m` is what is left of the sequence; no fact begins with a bracket.
    match word.strip_prefix('[').and_then(|rest| rest.split_once('m')) {
        Some((numbers, rest)) if numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b';') => rest,
        _ => word,
    }
}

/// A line of `board facts --json`.
#[derive(Deserialize)]
struct Object {
    fact: String,
    claimed: Option<String>,
    live: Option<String>,
    verdict: String,
    why: Option<String>,
}

fn object<'t>(text: &str, span: &Span) -> Option<Told<'t>> {
    let Object { fact, claimed, live, verdict, why } = serde_json::from_str(text.trim_end()).ok()?;
    let verdict = VERDICTS.into_iter().find(|known| known.as_str() == verdict)?;
    let reason = why.filter(|_| verdict == Verdict::Unresolvable).map(Cow::Owned);
    let (claimed, live) = (claimed.map(Cow::Owned), live.map(Cow::Owned));
    Some(Told { name: fact.into(), claimed, live, verdict, reason, span: span.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<String> {
        let boot = last_boot(text).unwrap_or_default();
        let shown = |told: &Told<'_>| {
            format!("{} {} {:?} {:?}", told.name, told.verdict, told.live.as_deref(), told.reason.as_deref())
        };
        boot.rows.iter().map(shown).collect()
    }

    #[test]
    fn every_form_of_a_row_is_read() {
        assert_eq!(
            rows("gic.window[0]            claimed 0x1+0x2   live 0x3+0x4   fatal   (b.dtb /gic reg)"),
            ["gic.window[0] drift Some(\"0x3+0x4\") None"]
        );
        assert_eq!(
            rows("a.clock[0]  drift  claimed 1 Hz  live 24_000 Hz  warn  (b.dtb /a clocks)"),
            ["a.clock[0] drift Some(\"24_000 Hz\") None"]
        );
        assert_eq!(
            rows("rtc.window[0]   claimed 0x1+0x2   live 0x3+0x2 at rtc@3   warn   ()"),
            ["rtc.window[0] drift Some(\"0x3+0x2\") None"]
        );
        assert_eq!(
            rows("a.window[0]  unresolvable  claimed 0x1+0x2  live unresolvable: outside every range  warn  ()"),
            ["a.window[0] unresolvable None Some(\"outside every range\")"]
        );
        assert_eq!(rows("a.window[0]   claimed 0x1+0x2   live missing   warn   ()"), ["a.window[0] missing None None"]);
        let json = r#"{"fact":"a.interrupt[0]","claimed":"SPI 1","live":"SPI 2","verdict":"drift","policy":"warn","why":null,"origin":"x"}"#;
        assert_eq!(rows(json), ["a.interrupt[0] drift Some(\"SPI 2\") None"]);
    }

    #[test]
    fn what_terminals_add_is_left_out() {
        let row = "a.window[0]  drift  claimed 0x1+0x2  live 0x3+0x2  warn  ()";
        for logged in [
            format!("[2026-11-22 10:00:00.123] {row}\r"),
            format!("10:00:00 \u{1b}[0m{row}"),
            format!("keel> board facts --drift\r\r\n{row}\r\n\u{1b}[Kkeel> "),
        ] {
            assert_eq!(rows(&logged), ["a.window[0] drift Some(\"0x3+0x2\") None"], "{logged:?}");
        }
    }

    #[test]
    fn rows_that_break_off_are_torn() {
        for torn in [
            "a.window[0]  drift  claimed 0x1+0x2  live 0x3+0",
            "a.window[0]  drift  claimed 0x1",
            "a.window[0]  drift  claimed 0x1+0x2  live 0x3+0x2  wa",
            r#"{"fact":"a.window[0]","claimed":"0x1+0x2","li"#,
        ] {
            let boot = last_boot(torn).unwrap();
            assert_eq!((boot.rows.len(), boot.torn.as_slice()), (0, std::slice::from_ref(&(0..torn.len()))), "{torn}");
        }
        assert!(last_boot("facts: UNCHECKED, 18 claimed, no usable device tree\nnothing").is_none());
    }

    #[test]
    fn a_boot_without_differences_has_no_rows_to_tell_of() {
        assert!(last_boot("facts: 137 match, 0 drift, 2 extra, 0 fatal\r\n").unwrap().matches());
        assert!(!last_boot("facts: 135 match, 2 drift (live wins), 0 fatal").unwrap().matches());
        assert!(!last_boot("facts: 135 match, 0 drift, 2 missing, 0 fatal").unwrap().matches());
        assert!(!last_boot("facts: 135 match, 0 dri").unwrap().matches());
    }

    #[test]
    fn the_last_row_of_a_fact_counts() {
        let row = |live: &str| format!("a.window[0]  drift  claimed 0x1+0x2  live {live}+0x2  warn  ()\n");
        assert_eq!(rows(&(row("0x3") + &row("0x5"))), ["a.window[0] drift Some(\"0x5+0x2\") None"]);
    }

    #[test]
    fn the_last_boot_counts() {
        let log = "Keel 0.1.0 · one · 4 × x\na.window[0]  drift  claimed 0x1+0x2  live 0x3+0x2  warn  ()\n\
                   STOP: 1 fatal fact\nb.window[0]   claimed 0x1+0x2   live 0x4+0x2   fatal   ()\n\
                   Keel 0.1.0 for two, console UNCHECKED: straight from boards/two.toml\n\
                   Keel 0.1.0 · three · 4 × x\n";
        assert_eq!(rows(log), ["b.window[0] drift Some(\"0x4+0x2\") None"]);
        assert_eq!(last_boot(log).unwrap().board.map(|(name, _)| name), Some("two"));
    }
}
