//! The symbol map: `ffffff8000001000 00000124 t kernel::boot::main`, in address order.

use std::fmt::Write;

use object::{File, Object, ObjectSymbol, SymbolKind};
use rustc_demangle::demangle;

/// The map of an ELF's functions, data and labels; the kind letters are `nm`'s.
pub(super) fn symbols(elf: &[u8]) -> Result<String, object::read::Error> {
    let file = File::parse(elf)?;
    let mut rows: Vec<(u64, u64, char, String)> = file
        .symbols()
        .filter(|symbol| symbol.is_definition() || symbol.kind() == SymbolKind::Label)
        .filter_map(|symbol| {
            let name = symbol.name().ok().filter(|name| !name.is_empty() && !name.starts_with('$'))?;
            let kind = kind(symbol.kind(), symbol.is_global())?;
            Some((symbol.address(), symbol.size(), kind, format!("{:#}", demangle(name))))
        })
        .collect();
    rows.sort();
    let mut map = String::new();
    for (address, size, kind, name) in rows {
        // Writing into a String can't fail.
        let _ = writeln!(map, "{address:016x} {size:08x} {kind} {name}");
    }
    Ok(map)
}

fn kind(kind: SymbolKind, global: bool) -> Option<char> {
    let letter = match kind {
        SymbolKind::Text => 't',
        SymbolKind::Data => 'd',
        SymbolKind::Label | SymbolKind::Unknown => 'n',
        _ => return None,
    };
    Some(if global { letter.to_ascii_uppercase() } else { letter })
}
