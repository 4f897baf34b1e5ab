//! ARM PrimeCell real-time clock (DDI 0224C).

use tock_registers::interfaces::Readable;

use crate::mmio::Bus;
use crate::registers::pl031::{CR, Registers};
use crate::{Rtc, RtcError};

/// The clock, read only: firmware has set it.
#[derive(Debug)]
pub struct Pl031<B: Bus> {
    registers: Registers<B>,
}

impl<B: Bus> Pl031<B> {
    /// Takes the window; an error where something else answers in it.
    pub fn new(bus: B) -> Result<Self, RtcError> {
        let registers = Registers::new(bus).map_err(|_| RtcError::WindowTooSmall)?;
        if !registers.probe() {
            return Err(RtcError::NotThere);
        }
        Ok(Self { registers })
    }
}

impl<B: Bus> Rtc for Pl031<B> {
    fn seconds(&self) -> Result<u64, RtcError> {
        // RTCDR counts only while RTCEN is set (3.3.4).
        if !self.registers.cr().is_set(CR::RTCEN) {
            return Err(RtcError::Stopped);
        }
        Ok(self.registers.dr().get().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mmio::fake::Model;

    /// A clock at `seconds`; offsets and values are those of DDI 0224C, table 3-1.
    fn clock(seconds: u32, control: u32, part: u32) -> Model<impl FnMut(usize, Option<u64>) -> u64> {
        let read = move |offset, store: Option<u64>| {
            assert_eq!(store, None, "the driver only reads");
            u64::from(match offset {
                0x000 => seconds,
                0x00c => control,
                0xfe0 => part,
                0xfe4 => 0x10,
                0xffc => 0xb1,
                other => panic!("read of {other:#x}"),
            })
        };
        Model::new(read, 0x1000)
    }

    #[test]
    fn the_data_register_is_the_time() {
        let rtc = Pl031::new(clock(0xffff_fffe, 1, 0x31)).expect("a PL031");
        assert_eq!(rtc.seconds(), Ok(4_294_967_294), "2106 isn't negative");
    }

    #[test]
    fn a_clock_that_stands_still_has_no_time() {
        let rtc = Pl031::new(clock(1_700_000_000, 0, 0x31)).expect("a PL031");
        assert_eq!(rtc.seconds(), Err(RtcError::Stopped));
    }

    #[test]
    fn another_device_is_refused() {
        assert_eq!(Pl031::new(clock(0, 1, 0x11)).map(drop), Err(RtcError::NotThere), "0x11 is a PL011");
    }

    #[test]
    fn a_window_that_is_too_small_is_refused() {
        let small = Model::new(|_, _| panic!("no access"), 0xfff);
        assert_eq!(Pl031::new(small).map(drop), Err(RtcError::WindowTooSmall));
    }
}
