//! What a board file changes in its reference tree: fixes, and variants with their evidence.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::super::toml::Spanned;

/// `[[fix]]`: a property that firmware gets wrong.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// The node's path, or its alias.
    pub node: Spanned<String>,
    /// The property.
    pub property: Spanned<String>,
    /// What it should be.
    pub value: Spanned<PropertyValue>,
    /// Who says so.
    pub source: Spanned<String>,
    /// How sure that is.
    pub confidence: Spanned<Confidence>,
}

/// How sure a fix is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The part's own documentation.
    Datasheet,
    /// The vendor's firmware or drivers.
    Vendor,
    /// Somebody has measured it.
    Measured,
    /// Nobody knows; a release build refuses it.
    Guess,
}

/// `[[variant]]`: a kind in which the board comes, told by the live tree.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// As the banner has it, `d0`.
    pub name: Spanned<String>,
    /// One line for people.
    pub summary: Option<String>,
    /// What a live tree has if the board is of this kind: one thing, or an array of things that all have to be there.
    pub evidence: Spanned<EvidenceList>,
    /// The reference tree of this kind, where it differs in more than a few properties.
    pub tree: Option<Spanned<String>>,
    /// What else differs in the board's reference tree.
    #[serde(default, rename = "override")]
    pub overrides: Vec<Override>,
}

/// `[[variant.override]]`: a property that is another one in this kind.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The node's path, or its alias.
    pub node: Spanned<String>,
    /// The property.
    pub property: Spanned<String>,
    /// What it is.
    pub value: Spanned<PropertyValue>,
}

/// `evidence = { … }`, or an array of such.
#[derive(Debug)]
pub struct EvidenceList(pub Vec<Spanned<Evidence>>);

/// `{ node, interrupt }`, `{ node, property, value }` or `{ compatible }`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The root's most specific `compatible`.
    pub compatible: Option<Spanned<String>>,
    /// The node's path, or its alias.
    pub node: Option<Spanned<String>>,
    /// Which line the node's interrupt is.
    pub interrupt: Option<Spanned<Line>>,
    /// A property of the node.
    pub property: Option<Spanned<String>>,
    /// What the property is.
    pub value: Option<Spanned<PropertyValue>>,
}

/// `{ spi = 120 }`, or `{ spi = 120, nth = 1 }` where it isn't the node's first.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// A shared peripheral interrupt's number.
    pub spi: Option<u16>,
    /// A private peripheral interrupt's number.
    pub ppi: Option<u16>,
    /// Which of the node's interrupts; the first is 0.
    #[serde(default)]
    pub nth: u8,
}

/// A property's value: a cell, a string, several of either, `true` for a property without a value, `false` for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PropertyValue {
    /// One number: as wide as what it replaces, else a cell.
    Number(u64),
    /// Cells.
    Cells(Vec<u32>),
    /// One string or several.
    Strings(Vec<String>),
    /// The property is there or it isn't, and that is all it says.
    Flag(bool),
}

impl<'de> Deserialize<'de> for PropertyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PropertyVisitor)
    }
}

impl<'de> Deserialize<'de> for EvidenceList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = Spanned::<EvidenceForm>::deserialize(deserializer)?;
        let span = form.span();
        Ok(Self(match form.into_inner() {
            EvidenceForm::One(evidence) => vec![Spanned::new(span, *evidence)],
            EvidenceForm::Several(list) => list,
        }))
    }
}

/// What stands at `evidence`.
enum EvidenceForm {
    One(Box<Evidence>),
    Several(Vec<Spanned<Evidence>>),
}

impl<'de> Deserialize<'de> for EvidenceForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EvidenceVisitor)
    }
}

struct PropertyVisitor;
struct EvidenceVisitor;

/// An element of an array of cells or strings.
enum Element {
    Cell(u32),
    Text(String),
}

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match PropertyValue::deserialize(deserializer)? {
            PropertyValue::Number(number) => match u32::try_from(number) {
                Ok(cell) => Ok(Self::Cell(cell)),
                Err(_) => Err(D::Error::custom(format_args!("{number:#x} doesn't fit a cell of 32 bits"))),
            },
            PropertyValue::Strings(mut text) if text.len() == 1 => Ok(Self::Text(text.remove(0))),
            _ => Err(D::Error::custom("an array has cells or strings")),
        }
    }
}

impl<'de> Visitor<'de> for PropertyVisitor {
    type Value = PropertyValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a string, an array of either, or a boolean")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<PropertyValue, E> {
        Ok(PropertyValue::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<PropertyValue, E> {
        match text.contains('\0') {
            true => Err(E::custom("a string of a device tree ends at its first NUL")),
            false => Ok(PropertyValue::Strings(vec![text.to_owned()])),
        }
    }

    fn visit_bool<E: Error>(self, there: bool) -> Result<PropertyValue, E> {
        Ok(PropertyValue::Flag(there))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<PropertyValue, A::Error> {
        let (mut cells, mut strings) = (Vec::new(), Vec::new());
        while let Some(element) = elements.next_element()? {
            match element {
                Element::Cell(cell) => cells.push(cell),
                Element::Text(text) => strings.push(text),
            }
        }
        match (cells.is_empty(), strings.is_empty()) {
            (true, true) => Err(A::Error::custom("an array of nothing; `true` is a property without a value")),
            (false, false) => Err(A::Error::custom("an array has cells or strings, not both")),
            (false, true) => Ok(PropertyValue::Cells(cells)),
            (true, false) => Ok(PropertyValue::Strings(strings)),
        }
    }
}

impl<'de> Visitor<'de> for EvidenceVisitor {
    type Value = EvidenceForm;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table such as { node = \"/soc/serial\", interrupt = { spi = 1 } }, or an array of them")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<EvidenceForm, A::Error> {
        Evidence::deserialize(MapAccessDeserializer::new(map)).map(|one| EvidenceForm::One(Box::new(one)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<EvidenceForm, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        match list.is_empty() {
            true => Err(A::Error::custom("without evidence nothing tells the variant")),
            false => Ok(EvidenceForm::Several(list)),
        }
    }
}

impl From<Confidence> for hardware::board::Confidence {
    fn from(confidence: Confidence) -> Self {
        match confidence {
            Confidence::Datasheet => Self::Datasheet,
            Confidence::Vendor => Self::Vendor,
            Confidence::Measured => Self::Measured,
            Confidence::Guess => Self::Guess,
        }
    }
}
