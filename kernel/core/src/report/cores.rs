//! The cores and what became of each.

use core::fmt::{self, Write};

use crate::system::{Cores, Count};
use crate::text::{Align, table};

/// A core a line: number, affinity, state, and why it doesn't run.
pub(crate) fn cores(cores: &dyn Cores, out: &mut dyn Write) -> fmt::Result {
    table(out, &[Align::Right, Align::Left, Align::Left, Align::Left], &mut |row| {
        row(&[&"CPU", &"affinity", &"state", &"why"])?;
        for (index, core) in (0..).map_while(|index| Some((index, cores.core(index)?))) {
            row(&[&index, &core.mpidr, &core.state.word(), &core.state.why()])?;
        }
        Ok(())
    })
}

/// A core a line, a count a column.
pub(crate) fn counts(cores: &dyn Cores, out: &mut dyn Write) -> fmt::Result {
    const COLUMNS: usize = Count::ALL.len() + 1;
    table(out, &[Align::Right; COLUMNS], &mut |row| {
        let mut cells: [&dyn fmt::Display; COLUMNS] = [&"CPU"; COLUMNS];
        let names = Count::ALL.map(Count::name);
        for (cell, name) in cells.iter_mut().skip(1).zip(&names) {
            *cell = name;
        }
        row(&cells)?;
        for index in (0..).take_while(|&index| cores.core(index).is_some()) {
            let counts = Count::ALL.map(|count| cores.count(index, count).unwrap_or(0));
            let mut cells: [&dyn fmt::Display; COLUMNS] = [&index; COLUMNS];
            for (cell, count) in cells.iter_mut().skip(1).zip(&counts) {
                *cell = count;
            }
            row(&cells)?;
        }
        Ok(())
    })
}
