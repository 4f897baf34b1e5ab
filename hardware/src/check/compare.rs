//! Fills the rows: finds each fact's node in the live description and compares the property.

use crate::board::{Board, Device, Fact, Fixed, Item, Origin, Recorded, Value};

use super::extra::Claimed;
use super::{Live, LiveNode, Row, Unresolved, Verdict};

/// What [`Comparison::about`] is when the node is nobody's.
const NOBODY: u32 = u32::MAX;

/// Walks a board's facts in ledger order.
pub(super) struct Comparison<'l, L, N> {
    board: &'static Board,
    live: L,
    /// The device that the last fact was about, whose facts all have one node; or [`NOBODY`].
    about: u32,
    /// The node of that device or CPU.
    node: Option<N>,
    /// The node's name, if not that of the table.
    found_as: Option<&'l str>,
    enabled: bool,
    /// The node found last; the next device is usually right behind it.
    near: Option<N>,
    claimed: Claimed,
}

impl<'l, L: Live<'l>> Comparison<'l, L, L::Node> {
    pub(super) fn new(board: &'static Board, live: L) -> Self {
        let claimed = Claimed::new();
        Self { board, live, about: NOBODY, node: None, found_as: None, enabled: false, near: None, claimed }
    }

    /// Writes the row for `fact`.
    pub(super) fn fill(&mut self, fact: &'static Fact, row: &mut Row<'l>) {
        match (fact.device, fact.item) {
            (Some(device), _) if u32::from(device) == self.about => {}
            (Some(device), _) => self.go_to_device(device),
            (None, Item::Mpidr(cpu)) => self.go_to_cpu(cpu),
            (None, _) => self.go_to(None, None),
        }
        row.fact = Some(fact);
        row.found_as = self.found_as;
        row.node = self.node.map(|node| node.index());
        match self.node {
            None => row.say(Verdict::Missing, None, None),
            Some(_) if !self.enabled => row.say(Verdict::Disabled, None, None),
            Some(node) => compare(node, fact, row),
        }
        if let Origin::Fix(fixed) = fact.origin
            && is_recorded(fixed, row)
        {
            row.verdict = Verdict::Match;
        }
    }

    /// The live nodes that the rows so far are about.
    pub(super) fn claimed(&self) -> &Claimed {
        &self.claimed
    }

    fn go_to_device(&mut self, index: u16) {
        match self.board.devices.get(usize::from(index)) {
            None => self.go_to(None, None),
            Some(device) => match self.live.find(device.path, self.near) {
                Some(node) => self.go_to(Some(node), None),
                None => {
                    let moved = self.moved(device);
                    self.go_to(moved, moved.map(|node| node.name()));
                }
            },
        }
        self.about = index.into();
    }

    fn go_to_cpu(&mut self, index: u8) {
        let cpu = self.board.cpus.get(usize::from(index));
        // A CPU's unit address is its affinity: one at another path is another CPU, never a moved one.
        self.go_to(cpu.and_then(|cpu| self.live.find(cpu.path, self.near)), None);
    }

    fn go_to(&mut self, node: Option<L::Node>, found_as: Option<&'l str>) {
        (self.about, self.node, self.found_as) = (NOBODY, node, found_as);
        if let Some(node) = node {
            self.near = Some(node);
            self.enabled = node.enabled();
            self.claimed.note(node.index());
        }
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

/// Whether firmware still says what the board file puts right.
fn is_recorded(fixed: &Fixed, row: &Row<'_>) -> bool {
    match fixed.recorded {
        Recorded::Value(value) => row.live == Some(value),
        Recorded::Missing => row.verdict == Verdict::Missing,
        Recorded::Disabled => row.verdict == Verdict::Disabled,
        Recorded::Unresolvable => row.verdict == Verdict::Unresolvable,
    }
}

/// Holds one fact against the node that it is about.
fn compare<'l>(node: impl LiveNode<'l>, fact: &'static Fact, row: &mut Row<'l>) {
    let live = match fact.item {
        Item::Compatible => return compatible(node, fact.claimed, row),
        Item::Window(n) => node.window(n).map(|window| window.map(Value::Window)),
        Item::Interrupt(n) => node.interrupt(n).map(|line| line.map(Value::Interrupt)),
        Item::Clock(n) => node.clock(n).map(|rate| rate.map(Value::Clock)),
        Item::Conduit => node.conduit().map(|conduit| conduit.map(Value::Conduit)),
        Item::Mpidr(_) => node.mpidr().map(|mpidr| mpidr.map(Value::Mpidr)),
    };
    match live {
        Ok(Some(live)) if live == fact.claimed => row.say(Verdict::Match, Some(live), None),
        Ok(Some(live)) => row.say(Verdict::Drift, Some(live), None),
        Ok(None) => row.say(Verdict::Missing, None, None),
        Err(reason) => row.say(Verdict::Unresolvable, None, Some(reason)),
    }
}

/// A node matches when the claimed string is among its strings; else the most specific one is what it is instead.
fn compatible<'l>(node: impl LiveNode<'l>, claimed: Value<'static>, row: &mut Row<'l>) {
    if let Value::Compatible(string) = claimed
        && node.is_compatible(string)
    {
        return row.say(Verdict::Match, Some(claimed), None);
    }
    match node.compatible().next() {
        Some(first) => row.say(Verdict::Drift, Some(Value::Compatible(first)), None),
        None => row.say(Verdict::Missing, None, None),
    }
}

impl<'l> Row<'l> {
    fn say(&mut self, verdict: Verdict, live: Option<Value<'l>>, reason: Option<Unresolved>) {
        (self.verdict, self.live, self.reason) = (verdict, live, reason);
    }
}
