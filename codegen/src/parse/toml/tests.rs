use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the reading of it is tested")]
struct Outer {
    inner: Inner,
    #[serde(default)]
    rows: Vec<Row>,
    #[serde(default)]
    map: BTreeMap<Spanned<String>, u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the reading of it is tested")]
struct Inner {
    name: Spanned<String>,
    kind: Option<Kind>,
    size: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the reading of it is tested")]
struct Row {
    offset: Spanned<u64>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    ReadOnly,
    ReadWrite,
}

fn outcome(text: &str) -> (Option<Outer>, Vec<String>) {
    let source = Source::new("t.toml", text);
    let mut findings = Findings::default();
    let value = read(&source, &mut findings);
    let shown = findings.iter().map(|finding| {
        let Place::Text { start, end, .. } = finding.primary.place else { panic!("no span") };
        let help = finding.help.as_deref().unwrap_or_default();
        format!("{} `{}` {help}", finding.code, &text[start..end])
    });
    (value, shown.collect())
}

#[test]
fn spans_point_at_values_and_keys() {
    let (value, findings) = outcome("inner = { name = \"x\", kind = \"read-only\" }\n[map]\n\"a.b\" = 0x10\n");
    assert!(findings.is_empty(), "{findings:?}");
    let value = value.unwrap();
    assert_eq!(value.inner.name.span(), 17..20);
    assert_eq!(value.inner.kind, Some(Kind::ReadOnly));
    let (key, number) = value.map.first_key_value().unwrap();
    assert_eq!((key.get_ref().as_str(), key.span(), *number), ("a.b", 49..54, 16));
}

#[test]
fn every_misreading_is_collected() {
    let text = "\
[inner]
name = 3
kind = \"read-olny\"
size = 4_294_967_296
colour = 1
[[rows]]
offset = \"x\"
[[rows]]
ofset = 3
[[rows]]
offset = 1
";
    let (value, findings) = outcome(text);
    assert!(value.is_none());
    let mut findings = findings;
    findings.sort();
    assert_eq!(
        findings,
        [
            "K0006 `colour` keys here are `name`, `kind`, `size`",
            "K0006 `ofset` did you mean `offset`?",
            "K0008 `\"x\"` ",
            "K0008 `3` ",
            "K0009 `\"read-olny\"` did you mean `read-only`?",
            "K0010 `4_294_967_296` ",
        ]
    );
}

#[test]
fn a_missing_key_points_at_its_table() {
    let (_, findings) = outcome("[inner]\nname = \"x\"\n[[rows]]\n");
    assert_eq!(findings, ["K0007 `[[rows]]` "]);
}

#[test]
fn a_second_key_is_a_duplicate() {
    let (_, findings) = outcome("[inner]\nname = \"x\"\nname = \"y\"\n");
    assert_eq!(findings, ["K0005 `name` delete one of the two"]);
}

#[test]
fn text_that_is_not_toml_is_a_finding() {
    for text in ["[inner", "a = ", "= 3", "a = \"", "\u{0}", "a = [1,,2]"] {
        let (value, findings) = outcome(text);
        assert!(value.is_none() && findings.iter().all(|f| f.starts_with("K0004")), "{text:?}: {findings:?}");
        assert!(!findings.is_empty());
    }
}
