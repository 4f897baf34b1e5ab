//! The counter held against the second clock: once, by a thread that has the time.

use core::time::Duration;

use kernel_core::deadline::{Calibration, Trust};

use crate::arch::counter;
use crate::log::info;
use crate::machine::rtc;
use crate::sync::Lock;

use super::super::clock::sleep;
use super::trust::{distrust, watch};

/// From one look at the second clock to the next while it is compared.
const COMPARE: Duration = Duration::from_millis(10);
/// Seconds of the second clock that a comparison takes: each edge is known to one [`COMPARE`], so that makes half a percent.
const SECONDS: u64 = 4;
/// Looks after which a clock that hasn't moved isn't one: a minute.
const LOOKS_MAX: u32 = 6000;
/// Comparisons that have to fail: somebody may set the second clock in the middle of one.
const ATTEMPTS: u32 = 3;

/// What came of the comparison.
static COMPARED: Lock<Trust> = Lock::new(Trust::Unasked);

/// What is known by it.
pub(super) fn verdict() -> Trust {
    *COMPARED.lock()
}

/// Holds the counter against the second clock.
pub(super) fn compare() {
    *COMPARED.lock() = Trust::Measuring;
    let attempt = || measure().map_or(Ok(Trust::Alone), |calibration| calibration.verdict().map(|()| Trust::Agrees));
    let mut verdict = attempt();
    for _ in 1..ATTEMPTS {
        if verdict.is_err() {
            verdict = attempt();
        }
    }
    match verdict {
        Ok(trust) => {
            info!("the timer: {trust}");
            *COMPARED.lock() = trust;
        }
        Err(fault) => distrust(fault),
    }
}

fn measure() -> Option<Calibration> {
    let start = edge()?;
    let mut end = edge()?;
    // Not on and on where somebody sets it back.
    for _ in 0..SECONDS {
        if end.second.saturating_sub(start.second) < SECONDS {
            end = edge()?;
        }
    }
    let claimed_hz = counter::frequency();
    let unsure = u128::from(start.unsure + end.unsure) * 1_000_000_000 / u128::from(claimed_hz.max(1));
    Some(Calibration {
        claimed_hz,
        ticks: end.at - start.at,
        // Nothing is measured, and nothing contradicts, where it went backwards.
        nanoseconds: end.second.saturating_sub(start.second).saturating_mul(1_000_000_000),
        step_nanoseconds: unsure as u64,
    })
}

/// When the second clock came to a second.
struct Edge {
    second: u64,
    /// Of the counter; it may have been so much earlier.
    at: u64,
    unsure: u64,
}

/// The next one; `None` where the clock doesn't move.
fn edge() -> Option<Edge> {
    let (before, mut looked) = (rtc::seconds()?, counter::now());
    for _ in 0..LOOKS_MAX {
        sleep(COMPARE);
        watch();
        let (second, at) = (rtc::seconds()?, counter::now());
        if second != before {
            return Some(Edge { second, at, unsure: at - looked });
        }
        looked = at;
    }
    None
}
