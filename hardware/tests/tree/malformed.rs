//! Blobs that aren't trees: each an error that says where.

use hardware::tree::{MAX_DEPTH, Record, Tree, TreeError};

use crate::build::{Builder, blob, done};

fn open(blob: &[u8]) -> Result<usize, TreeError> {
    let mut records = [Record::EMPTY; 64];
    Tree::open(blob, &mut records).map(|tree| tree.len())
}

/// What comes of a structure block.
fn structure(build: impl FnOnce(&mut Builder)) -> Result<usize, TreeError> {
    let mut builder = Builder::default();
    build(&mut builder);
    open(&builder.finish())
}

/// A small good tree with one header field replaced.
fn with_field(at: usize, value: u32) -> Result<usize, TreeError> {
    let mut blob = blob(|root| {
        root.cells("a", &[1]);
    });
    blob[at..at + 4].copy_from_slice(&value.to_be_bytes());
    open(&blob)
}

#[test]
fn what_is_no_tree_is_refused() {
    assert_eq!(open(&[]), Err(TreeError::TooShort { len: 0 }));
    assert_eq!(open(&[0; 39]), Err(TreeError::TooShort { len: 39 }));
    assert_eq!(open(&vec![0; 1 << 20]), Err(TreeError::Magic { found: 0 }));
    assert_eq!(open(&[0xff; 100]), Err(TreeError::Magic { found: u32::MAX }));
}

#[test]
fn every_truncation_is_refused() {
    let blob = blob(|root| {
        root.cells("a", &[1]).node("b", |_| {});
    });
    assert_eq!(open(&blob), Ok(2));
    for len in 0..blob.len() {
        assert!(open(&blob[..len]).is_err(), "{len} of {} bytes", blob.len());
    }
}

#[test]
fn what_follows_the_tree_is_ignored() {
    let mut blob = blob(|_| {});
    blob.resize(1 << 20, 0xee);
    assert_eq!(open(&blob), Ok(1));
}

#[test]
fn header_fields_are_checked() {
    let total = blob(|root| {
        root.cells("a", &[1]);
    })
    .len() as u32;
    assert_eq!(with_field(4, total + 1), Err(TreeError::Truncated { total: total + 1, have: total as usize }));
    assert_eq!(with_field(4, 0x20_0001), Err(TreeError::TooLarge { total: 0x20_0001 }));
    assert_eq!(with_field(20, 16), Err(TreeError::Version { version: 16, compatible: 16 }));
    assert_eq!(with_field(24, 18), Err(TreeError::Version { version: 17, compatible: 18 }));
    for (at, block) in [(8, "structure"), (12, "strings"), (16, "memory reservation")] {
        for value in [0, 36, total + 4, 0xffff_fffc] {
            assert_eq!(with_field(at, value), Err(TreeError::Block { at: at as u32, block }), "{value:#x}");
        }
    }
    assert_eq!(with_field(8, 58), Err(TreeError::Block { at: 8, block: "structure" }));
    assert_eq!(with_field(36, u32::MAX), Err(TreeError::Block { at: 8, block: "structure" }));
    assert_eq!(with_field(32, u32::MAX), Err(TreeError::Block { at: 12, block: "strings" }));
}

#[test]
fn reservations_without_an_end_are_refused() {
    let mut blob = blob(|_| {});
    // The list begins 16 bytes before the end of the blob, where there is no row of zeros.
    let at = blob.len() as u32 - 16;
    blob[16..20].copy_from_slice(&at.to_be_bytes());
    assert_eq!(open(&blob), Err(TreeError::Reservations { at }));
}

#[test]
fn tokens_out_of_order_are_refused() {
    let problem = |result| match result {
        Err(TreeError::Structure { problem, .. }) => problem,
        other => panic!("{other:?}"),
    };
    assert_eq!(problem(structure(|_| {})), "the structure block stops");
    assert_eq!(problem(structure(|b| done(b.begin("")))), "the structure block stops");
    assert_eq!(problem(structure(|b| done(b.word(9)))), "the tree ends inside a node");
    assert_eq!(problem(structure(|b| done(b.begin("").word(9)))), "the tree ends inside a node");
    assert_eq!(problem(structure(|b| done(b.word(2)))), "the end of a node that never began");
    assert_eq!(problem(structure(|b| done(b.begin("").end().begin("").end().word(9)))), "a second root");
    let outside = "a property outside a node or after a child";
    assert_eq!(problem(structure(|b| done(b.flag("a")))), outside);
    assert_eq!(problem(structure(|b| done(b.begin("").begin("b").end().flag("a").end().word(9)))), outside);
    assert_eq!(structure(|b| done(b.begin("").word(0x77))), Err(TreeError::Token { at: 64, found: 0x77 }));
}

#[test]
fn a_property_that_reaches_outside_is_refused() {
    let cut = |result| matches!(result, Err(TreeError::Structure { problem: "the structure block stops", .. }));
    for len in [13, 0x7fff_ffff, u32::MAX] {
        assert!(cut(structure(|b| done(b.begin("").word(3).word(len).word(0).word(0).word(0).word(9)))), "{len:#x}");
    }
    assert!(cut(structure(|b| done(b.begin("").word(3)))));
    assert!(cut(structure(|b| done(b.begin("").word(3).word(0)))));
}

#[test]
fn names_are_checked() {
    let node = |name: &str| structure(|b| done(b.begin("").begin(name).end().end().word(9)));
    assert_eq!(node("good@1,0"), Ok(2));
    for name in ["", "a b", "a/b", "a\x1b[2J", "gr\u{fc}n", &"x".repeat(256)] {
        assert!(matches!(node(name), Err(TreeError::NodeName { .. })), "{name:?}");
    }
    assert_eq!(node(&"x".repeat(255)), Ok(2));
    assert!(matches!(structure(|b| done(b.begin("root").end().word(9))), Err(TreeError::NodeName { .. })));
    let property = |name: &[u8], offset| {
        structure(|b| {
            b.strings.extend(name);
            b.begin("").word(3).word(0).word(offset).end().word(9);
        })
    };
    assert_eq!(property(b"good\0", 0), Ok(1));
    assert_eq!(property(b"good\0", 2), Ok(1));
    let wrong: [(&[u8], u32); 5] = [(b"a b\0", 0), (b"\0", 0), (b"open", 0), (b"good\0", 5), (b"good\0", u32::MAX)];
    for (name, offset) in wrong {
        assert!(matches!(property(name, offset), Err(TreeError::PropertyName { .. })), "{name:?} {offset}");
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| {
        structure(|b| {
            b.begin("");
            (1..depth).for_each(|_| done(b.begin("n")));
            (0..depth).for_each(|_| done(b.end()));
            b.word(9);
        })
    };
    assert_eq!(nested(MAX_DEPTH), Ok(MAX_DEPTH));
    assert!(matches!(nested(MAX_DEPTH + 1), Err(TreeError::TooDeep { .. })));
    assert!(matches!(nested(1000), Err(TreeError::TooDeep { .. })));
}

#[test]
fn too_few_records_say_how_many_it_takes() {
    let blob = blob(|root| {
        (0..9).for_each(|n| done(root.node(&format!("n{n}"), |_| {})));
    });
    for have in 0..10 {
        let mut records = vec![Record::EMPTY; have];
        assert_eq!(Tree::open(&blob, &mut records).map(|tree| tree.len()), Err(TreeError::Records { have, need: 10 }));
    }
    assert!(Tree::open(&blob, &mut [Record::EMPTY; 10]).is_ok());
}

#[test]
fn records_may_be_used_again() {
    let mut records = [Record::EMPTY; 8];
    let full = blob(|root| {
        root.node("a", |a| {
            a.text("status", "disabled").cells("phandle", &[1]).cells("reg", &[1, 2, 3]).text("compatible", "x");
        });
    });
    assert!(Tree::open(&full, &mut records).is_ok_and(|tree| tree.by_phandle(1).is_some()));
    let plain = blob(|root| {
        root.node("a", |_| {});
    });
    let tree = Tree::open(&plain, &mut records).expect("a well-formed tree");
    let a = tree.find("/a").expect("/a");
    assert!(a.enabled() && tree.by_phandle(1).is_none() && a.regs().next().is_none() && !a.is_compatible("x"));
}

#[test]
fn a_phandle_is_one_nodes() {
    let twice = blob(|root| {
        root.node("a", |a| done(a.cells("phandle", &[1]))).node("b", |b| done(b.cells("phandle", &[1])));
    });
    assert!(matches!(open(&twice), Err(TreeError::DuplicatePhandle { phandle: 1, .. })));
}

#[test]
fn an_odd_address_makes_no_difference() {
    let blob = blob(|root| {
        root.cells("a", &[0x1234_5678]);
    });
    for shift in 0..8 {
        let shifted = [vec![0; shift], blob.clone()].concat();
        let mut records = [Record::EMPTY; 1];
        let tree = Tree::open(&shifted[shift..], &mut records).expect("a well-formed tree");
        assert_eq!(tree.root().property("a").map(|a| a.as_u32()), Some(Ok(0x1234_5678)));
    }
}
