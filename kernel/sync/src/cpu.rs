//! The core that runs the code: its interrupt mask, its number, and keeping a thread on it.

use core::marker::PhantomData;

/// What the package needs of a core. All of it is about the calling one.
pub trait Cpu {
    /// What [`Cpu::restore`] needs to know.
    type Mask: Copy;

    /// Masks interrupts; what follows doesn't move before it.
    fn mask() -> Self::Mask;

    /// Puts the interrupt mask back; what came before is done by then.
    fn restore(mask: Self::Mask);

    /// The core's number, counted from 0. Only of use where the thread can't move to another core.
    fn index() -> usize;

    /// Preemption stops until [`Cpu::allow_preemption`] was called as often.
    fn hold_preemption();

    /// Ends one [`Cpu::hold_preemption`]; if it was the last, a switch that has become due happens now.
    fn allow_preemption();

    /// A turn of a loop that waits for another core.
    fn relax();
}

/// Proof that the running thread stays on its core for as long as the proof is borrowed.
pub trait Pinned<C: Cpu> {}

/// Interrupts are masked until this is dropped.
#[derive(Debug)]
pub struct Masked<C: Cpu> {
    before: C::Mask,
    /// The mask is the core's: it can't be handed to another.
    here: PhantomData<*const ()>,
}

/// No preemption until this is dropped; interrupts come.
#[derive(Debug)]
pub struct PreemptGuard<C: Cpu> {
    cpu: PhantomData<fn() -> C>,
    /// The count is the core's: it can't be handed to another.
    here: PhantomData<*const ()>,
}

impl<C: Cpu> Masked<C> {
    /// Masks interrupts.
    #[expect(clippy::new_without_default, reason = "a default shouldn't do anything")]
    #[inline(always)]
    pub fn new() -> Self {
        Self { before: C::mask(), here: PhantomData }
    }
}

impl<C: Cpu> Drop for Masked<C> {
    #[inline(always)]
    fn drop(&mut self) {
        C::restore(self.before);
    }
}

impl<C: Cpu> PreemptGuard<C> {
    /// Holds preemption back.
    #[expect(clippy::new_without_default, reason = "a default shouldn't do anything")]
    #[inline(always)]
    pub fn new() -> Self {
        C::hold_preemption();
        Self { cpu: PhantomData, here: PhantomData }
    }
}

impl<C: Cpu> Drop for PreemptGuard<C> {
    #[inline(always)]
    fn drop(&mut self) {
        C::allow_preemption();
    }
}

// An interrupt that doesn't come preempts nobody.
impl<C: Cpu> Pinned<C> for Masked<C> {}
impl<C: Cpu> Pinned<C> for PreemptGuard<C> {}
