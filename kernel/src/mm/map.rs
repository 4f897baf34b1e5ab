//! What is mapped, whose it is, and whether it may be: the policy that the live page tables are held to.

use core::fmt;

use kernel_core::log::Level;

use crate::arch::layout;
use crate::arch::mmu::{self, Memory, Protection, Regime};
use crate::log;

use super::walk::{self, Run};
use super::{DEVICE, LINEAR, PAGE, STACKS, UNCACHED, UNCACHED_END, blob, device, ram, spin_table, stack};

/// The address behind the last that RAM past the caches has.
const UNCACHED_LAST: u64 = UNCACHED + UNCACHED_END;

/// A run of the live tables, as far as one owner has it.
#[derive(Debug, Clone, Copy)]
pub struct Mapping {
    /// Where, and how.
    pub run: Run,
    /// Whose; `None`: nobody has a right to it.
    pub owner: Option<Owner>,
}

/// Who has addresses, and what the policy lets them be.
#[derive(Debug, Clone, Copy)]
pub struct Owner {
    /// What it is called.
    pub name: Name,
    /// The address behind its last.
    end: u64,
    /// What it must map to; `None` for stacks, whose frames may be any.
    physical: Option<u64>,
    protection: Protection,
    memory: Memory,
}

/// What an owner is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// A part of the image, RAM, the tree, a device.
    Word(&'static str),
    /// A stack's owner.
    Stack(stack::Owner),
}

/// All mappings, in address order.
pub fn mappings() -> impl Iterator<Item = Mapping> {
    let mut rest: Option<Run> = None;
    let mut runs = walk::runs();
    core::iter::from_fn(move || {
        let whole = rest.take().or_else(|| runs.next())?;
        let owner = owner(whole.address);
        let size = owner.map_or(whole.size, |owner| whole.size.min(owner.end - whole.address));
        if size < whole.size {
            let (address, physical) = (whole.address + size, whole.physical + size);
            rest = Some(Run { address, physical, size: whole.size - size, ..whole });
        }
        Some(Mapping { run: Run { size, ..whole }, owner })
    })
}

/// Holds every mapping, and the registers that rule them all, to the policy, and logs them as a table.
///
/// # Panics
/// Where one breaks it: a kernel that others can write isn't one.
// A test stops here to break one.
#[inline(never)]
pub fn check() {
    if let Err(register) = Regime::of_this_core().check() {
        panic!("{register}");
    }
    for mapping in mappings() {
        assert!(mapping.is_allowed(), "{mapping}");
        log::record_text(Level::Info, Row::new(&mapping).text());
    }
}

impl Mapping {
    /// Whether it is what its owner may have, in every attribute.
    pub fn is_allowed(&self) -> bool {
        self.owner.is_some_and(|owner| {
            let wanted = mmu::attributes(owner.protection, owner.memory);
            let moved = owner.physical.is_some_and(|physical| physical != self.run.physical);
            self.run.attributes == wanted && !moved
        })
    }
}

/// Whose `address` is.
fn owner(address: u64) -> Option<Owner> {
    match address {
        LINEAR..DEVICE => linear(address),
        DEVICE..STACKS => window(address),
        UNCACHED..UNCACHED_LAST => shared(address),
        _ => section(address).or_else(|| of_stack(address)),
    }
}

fn linear(address: u64) -> Option<Owner> {
    let physical = address - LINEAR;
    let tree = blob::mapped();
    let (name, end, protection) = if tree.contains(&physical) {
        ("device tree", tree.end, Protection::Constants)
    } else if spin_table::has(physical) {
        ("spin table", physical + PAGE, Protection::Data)
    } else {
        ("RAM", ram::range_at(physical)?.end, Protection::Data)
    };
    let (name, end) = (Name::Word(name), LINEAR + end);
    Some(Owner { name, end, physical: Some(physical), protection, memory: Memory::Normal })
}

fn window(address: u64) -> Option<Owner> {
    let physical = address - DEVICE;
    let owned = device::owner(physical)?;
    let (name, end) = (Name::Word(owned.name), DEVICE + owned.end_of_pages());
    Some(Owner { name, end, physical: Some(physical), protection: Protection::Data, memory: owned.memory })
}

fn shared(address: u64) -> Option<Owner> {
    let physical = address - UNCACHED;
    let end = UNCACHED + ram::range_at(physical)?.end;
    let name = Name::Word("DMA");
    Some(Owner { name, end, physical: Some(physical), protection: Protection::Data, memory: Memory::Uncached })
}

fn section(address: u64) -> Option<Owner> {
    let at = address as usize;
    let (text, rodata, mut data) = (layout::text(), layout::rodata(), layout::data());
    let [(guard, _), ..] = layout::stacks();
    data.end = guard.start;
    let sections = [
        ("text", text, Protection::Code),
        ("rodata", rodata, Protection::Constants),
        ("data, bss", data, Protection::Data),
    ];
    let (name, range, protection) = sections.into_iter().find(|(_, range, _)| range.contains(&at))?;
    let (name, physical) = (Name::Word(name), Some(layout::physical(at)));
    Some(Owner { name, end: range.end as u64, physical, protection, memory: Memory::Normal })
}

fn of_stack(address: u64) -> Option<Owner> {
    let at = address as usize;
    let usable = stack::usable_at(at)?;
    let name = stack::find(at).map_or(Name::Word("stack in reserve"), |stack| Name::Stack(stack.owner));
    let physical = layout::image().contains(&at).then(|| layout::physical(at));
    Some(Owner { name, end: usable.end as u64, physical, protection: Protection::Data, memory: Memory::Normal })
}

/// A row of the log's table, put together by hand because it is a part of every boot.
struct Row {
    bytes: [u8; ROW],
    length: usize,
}

/// Bytes of a row. What has no place is left out.
const ROW: usize = 96;
/// How each begins, with the places of both addresses and the rights.
const FORM: &[u8; 41] = b"map ................ to ............ ... ";

impl Row {
    /// Section, virtual and physical address, size, rights.
    fn new(mapping: &Mapping) -> Self {
        let Run { address, physical, size, attributes } = mapping.run;
        let mut row = Self { bytes: [0; ROW], length: FORM.len() };
        row.bytes[..FORM.len()].copy_from_slice(FORM);
        row.bytes[4..12].copy_from_slice(&hex((address >> 32) as u32));
        row.bytes[12..20].copy_from_slice(&hex(address as u32));
        // Twelve digits are all that a descriptor's address has.
        row.bytes[24..28].copy_from_slice(&hex((physical >> 32) as u32)[4..]);
        row.bytes[28..36].copy_from_slice(&hex(physical as u32));
        row.bytes[37..40].copy_from_slice(&mmu::rights(attributes));
        row.decimal(size >> 10);
        row.put(b" KiB ");
        let (name, number) = mapping.owner.map_or(("nobody", None), |owner| owner.name.parts());
        row.put(name.as_bytes());
        if let Some(number) = number {
            row.put(b" ");
            row.decimal(number.into());
        }
        row
    }

    fn put(&mut self, text: &[u8]) {
        if let Some(places) = self.bytes.get_mut(self.length..self.length + text.len()) {
            places.copy_from_slice(text);
            self.length += text.len();
        }
    }

    fn decimal(&mut self, value: u64) {
        let (mut digits, mut first, mut rest) = ([b'0'; 20], 20, value);
        while rest > 0 || first == digits.len() {
            first -= 1;
            if let Some(digit) = digits.get_mut(first) {
                *digit += (rest % 10) as u8;
            }
            rest /= 10;
        }
        self.put(digits.get(first..).unwrap_or_default());
    }

    fn text(&self) -> &str {
        // Cannot fail: all of it is ASCII.
        self.bytes.get(..self.length).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// Eight hexadecimal digits at once: each half byte gets a byte of its own, then its letter.
const fn hex(value: u32) -> [u8; 8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let halves = (value as u64 & 0xffff_0000) << 16 | value as u64 & 0xffff;
    let bytes = (halves << 8 | halves) & 0x00ff_00ff_00ff_00ff;
    let digits = (bytes << 4 | bytes) & (0x0f * ONES);
    let letters = (digits + 6 * ONES) >> 4 & ONES;
    (digits + b'0' as u64 * ONES + letters * (b'a' - b'0' - 10) as u64).to_be_bytes()
}

impl Name {
    /// A word, and which of several it is.
    pub fn parts(self) -> (&'static str, Option<u16>) {
        match self {
            Self::Word(word) => (word, None),
            Self::Stack(owner) => owner.parts(),
        }
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Run { address, physical, size, attributes } = self.run;
        write!(f, "mapping {address:#x} to {physical:#x}, {size:#x} bytes, attributes {attributes:#x}: ")?;
        match self.owner {
            Some(owner) => {
                let wanted = mmu::attributes(owner.protection, owner.memory);
                write!(f, "{} may have {wanted:#x}", owner.name)?;
                owner.physical.map_or(Ok(()), |physical| write!(f, " at {physical:#x}"))
            }
            None => f.write_str("nobody's"),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Stack(owner) => owner.fmt(f),
        }
    }
}
