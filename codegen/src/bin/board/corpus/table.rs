//! The rows as a table, what they come to, and what went wrong.

use std::fmt::Write as _;
use std::time::Duration;

use super::row::Row;

/// Everything that `corpus` says.
pub(crate) fn text(rows: &[Row]) -> String {
    let wide = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or_default().max(4);
    let mut text = format!(
        "{:wide$}  {:>7}  {:>7}  {:>5}  {:>8}  {:>11}  {:>8}  {:>8}  {:>8}  {:>8}\n",
        "tree", "bytes", "devices", "facts", "warnings", "match", "draft", "report", "emit", "dtc"
    );
    for row in rows {
        let (matched, all) = row.matched;
        let _ = writeln!(
            text,
            "{:wide$}  {:>7}  {:>7}  {:>5}  {:>8}  {:>11}  {:>8}  {:>8}  {:>8}  {:>8}{}",
            row.name,
            row.bytes,
            row.devices,
            row.facts,
            row.warnings,
            format!("{matched}/{all}"),
            ms(row.draft),
            ms(row.report),
            ms(row.emit),
            row.dtc.map_or("-".to_owned(), ms),
            if row.is_fine() { "" } else { "  FAILED" },
        );
    }
    summary(rows, &mut text);
    for row in rows {
        if let Some(wrong) = &row.wrong {
            let _ = writeln!(text, "\nFAILED {}\n{}", row.name, wrong.trim_end());
        }
    }
    text
}

fn summary(rows: &[Row], text: &mut String) {
    let fine = rows.iter().filter(|row| row.is_fine()).count();
    let _ = writeln!(text, "\n{fine} of {} trees: drafted, checked, reported, generated, and all match", rows.len());
    let mut line = |what: &str, of: &dyn Fn(&Row) -> Option<Duration>| {
        let mut times: Vec<(Duration, &str)> =
            rows.iter().filter_map(|row| Some((of(row)?, row.name.as_str()))).collect();
        times.sort();
        if let (Some((median, _)), Some((slowest, name))) = (times.get(times.len() / 2), times.last()) {
            let _ = writeln!(text, "{what:<22} median {:>8}   slowest {:>8}   {name}", ms(*median), ms(*slowest));
        }
    };
    line("draft + check + emit", &|row| Some(row.time()));
    line("report", &|row| Some(row.report));
    line("dtc, with its start", &|row| row.dtc);
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}
