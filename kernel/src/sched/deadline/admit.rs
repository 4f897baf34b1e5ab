//! Who gets a reservation: the first of its cores that has room takes the thread, for good.

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use core::time::Duration;

use alloc::vec::Vec;

use kernel_core::deadline::{Reservation, ReservationError};
use kernel_core::sched::{CpuSet, ThreadId};

use crate::arch::counter;
use crate::log::{info, warning};

use super::super::clock::ticks;
use super::super::queues::{self, Here};
use super::super::table::{SpawnError, slot};
use super::{ON, Place, Reserved, of, one, trust};

/// Whether the board that runs has the feature.
static ALLOWED: AtomicBool = AtomicBool::new(false);

/// From now on time can be reserved.
pub fn allow() {
    ALLOWED.store(ON, Relaxed);
}

/// `budget` in every `period`, by its end.
pub fn reservation(budget: Duration, period: Duration) -> Result<Reservation, ReservationError> {
    Reservation::new(ticks(budget), ticks(period), ticks(period))
}

/// Reserves time for the new thread `name` on one of the cores that `may` run it, and says on which: once the thread can run
/// [`let_go`] lets it go.
pub fn admit(thread: ThreadId, name: &str, reservation: Reservation, may: CpuSet) -> Result<usize, SpawnError> {
    if !ON || !ALLOWED.load(Relaxed) {
        return Err(SpawnError::NoDeadlines);
    }
    let mut refused = SpawnError::NoCpu;
    for cpu in may.and(queues::online()).iter() {
        match reserve(cpu, thread, name, reservation) {
            Ok(()) => {
                trust::begin();
                return Ok(cpu);
            }
            Err(error) => refused = error,
        }
    }
    warning!("{name} gets no reservation: {refused}");
    // Where the timer is the reason somebody has to look when it isn't any more.
    trust::begin();
    Err(refused)
}

/// The thread, which was admitted on the core numbered `cpu`, runs from now on.
pub fn let_go(cpu: usize, thread: ThreadId) {
    // A wake-up that was meant for who had the place before may still be on its way.
    let Some((_, queues)) = queues::lock_home(thread) else { return };
    slot(thread).reserve(cpu);
    drop(queues);
    super::unpark(thread);
}

/// The thread, which was admitted on the core numbered `cpu`, can't be made after all.
pub fn give_back(cpu: usize, thread: ThreadId) {
    let Some(mut queues) = queues::lock_of(cpu) else { return };
    if let Some((reserved, id)) = of(&mut queues, thread) {
        // Cannot have ended before.
        let _ = reserved.servers.end(id, counter::now());
        reserved.threads[id.place()] = None;
    }
}

/// Charges the core numbered `cpu`.
fn reserve(cpu: usize, thread: ThreadId, name: &str, reservation: Reservation) -> Result<(), SpawnError> {
    let mut queues = open(cpu)?;
    if !queues::online().has(cpu) {
        // It has left since it was chosen.
        return Err(SpawnError::NoCpu);
    }
    let now = counter::now();
    let Some(reserved) = one(&mut queues.reserved) else { return Err(SpawnError::NoCpu) };
    let id = reserved.servers.admit(reservation, now)?;
    reserved.threads[id.place()] = Some((id, thread));
    let account = reserved.servers.admission(now);
    drop(queues);
    let (budget, window, density) = (reservation.budget(), reservation.window(), reservation.density_ppm());
    let (sum, bound) = (account.charged_ppm(), account.bound_ppm());
    let before = sum - density;
    info!(
        "CPU {cpu}: {name} reserves {budget} of {window} ticks = {density} ppm, with {before} ppm charged makes {sum} ppm, within {bound} ppm"
    );
    Ok(())
}

/// The queues of the core numbered `cpu`, of which time can be reserved from now on, if the timer can be relied on.
pub(super) fn open(cpu: usize) -> Result<Here, SpawnError> {
    let lock = || queues::lock_of(cpu).ok_or(SpawnError::NoCpu);
    let mut queues = lock()?;
    if queues.reserved.is_none() {
        drop(queues);
        // With no lock held: the heap has its own.
        let fresh = make().ok_or(SpawnError::NoMemory)?;
        queues = lock()?;
        queues.reserved.get_or_insert(fresh);
    }
    if let Some(reserved) = one(&mut queues.reserved) {
        match trust::is_trusted() {
            true => reserved.servers.trust_timer(),
            // Whoever is there is told by who found out.
            false => drop(reserved.servers.distrust_timer()),
        }
    }
    Ok(queues)
}

/// A box, if the heap has room for one.
fn make() -> Place {
    let mut one: Vec<Reserved> = Vec::new();
    one.try_reserve_exact(1).ok()?;
    one.push(Reserved::new());
    one.into_boxed_slice().try_into().ok()
}
