//! How long the lines of the caches are that a device doesn't see.

/// CTR_EL0 (DDI 0487, CTR_EL0), which tells of all caches between a core and memory.
#[derive(Debug, Clone, Copy)]
pub struct CacheType(u64);

/// The longest granule there may be: 512 words, also what has to be assumed where CWG is 0.
const GRANULE_MAX: usize = 512 * WORD;
const WORD: usize = 4;

impl CacheType {
    /// The register's value.
    pub const fn new(ctr: u64) -> Self {
        Self(ctr)
    }

    /// Bytes of the smallest data cache line (DminLine): a step of maintenance by address that leaves no line out.
    pub const fn step(self) -> usize {
        WORD << (self.0 >> 16 & 0xf)
    }

    /// The most bytes that are written back because one of them was written (CWG): what has to lie apart.
    pub const fn granule(self) -> usize {
        match self.0 >> 24 & 0xf {
            log2_words @ 1..=9 => WORD << log2_words,
            _ => GRANULE_MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_line_steps_and_the_longest_keeps_apart() {
        let lines = |ctr| (CacheType::new(ctr).step(), CacheType::new(ctr).granule());
        assert_eq!(lines(0x8444_c004), (64, 64), "Cortex-A72");
        assert_eq!(lines(0x8544_c004), (64, 128), "behind a system cache of longer lines");
        assert_eq!(lines(0x8044_c004), (64, 2048), "not told");
        assert_eq!(lines(0x8f44_c004), (64, 2048), "reserved");
        assert_eq!(lines(0x8940_0000), (4, 2048));
    }
}
