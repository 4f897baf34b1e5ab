//! Who may have a server: the sum of densities stays under a bound.
//!
//! Σ budget / min(deadline, period) ≤ 1 is enough for EDF on one CPU to meet every deadline; what is left below the
//! bound pays for interrupts and for the threads that reserved nothing.

use core::fmt;

use super::Reservation;

/// The share of a CPU that may be reserved, unless somebody says otherwise.
pub const BOUND_PPM: u32 = 850_000;

/// The account of one CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    bound_ppm: u32,
    charged_ppm: u32,
}

/// A reservation that doesn't fit, with the arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// What was asked for.
    pub reservation: Reservation,
    /// What was charged already, in ppm.
    pub charged_ppm: u32,
    /// The bound, in ppm.
    pub bound_ppm: u32,
}

/// `300/1000 = 300000 ppm, with 600000 ppm charged makes 900000 ppm, over the bound of 850000 ppm`
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reservation, charged_ppm, bound_ppm } = self;
        let (budget, window, density) = (reservation.budget(), reservation.window(), reservation.density_ppm());
        let sum = u64::from(*charged_ppm) + u64::from(density);
        write!(
            f,
            "{budget}/{window} = {density} ppm, with {charged_ppm} ppm charged makes {sum} ppm, over the bound of {bound_ppm} ppm"
        )
    }
}

impl Admission {
    /// Nothing is charged; `bound_ppm` above a whole CPU is a whole CPU.
    pub const fn new(bound_ppm: u32) -> Self {
        let bound_ppm = if bound_ppm > 1_000_000 { 1_000_000 } else { bound_ppm };
        Self { bound_ppm, charged_ppm: 0 }
    }

    /// The share that may be reserved, in ppm.
    pub const fn bound_ppm(&self) -> u32 {
        self.bound_ppm
    }

    /// The share that is reserved, in ppm.
    pub const fn charged_ppm(&self) -> u32 {
        self.charged_ppm
    }

    /// Charges for `reservation`, or refuses it and charges nothing.
    pub fn charge(&mut self, reservation: Reservation) -> Result<(), Refused> {
        let Self { bound_ppm, charged_ppm } = *self;
        // Both are at most 1,000,000.
        let sum = charged_ppm + reservation.density_ppm();
        if sum > bound_ppm {
            return Err(Refused { reservation, charged_ppm, bound_ppm });
        }
        self.charged_ppm = sum;
        Ok(())
    }

    /// Gives back what `charge` took for `reservation`.
    pub fn give_back(&mut self, reservation: Reservation) {
        self.charged_ppm = self.charged_ppm.saturating_sub(reservation.density_ppm());
    }
}

#[cfg(test)]
mod tests {
    use super::super::ReservationError;
    use super::*;

    fn reservation(budget: u64, period: u64, deadline: u64) -> Reservation {
        Reservation::new(budget, period, deadline).unwrap()
    }

    #[test]
    fn the_bound_is_met_exactly_and_never_passed() {
        let mut account = Admission::new(BOUND_PPM);
        account.charge(reservation(600, 1000, 1000)).unwrap();
        account.charge(reservation(25, 1000, 100)).unwrap();
        assert_eq!(account.charged_ppm(), BOUND_PPM);
        let refused = account.charge(reservation(1, 1 << 30, 1 << 30)).unwrap_err();
        assert_eq!(account.charged_ppm(), BOUND_PPM, "a refusal costs nothing");
        let expected = "1/1073741824 = 1 ppm, with 850000 ppm charged makes 850001 ppm, over the bound of 850000 ppm";
        assert_eq!(format!("{refused}"), expected);
        account.give_back(reservation(25, 1000, 100));
        assert_eq!(account.charged_ppm(), 600_000);
    }

    #[test]
    fn a_whole_cpu_is_not_passed_by_what_is_rounded() {
        // Six of these are 1.0000014 of a CPU, and 0.999996 when each is rounded down.
        let sixth = reservation(1_666_669, 10_000_000, 10_000_000);
        let mut account = Admission::new(1_000_000);
        for _ in 0..5 {
            account.charge(sixth).unwrap();
        }
        assert!(account.charge(sixth).is_err());
    }

    #[test]
    fn what_makes_no_sense_is_refused_before_it_is_charged() {
        assert!(matches!(Reservation::new(0, 10, 10), Err(ReservationError::Empty { .. })));
        assert!(matches!(Reservation::new(1, 0, 10), Err(ReservationError::Empty { .. })));
        assert!(matches!(Reservation::new(1, 10, 0), Err(ReservationError::Empty { .. })));
        assert_eq!(Reservation::new(6, 10, 5), Err(ReservationError::TooMuch { budget: 6, window: 5 }));
        assert_eq!(Reservation::new(1, u64::MAX, u64::MAX), Err(ReservationError::TooLong(u64::MAX)));
        assert_eq!(reservation(10, 10, 99).density_ppm(), 1_000_000);
        assert_eq!(Admission::new(u32::MAX).bound_ppm(), 1_000_000);
    }
}
