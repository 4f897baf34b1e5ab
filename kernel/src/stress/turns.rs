//! Turns that two cores take by a condition variable: a notification that is lost leaves both standing still.

use alloc::sync::Arc;

use crate::sync::{Condvar, Mutex};

use super::crowd::{Crowd, Me};
use super::{Failed, failed};

/// What a turn is called.
const TURNS: &str = "turns";

/// A number that two workers count up in turn.
pub(super) struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    number: u64,
    /// Turns by each.
    taken: [u64; 2],
    over: bool,
}

/// Two workers: one for even numbers, one for odd ones.
pub(super) fn pair(crowd: &mut Crowd, first: usize, second: usize) -> Result<Arc<Turns>, Failed> {
    let state = State { number: 0, taken: [0; 2], over: false };
    let turns = Arc::new(Turns { state: Mutex::new(state), changed: Condvar::new() });
    for (side, cpu) in [first, second].into_iter().enumerate() {
        let turns = Arc::clone(&turns);
        crowd.add(TURNS, cpu, move |me| turns.take(me, side))?;
    }
    Ok(turns)
}

impl Turns {
    fn take(&self, mut me: Me, side: usize) {
        loop {
            let goes_on = me.goes_on();
            let not_mine = |state: &mut State| !state.over && state.number % 2 != side as u64;
            let mut state = self.changed.wait_while(self.state.lock(), not_mine);
            if state.over {
                return;
            }
            state.over = !goes_on;
            state.number += 1;
            state.taken.get_mut(side).into_iter().for_each(|taken| *taken += 1);
            drop(state);
            // In turn: one waits at most, so both ways of telling do.
            if me.random.below(2) == 0 {
                self.changed.notify_one()
            } else {
                self.changed.notify_all()
            }
            me.did(1);
        }
    }

    /// Once both have ended: none had two turns in a row.
    pub(super) fn check(&self) -> Result<(), Failed> {
        let state = self.state.lock();
        let (number, [even, odd]) = (state.number, state.taken);
        if even == number.div_ceil(2) && odd == number / 2 {
            Ok(())
        } else {
            Err(failed(format_args!("{number} turns, {even} by the first and {odd} by the second")))
        }
    }
}
