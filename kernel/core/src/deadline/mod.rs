//! The deterministic scheduler's policy: constant-bandwidth servers under EDF.
//!
//! A [`Reservation`] asks for a budget of execution time in every period. [`Admission`] adds up what is reserved and
//! refuses what doesn't fit; who is admitted has a [`Server`], which spends its budget, is stopped when it is spent, and gets
//! it back at its own next release, however late anybody noticed. [`Servers`] keeps them and picks the one whose
//! deadline is earliest. All of it stands on a timer: [`Calibration`], [`Jitter`] and [`Watchdog`] say whether that can
//! be trusted.
//!
//! Times are ticks of the architected counter; nothing here reads a clock. The rules are those of the hard constant-
//! bandwidth server (Abeni and Buttazzo, "Integrating Multimedia Applications in Hard Real-Time Systems", RTSS 1998), with the
//! density of a constrained deadline in place of the utilisation.

mod admission;
mod jitter;
mod reservation;
mod server;
mod servers;
mod trust;

pub use admission::{Admission, BOUND_PPM, Refused};
pub use jitter::Jitter;
pub use reservation::{Reservation, ReservationError};
pub use server::{Charge, Server, State};
pub use servers::{AdmitError, Pick, ServerId, Servers, UnknownServer};
pub use trust::{Calibration, TimerFault, Trust, Watchdog};
