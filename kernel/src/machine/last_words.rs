//! What a panic may use, and who may speak.
//!
//! The first core that panics speaks, and stops the others before it does. One that panics meanwhile leaves a note and stops; the
//! speaker tells of it. A core that can't be stopped and panics when the speaker has ended tells of it itself.

use core::fmt::{self, Write as _};
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};

use kernel_core::sched::CpuSet;

use crate::arch::beacon::{BEACON, Stage};
use crate::arch::per_cpu::{self, CPUS_MAX};
use crate::sync::Lock;

use super::{console, stop};

/// Who speaks: a core's number plus one, or one of the two below.
static SPEAKER: AtomicU32 = AtomicU32::new(NOBODY_YET);
/// There was no panic.
const NOBODY_YET: u32 = 0;
/// There was one, and its report has ended.
const NOBODY_NOW: u32 = u32::MAX;

/// How often a panic began on the core that speaks. More than once: the report itself failed.
static DEPTH: AtomicU32 = AtomicU32::new(0);
/// The core that speaks is the only one that runs.
static ALONE: AtomicBool = AtomicBool::new(false);

/// What cores panicked with that didn't speak, by number.
static NOTES: [Lock<Note>; CPUS_MAX] = [const { Lock::new(Note::new()) }; CPUS_MAX];
/// The cores that have begun their note.
static BEGAN_NOTE: AtomicU64 = AtomicU64::new(0);
/// The cores whose note is there and hasn't been told.
static NOTED: AtomicU64 = AtomicU64::new(0);

/// What a core panicked with; what doesn't fit is cut off.
pub type Note = heapless::String<120>;

/// Writes to the console past its lock.
#[derive(Debug)]
pub struct LastWords(());

/// What a panic is.
#[derive(Debug)]
pub enum Begun {
    /// The first: it is reported, by this core. These cores go on, whatever was tried.
    First(LastWords, CpuSet),
    /// One in the report.
    InReport(LastWords),
    /// One in the report of that.
    Hopeless,
    /// Another core was first.
    Beside,
}

/// Whether a panic has begun.
#[inline(always)]
pub fn begun() -> bool {
    SPEAKER.load(Relaxed) != NOBODY_YET
}

/// Whether the calling core speaks.
pub fn is_speaking() -> bool {
    SPEAKER.load(SeqCst) == me()
}

/// A panic begins; if it is the first, the other cores stop.
pub fn begin() -> Begun {
    // For good: a panic never ends.
    let _ = crate::arch::cpu::mask_interrupts();
    match SPEAKER.compare_exchange(NOBODY_YET, me(), SeqCst, SeqCst) {
        Err(speaker) if speaker != me() => return Begun::Beside,
        _ => BEACON.reach(Stage::Panicked),
    }
    match DEPTH.fetch_add(1, Relaxed) {
        0 => {
            per_cpu::end_waiting();
            let deaf = stop::stop_others();
            ALONE.store(deaf == CpuSet(0), SeqCst);
            Begun::First(LastWords(()), deaf)
        }
        1 => Begun::InReport(LastWords(())),
        _ => Begun::Hopeless,
    }
}

/// Notes what the calling core panicked with while another speaks.
pub fn note(what: &dyn fmt::Display) {
    let here = CpuSet::only(per_cpu::number()).0;
    if BEGAN_NOTE.fetch_or(here, SeqCst) & here != 0 {
        // It panicked over this very note.
        return;
    }
    let mut note = Note::new();
    // A text that is too long is cut.
    let _ = write!(note, "{what}");
    if let Some(place) = NOTES.get(per_cpu::number()) {
        *place.lock() = note;
        NOTED.fetch_or(here, SeqCst);
    }
}

/// The right to speak, if there are notes to tell of and nobody speaks any more.
pub fn speak_again() -> Option<LastWords> {
    let wanted = NOTED.load(SeqCst) != 0;
    let free = || SPEAKER.compare_exchange(NOBODY_NOW, me(), SeqCst, SeqCst).is_ok();
    (wanted && free()).then_some(LastWords(()))
}

/// Does `use_it` with the value behind `lock`, once a panic has begun, whoever has the lock; not at all if somebody has it and
/// may still run.
pub fn force<T>(lock: &Lock<T>, use_it: impl FnOnce(&mut T)) {
    assert!(begun(), "only a panic takes what others hold");
    if ALONE.load(SeqCst) {
        // SAFETY: every other core that runs the kernel has said that it stopped, behind its last access, and parks with
        // interrupts masked; one that comes stops before it takes a lock (`stop::come`). What this core interrupted never
        // goes on. So nothing that held this lock or could take it runs, and the reference ends with the call.
        use_it(unsafe { &mut *lock.as_ptr() });
    } else if let Some(mut value) = lock.try_lock() {
        use_it(&mut value);
    }
}

/// The calling core as [`SPEAKER`] has it.
fn me() -> u32 {
    per_cpu::number() as u32 + 1
}

impl LastWords {
    /// Writes a line and logs it.
    pub fn say(&mut self, text: fmt::Arguments<'_>) {
        // The console's writer has no errors; there would be nobody left to tell.
        let _ = writeln!(self, "{text}");
        crate::log::record_in_panic(text);
    }

    /// Tells of the notes that nobody has told of.
    pub fn tell_notes(&mut self) {
        for cpu in CpuSet(NOTED.swap(0, SeqCst)).iter() {
            // Whoever wrote it has stopped, or will without touching it again.
            if let Some(note) = NOTES.get(cpu) {
                self.say(format_args!("CPU {cpu} panicked too: {}", *note.lock()));
            }
        }
    }

    /// The report has ended: who panics from now on speaks himself.
    pub fn end(self) {
        SPEAKER.store(NOBODY_NOW, SeqCst);
    }
}

impl fmt::Write for LastWords {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        console::write_in_panic(text);
        Ok(())
    }
}
