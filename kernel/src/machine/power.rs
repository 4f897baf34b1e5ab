//! PSCI: switching off and resetting (DEN 0022).

use core::fmt::Write;
use core::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};

use hardware::board::{Board, Conduit, Mpidr};
use hardware::check::Checked;
use kernel_core::system::{Power, PowerError, Provoked};
use smccc::{Hvc, Smc, psci};

use crate::arch::{cpu, probe};

use super::last_words::LastWords;

/// The conduit that the check accepted: 0 none, 1 HVC, 2 SMC. A panic reads it.
static CONDUIT: AtomicU8 = AtomicU8::new(0);
/// Whether a panic ends with a reset; else in low power, for a debugger.
static PANIC_RESETS: AtomicBool = AtomicBool::new(false);

/// Ways to end, for the shell.
#[derive(Debug)]
pub struct Psci;

/// PSCI_VERSION (DEN 0022F, 5.1.1).
const PSCI_VERSION: u32 = 0x8400_0000;

/// Why PSCI can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PsciError {
    /// The instruction is undefined: the machine has no such firmware or hypervisor.
    #[error("nothing answers to {0}")]
    NoAnswer(Conduit),
    /// No PSCI was started: the table has none, the check hasn't accepted it, or nothing answered.
    #[error("no PSCI runs")]
    NotThere,
    /// It answers with an error.
    #[error("{0}")]
    Refused(psci::Error),
}

/// Takes over PSCI's checked conduit and says which version answers.
pub fn start(conduit: Checked<Conduit>) -> Result<psci::Version, PsciError> {
    let conduit = conduit.get();
    // The live tree may name a conduit that the machine lacks, and an unguarded call would be the end.
    // SAFETY: PSCI_VERSION has no effect (DEN 0022F, 5.1.1), and what isn't PSCI answers that it doesn't know it.
    if unsafe { probe::call(conduit, PSCI_VERSION) }.is_none() {
        return Err(PsciError::NoAnswer(conduit));
    }
    let version = match conduit {
        Conduit::Hvc => psci::version::<Hvc>(),
        Conduit::Smc => psci::version::<Smc>(),
    }
    .map_err(PsciError::Refused)?;
    CONDUIT.store(if conduit == Conduit::Hvc { 1 } else { 2 }, Relaxed);
    Ok(version)
}

/// Has firmware start the core with affinity `mpidr` at the physical address `entry` (DEN 0022F, 5.1.4, CPU_ON).
pub fn start_core(mpidr: Mpidr, entry: u64) -> Result<(), PsciError> {
    match CONDUIT.load(Relaxed) {
        1 => psci::cpu_on::<Hvc>(mpidr.0, entry, 0),
        2 => psci::cpu_on::<Smc>(mpidr.0, entry, 0),
        _ => return Err(PsciError::NotThere),
    }
    .map_err(PsciError::Refused)
}

/// Switches the calling core off, whose interrupts can't come any more; returns why it is still on (DEN 0022F, 5.1.3, CPU_OFF).
#[cfg(preset_feature = "cpu-hotplug")]
pub fn stop_this_core() -> PsciError {
    let result = match CONDUIT.load(Relaxed) {
        1 => psci::cpu_off::<Hvc>(),
        2 => psci::cpu_off::<Smc>(),
        _ => return PsciError::NotThere,
    };
    // Success doesn't return.
    PsciError::Refused(result.err().unwrap_or(psci::Error::InternalFailure))
}

/// Whether the core with affinity `mpidr` is off (DEN 0022F, 5.1.8, AFFINITY_INFO).
#[cfg(preset_feature = "cpu-hotplug")]
pub fn is_off(mpidr: Mpidr) -> Result<bool, PsciError> {
    let level = psci::LowestAffinityLevel::All;
    match CONDUIT.load(Relaxed) {
        1 => psci::affinity_info::<Hvc>(mpidr.0, level),
        2 => psci::affinity_info::<Smc>(mpidr.0, level),
        _ => return Err(PsciError::NotThere),
    }
    .map(|state| state == psci::AffinityState::Off)
    .map_err(PsciError::Refused)
}

/// Lets the preset say how a panic ends.
pub fn configure(board: &Board) {
    PANIC_RESETS.store(cfg!(preset_feature = "panic-reset") && board.preset.has_feature("panic-reset"), Relaxed);
}

/// Ends a panic as the preset says, and says so first: this is the last line. Returns where this core is to halt.
pub fn end_of_panic(out: &mut LastWords) {
    let mut say = |text| {
        // The console's writer has no errors.
        let _ = out.write_str(text);
    };
    if PANIC_RESETS.load(Relaxed) {
        say("panic: resetting\n");
        Psci.reboot();
    }
    say("panic: halted\n");
}

impl Power for Psci {
    fn reboot(&self) -> PowerError {
        call(psci::system_reset::<Hvc>, psci::system_reset::<Smc>)
    }

    fn power_off(&self) -> PowerError {
        call(psci::system_off::<Hvc>, psci::system_off::<Smc>)
    }

    fn panic(&self, how: Provoked) {
        #[cfg(command = "panic")]
        if let Err(cause) = super::provoke::provoke(how) {
            crate::log::error!("no panic: {cause}");
        }
        // Nobody can ask for one in such an image.
        #[cfg(not(command = "panic"))]
        let _ = how;
    }
}

type Call = fn() -> Result<(), psci::Error>;

/// Makes a call that doesn't return if it works.
fn call(hvc: Call, smc: Call) -> PowerError {
    let result = match CONDUIT.load(Relaxed) {
        1 => hvc(),
        2 => smc(),
        _ => return PowerError::NoPsci,
    };
    match result {
        // Success is a promise that the machine stops soon: wait for it.
        Ok(()) => cpu::halt(),
        Err(error) => PowerError::Refused(i64::from(error) as i32),
    }
}
