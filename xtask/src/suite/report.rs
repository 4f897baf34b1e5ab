//! Rows of PASS, FAIL and SKIP, the logs behind them, and the closing line.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::workspace;

/// A step that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(25 * 60);
/// How many lines of a failed step's log are shown.
const SHOWN_LINES: usize = 120;

/// What a step came to.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Tests that passed.
    pub(super) passed: usize,
    /// Tests that failed.
    pub(super) failed: usize,
    /// Why tests did not run, one reason each.
    pub(super) skipped: Vec<String>,
    /// What to say behind the step's name.
    pub(super) detail: String,
    /// Lines worth showing under the row.
    pub(super) figures: Vec<String>,
}

/// All rows until now.
pub(super) struct Report {
    filter: Option<String>,
    folder: PathBuf,
    totals: [usize; 3],
    broken: Vec<(String, PathBuf)>,
}

/// The file that takes a step's output.
pub(super) struct Log {
    path: PathBuf,
}

/// A step that runs beside others; [`Report::end`] waits for it.
pub(super) struct Beside {
    name: String,
    log: PathBuf,
    thread: JoinHandle<(Outcome, Duration)>,
}

impl Outcome {
    /// A step that is one test.
    pub(super) fn passed(detail: String) -> Self {
        Self { passed: 1, detail, ..Self::default() }
    }

    fn word(&self) -> &'static str {
        match (self.failed, self.passed, self.skipped.len()) {
            (0, 0, 1..) => "SKIP",
            (0, ..) => "PASS",
            _ => "FAIL",
        }
    }
}

impl Report {
    /// An empty one, for the steps whose name contains `filter`.
    pub(super) fn new(filter: Option<&str>) -> Result<Self, Failure> {
        let folder = workspace::target().join("test-logs");
        fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
        Ok(Self { filter: filter.map(str::to_owned), folder, totals: [0; 3], broken: Vec::new() })
    }

    /// Whether the filter lets a step through.
    pub(super) fn wants(&self, name: &str) -> bool {
        self.filter.as_ref().is_none_or(|filter| name.contains(filter.as_str()))
    }

    /// A step that passes when its command does.
    pub(super) fn command(&mut self, name: &str, command: impl FnOnce() -> Command) {
        self.step(name, |log| log.run(&mut command()).map(|()| Outcome::passed(String::new())));
    }

    /// A step that says itself what it came to; an error is a failure.
    pub(super) fn step(&mut self, name: &str, step: impl FnOnce(&mut Log) -> Result<Outcome, String>) {
        if !self.wants(name) {
            return;
        }
        let mut log = self.log(name);
        let (outcome, took) = log.timed(step);
        self.row(name, took, outcome, log.path);
    }

    /// The same, beside whatever comes next; `None` where the filter keeps it out.
    pub(super) fn begin(
        &self,
        name: &str,
        step: impl FnOnce(&mut Log) -> Result<Outcome, String> + Send + 'static,
    ) -> Option<Beside> {
        if !self.wants(name) {
            return None;
        }
        let mut log = self.log(name);
        Some(Beside {
            name: name.to_owned(),
            log: log.path.clone(),
            thread: std::thread::spawn(move || log.timed(step)),
        })
    }

    /// Waits for what was begun.
    pub(super) fn end(&mut self, beside: Beside) {
        let Beside { name, log, thread } = beside;
        let (outcome, took) = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        self.row(&name, took, outcome, log);
    }

    /// Prints the logs of what failed and the closing line.
    pub(super) fn close(self) -> ExitCode {
        for (name, log) in &self.broken {
            println!("\n---- {name} ({})\n{}", log.display(), tail(log));
        }
        let [passed, failed, skipped] = self.totals;
        println!("{passed} passed, {failed} failed, {skipped} skipped");
        if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn log(&self, name: &str) -> Log {
        Log { path: self.folder.join(format!("{}.log", name.replace(|letter: char| !letter.is_alphanumeric(), "-"))) }
    }

    fn row(&mut self, name: &str, took: Duration, outcome: Outcome, log: PathBuf) {
        let outcome = strict(outcome, std::env::var("CI").is_ok_and(|ci| ci == "true"));
        if outcome.passed + outcome.failed + outcome.skipped.len() == 0 {
            // A program without tests: nothing to pass.
            return;
        }
        let mut row = format!("{}  {:7.1} s  {name:36}  {}", outcome.word(), took.as_secs_f64(), outcome.detail);
        for line in outcome.skipped.iter().map(|why| format!("skipped: {why}")).chain(outcome.figures) {
            // Writing into a String can't fail.
            let _ = write!(row, "\n{:17}{line}", "");
        }
        println!("{}", row.trim_end());
        for (total, count) in self.totals.iter_mut().zip([outcome.passed, outcome.failed, outcome.skipped.len()]) {
            *total += count;
        }
        if outcome.failed > 0 {
            self.broken.push((name.to_owned(), log));
        }
    }
}

impl Log {
    /// Does `step` with its output in here: what it came to, and how long that took.
    fn timed(&mut self, step: impl FnOnce(&mut Self) -> Result<Outcome, String>) -> (Outcome, Duration) {
        let begun = Instant::now();
        let outcome = self.clear().and_then(|()| step(self)).unwrap_or_else(|what| {
            self.note(&what);
            Outcome { failed: 1, detail: shortened(&what), ..Outcome::default() }
        });
        (outcome, begun.elapsed())
    }

    /// Runs `command` with its output in the log; it must succeed in time.
    pub(super) fn run(&mut self, command: &mut Command) -> Result<(), String> {
        let file = OpenOptions::new().append(true).open(&self.path).map_err(|error| error.to_string())?;
        let second = file.try_clone().map_err(|error| error.to_string())?;
        command.stdin(std::process::Stdio::null()).stdout(file).stderr(second);
        let typed = workspace::typed(command);
        let mut child = command.spawn().map_err(|error| format!("{typed}: {error}"))?;
        let begun = Instant::now();
        loop {
            match child.try_wait().map_err(|error| error.to_string())? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("`{typed}` failed ({status})")),
                None if begun.elapsed() > LIMIT => {
                    // Either it ends now or it has ended already.
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(format!("`{typed}` still ran after {LIMIT:?}"));
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Everything in the log.
    pub(super) fn text(&self) -> String {
        fs::read(&self.path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    fn clear(&self) -> Result<(), String> {
        File::create(&self.path).map(drop).map_err(|error| format!("{}: {error}", self.path.display()))
    }

    fn note(&self, what: &str) {
        // The row says it too; a log that can't be written takes nothing away from the outcome.
        if let Ok(mut file) = OpenOptions::new().append(true).open(&self.path) {
            let _ = writeln!(file, "{what}");
        }
    }
}

/// In CI, what was skipped for any reason but an input that the caller didn't give has failed.
fn strict(mut outcome: Outcome, ci: bool) -> Outcome {
    if ci {
        let before = outcome.skipped.len();
        let (given, lacking): (Vec<String>, Vec<String>) =
            std::mem::take(&mut outcome.skipped).into_iter().partition(|why| why.starts_with("KEEL_"));
        outcome.skipped = given;
        outcome.failed += before - outcome.skipped.len();
        outcome.figures.extend(lacking.into_iter().map(|why| format!("skipped, which CI=true forbids: {why}")));
    }
    outcome
}

/// The first line, cut where a row would become unreadable.
fn shortened(what: &str) -> String {
    let line = what.lines().next().unwrap_or_default();
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

fn tail(log: &Path) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(reasons: &[&str]) -> Outcome {
        Outcome { skipped: reasons.iter().map(ToString::to_string).collect(), ..Outcome::default() }
    }

    #[test]
    fn a_missing_tool_fails_in_ci_only() {
        assert_eq!(strict(skipped(&["dtc is not installed"]), false).word(), "SKIP");
        let outcome = strict(skipped(&["dtc is not installed"]), true);
        assert_eq!((outcome.word(), outcome.failed), ("FAIL", 1));
        assert_eq!(strict(skipped(&["KEEL_DTBS is not set"]), true).word(), "SKIP");
    }

    #[test]
    fn one_failure_makes_a_row_fail() {
        let outcome = Outcome { passed: 9, failed: 1, ..Outcome::default() };
        assert_eq!(outcome.word(), "FAIL");
    }
}
