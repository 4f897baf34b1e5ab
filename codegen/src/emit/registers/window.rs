//! A register window: `SIZE`, `Registers` with its accessors, and the registers' field modules.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::text::{doc, hex, integer, name, number};
use super::{fields, sentence};
use crate::model::device::{Access, Array, Binding, Probe, Register, Window};

/// What generated code of `window`, the `index`th of `binding`, consists of.
pub(super) fn window(binding: &Binding, index: usize, window: &Window) -> TokenStream {
    let inner = contents(binding, index, window);
    let Some(module) = &window.name else { return inner };
    let section = window.manual.as_ref().map(|section| format!(" ({}, {section})", binding.manual));
    let docs = doc(&[format!("{}{}.", sentence(&window.summary), section.unwrap_or_default())]);
    let module = name(&module.value);
    quote! {
        #docs
        pub mod #module { #inner }
    }
}

fn contents(binding: &Binding, index: usize, window: &Window) -> TokenStream {
    let size = hex(window.size.value, 0);
    let accessors = window.registers.iter().map(|register| accessor(binding, register));
    let probe = probe(binding, index, window);
    let modules = window.registers.iter().map(|register| fields::module(&binding.manual, register));
    quote! {
        use crate::mmio::{self, Bus, TooSmall};

        /// Bytes that a window must have.
        pub const SIZE: usize = #size;

        /// The register map on a bus.
        #[derive(Debug, Clone, Copy)]
        pub struct Registers<B> { bus: B }

        impl<B: Bus> Registers<B> {
            /// Takes the window; every register lies inside it from here on.
            pub fn new(bus: B) -> Result<Self, TooSmall> {
                if bus.size() < SIZE {
                    return Err(TooSmall);
                }
                Ok(Self { bus })
            }

            /// The window.
            pub fn bus(&self) -> &B {
                &self.bus
            }

            /// Gives the window back.
            pub fn into_bus(self) -> B {
                self.bus
            }

            #probe
            #(#accessors)*
        }

        #(#modules)*
    }
}

/// `probe()`, where the binding has probes in this window.
fn probe(binding: &Binding, index: usize, window: &Window) -> Option<TokenStream> {
    let probes: Vec<_> = binding.probes.iter().filter(|probe| probe.window == index).collect();
    let tests = probes.iter().filter_map(|probe| probe_test(probe, window));
    (!probes.is_empty()).then(|| {
        quote! {
            /// Whether the device answers as its binding says: reads without an effect.
            pub fn probe(&self) -> bool {
                use tock_registers::interfaces::Readable;
                #(#tests)&&*
            }
        }
    })
}

fn probe_test(probe: &Probe, window: &Window) -> Option<TokenStream> {
    let register = window.registers.iter().find(|register| register.name.value == probe.register.value)?;
    let accessor = accessor_name(register);
    let (mask, value) = (hex(probe.mask.value, 2), hex(probe.value.value, 2));
    let all = probe.mask.value == u64::MAX >> (64 - register.width.bits());
    let answer = if all { quote!(get()) } else { quote!(get() & #mask) };
    Some(match register.optional {
        true => quote! { self.#accessor().is_none_or(|register| register.#answer == #value) },
        false => quote! { self.#accessor().#answer == #value },
    })
}

fn accessor_name(register: &Register) -> Ident {
    name(&register.name.value.to_lowercase())
}

fn accessor(binding: &Binding, register: &Register) -> TokenStream {
    let docs = doc(&docs(binding, register));
    let name = accessor_name(register);
    let this = if register.access.takes() { quote!(&mut self) } else { quote!(&self) };
    let handle = handle(register);
    let offset = hex(register.offset.value, 3);
    let end = hex(register.end(), 3);
    match &register.array {
        None if register.optional => quote! {
            #docs
            #[inline(always)]
            pub fn #name(#this) -> Option<#handle> {
                (self.bus.size() >= #end).then(|| mmio::Register::new(&self.bus, #offset))
            }
        },
        None => quote! {
            #docs
            #[inline(always)]
            pub fn #name(#this) -> #handle {
                mmio::Register::new(&self.bus, #offset)
            }
        },
        Some(Array { count, stride }) => {
            let (count, stride) = (number(count.value), number(stride.value));
            let inside = match register.optional {
                true => quote!(index < #count && self.bus.size() >= #end),
                false => quote!(index < #count),
            };
            quote! {
                #docs
                #[inline(always)]
                pub fn #name(#this, index: usize) -> Option<#handle> {
                    (#inside).then(|| mmio::Register::new(&self.bus, #offset + index * #stride))
                }
            }
        }
    }
}

fn docs(binding: &Binding, register: &Register) -> Vec<String> {
    let name = &register.name.value;
    let place = match &register.array {
        None => format!("at {:#05x}", register.offset.value),
        Some(array) => format!("0 to {} from {:#05x}", array.count.value - 1, register.offset.value),
    };
    let summary = register.summary.as_ref().map(|summary| format!(": {summary}")).unwrap_or_default();
    let line = format!("`{name}` {place}{summary} ({}, {}).", binding.manual, register.manual);
    match register.optional {
        true => vec![line, String::new(), "`None` where the window ends before it.".to_owned()],
        false => vec![line],
    }
}

/// The accessor's return type.
fn handle(register: &Register) -> TokenStream {
    let integer = integer(register.width);
    let long_name = match fields::has_module(register) {
        true => {
            let module = name(&register.name.value);
            quote!(#module::Register)
        }
        false => quote!(()),
    };
    let kind = kind(register.access);
    quote! { mmio::Register<'_, B, #integer, #long_name, mmio::#kind> }
}

/// The marker type in `drivers::mmio`.
fn kind(access: Access) -> Ident {
    format_ident!("{access:?}")
}
