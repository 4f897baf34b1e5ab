//! Everything that `--json` prints is JSON, line by line, with the keys that tools count on.

mod common;

use common::{Fake, Terminal};
use kernel_core::log::Level;
use serde_json::Value;

fn objects(line: &str) -> Vec<Value> {
    let mut terminal = Terminal::new(Fake::new());
    let (status, output) = terminal.status(line);
    assert_eq!(status, 0, "{line}: {output}");
    output
        .lines()
        .map(|object| serde_json::from_str(object).unwrap_or_else(|error| panic!("{error}: {object}")))
        .collect()
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn facts_have_stable_keys_and_one_row_each() {
    let facts = objects("board facts --json");
    assert_eq!(facts.len(), 20);
    for fact in &facts {
        assert_eq!(keys(fact), ["claimed", "fact", "found_as", "live", "origin", "policy", "verdict", "why"]);
    }
    let of = |name: &str| facts.iter().find(|fact| fact["fact"] == name).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(of("serial0.interrupt[0]")["verdict"], "drift");
    assert_eq!(of("serial0.interrupt[0]")["live"], "SPI 1");
    assert_eq!(of("watchdog.compatible")["verdict"], "missing");
    assert_eq!(of("watchdog.compatible")["live"], Value::Null);
    assert_eq!(of("pl061@9030000")["verdict"], "extra");
    assert_eq!(objects("cat /proc/facts"), facts);
}

#[test]
fn all_others_are_json() {
    for (line, count) in [
        ("board --json", 1),
        ("board facts --drift --json", 8),
        ("board devices --json", 6),
        ("boot --json", 1),
        ("mem --json", 1),
        ("irq --json", 1),
        ("cpus --json", 1),
        ("cpus counts --json", 1),
        ("uptime --json", 1),
    ] {
        assert_eq!(objects(line).len(), count, "{line}");
    }
}

#[test]
fn what_is_logged_can_not_steer_the_terminal() {
    let mut terminal = Terminal::new(Fake::new());
    terminal.system.log.borrow_mut().push(63_500, Level::Error, "bad\x1b[2Jname\nnext");
    assert_eq!(terminal.run("log -n 1"), "[    0.001000] error bad\\u{1b}[2Jname\\nnext\n");
}
