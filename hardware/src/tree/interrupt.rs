//! Interrupts: which controller takes them, and by which specifier.

use super::record::{BAD_CELLS, Hot, flag};
use super::reg::number;
use super::{Node, Property, TreeError, gic, nexus};
use crate::board::Interrupt;

/// References followed before they count as a circle.
const MAX_HOPS: usize = 32;

/// An interrupt at the controller that takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterruptSpec<'t> {
    /// The controller, after all `interrupt-map`s.
    pub controller: Node<'t>,
    /// What the controller's binding understands.
    pub specifier: Specifier<'t>,
    /// The line, where the controller is a GIC that can have it.
    pub gic: Option<Interrupt>,
    /// The trigger cell: the GIC's third, the second of a two-cell specifier, else 0.
    pub flags: u32,
}

/// The cells of an interrupt specifier, as they stand in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Specifier<'t> {
    bytes: &'t [u8],
}

impl<'t> Specifier<'t> {
    pub(super) fn new(bytes: &'t [u8]) -> Self {
        Self { bytes }
    }

    pub(super) fn bytes(self) -> &'t [u8] {
        self.bytes
    }

    /// Its cells in order.
    pub fn cells(self) -> impl ExactSizeIterator<Item = u32> + Clone + 't {
        self.bytes.as_chunks().0.iter().map(|cell| u32::from_be_bytes(*cell))
    }
}

/// A node's interrupts.
#[derive(Debug, Clone)]
pub struct Interrupts<'t> {
    node: Node<'t>,
    source: Source<'t>,
}

#[derive(Debug, Clone)]
enum Source<'t> {
    /// `interrupts`: specifiers for the one interrupt parent.
    Own { property: Property<'t>, rest: &'t [u8], parent: Node<'t> },
    /// `interrupts-extended`: a phandle before each specifier.
    Extended { property: Property<'t>, rest: &'t [u8] },
    /// No more; the last answer may be an error.
    End(Option<TreeError>),
}

impl<'t> Node<'t> {
    /// Its interrupts. `interrupts-extended` comes before `interrupts` (v0.4, 2.4.1.4). Ends after the first error.
    pub fn interrupts(self) -> Interrupts<'t> {
        let source = if let Some(property) = self.hot(Hot::InterruptsExtended) {
            Source::Extended { property, rest: property.value() }
        } else if let Some(property) = self.hot(Hot::Interrupts) {
            match self.interrupt_parent() {
                Ok(parent) => Source::Own { property, rest: property.value(), parent },
                Err(error) => Source::End(Some(error)),
            }
        } else {
            Source::End(None)
        };
        Interrupts { node: self, source }
    }

    /// The line of the GIC that its `index`th interrupt is; the error says why there is none.
    pub fn interrupt(self, index: usize) -> Result<Interrupt, TreeError> {
        if let Some(line) = self.plain_interrupt(index) {
            return Ok(line);
        }
        let Some(spec) = self.interrupts().nth(index) else { return Err(self.no_entry("interrupts", index)) };
        spec?.gic.ok_or(TreeError::NotGic { at: self.at() })
    }

    /// As [`Self::interrupt`] where `interrupts` goes straight to a GIC, which is so for nearly all nodes; no answer
    /// for others.
    fn plain_interrupt(self, index: usize) -> Option<Interrupt> {
        if self.hot(Hot::InterruptsExtended).is_some() {
            return None;
        }
        let specifiers = self.tree.blocks.hot(self.record(), Hot::Interrupts).as_chunks::<12>().0;
        let [kind, number, flags] = *specifiers.get(index)?.as_chunks().0 else { return None };
        let controller = self.interrupt_parent().ok()?;
        let plain = controller.record().interrupt_cells == 3
            && controller.record().has(flag::CONTROLLER)
            && controller.is_gic()
            && controller.hot(Hot::InterruptMap).is_none();
        let line = gic::decode(u32::from_be_bytes(kind), u32::from_be_bytes(number), u32::from_be_bytes(flags));
        line.filter(|_| plain)
    }

    /// The controller or nexus that its `interrupts` are for.
    ///
    /// `interrupt-parent` leads to it, of the node or, where it has none, of the nearest node above; but a node above
    /// that itself has `#interrupt-cells` comes first (as Linux' `of_irq_find_parent` has it).
    pub fn interrupt_parent(self) -> Result<Self, TreeError> {
        let mut node = self;
        // Up the tree is bounded by its depth; only references can go in circles.
        let mut hops = 0;
        loop {
            node = match node.hot(Hot::InterruptParent) {
                Some(parent) => {
                    hops += 1;
                    self.referred(parent, parent.as_u32()?)?
                }
                None => node.parent().ok_or(TreeError::NoController { at: self.at() })?,
            };
            if node.record().has(flag::INTERRUPT_CELLS) {
                return Ok(node);
            }
            if hops > MAX_HOPS {
                return Err(TreeError::Circle { at: self.at() });
            }
        }
    }

    /// How many cells a specifier for this controller or nexus has.
    pub fn interrupt_cells(self) -> Result<usize, TreeError> {
        let record = self.record();
        match record.interrupt_cells {
            0 | BAD_CELLS => Err(self.bad_cells("#interrupt-cells")),
            cells => Ok(cells.into()),
        }
    }

    /// The node that a phandle in `property` names.
    pub(super) fn referred(self, property: Property<'t>, phandle: u32) -> Result<Self, TreeError> {
        self.tree.by_phandle(phandle).ok_or(TreeError::Phandle { at: property.at(), phandle })
    }
}

impl<'t> Interrupts<'t> {
    fn advance(&mut self) -> Result<Option<InterruptSpec<'t>>, TreeError> {
        let (parent, specifier) = match &mut self.source {
            Source::Own { property, rest, parent } => {
                if rest.is_empty() {
                    return Ok(None);
                }
                (*parent, take(*property, rest, *parent)?)
            }
            Source::Extended { property, rest } => {
                if rest.is_empty() {
                    return Ok(None);
                }
                let (phandle, tail) = rest.split_at_checked(4).ok_or_else(|| property.wrong_length())?;
                *rest = tail;
                let parent = self.node.referred(*property, number(phandle) as u32)?;
                (parent, take(*property, rest, parent)?)
            }
            Source::End(error) => return error.take().map_or(Ok(None), Err),
        };
        let (controller, specifier) = nexus::follow(self.node, parent, specifier, MAX_HOPS)?;
        Ok(Some(InterruptSpec::new(controller, specifier)))
    }
}

/// Takes the next specifier for `parent` from the front of `rest`.
fn take<'t>(property: Property<'t>, rest: &mut &'t [u8], parent: Node<'t>) -> Result<Specifier<'t>, TreeError> {
    let cells = parent.interrupt_cells()?;
    let Some((specifier, tail)) = rest.split_at_checked(4 * cells) else { return Err(property.wrong_length()) };
    *rest = tail;
    Ok(Specifier::new(specifier))
}

impl<'t> InterruptSpec<'t> {
    fn new(controller: Node<'t>, specifier: Specifier<'t>) -> Self {
        let cells = specifier.bytes().as_chunks().0;
        let (gic, flags) = match *cells {
            [kind, number, flags] | [kind, number, flags, _] if controller.is_gic() => {
                let [kind, number, flags] = [kind, number, flags].map(u32::from_be_bytes);
                (gic::decode(kind, number, flags), flags)
            }
            [_, flags] => (None, u32::from_be_bytes(flags)),
            _ => (None, 0),
        };
        Self { controller, specifier, gic, flags }
    }
}

impl<'t> Iterator for Interrupts<'t> {
    type Item = Result<InterruptSpec<'t>, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance();
        if next.is_err() {
            self.source = Source::End(None);
        }
        next.transpose()
    }
}
