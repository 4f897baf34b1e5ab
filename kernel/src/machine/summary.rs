//! The first screen: what runs on what, and what the check came to.

use core::fmt::{self, Display, Write};

use hardware::board::{Class, Device, Driver, Interrupt, Window};
use kernel_core::report;
use kernel_core::system::Boot as _;
use kernel_core::text::{Address, Bytes};

use crate::arch::{counter, cpu};
use crate::log::{self, BootLog};
use crate::mm;

use super::console::{self, Console};
use super::{Machine, irq, logged};

/// The columns where device, interrupts and notes start.
const DEVICE: usize = 12;
const LINES: usize = 58;
const NOTE: usize = 70;
/// Bytes of the longest line.
const WIDTH: usize = 256;

/// The screen's lines, by class.
const CLASSES: [(Class, &str); 7] = [
    (Class::Console, "console"),
    (Class::InterruptController, "irq"),
    (Class::Timer, "timer"),
    (Class::Power, "psci"),
    (Class::Pcie, "pcie"),
    (Class::Virtio, "virtio"),
    (Class::Rtc, "rtc"),
];

impl Machine<'_> {
    /// Prints the screen, as much of it as the preset wants.
    pub fn summary(&self) {
        let mut out = Console;
        // The console's writer has no errors.
        let _ = self.banner(&mut out);
        if cfg!(preset_feature = "device-summary") && self.board.preset.has_feature("device-summary") {
            let _ = self.devices(&mut out);
        }
        if log::complaints() > 0 {
            logged::print(&BootLog, &mut out);
        }
        if cfg!(preset_feature = "ledger-rows") && self.board.preset.has_feature("ledger-rows") {
            let _ = report::facts(&self.ledger, |_| true, &mut out);
        }
        let _ = writeln!(out, "{}", self.ledger.summary());
    }

    fn devices(&self, out: &mut dyn Write) -> fmt::Result {
        for (class, label) in CLASSES {
            self.class(class, label, out)?;
            if class == Class::Power {
                self.memory_line(out)?;
            }
        }
        Ok(())
    }

    fn banner(&self, out: &mut dyn Write) -> fmt::Result {
        let (version, board) = (env!("CARGO_PKG_VERSION"), self.board.title());
        let core = cpu::name().unwrap_or("unknown core");
        write!(out, "\nKeel {version} · {board} · {} × {core} · {}", self.cpus(), Bytes(self.ram.size))?;
        if let Some(id) = option_env!("KEEL_BUILD_ID") {
            write!(out, " · built {id}")?;
        }
        out.write_str(if self.entry_level() == 2 { " · EL2 → EL1\n" } else { " · EL1\n" })
    }

    /// How many CPUs the live tree lets run; without one, how many the table has.
    fn cpus(&self) -> usize {
        match self.tree {
            Some(tree) => tree.cpus().filter(|cpu| matches!(cpu, Ok(cpu) if cpu.enabled)).count(),
            None => self.board.cpus.len(),
        }
    }

    /// A line for each run of devices of a class that have one binding.
    fn class(&self, class: Class, label: &str, out: &mut dyn Write) -> fmt::Result {
        let mut label = label;
        // A binding has one class, and classes are cheaper to compare.
        let of_one_class = self.board.devices.chunk_by(|a, b| a.class == b.class);
        let of_class = of_one_class.filter(|run| run.first().is_some_and(|device| device.class == class));
        for run in of_class.flat_map(|run| run.chunk_by(|a, b| a.binding == b.binding)) {
            self.run(label, run, out)?;
            label = "";
        }
        Ok(())
    }

    fn run(&self, label: &str, run: &[Device], out: &mut dyn Write) -> fmt::Result {
        let [first, ..] = run else { return Ok(()) };
        let [.., last] = run else { return Ok(()) };
        let mut line = Columns::new(out);
        write!(line, "  {label}")?;
        line.pad(DEVICE);
        match run.len() {
            1 => line.write_str(first.binding)?,
            several => write!(line, "{several} × {}", first.binding)?,
        }
        self.windows(first, last, &mut line)?;
        line.pad(LINES);
        self.lines(first, last, &mut line)?;
        line.pad(NOTE);
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

    /// The line that the driver uses: the generic timer's virtual one, the first of everything else.
    fn line_of(&self, device: &Device) -> Option<Interrupt> {
        let index = if device.driver == Some(Driver::ArmTimer) { super::devices::VIRTUAL_TIMER } else { 0 };
        self.ledger.accept(device.interrupts.get(index)?).ok().map(|line| line.get())
    }

    /// What else there is to say of a device that runs.
    fn note(&self, device: &Device, out: &mut dyn Write) -> fmt::Result {
        if self.failures.iter().any(|failed| failed.path == device.path) {
            let polled = console::device().is_some_and(|console| console.path == device.path);
            return out.write_str(if polled { "polled" } else { "not started" });
        }
        if let Some(Err(refusal)) = device.windows.first().map(|window| self.ledger.accept(window)) {
            return write!(out, "{refusal}");
        }
        if let Some(driver) = device.left_out {
            let texts = ["preset ", self.board.preset.name, " leaves out ", driver.name()];
            return texts.into_iter().try_for_each(|text| out.write_str(text));
        }
        if device.driver.is_none() {
            return match device.class {
                Class::Console | Class::InterruptController | Class::Timer => out.write_str("no driver"),
                _ => Ok(()),
            };
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
        line.pad(DEVICE);
        write!(line, "{} @ {}", Bytes(self.ram.size), Address(self.ram.base))?;
        line.pad(NOTE);
        write!(line, "{} free, heap {}", Bytes(mm::frames::free_bytes()), Bytes(mm::heap::usage().size))?;
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

/// Puts a line together, column by column, so that the console is taken once.
struct Columns<'o> {
    out: &'o mut dyn Write,
    line: heapless::String<WIDTH>,
    /// Blanks before the next text; none at a line's end.
    blanks: usize,
}

impl<'o> Columns<'o> {
    fn new(out: &'o mut dyn Write) -> Self {
        Self { out, line: heapless::String::new(), blanks: 0 }
    }

    /// The next text starts at `column`, or one blank further.
    fn pad(&mut self, column: usize) {
        self.blanks = column.saturating_sub(self.line.chars().count()).max(1);
    }

    fn end(mut self) -> fmt::Result {
        self.blanks = 0;
        self.write_str("\n")?;
        self.out.write_str(&self.line)
    }
}

impl Write for Columns<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        const BLANKS: &str = "                                                                ";
        if text.is_empty() {
            return Ok(());
        }
        if self.blanks > 0 {
            let blanks = BLANKS.get(..core::mem::take(&mut self.blanks)).unwrap_or(BLANKS);
            self.line.push_str(blanks).map_err(|_| fmt::Error)?;
        }
        self.line.push_str(text).map_err(|_| fmt::Error)
    }
}
