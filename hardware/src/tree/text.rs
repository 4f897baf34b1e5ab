//! Text in words.

/// A byte in each of a word's four.
const fn each(byte: u8) -> u32 {
    u32::from_ne_bytes([byte; 4])
}

/// Length of the name at the front of `words`; `None` where something other than printable ASCII, or a `/`, comes
/// before the zero byte that ends it.
pub(super) fn graphic_len(words: &[[u8; 4]]) -> Option<usize> {
    for (index, word) in words.iter().enumerate() {
        if all_graphic(u32::from_ne_bytes(*word)) {
            continue;
        }
        // The end, or something that isn't part of a name.
        let tail = word.iter().position(|&byte| !byte.is_ascii_graphic() || byte == b'/')?;
        return (word.get(tail) == Some(&0)).then_some(4 * index + tail);
    }
    None
}

/// Whether all four bytes are printable, not blank and no `/`, tested all at once: opening a tree reads all its names.
fn all_graphic(word: u32) -> bool {
    const HIGH: u32 = each(0x80);
    // Below 0x80 no sum carries into the next byte.
    let ascii = word & HIGH == 0;
    let below_del = word.wrapping_add(each(1)) & HIGH == 0;
    let above_blank = word.wrapping_add(each(0x80 - b'!')) & HIGH == HIGH;
    let no_slash = ((word ^ each(b'/')).wrapping_add(each(0x7f))) & HIGH == HIGH;
    ascii && below_del && above_blank && no_slash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_judged_like_their_bytes() {
        for byte in 0..=u8::MAX {
            for place in 0..4 {
                let mut word = *b"a@~!";
                word[place] = byte;
                let graphic = byte.is_ascii_graphic() && byte != b'/';
                assert_eq!(all_graphic(u32::from_ne_bytes(word)), graphic, "{byte:#x} at {place}");
            }
        }
    }

    #[test]
    fn a_name_ends_at_its_zero() {
        assert_eq!(graphic_len(&[*b"abc\0"]), Some(3));
        assert_eq!(graphic_len(&[*b"abcd", *b"\0\0\0\0"]), Some(4));
        assert_eq!(graphic_len(&[*b"\0abc"]), Some(0));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        assert_eq!(graphic_len(&[*b"abcd"]), None);
        assert_eq!(graphic_len(&[*b"a b\0"]), None);
        assert_eq!(graphic_len(&[*b"a/b\0"]), None);
        assert_eq!(graphic_len(&[]), None);
    }
}
