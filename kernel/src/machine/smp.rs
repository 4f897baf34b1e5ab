//! The other cores: calling them, and what became of each.
//!
//! The live tree says which there are and how each is called: by PSCI's CPU_ON, or through a spin table. All are called, then
//! all are waited for; one that doesn't come is left behind with its reason, and the machine goes on without it.

use core::fmt::Write as _;
use core::ops::Range;
#[cfg(preset_feature = "cpu-hotplug")]
use core::sync::atomic::Ordering::Release;
use core::sync::atomic::{AtomicU8, Ordering::AcqRel, Ordering::Acquire, Ordering::Relaxed};

use drivers::verify::VerifyError;
use hardware::board::Mpidr;
use hardware::tree::{Cpu, EnableMethod, Tree};
use kernel_core::system::{Core, CoreError, CoreState, Cores, Count};
use kernel_sync::Once;

use crate::arch::cpu;
use crate::arch::mmu::Regime;
use crate::arch::per_cpu::{self, CPUS_MAX};
use crate::arch::secondary::{self, Stacks};
use crate::counts;
use crate::log::{info, warning};
use crate::mm::stack::{self, Owner, StackError};
use crate::mm::{self, MapError, ReleaseError};
use crate::sched;
use crate::sync::Lock;

use super::power::{self, PsciError};
use super::{Machine, irq, patience, stop};

/// How long a core has to come: a thousand times what slow firmware takes, for emulators that run on a busy host.
const PATIENCE_MS: u64 = 1000;

/// By number; the boot core is 0.
static CORES: Lock<heapless::Vec<Known, CPUS_MAX>> = Lock::new(heapless::Vec::new());
/// Who has come, by number: one of the four below.
static ARRIVALS: [AtomicU8; CPUS_MAX] = [const { AtomicU8::new(AWAITED) }; CPUS_MAX];
/// Nothing was heard.
const AWAITED: u8 = 0;
/// The core is there.
const ARRIVED: u8 = 1;
/// It is there, and halts: see [`TROUBLE`].
const BROKEN: u8 = 3;
/// Its time is over: it must not run any more.
const GIVEN_UP: u8 = 2;

/// What doesn't work on a core that came, by number.
static TROUBLE: [Once<VerifyError>; CPUS_MAX] = [const { Once::new() }; CPUS_MAX];

/// A core that the live tree has.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Its affinity.
    pub mpidr: Mpidr,
    /// Whether PSCI starts it.
    #[cfg_attr(not(preset_feature = "cpu-hotplug"), expect(dead_code, reason = "what is never switched off"))]
    pub by_psci: bool,
    /// What became of it.
    pub state: State,
}

/// What became of it.
#[derive(Debug, Clone, Copy)]
pub enum State {
    /// It runs.
    Running,
    /// It was called.
    Called,
    /// It was switched off.
    #[cfg_attr(not(preset_feature = "cpu-hotplug"), expect(dead_code, reason = "what is never switched off"))]
    Off,
    /// It can't run.
    Failed(SmpError),
}

/// Why a core doesn't run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmpError {
    /// Its node's `status` doesn't let it run.
    #[error("disabled in the device tree")]
    Disabled,
    /// Two nodes have one affinity.
    #[error("another CPU has this affinity")]
    Twice,
    /// Its node has no way to start it.
    #[error("its node has no enable-method that is known")]
    NoMethod,
    /// A spin table without an address.
    #[error("its spin table has no release address")]
    NoReleaseAddress,
    /// PSCI didn't start it.
    #[error("PSCI: {0}")]
    Psci(#[from] PsciError),
    /// The spin table can't be used.
    #[error(transparent)]
    SpinTable(#[from] ReleaseError),
    /// There are no stacks to run it on.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// No tables for its first steps.
    #[error(transparent)]
    Tables(#[from] MapError),
    /// It was called, and nothing came.
    #[error("called, and not heard of within {PATIENCE_MS} ms")]
    Silent,
    /// It came, and takes no interrupts.
    #[error("its interrupts: {0}")]
    Interrupts(VerifyError),
    /// It was told to go off, and nobody knows whether it did.
    #[cfg(preset_feature = "cpu-hotplug")]
    #[error("told to go off, and never called off")]
    NeverOff,
}

impl Machine<'_> {
    /// Calls every core that the live tree lets run, and waits until each has come or its time is over.
    pub fn start_cores(&self) {
        add(Known { mpidr: Mpidr(cpu::affinity()), by_psci: false, state: State::Running });
        let Some(tree) = self.tree else { return };
        tell_of_strangers(tree.cpus().count());
        let here = |cpu: &Cpu<'_>| cpu.mpidr.0 == cpu::affinity();
        let mut others = tree.cpus().filter(|cpu| !matches!(cpu, Ok(cpu) if here(cpu))).peekable();
        if others.peek().is_none() {
            return;
        }
        secondary::forget_all();
        let tables = mm::load_address_tables();
        for cpu in others {
            match cpu {
                Ok(cpu) => start(tree, &cpu, tables),
                Err(error) => warning!("a CPU is left out: {error}"),
            }
        }
        wait_for(1..CPUS_MAX);
    }
}

/// Says so where the machine seems to have more cores than the `told` ones that the tree has a node for: they stay as firmware
/// left them, whatever they do.
fn tell_of_strangers(told: usize) {
    if let Some(cpus) = irq::cpus().filter(|&cpus| cpus as usize > told) {
        warning!("/cpus: {told} in the device tree, {cpus} at the interrupt controller: the rest is left alone");
    }
}

/// Gives a core its number and calls it.
fn start(tree: &Tree<'_>, cpu: &Cpu<'_>, tables: Result<u64, MapError>) {
    let by_psci = cpu.enable_method == EnableMethod::Psci;
    let Some(index) = add(Known { mpidr: cpu.mpidr, by_psci, state: State::Called }) else { return };
    if let Err(cause) = tables.map_err(SmpError::from).and_then(|tables| call(tree, cpu, index, tables)) {
        set_state(index, State::Failed(cause));
    }
}

/// Where a secondary core comes in, on its own stack and in its own block.
pub fn arrive() -> ! {
    stop::come();
    cpu::unmask_aborts();
    if let Err(register) = Regime::of_this_core().check() {
        panic!("{register}");
    }
    let (Some(arrival), Some(trouble)) = (ARRIVALS.get(per_cpu::number()), TROUBLE.get(per_cpu::number())) else {
        stop::park();
    };
    // One that was given up must not run: nobody counts on it.
    if arrival.load(Acquire) == AWAITED {
        let news = match irq::start_cpu() {
            Ok(()) => ARRIVED,
            Err(cause) => {
                // Cannot be set: a core in trouble isn't called again.
                let _ = trouble.set(cause);
                BROKEN
            }
        };
        let in_time = arrival.compare_exchange(AWAITED, news, AcqRel, Relaxed).is_ok();
        if in_time && news == ARRIVED {
            sched::run_idle();
        }
    }
    stop::park()
}

/// Cores that run.
pub fn running() -> usize {
    CORES.lock().iter().filter(|core| matches!(core.state, State::Running)).count()
}

/// The core numbered `index`.
pub fn known(index: usize) -> Option<Known> {
    CORES.lock().get(index).copied()
}

/// Notes what became of the core numbered `index`.
pub fn set_state(index: usize, state: State) {
    if let Some(core) = CORES.lock().get_mut(index) {
        core.state = state;
    }
}

/// Has PSCI start a core that was switched off, and waits until it has come or its time is over. What it runs on stands where it
/// found it before.
#[cfg(preset_feature = "cpu-hotplug")]
pub fn call_again(index: usize, mpidr: Mpidr) -> Result<(), PsciError> {
    if let Some(arrival) = ARRIVALS.get(index) {
        arrival.store(AWAITED, Release);
    }
    power::start_core(mpidr, secondary::entry())?;
    set_state(index, State::Called);
    wait_for(index..index + 1);
    Ok(())
}

/// Gives a core its number; `None` where that can't be called, because there is no room or its affinity is another's.
fn add(mut core: Known) -> Option<usize> {
    let mut cores = CORES.lock();
    let index = cores.len();
    let is_known = cores.iter().any(|known| known.mpidr == core.mpidr);
    if is_known {
        core.state = State::Failed(SmpError::Twice);
    }
    let full = cores.push(core).is_err();
    drop(cores);
    if full {
        warning!("CPU {} is left out: the kernel runs on {CPUS_MAX} at most", core.mpidr);
    }
    (!full && !is_known).then_some(index)
}

/// Sends a core on its way.
fn call(tree: &Tree<'_>, cpu: &Cpu<'_>, index: usize, tables: u64) -> Result<(), SmpError> {
    if !cpu.enabled {
        return Err(SmpError::Disabled);
    }
    secondary::prepare(index, cpu.mpidr, tables, stacks(index)?);
    match cpu.enable_method {
        EnableMethod::Psci => Ok(power::start_core(cpu.mpidr, secondary::entry())?),
        EnableMethod::SpinTable { release: Some(word) } => Ok(mm::release(tree, word, secondary::entry())?),
        EnableMethod::SpinTable { release: None } => Err(SmpError::NoReleaseAddress),
        EnableMethod::None | EnableMethod::Other(_) => Err(SmpError::NoMethod),
    }
}

/// Stacks for a core, which it keeps for good: also one that never comes may come late.
fn stacks(index: usize) -> Result<Stacks, StackError> {
    let number = index as u16;
    let top = |owner| {
        let stack = stack::take(owner)?;
        let top = stack.top();
        stack.leak();
        Ok::<usize, StackError>(top)
    };
    Ok(Stacks {
        thread: top(Owner::Idle(number))?,
        exception: top(Owner::Exception(number))?,
        emergency: top(Owner::Emergency(number))?,
    })
}

/// Waits for those of these cores that were called; says who runs and who doesn't.
fn wait_for(those: Range<usize>) {
    patience::wait(PATIENCE_MS, || !somebody_is_missing());
    for (index, arrival) in ARRIVALS.iter().enumerate().take(those.end).skip(those.start) {
        let Some(mut core) = known(index) else { return };
        if matches!(core.state, State::Called) {
            core.state = outcome(index, arrival);
            set_state(index, core.state);
        }
        match core.state {
            State::Failed(cause) => warning!("CPU {index} ({}) doesn't run: {cause}", core.mpidr),
            State::Running | State::Called | State::Off => info!("CPU {index} ({}) runs", core.mpidr),
        }
    }
}

/// What became of the core numbered `index`, whose time is over.
fn outcome(index: usize, arrival: &AtomicU8) -> State {
    match arrival.compare_exchange(AWAITED, GIVEN_UP, AcqRel, Acquire) {
        Ok(_) => State::Failed(SmpError::Silent),
        Err(BROKEN) => TROUBLE
            .get(index)
            .and_then(Once::get)
            .map_or(State::Running, |cause| State::Failed(SmpError::Interrupts(cause))),
        Err(_) => State::Running,
    }
}

/// Whether a core that was called hasn't come, or has and takes no threads yet.
fn somebody_is_missing() -> bool {
    let cores = CORES.lock();
    let mut called =
        cores.iter().zip(&ARRIVALS).enumerate().filter(|(_, (core, _))| matches!(core.state, State::Called));
    called.any(|(index, (_, arrival))| match arrival.load(Acquire) {
        AWAITED => true,
        ARRIVED => !sched::online().has(index),
        _ => false,
    })
}

impl Cores for Machine<'_> {
    fn core(&self, index: usize) -> Option<Core> {
        let core = known(index)?;
        let state = match core.state {
            State::Running => CoreState::Running,
            State::Called => CoreState::Called,
            State::Off => CoreState::Off,
            State::Failed(cause) => {
                let mut why = heapless::String::new();
                // A text that is too long is cut.
                let _ = write!(why, "{cause}");
                CoreState::Failed(why)
            }
        };
        Some(Core { mpidr: core.mpidr, state })
    }

    fn count(&self, index: usize, count: Count) -> Option<u64> {
        counts::of(index, count)
    }

    fn switch_off(&self, index: usize) -> Result<(), CoreError> {
        #[cfg(preset_feature = "cpu-hotplug")]
        if self.board.preset.has_feature("cpu-hotplug") {
            return super::hotplug::switch_off(index);
        }
        Err(CoreError::LeftOut(index))
    }

    fn switch_on(&self, index: usize) -> Result<(), CoreError> {
        #[cfg(preset_feature = "cpu-hotplug")]
        if self.board.preset.has_feature("cpu-hotplug") {
            return super::hotplug::switch_on(index);
        }
        Err(CoreError::LeftOut(index))
    }
}
