//! Small pieces of generated text.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::model::device::Width;

/// A doc comment of several lines.
pub(super) fn doc(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote! { #(#[doc = #lines])* }
}

/// An identifier that [`crate::model::device`] has found to be one.
pub(super) fn name(text: &str) -> Ident {
    Ident::new(text, Span::call_site())
}

/// A hexadecimal literal of at least `digits` digits.
pub(super) fn hex(value: u64, digits: usize) -> Literal {
    let text = format!("{value:#0width$x}", width = digits + 2);
    text.parse().unwrap_or_else(|_| Literal::u64_unsuffixed(value))
}

/// A decimal literal.
pub(super) fn number(value: u64) -> Literal {
    Literal::u64_unsuffixed(value)
}

/// The integer type of an access.
pub(super) fn integer(width: Width) -> Ident {
    name(match width {
        Width::U8 => "u8",
        Width::U16 => "u16",
        Width::U32 => "u32",
        Width::U64 => "u64",
    })
}

/// Puts an empty line before an item with a doc comment and after imports, which prettyplease leaves out. Constants
/// of one kind stay together.
pub(super) fn airy(text: &str) -> String {
    let mut airy = String::new();
    let mut before = "";
    for line in text.lines() {
        let start = line.trim_start();
        let opens = start.starts_with("///") || start.starts_with("impl");
        let follows_block = before.trim_start() == "}" || before.trim_start().starts_with("use ");
        let follows_item = before.ends_with(';') && !before.trim_start().starts_with("pub const");
        if opens && (follows_block || follows_item) {
            airy.push('\n');
        }
        airy.push_str(line);
        airy.push('\n');
        before = line;
    }
    airy
}
