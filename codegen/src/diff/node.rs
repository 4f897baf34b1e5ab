//! The nodes of both trees, and what differs in each.

use std::collections::HashMap;

use hardware::tree::{InterruptSpec, Node, Property, Reg, Status, Tree, TreeError};

use super::pair::Pairs;
use super::volatile::is_volatile;
use super::{Change, Kind};
use crate::parse::tree::dts_value;

/// Properties whose meaning is compared, and those that only say how others are written.
const COVERED: [&str; 16] = [
    "compatible",
    "status",
    "reg",
    "interrupts",
    "interrupts-extended",
    "interrupt-parent",
    "clock-frequency",
    "phandle",
    "linux,phandle",
    "name",
    "#address-cells",
    "#size-cells",
    "#interrupt-cells",
    "ranges",
    "interrupt-map",
    "interrupt-map-mask",
];

/// Of these, what shows in the nodes below; the devices below a PCI host aren't in the tree, so there they count by themselves.
const TRANSLATIONS: [&str; 3] = ["ranges", "interrupt-map", "interrupt-map-mask"];

/// All changes, in the first tree's order; what only the second has comes last.
pub(super) fn differences(pairs: &Pairs<'_>) -> Vec<Change> {
    let (first, second) = (Names::of(pairs.first), Names::of(pairs.second));
    let mut changes = Vec::new();
    for node in pairs.first.nodes() {
        match pairs.second_of(node) {
            Some(twin) => Pair { pairs, node, twin, name: first.name(node) }.compare(&mut changes),
            None => changes.push(Change { from: Some(brief(node)), ..whole(node, Kind::Removed, &first) }),
        }
    }
    for node in pairs.second.nodes().filter(|node| pairs.first_of(*node).is_none()) {
        changes.push(Change { to: Some(brief(node)), ..whole(node, Kind::Added, &second) });
    }
    changes
}

fn whole(node: Node<'_>, kind: Kind, names: &Names<'_>) -> Change {
    Change { kind, node: node.path().to_string(), name: names.name(node), item: None, from: None, to: None }
}

/// The aliases of a tree by node number.
struct Names<'t>(HashMap<usize, &'t str>);

impl<'t> Names<'t> {
    fn of(tree: &'t Tree<'t>) -> Self {
        let mut names = HashMap::new();
        for alias in tree.aliases() {
            if let Some(node) = alias.node {
                names.entry(node.index()).or_insert(alias.name);
            }
        }
        Self(names)
    }

    /// The first alias, else the path.
    fn name(&self, node: Node<'_>) -> String {
        self.0.get(&node.index()).map_or_else(|| node.path().to_string(), |alias| (*alias).to_owned())
    }
}

/// A node in a few words: what it is, its windows and lines.
fn brief(node: Node<'_>) -> String {
    let compatible = node.compatible().next().map(str::to_owned);
    let status = (!node.enabled()).then(|| "disabled".to_owned());
    let parts = compatible.into_iter().chain(status).chain(windows(node)).chain(interrupts(node));
    parts.collect::<Vec<_>>().join("  ")
}

struct Pair<'p, 't> {
    pairs: &'p Pairs<'t>,
    node: Node<'t>,
    twin: Node<'t>,
    name: String,
}

impl<'t> Pair<'_, 't> {
    fn compare(&self, changes: &mut Vec<Change>) {
        let mut add = |kind, item: Option<String>, from: Option<String>, to: Option<String>| {
            if from != to {
                let node = self.node.path().to_string();
                changes.push(Change { kind, node, name: self.name.clone(), item, from, to });
            }
        };
        if self.has_moved() {
            add(Kind::Moved, None, Some(self.node.path().to_string()), Some(self.twin.path().to_string()));
        }
        let both = |of: fn(Node<'t>) -> Option<String>| (of(self.node), of(self.twin));
        let (from, to) = both(compatible);
        add(Kind::Compatible, None, from, to);
        let (from, to) = both(|node| Some(status(node)));
        add(Kind::Status, None, from, to);
        for (kind, list) in [(Kind::Window, windows as fn(Node<'t>) -> Vec<String>), (Kind::Clock, clocks)] {
            for (index, (from, to)) in paired(list(self.node), list(self.twin)).enumerate() {
                add(kind, Some(item(kind, index)), from, to);
            }
        }
        for (index, (from, to)) in self.lines().enumerate() {
            add(Kind::Interrupt, Some(item(Kind::Interrupt, index)), from, to);
        }
        for (property, from, to) in self.properties() {
            add(Kind::Property, Some(property), from, to);
        }
    }

    /// A node whose parent moved has not moved by itself.
    fn has_moved(&self) -> bool {
        let stayed = match (self.node.parent(), self.twin.parent()) {
            (Some(parent), Some(other)) => self.pairs.second_of(parent) == Some(other),
            (None, None) => true,
            _ => false,
        };
        !stayed || self.node.name() != self.twin.name()
    }

    /// The interrupts of both; the controller stands beside a line only where it differs.
    fn lines(&self) -> impl Iterator<Item = (Option<String>, Option<String>)> + use<'t> {
        let mut first = interrupts(self.node);
        let mut second = interrupts(self.twin);
        let controller =
            |node: Node<'t>| node.interrupts().map(|spec| spec.ok().map(|spec| spec.controller)).collect::<Vec<_>>();
        let controllers = controller(self.node).into_iter().zip(controller(self.twin));
        for (index, (from, to)) in controllers.enumerate() {
            let (Some(from), Some(to)) = (from, to) else { continue };
            if self.pairs.second_of(from) != Some(to) {
                first[index] += &format!(" at {}", from.path());
                second[index] += &format!(" at {}", to.path());
            }
        }
        paired(first, second)
    }

    /// The properties that nothing else covers, where they differ.
    fn properties(&self) -> Vec<(String, Option<String>, Option<String>)> {
        let (ours, theirs) = (by_name(self.node), by_name(self.twin));
        let own = self.node.properties().filter(|property| self.counts(*property));
        let mut differing: Vec<_> = own
            .filter_map(|property| match theirs.get(property.name()) {
                Some(other) if self.same(property.value(), other.value()) => None,
                Some(other) => {
                    let (from, to) = apart(property.value(), other.value());
                    Some((property.name().to_owned(), Some(from), Some(to)))
                }
                None => Some((property.name().to_owned(), Some(shown(property.value())), None)),
            })
            .collect();
        let new = self.twin.properties().filter(|property| self.counts(*property));
        let new = new.filter(|property| !ours.contains_key(property.name()));
        differing.extend(new.map(|property| (property.name().to_owned(), None, Some(shown(property.value())))));
        differing
    }

    fn counts(&self, property: Property<'_>) -> bool {
        let name = property.name();
        let covered = COVERED.contains(&name) && !(TRANSLATIONS.contains(&name) && is_pci(self.node));
        !covered && !is_volatile(self.node.name(), name)
    }

    /// Whether two values are the same, phandles being what they refer to.
    fn same(&self, first: &[u8], second: &[u8]) -> bool {
        let ((one, []), (other, [])) = (first.as_chunks::<4>(), second.as_chunks::<4>()) else {
            return first == second;
        };
        let refers = |one: &[u8; 4], other: &[u8; 4]| {
            let from = self.pairs.first.by_phandle(u32::from_be_bytes(*one));
            let to = self.pairs.second.by_phandle(u32::from_be_bytes(*other));
            from.zip(to).is_some_and(|(from, to)| self.pairs.second_of(from) == Some(to))
        };
        one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one == other || refers(one, other))
    }
}

/// Whether the node is a PCI host (IEEE 1275 PCI Bus Binding 2.1, 3.1.1).
fn is_pci(node: Node<'_>) -> bool {
    node.property("device_type").is_some_and(|kind| kind.as_str() == Ok("pci"))
}

/// A node's properties; of a repeated one the first counts.
fn by_name(node: Node<'_>) -> HashMap<&str, Property<'_>> {
    let mut properties = HashMap::new();
    for property in node.properties() {
        properties.entry(property.name()).or_insert(property);
    }
    properties
}

fn item(kind: Kind, index: usize) -> String {
    let what = match kind {
        Kind::Window => "window",
        Kind::Interrupt => "interrupt",
        _ => "clock",
    };
    format!("{what}[{index}]")
}

/// Two lists side by side, with nothing where one is shorter.
fn paired(first: Vec<String>, second: Vec<String>) -> impl Iterator<Item = (Option<String>, Option<String>)> {
    let longer = first.len().max(second.len());
    let padded = |list: Vec<String>| list.into_iter().map(Some).chain(std::iter::repeat(None));
    padded(first).zip(padded(second)).take(longer)
}

fn compatible(node: Node<'_>) -> Option<String> {
    let strings: Vec<&str> = node.compatible().collect();
    (!strings.is_empty()).then(|| strings.join(", "))
}

fn status(node: Node<'_>) -> String {
    match node.status() {
        Status::Okay => "enabled".to_owned(),
        Status::Disabled => "disabled".to_owned(),
        Status::Other(status) => format!("status {status:?}"),
    }
}

/// Windows as CPUs see them, else as their bus does, else why not.
fn windows(node: Node<'_>) -> Vec<String> {
    let window = |(index, reg)| match (node.cpu_window(index), reg) {
        (Ok(window), _) => window.to_string(),
        (Err(TreeError::BusLocal { .. }), Ok(reg)) => local(reg),
        (Err(error), _) => error.to_string(),
    };
    node.regs().enumerate().map(window).collect()
}

fn local(reg: Reg) -> String {
    match reg.size {
        0 => format!("{:#x} on its bus", reg.bus),
        size => format!("{:#x}+{size:#x} on its bus", reg.bus),
    }
}

/// Lines of the GIC by their names, others as their controller numbers them.
fn interrupts(node: Node<'_>) -> Vec<String> {
    let line = |spec: Result<InterruptSpec<'_>, TreeError>| match spec {
        Err(error) => error.to_string(),
        Ok(spec) => match spec.gic {
            Some(line) => format!("{line:#}"),
            None => {
                let cells: Vec<String> = spec.specifier.cells().map(|cell| cell.to_string()).collect();
                format!("<{}>", cells.join(" "))
            }
        },
    };
    node.interrupts().map(line).collect()
}

/// The rates that are known; others are the providers' business.
fn clocks(node: Node<'_>) -> Vec<String> {
    let own = node.clock_frequency().map(|rate| rate.map_or_else(|error| error.to_string(), |rate| rate.to_string()));
    let given = node.clocks().map(|clock| match clock {
        Ok(clock) => clock.rate.map_or_else(|| "no fixed rate".to_owned(), |rate| rate.to_string()),
        Err(error) => error.to_string(),
    });
    own.into_iter().chain(given).collect()
}

fn shown(value: &[u8]) -> String {
    if value.is_empty() { "(there)".to_owned() } else { dts_value(value) }
}

/// Two values that differ, shown so that one can see it: from where they do if the beginnings look alike.
fn apart(first: &[u8], second: &[u8]) -> (String, String) {
    let (from, to) = (shown(first), shown(second));
    if from != to {
        return (from, to);
    }
    let same = first.iter().zip(second).take_while(|(one, other)| one == other).count() & !3;
    let rest = |value: &[u8]| format!("… {} from byte {same}", shown(value.get(same..).unwrap_or_default()));
    (rest(first), rest(second))
}
