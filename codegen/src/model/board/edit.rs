//! Edits: what fixes, and the evidence and overrides of a variant, change in a reference tree.
//!
//! Each edit is one property of one node, made in the blob itself, so that everything that is read afterwards, directly
//! or through a clock's or controller's node, is read from a tree that says so.

use std::sync::Arc;

use hardware::tree::{Node, Tree};

use crate::findings::{Finding, Findings, Line, Place, Source, code};
use crate::parse::board::{Fix, Override, PropertyValue};
use crate::parse::suggest;
use crate::parse::toml::Spanned;
use crate::parse::tree::Blob;

/// Who wants an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The evidence or an override of the variant.
    Variant,
    /// The nth `[[fix]]`.
    Fix(usize),
}

/// An edit and where the board file says it.
#[derive(Debug)]
pub struct Edit<'f> {
    /// Who wants it.
    pub by: By,
    /// Where.
    pub line: Line,
    /// The node's path or alias, as written.
    pub node: Spanned<String>,
    /// The property.
    pub property: &'f str,
    /// Its value.
    pub value: Value<'f>,
    /// Where the value stands.
    pub place: Place,
}

/// What an edit sets a property to.
#[derive(Debug)]
pub enum Value<'f> {
    /// As the board file writes it.
    Written(&'f PropertyValue),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl<'f> Edit<'f> {
    /// The edit of the nth fix.
    pub(super) fn fix(source: &Arc<Source>, index: usize, fix: &'f Fix) -> Self {
        Self::new(source, By::Fix(index), &fix.node, &fix.property, &fix.value)
    }

    /// The edit of an override.
    pub(super) fn of(source: &Arc<Source>, over: &'f Override) -> Self {
        Self::new(source, By::Variant, &over.node, &over.property, &over.value)
    }

    pub(super) fn new(
        source: &Arc<Source>,
        by: By,
        node: &'f Spanned<String>,
        property: &'f Spanned<String>,
        value: &'f Spanned<PropertyValue>,
    ) -> Self {
        let place = Place::text(source, value.span());
        let line = source.at(property.span().start);
        Self {
            by,
            line,
            node: node.clone(),
            property: property.get_ref(),
            value: Value::Written(value.get_ref()),
            place,
        }
    }

    /// `blob` after the edit. `kind` says whose tree it is where it isn't the board's own.
    pub(super) fn apply(
        &self,
        source: &Arc<Source>,
        blob: &Blob,
        kind: Option<&str>,
        findings: &mut Findings,
    ) -> Option<Blob> {
        let mut records = Vec::new();
        let tree = blob.open(&mut records, findings)?;
        let node = find(source, &tree, blob, &self.node, kind, findings)?;
        let bytes = match &self.value {
            Value::Bytes(bytes) => Some(bytes.clone()),
            Value::Written(value) => bytes_for(node, self.property, value, &self.place, findings)?,
        };
        let edited = blob.with(node, self.property, bytes.as_deref())?;
        let mut broken = Findings::default();
        if edited.open(&mut Vec::new(), &mut broken).is_some() {
            return Some(edited);
        }
        let message = format!("with this value of `{}`, the tree is broken", self.property);
        let why = broken.iter().next().map_or("", |broken| broken.primary.text.as_str());
        findings.push(Finding::error(code::INVALID_VALUE, message, self.place.clone(), why));
        None
    }
}

/// The node that `named` names by its path or an alias, or a finding.
pub(super) fn find<'t>(
    source: &Arc<Source>,
    tree: &'t Tree<'t>,
    blob: &Blob,
    named: &Spanned<String>,
    kind: Option<&str>,
    findings: &mut Findings,
) -> Option<Node<'t>> {
    let found = tree.resolve(named.get_ref());
    if found.is_none() {
        let place = Place::text(source, named.span());
        let message = format!("the tree has no node `{}`", named.get_ref());
        let finding = Finding::error(code::UNKNOWN_NODE, message, place, format!("not in `{}`", blob.path));
        let finding = match kind {
            Some(kind) => finding.note(format!("this is the tree of the variant `{kind}`")),
            None => finding,
        };
        let paths: Vec<String> = tree.nodes().map(|node| node.path().to_string()).collect();
        let aliases = tree.aliases().map(|alias| alias.name);
        let names = paths.iter().map(String::as_str).chain(aliases);
        findings.push(suggest(finding, named.get_ref(), names, || {
            "a path from the root, or an alias of the tree: an alias fits trees with different paths".to_owned()
        }));
    }
    found
}

/// The bytes of `property` of `node` when it has the written value, which stands at `place`; `None` in them for a property
/// that isn't to be there. What can't be its value is a finding.
pub(super) fn bytes_for(
    node: Node<'_>,
    property: &str,
    value: &PropertyValue,
    place: &Place,
    findings: &mut Findings,
) -> Option<Option<Vec<u8>>> {
    let refused = |why: String| {
        let message = format!("`{property}` can't have this value");
        findings.push(Finding::error(code::INVALID_VALUE, message, place.clone(), why));
    };
    bytes(value, node.property(property).map(|there| there.value())).map_err(refused).ok()
}

/// A written value as the bytes of a property; `there` is what it replaces. `None` for a property that isn't to be there.
fn bytes(value: &PropertyValue, there: Option<&[u8]>) -> Result<Option<Vec<u8>>, String> {
    Ok(match value {
        PropertyValue::Number(number) if there.is_some_and(|there| there.len() == 8) => {
            Some(number.to_be_bytes().to_vec())
        }
        PropertyValue::Number(number) => match u32::try_from(*number) {
            Ok(cell) => Some(cell.to_be_bytes().to_vec()),
            Err(_) => return Err("doesn't fit a cell; write the cells of a longer one as an array".to_owned()),
        },
        PropertyValue::Cells(cells) => Some(cells.iter().flat_map(|cell| cell.to_be_bytes()).collect()),
        PropertyValue::Strings(strings) => Some(strings.iter().flat_map(|text| text.bytes().chain([0])).collect()),
        PropertyValue::Flag(true) => Some(Vec::new()),
        PropertyValue::Flag(false) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::bytes;
    use crate::parse::board::PropertyValue::{Cells, Flag, Number, Strings};

    #[test]
    fn a_number_is_as_wide_as_what_it_replaces() {
        assert_eq!(bytes(&Number(5), None), Ok(Some(vec![0, 0, 0, 5])));
        assert_eq!(bytes(&Number(5), Some(&[0; 8])), Ok(Some(vec![0, 0, 0, 0, 0, 0, 0, 5])));
        assert_eq!(bytes(&Number(5), Some(&[0; 12])), Ok(Some(vec![0, 0, 0, 5])));
        assert!(bytes(&Number(1 << 32), None).is_err());
    }

    #[test]
    fn values_are_as_dtc_writes_them() {
        assert_eq!(bytes(&Cells(vec![1, 0x200]), None), Ok(Some(vec![0, 0, 0, 1, 0, 0, 2, 0])));
        assert_eq!(bytes(&Strings(vec!["a".to_owned(), "bc".to_owned()]), None), Ok(Some(b"a\0bc\0".to_vec())));
        assert_eq!((bytes(&Flag(true), None), bytes(&Flag(false), None)), (Ok(Some(vec![])), Ok(None)));
    }
}
