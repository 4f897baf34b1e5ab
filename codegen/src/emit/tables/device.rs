//! A device's row.

use std::collections::BTreeSet;

use hardware::board::{Conduit, Driver, Interrupt, InterruptType};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::literal::decimal;
use super::{fact, identifier, origin, window};
use crate::model::board::{Board, Device, Located};

/// A constant's name for each device.
pub(super) fn idents(board: &Board) -> Vec<Ident> {
    // What the module has besides.
    let mut taken = BTreeSet::from(["BOARD", "FACTS"].map(str::to_owned));
    let unique = |device: &Device| {
        let mut ident = identifier(device.name.trim_start_matches('/'), str::to_ascii_uppercase);
        while !taken.insert(ident.to_string()) {
            ident = Ident::new(&format!("{ident}_"), Span::call_site());
        }
        ident
    };
    board.devices.iter().map(unique).collect()
}

/// The constant that is the device's row.
pub(super) fn emit(board: &Board, device: &Device, ident: &Ident) -> TokenStream {
    let Device { name, path, compatible, .. } = device;
    let doc = format!(" `{name}` · {compatible} · `{path}` ({})", file_name(&board.tree));
    let binding = &device.binding_name;
    let class = word(&device.class);
    let stage = word(&device.stage);
    let [driver, by_preset] = [device.driver, device.by_preset].map(self::driver);
    let present = fact::id(device.present);
    let windows = claims("windows", &device.windows, |value| window(*value));
    let interrupts = claims("interrupts", &device.interrupts, |value| interrupt(*value));
    let clocks = claims("clocks", &device.clocks, |value| {
        let rate = decimal(value.0);
        quote! { Hertz(#rate) }
    });
    let conduit = match &device.conduit {
        None => quote! { conduit: None },
        Some(located) => {
            let (how, id, value) = (comment(&located.how), fact::id(located.fact), conduit(located.value));
            quote! { #how conduit: Some(Claim::new(#id, #value)) }
        }
    };
    let left_out = device.left_out.iter().map(|line| format!(" Not in the tables: {line}."));
    quote! {
        #[doc = #doc]
        #(#[doc = #left_out])*
        const #ident: Device = Device {
            name: #name,
            path: #path,
            binding: #binding,
            compatible: #compatible,
            class: Class::#class,
            driver: #driver,
            left_out: #by_preset,
            stage: Stage::#stage,
            present: Claim::new(#present, #compatible),
            #windows,
            #interrupts,
            #clocks,
            #conduit,
        };
    }
}

fn driver(driver: Option<Driver>) -> TokenStream {
    match driver.as_ref().map(word) {
        Some(driver) => quote! { Some(Driver::#driver) },
        None => quote! { None },
    }
}

/// A field of claims, with a comment for each claim's origin.
fn claims<T>(field: &str, values: &[Located<T>], value: impl Fn(&T) -> TokenStream) -> TokenStream {
    let field = Ident::new(field, Span::call_site());
    let comments = values.iter().map(|located| comment(&located.how));
    let claims = values.iter().map(|located| {
        let (id, value) = (fact::id(located.fact), value(&located.value));
        quote! { Claim::new(#id, #value) }
    });
    quote! { #(#comments)* #field: &[#(#claims),*] }
}

fn comment(text: &str) -> TokenStream {
    let text = origin(text);
    quote! { #[doc = #text] }
}

/// A line of the GIC.
pub(super) fn interrupt(line: Interrupt) -> TokenStream {
    let number = decimal(line.number.into());
    let trigger = word(&line.trigger);
    match line.kind {
        InterruptType::Spi => quote! { Interrupt::spi(#number, Trigger::#trigger) },
        InterruptType::Ppi => quote! { Interrupt::ppi(#number, Trigger::#trigger) },
        kind => {
            let kind = word(&kind);
            quote! { Interrupt { kind: InterruptType::#kind, number: #number, trigger: Trigger::#trigger } }
        }
    }
}

/// PSCI's conduit.
pub(super) fn conduit(conduit: Conduit) -> TokenStream {
    let conduit = word(&conduit);
    quote! { Conduit::#conduit }
}

/// A fieldless variant by its name, which is what Debug derives.
pub(super) fn word(variant: &impl std::fmt::Debug) -> Ident {
    Ident::new(&format!("{variant:?}"), Span::call_site())
}

pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
