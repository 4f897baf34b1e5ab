//! The first screen: what runs on what, and what the check came to.

use core::fmt::{self, Display, Write};

use hardware::board::{Class, Device, Interrupt, Window};
use kernel_core::system::Boot as _;
use kernel_core::text::{Address, Bytes};

use crate::arch::{counter, cpu};
use crate::log::BootLog;

use super::console::{self, Console};
use super::{Machine, irq, logged};

/// Columns of the device and of its interrupts.
const DEVICE: usize = 44;
const LINES: usize = 12;

/// The screen's lines, by class.
const CLASSES: [(Class, &str); 7] = [
    (Class::Console, "console"),
    (Class::InterruptController, "irq"),
    (Class::Timer, "timer"),
    (Class::Power, "power"),
    (Class::Pcie, "pcie"),
    (Class::Virtio, "virtio"),
    (Class::Rtc, "rtc"),
];

impl Machine<'_> {
    /// Prints the screen.
    pub fn summary(&self) {
        let mut out = Console;
        // The console's writer has no errors.
        let _ = self.banner(&mut out);
        for (class, label) in CLASSES {
            let _ = self.class(class, label, &mut out);
            if class == Class::Power {
                let _ = self.memory_line(&mut out);
            }
        }
        logged::print(&BootLog, &mut out);
        let _ = writeln!(out, "{}", self.ledger.summary());
    }

    fn banner(&self, out: &mut dyn Write) -> fmt::Result {
        let cpus = self.board.cpus.len();
        let core = cpu::name().unwrap_or("unknown core");
        write!(
            out,
            "\nKeel {} · {} · {cpus} × {core} · {}",
            env!("CARGO_PKG_VERSION"),
            self.board.name,
            Bytes(self.ram)
        )?;
        out.write_str(if self.entry_level() == 2 { " · EL2 → EL1\n" } else { " · EL1\n" })
    }

    /// One line for all devices of a class.
    fn class(&self, class: Class, label: &str, out: &mut dyn Write) -> fmt::Result {
        let mut devices = self.board.devices.iter().filter(|device| device.class == class);
        let Some(first) = devices.next() else { return Ok(()) };
        let last = devices.clone().last().unwrap_or(first);
        let mut line = Columns::new(out);
        write!(line, "  {label}")?;
        line.pad(12)?;
        match devices.count() {
            0 => write!(line, "{}", first.binding)?,
            more => write!(line, "{} × {}", more + 1, first.binding)?,
        }
        self.windows(first, last, &mut line)?;
        line.pad(12 + DEVICE)?;
        self.lines(first, last, &mut line)?;
        line.pad(12 + DEVICE + LINES)?;
        self.note(first, &mut line)?;
        line.end()
    }

    /// The first window, and the last device's where there are several: each as the check accepted it.
    fn windows(&self, first: &Device, last: &Device, out: &mut dyn Write) -> fmt::Result {
        let Some(window) = self.window_of(first) else { return Ok(()) };
        match self.window_of(last).filter(|_| first.path != last.path) {
            Some(end) => write!(out, " @ {}…{}", Address(window.base), Address(end.base))?,
            None => write!(out, " @ {}", Address(window.base))?,
        }
        write!(out, " ({})", Bytes(window.size))
    }

    fn lines(&self, first: &Device, last: &Device, out: &mut dyn Write) -> fmt::Result {
        let Some(line) = self.line_of(first) else { return Ok(()) };
        write!(out, "{line}")?;
        match self.line_of(last).filter(|_| first.path != last.path) {
            Some(end) => write!(out, "…{}", end.number),
            None => Ok(()),
        }
    }

    fn window_of(&self, device: &Device) -> Option<Window> {
        self.ledger.accept(device.windows.first()?).ok().map(|window| window.get())
    }

    /// The line that the driver uses: a timer's virtual one, the first of everything else.
    fn line_of(&self, device: &Device) -> Option<Interrupt> {
        let index = if device.class == Class::Timer { super::devices::VIRTUAL_TIMER } else { 0 };
        self.ledger.accept(device.interrupts.get(index)?).ok().map(|line| line.get())
    }

    /// What else there is to say of a device that runs.
    fn note(&self, device: &Device, out: &mut dyn Write) -> fmt::Result {
        if self.failures.iter().any(|failed| failed.path == device.path) {
            return out.write_str("not started");
        }
        match device.class {
            Class::Console if console::device().is_none() => out.write_str("not open"),
            Class::InterruptController => match irq::lines() {
                Some(lines) => write!(out, "{lines} lines"),
                None => Ok(()),
            },
            Class::Timer => write!(out, "{}", Megahertz(counter::frequency())),
            Class::Power => match self.psci {
                Some((version, conduit)) => write!(out, "{version} by {conduit}"),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn memory_line(&self, out: &mut dyn Write) -> fmt::Result {
        let mut line = Columns::new(out);
        line.write_str("  memory")?;
        line.pad(12)?;
        let heap = crate::mm::heap::usage();
        let free = crate::mm::ram::free();
        write!(line, "{} free in {} ranges, heap {}", Bytes(free.bytes()), free.ranges().len(), Bytes(heap.size))?;
        line.end()
    }
}

/// A rate with three decimals: `62.500 MHz`.
struct Megahertz(u64);

impl Display for Megahertz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} MHz", self.0 / 1_000_000, self.0 / 1_000 % 1_000)
    }
}

/// Writes a line and counts its columns.
struct Columns<'o> {
    out: &'o mut dyn Write,
    column: usize,
}

impl<'o> Columns<'o> {
    fn new(out: &'o mut dyn Write) -> Self {
        Self { out, column: 0 }
    }

    /// Blanks up to `column`, at least one.
    fn pad(&mut self, column: usize) -> fmt::Result {
        const BLANKS: &str = "                                                                ";
        let width = column.saturating_sub(self.column).max(1);
        self.write_str(BLANKS.get(..width).unwrap_or(" "))
    }

    fn end(self) -> fmt::Result {
        self.out.write_char('\n')
    }
}

impl Write for Columns<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.column += text.chars().count();
        self.out.write_str(text)
    }
}
