//! Clocks, CPUs, PSCI.

use hardware::board::{Conduit, Hertz, Mpidr};
use hardware::tree::{EnableMethod, TreeError};

use crate::build::Builder;
use crate::{at, with};

#[test]
fn rates_come_from_fixed_clocks() {
    let build = |root: &mut Builder| {
        root.node("crystal", |clock| {
            clock.text("compatible", "fixed-clock").cells("#clock-cells", &[0]).cells("phandle", &[1]);
            clock.cells("clock-frequency", &[24_000_000]);
        });
        root.node("doubler", |clock| {
            clock.text("compatible", "fixed-factor-clock").cells("#clock-cells", &[0]).cells("phandle", &[2]);
            clock.cells("clock-mult", &[2]).cells("clock-div", &[3]).cells("clocks", &[1]);
        });
        root.node("controller", |clock| {
            clock.cells("#clock-cells", &[1]).cells("phandle", &[3]);
        });
        root.node("device", |device| {
            device.cells("clocks", &[1, 2, 3, 9]).cells("clock-frequency", &[1, 0]);
        });
    };
    with(build, |tree| {
        let device = at(tree, "/device");
        let clocks: Vec<_> = device.clocks().map(|clock| clock.map(|clock| (clock.output, clock.rate))).collect();
        let expected = [Ok((None, Some(Hertz(24_000_000)))), Ok((None, Some(Hertz(16_000_000)))), Ok((Some(9), None))];
        assert_eq!(clocks, expected);
        assert_eq!(device.clock_frequency(), Some(Ok(Hertz(1 << 32))));
    });
}

#[test]
fn clocks_that_cannot_be_worked_out_are_errors() {
    let build = |root: &mut Builder| {
        root.node("circle", |clock| {
            clock.text("compatible", "fixed-factor-clock").cells("#clock-cells", &[0]).cells("phandle", &[1]);
            clock.cells("clock-mult", &[1]).cells("clock-div", &[1]).cells("clocks", &[1]);
        });
        root.node("nothing", |clock| {
            clock.text("compatible", "fixed-clock").cells("#clock-cells", &[0]).cells("phandle", &[2]);
        });
        root.node("by-zero", |clock| {
            clock.text("compatible", "fixed-factor-clock").cells("#clock-cells", &[0]).cells("phandle", &[3]);
            clock.cells("clock-mult", &[1]).cells("clock-div", &[0]).cells("clocks", &[4]);
        });
        root.node("crystal", |clock| {
            clock.text("compatible", "fixed-clock").cells("#clock-cells", &[0]).cells("phandle", &[4]);
            clock.cells("clock-frequency", &[1]);
        });
        for (name, phandle) in [("a", 1), ("b", 2), ("c", 3), ("d", 9)] {
            root.node(name, |device| {
                device.cells("clocks", &[phandle]);
            });
        }
    };
    with(build, |tree| {
        let error = |path| at(tree, path).clocks().next().expect("an entry").expect_err("an error");
        assert_eq!(error("/a"), TreeError::Circle { at: at(tree, "/circle").at() });
        assert_eq!(error("/b"), TreeError::Missing { at: at(tree, "/nothing").at(), name: "clock-frequency" });
        assert!(matches!(error("/c"), TreeError::Overflow { .. }));
        assert!(matches!(error("/d"), TreeError::Phandle { phandle: 9, .. }));
    });
}

#[test]
fn cpus_have_affinities_and_a_way_to_start() {
    let build = |root: &mut Builder| {
        root.node("cpus", |cpus| {
            cpus.bus(2, 0).node("cpu-map", |_| {});
            cpus.node("cpu@0", |cpu| {
                cpu.text("device_type", "cpu").cells("reg", &[0, 0]).text("enable-method", "psci");
            });
            cpus.node("cpu@100000100", |cpu| {
                cpu.cells("reg", &[1, 0x100]).text("enable-method", "spin-table").cells("cpu-release-addr", &[0, 0xd8]);
            });
            cpus.node("cpu@2", |cpu| {
                cpu.cells("reg", &[0, 2]).text("status", "disabled").text("enable-method", "vendor,magic");
            });
            cpus.node("cpu@80000000", |cpu| {
                cpu.cells("reg", &[0, 0x8000_0000]);
            });
            cpus.node("l2-cache", |_| {});
        });
    };
    with(build, |tree| {
        let cpus: Vec<_> =
            tree.cpus().map(|cpu| cpu.map(|cpu| (cpu.mpidr.0, cpu.enable_method, cpu.enabled))).collect();
        let bad = at(tree, "/cpus/cpu@80000000").at();
        let expected = [
            Ok((0, EnableMethod::Psci, true)),
            Ok((0x1_0000_0100, EnableMethod::SpinTable { release: Some(0xd8) }, true)),
            Ok((2, EnableMethod::Other("vendor,magic"), false)),
            Err(TreeError::Value { at: bad, name: "reg" }),
        ];
        assert_eq!(cpus, expected);
        assert_eq!(at(tree, "/cpus/cpu@2").mpidr(), Ok(Mpidr(2)));
    });
}

#[test]
fn one_address_cell_is_enough_for_a_small_affinity() {
    let build = |root: &mut Builder| {
        root.node("cpus", |cpus| {
            cpus.bus(1, 0).node("cpu@100", |cpu| {
                cpu.cells("reg", &[0x100]);
            });
        });
    };
    with(build, |tree| {
        let cpu = tree.cpus().next().expect("a CPU").expect("a good one");
        assert_eq!((cpu.mpidr, cpu.enable_method), (Mpidr(0x100), EnableMethod::None));
    });
}

#[test]
fn psci_has_a_conduit_and_its_newest_version() {
    let psci = |method: Option<&str>, status: &str| {
        let build = |root: &mut Builder| {
            root.node("psci", |psci| {
                psci.bytes("compatible", b"arm,psci-1.0\0arm,psci-0.2\0arm,psci\0").text("status", status);
                if let Some(method) = method {
                    psci.text("method", method);
                }
            });
        };
        with(build, |tree| tree.psci().map(|psci| psci.map(|psci| (psci.conduit, psci.compatible.to_string()))))
    };
    assert_eq!(psci(Some("hvc"), "okay"), Ok(Some((Conduit::Hvc, "arm,psci-1.0".into()))));
    assert_eq!(psci(Some("smc"), "okay"), Ok(Some((Conduit::Smc, "arm,psci-1.0".into()))));
    assert_eq!(psci(Some("smc"), "disabled"), Ok(None));
    assert!(matches!(psci(Some("call"), "okay"), Err(TreeError::Value { name: "method", .. })));
    assert!(matches!(psci(None, "okay"), Err(TreeError::Missing { name: "method", .. })));
}
