//! Interrupt lines and how often each came.

use core::fmt::{self, Write};

use crate::system::Interrupts;
use crate::text::{Align, table};

/// A line of the GIC a line: INTID, name, trigger, state, count, device.
pub(crate) fn interrupts(interrupts: &dyn Interrupts, out: &mut dyn Write) -> fmt::Result {
    table(out, &[Align::Right, Align::Left, Align::Left, Align::Left, Align::Right, Align::Left], &mut |row| {
        row(&[&"INTID", &"line", &"trigger", &"state", &"count", &"device"])?;
        for line in (0..).map_while(|index| interrupts.line(index)) {
            let state = if line.enabled { "on" } else { "off" };
            let interrupt = line.interrupt;
            row(&[&interrupt.intid(), &interrupt, &interrupt.trigger, &state, &line.count, &line.device])?;
        }
        Ok(())
    })?;
    writeln!(out, "{} spurious, {} without a handler", interrupts.spurious(), interrupts.unhandled())
}
