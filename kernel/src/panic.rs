//! The last words: what happened, the registers, the way there.
//!
//! Works without the heap and past every lock. A panic inside a panic says one line; one inside that says nothing. One on
//! another core says a line when the report is done. How it ends is the preset's: it halts or resets.

use core::fmt;
use core::iter;
use core::panic::PanicInfo;

use kernel_core::sched::{CpuSet, ThreadId};

use crate::arch::backtrace::{frames, snapshot};
use crate::arch::beacon::BEACON;
use crate::arch::exception::{Kind, Source, Unexpected};
use crate::arch::{layout, per_cpu};
use crate::machine::last_words::{self, Begun, LastWords};
use crate::machine::{power, stop};
use crate::mm::{self, stack::Owner};
use crate::sched;

/// Writes a line and logs it.
macro_rules! say {
    ($out:expr, $($text:tt)*) => { $out.say(format_args!($($text)*)) };
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let registers = snapshot();
    let (mut out, deaf) = begin(&Brief(info));
    say!(out, "\nPANIC: {}", info.message());
    if let Some(place) = info.location() {
        say!(out, "  at {place}");
    }
    print_cpus(&mut out, deaf);
    print_registers(&mut out, &registers.x, registers.sp);
    backtrace(&mut out, registers.x[29]);
    end(out)
}

/// An exception that nobody handles.
pub fn exception(exception: &Unexpected<'_>) -> ! {
    let (mut out, deaf) = begin(exception);
    let frame = exception.frame;
    BEACON.fault(exception.syndrome.bits(), exception.far, frame.elr);
    say!(out, "\nPANIC: {exception}");
    if exception.syndrome.has_address() {
        say!(out, "  far {:016x}  {}", exception.far, Place(exception.far));
    }
    say!(out, "  elr {:016x}  {}", frame.elr, Place(frame.elr));
    say!(out, "  esr {:016x}  spsr {:016x}", exception.syndrome.bits(), frame.spsr);
    print_cpus(&mut out, deaf);
    print_registers(&mut out, &frame.x, frame.sp);
    backtrace(&mut out, frame.x[29]);
    end(out)
}

/// Stops the other cores; gives back those that don't stop. Ends the panic here if an earlier one's report caused it, or if
/// another core was first.
fn begin(what: &dyn fmt::Display) -> (LastWords, CpuSet) {
    match last_words::begin() {
        Begun::First(out, deaf) => (out, deaf),
        Begun::InReport(mut out) => {
            say!(out, "\nPANIC while reporting a panic: {what}");
            finish(out)
        }
        Begun::Hopeless => stop::park(),
        Begun::Beside => {
            last_words::note(what);
            tell_late()
        }
    }
}

fn end(mut out: LastWords) -> ! {
    out.tell_notes();
    finish(out)
}

fn finish(mut out: LastWords) -> ! {
    power::end_of_panic(&mut out);
    out.end();
    tell_late()
}

/// Where the report is over and nobody else speaks: what cores panicked with that couldn't be stopped.
fn tell_late() -> ! {
    while let Some(mut out) = last_words::speak_again() {
        out.tell_notes();
        out.end();
    }
    stop::park()
}

/// Which core reports, and which can't be stopped.
fn print_cpus(out: &mut LastWords, deaf: CpuSet) {
    say!(out, "  on CPU {}", per_cpu::number());
    for cpu in deaf.iter() {
        say!(out, "  CPU {cpu} doesn't stop, and goes on meanwhile");
    }
}

fn print_registers(out: &mut LastWords, x: &[u64; 31], sp: u64) {
    let [rows @ .., x30] = x;
    for (row, number) in rows.chunks_exact(3).zip((0..).step_by(3)) {
        if let [a, b, c] = row {
            say!(out, "  x{number:<2} {a:016x}  x{:<2} {b:016x}  x{:<2} {c:016x}", number + 1, number + 2);
        }
    }
    say!(out, "  x30 {x30:016x}  sp  {sp:016x}");
}

fn backtrace(out: &mut LastWords, fp: u64) {
    say!(out, "  backtrace, to be looked up in the image's symbol map:");
    let mut frames = frames(fp).peekable();
    while let Some(address) = frames.next() {
        // What calls itself fills a screen, and what it ended with is scrolled away.
        let more = iter::from_fn(|| frames.next_if_eq(&address)).count();
        match more {
            0 => say!(out, "    {address:016x}  {}", Place(address)),
            _ => say!(out, "    {address:016x}  {}, {} times", Place(address), more + 1),
        }
    }
}

/// A panic on one line.
struct Brief<'i>(&'i PanicInfo<'i>);

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.message())?;
        self.0.location().map_or(Ok(()), |place| write!(f, ", at {place}"))
    }
}

impl fmt::Display for Unexpected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(stack) = self.overflown_stack() {
            write!(f, "the {stack}")?;
            if let Owner::Thread(number) = stack
                && let Some(name) = sched::name_of(ThreadId(number))
            {
                write!(f, ", \"{name}\",")?;
            }
            return f.write_str(" is full: its guard page was hit");
        }
        match self.kind {
            Kind::Synchronous => write!(f, "{}", self.syndrome)?,
            Kind::Irq => f.write_str("an interrupt that nothing may cause")?,
            Kind::Fiq => f.write_str("a fast interrupt, and nothing asked for one")?,
            Kind::SError => write!(f, "asynchronous external abort: {}", self.syndrome)?,
        }
        match self.source {
            Source::Kernel => Ok(()),
            Source::Handler => f.write_str(", in an exception handler"),
            Source::Lower64 => f.write_str(", in EL0"),
            Source::Lower32 => f.write_str(", in EL0 (AArch32)"),
        }
    }
}

impl Unexpected<'_> {
    /// The stack whose guard page the access hit.
    fn overflown_stack(&self) -> Option<Owner> {
        if self.kind != Kind::Synchronous || !self.syndrome.is_translation_fault() {
            return None;
        }
        let far = usize::try_from(self.far).ok()?;
        mm::stack::find(far).filter(|stack| stack.guard.contains(&far)).map(|stack| stack.owner)
    }
}

/// What is at an address, as far as the layout of image and address space tells.
struct Place(u64);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.0 as usize;
        let offset = address.wrapping_sub(layout::image().start);
        if layout::text().contains(&address) {
            write!(f, "text+{offset:#x}")
        } else if layout::rodata().contains(&address) {
            f.write_str("rodata")
        } else if let Some(stack) = mm::stack::find(address) {
            let guard = if stack.guard.contains(&address) { "guard page below the " } else { "" };
            write!(f, "{guard}{}", stack.owner)
        } else if layout::data().contains(&address) {
            f.write_str("data")
        } else {
            outside(mm::region(self.0), f)
        }
    }
}

fn outside(region: mm::Region, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match region {
        mm::Region::Low => f.write_str("the low half, which is off"),
        mm::Region::Linear(physical) => write!(f, "the linear map of {physical:#x}"),
        mm::Region::Device(physical) => {
            let owner = mm::device::owner_in_panic(physical).unwrap_or("nobody");
            write!(f, "the device window at {physical:#x}, which {owner} has")
        }
        mm::Region::High => f.write_str("outside the image"),
    }
}
