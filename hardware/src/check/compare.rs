//! Fills the rows: finds each fact's node in the live description and compares the property.

use crate::board::{Board, Device, Fact, Item, Value};

use super::extra::Claimed;
use super::{Live, LiveNode, NodeName, Row, Unresolved, Verdict};

/// What the live description says about one fact.
struct Finding<'l> {
    verdict: Verdict,
    live: Option<Value<'l>>,
    reason: Option<Unresolved>,
}

/// A device's place in the live description.
#[derive(Clone, Copy)]
struct Place<N> {
    node: Option<N>,
    /// [`Verdict::Missing`] or [`Verdict::Disabled`] for all of its facts.
    absent: Option<Verdict>,
}

/// Walks a board's facts in ledger order.
pub(super) struct Comparison<L, N> {
    board: &'static Board,
    live: L,
    /// The node found last; the next device is usually right behind it.
    near: Option<N>,
    /// The device that the last fact was about.
    current: Option<(u16, Place<N>)>,
}

impl<L, N> Comparison<L, N> {
    pub(super) fn new(board: &'static Board, live: L) -> Self {
        Self { board, live, near: None, current: None }
    }
}

impl<'l, L: Live<'l>> Comparison<L, L::Node> {
    /// The row for `fact`; its node is noted in `claimed`.
    pub(super) fn row(&mut self, fact: &'static Fact, claimed: &mut Claimed) -> Row<'l> {
        let place = match (fact.device, fact.item) {
            (Some(device), _) => self.device(device),
            (None, Item::Mpidr(cpu)) => self.cpu(cpu),
            (None, _) => Place { node: None, absent: Some(Verdict::Missing) },
        };
        let finding = match (place.node, place.absent) {
            (_, Some(verdict)) => Finding { verdict, live: None, reason: None },
            (None, None) => Finding { verdict: Verdict::Missing, live: None, reason: None },
            (Some(node), None) => compare(node, fact),
        };
        let node = place.node.map(|node| NodeName { index: node.index(), name: node.name() });
        if let Some(node) = node {
            claimed.note(node.index);
        }
        Row { fact: Some(fact), verdict: finding.verdict, live: finding.live, reason: finding.reason, node }
    }

    /// The place of device `index`, looked up once for all of its facts.
    fn device(&mut self, index: u16) -> Place<L::Node> {
        if let Some((current, place)) = self.current
            && current == index
        {
            return place;
        }
        let device = self.board.devices.get(usize::from(index));
        let place = self.place(device.and_then(|device| self.find(device)));
        self.current = Some((index, place));
        place
    }

    fn cpu(&mut self, index: u8) -> Place<L::Node> {
        let cpu = self.board.cpus.get(usize::from(index));
        // A CPU's unit address is its affinity: one at another path is another CPU, never a moved one.
        let node = cpu.and_then(|cpu| self.live.find(cpu.path, self.near));
        self.place(node)
    }

    fn place(&mut self, node: Option<L::Node>) -> Place<L::Node> {
        let absent = match node {
            None => Some(Verdict::Missing),
            Some(node) => {
                self.near = Some(node);
                (!node.enabled()).then_some(Verdict::Disabled)
            }
        };
        Place { node, absent }
    }

    fn find(&self, device: &Device) -> Option<L::Node> {
        self.live.find(device.path, self.near).or_else(|| self.moved(device))
    }

    /// The one enabled node that can only be `device` at another path: it has the device's `compatible`, no table row
    /// has its path, and no other row of that `compatible` lost its node.
    fn moved(&self, device: &Device) -> Option<L::Node> {
        let mut candidates = self.live.nodes().filter(|node| {
            node.compatible().any(|string| string == device.compatible) && node.enabled() && !self.in_table(*node)
        });
        let only = candidates.next().filter(|_| candidates.next().is_none())?;
        let mut rivals = self.board.devices.iter().filter(|other| other.compatible == device.compatible);
        rivals.all(|other| other.path == device.path || self.live.find(other.path, None).is_some()).then_some(only)
    }

    fn in_table(&self, node: L::Node) -> bool {
        self.board.devices.iter().any(|device| node.is_at(device.path))
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
        Ok(None) => Finding { verdict: Verdict::Missing, live: None, reason: None },
        Err(reason) => Finding { verdict: Verdict::Unresolvable, live: None, reason: Some(reason) },
    }
}

/// A node matches when the claimed string is among its strings; else the most specific one is what it is instead.
fn compatible<'l>(node: impl LiveNode<'l>, fact: &Fact) -> Finding<'l> {
    let Value::Compatible(claimed) = fact.claimed else {
        return Finding { verdict: Verdict::Unresolvable, live: None, reason: Some(Unresolved::Unknown) };
    };
    let mut first = None;
    for string in node.compatible() {
        if string == claimed {
            return matched(fact.claimed);
        }
        first = first.or(Some(string));
    }
    match first {
        Some(string) => Finding { verdict: Verdict::Drift, live: Some(Value::Compatible(string)), reason: None },
        None => Finding { verdict: Verdict::Missing, live: None, reason: None },
    }
}

fn matched(live: Value<'_>) -> Finding<'_> {
    Finding { verdict: Verdict::Match, live: Some(live), reason: None }
}
