//! A register's fields: what tock-registers' `register_bitfields!` would make, written out so that it can be read.

use proc_macro2::TokenStream;
use quote::quote;

use super::text::{doc, hex, integer, name, number};
use crate::model::device::{Field, Register};

/// Whether there is a module; registers without fields and reset value have none.
pub(super) fn has_module(register: &Register) -> bool {
    !register.fields.is_empty() || register.reset.is_some()
}

/// The module of `register`, where it has one.
pub(super) fn module(manual: &str, register: &Register) -> Option<TokenStream> {
    if !has_module(register) {
        return None;
    }
    let docs = doc(&[format!("Fields of `{}` ({manual}, {}).", register.name.value, register.manual)]);
    let module = name(&register.name.value);
    let integer = integer(register.width);
    let reset = register.reset.as_ref().map(|reset| {
        let value = hex(reset.value, 2);
        quote! {
            /// Value after reset.
            pub const RESET: #integer = #value;
        }
    });
    let imports = imports(register);
    let fields = register.fields.iter().map(|field| self::field(register, field));
    Some(quote! {
        #docs
        pub mod #module {
            #imports

            /// The register, as tock-registers tells it from others.
            #[derive(Debug, Clone, Copy)]
            pub struct Register;

            impl tock_registers::RegisterLongName for Register {}

            #reset
            #(#fields)*
        }
    })
}

fn imports(register: &Register) -> Option<TokenStream> {
    (!register.fields.is_empty()).then(|| quote! { use tock_registers::fields::Field; })
}

fn field(register: &Register, field: &Field) -> TokenStream {
    let field_name = name(&field.name.value);
    let integer = integer(register.width);
    let mask = hex(field.mask(), 0);
    let shift = number((*field.bits.value.start()).into());
    let docs = doc(&[docs(field)]);
    let values = values(register, field);
    quote! {
        #docs
        pub const #field_name: Field<#integer, Register> = Field::<#integer, Register>::new(#mask, #shift);
        #values
    }
}

fn docs(field: &Field) -> String {
    let (low, high) = (field.bits.value.start(), field.bits.value.end());
    let bits = if low == high { format!("bit {low}") } else { format!("bits {high}..{low}") };
    let summary = field.summary.as_ref().map(|summary| format!(": {summary}")).unwrap_or_default();
    format!("`{}`, {bits}{summary}.", field.name.value)
}

/// The module beside the field: its named values, or `SET` and `CLEAR` of a single bit.
fn values(register: &Register, field: &Field) -> Option<TokenStream> {
    if !field.values.is_empty() {
        return Some(named(register, field));
    }
    if field.mask() != 1 {
        return None;
    }
    let (module, integer) = (name(&field.name.value), integer(register.width));
    let docs = doc(&[format!("Values of `{}`.", field.name.value)]);
    Some(quote! {
        #docs
        pub mod #module {
            use tock_registers::fields::FieldValue;
            use super::Register;

            /// 1.
            pub const SET: FieldValue<#integer, Register> = super::#module.val(1);
            /// 0.
            pub const CLEAR: FieldValue<#integer, Register> = super::#module.val(0);
        }
    })
}

/// Named values: a constant each, and the enum that `read_as_enum` gives.
fn named(register: &Register, field: &Field) -> TokenStream {
    let (module, integer) = (name(&field.name.value), integer(register.width));
    let names: Vec<_> = field.values.iter().map(|(value, _)| name(&value.value)).collect();
    let numbers: Vec<_> = field.values.iter().map(|(_, value)| number(value.value)).collect();
    let docs = doc(&[format!("Values of `{}`.", field.name.value)]);
    let each: Vec<_> = field.values.iter().map(|(_, value)| doc(&[format!("{:#x}.", value.value)])).collect();
    quote! {
        #docs
        pub mod #module {
            use tock_registers::fields::{FieldValue, TryFromValue};
            use super::Register;

            #(
                #each
                pub const #names: FieldValue<#integer, Register> = super::#module.val(#numbers);
            )*

            /// A value with a name.
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum Value {
                #( #each #names, )*
            }

            impl TryFromValue<#integer> for Value {
                type EnumType = Self;

                fn try_from_value(value: #integer) -> Option<Self> {
                    match value {
                        #( #numbers => Some(Self::#names), )*
                        _ => None,
                    }
                }
            }
        }
    }
}
