//! Variants: their evidence, and the module that their table is in.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::device::{file_name, word};
use super::literal::decimal;
use super::{identifier, origin};
use crate::model::board::{Board, Evidence, Variant};

/// `d0` of `rpi5` as a module's name.
pub(super) fn module(board: &Board, variant: &Variant) -> Ident {
    identifier(&format!("{}_as_{}", board.name, variant.name), str::to_ascii_lowercase)
}

/// The variant's row in its board's table.
pub(super) fn emit(board: &Board, variant: &Variant) -> TokenStream {
    let (name, module) = (&variant.name, module(board, variant));
    let evidence = variant.evidence.iter().map(piece);
    let comment = origin(&format!("{}:{}", file_name(&variant.line.file), variant.line.number));
    quote! {
        Variant {
            name: #name,
            #[doc = #comment]
            evidence: &[#(#evidence),*],
            board: &super::#module::BOARD,
        }
    }
}

fn piece(evidence: &Evidence) -> TokenStream {
    match evidence {
        Evidence::Compatible(string) => quote! { Evidence::Compatible(#string) },
        Evidence::Interrupt { node, nth, kind, number } => {
            let (nth, kind, number) = (decimal((*nth).into()), word(kind), decimal((*number).into()));
            quote! { Evidence::Interrupt { node: #node, nth: #nth, kind: InterruptType::#kind, number: #number } }
        }
        Evidence::Property { node, property, value } => {
            let value = Literal::byte_string(value);
            quote! { Evidence::Property { node: #node, property: #property, value: #value } }
        }
    }
}
