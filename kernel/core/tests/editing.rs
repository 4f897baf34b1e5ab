//! The line editor as a terminal sees it: what a key sends back, and what line comes out.

mod common;

use common::{Fake, Terminal};

fn terminal() -> Terminal {
    Terminal::new(Fake::new())
}

/// What `echo` was given: types the keys, presses Enter, returns the line that ran.
fn echoed(keys: &str) -> String {
    let mut terminal = terminal();
    terminal.type_in(keys);
    let shown = terminal.type_in("\r");
    let output = shown.strip_prefix('\n').and_then(|shown| shown.strip_suffix("\nkeel> "));
    output.unwrap_or_else(|| panic!("{shown:?}")).to_owned()
}

#[test]
fn keys_send_back_no_more_than_needed() {
    let mut terminal = terminal();
    let cases: [(&str, &str); 16] = [
        ("a", "a"),
        ("bc", "bc"),
        ("\x1b[D", "\x08"),
        ("\x1bOD", "\x08"),
        ("x", "xbc\x08\x08"),
        ("\x7f", "\x08bc\x1b[K\x08\x08"),
        ("\x1b[3~", "c\x1b[K\x08"),
        ("\x05", "\x1b[C"),
        ("\x01", "\x08\x08"),
        ("\x1b[D", ""),
        ("\x0b", "\x1b[K"),
        ("\x0b", "\x07"),
        ("\x1b[5~", "\x07"),
        ("one two", "one two"),
        ("\x17", "\x08\x08\x08\x1b[K"),
        ("\x0c", "\x1b[H\x1b[2Jkeel> one "),
    ];
    for (keys, answer) in cases {
        assert_eq!(terminal.type_in(keys), answer, "{keys:?}");
    }
}

#[test]
fn lines_come_out_as_edited() {
    let cases = [
        ("echo ac\x1b[Db", "abc"),
        ("cho one two\x17three\x01e", "one three"),
        ("garbage\x15echo ok", "ok"),
        ("echo ok garbage\x1b[1~\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x0b", "ok"),
        ("echo aüb\x7f\x7fc", "ac"),
        ("echo ok?\x02\x04", "ok"),
        ("echo ok\x1b[5~\x1b[15~", "ok"),
    ];
    for (keys, line) in cases {
        assert_eq!(echoed(keys), line, "{keys:?}");
    }
}

#[test]
fn history_goes_back_and_forth_and_keeps_the_draft() {
    let mut terminal = terminal();
    terminal.run("echo one");
    terminal.run("echo two");
    terminal.run("echo two");
    terminal.type_in("echo draft");
    assert_eq!(terminal.type_in("\x1b[A"), "\x1b[10Decho two\x1b[K");
    assert_eq!(terminal.type_in("\x1bOA"), "\x1b[8Decho one\x1b[K");
    assert_eq!(terminal.type_in("\x10"), "\x07", "nothing is older");
    assert_eq!(terminal.type_in("\x0e"), "\x1b[8Decho two\x1b[K");
    assert_eq!(terminal.type_in("\x1b[B"), "\x1b[8Decho draft\x1b[K");
    assert_eq!(terminal.type_in("\x1b[B"), "\x07", "nothing is newer");
    assert_eq!(terminal.type_in("!\r"), "!\ndraft!\nkeel> ");
}

#[test]
fn control_c_gives_up_the_line() {
    let mut terminal = terminal();
    assert_eq!(terminal.type_in("echo no\x03"), "echo no^C\nkeel> ");
    assert_eq!(terminal.run("echo $?"), "130\n");
}

#[test]
fn enter_comes_in_three_ways() {
    let mut terminal = terminal();
    assert_eq!(terminal.type_in("echo a\r\necho b\necho c\r").matches("keel> ").count(), 3);
}

#[test]
fn tab_completes_from_table_tree_and_files() {
    let cases = [
        ("boa\t", "board "),
        ("bo\t", "bo\nboard  boot\nkeel> bo"),
        ("board \t", "board \nfacts    devices  presets\nkeel> board "),
        ("board f\t", "board facts "),
        ("board facts --d\t", "board facts --drift "),
        ("board facts --drift x\t", "board facts --drift x\x07"),
        ("dt node /cpu\t", "dt node /cpus/"),
        ("dt node /cpus/cpu@\t", "dt node /cpus/cpu@\ncpu@0  cpu@1  cpu@2  cpu@3\nkeel> dt node /cpus/cpu@"),
        ("dt node /ti\t", "dt node /timer "),
        ("dt node ser\t", "dt node serial0 "),
        ("dt prop serial0 r\t", "dt prop serial0 reg "),
        ("dt prop serial0 reg \t", "dt prop serial0 reg \x07"),
        ("cat /pr\t", "cat /proc/"),
        ("cat /proc/m\t", "cat /proc/meminfo "),
        ("cat /nowhere/\t", "cat /nowhere/\x07"),
        ("echo x; he\t", "echo x; help "),
        ("help po\t", "help poweroff "),
        ("nonsense \t", "nonsense \x07"),
    ];
    for (keys, shown) in cases {
        assert_eq!(terminal().type_in(keys), shown, "{keys:?}");
    }
}
