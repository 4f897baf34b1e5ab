//! `mem`: physical memory and the heap.

use core::fmt;

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Form, JSON};
use crate::frames::Zone;
use crate::report;
use crate::system::{Memory, Region};
use crate::text::Json;

/// `mem`
pub static MEM: Command = Command {
    name: "mem",
    category: Category::Kernel,
    brief: "show physical memory and the heap",
    forms: &[
        Form {
            word: "",
            brief: "regions in address order with how the kernel maps them, then frames and heap",
            flags: &[JSON],
            operands: &[],
            run: mem,
        },
        Form {
            word: "map",
            brief: "the live page tables: virtual addresses, physical ones, size, rights, kind, whose",
            flags: &[JSON],
            operands: &[],
            run: map,
        },
    ],
    examples: &[
        Example { line: "mem", shows: "what is where, and how much is left" },
        Example { line: "mem map", shows: "that nothing is writable and executable" },
    ],
    see_also: &["board", "dt"],
};

fn mem<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let memory = call.system.memory();
    let printed = if call.args.has("--json") { json(memory, call.out) } else { report::memory(memory, call.out) };
    Ok(printed?)
}

fn map<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let memory = call.system.memory();
    let printed = if call.args.has("--json") { map_json(memory, call.out) } else { report::mappings(memory, call.out) };
    Ok(printed?)
}

fn map_json(memory: &dyn Memory, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut json = Json::new(out);
    json.open('{')?;
    json.key("mappings")?.open('[')?;
    for mapping in (0..).map_while(|index| memory.mapping(index)) {
        json.open('{')?;
        json.key("address")?.text(&format_args!("{:#x}", mapping.address))?;
        json.key("physical")?.text(&format_args!("{:#x}", mapping.physical))?;
        json.key("size")?.number(mapping.size)?;
        json.key("rights")?.text(&mapping.rights)?;
        json.key("memory")?.text(&mapping.memory)?;
        json.key("name")?.text(&mapping.name)?;
        json.key("number")?.number_or_null(mapping.number.map(u64::from))?;
        json.close('}')?;
    }
    json.close(']')?;
    let regime = memory.regime();
    json.key("wxn")?.boolean(regime.wxn)?;
    match regime.pan {
        Some(on) => json.key("pan")?.boolean(on)?,
        None => json.key("pan")?.text_or_null(None::<&str>)?,
    }
    json.close('}')?;
    out.write_char('\n')
}

fn json(memory: &dyn Memory, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut json = Json::new(out);
    json.open('{')?;
    json.key("regions")?.open('[')?;
    for region in (0..).map_while(|index| memory.region(index)) {
        region_json(&mut json, &region)?;
    }
    json.close(']')?;
    json.key("frames")?.open('[')?;
    for zone in Zone::ALL.into_iter().rev() {
        let usage = memory.frames(zone);
        json.open('{')?;
        json.key("zone")?.text(&zone.name())?;
        json.key("total")?.number(usage.total)?;
        json.key("free")?.number(usage.free)?;
        json.close('}')?;
    }
    json.close(']')?;
    let heap = memory.heap();
    json.key("heap")?.open('{')?;
    json.key("size")?.number(heap.size)?;
    json.key("used")?.number(heap.used)?;
    json.key("peak")?.number(heap.peak)?;
    json.key("failures")?.number(heap.failures)?;
    json.close('}')?;
    json.close('}')?;
    out.write_char('\n')
}

fn region_json(json: &mut Json<'_>, region: &Region<'_>) -> fmt::Result {
    json.open('{')?;
    json.key("base")?.text(&format_args!("{:#x}", region.base))?;
    json.key("size")?.number(region.size)?;
    json.key("kind")?.text(&region.kind.name())?;
    json.key("access")?.text(&region.kind.access())?;
    json.key("name")?.text(&region.name)?;
    json.close('}')
}
