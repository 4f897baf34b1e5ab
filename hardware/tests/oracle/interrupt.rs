//! Interrupts, by a transcription of Linux' `of_irq_parse_one` and `of_irq_parse_raw` (drivers/of/irq.c) onto vectors
//! of cells.

use super::Oracle;

/// An interrupt at its controller.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) controller: String,
    pub(crate) cells: Vec<u32>,
    /// Type, number and flags where the controller is a GIC.
    pub(crate) gic: Option<(u32, u32, u32)>,
}

/// Only names that arm64 trees use.
const GICS: [&str; 5] = ["arm,gic-v3", "arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic", "arm,cortex-a9-gic"];
const MORE_GICS: [&str; 4] = ["nvidia,tegra210-agic", "arm,pl390", "qcom,msm-qgic2", "arm,cortex-a5-gic"];
const OWN_MAPS: [&str; 3] = ["fsl,ls1021a-extirq", "fsl,ls1043a-extirq", "fsl,ls1088a-extirq"];

impl Oracle {
    /// The interrupts of a node; one that leads nowhere is an `Err` and the last.
    pub(crate) fn interrupts(&self, node: usize) -> Vec<Result<Line, ()>> {
        let mut lines = vec![];
        if let Some(extended) = self.cells(node, "interrupts-extended") {
            let mut rest = extended.as_slice();
            while let [phandle, tail @ ..] = rest {
                let Some(&parent) = self.by_phandle.get(phandle) else { return with_error(lines) };
                let Some(count) = self.interrupt_cells(parent) else { return with_error(lines) };
                let Some((specifier, tail)) = tail.split_at_checked(count) else { return with_error(lines) };
                lines.push(self.follow(node, parent, specifier.to_vec()));
                rest = tail;
            }
        } else if let Some(own) = self.cells(node, "interrupts") {
            let Some(parent) = self.irq_parent(node) else { return vec![Err(())] };
            let Some(count) = self.interrupt_cells(parent) else { return vec![Err(())] };
            for specifier in own.chunks(count) {
                if specifier.len() < count {
                    return with_error(lines);
                }
                lines.push(self.follow(node, parent, specifier.to_vec()));
            }
        }
        if let Some(first) = lines.iter().position(Result::is_err) {
            lines.truncate(first + 1);
        }
        lines
    }

    fn interrupt_cells(&self, node: usize) -> Option<usize> {
        self.number(node, "#interrupt-cells").filter(|&count| count > 0)
    }

    fn irq_parent(&self, node: usize) -> Option<usize> {
        let next = match self.number(node, "interrupt-parent") {
            Some(phandle) => *self.by_phandle.get(&(phandle as u32))?,
            None => self.nodes[node].parent?,
        };
        if self.property(next, "#interrupt-cells").is_some() { Some(next) } else { self.irq_parent(next) }
    }

    fn follow(&self, device: usize, parent: usize, specifier: Vec<u32>) -> Result<Line, ()> {
        let address_cells = std::iter::successors(Some(parent), |&node| self.nodes[node].parent)
            .find_map(|node| self.number(node, "#address-cells"))
            .unwrap_or(2);
        let reg = self.cells(device, "reg").unwrap_or_default();
        let unit = reg.get(..address_cells).map(<[u32]>::to_vec);
        self.deliver(parent, unit, specifier)
    }

    /// Hands an interrupt with its unit address on to the controller that takes it.
    fn deliver(&self, at: usize, unit: Option<Vec<u32>>, specifier: Vec<u32>) -> Result<Line, ()> {
        let controller = self.property(at, "interrupt-controller").is_some();
        let map = self.cells(at, "interrupt-map");
        let Some(map) = map.filter(|_| !(controller && self.compatible(at, &OWN_MAPS))) else {
            if controller {
                return Ok(self.line(at, specifier));
            }
            return self.deliver(self.irq_parent(at).ok_or(())?, unit, specifier);
        };
        let key = [unit.ok_or(())?, specifier.clone()].concat();
        let mask = self.cells(at, "interrupt-map-mask").unwrap_or(vec![u32::MAX; key.len()]);
        let mut rest = map.as_slice();
        while rest.len() > key.len() + 1 {
            let (child, tail) = rest.split_at(key.len());
            let &parent = self.by_phandle.get(&tail[0]).ok_or(())?;
            let address = self.number(parent, "#address-cells").unwrap_or(0);
            let (unit, tail) = tail[1..].split_at_checked(address).ok_or(())?;
            let (specifier, tail) = tail.split_at_checked(self.interrupt_cells(parent).ok_or(())?).ok_or(())?;
            let fits = (0..key.len()).all(|cell| (key[cell] ^ child[cell]) & mask[cell] == 0);
            if fits && self.available(parent) {
                return self.deliver(parent, Some(unit.to_vec()), specifier.to_vec());
            }
            rest = tail;
        }
        if controller { Ok(self.line(at, specifier)) } else { Err(()) }
    }

    fn line(&self, controller: usize, cells: Vec<u32>) -> Line {
        let is_gic = self.compatible(controller, &GICS) || self.compatible(controller, &MORE_GICS);
        let gic = match *cells.as_slice() {
            [kind, number, flags] | [kind, number, flags, _] if is_gic && exists(kind, number) => {
                Some((kind, number, flags))
            }
            _ => None,
        };
        Line { controller: self.nodes[controller].path.clone(), cells, gic }
    }
}

/// Whether the architecture has the INTID (IHI 0069H.b, table 2-1); a few real trees name lines that can't be.
fn exists(kind: u32, number: u32) -> bool {
    let (first, last) = match kind {
        0 => (32, 1019),
        1 => (16, 31),
        2 => (4096, 5119),
        3 => (1056, 1119),
        _ => return false,
    };
    number.checked_add(first).is_some_and(|intid| intid <= last)
}

fn with_error(mut lines: Vec<Result<Line, ()>>) -> Vec<Result<Line, ()>> {
    lines.push(Err(()));
    lines
}
