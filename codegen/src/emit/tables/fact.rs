//! The ledger's rows.

use hardware::board::{Item, Value};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::device::{conduit, interrupt, word};
use super::literal::{decimal, hex};
use super::window;
use crate::findings::Line;
use crate::model::board::{Board, Fact, FactValue, Fix, Origin, Recorded};

/// `FactId::new(12)`
pub(super) fn id(fact: usize) -> TokenStream {
    let index = decimal(fact as u64);
    quote! { FactId::new(#index) }
}

/// What rows refer to: constants of the module, each a list.
#[derive(Default)]
struct Lists {
    /// Reasons of the board file for policies.
    reasons: Vec<TokenStream>,
    /// Values that fixes put right.
    fixed: Vec<TokenStream>,
    /// Lines that make a variant's values what they are.
    lines: Vec<TokenStream>,
}

/// The constant `FACTS`, and those that it refers to.
pub(super) fn emit(board: &Board) -> TokenStream {
    let mut lists = Lists::default();
    let rows: Vec<TokenStream> = board.facts.iter().map(|fact| row(board, fact, &mut lists)).collect();
    let lists = lists.emit(board);
    quote! {
        #lists
        /// What the check holds against the live tree, in ledger order.
        #[rustfmt::skip]
        const FACTS: &[Fact] = &[#(#rows),*];
    }
}

impl Lists {
    fn emit(&self, board: &Board) -> TokenStream {
        let Self { reasons, fixed, lines } = self;
        let reasons = constant("Why the board file sets these facts' policies.", "WHYS", "Why", reasons);
        let fixes: Vec<TokenStream> = if fixed.is_empty() { Vec::new() } else { board.fixes.iter().map(fix).collect() };
        let fixes = constant("What the board file puts right.", "FIXES", "Fix", &fixes);
        let fixed = constant("What firmware says in the place of fixed values.", "FIXED", "Fixed", fixed);
        let lines = constant("What the variant's values come from.", "LINES", "Line", lines);
        quote! { #reasons #fixes #fixed #lines }
    }
}

/// A list of `rows`, if there is any.
fn constant(doc: &str, name: &str, of: &str, rows: &[TokenStream]) -> Option<TokenStream> {
    let doc = format!(" {doc}");
    let (name, of) = (Ident::new(name, Span::call_site()), Ident::new(of, Span::call_site()));
    (!rows.is_empty()).then(|| {
        quote! {
            #[doc = #doc]
            const #name: &[#of] = &[#(#rows),*];
        }
    })
}

fn fix(fix: &Fix) -> TokenStream {
    let (source, line) = (&fix.source, place(&fix.line));
    let confidence = word(&fix.confidence);
    quote! { Fix { source: #source, confidence: Confidence::#confidence, line: #line } }
}

fn place(line: &Line) -> TokenStream {
    let (file, number) = (line.file.as_ref(), decimal(line.number.into()));
    quote! { Line { file: #file, number: #number } }
}

/// Adds to a list, and says where.
fn add(list: &mut Vec<TokenStream>, row: TokenStream) -> Literal {
    list.push(row);
    decimal(list.len() as u64 - 1)
}

fn row(board: &Board, fact: &Fact, lists: &mut Lists) -> TokenStream {
    let Fact { name, property, .. } = fact;
    let policy = word(&fact.policy);
    let policy = quote! { Policy::#policy };
    let whose = fact.device.unwrap_or_default();
    let device = decimal(whose as u64);
    let nth = nth(fact.item).map(|nth| decimal(nth.into()));
    let row = match fact.value {
        FactValue::Compatible => {
            let compatible = board.devices.get(whose).map_or("", |device| device.compatible.as_str());
            quote! { Fact::compatible(#name, #device, #compatible, #policy) }
        }
        FactValue::Plain(Value::Compatible(text)) => quote! { Fact::compatible(#name, #device, #text, #policy) },
        FactValue::Plain(Value::Window(value)) => {
            let value = window(value);
            quote! { Fact::window(#name, #device, #nth, #value, #policy) }
        }
        FactValue::Plain(Value::Interrupt(value)) => {
            let value = interrupt(value);
            quote! { Fact::interrupt(#name, #device, #nth, #value, #policy, #property) }
        }
        FactValue::Plain(Value::Clock(value)) => {
            let rate = decimal(value.0);
            quote! { Fact::clock(#name, #device, #nth, Hertz(#rate), #policy, #property) }
        }
        FactValue::Plain(Value::Conduit(value)) => {
            let value = conduit(value);
            quote! { Fact::conduit(#name, #device, #value, #policy) }
        }
        FactValue::Plain(Value::Mpidr(value)) => {
            let affinity = hex(value.0);
            quote! { Fact::mpidr(#name, #nth, Mpidr(#affinity), #policy) }
        }
    };
    let row = match &fact.origin {
        Origin::Tree => row,
        Origin::Variant(line) => {
            let index = add(&mut lists.lines, place(line));
            quote! { #row.varied(&LINES[#index]) }
        }
        Origin::Fix { fix, recorded: there } => {
            let (fix, there) = (decimal(*fix as u64), recorded(there));
            let index = add(&mut lists.fixed, quote! { Fixed { fix: &FIXES[#fix], recorded: #there } });
            quote! { #row.fixed(&FIXED[#index]) }
        }
    };
    match &fact.why {
        None => row,
        Some((why, line)) => {
            let line = place(line);
            let index = add(&mut lists.reasons, quote! { Why { text: #why, line: #line } });
            quote! { #row.because(&WHYS[#index]) }
        }
    }
}

/// What the reference tree has.
fn recorded(recorded: &Recorded) -> TokenStream {
    match recorded {
        Recorded::Missing => quote! { Recorded::Missing },
        Recorded::Disabled => quote! { Recorded::Disabled },
        Recorded::Unresolvable => quote! { Recorded::Unresolvable },
        Recorded::Compatible(text) => quote! { Recorded::Value(Value::Compatible(#text)) },
        Recorded::Value(value) => {
            let value = match *value {
                Value::Compatible(text) => quote! { Compatible(#text) },
                Value::Window(value) => {
                    let value = window(value);
                    quote! { Window(#value) }
                }
                Value::Interrupt(value) => {
                    let value = interrupt(value);
                    quote! { Interrupt(#value) }
                }
                Value::Clock(value) => {
                    let rate = decimal(value.0);
                    quote! { Clock(Hertz(#rate)) }
                }
                Value::Conduit(value) => {
                    let value = conduit(value);
                    quote! { Conduit(#value) }
                }
                Value::Mpidr(value) => {
                    let affinity = hex(value.0);
                    quote! { Mpidr(Mpidr(#affinity)) }
                }
            };
            quote! { Recorded::Value(Value::#value) }
        }
    }
}

/// The item's number among its kind.
fn nth(item: Item) -> Option<u8> {
    match item {
        Item::Window(nth) | Item::Interrupt(nth) | Item::Clock(nth) | Item::Mpidr(nth) => Some(nth),
        Item::Compatible | Item::Conduit => None,
    }
}
