//! Whether an access lies within something: the one check before a register or a shared word is touched.

/// Whether an aligned access of `width` bytes at `offset` lies within `size` bytes. `width` is a power of two.
#[inline(always)]
pub(crate) const fn holds(size: usize, offset: usize, width: usize) -> bool {
    offset < size && size - offset >= width && offset & (width - 1) == 0
}

/// What is promised of [`holds`], for the tests and for Kani: neither more nor less than what plain arithmetic says.
#[cfg(any(test, kani))]
fn is_exact(size: usize, offset: usize, log2_width: u32) -> bool {
    let width = 1 << log2_width;
    let wanted = offset.checked_add(width).is_some_and(|end| end <= size) && offset.is_multiple_of(width);
    holds(size, offset, width) == wanted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any number, and those about zero and about the end of the address space more often.
    fn number() -> impl Strategy<Value = usize> {
        prop_oneof![any::<usize>(), 0..40usize, (0..40usize).prop_map(|below| usize::MAX - below)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn an_access_is_inside_or_refused(size in number(), offset in number(), log2_width in 0..4u32) {
            prop_assert!(is_exact(size, offset, log2_width));
        }
    }
}

#[cfg(kani)]
mod proofs {
    #[kani::proof]
    fn an_access_is_inside_or_refused() {
        let log2_width: u32 = kani::any();
        kani::assume(log2_width < 4);
        assert!(super::is_exact(kani::any(), kani::any(), log2_width));
    }
}
