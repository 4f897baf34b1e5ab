//! Presets: a board's own, and all there are, a bit for each switch.

use proc_macro2::TokenStream;
use quote::quote;

use super::literal::binary;
use crate::model::board::Preset;
use crate::parse::preset::Presets;

/// The board's preset.
pub(super) fn emit(preset: &Preset) -> TokenStream {
    let name = &preset.name;
    let on = binary(preset.bits());
    quote! { Preset { name: #name, on: #on, all: &super::PRESETS } }
}

/// The static `PRESETS`.
pub(super) fn table(presets: &Presets) -> TokenStream {
    let switches = presets.switches.keys();
    let rows = presets.preset.iter().map(|(name, preset)| {
        let on = binary(presets.bits(preset));
        quote! { (#name, #on) }
    });
    quote! {
        /// Every preset of `schemas/presets.toml`.
        static PRESETS: hardware::board::Presets = hardware::board::Presets {
            switches: &[#(#switches),*],
            presets: &[#(#rows),*],
        };
    }
}
