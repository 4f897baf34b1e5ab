//! Threads.

use core::fmt::{self, Write};

use crate::system::Threads;
use crate::text::{Align, table};

/// A thread a line: number, name, priority, state, core.
pub(crate) fn threads(threads: &dyn Threads, out: &mut dyn Write) -> fmt::Result {
    table(out, &[Align::Right, Align::Left, Align::Right, Align::Left, Align::Right], &mut |row| {
        row(&[&"thread", &"name", &"priority", &"state", &"CPU"])?;
        for thread in (0..).map_while(|index| threads.thread(index)) {
            row(&[&thread.number, &thread.name, &thread.priority, &thread.state.word(), &thread.cpu])?;
        }
        Ok(())
    })
}
