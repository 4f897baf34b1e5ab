//! One tree, all the way.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use codegen::draft::{Draft, Drafter};
use codegen::findings::{Findings, Severity};
use codegen::parse::tree::Blob;

/// What came of a tree.
pub(crate) struct Row {
    /// Its file, below the folder.
    pub(crate) name: String,
    /// What went wrong, all that was said; `None` where all went well.
    pub(crate) wrong: Option<String>,
    pub(crate) bytes: usize,
    pub(crate) devices: usize,
    pub(crate) facts: usize,
    pub(crate) warnings: usize,
    /// Rows of the ledger that match, and all of them.
    pub(crate) matched: (usize, usize),
    /// The generated Rust.
    pub(crate) tables: Option<String>,
    /// From the bytes to the text of the board file and all that a check finds.
    pub(crate) draft: Duration,
    /// The report as Markdown, HTML and JSON.
    pub(crate) report: Duration,
    /// The Rust tables.
    pub(crate) emit: Duration,
    /// What `dtc` takes to print the tree as DTS, with its start; `None` where there is no dtc.
    pub(crate) dtc: Option<Duration>,
}

impl Row {
    /// Whether it came all the way, and every fact matches.
    pub(crate) fn is_fine(&self) -> bool {
        self.wrong.is_none()
    }

    /// Draft, check and code generation.
    pub(crate) fn time(&self) -> Duration {
        self.draft + self.emit
    }
}

/// Takes the tree in `file` all the way, as the board `board`.
pub(crate) fn measure(drafter: &Drafter, board: &str, name: String, file: &Path) -> Row {
    let none = Duration::ZERO;
    let mut row = Row {
        name,
        wrong: None,
        bytes: 0,
        devices: 0,
        facts: 0,
        warnings: 0,
        matched: (0, 0),
        tables: None,
        draft: none,
        report: none,
        emit: none,
        dtc: dtc(file),
    };
    let mut findings = Findings::default();
    let Some(blob) = Blob::read_file(file, &mut findings) else {
        row.wrong = Some(findings.render());
        return row;
    };
    row.bytes = blob.bytes.len();
    let (draft, time) = timed(|| drafter.draft(board, blob.bytes));
    row.draft = time;
    match draft {
        Ok(draft) => row.wrong = follow(drafter, &draft, &mut row).err(),
        Err(findings) => row.wrong = Some(findings.render()),
    }
    row
}

/// What comes after the draft.
fn follow(drafter: &Drafter, draft: &Draft, row: &mut Row) -> Result<(), String> {
    (row.devices, row.facts) = (draft.board.devices.len(), draft.board.facts.len());
    row.warnings = draft.findings.count(Severity::Warning);
    if draft.findings.has_errors() {
        return Err(draft.findings.render());
    }
    let (report, time) =
        timed(|| drafter.report(draft).map(|report| [report.markdown(), report.html(), report.json()]));
    row.report = time;
    if report.is_none_or(|report| report.iter().any(String::is_empty)) {
        return Err("no report".to_owned());
    }
    let (tables, time) = timed(|| drafter.tables(draft));
    (row.tables, row.emit) = (Some(tables), time);
    let ledger = drafter.verify(draft).map_err(|findings| findings.render())?;
    row.matched = (ledger.counts().matched, ledger.rows().len());
    match ledger.differences().next() {
        None => Ok(()),
        Some(first) => Err(format!("verify isn't all match: {}", first.line(ledger.board()))),
    }
}

/// What `dtc -I dtb -O dts` takes.
fn dtc(file: &Path) -> Option<Duration> {
    let mut command = Command::new("dtc");
    command.args(["-q", "-I", "dtb", "-O", "dts", "-o"]).arg(if cfg!(windows) { "NUL" } else { "/dev/null" }).arg(file);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (status, time) = timed(|| command.status());
    status.is_ok_and(|status| status.success()).then_some(time)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}
