//! ELF to flat arm64 Image: the loadable segments at their physical places, zeros between them, nothing else.
//!
//! The header at offset 0 is the kernel's own (Linux, Documentation/arch/arm64/booting.rst); here it is only
//! held against the ELF, because a wrong `image_size` lets a boot loader put the tree into our `.bss`.

use object::Endianness;
use object::elf::{FileHeader64, PT_LOAD};
use object::read::elf::{FileHeader, ProgramHeader};

/// The header's magic, `ARM\x64`, and where it stands.
const MAGIC: (usize, &[u8]) = (0x38, b"ARM\x64");
/// Where the header's 64-bit `image_size` stands.
const IMAGE_SIZE: usize = 0x10;
/// A gap larger than this between segments is a broken linker script, not an image.
const LARGEST: u64 = 64 << 20;

/// Why an ELF is not an image.
#[derive(Debug, thiserror::Error)]
pub(super) enum FlatError {
    #[error("not an AArch64 ELF: {0}")]
    Elf(#[from] object::read::Error),
    #[error("it has no loadable segment")]
    Empty,
    #[error("its segments span {0:#x} bytes, from physical {1:#x}")]
    Spread(u64, u64),
    #[error("a segment's bytes lie outside the file")]
    Truncated,
    #[error("no arm64 Image header at its start")]
    Header,
    #[error("the header's image_size is {claimed:#x}, but its segments take {needed:#x} in memory")]
    Size { claimed: u64, needed: u64 },
}

/// The lowest address that the ELF is linked for.
pub(super) fn link_address(elf: &[u8]) -> Result<u64, FlatError> {
    let header = FileHeader64::<Endianness>::parse(elf)?;
    let endian = header.endian()?;
    let loadable = header.program_headers(endian, elf)?.iter().filter(|segment| segment.p_type(endian) == PT_LOAD);
    loadable.map(|segment| segment.p_vaddr(endian)).min().ok_or(FlatError::Empty)
}

/// One loadable segment.
struct Segment<'a> {
    start: u64,
    bytes: &'a [u8],
    memory_size: u64,
}

/// The flat Image.
pub(super) fn image(elf: &[u8]) -> Result<Vec<u8>, FlatError> {
    let segments = segments(elf)?;
    let start = segments.iter().map(|segment| segment.start).min().ok_or(FlatError::Empty)?;
    let end = segments.iter().map(|segment| segment.start.saturating_add(segment.memory_size)).max().unwrap_or(start);
    let needed = end - start;
    if needed > LARGEST {
        return Err(FlatError::Spread(needed, start));
    }
    let mut image = Vec::new();
    for segment in segments.iter().filter(|segment| !segment.bytes.is_empty()) {
        // Both fit: the span was held against `LARGEST`.
        let at = (segment.start - start) as usize;
        let end = at + segment.bytes.len();
        image.resize(image.len().max(end), 0);
        image[at..end].copy_from_slice(segment.bytes);
    }
    check_header(&image, needed)?;
    Ok(image)
}

fn segments(elf: &[u8]) -> Result<Vec<Segment<'_>>, FlatError> {
    let header = FileHeader64::<Endianness>::parse(elf)?;
    let endian = header.endian()?;
    let loadable = header.program_headers(endian, elf)?.iter().filter(|segment| segment.p_type(endian) == PT_LOAD);
    let segment = |segment: &object::elf::ProgramHeader64<Endianness>| {
        let bytes = segment.data(endian, elf).map_err(|()| FlatError::Truncated)?;
        Ok(Segment { start: segment.p_paddr(endian), bytes, memory_size: segment.p_memsz(endian) })
    };
    loadable.filter(|segment| segment.p_memsz(endian) > 0).map(segment).collect()
}

fn check_header(image: &[u8], needed: u64) -> Result<(), FlatError> {
    let (at, magic) = MAGIC;
    if image.get(at..at + magic.len()) != Some(magic) {
        return Err(FlatError::Header);
    }
    let size = image.get(IMAGE_SIZE..IMAGE_SIZE + 8).and_then(|bytes| bytes.try_into().ok());
    let claimed = size.map(u64::from_le_bytes).ok_or(FlatError::Header)?;
    if claimed < needed { Err(FlatError::Size { claimed, needed }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF with one segment of 0x40 bytes at 0x1000 that takes `memory_size` in memory; its Image header
    /// claims `image_size`.
    fn elf(memory_size: u64, image_size: u64) -> Vec<u8> {
        let mut payload = [0; 0x40];
        payload[IMAGE_SIZE..IMAGE_SIZE + 8].copy_from_slice(&image_size.to_le_bytes());
        payload[MAGIC.0..MAGIC.0 + 4].copy_from_slice(MAGIC.1);
        let mut elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        for half in [2u16, 0xb7] {
            elf.extend(half.to_le_bytes());
        }
        elf.extend(1u32.to_le_bytes());
        for word in [0u64, 0x40, 0] {
            elf.extend(word.to_le_bytes());
        }
        elf.extend(0u32.to_le_bytes());
        for half in [0x40u16, 0x38, 1, 0, 0, 0] {
            elf.extend(half.to_le_bytes());
        }
        for word in [1u32, 5] {
            elf.extend(word.to_le_bytes());
        }
        for word in [0x78u64, 0xffff_0000_0000_1000, 0x1000, 0x40, memory_size, 0x1000] {
            elf.extend(word.to_le_bytes());
        }
        elf.extend(payload);
        elf
    }

    #[test]
    fn loadable_bytes_only() {
        let flat = image(&elf(0x2000, 0x2000)).unwrap();
        assert_eq!(flat.len(), 0x40);
        assert_eq!(link_address(&elf(0x2000, 0x2000)).unwrap(), 0xffff_0000_0000_1000);
        assert_eq!(&flat[MAGIC.0..], MAGIC.1.iter().chain(&[0; 4]).copied().collect::<Vec<_>>());
    }

    #[test]
    fn an_image_size_that_forgets_bss_is_refused() {
        let error = image(&elf(0x2000, 0x40)).unwrap_err().to_string();
        assert_eq!(error, "the header's image_size is 0x40, but its segments take 0x2000 in memory");
    }

    #[test]
    fn malformed_files_are_refused() {
        let whole = elf(0x40, 0x40);
        for length in 0..whole.len() {
            assert!(image(&whole[..length]).is_err(), "{length} bytes");
        }
        assert!(matches!(image(&elf(1 << 40, 1 << 40)), Err(FlatError::Spread(..))));
    }
}
