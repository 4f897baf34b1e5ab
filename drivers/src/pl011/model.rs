//! A PL011 to test against: FIFOs, divisor latch and interrupt lines as DDI 0183G has them.

use std::collections::VecDeque;
use std::vec::Vec;

use crate::mmio::fake::Device;

/// The model's state; offsets are DDI 0183G's, table 3-1.
#[derive(Debug, Default)]
pub(super) struct Uart {
    /// What has left the transmitter.
    pub(super) sent: Vec<u8>,
    /// In the transmit FIFO.
    pub(super) transmit: VecDeque<u8>,
    /// In the receive FIFO, with error bits 11..8.
    pub(super) receive: VecDeque<u32>,
    /// Polls of FR after which a byte leaves; 0 is never.
    pub(super) speed: u32,
    pub(super) polls: u32,
    pub(super) divisors: (u32, u32),
    /// The divisors in force: latched by a write to LCR_H (3.3.7).
    pub(super) latched: (u32, u32),
    pub(super) line_control: u32,
    pub(super) control: u32,
    pub(super) levels: u32,
    pub(super) mask: u32,
    pub(super) cleared: u32,
    pub(super) part: u32,
    /// Writes to LCR_H, IBRD or FBRD while the UART was on, which the manual forbids.
    pub(super) forbidden: u32,
    /// Bytes written to a full FIFO.
    pub(super) lost: u32,
}

const UARTEN: u32 = 1;
const FEN: u32 = 1 << 4;

impl Uart {
    /// As reset leaves it.
    pub(super) fn reset() -> Self {
        Self { control: 0x300, levels: 0x12, part: 0x11, speed: 1, ..Self::default() }
    }

    /// As a firmware leaves it that has used it: 8n1 with FIFOs.
    pub(super) fn running() -> Self {
        let divisors = (26, 3);
        Self { control: 0x301, line_control: 0x70, divisors, latched: divisors, ..Self::reset() }
    }

    fn depth(&self) -> usize {
        if self.line_control & FEN != 0 { 16 } else { 1 }
    }

    fn flags(&mut self) -> u32 {
        self.polls += 1;
        if self.speed != 0 && self.polls.is_multiple_of(self.speed) && self.control & UARTEN != 0 {
            self.sent.extend(self.transmit.pop_front());
        }
        let empty = self.transmit.is_empty();
        u32::from(!empty) << 3
            | u32::from(self.receive.is_empty()) << 4
            | u32::from(self.transmit.len() >= self.depth()) << 5
            | u32::from(empty) << 7
    }

    fn configure(&mut self, change: impl FnOnce(&mut Self)) {
        self.forbidden += self.control & UARTEN;
        change(self);
    }
}

impl Device for Uart {
    fn load(&mut self, offset: usize, bytes: usize) -> u64 {
        assert_eq!(bytes, 4, "registers are 32 bits wide");
        u64::from(match offset {
            0x000 => self.receive.pop_front().expect("a read of an empty FIFO"),
            0x018 => self.flags(),
            0x024 => self.divisors.0,
            0x028 => self.divisors.1,
            0x02c => self.line_control,
            0x030 => self.control,
            0x034 => self.levels,
            0x038 => self.mask,
            0xfe0 => self.part,
            0xfe4 => 0x10,
            0xffc => 0xb1,
            other => panic!("load at {other:#x}"),
        })
    }

    fn store(&mut self, offset: usize, bytes: usize, value: u64) {
        assert_eq!(bytes, 4, "registers are 32 bits wide");
        let value = u32::try_from(value).expect("32 bits");
        match offset {
            0x000 if self.transmit.len() >= self.depth() => self.lost += 1,
            0x000 => self.transmit.push_back(value as u8),
            0x024 => self.configure(|uart| uart.divisors.0 = value),
            0x028 => self.configure(|uart| uart.divisors.1 = value),
            0x02c => self.configure(|uart| {
                uart.line_control = value;
                uart.latched = uart.divisors;
            }),
            0x030 => self.control = value,
            0x034 => self.levels = value,
            0x038 => self.mask = value,
            0x044 => self.cleared |= value,
            other => panic!("store at {other:#x}"),
        }
    }
}
