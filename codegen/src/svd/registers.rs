//! Registers: clusters flattened, arrays kept, everything in the order of offsets.

use std::collections::BTreeSet;

use super::access::{self, Access};
use super::element::{Element, one_line};
use crate::findings::Findings;

/// A binding of more registers than this isn't one that a person looks through.
const MOST: usize = 4096;
/// Clusters in clusters in clusters.
const DEEPEST: usize = 8;

/// A register or an array of them.
pub(super) struct Register {
    pub(super) name: String,
    /// As the file calls it.
    pub(super) path: String,
    pub(super) summary: String,
    pub(super) offset: u64,
    pub(super) width: u64,
    pub(super) access: Access,
    /// Elements, and bytes from one to the next.
    pub(super) array: Option<(u64, u64)>,
    pub(super) reset: Option<u64>,
    pub(super) fields: Vec<Field>,
}

/// Named bits.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) summary: String,
    /// The lowest and the highest.
    pub(super) bits: (u64, u64),
    pub(super) values: Vec<(String, u64)>,
}

impl Register {
    /// The first byte after it.
    pub(super) fn end(&self) -> u64 {
        let (count, stride) = self.array.unwrap_or((1, 0));
        self.offset.saturating_add((count - 1).saturating_mul(stride)).saturating_add(self.width / 8)
    }
}

/// Where elements lie: what they inherit from, what their names begin with, where their offsets start.
struct Inside<'a, 'x, 'f> {
    /// The nearest first.
    around: Vec<&'a Element<'x, 'f>>,
    prefix: String,
    offset: u64,
}

/// All registers of a peripheral.
pub(super) fn read(
    root: &Element<'_, '_>,
    peripheral: &Element<'_, '_>,
    left_out: &mut Vec<String>,
) -> Result<Vec<Register>, Findings> {
    let mut registers = Vec::new();
    let inside = Inside { around: vec![peripheral, root], prefix: String::new(), offset: 0 };
    if let Some(all) = peripheral.child("registers") {
        collect(&all.elements(), &inside, &mut registers, left_out)?;
    }
    registers.sort_by_key(|register| register.offset);
    Ok(apart(registers, left_out))
}

fn collect(
    elements: &[Element<'_, '_>],
    inside: &Inside<'_, '_, '_>,
    registers: &mut Vec<Register>,
    left_out: &mut Vec<String>,
) -> Result<(), Findings> {
    for element in elements {
        if registers.len() > MOST {
            return Err(element.malformed(format!("more than {MOST} registers"), "no binding is that long"));
        }
        if element.is("register") {
            let register = element.derived(elements)?;
            registers.extend(self::register(&register, inside, left_out)?);
        } else if element.is("cluster") {
            cluster(&element.derived(elements)?, inside, registers, left_out)?;
        }
    }
    Ok(())
}

/// A cluster's registers, once for each of its elements.
fn cluster(
    cluster: &Element<'_, '_>,
    inside: &Inside<'_, '_, '_>,
    registers: &mut Vec<Register>,
    left_out: &mut Vec<String>,
) -> Result<(), Findings> {
    if inside.around.len() > DEEPEST {
        return Err(cluster.malformed("clusters are nested too deep", ""));
    }
    let name = cluster.require("name")?.content();
    let offset = place(cluster, inside)?;
    let dim = Dim::read(cluster)?;
    let count = dim.as_ref().map_or(1, |dim| dim.count);
    let stride = dim.as_ref().map_or(0, |dim| dim.stride);
    // The derived ones, too, have only the children that stand in the nearest of them.
    let children: Vec<Element<'_, '_>> =
        cluster.children("register").into_iter().chain(cluster.children("cluster")).collect();
    for index in 0..count {
        if registers.len() > MOST {
            return Err(cluster.malformed(format!("more than {MOST} registers"), "no binding is that long"));
        }
        let number = dim.as_ref().map(|dim| dim.index(index)).unwrap_or_default();
        let moved = index.checked_mul(stride).and_then(|moved| offset.checked_add(moved));
        let offset = moved.ok_or_else(|| cluster.malformed("a cluster past the end of memory", ""))?;
        let mut around = vec![cluster];
        around.extend(&inside.around);
        let prefix = format!("{}{}_", inside.prefix, numbered(name, &number));
        collect(&children, &Inside { around, prefix, offset }, registers, left_out)?;
    }
    Ok(())
}

/// The one register, or one for each index where those are more than numbers.
fn register(
    register: &Element<'_, '_>,
    inside: &Inside<'_, '_, '_>,
    left_out: &mut Vec<String>,
) -> Result<Vec<Register>, Findings> {
    let name = register.require("name")?.content();
    let path = format!("{}{name}", inside.prefix);
    let offset = place(register, inside)?;
    let around = std::iter::once(register).chain(inside.around.iter().copied());
    let inherited = |name| around.clone().find_map(|it| it.number(name).transpose()).transpose();
    let width = inherited("size")?.unwrap_or(32);
    if ![8, 16, 32, 64].contains(&width) {
        return Err(register.malformed(format!("`{path}` has {width} bits"), "a bus access has 8, 16, 32 or 64"));
    }
    let fields = register.child("fields").map(|fields| fields.children("field")).unwrap_or_default();
    let fields = fields.iter().map(|field| field.derived(&fields)).collect::<Result<Vec<_>, _>>()?;
    let access = access::access(register, &inside.around, &fields)?;
    if let Some(lost) = &access.lost {
        left_out.push(format!("{path}: that {lost}"));
    }
    // A mask of zero says that the value after reset isn't known.
    let known = inherited("resetMask")?.unwrap_or(u64::MAX) != 0;
    let reset = inherited("resetValue")?.filter(|_| known).map(|reset| reset & (u64::MAX >> (64 - width)));
    let one = |name: String, offset, array| -> Result<Register, Findings> {
        let summary = register.text("description").map(one_line).unwrap_or_default();
        let access = Access { words: access.words, lost: None };
        let fields = self::fields(&fields, width, &path, &mut *left_out)?;
        Ok(Register { name, path: path.clone(), summary, offset, width, access, array, reset, fields })
    };
    expanded(register, name, inside, offset, width, one)
}

/// Puts a register's `dim` into an array, or into a register for each of its names.
fn expanded(
    register: &Element<'_, '_>,
    name: &str,
    inside: &Inside<'_, '_, '_>,
    offset: u64,
    width: u64,
    mut one: impl FnMut(String, u64, Option<(u64, u64)>) -> Result<Register, Findings>,
) -> Result<Vec<Register>, Findings> {
    let named = |number: &str| format!("{}{}", inside.prefix, numbered(name, number));
    let Some(dim) = Dim::read(register)? else { return Ok(vec![one(named(""), offset, None)?]) };
    let end = dim.stride.checked_mul(dim.count).and_then(|bytes| offset.checked_add(bytes));
    if end.is_none() || dim.stride < width / 8 {
        let message = format!("the elements of `{name}` don't lie one after the other");
        return Err(register.malformed(message, format!("each takes {} bytes", width / 8)));
    }
    match &dim.names {
        None => Ok(vec![one(named(""), offset, Some((dim.count, dim.stride)))?]),
        Some(names) => {
            let each =
                names.iter().zip(0..).map(|(number, index)| one(named(number), offset + index * dim.stride, None));
            each.collect()
        }
    }
}

fn place(element: &Element<'_, '_>, inside: &Inside<'_, '_, '_>) -> Result<u64, Findings> {
    let offset = inside.offset.checked_add(element.require_number("addressOffset")?);
    // 256 GiB is more than any window has.
    let offset = offset.filter(|offset| *offset < 1 << 38);
    offset.ok_or_else(|| element.malformed("an offset past the end of any window", ""))
}

/// `dim`, `dimIncrement`, `dimIndex`.
struct Dim {
    count: u64,
    stride: u64,
    /// Where the indices aren't 0, 1, 2, ….
    names: Option<Vec<String>>,
}

impl Dim {
    fn read(element: &Element<'_, '_>) -> Result<Option<Self>, Findings> {
        let Some(count) = element.number("dim")? else { return Ok(None) };
        if count == 0 || count > MOST as u64 {
            return Err(element.malformed(format!("an array of {count}"), format!("1 to {MOST} make sense")));
        }
        let stride = element.require_number("dimIncrement")?;
        let names = element.text("dimIndex").and_then(|text| names(text, count));
        Ok(Some(Self { count, stride, names }))
    }

    fn index(&self, index: u64) -> String {
        let named = self.names.as_ref().and_then(|names| names.get(usize::try_from(index).ok()?).cloned());
        named.unwrap_or_else(|| index.to_string())
    }
}

/// `A,B,C`; `None` for numbers from 0, which an array's own indices are, and for lists that don't fit.
fn names(text: &str, count: u64) -> Option<Vec<String>> {
    let names: Vec<String> = match text.split_once('-') {
        Some((first, last)) => {
            let (first, last) = (first.trim().parse::<u64>().ok()?, last.trim().parse::<u64>().ok()?);
            if last.checked_sub(first)? != count - 1 {
                return None;
            }
            (first..=last).map(|index| index.to_string()).collect()
        }
        None => text.split(',').map(|name| name.trim().to_owned()).collect(),
    };
    let plain = names.iter().zip(0u64..).all(|(name, index)| *name == index.to_string());
    (names.len() as u64 == count && !plain).then_some(names)
}

/// The name with its placeholder filled in.
fn numbered(name: &str, number: &str) -> String {
    let filled = name.replace("[%s]", number).replace("%s", number);
    filled.trim_end_matches('_').to_owned()
}

fn fields(all: &[Element<'_, '_>], width: u64, path: &str, left_out: &mut Vec<String>) -> Result<Vec<Field>, Findings> {
    let mut fields = Vec::new();
    for field in all {
        let name = field.require("name")?.content();
        let (low, high) = bits(field)?;
        let dim = Dim::read(field)?;
        let count = dim.as_ref().map_or(1, |dim| dim.count);
        for index in 0..count {
            let number = dim.as_ref().map(|dim| dim.index(index)).unwrap_or_default();
            let moved = index * dim.as_ref().map_or(0, |dim| dim.stride.min(64));
            let bits = (low + moved, high + moved);
            if bits.1 >= width {
                return Err(field.malformed(format!("`{name}` has bit {}", bits.1), format!("`{path}` has {width}")));
            }
            let name = numbered(name, &number);
            let summary = field.text("description").map(one_line).unwrap_or_default();
            fields.push(Field { name, summary, bits, values: values(field, all, bits)? });
        }
    }
    fields.sort_by_key(|field| field.bits);
    let mut next = 0;
    fields.retain(|field: &Field| {
        let free = field.bits.0 >= next;
        if free {
            next = field.bits.1 + 1;
        } else {
            left_out.push(format!("{path}.{}: shares bits with the field before", field.name));
        }
        free
    });
    Ok(fields)
}

/// `bitRange`, `lsb` and `msb`, or `bitOffset` and `bitWidth`: the lowest and the highest bit.
fn bits(field: &Element<'_, '_>) -> Result<(u64, u64), Findings> {
    let range = field.text("bitRange").map(|range| {
        let (high, low) = range.strip_prefix('[')?.strip_suffix(']')?.split_once(':')?;
        Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
    });
    let bits = match (range, field.number("lsb")?, field.number("bitOffset")?) {
        (Some(range), ..) => range,
        (None, Some(low), _) => Some((low, field.require_number("msb")?)),
        (None, None, Some(low)) => {
            let width = field.number("bitWidth")?.unwrap_or(1);
            width.checked_sub(1).and_then(|more| low.checked_add(more)).map(|high| (low, high))
        }
        (None, None, None) => None,
    };
    let sound = bits.filter(|&(low, high)| low <= high && high < 64);
    sound.ok_or_else(|| field.malformed("a field without its bits", "bitRange, lsb and msb, or bitOffset and bitWidth"))
}

/// Named values: those of the field, else of the field that they derive from. Values that stand for several are left out.
fn values(
    field: &Element<'_, '_>,
    all: &[Element<'_, '_>],
    (low, high): (u64, u64),
) -> Result<Vec<(String, u64)>, Findings> {
    let Some(mut set) = field.children("enumeratedValues").into_iter().next() else { return Ok(Vec::new()) };
    if let Some(from) = set.derived_from() {
        let parts: Vec<&str> = from.split('.').collect();
        let named = |it: &Element<'_, '_>| it.text("name").is_some_and(|name| parts.contains(&name));
        let sets =
            all.iter().flat_map(|field| field.children("enumeratedValues").into_iter().map(move |set| (field, set)));
        let base = sets.filter(|(_, set)| set.derived_from().is_none()).find(|(field, set)| named(set) || named(field));
        // Of another register's: a person can look them up there.
        let Some((_, base)) = base else { return Ok(Vec::new()) };
        set = base;
    }
    let mut values: Vec<(String, u64)> = Vec::new();
    for value in set.children("enumeratedValue") {
        let (Some(name), Some(text)) = (value.text("name"), value.text("value")) else { continue };
        let dont_care = text.trim_start_matches(['0', '#', 'b']).contains('x') && !text.starts_with("0x");
        let Some(number) = super::element::number(text) else {
            if dont_care {
                continue;
            }
            return Err(value.malformed(format!("`{}` isn't a number", one_line(text)), ""));
        };
        if number > u64::MAX >> (63 - (high - low)) {
            return Err(
                value.malformed(format!("`{name}` doesn't fit into its field"), format!("bits {high} to {low}"))
            );
        }
        if values.iter().all(|(_, have)| *have != number) {
            values.push((name.to_owned(), number));
        }
    }
    Ok(values)
}

/// Without those that share bytes with one before, unless one is only read and the other only written.
fn apart(registers: Vec<Register>, left_out: &mut Vec<String>) -> Vec<Register> {
    let writes = |register: &Register| register.access.words.contains("write");
    let reads = |register: &Register| register.access.words.contains("read");
    let mut kept: Vec<Register> = Vec::with_capacity(registers.len());
    for register in registers {
        let shares = |other: &&Register| {
            other.end() > register.offset && (reads(other) && reads(&register) || writes(other) && writes(&register))
        };
        match kept.iter().rev().find(shares) {
            Some(other) => left_out.push(format!("{}: shares bytes with {}", register.path, other.path)),
            None => kept.push(register),
        }
    }
    let mut names = BTreeSet::new();
    kept.retain(|register| {
        let fresh = names.insert(register.name.to_lowercase());
        if !fresh {
            left_out.push(format!("{}: the name is there already", register.path));
        }
        fresh
    });
    kept
}
