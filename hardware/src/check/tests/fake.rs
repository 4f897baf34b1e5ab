//! A machine in memory: what the check sees, without a tree behind it.

use std::vec::Vec;

use super::board;
use crate::board::*;
use crate::check::{Live, LiveNode, Unresolved};

/// A node of the machine; a test changes what it is about.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) path: &'static str,
    pub(super) compatible: Vec<&'static str>,
    pub(super) enabled: bool,
    pub(super) windows: Vec<Result<Window, Unresolved>>,
    pub(super) interrupts: Vec<Result<Interrupt, Unresolved>>,
    pub(super) clocks: Vec<Result<Hertz, Unresolved>>,
    pub(super) conduit: Option<Conduit>,
    pub(super) mpidr: Option<Mpidr>,
    pub(super) properties: Vec<(&'static str, &'static [u8])>,
}

#[derive(Clone)]
pub(super) struct Machine(pub(super) Vec<Part>);

#[derive(Clone, Copy)]
pub(super) struct At<'m>(&'m Machine, usize);

impl Machine {
    /// Exactly what [`board::BOARD`] claims.
    pub(super) fn pristine() -> Self {
        let part = |path, compatible| Part {
            path,
            compatible: std::vec![compatible],
            enabled: true,
            windows: Vec::new(),
            interrupts: Vec::new(),
            clocks: Vec::new(),
            conduit: None,
            mpidr: None,
            properties: Vec::new(),
        };
        let windows = |list: &[Window]| list.iter().copied().map(Ok).collect::<Vec<_>>();
        Self(std::vec![
            part("/", "test,machine"),
            Part { conduit: Some(Conduit::Hvc), ..part("/psci", "arm,psci-1.0") },
            Part { windows: windows(&[board::GICD, board::GICR]), ..part("/intc@8000000", "arm,gic-v3") },
            part("/soc", "simple-bus"),
            Part {
                windows: windows(&[board::UART]),
                interrupts: std::vec![Ok(board::UART_LINE)],
                clocks: std::vec![Ok(board::UART_CLOCK)],
                ..part("/soc/serial@9000000", "arm,pl011")
            },
            Part {
                windows: windows(&[board::RTC]),
                interrupts: std::vec![Ok(board::RTC_LINE)],
                ..part("/soc/rtc@9010000", "arm,pl031")
            },
            Part { windows: windows(&[board::VIRTIO[0]]), ..part("/soc/virtio_mmio@a000000", "virtio,mmio") },
            Part { windows: windows(&[board::VIRTIO[1]]), ..part("/soc/virtio_mmio@a000200", "virtio,mmio") },
            Part { mpidr: Some(Mpidr(0)), ..part("/cpus/cpu@0", "arm,cortex-a76") },
            Part { mpidr: Some(Mpidr(1)), ..part("/cpus/cpu@1", "arm,cortex-a76") },
        ])
    }

    /// The node at `path`, to be changed.
    pub(super) fn at(&mut self, path: &str) -> &mut Part {
        self.0.iter_mut().find(|part| part.path == path).unwrap()
    }

    pub(super) fn remove(&mut self, path: &str) {
        self.0.retain(|part| part.path != path);
    }
}

impl<'m> Live<'m> for &'m Machine {
    type Node = At<'m>;

    fn root(self) -> Option<At<'m>> {
        Some(At(self, 0))
    }

    fn nodes(self) -> impl Iterator<Item = At<'m>> {
        (0..self.0.len()).map(|index| At(self, index))
    }

    fn find(self, path: &str, _: Option<At<'m>>) -> Option<At<'m>> {
        self.nodes().find(|node| node.part().path == path)
    }
}

impl<'m> At<'m> {
    fn part(self) -> &'m Part {
        &self.0.0[self.1]
    }
}

fn nth<T: Copy>(list: &[Result<T, Unresolved>], n: u8) -> Result<Option<T>, Unresolved> {
    list.get(usize::from(n)).copied().transpose()
}

impl<'m> LiveNode<'m> for At<'m> {
    fn index(self) -> u32 {
        self.1 as u32
    }

    fn name(self) -> &'m str {
        self.part().path.rsplit('/').next().unwrap_or("")
    }

    fn compatible(self) -> impl Iterator<Item = &'m str> {
        self.part().compatible.iter().copied()
    }

    fn is_compatible(self, string: &str) -> bool {
        self.part().compatible.contains(&string)
    }

    fn enabled(self) -> bool {
        self.part().enabled
    }

    fn window(self, n: u8) -> Result<Option<Window>, Unresolved> {
        nth(&self.part().windows, n)
    }

    fn interrupt(self, n: u8) -> Result<Option<Interrupt>, Unresolved> {
        nth(&self.part().interrupts, n)
    }

    fn clock(self, n: u8) -> Result<Option<Hertz>, Unresolved> {
        nth(&self.part().clocks, n)
    }

    fn conduit(self) -> Result<Option<Conduit>, Unresolved> {
        Ok(self.part().conduit)
    }

    fn mpidr(self) -> Result<Option<Mpidr>, Unresolved> {
        Ok(self.part().mpidr)
    }

    fn property(self, name: &str) -> Option<&'m [u8]> {
        self.part().properties.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}
