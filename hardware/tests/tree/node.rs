//! Nodes and properties.

use hardware::tree::{Status, TreeError};

use crate::build::Builder;
use crate::{at, with};

fn two_levels(root: &mut Builder) {
    root.text("model", "a board").bytes("compatible", b"vendor,new\0vendor,old\0");
    root.node("soc", |soc| {
        soc.node("serial@1000", |serial| {
            serial.text("compatible", "arm,pl011").cells("phandle", &[7]);
        });
        soc.node("serial@2000", |serial| {
            serial.text("status", "disabled");
        });
    });
    root.node("chosen", |_| {});
}

#[test]
fn paths_lead_to_nodes_and_back() {
    with(two_levels, |tree| {
        assert_eq!(tree.len(), 5);
        for path in ["/", "/soc", "/soc/serial@1000", "/soc/serial@2000", "/chosen"] {
            let node = at(tree, path);
            assert_eq!(node.path().to_string(), path);
            assert!(node.path_eq(path));
        }
        for path in ["", "soc", "//soc", "/soc/", "/soc/serial", "/soc/serial@100", "/soc/serial@10000", "/serial@1000"]
        {
            assert_eq!(tree.find(path), None, "{path}");
            assert!(tree.nodes().all(|node| !node.path_eq(path)), "{path}");
        }
    });
}

#[test]
fn nodes_know_their_place() {
    with(two_levels, |tree| {
        let serial = at(tree, "/soc/serial@1000");
        assert_eq!((serial.name(), serial.base_name(), serial.unit_address()), ("serial@1000", "serial", Some("1000")));
        assert_eq!((serial.index(), serial.depth()), (2, 2));
        assert_eq!(serial.parent(), Some(at(tree, "/soc")));
        assert_eq!(tree.root().parent(), None);
        let names: Vec<_> = tree.root().children().map(|node| node.name()).collect();
        assert_eq!(names, ["soc", "chosen"]);
        assert_eq!(at(tree, "/soc").descendants().count(), 2);
        assert_eq!(tree.by_phandle(7), Some(serial));
        assert_eq!(tree.by_phandle(8), None);
    });
}

#[test]
fn compatible_is_a_list_of_whole_strings() {
    with(two_levels, |tree| {
        let root = tree.root();
        assert_eq!(root.compatible().collect::<Vec<_>>(), ["vendor,new", "vendor,old"]);
        assert!(root.is_compatible("vendor,old"));
        for part in ["vendor", "vendor,ol", "old", "vendor,older", "", "vendor,new\0vendor,old"] {
            assert!(!root.is_compatible(part) || part.contains('\0'), "{part:?}");
        }
        assert_eq!(tree.compatible_with("arm,pl011").map(|node| node.index()).collect::<Vec<_>>(), [2]);
    });
}

#[test]
fn a_disabled_ancestor_disables() {
    let build = |root: &mut Builder| {
        root.node("bus", |bus| {
            bus.text("status", "disabled").node("device", |device| {
                device.text("status", "okay").node("part", |_| {});
            });
        });
        root.node("ok", |node| {
            node.text("status", "ok");
        });
        root.node("failed", |node| {
            node.text("status", "fail-sss");
        });
        root.node("empty", |node| {
            node.flag("status");
        });
    };
    with(build, |tree| {
        let state = |path| (at(tree, path).status(), at(tree, path).enabled());
        assert_eq!(state("/"), (Status::Okay, true));
        assert_eq!(state("/bus"), (Status::Disabled, false));
        assert_eq!(state("/bus/device"), (Status::Okay, false));
        assert_eq!(state("/bus/device/part"), (Status::Okay, false));
        assert_eq!(state("/ok"), (Status::Okay, true));
        assert_eq!(state("/failed"), (Status::Other("fail-sss"), false));
        assert_eq!(state("/empty"), (Status::Other(""), false));
    });
}

#[test]
fn values_are_read_as_what_they_are() {
    let build = |root: &mut Builder| {
        root.cells("one", &[0x1234_5678]).cells("two", &[1, 2]).bytes("three", &[1, 2, 3]).flag("none");
        root.text("text", "hello").bytes("list", b"a\0\0bc\0").bytes("unterminated", b"abc").bytes("wrong", b"\xff\0");
    };
    with(build, |tree| {
        let property = |name| tree.root().property(name).expect(name);
        assert_eq!(property("one").as_u32(), Ok(0x1234_5678));
        assert_eq!(property("one").as_u64(), Ok(0x1234_5678));
        assert_eq!(property("two").as_u64(), Ok(0x1_0000_0002));
        assert_eq!(property("two").numbers().map(Iterator::collect::<Vec<_>>), Ok(vec![1, 2]));
        let at = property("three").at();
        assert_eq!(property("three").as_u32(), Err(TreeError::Length { at, len: 3 }));
        assert_eq!(property("three").cells(), Err(TreeError::Length { at, len: 3 }));
        assert_eq!(property("none").value(), b"");
        assert_eq!(property("text").as_str(), Ok("hello"));
        assert_eq!(property("list").strings().collect::<Vec<_>>(), ["a", "", "bc"]);
        for name in ["none", "list", "unterminated", "wrong"] {
            assert_eq!(property(name).as_str(), Err(TreeError::Text { at: property(name).at() }), "{name}");
        }
        assert!(tree.root().property("on").is_none());
        let names: Vec<_> = tree.root().properties().map(|property| property.name()).collect();
        assert_eq!(names, ["one", "two", "three", "none", "text", "list", "unterminated", "wrong"]);
    });
}

#[test]
fn bytes_of_the_blob_are_located() {
    with(two_levels, |tree| {
        let place = |offset: u32| tree.locate(offset as usize).map(|place| place.to_string());
        let serial = at(tree, "/soc/serial@1000");
        assert_eq!(place(serial.at()), Some("/soc/serial@1000".into()));
        let compatible = serial.property("compatible").expect("a compatible");
        assert_eq!(place(compatible.at()), Some("/soc/serial@1000 `compatible`".into()));
        assert_eq!(place(compatible.at() + 12), Some("/soc/serial@1000 `compatible`".into()));
        assert_eq!(place(0), None);
    });
}

#[test]
fn nops_are_stepped_over() {
    let build = |root: &mut Builder| {
        root.word(4).cells("a", &[1]).word(4).word(4).cells("b", &[2]).word(4);
        root.node("c", |_| {}).word(4);
    };
    with(build, |tree| {
        assert_eq!(tree.root().properties().count(), 2);
        assert_eq!(tree.root().property("b").map(|b| b.as_u32()), Some(Ok(2)));
        assert_eq!(tree.len(), 2);
    });
}
