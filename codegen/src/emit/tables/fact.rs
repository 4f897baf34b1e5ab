//! The ledger's rows.

use hardware::board::{Item, Value};
use proc_macro2::TokenStream;
use quote::quote;

use super::device::{conduit, interrupt, word};
use super::literal::{decimal, hex};
use super::window;
use crate::model::board::{Board, Fact, FactValue};

/// `FactId::new(12)`
pub(super) fn id(fact: usize) -> TokenStream {
    let index = decimal(fact as u64);
    quote! { FactId::new(#index) }
}

/// The constant `FACTS`, and the reasons that it refers to.
pub(super) fn emit(board: &Board) -> TokenStream {
    let mut reasons = Vec::new();
    let rows: Vec<TokenStream> = board.facts.iter().map(|fact| row(board, fact, &mut reasons)).collect();
    let reasons = (!reasons.is_empty()).then(|| {
        quote! {
            /// Why the board file sets these facts' policies.
            #[rustfmt::skip]
            const WHYS: &[Why] = &[#(#reasons),*];
        }
    });
    quote! {
        #reasons
        /// What the check holds against the live tree, in ledger order.
        #[rustfmt::skip]
        const FACTS: &[Fact] = &[#(#rows),*];
    }
}

fn row(board: &Board, fact: &Fact, reasons: &mut Vec<TokenStream>) -> TokenStream {
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
    match &fact.why {
        None => row,
        Some((why, line)) => {
            let file = &board.source.path;
            let (index, line) = (decimal(reasons.len() as u64), decimal((*line).into()));
            reasons.push(quote! { Why { text: #why, line: Line { file: #file, number: #line } } });
            quote! { #row.because(&WHYS[#index]) }
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
