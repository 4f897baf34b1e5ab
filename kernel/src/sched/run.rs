//! Each core's queues, and everything that changes who runs.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};

use kernel_core::sched::{CpuSet, Priority, RunQueue, ThreadId, Timers, least_loaded, most_loaded};
use kernel_core::system::Count;
use kernel_sync::Padded;

use crate::arch::cpu;
use crate::arch::per_cpu::{self, CPUS_MAX};
use crate::counts;
use crate::sync::{Guard, Lock, Masked};

use super::clock::{self, Clock};
use super::table::{self, SpawnError, slot, wait};
use super::{THREADS, deadline, idle, switch};

/// What a core has to do, behind its lock.
pub(super) struct Queues {
    /// Who could run. The one that does isn't in it, nor is the idle thread.
    pub(super) ready: RunQueue<THREADS>,
    pub(super) timers: Timers<THREADS>,
    pub(super) clock: Clock,
    /// Threads with a reservation; `None` until there is one.
    pub(super) reserved: deadline::Place,
    /// Who runs when nobody is ready.
    pub(super) idle: ThreadId,
    /// The thread that was just switched away from and never comes back.
    gone: Option<ThreadId>,
}

/// A core, as its per-CPU block and others find it.
pub struct Cpu {
    queues: Lock<Queues>,
    /// Threads that run or are ready, the idle one not counted. Changed under the lock, read without.
    load: AtomicU32,
}

/// The lock of the calling core, held.
pub(super) type Here = Guard<'static, Queues>;

/// By number; a core finds its own through its per-CPU block.
pub static CPUS: [Padded<Cpu>; CPUS_MAX] = [const { Padded::new(Cpu::new()) }; CPUS_MAX];

/// The boot core, which never leaves.
const BOOT: usize = 0;
/// The cores that take threads. A core's bit is changed under its lock.
static ONLINE: AtomicU64 = AtomicU64::new(0);

/// The calling flow of control becomes the thread `name`, and this core takes threads from now on.
pub fn start(name: &'static str) -> Result<(), SpawnError> {
    let me = table::adopt(name, Priority::NORMAL)?;
    let idle = idle::prepare()?;
    let here = lock_here();
    per_cpu::set_current(here.masked(), me.0);
    count(here.masked(), 1);
    open(here, idle);
    Ok(())
}

/// The calling core takes threads from now on, and does `idle` when there are none.
pub(super) fn open(mut here: Here, idle: ThreadId) {
    here.idle = idle;
    here.clock = Clock::new();
    let index = per_cpu::index(here.masked());
    for thread in [ThreadId(per_cpu::current(here.masked())), idle] {
        slot(thread).home.store(index as u8, Relaxed);
    }
    ONLINE.fetch_or(CpuSet::only(index).0, Relaxed);
}

/// The core numbered `index`, whose lock the caller has, takes no more threads.
#[cfg(preset_feature = "cpu-hotplug")]
pub(super) fn close(index: usize) {
    ONLINE.fetch_and(!CpuSet::only(index).0, Relaxed);
}

/// The calling core, which had left, takes threads again.
#[cfg(preset_feature = "cpu-hotplug")]
pub fn come_back() {
    let here = lock_here();
    let idle = here.idle;
    open(here, idle);
}

/// The idle thread that the calling core had when it ran before.
pub(super) fn earlier_idle() -> Option<ThreadId> {
    let idle = lock_here().idle;
    // The first thread of all is no idle one.
    (idle != ThreadId(0)).then_some(idle)
}

/// The thread that calls this.
pub fn current() -> ThreadId {
    ThreadId(per_cpu::current(&Masked::new()))
}

/// The number of the core that this runs on, or did just now.
pub fn this_cpu() -> usize {
    per_cpu::index(&Masked::new())
}

/// Lets the others of this priority have their turn first.
pub fn yield_now() {
    let mut here = lock_here();
    let me = here.current();
    let mine = slot(me).priority();
    if deadline::ON && mine == Priority::RESERVED {
        drop(here);
        return deadline::give_way();
    }
    if let Some(next) = here.ready.rotate(me, mine) {
        go(here, me, next);
    }
}

/// Waits until [`unpark`]; not at all if that came since the last wait. May also return for no reason: the caller looks
/// whether what it waits for is there.
pub fn park() {
    wait_here(None);
}

/// The same, until the counter comes to `at` at the latest. Where no timer runs others have their turn, and it returns.
pub fn park_until(at: u64) {
    if clock::runs() {
        wait_here(Some(at));
    } else {
        yield_now();
    }
}

#[inline(always)]
fn wait_here(until: Option<u64>) {
    let mut here = lock_here();
    let me = here.current();
    let slot = slot(me);
    match slot.wait.load(Relaxed) {
        wait::NOTHING => {}
        wait::TOKEN => return slot.wait.store(wait::NOTHING, Relaxed),
        _ => {
            drop(here);
            return deadline::wait(until);
        }
    }
    slot.wait.store(wait::PARKED, Relaxed);
    wake_at(&mut here, me, until);
    leave(here, me);
}

/// The thread, which waits, waits no longer than this.
#[inline(always)]
pub(super) fn wake_at(here: &mut Queues, me: ThreadId, until: Option<u64>) {
    if let Some(at) = until {
        here.timers.insert(me, at);
        here.clock.arm(at);
    }
}

/// Ends the thread that calls this.
pub(super) fn exit() -> ! {
    let mut here = lock_here();
    let me = here.current();
    here.gone = Some(me);
    if deadline::ON && slot(me).priority() == Priority::RESERVED {
        deadline::end(&mut here, me);
    } else {
        count(here.masked(), -1);
    }
    let next = here.ready.pop().unwrap_or(here.idle);
    go(here, me, next);
    unreachable!("a thread that is gone was switched to");
}

/// The thread doesn't run any more: the next one does.
#[inline(always)]
fn leave(mut here: Here, me: ThreadId) {
    count(here.masked(), -1);
    let next = here.ready.pop().unwrap_or(here.idle);
    go(here, me, next);
}

/// Ends a thread's wait, or its next one before it begins. A more urgent thread runs at once; where interrupts are masked, once
/// they aren't.
pub fn unpark(thread: ThreadId) {
    let Some((home, mut queues)) = lock_home(thread) else { return };
    let slot = slot(thread);
    let state = slot.wait.load(Relaxed);
    if state != wait::PARKED {
        if state & wait::RESERVED == 0 {
            return slot.wait.store(wait::TOKEN, Relaxed);
        }
        drop(queues);
        return deadline::unpark(thread);
    }
    slot.wait.store(wait::NOTHING, Relaxed);
    queues.timers.remove(thread);
    let target = if has_others() { choose(home, thread).unwrap_or(home) } else { home };
    if place(queues, home, target, thread) {
        preempt_here();
    }
}

/// Lets a new thread run; `None` where no core may.
pub(super) fn admit(thread: ThreadId) -> Option<()> {
    // Under the lock of who had the place before: a wake-up that was meant for that one may still be on its way.
    let (home, queues) = lock_home(thread)?;
    let target = choose(per_cpu::index(queues.masked()), thread)?;
    if place(queues, home, target, thread) {
        preempt_here();
    }
    Some(())
}

/// The thread's time has come.
pub(super) fn timed_out(here: &mut Here, thread: ThreadId) {
    let wait = &slot(thread).wait;
    let index = per_cpu::index(here.masked());
    if deadline::ON && wait.load(Relaxed) != wait::PARKED {
        wait.store(wait::RESERVED, Relaxed);
        deadline::woken(here, index, thread);
        return;
    }
    wait.store(wait::NOTHING, Relaxed);
    enqueue(here, index, thread);
}

/// The core that is best for `thread`.
pub(super) fn choose(home: usize, thread: ThreadId) -> Option<usize> {
    least_loaded(home, slot(thread).affinity().and(online()), load)
}

/// Puts a thread that waits no more, and is in no queue, into those of the core `target`; whether it should run here at once, now
/// that no lock is held.
#[inline(always)]
fn place(mut queues: Guard<'static, Queues>, home: usize, target: usize, thread: ThreadId) -> bool {
    if target == home { enqueue(&mut queues, home, thread) } else { send(queues, target, thread) }
}

/// The same, to another core than its home.
#[cold]
fn send(mut queues: Guard<'static, Queues>, mut target: usize, thread: ThreadId) -> bool {
    loop {
        // Who finds it there finds its wait ended, too, whichever lock that was done under.
        slot(thread).home.store(target as u8, Release);
        // Still masked: in between nobody finds the thread.
        let masked = queues.unlock();
        let Some(cpu) = cpu(target) else { return false };
        queues = cpu.queues.lock_masked(masked);
        if online().has(target) {
            return enqueue(&mut queues, target, thread);
        }
        // It has left meanwhile. A new thread that may run there alone, and came at that moment, runs on the boot core.
        target = choose(BOOT, thread).unwrap_or(BOOT);
    }
}

/// Puts a thread that waits no more, is in no queue and has the core `target` for its home into that core's queues.
#[cfg(preset_feature = "cpu-hotplug")]
pub(super) fn enqueue_at(target: usize, thread: ThreadId) {
    if let Some(cpu) = cpu(target) {
        enqueue(&mut cpu.queues.lock(), target, thread);
    }
}

/// Puts a thread into the queues of the core numbered `index`; whether it should run here at once.
#[inline(always)]
fn enqueue(queues: &mut Guard<'static, Queues>, index: usize, thread: ThreadId) -> bool {
    let priority = slot(thread).priority();
    if let Some(cpu) = cpu(index) {
        cpu.load.store(cpu.load.load(Relaxed) + 1, Relaxed);
    }
    queues.ready.push_back(thread, priority);
    if index != per_cpu::index(queues.masked()) {
        // Also where it has to wait there: from then on that core asks those for help that have nothing to do.
        crate::machine::irq::kick(index);
        return false;
    }
    let running = ThreadId(per_cpu::current_of(index));
    // The idle thread looks by itself.
    running != queues.idle && look(queues, running, priority)
}

/// What a thread of `priority` that has become ready means to the one that runs here; whether it should give way at once.
#[inline(always)]
fn look(here: &mut Here, running: ThreadId, priority: Priority) -> bool {
    let theirs = slot(running).priority();
    if priority > theirs {
        per_cpu::set_preemption_due(here.masked());
    } else if priority == theirs || has_others() {
        here.clock.begin_turns();
    }
    priority > theirs
}

/// Another core has put a thread into this core's queues.
pub fn kicked() {
    let mut here = lock_here();
    counts::add(here.masked(), Count::Kicks);
    if deadline::ON && here.reserved.is_some() {
        deadline::kicked(&mut here);
    }
    let running = here.current();
    if let Some(highest) = here.ready.highest().filter(|_| running != here.idle) {
        look(&mut here, running, highest);
    }
}

/// What an interrupted thread does when another one is due: see `arch::context`. Interrupts are masked.
pub extern "C" fn preempt() {
    loop {
        let here = lock_here();
        if !per_cpu::take_preemption_due(here.masked()) {
            return;
        }
        give_way(here);
    }
}

/// Switches to a thread that has become due, where the caller is a thread that may be switched away from: else it happens when
/// the interrupt ends, or whatever holds it back.
pub fn preempt_here() {
    if cpu::interrupts_are_masked() {
        if !cpu::is_handling() {
            // Who lifts the mask doesn't ask what became due meanwhile: an interrupt will.
            crate::machine::irq::kick(this_cpu());
        }
        return;
    }
    if !per_cpu::preemption_due() {
        return;
    }
    let here = lock_here();
    if per_cpu::take_preemption_due(here.masked()) {
        give_way(here);
    }
}

fn give_way(mut here: Here) {
    let me = here.current();
    if me == here.idle {
        // It looks by itself, at once.
        return;
    }
    let mine = slot(me).priority();
    if deadline::ON && mine == Priority::RESERVED {
        drop(here);
        return deadline::give_way();
    }
    let next = if here.clock.take_over() {
        here.ready.rotate(me, mine)
    } else if here.ready.highest() > Some(mine) {
        here.ready.push_front(me, mine);
        here.ready.pop()
    } else {
        None
    };
    if let Some(next) = next {
        go(here, me, next);
    }
}

/// What the idle thread does: goes on with whoever is ready; when nobody is, on any core, says so with the mask still on.
pub(super) fn next_or_idle() -> Option<Masked> {
    let mut here = lock_here();
    if let Some(next) = here.ready.pop() {
        let me = here.idle;
        go(here, me, next);
        return None;
    }
    if deadline::ON && here.reserved.is_some() {
        deadline::idles(&mut here);
    }
    let index = per_cpu::index(here.masked());
    if online() == CpuSet::only(index) || !online().has(index) {
        return Some(here.unlock());
    }
    let masked = here.unlock();
    match steal(index) {
        Some(thread) => {
            let mut here = lock_here();
            enqueue(&mut here, index, thread);
            None
        }
        None => Some(masked),
    }
}

/// Takes a thread that waits for its turn on a core with more to do.
fn steal(here: usize) -> Option<ThreadId> {
    let others = CpuSet(online().0 & !CpuSet::only(here).0);
    let victim = cpu(most_loaded(others, load)?)?;
    let mut queues = victim.queues.lock();
    let thread = queues.ready.take(|thread| slot(thread).affinity().has(here))?;
    // As in `send`.
    slot(thread).home.store(here as u8, Release);
    victim.load.store(victim.load.load(Relaxed) - 1, Relaxed);
    Some(thread)
}

/// Goes on with `next`; returns when it is this thread's turn again.
#[inline(always)]
pub(super) fn go(mut here: Here, me: ThreadId, next: ThreadId) {
    per_cpu::set_current(here.masked(), next.0);
    here.clock.fresh = true;
    if here.ready.has_at_least(slot(next).priority()) || (!here.ready.is_empty() && has_others()) {
        here.clock.begin_turns();
    }
    switch::switch(here, me, next);
}

#[inline(always)]
fn cpu(index: usize) -> Option<&'static Cpu> {
    CPUS.get(index).map(Padded::get)
}

/// Threads wait here for their turn: a core that has nothing to do and may run one of them is told to come for it.
pub(super) fn call_for_help(here: &Queues) {
    if !has_others() {
        return;
    }
    let mut idle = online().iter().filter(|&cpu| load(cpu) == 0);
    if let Some(cpu) = idle.find(|&cpu| here.ready.any(|thread| slot(thread).affinity().has(cpu))) {
        crate::machine::irq::kick(cpu);
    }
}

/// Whether more than one core takes threads.
#[inline(always)]
fn has_others() -> bool {
    let online = ONLINE.load(Relaxed);
    online & online.wrapping_sub(1) != 0
}

/// The cores that take threads.
pub fn online() -> CpuSet {
    CpuSet(ONLINE.load(Relaxed))
}

fn load(index: usize) -> u32 {
    cpu(index).map_or(0, |cpu| cpu.load.load(Relaxed))
}

/// Changes the load of the calling core, whose lock is held.
#[inline(always)]
pub(super) fn count(masked: &Masked, change: i32) {
    let load = &per_cpu::scheduler(masked).load;
    load.store(load.load(Relaxed).wrapping_add_signed(change), Relaxed);
}

/// The calling core's lock, held.
#[inline(always)]
pub(super) fn lock_here() -> Here {
    let masked = Masked::new();
    lock_of_this_core(&masked).lock_masked(masked)
}

#[inline(always)]
pub(super) fn lock_of_this_core(masked: &Masked) -> &'static Lock<Queues> {
    &per_cpu::scheduler(masked).queues
}

/// The lock of the core numbered `index`, held.
pub(super) fn lock_of(index: usize) -> Option<Here> {
    cpu(index).map(|cpu| cpu.queues.lock())
}

/// The lock of a thread's home, held, and which core that is.
#[inline(always)]
pub(super) fn lock_home(thread: ThreadId) -> Option<(usize, Guard<'static, Queues>)> {
    loop {
        let home = slot(thread).home.load(Relaxed);
        let queues = cpu(home.into())?.queues.lock();
        // It may have moved while this waited. Acquires: what it moved here with wasn't done under this lock.
        if slot(thread).home.load(Acquire) == home {
            return Some((home.into(), queues));
        }
    }
}

impl Queues {
    const fn new() -> Self {
        let (ready, timers, clock) = (RunQueue::new(), Timers::new(), Clock::new());
        Self { ready, timers, clock, reserved: None, idle: ThreadId(0), gone: None }
    }

    #[inline(always)]
    pub(super) fn take_gone(&mut self) -> Option<ThreadId> {
        self.gone.take()
    }
}

impl Cpu {
    const fn new() -> Self {
        Self { queues: Lock::new(Queues::new()), load: AtomicU32::new(0) }
    }
}

/// What only the core's own lock can answer.
pub(super) trait OfThisCore {
    /// Who runs on it.
    fn current(&self) -> ThreadId;
}

impl OfThisCore for Here {
    #[inline(always)]
    fn current(&self) -> ThreadId {
        ThreadId(per_cpu::current(self.masked()))
    }
}
