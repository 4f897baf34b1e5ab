//! Evidence: what tells a variant in a live tree, and what it says about the variant's reference tree.

use std::sync::Arc;

use hardware::board::{self as table, InterruptType};
use hardware::check;
use hardware::tree::{Node, Tree};

use super::edit::{self, By, Edit, Value};
use crate::findings::{Finding, Findings, Place, Source, code};
use crate::parse::board as written;
use crate::parse::toml::Spanned;
use crate::parse::tree::Blob;

/// Something to be found in a live tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// The machine's most specific `compatible`.
    Compatible(String),
    /// An interrupt line.
    Interrupt {
        /// The device's path.
        node: String,
        /// Which of its interrupts.
        nth: u8,
        /// The number space.
        kind: InterruptType,
        /// The binding's number.
        number: u16,
    },
    /// A property's bytes.
    Property {
        /// The node's path.
        node: String,
        /// The property.
        property: String,
        /// Its bytes.
        value: Vec<u8>,
    },
}

impl Evidence {
    /// As the tables have it.
    pub fn table(&self) -> table::Evidence<'_> {
        match self {
            Self::Compatible(string) => table::Evidence::Compatible(string),
            Self::Interrupt { node, nth, kind, number } => {
                table::Evidence::Interrupt { node, nth: *nth, kind: *kind, number: *number }
            }
            Self::Property { node, property, value } => table::Evidence::Property { node, property, value },
        }
    }

    /// Whether `tree` shows it, by the kernel's own judgement.
    pub fn holds(&self, tree: &Tree<'_>) -> bool {
        check::holds(&self.table(), tree)
    }

    /// Whether no tree shows both: they ask one thing for two answers.
    pub fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Compatible(one), Self::Compatible(other)) => one != other,
            (
                Self::Interrupt { node, nth, kind, number },
                Self::Interrupt { node: n, nth: i, kind: k, number: other },
            ) => (node, nth) == (n, i) && (kind, number) != (k, other),
            (Self::Property { node, property, value }, Self::Property { node: n, property: p, value: other }) => {
                (node, property) == (n, p) && value != other
            }
            _ => false,
        }
    }
}

/// What stands in one piece of evidence, its keys put together.
enum Form<'f> {
    Compatible(&'f Spanned<String>),
    Interrupt(&'f Spanned<String>, &'f Spanned<written::Line>, InterruptType, u16),
    Property(&'f Spanned<String>, &'f Spanned<String>, &'f Spanned<written::PropertyValue>),
}

/// A piece of evidence, and the edit that makes a tree show it.
type Found<'f> = (Evidence, Option<Edit<'f>>);

/// The evidence that `written` is in the tree of `blob`, and the edit that makes the tree show it where it doesn't.
pub(super) fn resolve<'f>(
    source: &Arc<Source>,
    blob: &Blob,
    kind: &str,
    written: &'f Spanned<written::Evidence>,
    findings: &mut Findings,
) -> Option<Found<'f>> {
    let Some(form) = form(written.get_ref()) else {
        findings.push(incomplete(Place::text(source, written.span())));
        return None;
    };
    let mut records = Vec::new();
    let tree = blob.open(&mut records, findings)?;
    let within = Within { source, blob, tree: &tree, kind };
    match form {
        Form::Compatible(string) => Some(within.compatible(string)),
        Form::Property(named, property, value) => within.property(named, property, value, findings),
        Form::Interrupt(named, line, space, number) => within.interrupt(named, line, space, number, findings),
    }
}

/// Where evidence is looked for.
#[derive(Clone, Copy)]
struct Within<'t> {
    source: &'t Arc<Source>,
    blob: &'t Blob,
    tree: &'t Tree<'t>,
    /// The variant's name.
    kind: &'t str,
}

impl<'t> Within<'t> {
    fn node(self, named: &Spanned<String>, findings: &mut Findings) -> Option<Node<'t>> {
        edit::find(self.source, self.tree, self.blob, named, Some(self.kind), findings)
    }

    fn compatible<'f>(self, string: &'f Spanned<String>) -> Found<'f> {
        let edit = Edit {
            by: By::Variant,
            line: self.source.at(string.span().start),
            node: Spanned::new(string.span(), "/".to_owned()),
            property: "compatible",
            value: Value::Bytes(root_compatible(self.tree, string.get_ref())),
            place: Place::text(self.source, string.span()),
        };
        (Evidence::Compatible(string.get_ref().clone()), Some(edit))
    }

    fn property<'f>(
        self,
        named: &'f Spanned<String>,
        property: &'f Spanned<String>,
        value: &'f Spanned<written::PropertyValue>,
        findings: &mut Findings,
    ) -> Option<Found<'f>> {
        let node = self.node(named, findings)?;
        let place = Place::text(self.source, value.span());
        let Some(bytes) = edit::bytes_for(node, property.get_ref(), value.get_ref(), &place, findings)? else {
            let message = "the lack of a property is no evidence";
            findings.push(Finding::error(code::BAD_EVIDENCE, message, place, "a live tree can't show this"));
            return None;
        };
        let (node, name) = (node.path().to_string(), property.get_ref().clone());
        let edit = Edit::new(self.source, By::Variant, named, property, value);
        Some((Evidence::Property { node, property: name, value: bytes }, Some(edit)))
    }

    fn interrupt<'f>(
        self,
        named: &'f Spanned<String>,
        line: &'f Spanned<written::Line>,
        space: InterruptType,
        number: u16,
        findings: &mut Findings,
    ) -> Option<Found<'f>> {
        let node = self.node(named, findings)?;
        let nth = line.get_ref().nth;
        let evidence = Evidence::Interrupt { node: node.path().to_string(), nth, kind: space, number };
        let edit = interrupt_edit(node, nth, space, number).map(|(property, bytes)| Edit {
            by: By::Variant,
            line: self.source.at(line.span().start),
            node: named.clone(),
            property,
            value: Value::Bytes(bytes),
            place: Place::text(self.source, line.span()),
        });
        Some((evidence, edit))
    }
}

fn form(evidence: &written::Evidence) -> Option<Form<'_>> {
    let written::Evidence { compatible, node, interrupt, property, value } = evidence;
    match (compatible, node, interrupt, property, value) {
        (Some(string), None, None, None, None) => Some(Form::Compatible(string)),
        (None, Some(node), None, Some(property), Some(value)) => Some(Form::Property(node, property, value)),
        (None, Some(node), Some(line), None, None) => match (line.get_ref().spi, line.get_ref().ppi) {
            (Some(number), None) => Some(Form::Interrupt(node, line, InterruptType::Spi, number)),
            (None, Some(number)) => Some(Form::Interrupt(node, line, InterruptType::Ppi, number)),
            _ => None,
        },
        _ => None,
    }
}

fn incomplete(place: Place) -> Finding {
    Finding::error(code::BAD_EVIDENCE, "this evidence can't be looked for", place, "")
        .note("an interrupt is { node = \"…\", interrupt = { spi = 120 } }, with `ppi` for a private one")
        .note("a property is { node = \"…\", property = \"…\", value = … }")
        .note("a machine is { compatible = \"…\" }, the first string of its root")
        .help("write it in one of these forms; an array of them is evidence that all has to be there")
}

/// The property that lists the node's interrupts, with another line in the nth place and its trigger kept. `None` where
/// the cells in that place aren't those of the GIC: behind a nexus, or of another controller.
fn interrupt_edit(node: Node<'_>, nth: u8, kind: InterruptType, number: u16) -> Option<(&'static str, Vec<u8>)> {
    let extended = node.property("interrupts-extended");
    let (name, property) = match extended {
        Some(property) => ("interrupts-extended", property),
        None => ("interrupts", node.property("interrupts")?),
    };
    let specs: Vec<_> = node.interrupts().take(usize::from(nth) + 1).collect::<Result<_, _>>().ok()?;
    let [before @ .., last] = specs.as_slice() else { return None };
    if before.len() != usize::from(nth) || last.gic.is_none() {
        return None;
    }
    // Each entry of `interrupts-extended` starts with its controller.
    let head = usize::from(extended.is_some());
    let first = before.iter().map(|spec| head + spec.specifier.cells().len()).sum::<usize>() + head;
    let mut cells: Vec<u32> = property.numbers().ok()?.collect();
    let there = cells.get_mut(first..first + last.specifier.cells().len())?;
    if !there.iter().copied().eq(last.specifier.cells()) {
        return None;
    }
    let [space, line, ..] = there else { return None };
    // The `arm,gic` binding: 0 for SPIs, 1 for PPIs.
    (*space, *line) = (u32::from(kind == InterruptType::Ppi), number.into());
    Some((name, cells.iter().flat_map(|cell| cell.to_be_bytes()).collect()))
}

/// The root's `compatible` with `string` in front.
fn root_compatible(tree: &Tree<'_>, string: &str) -> Vec<u8> {
    let root = tree.root();
    let rest = root.compatible().filter(|known| *known != string);
    std::iter::once(string).chain(rest).flat_map(|text| text.bytes().chain([0])).collect()
}
