//! The value that is set once.

use kernel_sync::Once;

#[test]
fn the_first_value_stays() {
    static ONCE: Once<(u32, u32)> = Once::new();
    assert_eq!(ONCE.get(), None);
    assert_eq!(ONCE.set((1, 2)), Ok(()));
    assert_eq!(ONCE.set((3, 4)), Err((3, 4)));
    assert_eq!(ONCE.get(), Some((1, 2)));
}
