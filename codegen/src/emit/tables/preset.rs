//! Presets: a board's own, and all there are, a bit for each name.

use hardware::board::Chosen;
use proc_macro2::TokenStream;
use quote::quote;

use super::literal::binary;
use crate::model::board::preset::{Preset, all, names};
use crate::model::device::Binding;
use crate::parse::preset::{Kind, Presets};

/// The board's preset.
pub(super) fn emit(preset: &Preset) -> TokenStream {
    let name = &preset.name;
    let chosen = chosen(preset.bits());
    quote! { Preset { name: #name, chosen: #chosen, all: &super::PRESETS } }
}

/// The static `PRESETS`.
pub(super) fn table(presets: &Presets, bindings: &[Binding]) -> TokenStream {
    let [drivers, commands, features] = Kind::ALL.map(|kind| names(kind, presets, bindings).into_iter());
    let rows = all(presets, bindings).into_values().map(|preset| {
        let (name, chosen) = (&preset.name, chosen(preset.bits()));
        quote! { (#name, hardware::board::#chosen) }
    });
    quote! {
        /// Every preset of `schemas/presets.toml`.
        static PRESETS: hardware::board::Presets = hardware::board::Presets {
            drivers: &[#(#drivers),*],
            commands: &[#(#commands),*],
            features: &[#(#features),*],
            presets: &[#(#rows),*],
        };
    }
}

fn chosen(chosen: Chosen) -> TokenStream {
    let [drivers, commands, features] = [chosen.drivers, chosen.commands, chosen.features].map(binary);
    quote! { Chosen { drivers: #drivers, commands: #commands, features: #features } }
}
