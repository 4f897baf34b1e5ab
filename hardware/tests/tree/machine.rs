//! What the kernel boots by: console, aliases, command line, initrd, memory.

use hardware::tree::{Region, TreeError};

use crate::build::{Builder, blob};
use crate::{at, with};

/// Path and options of the console that a `stdout-path` names.
fn stdout(value: &[u8]) -> Result<Option<(String, String)>, TreeError> {
    let build = |root: &mut Builder| {
        root.node("serial@1000", |_| {}).node("aliases", |aliases| {
            aliases.text("serial0", "/serial@1000").text("serial1", "/serial@2000");
        });
        root.node("chosen", |chosen| {
            chosen.bytes("stdout-path", value);
        });
    };
    with(build, |tree| tree.stdout().map(|out| out.map(|out| (out.node.path().to_string(), out.options.into()))))
}

#[test]
fn the_console_is_named_by_path_or_alias_with_or_without_options() {
    let found = |options: &str| Ok(Some(("/serial@1000".into(), options.into())));
    assert_eq!(stdout(b"/serial@1000\0"), found(""));
    assert_eq!(stdout(b"/serial@1000:115200n8\0"), found("115200n8"));
    assert_eq!(stdout(b"serial0\0"), found(""));
    assert_eq!(stdout(b"serial0:115200n8:more\0"), found("115200n8:more"));
}

#[test]
fn a_console_that_leads_nowhere_is_an_error_with_its_place() {
    for value in [&b"/serial@3000\0"[..], b"serial1\0", b"serial2:9600\0", b"\0"] {
        assert!(matches!(stdout(value), Err(TreeError::Dangling { .. })), "{value:?}");
    }
    assert!(matches!(stdout(b"serial0"), Err(TreeError::Text { .. })));
    assert!(matches!(stdout(b""), Err(TreeError::Text { .. })));
    assert_eq!(with(|_| {}, |tree| tree.stdout().map(|out| out.is_some())), Ok(false));
}

#[test]
fn aliases_are_listed_and_resolved() {
    let build = |root: &mut Builder| {
        root.node("serial@1000", |_| {}).node("aliases", |aliases| {
            aliases.text("serial0", "/serial@1000").text("gone", "/serial@2000").bytes("odd", &[1]);
        });
    };
    with(build, |tree| {
        let aliases: Vec<_> =
            tree.aliases().map(|alias| (alias.name, alias.path, alias.node.map(|node| node.index()))).collect();
        let expected = [("serial0", "/serial@1000", Some(1)), ("gone", "/serial@2000", None), ("odd", "", None)];
        assert_eq!(aliases, expected);
        assert_eq!(tree.resolve("serial0"), tree.find("/serial@1000"));
        assert_eq!(tree.resolve("/serial@1000"), tree.find("/serial@1000"));
        assert_eq!(tree.resolve("gone"), None);
        assert_eq!(tree.resolve(""), None);
    });
}

#[test]
fn firmware_hands_over_a_command_line_and_an_initrd() {
    let chosen = |start: &[u32], end: &[u32]| {
        let build = |root: &mut Builder| {
            root.node("chosen", |chosen| {
                chosen.text("bootargs", "quiet").cells("linux,initrd-start", start).cells("linux,initrd-end", end);
            });
        };
        with(build, |tree| {
            let chosen = tree.chosen().expect("/chosen");
            assert_eq!(chosen.bootargs(), Some(Ok("quiet")));
            chosen.initrd()
        })
    };
    assert_eq!(chosen(&[0x4800_0000], &[0x4810_0000]), Ok(Some((0x4800_0000, 0x4810_0000))));
    assert_eq!(chosen(&[1, 0], &[1, 0x1000]), Ok(Some((0x1_0000_0000, 0x1_0000_1000))));
    assert!(matches!(chosen(&[2], &[1]), Err(TreeError::Value { .. })));
    assert!(matches!(chosen(&[2], &[]), Err(TreeError::Length { .. })));
}

#[test]
fn memory_is_all_enabled_memory_nodes_without_placeholders() {
    let build = |root: &mut Builder| {
        root.bus(2, 2);
        let mut memory = |name: &str, reg: &[u32], status: &str| {
            root.node(name, |memory| {
                memory.text("device_type", "memory").cells("reg", reg).text("status", status);
            });
        };
        memory("memory@0", &[0, 0, 0, 0, 0, 0x4000_0000, 0, 0x1000], "okay");
        memory("memory@1", &[1, 0, 0, 0x2000], "okay");
        memory("memory@2", &[2, 0, 0, 0x3000], "disabled");
        memory("memory@3", &[u32::MAX, u32::MAX, 0, 2], "okay");
    };
    with(build, |tree| {
        let regions: Vec<_> = tree.memory().collect();
        let expected = [
            Ok(Region { base: 0x4000_0000, size: 0x1000 }),
            Ok(Region { base: 0x1_0000_0000, size: 0x2000 }),
            Err(TreeError::Overflow { at: at(tree, "/memory@3").at() }),
        ];
        assert_eq!(regions, expected);
    });
}

#[test]
fn reservations_come_from_the_header() {
    let mut builder = Builder { reservations: vec![(0, 0x1000), (0x8000_0000, 0x2000)], ..Builder::default() };
    builder.node("", |_| {}).word(9);
    let blob = builder.finish();
    let mut records = [hardware::tree::Record::EMPTY; 1];
    let tree = hardware::tree::Tree::open(&blob, &mut records).expect("a well-formed tree");
    let reserved: Vec<_> = tree.memory_reservations().map(|region| (region.base, region.size)).collect();
    assert_eq!(reserved, [(0, 0x1000), (0x8000_0000, 0x2000)]);
}

#[test]
fn reserved_memory_has_a_place_or_asks_for_one() {
    let build = |root: &mut Builder| {
        root.bus(2, 2).node("reserved-memory", |reserved| {
            reserved.bus(2, 2).flag("ranges");
            reserved.node("firmware@0", |node| {
                node.cells("reg", &[0, 0, 0, 0x8_0000]).flag("no-map");
            });
            reserved.node("linux,cma", |node| {
                node.cells("size", &[0, 0x400_0000]).cells("alignment", &[0, 0x40_0000]).flag("reusable");
                node.cells("alloc-ranges", &[0, 0, 0, 0x4000_0000]);
            });
            reserved.node("off@1", |node| {
                node.cells("reg", &[0, 1, 0, 1]).text("status", "disabled");
            });
        });
    };
    with(build, |tree| {
        let reserved: Result<Vec<_>, _> = tree.reserved_memory().collect();
        let [firmware, cma] = reserved.expect("good nodes").try_into().expect("two of them");
        assert!(firmware.no_map && !firmware.reusable && firmware.dynamic.is_none());
        assert_eq!(firmware.regions().collect::<Vec<_>>(), [Ok(Region { base: 0, size: 0x8_0000 })]);
        assert!(!cma.no_map && cma.reusable);
        let dynamic = cma.dynamic.expect("no place yet");
        assert_eq!((dynamic.size, dynamic.alignment), (0x400_0000, Some(0x40_0000)));
        assert_eq!(dynamic.alloc_ranges().collect::<Vec<_>>(), [Ok(Region { base: 0, size: 0x4000_0000 })]);
        assert_eq!(cma.regions().count(), 0);
    });
}

#[test]
fn a_tree_with_nothing_in_it_has_nothing() {
    assert_eq!(blob(|_| {}).len(), 72);
    with(
        |_| {},
        |tree| {
            assert_eq!((tree.memory().count(), tree.cpus().count(), tree.reserved_memory().count()), (0, 0, 0));
            assert!(tree.chosen().is_none() && tree.psci().is_ok_and(|psci| psci.is_none()));
            assert_eq!((tree.aliases().count(), tree.memory_reservations().count()), (0, 0));
        },
    );
}
