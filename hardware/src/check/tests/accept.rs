//! What the ledger lets through.

use std::vec;

use super::board::{self, WITHOUT_TREE};
use super::*;
use crate::board::*;
use crate::check::{NotAccepted, Source, Unresolved, select};

fn device(name: &str) -> &'static Device {
    BOARD.device(name).unwrap()
}

fn refused<T>(fact: &'static str, verdict: Verdict) -> Result<T, NotAccepted> {
    Err(NotAccepted::Refused { fact, verdict })
}

#[test]
fn a_match_is_accepted_as_claimed() {
    let ledger = ledger(|_| ());
    let window = ledger.accept(&device("serial0").windows[0]).unwrap();
    assert_eq!((window.get(), window.source()), (board::UART, Source::Both));
    assert_eq!(ledger.accept(&device("rtc").present).unwrap().get(), "arm,pl031");
}

#[test]
fn live_wins_takes_the_live_value() {
    let live = Interrupt::spi(120, Trigger::LevelHigh);
    let ledger = ledger(|machine| machine.at("/soc/serial@9000000").interrupts = vec![Ok(live)]);
    let line = ledger.accept(&device("serial0").interrupts[0]).unwrap();
    assert_eq!((line.get(), line.source()), (live, Source::Live));
}

#[test]
fn live_wins_needs_a_live_value() {
    let ledger = ledger(|machine| machine.at("/soc/serial@9000000").interrupts.clear());
    let line = ledger.accept(&device("serial0").interrupts[0]);
    assert_eq!(line, refused("serial0.interrupt[0]", Verdict::Missing));
}

#[test]
fn static_wins_takes_the_claim_whatever_the_verdict() {
    for clocks in [vec![Ok(Hertz(1))], vec![], vec![Err(Unresolved::Clock)]] {
        let ledger = ledger(|machine| machine.at("/soc/serial@9000000").clocks = clocks);
        let clock = ledger.accept(&device("serial0").clocks[0]).unwrap();
        assert_eq!((clock.get(), clock.source()), (board::UART_CLOCK, Source::Table));
    }
}

#[test]
fn a_warned_device_is_left_alone_and_the_rest_goes_on() {
    let ledger = ledger(|machine| machine.at("/soc/rtc@9010000").windows = vec![Err(Unresolved::Truncated)]);
    assert_eq!(ledger.accept(&device("rtc").windows[0]), refused("rtc.window[0]", Verdict::Unresolvable));
    assert!(ledger.accept(&device("serial0").windows[0]).is_ok());
}

#[test]
fn a_warned_device_that_is_gone_is_not_started_from_its_claims() {
    let ledger = ledger(|machine| {
        machine.at("/soc/rtc@9010000").windows.clear();
    });
    assert_eq!(ledger.accept(&device("rtc").windows[0]), refused("rtc.window[0]", Verdict::Missing));
}

#[test]
fn a_claim_needs_its_device() {
    let ledger = ledger(|machine| machine.at("/soc/rtc@9010000").compatible = vec!["vendor,other"]);
    assert_eq!(row(&ledger, "rtc.window[0]").verdict, Verdict::Match);
    assert_eq!(ledger.accept(&device("rtc").windows[0]), refused("rtc.compatible", Verdict::Drift));
}

#[test]
fn a_fatal_fact_closes_the_ledger() {
    let ledger = ledger(|machine| machine.at("/intc@8000000").windows.truncate(1));
    assert_eq!(ledger.counts().fatal, 1);
    assert_eq!(ledger.accept(&device("rtc").windows[0]), Err(NotAccepted::Stopped));
}

#[test]
fn another_string_of_the_same_binding_may_win() {
    let ledger = ledger(|machine| machine.at("/psci").compatible = vec!["arm,psci-0.2"]);
    assert_eq!(ledger.accept(&device("psci").present).unwrap().get(), "arm,psci-0.2");
    assert!(ledger.accept(&device("psci").conduit.unwrap()).is_ok());
}

#[test]
fn another_device_never_wins() {
    let ledger = ledger(|machine| machine.at("/psci").compatible = vec!["arm,pl031"]);
    assert_eq!(ledger.accept(&device("psci").present), refused("psci.compatible", Verdict::Drift));
    assert_eq!(ledger.accept(&device("psci").conduit.unwrap()), refused("psci.compatible", Verdict::Drift));
}

#[test]
fn cpus_are_accepted_on_their_own() {
    let ledger = ledger(|machine| machine.at("/cpus/cpu@1").mpidr = Some(Mpidr(0x100)));
    let mpidr = ledger.accept(&BOARD.cpus[1].mpidr).unwrap();
    assert_eq!((mpidr.get(), mpidr.source()), (Mpidr(0x100), Source::Live));
}

#[test]
fn a_claim_that_isnt_in_the_table_is_foreign() {
    let ledger = ledger(|_| ());
    for fact in [3, 6, 0, 9999] {
        let forged = Claim::new(FactId::new(fact), Window { base: 0xdead_0000, size: 0x1000 });
        assert_eq!(ledger.accept(&forged), Err(NotAccepted::Foreign));
    }
}

#[test]
fn without_a_tree_nothing_is_accepted() {
    let ledger = Ledger::unchecked(&BOARD);
    assert_eq!(ledger.accept(&device("serial0").windows[0]), Err(NotAccepted::Unchecked));
    let (console, window) = ledger.static_console().unwrap();
    assert_eq!((console.name, window.get(), window.source()), ("serial0", board::UART, Source::Unchecked));
}

#[test]
fn without_a_tree_a_board_may_go_on_and_says_so() {
    let ledger = Ledger::unchecked(&WITHOUT_TREE);
    let window = ledger.accept(&device("serial0").windows[0]).unwrap();
    assert_eq!((window.get(), window.source()), (board::UART, Source::Unchecked));
}

#[test]
fn the_static_console_is_for_boots_that_stop() {
    assert!(ledger(|_| ()).static_console().is_none());
    let stopped = ledger(|machine| machine.remove("/intc@8000000"));
    assert_eq!(stopped.static_console().unwrap().1.get(), board::UART);
    let lost = ledger(|machine| machine.remove("/soc/serial@9000000"));
    assert_eq!(lost.static_console().unwrap().1.get(), board::UART);
}

#[test]
fn the_machines_most_specific_string_chooses_the_board() {
    static BOARDS: &[&Board] = &[&BOARD, &WITHOUT_TREE];
    let chosen = |strings: &[&'static str]| {
        let mut machine = Machine::pristine();
        machine.at("/").compatible = strings.to_vec();
        let machine: &'static Machine = std::boxed::Box::leak(machine.into());
        select(BOARDS, machine).map(|board| board.name)
    };
    assert_eq!(chosen(&["test,machine"]).unwrap(), "test");
    assert_eq!(chosen(&["vendor,new", "test,lonelier", "test,machine"]).unwrap(), "lonely");
    let refused = chosen(&["vendor,a", "vendor,b"]).unwrap_err();
    assert_eq!(refused.live().collect::<Vec<_>>(), ["vendor,a", "vendor,b"]);
    assert!(chosen(&[]).is_err());
}

#[test]
fn a_machine_without_a_name_is_a_board_that_asks_for_none() {
    let nameless = Board { name: "nameless", compatible: &[], ..super::verdict::empty() };
    let nameless: &'static Board = std::boxed::Box::leak(nameless.into());
    let chosen = |strings: &[&'static str]| {
        let mut machine = Machine::pristine();
        machine.at("/").compatible = strings.to_vec();
        let machine: &'static Machine = std::boxed::Box::leak(machine.into());
        select(vec![&BOARD, nameless].leak(), machine).map(|board| board.name).ok()
    };
    assert_eq!(chosen(&[]), Some("nameless"));
    assert_eq!(chosen(&["\u{5}est,b", ""]), Some("nameless"), "damage is no name");
    assert_eq!(chosen(&["test,machine"]), Some("test"));
    assert_eq!(chosen(&["vendor,new"]), None, "a name that no board has isn't none");
}

#[test]
fn a_fixed_claim_is_the_tables_where_firmware_still_errs() {
    let ledger = ledger(|machine| machine.at("/soc/serial@9000000").clocks = vec![Ok(Hertz(9_216_000))]);
    let clock = ledger.accept(&device("serial0").clocks[0]).unwrap();
    assert_eq!((clock.get(), clock.source()), (board::UART_CLOCK, Source::Table));
}

#[test]
fn between_boards_of_one_string_the_devices_choose() {
    let bare = Board { compatible: BOARD.compatible, ..super::verdict::empty() };
    let bare: &'static Board = std::boxed::Box::leak(bare.into());
    let chosen = |change: fn(&mut Machine)| {
        let mut machine = Machine::pristine();
        change(&mut machine);
        let machine: &'static Machine = std::boxed::Box::leak(machine.into());
        let both = [vec![bare, &BOARD], vec![&BOARD, bare]].map(|boards| select(boards.leak(), machine).unwrap().name);
        assert_eq!(both[0], both[1], "whatever the order of the tables");
        both[0]
    };
    assert_eq!(chosen(|_| ()), "test");
    assert_eq!(
        chosen(|machine| machine.remove("/intc@8000000")),
        "test",
        "one device less is a fault, not another board"
    );
    assert_eq!(chosen(|machine| machine.0.truncate(2)), "empty");
}
