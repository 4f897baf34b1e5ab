//! `blk`: disks, block by block.

use core::fmt;

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Flag, Form, JSON, Kind, Need, Operand};
use crate::system::{BLOCK, Disk, DiskError, Storage};
use crate::text::{Align, Bytes, Json, table};

/// Bytes that are read at once: what the shell's stack has room for.
const CHUNK: usize = 8 * BLOCK;
/// Bytes of a line of `blk read`.
const LINE: usize = 16;

const DISK: Operand = Operand { name: "DISK", kind: Kind::Number, need: Need::One };
const COUNT: Flag = Flag { name: "-n", value: "COUNT", brief: "how many blocks" };

/// `blk`.
pub static BLK: Command = Command {
    name: "blk",
    category: Category::Files,
    brief: "show disks and what is on them",
    forms: &[
        Form {
            word: "list",
            brief: "a disk a line: number, device, kind, size, reads, errors",
            flags: &[JSON],
            operands: &[],
            run: list,
        },
        Form {
            word: "read",
            brief: "print a block as bytes and characters, or several",
            flags: &[COUNT],
            operands: &[DISK, Operand { name: "BLOCK", kind: Kind::Number, need: Need::One }],
            run: read,
        },
        Form {
            word: "checksum",
            brief: "CRC-32 of the disk as `crc32` and gzip have it, from a block on or of all of it",
            flags: &[COUNT],
            operands: &[DISK, Operand { name: "BLOCK", kind: Kind::Number, need: Need::Optional }],
            run: checksum,
        },
    ],
    examples: &[
        Example { line: "blk read 0 0", shows: "the first block: a partition table, if there is one" },
        Example { line: "blk checksum 0 -n 2048", shows: "the first MiB, to hold against the host's" },
    ],
    see_also: &["board", "mem"],
};

fn list<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let storage = call.system.storage();
    let disks = (0..).map_while(|index| Some((index, storage.disk(index)?)));
    if call.args.has("--json") {
        return Ok(json(&mut Json::new(call.out), disks).and_then(|()| call.out.write_char('\n'))?);
    }
    if storage.disk(0).is_none() {
        return Ok(call.out.write_str("no disk\n")?);
    }
    use Align::{Left, Right};
    table(call.out, &[Right, Left, Left, Right, Left, Right, Right], &mut |row| {
        row(&[&"disk", &"device", &"kind", &"size", &"access", &"reads", &"errors"])?;
        for (index, disk) in (0_usize..).map_while(|index| Some((index, storage.disk(index)?))) {
            let (size, access) = (Bytes(size(&disk)), access(&disk));
            row(&[&index, &disk.device, &disk.kind, &size, &access, &disk.reads, &disk.errors])?;
        }
        Ok(())
    })?;
    Ok(())
}

fn json<'s>(json: &mut Json<'_>, disks: impl Iterator<Item = (usize, Disk<'s>)>) -> fmt::Result {
    json.open('{')?;
    json.key("disks")?.open('[')?;
    for (_, disk) in disks {
        json.open('{')?;
        json.key("device")?.text(&disk.device)?;
        json.key("kind")?.text(&disk.kind)?;
        json.key("blocks")?.number(disk.blocks)?;
        json.key("block_size")?.number(BLOCK as u64)?;
        json.key("read_only")?.boolean(disk.read_only)?;
        json.key("reads")?.number(disk.reads)?;
        json.key("errors")?.number(disk.errors)?;
        json.close('}')?;
    }
    json.close(']')?;
    json.close('}')
}

fn read<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let first = number(call.args.operand(1))?;
    let count = call.args.value("-n").map_or(Ok(1), |text| number(Some(text)))?;
    let disk = disk(call)?;
    let out = &mut *call.out;
    for_each_chunk(call.system.storage(), disk, first, count, |block, bytes| dump(block, bytes, out))
}

fn checksum<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let disk = disk(call)?;
    let storage = call.system.storage();
    let blocks = storage.disk(disk).ok_or(DiskError::NoDisk(disk))?.blocks;
    let first = call.args.operand(1).map(|text| number(Some(text))).transpose()?;
    if let Some(first) = first.filter(|&first| first >= blocks) {
        return Err(DiskError::PastTheEnd(first).into());
    }
    let first = first.unwrap_or(0);
    let rest = blocks.saturating_sub(first);
    let count = call.args.value("-n").map_or(Ok(rest), |text| number(Some(text)))?;
    let crc = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);
    let mut digest = crc.digest();
    for_each_chunk(storage, disk, first, count, |_, bytes| {
        digest.update(bytes);
        Ok(())
    })?;
    Ok(writeln!(call.out, "{:08x}  {count} blocks from {first}", digest.finalize())?)
}

/// Reads `count` blocks and shows them, some at a time, with the number of the first.
fn for_each_chunk<'c>(
    storage: &dyn Storage,
    disk: usize,
    first: u64,
    count: u64,
    mut show: impl FnMut(u64, &[u8]) -> fmt::Result,
) -> Result<(), Failure<'c>> {
    let end = first.checked_add(count).ok_or(DiskError::PastTheEnd(u64::MAX))?;
    let mut chunk = [0; CHUNK];
    let mut next = first;
    while next < end {
        let blocks = (end - next).min((CHUNK / BLOCK) as u64);
        let bytes = chunk.get_mut(..blocks as usize * BLOCK).unwrap_or_default();
        storage.read(disk, next, bytes)?;
        show(next, bytes)?;
        next += blocks;
    }
    Ok(())
}

/// Lines of 16 bytes: the place on the disk, the bytes, the characters; lines that repeat are told once, as `hexdump` does.
fn dump(block: u64, bytes: &[u8], out: &mut dyn fmt::Write) -> fmt::Result {
    let mut before: Option<&[u8]> = None;
    let mut skipped = false;
    for (line, at) in bytes.chunks(LINE).zip((block * BLOCK as u64..).step_by(LINE)) {
        if before == Some(line) {
            if !core::mem::replace(&mut skipped, true) {
                out.write_str("*\n")?;
            }
            continue;
        }
        (before, skipped) = (Some(line), false);
        write!(out, "{at:010x} ")?;
        line.iter().try_for_each(|byte| write!(out, " {byte:02x}"))?;
        out.write_str("  ")?;
        let shown = |byte: u8| if byte.is_ascii_graphic() || byte == b' ' { char::from(byte) } else { '.' };
        line.iter().try_for_each(|&byte| out.write_char(shown(byte)))?;
        out.write_char('\n')?;
    }
    Ok(())
}

fn disk<'c>(call: &Call<'c>) -> Result<usize, Failure<'c>> {
    Ok(number(call.args.operand(0))? as usize)
}

fn number<'c>(text: Option<&'c str>) -> Result<u64, Failure<'c>> {
    let text = text.unwrap_or_default();
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| Failure::Value { text, wanted: "number" })
}

fn size(disk: &Disk<'_>) -> u64 {
    disk.blocks.saturating_mul(BLOCK as u64)
}

fn access(disk: &Disk<'_>) -> &'static str {
    if disk.read_only { "read-only" } else { "read-write" }
}
