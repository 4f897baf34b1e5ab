//! Faults that correct code never has, forced on a core through QEMU's gdb stub: each must end in a report that names it.

use std::time::Duration;

use tests::stub::{PC, SP, Socket, Stub};
use tests::{EntryLevel, Failure, Image, Machine, PROMPT};

/// Where the image is linked: its header, which is mapped as code.
const IMAGE: u64 = 0xffff_ffff_8000_0000;
const PAGE: u64 = 0x1000;
/// Where the device windows start.
const DEVICE: u64 = 0xffff_8000_0000_0000;

/// Boots to the prompt, lets `push` misplace the core, and gives back what it says.
fn fault(name: &str, push: impl FnOnce(&mut Stub) -> Result<(), Failure>) -> Result<String, Failure> {
    let socket = Socket::new(name);
    let arguments = socket.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut guest = Machine::virt().extra(&arguments).boot(name, Image::under_test()?)?;
    guest.wait_for_prompt()?;
    // The shell has begun to wait: what is misplaced is the idle thread.
    guest.settle(Duration::from_millis(200))?;
    let mut stub = socket.connect()?;
    stub.leave_handlers()?;
    // The idle loop needs no stack; a line to read does, and comes by an interrupt.
    guest.send_line("echo")?;
    push(&mut stub)?;
    stub.go()?;
    guest.wait_for("PANIC: ")?;
    guest.wait_for("panic: ")?;
    guest.settle(Duration::from_millis(200))?;
    let story = guest.transcript();
    let (_, story) = story.split_once("PANIC: ").unwrap_or_default();
    assert!(!story.contains(PROMPT) && !story.contains("PANIC"), "{story}");
    for part in ["elr ", "esr ", "spsr ", "x0 ", "x30 ", "backtrace"] {
        guest.expect(story, part)?;
    }
    Ok(story.to_owned())
}

fn first_line(story: &str) -> &str {
    story.lines().next().unwrap_or_default()
}

#[test]
fn a_full_stack_is_told_as_such() -> Result<(), Failure> {
    let story = fault("fault-stack", |stub| {
        let mut page = stub.register(SP)? & !(PAGE - 1);
        while stub.is_mapped(page)? {
            page -= PAGE;
        }
        stub.set_register(SP, page + PAGE / 2)
    })?;
    assert_eq!(first_line(&story), r#"the stack of thread 1, "idle", is full: its guard page was hit"#);
    assert!(story.contains("guard page below the stack of thread 1"), "{story}");
    Ok(())
}

#[test]
fn a_stack_that_is_filled_is_told_as_such() -> Result<(), Failure> {
    let mut guest = Machine::virt().boot("fault-overflow", Image::under_test()?)?;
    guest.wait_for_prompt()?;
    guest.send_line("panic overflow --yes")?;
    guest.wait_for("PANIC: the stack of thread ")?;
    guest.wait_for(" is full: its guard page was hit")?;
    guest.wait_for("guard page below the stack of thread ")?;
    guest.wait_for("backtrace")?;
    guest.wait_for("panic: ").map(drop)
}

#[test]
fn the_boots_stack_has_a_guard_too() -> Result<(), Failure> {
    let image = Image::under_test()?;
    let guard = image.symbol("__stack_guard")?;
    // The shell goes on where the boot came to: it echoes what is typed.
    let echo = image.symbol("<keel::machine::console::Console as core::fmt::Write>::write_str")?;
    let story = fault("fault-boot-stack", |stub| {
        stub.run_to(echo)?;
        stub.set_register(SP, guard + PAGE / 2)
    })?;
    assert_eq!(first_line(&story), "the main stack is full: its guard page was hit");
    Ok(())
}

#[test]
fn the_exception_stack_has_a_guard_too() -> Result<(), Failure> {
    let image = Image::under_test()?;
    let guard = image.symbol("__exception_stack_guard")?;
    // The vector of an interrupt that comes while code runs on SP_EL0 (DDI 0487, D1.3.1).
    let interrupt = image.symbol("vectors")? + 0x80;
    let story = fault("fault-exception-stack", |stub| {
        stub.run_to(interrupt)?;
        stub.set_register(SP, guard + PAGE / 2)
    })?;
    assert_eq!(first_line(&story), "the exception stack of CPU 0 is full: its guard page was hit");
    Ok(())
}

/// Lets an exception handler hit its guard page, and goes to where the vectors save registers on the emergency stack.
fn run_to_the_emergency_stack(stub: &mut Stub) -> Result<(), Failure> {
    let image = Image::under_test()?;
    stub.run_to(image.symbol("vectors")? + 0x80)?;
    stub.set_register(SP, image.symbol("__exception_stack_guard")? + PAGE / 2)?;
    stub.run_to(image.symbol("save")?)?;
    let (bottom, top) = (image.symbol("__emergency_stack_bottom")?, image.symbol("__emergency_stack_top")?);
    let sp = stub.register(SP)?;
    assert!((bottom..top).contains(&sp), "{sp:#x} isn't on the emergency stack");
    Ok(())
}

#[test]
fn the_emergency_stack_has_a_guard_and_is_told_on_itself() -> Result<(), Failure> {
    let guard = Image::under_test()?.symbol("__emergency_stack_guard")?;
    let story = fault("fault-emergency-stack", |stub| {
        run_to_the_emergency_stack(stub)?;
        stub.set_register(SP, guard + PAGE / 2)
    })?;
    assert_eq!(first_line(&story), "the emergency stack of CPU 0 is full: its guard page was hit");
    Ok(())
}

#[test]
fn without_an_emergency_stack_the_beacon_tells_and_the_core_rests() -> Result<(), Failure> {
    /// Where in the beacon the stage is, and what ESR, FAR and ELR were (docs/guides/debugging.md).
    const STAGE: u64 = 0x08;
    const FAULT: u64 = 0x28;
    const SPEECHLESS: u64 = 0x44;
    /// Vectors of exceptions in a handler.
    const NESTED: std::ops::Range<u64> = 0x200..0x400;
    let (image, socket) = (Image::under_test()?, Socket::new("fault-speechless"));
    let arguments = socket.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut guest = Machine::virt().extra(&arguments).boot("fault-speechless", image)?;
    guest.wait_for_prompt()?;
    guest.settle(Duration::from_millis(200))?;
    let mut stub = socket.connect()?;
    stub.leave_handlers()?;
    guest.send_line("echo")?;
    let (vectors, beacon) = (image.symbol("vectors")?, image.symbol("BEACON")?);
    let (guard, top) = (image.symbol("__emergency_stack_guard")?, image.symbol("__emergency_stack_top")?);
    stub.run_to(vectors + 0x80)?;
    stub.set_register(SP, image.symbol("__exception_stack_guard")? + PAGE / 2)?;
    stub.run_to(vectors + NESTED.start)?;
    while stub.register(SP)? != top {
        stub.step()?;
    }
    let nowhere = guard + PAGE / 2;
    stub.set_register(SP, nowhere)?;
    stub.run_to(image.symbol("speechless_rests")?)?;
    let stage = stub.words(beacon + STAGE, 1)?;
    assert_eq!(stage.first().map(|word| word & 0xffff_ffff), Some(SPEECHLESS));
    let fault = stub.words(beacon + FAULT, 3)?;
    let [esr, far, elr] = fault.as_slice() else { panic!("three words: {fault:?}") };
    // A data abort at EL1 (DDI 0487, ESR_EL1: EC 0x25) by the vectors, below the stack.
    assert_eq!(esr >> 26, 0x25, "ESR {esr:#x}");
    assert!((guard..nowhere).contains(far), "FAR {far:#x}");
    assert!(NESTED.contains(&(elr - vectors)), "ELR {elr:#x}");
    stub.go()?;
    let story = guest.settle(Duration::from_millis(300))?;
    assert!(!story.contains("PANIC"), "{story}");
    assert!(guest.is_running()?, "the core rests");
    Ok(())
}

#[test]
fn a_panic_in_a_panic_is_told_and_ends() -> Result<(), Failure> {
    let mut guest = Machine::virt().boot("fault-twice", Image::under_test()?)?;
    guest.wait_for_prompt()?;
    guest.send_line("panic twice --yes")?;
    guest.wait_for("PANIC while reporting a panic: ")?;
    guest.wait_for("asked for by the shell, in the report of a panic")?;
    guest.wait_for("panic: ")?;
    let story = guest.settle(Duration::from_millis(200))?;
    assert_eq!(story.matches("PANIC while reporting").count(), 1, "{story}");
    Ok(())
}

#[test]
fn a_device_window_that_nobody_mapped_is_told_as_such() -> Result<(), Failure> {
    // The place of fw_cfg, which no driver has.
    let story = fault("fault-window", |stub| stub.set_register(SP, DEVICE + 0x902_0800))?;
    assert!(first_line(&story).starts_with("data abort on a write: translation fault"), "{story}");
    assert!(story.contains("the device window at 0x9020") && story.contains(", which nobody has"), "{story}");
    Ok(())
}

#[test]
fn data_is_never_code() -> Result<(), Failure> {
    let story = fault("fault-execute", |stub| {
        let stack = stub.register(SP)?;
        stub.set_register(PC, stack)
    })?;
    assert_eq!(first_line(&story), "instruction abort: permission fault, level 3");
    assert!(story.contains("stack of thread 1"), "{story}");
    Ok(())
}

#[test]
fn code_is_never_written() -> Result<(), Failure> {
    let story = fault("fault-write", |stub| stub.set_register(SP, IMAGE + PAGE))?;
    assert_eq!(first_line(&story), "data abort on a write: permission fault, level 3");
    assert!(story.contains("  text+0x"), "{story}");
    Ok(())
}

#[test]
fn the_low_half_is_off() -> Result<(), Failure> {
    let story = fault("fault-low", |stub| stub.set_register(PC, 0x4020_0000))?;
    assert_eq!(first_line(&story), "instruction abort: translation fault, level 0");
    Ok(())
}

#[test]
fn an_undefined_instruction_is_told_as_such() -> Result<(), Failure> {
    // The image header's second word is zero, which is UDF (DDI 0487, C6.2.446).
    let story = fault("fault-undefined", |stub| stub.set_register(PC, IMAGE + 4))?;
    assert!(first_line(&story).starts_with("undefined instruction"), "{story}");
    assert!(story.contains("text+0x4"), "{story}");
    Ok(())
}

#[test]
fn the_image_has_one_mapping() -> Result<(), Failure> {
    let socket = Socket::new("fault-alias");
    let arguments = socket.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let machine = Machine::virt().entry(EntryLevel::El2).extra(&arguments);
    let mut guest = machine.boot("fault-alias", Image::under_test()?)?;
    guest.wait_for_prompt()?;
    let mut stub = socket.connect()?;
    // QEMU loads it at 0x4020_0000; the linear map starts at 0xffff_0000_0000_0000.
    for alias in [0x4020_0000, 0xffff_0000_4020_0000] {
        assert!(!stub.is_mapped(alias)?, "the image can be reached at {alias:#x} too");
    }
    assert!(stub.is_mapped(0xffff_0000_4000_0000)?, "free RAM is in the linear map");
    assert!(stub.is_mapped(IMAGE)?);
    Ok(())
}
