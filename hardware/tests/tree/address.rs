//! `reg`, `ranges`, `dma-ranges`.

use hardware::board::Window;
use hardware::tree::{DmaRange, TreeError};

use crate::build::Builder;
use crate::{at, with};

/// The CPU window that a device at `<0x1000 0x100>` has on a bus.
fn window(bus: impl FnOnce(&mut Builder)) -> Result<Window, TreeError> {
    let build = |root: &mut Builder| {
        root.bus(2, 2).node("bus", |node| {
            bus(node);
            node.node("device", |device| {
                device.cells("reg", &[0x1000, 0x100]);
            });
        });
    };
    with(build, |tree| at(tree, "/bus/device").cpu_window(0))
}

#[test]
fn a_range_moves_addresses() {
    let moved = window(|bus| {
        bus.bus(1, 1).cells("ranges", &[0, 0x10, 0x4000_0000, 0x2000]);
    });
    assert_eq!(moved, Ok(Window { base: 0x10_4000_1000, size: 0x100 }));
}

#[test]
fn the_range_that_holds_the_address_counts() {
    let ranges = [0, 0, 0x1000_0000, 0x1000, 0x1000, 0, 0x2000_0000, 0x1000];
    let moved = window(|bus| {
        bus.bus(1, 1).cells("ranges", &ranges);
    });
    assert_eq!(moved, Ok(Window { base: 0x2000_0000, size: 0x100 }));
}

#[test]
fn ranges_without_end_are_not_searched() {
    let rows = |count: usize| {
        window(|bus| {
            let row = [0, 0, 0x1000_0000, 0x2000];
            bus.bus(1, 1).cells("ranges", &row.repeat(count));
        })
    };
    assert_eq!(rows(1024).map(|window| window.base), Ok(0x1000_1000), "16 KiB");
    assert!(matches!(rows(1025), Err(TreeError::Length { .. })), "{:?}", rows(1025));
}

#[test]
fn empty_ranges_change_nothing() {
    let same = window(|bus| {
        bus.bus(1, 1).flag("ranges");
    });
    assert_eq!(same, Ok(Window { base: 0x1000, size: 0x100 }));
}

#[test]
fn without_ranges_there_is_no_cpu_address() {
    let build = |root: &mut Builder| {
        root.node("i2c", |bus| {
            bus.bus(1, 0).node("eeprom@50", |device| {
                device.cells("reg", &[0x50]);
            });
        });
    };
    with(build, |tree| {
        let eeprom = at(tree, "/i2c/eeprom@50");
        assert_eq!(eeprom.cpu_window(0), Err(TreeError::BusLocal { at: at(tree, "/i2c").at() }));
        let reg = eeprom.regs().next().expect("an entry").expect("a readable one");
        assert_eq!((reg.bus, reg.size, reg.cpu), (0x50, 0, None));
    });
}

#[test]
fn outside_all_ranges_is_said() {
    let outside = window(|bus| {
        bus.bus(1, 1).cells("ranges", &[0x8000_0000, 0, 0, 0x1000]);
    });
    assert!(matches!(outside, Err(TreeError::OutsideRanges { .. })), "{outside:?}");
}

#[test]
fn the_whole_chain_counts() {
    let build = |root: &mut Builder| {
        root.bus(2, 2).node("outer", |outer| {
            outer.bus(1, 1).cells("ranges", &[0x100_0000, 0x8, 0, 0x100_0000]);
            outer.node("inner", |inner| {
                inner.bus(1, 1).cells("ranges", &[0, 0x100_2000, 0x1000]);
                inner.node("device", |device| {
                    device.cells("reg", &[0x10, 0x20]);
                });
            });
        });
    };
    with(build, |tree| {
        assert_eq!(at(tree, "/outer/inner/device").cpu_window(0), Ok(Window { base: 0x8_0000_2010, size: 0x20 }));
    });
}

#[test]
fn the_parents_cells_count_with_the_defaults_of_the_specification() {
    let build = |root: &mut Builder| {
        // The root has neither: 2 and 1. The device's own are for its children.
        root.node("device", |device| {
            device.bus(1, 1).cells("reg", &[1, 2, 3, 4, 5, 6]);
        });
    };
    with(build, |tree| {
        let regs: Result<Vec<_>, _> =
            at(tree, "/device").regs().map(|reg| reg.map(|reg| (reg.bus, reg.size))).collect();
        assert_eq!(regs, Ok(vec![(0x1_0000_0002, 3), (0x4_0000_0005, 6)]));
    });
}

#[test]
fn pci_addresses_match_by_space_not_by_flags() {
    let build = |root: &mut Builder| {
        root.bus(2, 2).node("pcie@10000000", |pcie| {
            pcie.bus(3, 2).text("device_type", "pci");
            // I/O, then memory, prefetchable in the table though not in the device's address.
            let io = [0x0100_0000, 0, 0, 0, 0x3eff_0000, 0, 0x1_0000];
            let memory = [0x4200_0000, 0, 0x1000_0000, 0x10, 0, 0, 0x1000_0000];
            pcie.cells("ranges", &[io, memory].concat());
            pcie.node("memory", |device| {
                device.cells("reg", &[0x8200_0810, 0, 0x1000_4000, 0, 0x1000]);
            });
            pcie.node("io", |device| {
                device.cells("reg", &[0x8100_0810, 0, 0x20, 0, 0x10]);
            });
            pcie.node("configuration", |device| {
                device.cells("reg", &[0x0000_0800, 0, 0, 0, 0]);
            });
        });
    };
    with(build, |tree| {
        let window = |name: &str| at(tree, &format!("/pcie@10000000/{name}")).cpu_window(0);
        assert_eq!(window("memory"), Ok(Window { base: 0x10_0000_4000, size: 0x1000 }));
        assert_eq!(window("io"), Ok(Window { base: 0x3eff_0020, size: 0x10 }));
        assert!(matches!(window("configuration"), Err(TreeError::OutsideRanges { .. })));
    });
}

#[test]
fn cells_without_a_meaning_have_a_place() {
    for (address, size, name) in [(0, 1, "#address-cells"), (7, 1, "#address-cells"), (1, 7, "#size-cells")] {
        let build = |root: &mut Builder| {
            root.bus(address, size).node("device", |device| {
                device.cells("reg", &[1, 2]);
            });
        };
        with(build, |tree| {
            let at_cells = tree.root().property(name).expect(name).at();
            let error = Err(TreeError::Cells { at: at_cells, name });
            assert_eq!(at(tree, "/device").cpu_window(0), error);
            assert_eq!(at(tree, "/device").regs().collect::<Vec<_>>(), [error.map(|_| unreachable!())]);
        });
    }
}

#[test]
fn a_cut_reg_is_an_error_after_its_whole_entries() {
    let build = |root: &mut Builder| {
        root.bus(1, 1).node("device", |device| {
            device.cells("reg", &[1, 2, 3]);
        });
    };
    with(build, |tree| {
        let device = at(tree, "/device");
        let cut = TreeError::Length { at: device.property("reg").expect("a reg").at(), len: 12 };
        let regs: Vec<_> = device.regs().map(|reg| reg.map(|reg| reg.bus)).collect();
        assert_eq!(regs, [Ok(1), Err(cut)]);
        assert_eq!(device.cpu_window(1), Err(cut));
        assert_eq!(device.cpu_window(2).map_err(|error| error.offset()), Err(Some(device.at() as usize)));
    });
}

#[test]
fn a_window_may_touch_the_end_of_the_address_space_but_not_wrap() {
    let window = |base, size| {
        let build = |root: &mut Builder| {
            root.bus(2, 2).node("device", |device| {
                device.cells("reg", &[u32::MAX, base, 0, size]);
            });
        };
        with(build, |tree| at(tree, "/device").cpu_window(0))
    };
    assert!(window(0xffff_f000, 0x1000).is_ok());
    assert!(matches!(window(0xffff_f000, 0x1001), Err(TreeError::Overflow { .. })));
}

#[test]
fn dma_ranges_say_what_devices_see() {
    let build = |root: &mut Builder| {
        root.bus(2, 1).node("soc", |soc| {
            soc.bus(1, 1).flag("ranges").cells("dma-ranges", &[0xc000_0000, 0, 0, 0x3c00_0000]);
            soc.node("device", |_| {});
        });
        root.node("plain", |plain| {
            plain.node("device", |_| {});
        });
    };
    with(build, |tree| {
        let range = DmaRange { bus: 0xc000_0000, cpu: 0, size: 0x3c00_0000 };
        assert_eq!(at(tree, "/soc").dma_ranges().collect::<Vec<_>>(), [Ok(range)]);
        assert_eq!(at(tree, "/soc/device").translate_dma(0xc000_1000), Ok(0x1000));
        assert!(matches!(at(tree, "/soc/device").translate_dma(0x1000), Err(TreeError::OutsideRanges { .. })));
        assert_eq!(at(tree, "/plain").dma_ranges().count(), 0);
        assert_eq!(at(tree, "/plain/device").translate_dma(0x1000), Ok(0x1000));
    });
}
