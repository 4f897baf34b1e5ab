//! Guest instructions from reset to the prompt, and where they go.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::{Cause, Failure, Guest, Image, Machine, PROMPT, paths};

use crate::figure::Figures;

/// NuttX' leanest shell needs 385,706 on the same machine.
const INSTRUCTIONS: f64 = 380_000.0;
/// The sum over four cores, each of which has its own interface, timer and stacks to set up.
const FOUR_CORES: f64 = 1_000_000.0;
/// The stripped Image: 256 KiB were for the boot slice, as much again is for what makes it a kernel.
const IMAGE_BYTES: f64 = 524_288.0;

/// Boots on one CPU and on four.
pub(crate) fn measure(image: &Image, figures: &mut Figures) -> Result<(), Failure> {
    let plugin = compile_plugin()?;
    let (first, mut guest) = count(image, &plugin, "bench-1")?;
    let (second, _) = count(image, &plugin, "bench-2")?;
    if first != second {
        return Err(guest.wrong(&format!("{first} instructions in the first run, {second} in the second")));
    }
    let time = time(image, 1)?;
    figures.add_counted("boot, reset to prompt", first as f64, time, Some(INSTRUCTIONS), "identical in two runs");
    four_cores(image, figures)?;
    let stages = guest.run("boot --json")?;
    add_stages(&stages, first, figures).map_err(|what| guest.wrong(&what))?;
    let size = fs::metadata(&image.path).map_err(|source| Cause::File { path: image.path.clone(), source })?.len();
    figures.add("stripped Image", size as f64, "bytes", Some(IMAGE_BYTES), "");
    Ok(())
}

/// With four cores the counter, which all share, is what all of them executed: core 0 never waits on the way to its prompt.
/// QEMU 10.0.2's plugins don't get that far: it aborts where a plugin counts and a second core starts under `-icount`.
fn four_cores(image: &Image, figures: &mut Figures) -> Result<(), Failure> {
    let total = |name: &str| {
        let mut guest = Machine::virt().cpus(4).instructions_as_time().boot(name, image)?;
        guest.wait_for_prompt()?;
        ticks(&mut guest, 4)
    };
    let (first, second) = (total("bench-4-first")?, total("bench-4-second")?);
    let note = if first == second { "all cores', identical in two runs" } else { "all cores', the larger of two runs" };
    figures.add_counted("boot, four cores", first.max(second) as f64, time(image, 4)?, Some(FOUR_CORES), note);
    Ok(())
}

/// Nanoseconds from the kernel's entry to the prompt, where time is the host's.
fn time(image: &Image, cpus: u32) -> Result<f64, Failure> {
    let mut guest = Machine::virt().cpus(cpus).boot(&format!("bench-{cpus}-time"), image)?;
    guest.wait_for_prompt()?;
    let ticks = ticks(&mut guest, cpus)?;
    let report = guest.run("uptime --json")?;
    let json: Option<Value> = serde_json::from_str(&report).ok();
    let hertz = json.and_then(|json| json["frequency_hz"].as_u64()).filter(|&hertz| hertz > 0);
    let hertz = hertz.ok_or_else(|| guest.wrong(&format!("no frequency_hz in {report}")))?;
    Ok((ticks as f64 * 1e9 / hertz as f64).round())
}

/// The counter's ticks from the kernel's entry to the prompt, by which `cpus` have to run.
fn ticks(guest: &mut Guest, cpus: u32) -> Result<u64, Failure> {
    let report = guest.run("boot --json")?;
    let json: Option<Value> = serde_json::from_str(&report).ok();
    let json = json.filter(|json| json["cpus_online"].as_u64() == Some(cpus.into()));
    let total = json.and_then(|json| json["total_ticks"].as_u64());
    total.ok_or_else(|| guest.wrong(&format!("{cpus} cores and a total are not in {report}")))
}

/// The instructions that had executed when the first prompt was complete, and the guest that waits there.
fn count(image: &Image, plugin: &Path, name: &str) -> Result<(u64, Guest), Failure> {
    let out = paths::scratch(&format!("{name}-count"))?.join("count");
    let plugin = format!("{},out={},token={PROMPT}", plugin.display(), out.display());
    let machine = Machine::virt().instructions_as_time().extra(&["-plugin", &plugin]);
    let mut guest = machine.boot(name, image)?;
    guest.wait_for_prompt()?;
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        let text = fs::read_to_string(&out).unwrap_or_default();
        let token = text.lines().find_map(|line| line.strip_prefix("T ")?.parse().ok());
        match token {
            Some(instructions) => return Ok((instructions, guest)),
            None if Instant::now() > until => return Err(guest.wrong("the plugin did not see the prompt")),
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// `{"stages": [{"name": …, "ticks": …}, …]}`: with the counter at a nanosecond an instruction, ticks are instructions.
fn add_stages(json: &str, total: u64, figures: &mut Figures) -> Result<(), String> {
    let report: Value = serde_json::from_str(json).map_err(|error| format!("`boot --json`: {error}: {json}"))?;
    let stages = report["stages"].as_array().filter(|stages| !stages.is_empty());
    for stage in stages.ok_or_else(|| format!("`boot --json` has no stages: {json}"))? {
        let (name, ticks) = (stage["name"].as_str(), stage["ticks"].as_u64());
        let (Some(name), Some(ticks)) = (name, ticks) else {
            return Err(format!("a stage without name or ticks: {stage}"));
        };
        let share = format!("{:.1} %", 100.0 * ticks as f64 / total as f64);
        figures.add(&format!("  stage {name}"), ticks as f64, "instructions", None, &share);
    }
    Ok(())
}

fn compile_plugin() -> Result<PathBuf, Failure> {
    let source = paths::root().join("tests/plugin/instructions.c");
    let plugin = paths::scratch("bench-plugin")?.join("instructions.so");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O2", "-o"]).arg(&plugin).arg(source);
    if cfg!(target_os = "macos") {
        cc.args(["-undefined", "dynamic_lookup"]);
    }
    let told = |what: String| Failure::from(Cause::Tool { program: "cc".to_owned(), what });
    let output = cc.output().map_err(|error| told(error.to_string()))?;
    if output.status.success() { Ok(plugin) } else { Err(told(String::from_utf8_lossy(&output.stderr).into_owned())) }
}
