//! A blob with one property changed.
//!
//! The blocks are taken apart and put together again in the order of the specification (v0.4, 5.1): nothing else moves.

use hardware::tree::Node;

/// The Devicetree Specification, v0.4, 5.2 and 5.4.
const HEADER_LEN: usize = 40;
const MAGIC: u32 = 0xd00d_feed;
const VERSION: u32 = 17;
const LAST_COMPATIBLE_VERSION: u32 = 16;
const STRUCTS_OFFSET: usize = 8;
const STRINGS_OFFSET: usize = 12;
const RESERVATIONS_OFFSET: usize = 16;
const BOOT_CPU: usize = 28;
const STRINGS_SIZE: usize = 32;
const STRUCTS_SIZE: usize = 36;
const PROPERTY_TOKEN: u32 = 3;
/// Token, length and name of a property.
const PROPERTY_HEAD: usize = 12;

/// `blob` with `property` of `node` set to `value`, or taken away where there is none. `None` where the blob isn't the one
/// that `node` was read from.
pub(super) fn set(blob: &[u8], node: Node<'_>, property: &str, value: Option<&[u8]>) -> Option<Vec<u8>> {
    let block = |offset: usize, size: usize| {
        let start = word(blob, offset)?;
        blob.get(start..start.checked_add(word(blob, size)?)?)
    };
    let structs = block(STRUCTS_OFFSET, STRUCTS_SIZE)?;
    let mut strings = block(STRINGS_OFFSET, STRINGS_SIZE)?.to_vec();
    let structs_at = word(blob, STRUCTS_OFFSET)?;
    let there = node.property(property);
    let (start, end) = match there {
        Some(there) => {
            let start = (there.at() as usize).checked_sub(structs_at)?;
            (start, start + PROPERTY_HEAD + there.value().len().next_multiple_of(4))
        }
        // The node's first property: behind its name and the name's end.
        None => {
            let start = (node.at() as usize).checked_sub(structs_at)? + (node.name().len() + 1).next_multiple_of(4);
            (start, start)
        }
    };
    let name = match there {
        Some(_) => word(structs, start + 8)?,
        None => {
            let name = strings.len();
            strings.extend(property.as_bytes().iter().chain(&[0]));
            name
        }
    };
    let mut edited = structs.get(..start)?.to_vec();
    if let Some(value) = value {
        edited.extend([PROPERTY_TOKEN, value.len() as u32, name as u32].iter().flat_map(|word| word.to_be_bytes()));
        edited.extend(value);
        edited.resize(edited.len().next_multiple_of(4), 0);
    }
    edited.extend(structs.get(end..)?);
    assemble(reservations(blob)?, &edited, &strings, word(blob, BOOT_CPU)?)
}

/// The memory reservation block with the empty entry at its end.
fn reservations(blob: &[u8]) -> Option<&[u8]> {
    let block = blob.get(word(blob, RESERVATIONS_OFFSET)?..)?;
    let entries = block.as_chunks::<16>().0.iter().position(|entry| *entry == [0; 16])? + 1;
    block.get(..entries * 16)
}

fn assemble(reservations: &[u8], structs: &[u8], strings: &[u8], boot_cpu: usize) -> Option<Vec<u8>> {
    let structs_at = HEADER_LEN + reservations.len();
    let strings_at = structs_at + structs.len();
    let total = strings_at + strings.len();
    let places = [total, structs_at, strings_at, HEADER_LEN].map(|place| place as u32);
    let sizes = [boot_cpu, strings.len(), structs.len()].map(|size| size as u32);
    let header = [MAGIC].into_iter().chain(places).chain([VERSION, LAST_COMPATIBLE_VERSION]).chain(sizes);
    let header: Vec<u8> = header.flat_map(u32::to_be_bytes).collect();
    Some([&header, reservations, structs, strings].concat())
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.first_chunk().map(|word| u32::from_be_bytes(*word) as usize)
}

#[cfg(test)]
mod tests {
    use hardware::tree::{Record, Tree};

    use super::{BOOT_CPU, RESERVATIONS_OFFSET, STRINGS_OFFSET, STRUCTS_OFFSET, set, word};

    fn fixture() -> Vec<u8> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/accept/base/boards/b.dtb");
        std::fs::read(path).unwrap()
    }

    /// Every property as `path name: bytes`.
    fn all(blob: &[u8]) -> Vec<String> {
        let mut records = vec![Record::EMPTY; 64];
        let tree = Tree::open(blob, &mut records).unwrap();
        let properties = tree.nodes().flat_map(|node| {
            node.properties()
                .map(move |property| format!("{} {}: {:x?}", node.path(), property.name(), property.value()))
        });
        properties.collect()
    }

    /// What an edit takes away and brings.
    fn difference(path: &str, property: &str, value: Option<&[u8]>) -> (Vec<String>, Vec<String>) {
        let blob = fixture();
        let mut records = vec![Record::EMPTY; 64];
        let tree = Tree::open(&blob, &mut records).unwrap();
        let edited = set(&blob, tree.find(path).unwrap(), property, value).unwrap();
        let (before, after) = (all(&blob), all(&edited));
        let gone = before.iter().filter(|line| !after.contains(line)).cloned().collect();
        (gone, after.into_iter().filter(|line| !before.contains(line)).collect())
    }

    #[test]
    fn a_property_gets_another_value_of_any_length() {
        for value in [&[1_u8, 2, 3, 4][..], &[], &[9; 33]] {
            let (gone, new) = difference("/serial@1000", "reg", Some(value));
            assert_eq!(new, [format!("/serial@1000 reg: {value:x?}")]);
            assert_eq!(gone.len(), 1);
        }
    }

    #[test]
    fn a_property_comes_and_goes() {
        let (gone, new) = difference("/serial@1000", "clock-frequency", Some(&[0, 0, 0, 5]));
        assert_eq!((gone, new), (vec![], vec!["/serial@1000 clock-frequency: [0, 0, 0, 5]".to_owned()]));
        let (gone, new) = difference("/", "compatible", None);
        assert!(gone.len() == 1 && gone[0].starts_with("/ compatible: ") && new.is_empty(), "{gone:?}");
        let (gone, new) = difference("/", "brand-new", Some(&[]));
        assert_eq!((gone, new), (vec![], vec!["/ brand-new: []".to_owned()]));
    }

    #[test]
    fn what_the_header_says_of_memory_and_cpu_stays() {
        let mut blob = fixture();
        blob[BOOT_CPU..BOOT_CPU + 4].copy_from_slice(&7_u32.to_be_bytes());
        let at = word(&blob, RESERVATIONS_OFFSET).unwrap();
        let entry = [0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0];
        blob.splice(at..at, entry);
        for place in [4, STRUCTS_OFFSET, STRINGS_OFFSET] {
            let moved = word(&blob, place).unwrap() as u32 + 16;
            blob[place..place + 4].copy_from_slice(&moved.to_be_bytes());
        }
        let mut records = vec![Record::EMPTY; 64];
        let tree = Tree::open(&blob, &mut records).unwrap();
        let edited = set(&blob, tree.root(), "brand-new", Some(&[])).unwrap();
        let mut records = vec![Record::EMPTY; 64];
        let edited = Tree::open(&edited, &mut records).unwrap();
        assert_eq!(edited.boot_cpu(), 7);
        let kept: Vec<_> = edited.memory_reservations().map(|region| (region.base, region.size)).collect();
        assert_eq!(kept, [(0x4000_0000, 0x1_0000)]);
    }
}
