//! Findings as SARIF 2.1.0, so that a forge shows them beside the change: `cargo board check --sarif`.
//!
//! A node of a tree becomes a logical location of its blob, an offset a byte region. Columns count characters.

use serde_json::{Map, Value, json};

use super::{Code, Finding, Findings, Label, Place, Source, code};

/// Where the format is written down.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One run of codegen as a SARIF log.
pub fn log(findings: &Findings) -> Value {
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "codegen",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": code::ALL.iter().copied().map(rule).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "ROOT": { "description": { "text": "The project's folder." } } },
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.title() },
        "help": { "text": code.text(), "markdown": code.text() },
    })
}

fn result(finding: &Finding) -> Value {
    let mut text = finding.message.clone();
    for more in [&finding.primary.text].into_iter().chain(&finding.notes).chain(&finding.help) {
        if !more.is_empty() {
            text = text + "\n" + more;
        }
    }
    let mut result = json!({
        "ruleId": finding.code.as_str(),
        "ruleIndex": code::ALL.iter().position(|code| *code == finding.code),
        "level": finding.severity.as_str(),
        "message": { "text": text },
    });
    if let Some(location) = location(&finding.primary) {
        result["locations"] = json!([location]);
    }
    let related: Vec<Value> = finding.secondary.iter().filter_map(location).collect();
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    result
}

/// `None` for what no file says.
fn location(label: &Label) -> Option<Value> {
    let (file, region, node) = match &label.place {
        Place::Text { source, start, end } => (source.path.as_str(), Some(region(source, *start, *end)), None),
        Place::Node { file, node, .. } => (&**file, None, Some(node)),
        Place::Offset { file, offset } => (&**file, Some(json!({ "byteOffset": offset, "byteLength": 0 })), None),
        Place::File { file } => (&**file, None, None),
        Place::Nowhere => return None,
    };
    let mut physical = Map::new();
    physical.insert("artifactLocation".to_owned(), json!({ "uri": uri(file), "uriBaseId": "ROOT" }));
    physical.extend(region.map(|region| ("region".to_owned(), region)));
    let mut location = json!({ "physicalLocation": physical });
    if let Some(node) = node {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": node, "kind": "element" }]);
    }
    if !label.text.is_empty() {
        location["message"] = json!({ "text": label.text });
    }
    Some(location)
}

fn region(source: &Source, start: usize, end: usize) -> Value {
    json!({
        "startLine": source.line(start),
        "startColumn": source.column(start),
        "endLine": source.line(end),
        "endColumn": source.column(end),
    })
}

/// A path as a relative URI reference: RFC 3986's unreserved characters and `/` stay, other bytes are escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            byte => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_a_result_with_its_rule_and_region() {
        let source = Source::new("boards/bü 1.toml", "[board]\nnmae = 1\n");
        let place = Place::Node { file: "boards/b.dtb".into(), node: "/a".into(), property: String::new() };
        let finding = Finding::warning(code::UNKNOWN_KEY, "unknown key", Place::text(&source, 8..12), "not read")
            .with(place, "seen here");
        let log = log(&finding.into());
        let run = &log["runs"][0];
        let result = &run["results"][0];
        assert_eq!(result["level"], "warning");
        assert_eq!(run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize]["id"], "K0006");
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "boards/b%C3%BC%201.toml");
        let region = json!({ "startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 5 });
        assert_eq!(physical["region"], region);
        assert_eq!(result["relatedLocations"][0]["logicalLocations"][0]["fullyQualifiedName"], "/a");
    }

    #[test]
    fn every_rule_has_a_title_and_a_page() {
        for rule in log(&Findings::default())["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
            assert!(!rule["shortDescription"]["text"].as_str().unwrap().is_empty(), "{rule}");
        }
    }
}
