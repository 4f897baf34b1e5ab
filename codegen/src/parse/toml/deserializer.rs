//! serde's view of a TOML value, whose errors are [`Misread`]s with spans.

use std::ops::Range;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_spanned::de::{SpannedDeserializer, is_spanned};
use toml::Spanned;
use toml::de::{DeInteger, DeValue};

use super::misread::Misread;

/// A value that serde can read.
#[derive(Clone, Copy)]
pub(super) struct ValueReader<'t>(pub(super) &'t Spanned<DeValue<'t>>);

impl ValueReader<'_> {
    fn any<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.0.get_ref() {
            DeValue::String(text) => visitor.visit_str(shown_on_a_line(text)?),
            DeValue::Integer(number) => visit_integer(number, visitor),
            DeValue::Float(number) => match number.as_str().replace('_', "").parse() {
                Ok(number) => visitor.visit_f64(number),
                Err(_) => Err(de::Error::custom(format_args!("`{number}` isn't a number"))),
            },
            DeValue::Boolean(value) => visitor.visit_bool(*value),
            DeValue::Datetime(_) => Err(de::Error::invalid_type(de::Unexpected::Other("a date"), &visitor)),
            DeValue::Array(array) => visitor.visit_seq(Elements(array.iter())),
            DeValue::Table(table) => visitor.visit_map(Entries { rest: table.iter(), value: None }),
        }
    }
}

/// Every text ends up in a line of a finding, of generated code or of the console, and is there what it looks like.
fn shown_on_a_line(text: &str) -> Result<&str, Misread> {
    match text.chars().find(|&c| leaves_the_line(c)) {
        Some(c) => Err(de::Error::custom(format_args!("a text with the character U+{:04X}", u32::from(c)))),
        None => Ok(text),
    }
}

/// Whether a terminal does something else with `c` than show it: control characters, and those that turn the
/// direction of writing round and make a line read otherwise than a compiler does (UAX #9).
pub(crate) fn leaves_the_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The widest type that a number fits decides how serde sees it.
fn visit_integer<'de, V: Visitor<'de>>(number: &DeInteger<'_>, visitor: V) -> Result<V::Value, Misread> {
    let digits = number.as_str().replace('_', "");
    if let Ok(number) = u64::from_str_radix(&digits, number.radix()) {
        return visitor.visit_u64(number);
    }
    match i64::from_str_radix(&digits, number.radix()) {
        Ok(number) => visitor.visit_i64(number),
        Err(_) => Err(de::Error::custom(format_args!("{number} doesn't fit 64 bits"))),
    }
}

impl<'de> Deserializer<'de> for ValueReader<'_> {
    type Error = Misread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        let span = self.0.span();
        self.any(visitor).map_err(|misread| misread.within(span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misread> {
        let span = self.0.span();
        visitor.visit_newtype_struct(self).map_err(|misread| misread.within(span))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        match is_spanned(name) {
            true => visitor.visit_map(SpannedDeserializer::new(self, self.0.span())),
            false => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        let span = self.0.span();
        let read = match self.0.get_ref() {
            DeValue::String(word) => visitor.visit_enum(StrDeserializer::new(word)),
            _ => self.any(visitor),
        };
        read.map_err(|misread: Misread| misread.within(span))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Misread> for ValueReader<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// An array's elements.
struct Elements<'t>(std::slice::Iter<'t, Spanned<DeValue<'t>>>);

impl<'de> de::SeqAccess<'de> for Elements<'_> {
    type Error = Misread;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Misread> {
        self.0.next().map(|element| seed.deserialize(ValueReader(element))).transpose()
    }
}

/// A table's entries.
struct Entries<'t, I> {
    rest: I,
    value: Option<&'t Spanned<DeValue<'t>>>,
}

impl<'de, 't, I> de::MapAccess<'de> for Entries<'t, I>
where
    I: Iterator<Item = (&'t Spanned<std::borrow::Cow<'t, str>>, &'t Spanned<DeValue<'t>>)>,
{
    type Error = Misread;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Misread> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(KeyReader(key.get_ref(), key.span())).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Misread> {
        match self.value.take() {
            Some(value) => seed.deserialize(ValueReader(value)),
            None => Err(serde::de::Error::custom("a key without a value")),
        }
    }
}

/// A key: a string that may be spanned.
struct KeyReader<'t>(&'t str, Range<usize>);

impl<'de> Deserializer<'de> for KeyReader<'_> {
    type Error = Misread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        visitor.visit_str(self.0).map_err(|misread: Misread| misread.within(self.1))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        match is_spanned(name) {
            true => visitor.visit_map(SpannedDeserializer::new(StrDeserializer::new(self.0), self.1)),
            false => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
