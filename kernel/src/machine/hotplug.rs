//! Switching cores off and on again, through PSCI.

use core::fmt::{self, Write as _};

use drivers::InterruptError;
use kernel_core::sched::{CpuSet, Priority};
use kernel_core::system::CoreError;

use crate::log::{info, warning};
use crate::sched::{self, Bound, Spawn};
use crate::sync::{Lock, Mutex};

use super::power::{self, PsciError};
use super::smp::{self, State};
use super::{irq, patience, stop};

/// How long a core has to go.
const PATIENCE_MS: u64 = 1000;

/// One core at a time.
static SWITCHING: Mutex<()> = Mutex::new(());
/// What a core's threads said to leaving.
static LEFT: Lock<Option<Result<(), Bound>>> = Lock::new(None);
/// Why the core that was to go off is still there.
static STAYED: Lock<Option<Stayed>> = Lock::new(None);

/// Why a core didn't go off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Stayed {
    /// Its interrupts can't be switched off.
    #[error("its interrupts: {0}")]
    Interrupts(#[from] InterruptError),
    /// Firmware won't.
    #[error("PSCI: {0}")]
    Psci(#[from] PsciError),
}

/// Switches the core numbered `cpu` off: its threads go to others, its interrupts to the boot core. It keeps its number and its
/// stacks.
pub fn switch_off(cpu: usize) -> Result<(), CoreError> {
    let _alone = SWITCHING.lock();
    let core = smp::known(cpu).ok_or(CoreError::NoSuchCpu(cpu))?;
    match core.state {
        _ if cpu == 0 => return Err(CoreError::BootCpu),
        State::Running if core.by_psci => {}
        State::Running => return Err(CoreError::SpinTable(cpu)),
        State::Off => return Err(CoreError::Already(cpu, "off")),
        State::Called | State::Failed(_) => return Err(CoreError::NeverRan(cpu)),
    }
    leave(cpu)?;
    let off = || power::is_off(core.mpidr) == Ok(true);
    let gone = patience::wait(PATIENCE_MS, || off() || STAYED.lock().is_some());
    if let Some(stayed) = STAYED.lock().take() {
        return Err(stays(&stayed));
    }
    if !gone {
        smp::set_state(cpu, State::Failed(smp::SmpError::NeverOff));
        return Err(stays(&"PSCI doesn't call it off in time"));
    }
    smp::set_state(cpu, State::Off);
    info!("CPU {cpu} ({}) is off", core.mpidr);
    Ok(())
}

/// Switches a core on again that was switched off.
pub fn switch_on(cpu: usize) -> Result<(), CoreError> {
    let _alone = SWITCHING.lock();
    let core = smp::known(cpu).ok_or(CoreError::NoSuchCpu(cpu))?;
    match core.state {
        State::Off => {}
        State::Running => return Err(CoreError::Already(cpu, "on")),
        State::Called | State::Failed(_) => return Err(CoreError::NeverRan(cpu)),
    }
    smp::call_again(cpu, core.mpidr).map_err(|cause| stays(&Stayed::Psci(cause)))?;
    match smp::known(cpu).map(|core| core.state) {
        Some(State::Failed(cause)) => Err(stays(&cause)),
        _ => Ok(()),
    }
}

/// Has the core's threads go, by one that nothing on it is more urgent than.
fn leave(cpu: usize) -> Result<(), CoreError> {
    *STAYED.lock() = None;
    let leaver = Spawn::new("leave").priority(Priority::HIGHEST).affinity(CpuSet::only(cpu)).run(|| {
        let left = sched::leave();
        *LEFT.lock() = Some(left);
    });
    leaver.map_err(|cause| stays(&cause))?.join();
    let Some(Err(Bound(threads))) = LEFT.lock().take() else { return Ok(()) };
    let mut names = heapless::String::<48>::new();
    for name in threads.into_iter().filter_map(sched::name_of) {
        // What has no room is left out.
        let _ = names.push_str(if names.is_empty() { "" } else { ", " }).and_then(|()| names.push_str(name));
    }
    Err(CoreError::Bound(cpu, names))
}

/// What the idle thread of a core does that takes no threads any more, with interrupts masked: switches the core off. Returns
/// only where that can't be.
pub fn go_off() {
    let stayed = match irq::stop_cpu() {
        Ok(()) => {
            stop::go();
            let refused = power::stop_this_core();
            stop::come();
            Stayed::Psci(refused)
        }
        Err(cause) => Stayed::Interrupts(cause),
    };
    if let Err(cause) = irq::start_cpu() {
        warning!("CPU {} takes no interrupts any more: {cause}", sched::this_cpu());
    }
    sched::come_back();
    *STAYED.lock() = Some(stayed);
}

/// It was tried, and `why` it didn't work; cut where that is longer.
fn stays(why: &dyn fmt::Display) -> CoreError {
    let mut text = heapless::String::new();
    // What has no room is left out.
    let _ = write!(text, "{why}");
    CoreError::Stays(text)
}
