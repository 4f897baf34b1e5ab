//! Clocks, as far as the tree alone says their rates.

use super::record::Hot;
use super::{Node, Property, TreeError};
use crate::board::Hertz;

/// Clocks that a rate may be derived through.
const MAX_HOPS: usize = 8;

/// One entry of `clocks`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock<'t> {
    /// The node that provides it.
    pub provider: Node<'t>,
    /// Which of the provider's clocks, where it has several: the first specifier cell.
    pub output: Option<u32>,
    /// Its rate where the tree says it: a `fixed-clock`, or a `fixed-factor-clock` of one.
    pub rate: Option<Hertz>,
}

/// A node's clocks.
#[derive(Debug, Clone)]
pub struct Clocks<'t> {
    node: Node<'t>,
    property: Option<Property<'t>>,
    rest: &'t [u8],
}

impl<'t> Node<'t> {
    /// The entries of its `clocks`. Ends after the first error.
    pub fn clocks(self) -> Clocks<'t> {
        let property = self.hot(Hot::Clocks);
        Clocks { node: self, property, rest: property.map_or(&[], Property::value) }
    }

    /// Its own `clock-frequency`, of one or two cells.
    pub fn clock_frequency(self) -> Option<Result<Hertz, TreeError>> {
        self.property("clock-frequency").map(|frequency| frequency.as_u64().map(Hertz))
    }

    /// The rate of the clock that this node is, where the tree says it.
    pub fn fixed_rate(self) -> Result<Option<Hertz>, TreeError> {
        let (mut clock, mut multiplier, mut divider) = (self, 1, 1);
        for _ in 0..MAX_HOPS {
            if clock.is_compatible("fixed-clock") {
                let Hertz(rate) = clock.require("clock-frequency")?.as_u64().map(Hertz)?;
                return scale(clock, rate, multiplier, divider).map(Some);
            }
            if !clock.is_compatible("fixed-factor-clock") {
                return Ok(None);
            }
            let overflow = TreeError::Overflow { at: clock.at() };
            let factor = |name| clock.require(name)?.as_u32().map(u128::from);
            multiplier = factor("clock-mult")?.checked_mul(multiplier).ok_or(overflow)?;
            divider = factor("clock-div")?.checked_mul(divider).ok_or(overflow)?;
            let source = clock.clocks().next_provider().ok_or(clock.no_entry("clocks", 0))??;
            clock = source.0;
        }
        Err(TreeError::Circle { at: self.at() })
    }
}

fn scale(clock: Node<'_>, rate: u64, multiplier: u128, divider: u128) -> Result<Hertz, TreeError> {
    let scaled = u128::from(rate).checked_mul(multiplier).and_then(|rate| rate.checked_div(divider));
    let rate = scaled.and_then(|rate| u64::try_from(rate).ok());
    rate.map(Hertz).ok_or(TreeError::Overflow { at: clock.at() })
}

impl<'t> Clocks<'t> {
    /// Provider and first specifier cell of the next entry.
    fn next_provider(&mut self) -> Option<Result<(Node<'t>, Option<u32>), TreeError>> {
        let property = self.property.filter(|_| !self.rest.is_empty())?;
        let entry = self.take(property);
        if entry.is_err() {
            self.property = None;
        }
        Some(entry)
    }

    fn take(&mut self, property: Property<'t>) -> Result<(Node<'t>, Option<u32>), TreeError> {
        let cut = || property.wrong_length();
        let (phandle, rest) = self.rest.split_first_chunk().ok_or_else(cut)?;
        let provider = self.node.referred(property, u32::from_be_bytes(*phandle))?;
        let cells = provider.require("#clock-cells")?.as_u32()? as usize;
        let specifier = rest.get(..4usize.saturating_mul(cells)).ok_or_else(cut)?;
        self.rest = rest.get(specifier.len()..).unwrap_or_default();
        Ok((provider, specifier.first_chunk().map(|cell| u32::from_be_bytes(*cell))))
    }
}

impl<'t> Iterator for Clocks<'t> {
    type Item = Result<Clock<'t>, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.next_provider()?;
        Some(entry.and_then(|(provider, output)| Ok(Clock { provider, output, rate: provider.fixed_rate()? })))
    }
}
