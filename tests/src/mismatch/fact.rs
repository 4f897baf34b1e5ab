//! One fact that drifts: the edit, and what the row must say after it.

use hardware::board::{Conduit, Fact, Hertz, Interrupt, Item, Mpidr, Value, Window};
use hardware::check::Verdict;

use super::{Mutation, Reference};
use crate::Failure;
use crate::failure::Cause;

/// A `compatible` that no binding has.
const STRANGER: &str = "keel,stranger";
/// How far a window moves: further than most are long, and still aligned.
const MOVED_BY: u32 = 0x1_0000;
/// A phandle that no tree has: QEMU counts from 0x8000, dtc from 1.
const PHANDLE: u32 = 0x7ead_beef;
/// The node of the clock that is put in another one's place.
const CLOCK: &str = "keel-clock";

/// The reference tree in which `fact` has another value.
pub(super) fn drifts(reference: &Reference, fact: &'static Fact) -> Result<Mutation, Failure> {
    let mut mutation = Mutation::new(format!("{} drifts", fact.name), reference.tree.clone());
    mutation.proves = Some(fact);
    let path = reference.board.place(fact).ok_or_else(|| unusable(fact))?;
    let edit = Edit { reference, fact, path };
    match (fact.item, fact.claimed) {
        (Item::Compatible, _) => edit.compatible(&mut mutation)?,
        (Item::Window(n), Value::Window(claimed)) => edit.window(&mut mutation, n.into(), claimed)?,
        (Item::Interrupt(n), Value::Interrupt(claimed)) => edit.interrupt(&mut mutation, n.into(), claimed)?,
        (Item::Clock(n), Value::Clock(claimed)) => edit.clock(&mut mutation, n.into(), claimed)?,
        (Item::Mpidr(_), Value::Mpidr(claimed)) => edit.mpidr(&mut mutation, claimed)?,
        (Item::Conduit, Value::Conduit(claimed)) => edit.conduit(&mut mutation, claimed)?,
        _ => return Err(unusable(fact)),
    }
    Ok(mutation)
}

/// Where the fact's value is in the tree.
struct Edit<'r> {
    reference: &'r Reference,
    fact: &'static Fact,
    path: &'static str,
}

impl Edit<'_> {
    fn compatible(&self, mutation: &mut Mutation) -> Result<(), Failure> {
        // Interrupts and clocks of a provider that nobody knows mean nothing.
        for fact in self.reference.dependents(self.path) {
            mutation.expect(fact.name, Verdict::Unresolvable, None);
        }
        mutation.tree.set(self.path, "compatible", STRANGER)?;
        self.drift(mutation, STRANGER.to_owned());
        Ok(())
    }

    fn window(&self, mutation: &mut Mutation, n: usize, claimed: Window) -> Result<(), Failure> {
        let parent = self.path.rsplit_once('/').map_or("/", |(parent, _)| if parent.is_empty() { "/" } else { parent });
        let (address, size) = self.reference.bus_cells(parent);
        let last = n * (address + size) + address - 1;
        self.change(mutation, "reg", last, |cell| cell.wrapping_add(MOVED_BY))?;
        let mut base = claimed.base + u64::from(MOVED_BY);
        if !mutation.resolves(self.path, n)? {
            // Past the end of the bus' range: the other way, then.
            self.change(mutation, "reg", last, |cell| cell.wrapping_sub(MOVED_BY))?;
            base = claimed.base - u64::from(MOVED_BY);
        }
        self.drift(mutation, Window { base, ..claimed }.to_string());
        Ok(())
    }

    fn interrupt(&self, mutation: &mut Mutation, n: usize, claimed: Interrupt) -> Result<(), Failure> {
        // <type number flags>, and claims are made of GIC interrupts only. A fixed line is another one in the tree.
        let mut number = claimed.number;
        self.change(mutation, "interrupts", 3 * n + 1, |there| {
            number = u16::try_from(there + 1).unwrap_or(u16::MAX);
            there + 1
        })?;
        let live = Interrupt { number, ..claimed };
        self.drift(mutation, live.to_string());
        Ok(())
    }

    fn clock(&self, mutation: &mut Mutation, n: usize, claimed: Hertz) -> Result<(), Failure> {
        // Not what a fix makes of it either: a third rate.
        let live = Hertz(claimed.0 + 1_000);
        let rate = u32::try_from(live.0).map_err(|_| unusable(self.fact))?;
        if self.reference.tree.value(self.path, "clocks").is_err() {
            for fact in self.reference.dependents(self.path) {
                mutation.expect(fact.name, Verdict::Drift, Some(live.to_string()));
            }
            mutation.tree.set(self.path, "clock-frequency", rate)?;
        } else {
            // A clock of its own, so that nobody else's changes.
            let node = format!("/{CLOCK}");
            mutation
                .tree
                .add_node("/", CLOCK)?
                .set(&node, "compatible", "fixed-clock")?
                .set(&node, "phandle", PHANDLE)?;
            mutation.tree.set(&node, "#clock-cells", 0u32)?.set(&node, "clock-frequency", rate)?;
            self.change(mutation, "clocks", n, |_| PHANDLE)?;
            if self.reference.board.binding("fixed-clock").is_some() {
                mutation.expect(CLOCK, Verdict::Extra, Some("fixed-clock".to_owned()));
            }
        }
        self.drift(mutation, live.to_string());
        Ok(())
    }

    fn mpidr(&self, mutation: &mut Mutation, claimed: Mpidr) -> Result<(), Failure> {
        // Aff2, which is in the last cell whether the address has one or two.
        const AFF2: u32 = 1 << 16;
        let last = self.reference.cells(self.path, "reg")?.len().saturating_sub(1);
        self.change(mutation, "reg", last, |cell| cell ^ AFF2)?;
        self.drift(mutation, Mpidr(claimed.0 ^ u64::from(AFF2)).to_string());
        Ok(())
    }

    fn conduit(&self, mutation: &mut Mutation, claimed: Conduit) -> Result<(), Failure> {
        let other = match claimed {
            Conduit::Hvc => Conduit::Smc,
            Conduit::Smc => Conduit::Hvc,
        };
        mutation.tree.set(self.path, "method", other.to_string())?;
        self.drift(mutation, other.to_string());
        Ok(())
    }

    fn drift(&self, mutation: &mut Mutation, live: String) {
        mutation.expect(self.fact.name, Verdict::Drift, Some(live));
    }

    /// Changes one cell of a property.
    fn change(
        &self,
        mutation: &mut Mutation,
        property: &str,
        index: usize,
        change: impl FnOnce(u32) -> u32,
    ) -> Result<(), Failure> {
        let mut cells = self.reference.cells(self.path, property)?;
        let cell = cells.get_mut(index).ok_or_else(|| unusable(self.fact))?;
        *cell = change(*cell);
        mutation.tree.set(self.path, property, cells)?;
        Ok(())
    }
}

fn unusable(fact: &Fact) -> Failure {
    let what = format!("no edit is known that changes {} alone; teach tests/src/mismatch/fact.rs one", fact.name);
    Cause::Tool { program: "mismatch".to_owned(), what }.into()
}
