//! The serial line: a thread drains it, so that QEMU never blocks on a full pipe, and keeps the transcript.

use std::fs::File;
use std::io::{Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a guest has said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Serial(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    heard: Mutex<Heard>,
    news: Condvar,
}

/// The output so far.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Everything, from the start.
    pub(crate) bytes: Vec<u8>,
    /// No more will come.
    pub(crate) closed: bool,
}

impl Serial {
    /// Starts to drain `from`, with a copy into `transcript`.
    pub(crate) fn drain(from: impl Read + Send + 'static, transcript: File) -> Self {
        let serial = Self::default();
        let writer = serial.clone();
        std::thread::spawn(move || writer.fill(from, transcript));
        serial
    }

    fn fill(&self, mut from: impl Read, mut transcript: File) {
        let mut chunk = [0; 4096];
        loop {
            let count = from.read(&mut chunk).unwrap_or(0);
            let news = chunk.get(..count).unwrap_or_default();
            // The transcript is a help for people: a full disk must not change a test's outcome.
            let _ = transcript.write_all(news);
            let mut heard = self.lock();
            heard.bytes.extend_from_slice(news);
            heard.closed = count == 0;
            let closed = heard.closed;
            drop(heard);
            self.0.news.notify_all();
            if closed {
                return;
            }
        }
    }

    /// What was heard until now.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Heard> {
        self.0.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is more than `known` bytes, the line is closed, or `until` has come; says whether there is more.
    pub(crate) fn wait_for_more(&self, known: usize, until: Instant) -> bool {
        let mut heard = self.lock();
        while heard.bytes.len() <= known && !heard.closed {
            let left = until.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                return false;
            }
            heard = self.0.news.wait_timeout(heard, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        heard.bytes.len() > known
    }
}
