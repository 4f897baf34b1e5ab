//! The last words: what happened, the registers, the way there.
//!
//! Works without the heap and past every lock. A panic inside a panic says one line; one inside that says nothing. How it
//! ends is the preset's: it halts or resets.

use core::fmt::{self, Write};
use core::panic::PanicInfo;

use kernel_core::sched::ThreadId;

use crate::arch::backtrace::{frames, snapshot};
use crate::arch::beacon::{BEACON, Stage};
use crate::arch::exception::{Kind, Source, Unexpected};
use crate::arch::layout;
use crate::machine::last_words::{self, LastWords};
use crate::machine::power;
use crate::mm::{self, stack::Owner};
use crate::sched;

/// Writes a line and logs it.
macro_rules! say {
    ($out:expr, $($text:tt)*) => {{
        // The console's writer has no errors; there would be nobody left to tell.
        let _ = writeln!($out, $($text)*);
        crate::log::record_in_panic(format_args!($($text)*));
    }};
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let registers = snapshot();
    let mut out = begin(info);
    say!(out, "\nPANIC: {}", info.message());
    if let Some(place) = info.location() {
        say!(out, "  at {place}");
    }
    print_registers(&mut out, &registers.x, registers.sp);
    backtrace(&mut out, registers.x[29]);
    power::end_of_panic(&mut out)
}

/// An exception that nobody handles.
pub fn exception(exception: &Unexpected<'_>) -> ! {
    let mut out = begin(exception);
    say!(out, "\nPANIC: {exception}");
    let frame = exception.frame;
    if exception.syndrome.has_address() {
        say!(out, "  far {:016x}  {}", exception.far, Place(exception.far));
    }
    say!(out, "  elr {:016x}  {}", frame.elr, Place(frame.elr));
    say!(out, "  esr {:016x}  spsr {:016x}", exception.syndrome.bits(), frame.spsr);
    print_registers(&mut out, &frame.x, frame.sp);
    backtrace(&mut out, frame.x[29]);
    power::end_of_panic(&mut out)
}

/// Notes the panic where a debugger looks, and ends it here if an earlier one's report caused it.
fn begin(what: &dyn fmt::Display) -> LastWords {
    let (before, mut out) = last_words::begin();
    BEACON.reach(Stage::Panicked);
    match before {
        0 => out,
        1 => {
            say!(out, "\nPANIC while reporting a panic: {what}");
            power::end_of_panic(&mut out)
        }
        _ => crate::arch::cpu::halt(),
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
    for address in frames(fp) {
        say!(out, "    {address:016x}  {}", Place(address));
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
