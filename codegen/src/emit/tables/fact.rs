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

/// The constant `FACTS`.
pub(super) fn emit(board: &Board) -> TokenStream {
    let rows = board.facts.iter().map(|fact| row(board, fact));
    quote! {
        /// What the check holds against the live tree, in ledger order.
        #[rustfmt::skip]
        const FACTS: &[Fact] = &[#(#rows),*];
    }
}

fn row(board: &Board, fact: &Fact) -> TokenStream {
    let Fact { name, property, .. } = fact;
    let device = match fact.device {
        Some(index) => {
            let index = decimal(index as u64);
            quote! { Some(#index) }
        }
        None => quote! { None },
    };
    let item = item(fact.item);
    let value = match (fact.value, fact.device) {
        (FactValue::Plain(value), _) => plain(value),
        (FactValue::Compatible, device) => {
            let compatible = device.map_or("", |device| board.devices[device].compatible.as_str());
            quote! { Value::Compatible(#compatible) }
        }
    };
    let policy = word(&fact.policy);
    let row = quote! {
        Fact::new(#name, #device, #item, #value, Policy::#policy, Origin::tree(#property))
    };
    match &fact.why {
        None => row,
        Some((why, line)) => {
            let line = decimal((*line).into());
            quote! { #row.because(#why, #line) }
        }
    }
}

fn item(item: Item) -> TokenStream {
    let numbered = |name: &str, index: u8| {
        let name = proc_macro2::Ident::new(name, proc_macro2::Span::call_site());
        let index = decimal(index.into());
        quote! { Item::#name(#index) }
    };
    match item {
        Item::Compatible => quote! { Item::Compatible },
        Item::Window(index) => numbered("Window", index),
        Item::Interrupt(index) => numbered("Interrupt", index),
        Item::Clock(index) => numbered("Clock", index),
        Item::Mpidr(index) => numbered("Mpidr", index),
        Item::Conduit => quote! { Item::Conduit },
    }
}

fn plain(value: Value<'_>) -> TokenStream {
    match value {
        Value::Compatible(text) => quote! { Value::Compatible(#text) },
        Value::Window(value) => {
            let value = window(value);
            quote! { Value::Window(#value) }
        }
        Value::Interrupt(value) => {
            let value = interrupt(value);
            quote! { Value::Interrupt(#value) }
        }
        Value::Clock(value) => {
            let rate = decimal(value.0);
            quote! { Value::Clock(Hertz(#rate)) }
        }
        Value::Mpidr(value) => {
            let affinity = hex(value.0);
            quote! { Value::Mpidr(Mpidr(#affinity)) }
        }
        Value::Conduit(value) => {
            let value = conduit(value);
            quote! { Value::Conduit(#value) }
        }
    }
}
