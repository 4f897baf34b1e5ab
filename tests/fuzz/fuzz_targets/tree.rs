//! Any bytes as the tree that firmware hands over: opened, asked everything, checked against tables.
#![no_main]

use hardware::check::{self, Row};
use hardware::tree::{Record, Tree};
use keel_fuzz::{ask, project};
use libfuzzer_sys::fuzz_target;

/// As many nodes as the kernel has records for, and more.
const NODES: usize = 2048;

fuzz_target!(|blob: &[u8]| {
    let mut records = vec![Record::EMPTY; NODES];
    let tree = match Tree::open(blob, &mut records) {
        Ok(tree) => tree,
        Err(error) => {
            assert!(!error.to_string().is_empty() && error.offset().is_none_or(|at| at <= blob.len()));
            return;
        }
    };
    let mut text = String::new();
    ask::tree(&tree, &mut text);
    let tables = project::tables();
    // Refusals are texts too.
    let _ = check::select(tables, &tree).map_err(|refused| refused.to_string());
    for board in tables {
        let mut rows = vec![Row::EMPTY; check::rows_for(tables)];
        let ledger = check::check(board, &tree, &mut rows).expect("there are rows for all facts");
        ask::ledger(board, &ledger, &mut text);
    }
});
