//! The shell over the serial line of a booted machine.

use serde_json::Value;
use tests::{Failure, Guest, Image, Machine};

/// Commands after which there is no prompt.
const ENDING: [&str; 3] = ["poweroff", "reboot", "panic"];

fn shell(name: &str) -> Result<Guest, Failure> {
    let mut guest = Machine::virt().cpus(4).boot(name, Image::under_test()?)?;
    guest.wait_for_prompt()?;
    Ok(guest)
}

/// Types bytes, ends the line and looks whether the shell still does its work.
fn survives(guest: &mut Guest, bytes: &[u8]) -> Result<(), Failure> {
    guest.send(bytes)?;
    guest.send(b"\r")?;
    guest.wait_for_prompt()?;
    assert_eq!(guest.run("echo alive")?, "alive\n");
    Ok(())
}

#[test]
fn help_lists_what_there_is_and_every_example_works() -> Result<(), Failure> {
    // With a disk, for the commands that want one.
    let disk = [
        "-blockdev",
        "driver=null-co,node-name=disk,size=4194304,read-zeroes=on",
        "-device",
        "virtio-blk-device,drive=disk",
    ];
    let mut guest = Machine::virt().cpus(4).extra(&disk).boot("shell-help", Image::under_test()?)?;
    guest.wait_for_prompt()?;
    let list = guest.run("help")?;
    let commands: Vec<&str> =
        list.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).collect();
    for known in ["help", "board", "dt", "mem", "irq", "uptime", "log", "cat", "echo", "reboot", "poweroff", "panic"] {
        assert!(commands.contains(&known), "{known} is not in {commands:?}");
    }
    for command in commands {
        let help = guest.run(&format!("help {command}"))?;
        guest.expect(&help, "Usage")?;
        let examples = help.split_once("\nExamples\n").map(|(_, examples)| examples).unwrap_or_default();
        let examples = examples.lines().map_while(|line| Some(before_the_gap(line.strip_prefix("  ")?)));
        let mut count = 0;
        for example in examples {
            count += 1;
            if !ENDING.contains(&command) {
                guest.run(example)?;
            }
        }
        assert!(count > 0, "no example in {help}");
    }
    Ok(())
}

/// A row's first column: up to two blanks that are not in quotes.
fn before_the_gap(row: &str) -> &str {
    let mut quote = None;
    for (at, letter) in row.char_indices() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, ' ') if row[at..].starts_with("  ") => return &row[..at],
            _ => {}
        }
    }
    row
}

#[test]
fn what_tools_read_is_json() -> Result<(), Failure> {
    let mut guest = shell("shell-json")?;
    for line in ["board", "board facts", "board devices", "mem", "irq", "threads", "uptime", "boot"] {
        let output = guest.run(&format!("{line} --json"))?;
        let objects: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(&output).into_iter().collect();
        let objects = objects.map_err(|error| guest.wrong(&format!("`{line} --json`: {error}: {output}")))?;
        assert!(objects.iter().any(|object| object.is_object() || object.is_array()), "`{line} --json`: {output}");
    }
    Ok(())
}

#[test]
fn an_unknown_command_suggests_the_nearest() -> Result<(), Failure> {
    let mut guest = shell("shell-unknown")?;
    let reply = guest.command("uptme")?;
    assert_eq!(reply.status, 127);
    guest.expect(&reply.output, "uptime")?;
    assert_eq!(guest.command("qqqqqqqq")?.status, 127);
    Ok(())
}

#[test]
fn hostile_lines_are_refused_and_forgotten() -> Result<(), Failure> {
    let mut guest = shell("shell-hostile")?;
    survives(&mut guest, &[b'a'; 300])?;
    survives(&mut guest, &[b' '; 300])?;
    survives(&mut guest, "ü".repeat(200).as_bytes())?;
    let control: Vec<u8> = (0..0x20).chain([0x7f]).filter(|byte| !b"\r\n".contains(byte)).collect();
    survives(&mut guest, &control)?;
    survives(&mut guest, b"echo \xff\xfe\xc3\x28\x80\xf0\x9f")?;
    survives(&mut guest, b"\x1b[999;999H\x1b[A\x1b[B\x1b]0;x\x07\x1bO")?;
    survives(&mut guest, b"echo 'unclosed")?;
    survives(&mut guest, b";;;; $? ; ;")?;
    Ok(())
}

#[test]
fn long_lines_run_nothing() -> Result<(), Failure> {
    let mut guest = shell("shell-long")?;
    guest.send_line(&format!("echo ran-{}", "x".repeat(300)))?;
    let heard = guest.wait_for_prompt()?;
    guest.expect(&heard, "nothing was run")?;
    assert_eq!(guest.run("echo $?")?, "2\n");
    Ok(())
}

#[test]
fn keys_edit_the_line_and_recall_history() -> Result<(), Failure> {
    let mut guest = shell("shell-keys")?;
    guest.run("echo first")?;
    // Up recalls the line with its nonce; a recalled line runs again.
    guest.send(b"\x1b[A\r")?;
    let again = guest.wait_for_prompt()?;
    guest.expect(&again, "\nfirst\r\n")?;
    // Left, left, insert; Home, Delete; End, Backspace.
    guest.send(b"echo ac\x1b[Db\r")?;
    let edited = guest.wait_for_prompt()?;
    guest.expect(&edited, "\nabc\r\n")?;
    guest.send(b"xecho end!\x1b[H\x1b[3~\x1b[F\x7f\r")?;
    let edited = guest.wait_for_prompt()?;
    guest.expect(&edited, "\nend\r\n")?;
    guest.send(b"echo given up\x03")?;
    let interrupted = guest.wait_for_prompt()?;
    assert!(!interrupted.contains("\ngiven up"), "{interrupted}");
    guest.send(b"upt\t\r")?;
    let completed = guest.wait_for_prompt()?;
    guest.expect(&completed, "\nup ")
}

#[test]
fn reading_the_boot_log_does_not_drain_it() -> Result<(), Failure> {
    let mut guest = shell("shell-bootlog")?;
    let first = guest.run("cat /proc/bootlog")?;
    let second = guest.run("cat /proc/bootlog")?;
    assert!(first.lines().count() >= 3, "{first}");
    assert!(second.starts_with(&first), "first:\n{first}\nsecond:\n{second}");
    assert_ne!(guest.command("cat /proc/nothing")?.status, 0);
    Ok(())
}

#[test]
fn time_goes_on_and_the_timer_interrupts() -> Result<(), Failure> {
    let mut guest = shell("shell-time")?;
    let read = |guest: &mut Guest, line: &str| -> Result<Value, Failure> {
        let output = guest.run(line)?;
        serde_json::from_str(&output).map_err(|error| guest.wrong(&error.to_string()))
    };
    let timer = |irq: &Value| {
        let lines = irq["lines"].as_array().cloned().unwrap_or_default();
        lines.iter().find(|line| line["device"].as_str().is_some_and(|name| name.contains("timer"))).cloned()
    };
    let (up, irq) = (read(&mut guest, "uptime --json")?, read(&mut guest, "irq --json")?);
    // Nothing ticks by itself: the timer interrupts for who sleeps.
    guest.run("selftest sleep")?;
    let (later_up, later_irq) = (read(&mut guest, "uptime --json")?, read(&mut guest, "irq --json")?);
    assert!(later_up["uptime_ns"].as_u64() > up["uptime_ns"].as_u64(), "{up} {later_up}");
    let (before, after) = (timer(&irq), timer(&later_irq));
    let count = |line: &Option<Value>| line.as_ref().and_then(|line| line["count"].as_u64());
    assert!(count(&before).is_some() && count(&after) > count(&before), "{irq}\n{later_irq}");
    Ok(())
}

#[test]
fn a_panic_is_asked_for_and_tells_registers_and_backtrace() -> Result<(), Failure> {
    let mut guest = shell("shell-panic")?;
    guest.send_line("panic")?;
    guest.wait_for("[y/N]")?;
    guest.send_line("n")?;
    guest.wait_for_prompt()?;
    guest.send_line("panic")?;
    guest.wait_for("[y/N]")?;
    guest.send_line("y")?;
    let report = guest.settle(std::time::Duration::from_millis(700))?;
    let report = report.rsplit_once("[y/N]").map(|(_, report)| report.to_owned()).unwrap_or_default();
    for part in ["PANIC: asked for by the shell", "provoke.rs:", "x29 ", "sp ", "x0 ", "backtrace"] {
        guest.expect(&report, part)?;
    }
    let frames = report.lines().filter(|line| line.contains("  text+0x")).count();
    assert!(frames >= 4, "{frames} frames from the shell to the panic:\n{report}");
    assert!(!report.contains(tests::PROMPT), "the shell went on after a panic");
    Ok(())
}
