//! The row that is the board itself, each value with the line that says it.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::device::file_name;
use super::literal::{decimal, hex};
use super::{fact, list, origin, preset, variant, window};
use crate::findings::Line;
use crate::model::board::{Board, Lines};
use crate::parse::board::Baud;

/// The static `BOARD`; `idents` are its devices' constants.
pub(super) fn table(board: &Board, variant_name: Option<&str>, idents: &[Ident]) -> TokenStream {
    let Board { name, summary, compatible, tree, .. } = board;
    let (file, tree) = (&board.source.path, tree.as_ref());
    let origins = Origins::new(board);
    let Origins { compatible: of_compatible, tree: of_tree, .. } = &origins;
    let (start, choices, cpus) = (start(board), choices(board, &origins), cpus(board));
    let doc = format!(" {summary}.");
    let variants = board.variants.iter().map(|kind| variant::emit(board, kind));
    let variant_name = match variant_name {
        Some(name) => quote! { Some(#name) },
        None => quote! { None },
    };
    quote! {
        #[doc = #doc]
        pub static BOARD: Board = Board {
            name: #name,
            variant: #variant_name,
            variants: &[#(#variants),*],
            summary: #summary,
            #[doc = #of_compatible]
            compatible: &[#(#compatible),*],
            file: #file,
            #[doc = #of_tree]
            tree: #tree,
            devices: &[#(#idents),*],
            bindings: super::BINDINGS,
            facts: FACTS,
            #start
            #[doc = "~ reg of each"]
            cpus: &[#(#cpus),*],
            #choices
        };
    }
}

/// Where each value comes from, as comments.
struct Origins {
    compatible: String,
    tree: String,
    prefer: String,
    baud: String,
    memory: String,
    without_tree: String,
    preset: String,
}

impl Origins {
    fn new(board: &Board) -> Self {
        let Lines { compatible, tree, preset, prefer, baud, least, without_tree } = &board.lines;
        let file = file_name(&board.source.path);
        let at = |line: &Line| format!("{}:{}", file_name(&line.file), line.number);
        let said = |line: &Option<Line>| line.as_ref().map_or_else(|| format!("the default: {file} doesn't say"), at);
        Self {
            compatible: origin(&at(compatible)),
            tree: origin(&at(tree)),
            prefer: said(prefer),
            baud: origin(&said(baud)),
            memory: origin(&said(least)),
            without_tree: origin(&said(without_tree)),
            preset: origin(&format!("{} and schemas/presets.toml", at(preset))),
        }
    }
}

/// The order in which devices with a driver start.
fn start(board: &Board) -> TokenStream {
    let driven = board.started();
    let comment = origin(&names(board, &driven).join(", "));
    let init = indices(&driven);
    quote! { #[doc = #comment] init: &[#(#init),*], }
}

/// What the board file chooses.
fn choices(board: &Board, origins: &Origins) -> TokenStream {
    let Origins { prefer, baud: of_baud, memory, without_tree: of_without, preset: of_preset, .. } = origins;
    let of_console = origin(&format!("{}, by {prefer}", list(&names(board, &board.console))));
    let console = indices(&board.console);
    let (baud, without_tree, least) = (baud(board.baud), without_tree(board), hex(board.least_memory));
    let preset = preset::emit(&board.preset);
    quote! {
        #[doc = #of_console]
        console: &[#(#console),*],
        #[doc = #of_baud]
        baud: #baud,
        #[doc = #memory]
        memory: MemoryPolicy { least: #least },
        #[doc = #of_without]
        without_tree: #without_tree,
        #[doc = #of_preset]
        preset: #preset,
    }
}

fn cpus(board: &Board) -> impl Iterator<Item = TokenStream> {
    board.cpus.iter().map(|cpu| {
        let path = &cpu.path;
        let fact = fact::id(cpu.mpidr.fact);
        let mpidr = hex(cpu.mpidr.value.0);
        quote! { Cpu { path: #path, mpidr: Claim::new(#fact, Mpidr(#mpidr)) } }
    })
}

fn baud(baud: Baud) -> TokenStream {
    match baud {
        Baud::Keep => quote! { Baud::Keep },
        Baud::Set(rate) => {
            let rate = decimal(rate.into());
            quote! { Baud::Set(#rate) }
        }
    }
}

fn without_tree(board: &Board) -> TokenStream {
    match board.without_tree {
        None => quote! { WithoutTree::Refuse },
        Some(memory) => {
            let memory = window(memory);
            quote! { WithoutTree::Continue { memory: #memory } }
        }
    }
}

fn names<'b>(board: &'b Board, devices: &[usize]) -> Vec<&'b str> {
    devices.iter().map(|&index| board.devices[index].name.as_str()).collect()
}

fn indices(devices: &[usize]) -> impl Iterator<Item = proc_macro2::Literal> {
    devices.iter().map(|&index| decimal(index as u64))
}
