//! The value that is set once: nobody sees half of it, and one of two who set it wins.

use kernel_sync::Once;
use loom::sync::Arc;
use loom::thread;

use crate::core::explore;

#[test]
fn one_sets_it_and_all_of_it_is_read() {
    explore(|| {
        let once = Arc::new(Once::new());
        let other = {
            let once = once.clone();
            thread::spawn(move || once.set((1, 1)).is_ok())
        };
        let first = once.set((2, 2)).is_ok();
        let seen = once.get();
        assert!(matches!(seen, None | Some((1, 1) | (2, 2))), "{seen:?}");
        assert!(!first || seen == Some((2, 2)), "what was set is there at once");
        assert!(first != other.join().unwrap(), "one of the two");
        assert_eq!(once.get(), Some(if first { (2, 2) } else { (1, 1) }));
    });
}
