//! Interrupts and their ways to a controller.

use hardware::board::{Interrupt, InterruptType, Trigger};
use hardware::tree::{Tree, TreeError};

use crate::build::Builder;
use crate::{at, with};

/// Controller, cells and line of each of a node's interrupts.
type Found = (String, Vec<u32>, Option<Interrupt>);

fn interrupts(tree: &Tree<'_>, path: &str) -> Result<Vec<Found>, TreeError> {
    let specs = at(tree, path).interrupts();
    specs.map(|spec| spec.map(|s| (s.controller.path().to_string(), s.specifier.cells().collect(), s.gic))).collect()
}

#[test]
fn the_parent_is_inherited() {
    let build = |root: &mut Builder| {
        root.cells("interrupt-parent", &[1]).gic("gic").node("soc", |soc| {
            soc.node("device", |device| {
                device.cells("interrupts", &[0, 33, 4, 1, 13, 0xf08]);
            });
        });
    };
    with(build, |tree| {
        let spi = Interrupt::spi(33, Trigger::LevelHigh);
        let ppi = Interrupt::ppi(13, Trigger::LevelLow);
        let expected = [("/gic".into(), vec![0, 33, 4], Some(spi)), ("/gic".into(), vec![1, 13, 0xf08], Some(ppi))];
        assert_eq!(interrupts(tree, "/soc/device"), Ok(expected.into()));
        assert_eq!(at(tree, "/soc/device").interrupt(1), Ok(ppi));
        assert!(matches!(at(tree, "/soc/device").interrupt(2), Err(TreeError::NoEntry { index: 2, .. })));
    });
}

#[test]
fn a_controller_above_in_the_tree_comes_before_what_is_inherited_further_up() {
    let build = |root: &mut Builder| {
        root.cells("interrupt-parent", &[1]).gic("gic").node("expander", |expander| {
            expander.flag("interrupt-controller").cells("#interrupt-cells", &[2]);
            expander.node("child", |child| {
                child.cells("interrupts", &[5, 8]);
            });
            expander.node("other", |child| {
                child.cells("interrupt-parent", &[1]).cells("interrupts", &[0, 1, 4]);
            });
        });
    };
    with(build, |tree| {
        assert_eq!(interrupts(tree, "/expander/child"), Ok(vec![("/expander".into(), vec![5, 8], None)]));
        assert_eq!(
            at(tree, "/expander/child").interrupts().next().map(|spec| spec.map(|spec| spec.flags)),
            Some(Ok(8))
        );
        let line = Interrupt::spi(1, Trigger::LevelHigh);
        assert_eq!(at(tree, "/expander/other").interrupt(0), Ok(line));
        let child = at(tree, "/expander/child");
        assert_eq!(child.interrupt(0), Err(TreeError::NotGic { at: child.at() }));
    });
}

#[test]
fn extended_interrupts_name_a_controller_each_and_come_first() {
    let build = |root: &mut Builder| {
        root.gic("gic").node("expander", |expander| {
            expander.flag("interrupt-controller").cells("#interrupt-cells", &[1]).cells("phandle", &[2]);
        });
        root.node("device", |device| {
            device.cells("interrupts", &[9, 9, 9]).cells("interrupts-extended", &[2, 7, 1, 0, 40, 1]);
        });
    };
    with(build, |tree| {
        let line = Interrupt::spi(40, Trigger::EdgeRising);
        let expected = [("/expander".into(), vec![7], None), ("/gic".into(), vec![0, 40, 1], Some(line))];
        assert_eq!(interrupts(tree, "/device"), Ok(expected.into()));
    });
}

#[test]
fn gic_specifiers_cover_all_types() {
    let cases = [
        (vec![0, 987, 1], Some((InterruptType::Spi, 987))),
        (vec![0, 988, 1], None),
        (vec![1, 15, 1], Some((InterruptType::Ppi, 15))),
        (vec![1, 16, 1], None),
        (vec![2, 1023, 1], Some((InterruptType::Espi, 1023))),
        (vec![3, 63, 1], Some((InterruptType::Eppi, 63))),
        (vec![3, 64, 1], None),
        (vec![4, 0, 1], None),
        // The fourth cell of a GICv3 says which CPUs share a PPI.
        (vec![1, 7, 4, 0x99], Some((InterruptType::Ppi, 7))),
    ];
    for (cells, expected) in cases {
        let build = |root: &mut Builder| {
            root.cells("interrupt-parent", &[1]).node("gic", |gic| {
                gic.text("compatible", "arm,gic-v3").flag("interrupt-controller").cells("phandle", &[1]);
                gic.cells("#interrupt-cells", &[cells.len() as u32]);
            });
            root.node("device", |device| {
                device.cells("interrupts", &cells);
            });
        };
        with(build, |tree| {
            let line = at(tree, "/device").interrupt(0).ok().map(|line| (line.kind, line.number));
            assert_eq!(line, expected, "{cells:?}");
        });
    }
}

/// A nexus `/bus` with one address cell and one specifier cell, in front of a GIC with `gic_address_cells`.
fn nexus(root: &mut Builder, gic_address_cells: u32, map: &[u32], mask: Option<&[u32]>) {
    root.bus(1, 1).node("gic", |gic| {
        gic.text("compatible", "arm,gic-v3").flag("interrupt-controller").cells("#interrupt-cells", &[3]);
        gic.cells("phandle", &[1]).cells("#address-cells", &[gic_address_cells]);
    });
    root.node("bus", |bus| {
        bus.bus(1, 0).cells("#interrupt-cells", &[1]).cells("phandle", &[2]).cells("interrupt-map", map);
        if let Some(mask) = mask {
            bus.cells("interrupt-map-mask", mask);
        }
        for unit in [1, 2] {
            bus.node(&format!("device@{unit}"), |device| {
                device.cells("reg", &[unit]).cells("interrupts", &[1]);
            });
        }
    });
}

#[test]
fn a_map_hands_interrupts_on_by_unit_address_and_specifier() {
    // Rows: unit, specifier, phandle, the parent's two address cells, its specifier.
    let map = [1, 1, 1, 0, 0, 0, 50, 4, 2, 1, 1, 0, 0, 0, 51, 1];
    with(
        |root| nexus(root, 2, &map, None),
        |tree| {
            assert_eq!(at(tree, "/bus/device@1").interrupt(0), Ok(Interrupt::spi(50, Trigger::LevelHigh)));
            assert_eq!(at(tree, "/bus/device@2").interrupt(0), Ok(Interrupt::spi(51, Trigger::EdgeRising)));
        },
    );
}

#[test]
fn a_mask_leaves_the_unit_address_out() {
    let map = [0, 1, 1, 0, 60, 4];
    with(
        |root| nexus(root, 0, &map, Some(&[0, 0xf])),
        |tree| {
            assert_eq!(at(tree, "/bus/device@1").interrupt(0), Ok(Interrupt::spi(60, Trigger::LevelHigh)));
            assert_eq!(at(tree, "/bus/device@2").interrupt(0), Ok(Interrupt::spi(60, Trigger::LevelHigh)));
        },
    );
}

#[test]
fn a_map_without_a_fitting_row_says_so() {
    with(
        |root| nexus(root, 0, &[1, 1, 1, 0, 60, 4], None),
        |tree| {
            let map = at(tree, "/bus").property("interrupt-map").expect("a map").at();
            assert!(at(tree, "/bus/device@1").interrupt(0).is_ok());
            assert_eq!(at(tree, "/bus/device@2").interrupt(0), Err(TreeError::NoMapRow { at: map }));
        },
    );
}

#[test]
fn a_cut_map_or_mask_says_so() {
    with(
        |root| nexus(root, 0, &[9, 1, 1, 0, 60, 4, 1, 1], None),
        |tree| {
            assert!(matches!(at(tree, "/bus/device@1").interrupt(0), Err(TreeError::Length { len: 32, .. })));
        },
    );
    with(
        |root| nexus(root, 0, &[1, 1, 1, 0, 60, 4], Some(&[1])),
        |tree| {
            assert!(matches!(at(tree, "/bus/device@1").interrupt(0), Err(TreeError::Length { len: 4, .. })));
        },
    );
}

#[test]
fn nexuses_may_lead_to_nexuses() {
    let build = |root: &mut Builder| {
        nexus(root, 0, &[0, 7, 1, 0, 70, 4], Some(&[0, 0xff]));
        root.node("outer", |outer| {
            outer.cells("#address-cells", &[0]).cells("#interrupt-cells", &[1]).cells("phandle", &[3]);
            // Specifier, phandle of /bus, its one address cell, its specifier.
            outer.cells("interrupt-map", &[1, 2, 0x55, 7]);
        });
        root.node("device", |device| {
            device.cells("interrupt-parent", &[3]).cells("interrupts", &[1]);
        });
    };
    with(build, |tree| {
        assert_eq!(at(tree, "/device").interrupt(0), Ok(Interrupt::spi(70, Trigger::LevelHigh)));
    });
}

#[test]
fn nexuses_in_a_circle_are_an_error() {
    let build = |root: &mut Builder| {
        for (name, phandle, next) in [("a", 1, 2), ("b", 2, 1)] {
            root.node(name, |nexus| {
                nexus.cells("#address-cells", &[0]).cells("#interrupt-cells", &[1]).cells("phandle", &[phandle]);
                nexus.cells("interrupt-map", &[1, next, 1]);
            });
        }
        root.node("device", |device| {
            device.cells("interrupt-parent", &[1]).cells("interrupts", &[1]);
        });
    };
    with(build, |tree| {
        let device = at(tree, "/device");
        assert_eq!(device.interrupt(0), Err(TreeError::Circle { at: device.at() }));
    });
}

#[test]
fn parents_in_a_circle_are_an_error() {
    let build = |root: &mut Builder| {
        for (name, phandle, next) in [("a", 1, 2), ("b", 2, 1)] {
            root.node(name, |node| {
                node.cells("phandle", &[phandle]).cells("interrupt-parent", &[next]).cells("interrupts", &[1]);
            });
        }
    };
    with(build, |tree| {
        let a = at(tree, "/a");
        assert_eq!(a.interrupt(0), Err(TreeError::Circle { at: a.at() }));
    });
}

#[test]
fn an_interrupt_that_nobody_takes_is_an_error() {
    let build = |root: &mut Builder| {
        root.node("orphan", |node| {
            node.cells("interrupts", &[1]);
        });
        root.node("dangling", |node| {
            node.cells("interrupt-parent", &[9]).cells("interrupts", &[1]);
        });
        root.node("cut", |node| {
            node.cells("interrupt-parent", &[1]).cells("interrupts", &[0, 1, 4, 0]);
        });
        root.node("odd", |node| {
            node.cells("#interrupt-cells", &[0]).cells("phandle", &[2]).flag("interrupt-controller");
        });
        root.node("to-odd", |node| {
            node.cells("interrupt-parent", &[2]).cells("interrupts", &[1]);
        });
        root.gic("gic");
    };
    with(build, |tree| {
        let orphan = at(tree, "/orphan");
        assert_eq!(orphan.interrupt(0), Err(TreeError::NoController { at: orphan.at() }));
        assert!(matches!(at(tree, "/dangling").interrupt(0), Err(TreeError::Phandle { phandle: 9, .. })));
        let cut: Vec<_> = at(tree, "/cut").interrupts().map(|spec| spec.is_ok()).collect();
        assert_eq!(cut, [true, false]);
        assert!(matches!(at(tree, "/to-odd").interrupt(0), Err(TreeError::Cells { name: "#interrupt-cells", .. })));
    });
}
