//! The other cores: calling them, and what became of each.
//!
//! The live tree says which there are and how each is called: by PSCI's CPU_ON, or through a spin table. All are called, then
//! all are waited for; one that doesn't come is left behind with its reason, and the machine goes on without it.

use core::fmt::Write as _;
use core::sync::atomic::{AtomicU8, Ordering::AcqRel, Ordering::Acquire, Ordering::Relaxed};

use hardware::board::Mpidr;
use hardware::tree::{Cpu, EnableMethod, Tree};
use kernel_core::system::{Core, CoreState, Cores, Count};

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
/// Who has come, by number: one of the three below.
static ARRIVALS: [AtomicU8; CPUS_MAX] = [const { AtomicU8::new(AWAITED) }; CPUS_MAX];
/// Nothing was heard.
const AWAITED: u8 = 0;
/// The core is there.
const ARRIVED: u8 = 1;
/// Its time is over: it must not run any more.
const GIVEN_UP: u8 = 2;

/// A core that the live tree has.
#[derive(Debug, Clone, Copy)]
struct Known {
    mpidr: Mpidr,
    state: State,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It runs.
    Running,
    /// It was called.
    Called,
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
}

impl Machine<'_> {
    /// Calls every core that the live tree lets run, and waits until each has come or its time is over.
    pub fn start_cores(&self) {
        add(Mpidr(cpu::affinity()), |_| State::Running);
        let Some(tree) = self.tree else { return };
        let here = |cpu: &Cpu<'_>| cpu.mpidr.0 == cpu::affinity();
        let mut others = tree.cpus().filter(|cpu| !matches!(cpu, Ok(cpu) if here(cpu))).peekable();
        if others.peek().is_none() {
            return;
        }
        secondary::forget_all();
        let tables = mm::load_address_tables();
        for cpu in others {
            match cpu {
                Ok(cpu) => add(cpu.mpidr, |index| {
                    let called = tables.map_err(SmpError::from).and_then(|tables| call(tree, &cpu, index, tables));
                    called.map_or_else(State::Failed, |()| State::Called)
                }),
                Err(error) => warning!("a CPU is left out: {error}"),
            }
        }
        wait_for_all();
    }
}

/// Where a secondary core comes in, on its own stack and in its own block.
pub fn arrive() -> ! {
    stop::come();
    cpu::unmask_aborts();
    if let Err(register) = Regime::of_this_core().check() {
        panic!("{register}");
    }
    let arrival = ARRIVALS.get(per_cpu::number());
    // One that was given up must not run: its number and its stacks may be another's by now.
    let in_time = arrival.is_some_and(|it| it.compare_exchange(AWAITED, ARRIVED, AcqRel, Relaxed).is_ok());
    if in_time && let Err(cause) = irq::start_cpu() {
        warning!("CPU {} takes no interrupts: {cause}", Mpidr(cpu::affinity()));
        cpu::halt();
    }
    if !in_time {
        cpu::halt();
    }
    sched::run_idle()
}

/// Cores that run.
pub fn running() -> usize {
    CORES.lock().iter().filter(|core| core.state == State::Running).count()
}

/// Gives a core its number, and `state` with that number to say what becomes of it.
fn add(mpidr: Mpidr, state: impl FnOnce(usize) -> State) {
    let (index, known) = {
        let cores = CORES.lock();
        (cores.len(), cores.iter().any(|core| core.mpidr == mpidr))
    };
    if index == CPUS_MAX {
        return warning!("CPU {mpidr} is left out: the kernel runs on {CPUS_MAX} at most");
    }
    let state = if known { State::Failed(SmpError::Twice) } else { state(index) };
    // Cannot fail: it was seen to have room, and only the boot core adds.
    let _ = CORES.lock().push(Known { mpidr, state });
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

/// Waits for those who were called; says who came and who didn't.
fn wait_for_all() {
    patience::wait(PATIENCE_MS, || !somebody_is_missing());
    let mut cores = CORES.lock();
    for (core, arrival) in cores.iter_mut().zip(&ARRIVALS).filter(|(core, _)| core.state == State::Called) {
        let gone = arrival.compare_exchange(AWAITED, GIVEN_UP, AcqRel, Acquire).is_ok();
        core.state = if gone { State::Failed(SmpError::Silent) } else { State::Running };
    }
    let all = cores.clone();
    drop(cores);
    for (index, core) in all.iter().enumerate().skip(1) {
        match core.state {
            State::Failed(cause) => warning!("CPU {index} ({}) doesn't run: {cause}", core.mpidr),
            State::Running | State::Called => info!("CPU {index} ({}) runs", core.mpidr),
        }
    }
}

fn somebody_is_missing() -> bool {
    let cores = CORES.lock();
    cores.iter().zip(&ARRIVALS).any(|(core, it)| core.state == State::Called && it.load(Acquire) == AWAITED)
}

impl Cores for Machine<'_> {
    fn core(&self, index: usize) -> Option<Core> {
        let core = *CORES.lock().get(index)?;
        let state = match core.state {
            State::Running => CoreState::Running,
            State::Called => CoreState::Called,
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
}
