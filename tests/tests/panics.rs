//! Panics where several cores run: one core reports, whole and undisturbed; the others stop, and what they panicked with is told.

use tests::{Failure, Gic, Guest, Image, Machine};

/// Cores of each machine here.
const CORES: usize = 4;
/// The last line of a report.
const END: &str = "panic: halted";

/// Time is executed instructions, 16 ns each: how long a core is waited for doesn't hang on the host.
const BY_INSTRUCTIONS: [&str; 2] = ["-icount", "shift=4,sleep=off"];

/// Boots, lets the shell ask for the panic `how`, and waits for the end of its report.
fn provoked(name: &str, machine: &Machine, image: &Image, how: &str) -> Result<Guest, Failure> {
    let mut guest = machine.boot(name, image)?;
    guest.wait_for_prompt()?;
    guest.send_line(&format!("panic {how} --yes"))?;
    guest.wait_for(END)?;
    Ok(guest)
}

/// The lines of the one report that the guest has printed, and those behind its end.
fn report(guest: &Guest) -> Result<(Vec<String>, Vec<String>), Failure> {
    let story = guest.transcript();
    let parts: Vec<&str> = story.split("\nPANIC: ").collect();
    let [_, told] = parts.as_slice() else { return Err(guest.wrong(&format!("{} reports", parts.len() - 1))) };
    let (told, after) = told.split_once(END).ok_or_else(|| guest.wrong("a report without an end"))?;
    let lines: Vec<String> = told.lines().map(str::to_owned).collect();
    if let Some(odd) = lines.iter().skip(1).find(|line| !is_of_report(line)) {
        return Err(guest.wrong(&format!("{odd:?} is in the report")));
    }
    // Every register once, in their order: nobody wrote in between.
    let registers: Vec<&str> =
        lines.iter().flat_map(|line| line.split_whitespace()).filter(|w| is_register(w)).collect();
    let all: Vec<String> = (0..=30).map(|number| format!("x{number}")).collect();
    if registers != all {
        return Err(guest.wrong(&format!("registers are {registers:?}")));
    }
    Ok((lines, after.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()))
}

fn is_register(word: &str) -> bool {
    word.strip_prefix('x').is_some_and(|number| number.parse::<u8>().is_ok())
}

fn is_of_report(line: &str) -> bool {
    let about = ["  at ", "  on CPU ", "  x", "  backtrace, ", "    ffff", "CPU "];
    about.iter().any(|start| line.starts_with(start)) || is_deaf(line)
}

fn is_deaf(line: &str) -> bool {
    line.starts_with("  CPU ") && line.ends_with(" doesn't stop, and goes on meanwhile")
}

/// The cores that panicked beside the one that reports, by their lines.
fn beside<'l>(lines: impl IntoIterator<Item = &'l String>) -> Vec<usize> {
    let number = |line: &String| line.strip_prefix("CPU ")?.split_once(" panicked too: ")?.0.parse().ok();
    let mut cores: Vec<usize> = lines.into_iter().filter_map(number).collect();
    cores.sort_unstable();
    cores
}

/// One core panics while the shell's prints without a pause and the others fill the log.
fn others_fall_silent(name: &str, machine: &Machine, image: &Image) -> Result<(), Failure> {
    const FLOOD: &str = "the shell goes on, whatever another core does";
    let mut guest = provoked(name, machine, image, "elsewhere")?;
    let story = guest.settle(std::time::Duration::from_millis(300))?;
    let (before, after) = story.split_once("\nPANIC: ").unwrap_or_default();
    assert!(before.contains(FLOOD), "nobody printed before the panic:\n{story}");
    assert!(!after.contains("goes on,"), "somebody prints on:\n{story}");
    let (lines, behind) = report(&guest)?;
    assert_eq!(lines.first().map(String::as_str), Some("asked for by the shell, on another core"));
    assert_eq!((beside(&lines), behind), (Vec::new(), Vec::new()));
    Ok(())
}

#[test]
fn a_panic_silences_the_other_cores() -> Result<(), Failure> {
    let machine = Machine::virt().cpus(CORES as u32);
    others_fall_silent("panics-elsewhere", &machine, Image::under_test()?)?;
    others_fall_silent("panics-elsewhere-icount", &machine.clone().extra(&BY_INSTRUCTIONS), Image::under_test()?)?;
    others_fall_silent("panics-elsewhere-gicv2", &machine.gic(Gic::V2), Image::of_all_boards()?)
}

#[test]
fn cores_that_panic_at_once_tell_in_turn() -> Result<(), Failure> {
    for extra in [&[][..], &BY_INSTRUCTIONS] {
        let machine = Machine::virt().cpus(CORES as u32).extra(extra);
        let mut guest = provoked("panics-together", &machine, Image::under_test()?, "together")?;
        let (lines, _) = report(&guest)?;
        let speaker = lines.iter().find_map(|line| line.strip_prefix("  on CPU ")?.parse().ok());
        let speaker: usize = speaker.ok_or_else(|| guest.wrong("nobody says which CPU it is on"))?;
        assert_eq!(lines[0], format!("asked for by the shell, on CPU {speaker}"));
        let all: Vec<usize> = (0..CORES).filter(|core| *core != speaker).collect();
        // One that the host didn't let run in time tells after the report.
        for core in &all {
            if !guest.transcript().contains(&format!("\nCPU {core} panicked too: ")) {
                guest.wait_for(&format!("\nCPU {core} panicked too: "))?;
            }
        }
        let story = guest.settle(std::time::Duration::from_millis(100))?;
        let (lines, behind) = report(&guest)?;
        assert_eq!(beside(lines.iter().chain(&behind)), all, "{story}");
        for core in all {
            let note = format!("CPU {core} panicked too: asked for by the shell, on CPU {core}, at ");
            assert!(story.contains(&note), "no {note:?} in\n{story}");
        }
    }
    Ok(())
}

#[test]
fn a_core_that_can_not_be_stopped_is_named_and_tells_later() -> Result<(), Failure> {
    let machine = Machine::virt().cpus(CORES as u32).extra(&BY_INSTRUCTIONS);
    let mut guest = provoked("panics-masked", &machine, Image::under_test()?, "masked")?;
    let (lines, _) = report(&guest)?;
    let deaf: Vec<&String> = lines.iter().filter(|line| is_deaf(line)).collect();
    assert_eq!(deaf, ["  CPU 3 doesn't stop, and goes on meanwhile"]);
    assert!(beside(&lines).is_empty(), "it was masked for longer than that");
    guest.wait_for("\nCPU 3 panicked too: asked for by the shell, with interrupts masked, at ").map(drop)
}
