//! Fills the rows: finds each fact's node in the live description and compares the property.

use crate::board::{Board, Device, Fact, Item, Value};

use super::extra::Claimed;
use super::{Live, LiveNode, Row, Unresolved, Verdict};

/// What the live description says about one fact.
struct Finding<'l> {
    verdict: Verdict,
    live: Option<Value<'l>>,
    reason: Option<Unresolved>,
}

impl Finding<'_> {
    /// There is nothing to compare with.
    const fn absent(verdict: Verdict) -> Self {
        Self { verdict, live: None, reason: None }
    }
}

/// Where a device or CPU is in the live description.
#[derive(Clone, Copy)]
enum Place<'l, N> {
    Nowhere,
    At {
        node: N,
        /// The node's name, if not that of the table.
        found_as: Option<&'l str>,
        enabled: bool,
    },
}

/// Walks a board's facts in ledger order.
pub(super) struct Comparison<'l, L, N> {
    board: &'static Board,
    live: L,
    /// The node found last; the next device is usually right behind it.
    near: Option<N>,
    /// The device that the last fact was about.
    current: Option<(u16, Place<'l, N>)>,
    claimed: Claimed,
}

impl<'l, L: Live<'l>> Comparison<'l, L, L::Node> {
    pub(super) fn new(board: &'static Board, live: L) -> Self {
        Self { board, live, near: None, current: None, claimed: Claimed::new() }
    }

    /// The row for `fact`.
    pub(super) fn row(&mut self, fact: &'static Fact) -> Row<'l> {
        let place = match (fact.device, fact.item) {
            (Some(device), _) => self.device(device),
            (None, Item::Mpidr(cpu)) => self.cpu(cpu),
            (None, _) => Place::Nowhere,
        };
        let Place::At { node, found_as, enabled } = place else {
            return Row { fact: Some(fact), ..Row::EMPTY };
        };
        let finding = if enabled { compare(node, fact) } else { Finding::absent(Verdict::Disabled) };
        let Finding { verdict, live, reason } = finding;
        Row { fact: Some(fact), verdict, live, reason, node: Some(node.index()), found_as }
    }

    /// The live nodes that the rows so far are about.
    pub(super) fn claimed(&self) -> &Claimed {
        &self.claimed
    }

    /// The place of device `index`, looked up once for all of its facts.
    fn device(&mut self, index: u16) -> Place<'l, L::Node> {
        if let Some((current, place)) = self.current
            && current == index
        {
            return place;
        }
        let device = self.board.devices.get(usize::from(index));
        let place = device.map_or(Place::Nowhere, |device| self.find(device));
        self.current = Some((index, place));
        place
    }

    fn find(&mut self, device: &Device) -> Place<'l, L::Node> {
        if let Some(node) = self.live.find(device.path, self.near) {
            return self.place(node, None);
        }
        self.moved(device).map_or(Place::Nowhere, |node| self.place(node, Some(node.name())))
    }

    fn cpu(&mut self, index: u8) -> Place<'l, L::Node> {
        let cpu = self.board.cpus.get(usize::from(index));
        // A CPU's unit address is its affinity: one at another path is another CPU, never a moved one.
        let node = cpu.and_then(|cpu| self.live.find(cpu.path, self.near));
        node.map_or(Place::Nowhere, |node| self.place(node, None))
    }

    fn place(&mut self, node: L::Node, found_as: Option<&'l str>) -> Place<'l, L::Node> {
        self.near = Some(node);
        self.claimed.note(node.index());
        Place::At { node, found_as, enabled: node.enabled() }
    }

    /// The one enabled node that can only be `device` at another path: it has the device's `compatible`, no table row
    /// has its path, and no other row of that `compatible` lost its node.
    fn moved(&self, device: &Device) -> Option<L::Node> {
        let mut candidates = self
            .live
            .nodes()
            .filter(|node| node.is_compatible(device.compatible) && node.enabled() && !self.in_table(*node));
        let only = candidates.next().filter(|_| candidates.next().is_none())?;
        let mut rivals = self.board.devices.iter().filter(|other| other.compatible == device.compatible);
        rivals.all(|other| other.path == device.path || self.live.find(other.path, None).is_some()).then_some(only)
    }

    fn in_table(&self, node: L::Node) -> bool {
        let named = self.board.devices.iter().filter(|device| device.path.ends_with(node.name()));
        let mut found = named.filter_map(|device| self.live.find(device.path, None));
        found.any(|found| found.index() == node.index())
    }
}

/// Holds one fact against the node that it is about.
fn compare<'l>(node: impl LiveNode<'l>, fact: &Fact) -> Finding<'l> {
    let live = match fact.item {
        Item::Compatible => return compatible(node, fact),
        Item::Window(n) => node.window(n).map(|window| window.map(Value::Window)),
        Item::Interrupt(n) => node.interrupt(n).map(|line| line.map(Value::Interrupt)),
        Item::Clock(n) => node.clock(n).map(|rate| rate.map(Value::Clock)),
        Item::Conduit => node.conduit().map(|conduit| conduit.map(Value::Conduit)),
        Item::Mpidr(_) => node.mpidr().map(|mpidr| mpidr.map(Value::Mpidr)),
    };
    match live {
        Ok(Some(live)) if live == fact.claimed => matched(live),
        Ok(Some(live)) => Finding { verdict: Verdict::Drift, live: Some(live), reason: None },
        Ok(None) => Finding::absent(Verdict::Missing),
        Err(reason) => Finding { verdict: Verdict::Unresolvable, live: None, reason: Some(reason) },
    }
}

/// A node matches when the claimed string is among its strings; else the most specific one is what it is instead.
fn compatible<'l>(node: impl LiveNode<'l>, fact: &Fact) -> Finding<'l> {
    let Value::Compatible(claimed) = fact.claimed else {
        return Finding { verdict: Verdict::Unresolvable, live: None, reason: Some(Unresolved::Unknown) };
    };
    if node.is_compatible(claimed) {
        return matched(fact.claimed);
    }
    match node.compatible().next() {
        Some(string) => Finding { verdict: Verdict::Drift, live: Some(Value::Compatible(string)), reason: None },
        None => Finding::absent(Verdict::Missing),
    }
}

fn matched(live: Value<'_>) -> Finding<'_> {
    Finding { verdict: Verdict::Match, live: Some(live), reason: None }
}
