//! What isn't a line that can be run: refused with its place, and nothing of it runs.

mod common;

use common::{BOARD, Fake, Terminal};
use hardware::board::{Board, Preset};

fn terminal() -> Terminal {
    Terminal::new(Fake::new())
}

#[test]
fn three_hundred_characters_are_refused_not_cut() {
    let mut terminal = terminal();
    let line = format!("echo {}", "x".repeat(295));
    let shown = terminal.type_in(format!("{line}\r"));
    assert_eq!(shown.matches('\x07').count(), 1, "one bell");
    assert!(shown.ends_with("\nerror: the line has 300 bytes, 256 are the most; nothing was run\nkeel> "), "{shown:?}");
    assert_eq!(terminal.run("echo $?"), "2\n");
}

#[test]
fn the_longest_line_runs() {
    let word = "x".repeat(251);
    assert_eq!(terminal().run(&format!("echo {word}")), format!("{word}\n"));
}

#[test]
fn control_characters_are_refused_with_their_column() {
    let cases: [(&[u8], &str); 4] = [
        (b"echo a\x00b", "column 7: control character U+0000"),
        (b"echo \x07", "column 6: control character U+0007"),
        (b"\x1fecho", "column 1: control character U+001F"),
        (b"echo \xc2\x9b", "column 6: control character U+009B"),
    ];
    for (line, reason) in cases {
        let shown = terminal().type_in([line, b"\r"].concat());
        assert!(shown.ends_with(&format!("\nerror: {reason}; nothing was run\nkeel> ")), "{line:?}: {shown:?}");
    }
}

#[test]
fn invalid_utf8_is_refused_with_its_column() {
    let lines: [&[u8]; 5] = [b"echo \xff", b"echo \xc3(", b"echo \xe2\x82", b"echo \xed\xa0\x80", b"echo \xf5\x80"];
    for line in lines {
        let shown = terminal().type_in([line, b"\r"].concat());
        assert!(shown.ends_with("\nerror: column 6: not UTF-8; nothing was run\nkeel> "), "{line:?}: {shown:?}");
    }
}

#[test]
fn a_refused_line_can_be_mended() {
    let mut terminal = terminal();
    terminal.type_in(b"echo ab\xff\r");
    assert_eq!(terminal.type_in("\x1b[A"), "echo ab\x1b[K");
    assert_eq!(terminal.type_in("\r"), "\nab\nkeel> ");
}

#[test]
fn clearing_the_line_clears_its_refusal() {
    let mut terminal = terminal();
    terminal.type_in(b"junk\xff\x15");
    assert_eq!(terminal.run("echo clean"), "clean\n");
}

#[test]
fn what_the_preset_leaves_out_is_no_command() {
    let (name, chosen) = BOARD.preset.all.presets[0];
    let preset = Preset { name, chosen, all: BOARD.preset.all };
    let mut system = Fake::new();
    system.board = Some(Box::leak(Box::new(Board { preset, ..BOARD })));
    let mut terminal = Terminal::new(system);
    let refusal = "error: \"panic\": the preset hw-minimal leaves it out; another KEEL_PRESET has it\n";
    assert_eq!([terminal.status("panic"), terminal.status("panic --yes")], [(); 2].map(|()| (127, refusal.to_owned())));
    assert_eq!(terminal.system.panics.get(), 0);
    let commands = "Board and hardware\n  board  show the board's tables and what the check came to\n  \
                    dt     read the live device tree\nShell\n  help   list the commands, or tell all about one\n\
                    help COMMAND tells more; Tab completes.\n";
    assert_eq!(terminal.run("help"), commands);
    assert!(!terminal.run("help board").contains("irq"), "nobody is sent to a command that isn't there");
    assert_eq!(terminal.run("help panic"), "error: help: no command \"panic\"\n");
    assert_eq!(terminal.type_in("p\t"), "p\x07", "nothing to complete to");
}

#[test]
fn panic_asks_first() {
    let mut terminal = terminal();
    assert_eq!(terminal.type_in("panic\r"), "panic\nThis stops the kernel. Panic? [y/N] ");
    assert_eq!(terminal.type_in("\r"), "\nNot done.\nkeel> ");
    assert_eq!((terminal.system.panics.get(), terminal.shell.status()), (0, 1));
    terminal.type_in("panic\rno\rpanic\r\x03");
    assert_eq!((terminal.system.panics.get(), terminal.shell.status()), (0, 130));
    terminal.type_in("panic\ry\r");
    assert_eq!(terminal.system.panics.get(), 1);
    terminal.type_in("panic --yes\r");
    assert_eq!(terminal.system.panics.get(), 2);
    assert_eq!(terminal.type_in("\x1b[A"), "panic --yes\x1b[K", "answers are no history");
}

#[test]
fn power_actions_say_why_the_machine_is_still_on() {
    let mut terminal = terminal();
    terminal.system.psci.set(Some(-1));
    let told = "error: poweroff: the machine is still on\nbecause: PSCI refused with -1 (EIO)\n";
    assert_eq!(terminal.status("poweroff"), (1, told.into()));
}

#[test]
fn time_without_a_frequency_stays_in_ticks() {
    let mut terminal = terminal();
    terminal.system.frequency_hz.set(0);
    assert!(terminal.run("uptime").starts_with("up 232716000000 ticks of an unknown length, 1 CPU online"));
    assert!(terminal.run("uptime --json").starts_with("{\"uptime_ns\":null,"));
    assert!(terminal.run("boot").contains("entry   25000 ticks"));
    assert!(terminal.run("log").starts_with("[        1000] info  entered at EL1\n"));
}
