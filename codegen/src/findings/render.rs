//! A finding as rustc would show it.
//!
//! Places in one text file share a snippet. A node of a tree has no line to show, so its property is written as DTS
//! would write it, without a line number.

use annotate_snippets::{Annotation, AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::{Finding, Label, Place, Severity};

/// The columns a rendering may take: that of the widest table in the docs.
const WIDTH: usize = 140;

/// `finding` as text without colours.
pub(super) fn render(finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let group = level
        .primary_title(finding.message.as_str())
        .id(finding.code.as_str())
        .elements(places(finding))
        .elements(footer(finding));
    let shown = Renderer::plain().term_width(WIDTH).render(&[group]);
    without_invented_lines(finding, shown)
}

/// Node places have no line and column, but annotate-snippets gives every snippet some.
fn without_invented_lines(finding: &Finding, shown: String) -> String {
    let labels = std::iter::once(&finding.primary).chain(&finding.secondary);
    labels.fold(shown, |shown, label| match &label.place {
        Place::Node { file, node, .. } => {
            let path = format!("{file}: {node}");
            shown.replace(&format!("{path}:1:1\n"), &format!("{path}\n"))
        }
        _ => shown,
    })
}

/// One element per text file or tree place, the primary one first.
fn places(finding: &Finding) -> Vec<Element<'_>> {
    let mut elements = Vec::new();
    let mut rest: Vec<(AnnotationKind, &Label)> = vec![(AnnotationKind::Primary, &finding.primary)];
    rest.extend(finding.secondary.iter().map(|label| (AnnotationKind::Context, label)));
    while let Some(&(_, first)) = rest.first() {
        let (same, others) = rest.into_iter().partition(|(_, label)| shares_snippet(&first.place, &label.place));
        elements.extend(element(same));
        rest = others;
    }
    elements
}

fn shares_snippet(a: &Place, b: &Place) -> bool {
    match (a, b) {
        (Place::Text { source: a, .. }, Place::Text { source: b, .. }) => a == b,
        _ => std::ptr::eq(a, b),
    }
}

/// What shows labels that share a snippet.
fn element<'a>(labels: Vec<(AnnotationKind, &'a Label)>) -> Vec<Element<'a>> {
    let Some(&(kind, first)) = labels.first() else { return Vec::new() };
    match &first.place {
        Place::Text { source, .. } => {
            let annotations = labels.iter().filter_map(|(kind, label)| annotation(kind, label));
            vec![Snippet::source(&source.text).path(&source.path).annotations(annotations).into()]
        }
        Place::Node { file, node, property } => {
            let line = match property.as_str() {
                "" => format!("{} {{ … }};", node.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("/")),
                property => property.to_owned(),
            };
            let mark = kind.span(0..line.len()).label(first.text.as_str());
            let path = format!("{file}: {node}");
            vec![Snippet::source(line).line_numbering(false).path(path).annotation(mark).into()]
        }
        Place::Offset { file, offset } => vec![Origin::path(format!("{file}: byte {offset:#x}")).into()],
        Place::File { file } => vec![Origin::path(file.to_string()).into()],
        Place::Nowhere => Vec::new(),
    }
}

fn annotation<'a>(kind: &AnnotationKind, label: &'a Label) -> Option<Annotation<'a>> {
    let Place::Text { source, start, end } = &label.place else { return None };
    let end = (*end).min(source.text.len());
    let text = (!label.text.is_empty()).then_some(label.text.as_str());
    Some(kind.span((*start).min(end)..end).label(text))
}

fn footer(finding: &Finding) -> impl Iterator<Item = Element<'_>> {
    // A place without a line has no room for its label, so that becomes the first note.
    let label = match &finding.primary.place {
        Place::Text { .. } | Place::Node { .. } => None,
        _ => Some(finding.primary.text.as_str()).filter(|text| !text.is_empty()),
    };
    let notes = label.into_iter().chain(finding.notes.iter().map(String::as_str));
    let notes = notes.map(|note| Level::NOTE.message(note).into());
    let help = finding.help.iter().map(|help| Level::HELP.message(help.as_str()).into());
    let see = Level::NOTE.with_name("see").message(finding.code.page()).into();
    notes.chain(help).chain([see])
}

#[cfg(test)]
mod tests {
    use super::super::{Source, code};
    use super::*;

    #[test]
    fn a_text_span_shows_its_line() {
        let source = Source::new("boards/b.toml", "[board]\nnmae = 1\n");
        let finding = Finding::error(code::UNKNOWN_KEY, "unknown key `nmae`", Place::text(&source, 8..12), "not read")
            .help("did you mean `name`?");
        assert_eq!(
            render(&finding),
            "\
error[K0006]: unknown key `nmae`
 --> boards/b.toml:2:1
  |
2 | nmae = 1
  | ^^^^ not read
  |
  = help: did you mean `name`?
  = see: docs/errors/K0006.md"
        );
    }

    #[test]
    fn a_node_shows_its_property() {
        let place = Place::Node { file: "boards/b.dtb".into(), node: "/a/b@1".into(), property: "reg = <0x1>;".into() };
        let finding = Finding::warning(code::INVALID_VALUE, "odd", place, "one cell");
        assert_eq!(
            render(&finding),
            "\
warning[K0010]: odd
--> boards/b.dtb: /a/b@1
 |
 | reg = <0x1>;
 | ^^^^^^^^^^^^ one cell
 |
 = see: docs/errors/K0010.md"
        );
    }

    #[test]
    fn an_offset_has_its_label_as_a_note() {
        let place = Place::Offset { file: "boards/b.dtb".into(), offset: 0x38 };
        let finding = Finding::error(code::INVALID_VALUE, "the tree breaks off", place, "56 of 60 bytes are there");
        assert_eq!(
            render(&finding),
            "\
error[K0010]: the tree breaks off
--> boards/b.dtb: byte 0x38
 = note: 56 of 60 bytes are there
 = see: docs/errors/K0010.md"
        );
    }
}
