//! The servers of one CPU, earliest deadline first.

use super::{Admission, Charge, Refused, Reservation, Server, State};

/// A server's number; never that of another server that lived in the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ServerId {
    place: u8,
    generation: u32,
}

impl ServerId {
    /// The server's place among those of its CPU.
    pub const fn place(self) -> usize {
        self.place as usize
    }
}

/// Why there is no server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdmitError {
    /// The bandwidth is taken.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// All places are taken.
    #[error("all {0} servers of this CPU are in use")]
    Full(usize),
    /// Deadlines mean nothing while the timer can't be relied on.
    #[error("the timer can't be relied on")]
    TimerUnreliable,
}

/// The server has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server has ended")]
pub struct UnknownServer;

/// Who runs, and until when at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    /// The ready server with the earliest deadline; `None` leaves the CPU to threads without a reservation.
    pub server: Option<ServerId>,
    /// The tick at which to look again: the budget spent, or another server's release. `u64::MAX` for never.
    pub until: u64,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Free,
    Live(Server),
    /// It has ended, and what it ran still counts until this tick.
    Leaving(Reservation, u64),
}

/// At most `N` servers and their account.
#[derive(Debug)]
pub struct Servers<const N: usize> {
    places: [Place; N],
    generations: [u32; N],
    admission: Admission,
    timer_reliable: bool,
}

impl<const N: usize> Servers<N> {
    /// No server; together they may have `bound_ppm` of the CPU.
    pub const fn new(bound_ppm: u32) -> Self {
        const { assert!(N <= 256) };
        Self {
            places: [Place::Free; N],
            generations: [0; N],
            admission: Admission::new(bound_ppm),
            timer_reliable: true,
        }
    }

    /// The account, once what left by `now` has given back its charge.
    pub fn admission(&mut self, now: u64) -> Admission {
        self.settle(now);
        self.admission
    }

    /// Admits `reservation`, with a server that is idle and whose first period starts at `now`.
    pub fn admit(&mut self, reservation: Reservation, now: u64) -> Result<ServerId, AdmitError> {
        if !self.timer_reliable {
            return Err(AdmitError::TimerUnreliable);
        }
        self.settle(now);
        let free = self.places.iter().position(|place| matches!(place, Place::Free));
        let place = free.ok_or(AdmitError::Full(N))?;
        self.admission.charge(reservation)?;
        self.places[place] = Place::Live(Server::new(reservation, now));
        Ok(ServerId { place: place as u8, generation: self.generations[place] })
    }

    /// Ends a server. Its charge comes back when it would have been worked off: at once if it ran no more than its share.
    pub fn end(&mut self, id: ServerId, now: u64) -> Result<(), UnknownServer> {
        let server = *self.live(id)?;
        let place = usize::from(id.place);
        self.generations[place] = self.generations[place].wrapping_add(1);
        self.places[place] = Place::Leaving(server.reservation(), server.lag_ends());
        self.settle(now);
        Ok(())
    }

    /// A server, to look at.
    pub fn get(&self, id: ServerId) -> Option<&Server> {
        match self.places.get(usize::from(id.place)) {
            Some(Place::Live(server)) if self.generations[usize::from(id.place)] == id.generation => Some(server),
            _ => None,
        }
    }

    /// The server's thread has something to do.
    pub fn wake(&mut self, id: ServerId, now: u64) -> Result<(), UnknownServer> {
        self.live(id)?.wake(now);
        Ok(())
    }

    /// The server's thread has nothing more to do.
    pub fn block(&mut self, id: ServerId) -> Result<(), UnknownServer> {
        self.live(id)?.block();
        Ok(())
    }

    /// The server's thread is done until the next release.
    pub fn finish(&mut self, id: ServerId) -> Result<(), UnknownServer> {
        self.live(id)?.finish();
        Ok(())
    }

    /// The server's thread ran for `ticks`.
    pub fn charge(&mut self, id: ServerId, ticks: u64) -> Result<Charge, UnknownServer> {
        Ok(self.live(id)?.charge(ticks))
    }

    /// Who runs from `now` on. Budgets whose release has come are given out first.
    pub fn pick(&mut self, now: u64) -> Pick {
        let mut first: Option<(usize, Server)> = None;
        let mut until = u64::MAX;
        for (index, place) in self.places.iter_mut().enumerate() {
            let Place::Live(server) = place else { continue };
            server.replenish(now);
            match server.state() {
                State::Ready if first.is_none_or(|(_, best)| server.deadline() < best.deadline()) => {
                    first = Some((index, *server));
                }
                State::Depleted => until = until.min(server.next_release()),
                State::Ready | State::Idle => {}
            }
        }
        if let Some((_, server)) = &first {
            until = until.min(now.saturating_add(server.remaining()));
        }
        let server = first.map(|(index, _)| ServerId { place: index as u8, generation: self.generations[index] });
        Pick { server, until }
    }

    /// Deadlines can be kept again.
    pub fn trust_timer(&mut self) {
        self.timer_reliable = true;
    }

    /// Deadlines can't be kept: from now on nobody is admitted. Says whom there is to tell.
    pub fn distrust_timer(&mut self) -> impl Iterator<Item = ServerId> {
        self.timer_reliable = false;
        self.ids()
    }

    /// Whether deadlines can be kept.
    pub const fn timer_reliable(&self) -> bool {
        self.timer_reliable
    }

    /// The servers there are.
    pub fn ids(&self) -> impl Iterator<Item = ServerId> {
        self.places.iter().zip(self.generations).enumerate().filter_map(|(index, (place, generation))| {
            matches!(place, Place::Live(_)).then_some(ServerId { place: index as u8, generation })
        })
    }

    fn live(&mut self, id: ServerId) -> Result<&mut Server, UnknownServer> {
        let place = usize::from(id.place);
        match self.places.get_mut(place) {
            Some(Place::Live(server)) if self.generations[place] == id.generation => Ok(server),
            _ => Err(UnknownServer),
        }
    }

    /// Takes back the charges of those whose lag is over.
    fn settle(&mut self, now: u64) {
        for place in &mut self.places {
            if let Place::Leaving(reservation, until) = *place
                && until <= now
            {
                self.admission.give_back(reservation);
                *place = Place::Free;
            }
        }
    }
}
