//! Any bytes as a board file.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| keel_fuzz::project::board(text));
