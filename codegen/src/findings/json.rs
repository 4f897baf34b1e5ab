//! Findings for programs: `cargo board check --json`.
//!
//! A place has a `file`, and what there is of `start` and `end` (`line` and `column`, from 1, in characters), `node`,
//! `property` and `offset`.

use serde_json::{Value, json};

use super::{Finding, Findings, Label, Place, Severity, Source};

/// `{"errors", "warnings", "findings": […]}` in the order in which they were found.
pub fn log(findings: &Findings) -> Value {
    json!({
        "errors": findings.count(Severity::Error),
        "warnings": findings.count(Severity::Warning),
        "findings": findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

/// One finding.
pub fn finding(finding: &Finding) -> Value {
    json!({
        "code": finding.code.as_str(),
        "severity": finding.severity.as_str(),
        "message": finding.message,
        "primary": label(&finding.primary),
        "secondary": finding.secondary.iter().map(label).collect::<Vec<_>>(),
        "notes": finding.notes,
        "help": finding.help,
        "page": finding.code.page(),
    })
}

fn label(label: &Label) -> Value {
    let mut value = place(&label.place);
    value["label"] = json!(label.text);
    value
}

fn place(place: &Place) -> Value {
    match place {
        Place::Text { source, start, end } => {
            json!({ "file": source.path, "start": position(source, *start), "end": position(source, *end) })
        }
        Place::Node { file, node, property } if property.is_empty() => json!({ "file": &**file, "node": node }),
        Place::Node { file, node, property } => json!({ "file": &**file, "node": node, "property": property }),
        Place::Offset { file, offset } => json!({ "file": &**file, "offset": offset }),
        Place::File { file } => json!({ "file": &**file }),
        Place::Nowhere => json!({ "file": null }),
    }
}

fn position(source: &Source, offset: usize) -> Value {
    json!({ "line": source.line(offset), "column": source.column(offset) })
}

#[cfg(test)]
mod tests {
    use super::super::code;
    use super::*;

    #[test]
    fn every_kind_of_place_says_what_it_knows() {
        let source = Source::new("boards/b.toml", "[board]\nnmae = 1\n");
        let node = Place::Node { file: "boards/b.dtb".into(), node: "/a".into(), property: "reg = <1>;".into() };
        let finding = Finding::error(code::UNKNOWN_KEY, "unknown key", Place::text(&source, 8..12), "not read")
            .with(node, "seen here")
            .with(Place::Offset { file: "boards/b.dtb".into(), offset: 56 }, "")
            .with(Place::Nowhere, "");
        let log = log(&finding.into());
        assert_eq!((&log["errors"], &log["warnings"]), (&json!(1), &json!(0)));
        let finding = &log["findings"][0];
        let end = json!({ "line": 2, "column": 5 });
        assert_eq!((&finding["primary"]["start"]["line"], &finding["primary"]["end"]), (&json!(2), &end));
        assert_eq!(finding["secondary"][0]["property"], "reg = <1>;");
        assert_eq!(finding["secondary"][1]["offset"], 56);
        assert_eq!(finding["secondary"][2]["file"], Value::Null);
    }
}
