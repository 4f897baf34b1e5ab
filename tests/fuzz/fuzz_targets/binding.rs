//! Any bytes as a binding.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| keel_fuzz::project::binding(text));
