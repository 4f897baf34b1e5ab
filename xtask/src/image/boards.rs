//! Which boards an ELF is for: the kernel's linker script has it say so itself.

use codegen::emit::linker::BOARDS_SECTION;
use object::{File, Object, ObjectSection};

/// Why an ELF doesn't tell.
#[derive(Debug, thiserror::Error)]
pub(super) enum Silent {
    #[error("not an ELF: {0}")]
    Elf(#[from] object::read::Error),
    #[error("it has no section {BOARDS_SECTION}, so Keel didn't build it")]
    Section,
    #[error("its section {BOARDS_SECTION} is no list of board files")]
    Text,
}

/// The board files, relative to the project's root, as the build was told them.
pub(super) fn listed(elf: &[u8]) -> Result<Vec<String>, Silent> {
    let file = File::parse(elf)?;
    let section = file.section_by_name(BOARDS_SECTION).ok_or(Silent::Section)?;
    let text = str::from_utf8(section.data()?).map_err(|_| Silent::Text)?;
    let boards: Vec<String> = text.split_terminator('\0').map(str::to_owned).collect();
    if boards.is_empty() || boards.iter().any(String::is_empty) {
        return Err(Silent::Text);
    }
    Ok(boards)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF with nothing but a section called `name` with these bytes, and the sections' names.
    fn elf(name: &str, content: &[u8]) -> Vec<u8> {
        let names = format!("\0{name}\0.shstrtab\0");
        let (at, names_at) = (64, 64 + content.len());
        let sections_at = (names_at + names.len()).next_multiple_of(8);
        let mut elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        elf.extend([2, 0, 0xb7, 0, 1, 0, 0, 0]);
        [0, 0, sections_at as u64].iter().for_each(|word| elf.extend(word.to_le_bytes()));
        elf.extend([0; 4]);
        [0x40u16, 0x38, 0, 0x40, 3, 2].iter().for_each(|half| elf.extend(half.to_le_bytes()));
        elf.extend(content);
        elf.extend(names.bytes());
        elf.resize(sections_at + 64, 0);
        // PROGBITS, then STRTAB (gABI, "Sections").
        let own = [(1u32, 1u32, at, content.len()), (name.len() as u32 + 2, 3, names_at, names.len())];
        for (name, kind, offset, size) in own {
            [name, kind].iter().for_each(|word| elf.extend(word.to_le_bytes()));
            [0, 0, offset as u64, size as u64, 0, 1, 0].iter().for_each(|word| elf.extend(word.to_le_bytes()));
        }
        elf
    }

    #[test]
    fn an_elf_says_which_boards_it_is_for() {
        let boards = listed(&elf(BOARDS_SECTION, b"boards/a.toml\0../ours \xc3\xbc/b.toml\0")).unwrap();
        assert_eq!(boards, ["boards/a.toml", "../ours ü/b.toml"]);
    }

    #[test]
    fn an_elf_that_says_nothing_is_refused() {
        assert!(matches!(listed(&elf(".text", b"boards/a.toml\0")), Err(Silent::Section)));
        for content in [&b""[..], b"\0", b"a\0\0", b"\xff\0"] {
            assert!(matches!(listed(&elf(BOARDS_SECTION, content)), Err(Silent::Text)), "{content:?}");
        }
        let whole = elf(BOARDS_SECTION, b"boards/a.toml\0");
        (0..whole.len()).for_each(|length| assert!(listed(&whole[..length]).is_err(), "{length} bytes"));
    }
}
