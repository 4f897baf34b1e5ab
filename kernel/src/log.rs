//! The boot log: the ring that everything worth keeping goes into, from the first Rust instruction on.

use core::fmt::{self, Write};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use kernel_core::log::{Cursor, Level, Log, Record, Ring};
use kernel_core::system::Count;

use crate::arch::counter;
use crate::counts;
use crate::machine::last_words;
use crate::sync::{Guard, Lock};

/// Bytes of the ring, a power of two.
const SIZE: usize = 16 << 10;

static RING: Lock<Ring<SIZE>> = Lock::new(Ring::new());

/// Warnings and errors that were logged.
static COMPLAINTS: AtomicU32 = AtomicU32::new(0);

/// The boot log as the shell reads it.
#[derive(Debug)]
pub struct BootLog;

/// Appends a record.
pub fn record(level: Level, text: fmt::Arguments<'_>) {
    if level <= Level::Warn {
        COMPLAINTS.fetch_add(1, Relaxed);
    }
    let now = counter::now();
    let mut ring = ring();
    match text.as_str() {
        Some(text) => ring.push(now, level, text),
        // Cannot fail: the ring takes any text, and Display implementations here have no errors of their own.
        None => drop(ring.open(now, level).write_fmt(text)),
    }
}

/// Appends a record whose text is made already.
pub fn record_text(level: Level, text: &str) {
    ring().push(counter::now(), level, text);
}

/// How many warnings and errors there were; for who reads the log only if there are any.
pub fn complaints() -> u32 {
    COMPLAINTS.load(Relaxed)
}

/// Appends a record even when the log's holder was interrupted for good.
pub fn record_in_panic(text: fmt::Arguments<'_>) {
    last_words::force(&RING, |ring| {
        // As above: the ring itself never fails.
        let _ = ring.open(counter::now(), Level::Error).write_fmt(text);
    });
}

impl Log for BootLog {
    fn next(&self, cursor: &mut Cursor) -> Option<Record> {
        RING.lock().next(cursor)
    }

    fn dropped(&self) -> u64 {
        RING.lock().dropped()
    }
}

/// The ring, for one record more.
fn ring() -> Guard<'static, Ring<SIZE>> {
    let ring = RING.lock();
    counts::add(ring.masked(), Count::Records);
    ring
}

/// Logs that something failed.
macro_rules! error {
    ($($text:tt)*) => { $crate::log::record(kernel_core::log::Level::Error, format_args!($($text)*)) };
}

/// Logs that something is not as it should be.
macro_rules! warning {
    ($($text:tt)*) => { $crate::log::record(kernel_core::log::Level::Warn, format_args!($($text)*)) };
}

/// Logs what a person wants to know.
macro_rules! info {
    ($($text:tt)*) => { $crate::log::record(kernel_core::log::Level::Info, format_args!($($text)*)) };
}

pub(crate) use {error, info, warning};
