//! The driver against the model.

use std::vec;
use std::vec::Vec;

use super::model::Uart;
use super::*;
use crate::mmio::fake::{Model, Op, Script};

const SET: Baud = Baud::Set { clock: Hertz(24_000_000), rate: 115_200 };

fn console(uart: Uart, baud: Baud) -> Result<Pl011<Model<Uart>>, ConsoleError> {
    Pl011::new(Model::new(uart, 0x1000), baud)
}

fn state(uart: Pl011<Model<Uart>>) -> Uart {
    let bus = uart.into_bus();
    let mut device = bus.device();
    std::mem::take(&mut *device)
}

#[test]
fn a_running_uart_is_kept_as_it_is() {
    let uart = state(console(Uart::running(), Baud::Keep).expect("a PL011"));
    assert_eq!((uart.control, uart.line_control, uart.latched), (0x301, 0x70, (26, 3)));
    assert_eq!(uart.forbidden, 0);
}

#[test]
fn a_uart_at_reset_is_switched_on() {
    let uart = state(console(Uart::reset(), Baud::Keep).expect("a PL011"));
    assert_eq!((uart.control & 0x301, uart.line_control), (0x301, 0x70));
}

#[test]
fn divisors_change_while_the_uart_is_off_and_are_latched() {
    let uart = Uart { transmit: [b'x'].into(), ..Uart::running() };
    let uart = state(console(uart, SET).expect("a PL011"));
    assert_eq!(uart.latched, (13, 1));
    assert_eq!(uart.sent, b"x", "what was under way has left");
    assert_eq!((uart.forbidden, uart.control & 1), (0, 1));
}

#[test]
fn parity_of_the_firmware_stays() {
    let uart = Uart { line_control: 0x06, ..Uart::running() };
    let uart = state(console(uart, Baud::Keep).expect("a PL011"));
    assert_eq!(uart.line_control, 0x76);
}

#[test]
fn a_rate_that_the_clock_can_not_give_changes_nothing() {
    let baud = Baud::Set { clock: Hertz(1_000_000), rate: 115_200 };
    assert_eq!(console(Uart::running(), baud).map(drop), Err(ConsoleError::Baud));
}

#[test]
fn another_device_is_refused() {
    let uart = Uart { part: 0x31, ..Uart::running() };
    assert_eq!(console(uart, Baud::Keep).map(drop), Err(ConsoleError::NotThere));
    let small = Pl011::new(Model::new(Uart::running(), 0x100), Baud::Keep);
    assert_eq!(small.map(drop), Err(ConsoleError::WindowTooSmall));
}

#[test]
fn a_window_without_the_identification_is_believed() {
    // As the Raspberry Pis' trees have it; the model panics at a read past the window.
    let uart = Pl011::new(Model::new(Uart { part: 0x31, ..Uart::running() }, 0x200), Baud::Keep);
    assert_eq!(uart.map(drop), Ok(()));
}

#[test]
fn a_slow_line_loses_nothing() {
    let text: Vec<u8> = (0..=255).cycle().take(1000).collect();
    let uart = Uart { speed: 7, ..Uart::running() };
    let mut console = console(uart, Baud::Keep).expect("a PL011");
    console.write_bytes(&text).expect("the line moves");
    text.iter().try_for_each(|&byte| console.write_byte(byte)).expect("the line moves");
    console.flush().expect("the line moves");
    let uart = state(console);
    assert_eq!((uart.sent.len(), uart.lost), (2000, 0));
    assert!(uart.sent.chunks(1000).all(|sent| sent == text));
}

#[test]
fn one_poll_fills_the_fifo() {
    let mut console = console(Uart::running(), Baud::Keep).expect("a PL011");
    console.write_bytes(&[b'x'; 16]).expect("an empty FIFO takes 16");
    assert_eq!(state(console).polls, 1);
}

#[test]
fn a_fifo_that_is_not_full_takes_more_without_waiting() {
    let uart = Uart { speed: 0, transmit: [b'o'; 10].into(), ..Uart::running() };
    let mut console = console(uart, Baud::Keep).expect("a PL011");
    assert_eq!(console.write_bytes(b"123456"), Ok(()));
    let uart = state(console);
    assert_eq!((uart.transmit.len(), uart.polls, uart.lost), (16, 6, 0));
}

#[test]
fn newlines_get_their_carriage_returns_wherever_the_fifo_ends() {
    for length in 0..40 {
        let text: std::string::String = "x".repeat(length) + "\n\nok\r\n";
        let uart = Uart { speed: 3, ..Uart::running() };
        let mut console = console(uart, Baud::Keep).expect("a PL011");
        console.write_text(&text).and_then(|()| console.flush()).expect("the line moves");
        let uart = state(console);
        assert_eq!(uart.sent, text.replace('\n', "\r\n").into_bytes());
        assert_eq!(uart.lost, 0);
    }
}

#[test]
fn an_offer_is_what_fits_and_never_waits() {
    let offered = |full: usize, text: &[u8]| {
        let uart = Uart { speed: 0, transmit: vec![b'o'; full].into(), ..Uart::running() };
        let mut console = console(uart, Baud::Keep).expect("a PL011");
        let taken = console.offer_text(text);
        let uart = state(console);
        assert_eq!(uart.lost, 0);
        (taken, uart.transmit.len(), uart.polls)
    };
    assert_eq!(offered(0, &[b'x'; 40]), (16, 16, 2));
    assert_eq!(offered(16, b"x"), (0, 16, 1));
    assert_eq!(offered(14, b"xyz"), (2, 16, 3));
    assert_eq!(offered(0, b""), (0, 0, 0));
    // A newline is two bytes, and goes whole or not at all.
    assert_eq!(offered(0, b"012345678901234\n"), (15, 15, 2));
    assert_eq!(offered(0, b"01234567890123\n"), (15, 16, 1));
}

#[test]
fn a_transmitter_that_stands_still_is_an_error() {
    let uart = Uart { speed: 0, ..Uart::running() };
    let mut console = console(uart, Baud::Keep).expect("a PL011");
    assert_eq!(console.write_text(&"x".repeat(17)), Err(ConsoleError::Stuck));
    assert_eq!(console.write_bytes(&[0]), Err(ConsoleError::Stuck));
    assert_eq!(console.write_byte(0), Err(ConsoleError::Stuck));
    assert_eq!(console.flush(), Err(ConsoleError::Stuck));
}

#[test]
fn received_bytes_come_in_order_with_their_errors() {
    // Bits 8 to 11: framing, parity, break, overrun (3.3.1).
    let receive = [0x61, 0x100, 0x262, 0x400, 0x863, 0x64].into();
    let mut console = console(Uart { receive, ..Uart::running() }, Baud::Keep).expect("a PL011");
    let read: Vec<_> = (0..8).map(|_| console.read_byte()).collect();
    let expected = [
        Ok(Some(b'a')),
        Err(ConsoleError::Framing),
        Err(ConsoleError::Parity),
        Err(ConsoleError::Break),
        Err(ConsoleError::Overrun),
        Ok(Some(b'c')),
        Ok(Some(b'd')),
        Ok(None),
    ];
    assert_eq!(read, expected);
}

#[test]
fn the_receive_interrupt_is_unmasked_and_cleared() {
    let mut console = console(Uart { mask: 0x7ff, ..Uart::running() }, Baud::Keep).expect("a PL011");
    console.enable_receive_interrupt();
    console.acknowledge_receive_interrupt();
    let uart = state(console);
    assert_eq!((uart.mask, uart.cleared), (0x50, 0x50), "RX and RT only, bits 4 and 6");
    assert_eq!(uart.levels, 0x02, "receive at an eighth, transmit as it was");
}

#[test]
fn a_byte_is_one_poll_and_one_store() {
    let ids = [Op::load32(0xfe0, 0x11), Op::load32(0xfe4, 0x10), Op::load32(0xffc, 0xb1)];
    let running = [Op::load32(0x030, 0x301), Op::load32(0x02c, 0x70), Op::store32(0x038, 0)];
    let byte = [Op::load32(0x018, 0x90), Op::store32(0x000, 0x4b)];
    let script = Script::new(0x1000, ids.into_iter().chain(running).chain(byte));
    let mut console = Pl011::new(script, Baud::Keep).expect("a PL011");
    console.write_byte(b'K').expect("there is room");
}
