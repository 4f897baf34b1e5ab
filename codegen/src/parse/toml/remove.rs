//! Takes one entry out of a TOML value, or gives it the name that was meant.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeValue};

/// Removes the entry whose key or value stands at `span`, and says its name; `None` where there is none.
pub(super) fn entry(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>) -> Option<String> {
    match value.get_mut() {
        DeValue::Table(table) => {
            // An array of tables has the span of its first table, so look inside first.
            if let Some(name) = table.iter_mut().find_map(|(_, inner)| entry(inner, span)) {
                return Some(name);
            }
            let hit = table.iter().find(|(key, value)| key.span() == *span || value.span() == *span);
            let key = hit.map(|(key, _)| key.clone())?;
            table.remove(key.get_ref().as_ref());
            Some(key.into_inner().into_owned())
        }
        DeValue::Array(array) => {
            if array.iter().any(|element| element.span() == *span) {
                let all = std::mem::replace(array, DeArray::new());
                *array = all.into_iter().filter(|element| element.span() != *span).collect();
                return Some(String::new());
            }
            array.iter_mut().find_map(|inner| entry(inner, span))
        }
        _ => None,
    }
}

/// Gives the entry whose key stands at `span` the name `meant`; `None` where there is no such entry, or `meant` is taken.
pub(super) fn rename(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>, meant: &'static str) -> Option<()> {
    match value.get_mut() {
        DeValue::Table(table) => {
            if let Some(key) = table.iter().find(|(key, _)| key.span() == *span).map(|(key, _)| key.clone()) {
                if table.contains_key(meant) {
                    return None;
                }
                let value = table.remove(key.get_ref().as_ref())?;
                table.insert(Spanned::new(key.span(), meant.into()), value);
                return Some(());
            }
            table.iter_mut().find_map(|(_, inner)| rename(inner, span, meant))
        }
        DeValue::Array(array) => array.iter_mut().find_map(|inner| rename(inner, span, meant)),
        _ => None,
    }
}
