//! Seeded mutations of device-tree blobs: what a broken firmware, a bad cable or an attacker may hand over.

/// Values that lengths, offsets, counts and tokens are replaced by.
const TELLING: [u32; 16] =
    [0, 1, 2, 3, 4, 5, 7, 8, 9, 0x40, 0xff, 0x1000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff];
/// Bytes of a header (Devicetree Specification v0.4, 5.2).
const HEADER: usize = 40;

/// Makes one mutation after the other; the same seed makes the same ones.
#[derive(Debug, Clone)]
pub struct Mutator {
    blobs: Vec<Blob>,
    random: Random,
}

impl Mutator {
    /// Mutates these blobs, in a sequence that `seed` decides.
    pub fn new(blobs: Vec<Vec<u8>>, seed: u64) -> Self {
        Self { blobs: blobs.into_iter().map(Blob::new).collect(), random: Random(seed) }
    }

    /// A blob with one to four edits.
    pub fn next_blob(&mut self) -> Vec<u8> {
        let choice = self.random.below(self.blobs.len());
        let Some(Blob { bytes, values }) = self.blobs.get(choice).cloned() else { return Vec::new() };
        let mut blob = bytes;
        for _ in 0..=self.random.below(4) {
            self.edit(&mut blob, &values);
        }
        blob
    }

    /// Most edits are of values, which a tree survives, so that its meaning is put to the test as well as its structure.
    fn edit(&mut self, blob: &mut Vec<u8>, values: &[usize]) {
        match self.random.below(24) {
            0 => {
                let at = self.random.below(HEADER / 4) * 4;
                self.replace_word(blob, at);
            }
            1 | 2 => {
                let at = self.random.below(blob.len() / 4 + 1) * 4;
                self.replace_word(blob, at);
            }
            3 | 4 => self.flip_bit(blob),
            5 => self.copy_words(blob),
            6 => self.drop_words(blob),
            7 => blob.truncate(self.random.below(blob.len() + 1)),
            _ => {
                let at = values.get(self.random.below(values.len())).copied().unwrap_or_default();
                self.replace_word(blob, at);
            }
        }
    }

    fn replace_word(&mut self, blob: &mut [u8], at: usize) {
        let Some(word) = blob.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) else { return };
        let value = match self.random.below(4) {
            0 => self.random.next() as u32,
            1 => u32::from_be_bytes(*word).wrapping_add(1),
            _ => TELLING[self.random.below(TELLING.len())],
        };
        *word = value.to_be_bytes();
    }

    fn flip_bit(&mut self, blob: &mut [u8]) {
        let (at, bit) = (self.random.below(blob.len()), self.random.below(8));
        if let Some(byte) = blob.get_mut(at) {
            *byte ^= 1 << bit;
        }
    }

    /// Writes some words over others: properties and nodes where none should be.
    fn copy_words(&mut self, blob: &mut [u8]) {
        let (from, to, len) = (self.random.below(blob.len()) & !3, self.random.below(blob.len()) & !3, self.length());
        if from + len <= blob.len() && to + len <= blob.len() {
            blob.copy_within(from..from + len, to);
        }
    }

    /// Takes words out: everything behind them moves.
    fn drop_words(&mut self, blob: &mut Vec<u8>) {
        let (from, len) = (self.random.below(blob.len()) & !3, self.length());
        if from + len <= blob.len() {
            blob.drain(from..from + len);
        }
    }

    fn length(&mut self) -> usize {
        4 * (1 + self.random.below(32))
    }
}

/// A blob, and where the words of its properties' values are.
#[derive(Debug, Clone)]
struct Blob {
    bytes: Vec<u8>,
    values: Vec<usize>,
}

impl Blob {
    fn new(bytes: Vec<u8>) -> Self {
        // Values are what lies between a property's header and the next token (v0.4, 5.4.1).
        const PROP: u32 = 3;
        let word = |at: usize| bytes.get(at..)?.first_chunk().map(|word| u32::from_be_bytes(*word));
        let mut values = Vec::new();
        let mut at = word(8).unwrap_or_default() as usize;
        while let Some(token) = word(at) {
            at += 4;
            if token == PROP
                && let Some(len) = word(at)
            {
                let end = at + 8 + (len as usize).next_multiple_of(4);
                values.extend((at + 8..end).step_by(4));
                at = end;
            }
        }
        Self { bytes, values }
    }
}

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
#[derive(Debug, Clone)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, 0 where there is none.
    fn below(&mut self, limit: usize) -> usize {
        self.next().checked_rem(limit as u64).unwrap_or(0) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_mutations_again() {
        let blob: Vec<u8> = (0..=255).collect();
        let sequence = |seed| {
            let mut mutator = Mutator::new(vec![blob.clone()], seed);
            (0..50).map(|_| mutator.next_blob()).collect::<Vec<_>>()
        };
        assert_eq!(sequence(1), sequence(1));
        assert_ne!(sequence(1), sequence(2));
        let changed = sequence(1).iter().filter(|mutated| **mutated != blob).count();
        assert!(changed > 40, "{changed} of 50");
    }

    #[test]
    fn an_empty_blob_can_be_mutated() {
        let mut mutator = Mutator::new(vec![Vec::new()], 1);
        (0..100).for_each(|_| drop(mutator.next_blob()));
    }
}
