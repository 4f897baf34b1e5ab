//! The cores and what became of each.

use core::fmt::{self, Write};

use crate::system::Cores;
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
