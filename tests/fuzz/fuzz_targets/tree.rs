#![no_main]
use hardware::tree::{Record, Tree};
libfuzzer_sys::fuzz_target!(|blob: &[u8]| {
    let mut records = vec![Record::EMPTY; 4096];
    let _ = Tree::open(blob, &mut records);
});
