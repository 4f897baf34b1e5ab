//! Recognises property names by where they stand in the strings block.

use super::record::Hot;

/// What the index does with a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Other,
    /// Remembers where it is.
    Hot(Hot),
    AddressCells,
    SizeCells,
    InterruptCells,
    Phandle,
    InterruptController,
    DeviceType,
}

const SLOTS: usize = 64;

/// Which names have been read already.
///
/// A blob repeats a few dozen names hundreds of times, always as the same offset, so that a small direct-mapped
/// table saves reading the strings block again.
pub(super) struct Names<'a> {
    strings: &'a [u8],
    /// One past the last zero byte: names that start before it have an end.
    terminated: usize,
    /// Offset and kind; before the first name an offset that no strings block reaches.
    seen: [(u32, Option<Kind>); SLOTS],
}

impl<'a> Names<'a> {
    pub(super) fn new(strings: &'a [u8]) -> Self {
        let terminated = strings.iter().rposition(|&byte| byte == 0).map_or(0, |last| last + 1);
        Self { strings, terminated, seen: [(u32::MAX, None); SLOTS] }
    }

    /// The kind of the name at `offset`; `None` where there is no well-formed name.
    pub(super) fn kind(&mut self, offset: u32) -> Option<Kind> {
        let slot = self.seen.get_mut((offset ^ (offset >> 6)) as usize % SLOTS)?;
        if slot.0 != offset {
            *slot = (offset, read(self.strings.get(offset as usize..self.terminated)?));
        }
        slot.1
    }
}

#[cold]
fn read(strings: &[u8]) -> Option<Kind> {
    let len = strings.iter().position(|&byte| !byte.is_ascii_graphic())?;
    (len > 0 && strings.get(len) == Some(&0)).then(|| classify(strings.get(..len).unwrap_or_default()))
}

fn classify(name: &[u8]) -> Kind {
    match name {
        b"compatible" => Kind::Hot(Hot::Compatible),
        b"reg" => Kind::Hot(Hot::Reg),
        b"ranges" => Kind::Hot(Hot::Ranges),
        b"dma-ranges" => Kind::Hot(Hot::DmaRanges),
        b"interrupts" => Kind::Hot(Hot::Interrupts),
        b"interrupts-extended" => Kind::Hot(Hot::InterruptsExtended),
        b"interrupt-parent" => Kind::Hot(Hot::InterruptParent),
        b"interrupt-map" => Kind::Hot(Hot::InterruptMap),
        b"clocks" => Kind::Hot(Hot::Clocks),
        b"status" => Kind::Hot(Hot::Status),
        b"#address-cells" => Kind::AddressCells,
        b"#size-cells" => Kind::SizeCells,
        b"#interrupt-cells" => Kind::InterruptCells,
        b"phandle" | b"linux,phandle" => Kind::Phandle,
        b"interrupt-controller" => Kind::InterruptController,
        b"device_type" => Kind::DeviceType,
        _ => Kind::Other,
    }
}
