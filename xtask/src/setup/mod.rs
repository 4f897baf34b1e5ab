//! What the commands need on the machine, and how to get it.
//!
//! [`need`] looks and never changes anything; [`plan`] turns what is missing into commands for this system's package
//! manager ([`system`], and [`debian`] for QEMU on Debian 12). `doctor` prints that plan, [`provide`] carries it out.

mod debian;
mod need;
mod plan;
mod system;

use std::process::ExitCode;

pub(crate) use need::Need;
use need::State;
use plan::Plan;
use system::System;

use crate::failure::Failure;

/// Makes sure that `needs` are there: says what is missing, installs it, looks again.
pub(crate) fn provide(needs: &[Need]) -> Result<(), Failure> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    let plan = Plan::new(&missing.iter().map(|(need, _)| *need).collect::<Vec<_>>(), &System::this());
    for (need, why) in &missing {
        eprintln!("setup: {need}: {why}");
    }
    if let Err(failure) = plan.carry_out() {
        eprintln!("setup: {failure}");
        return Err(Failure::Missing(format!("install by hand, then try again:\n{plan}")));
    }
    still_missing(needs, &plan)
}

/// The same for what tests are skipped without: says what is still missing and goes on.
pub(crate) fn offer(needs: &[Need]) {
    if let Err(failure) = provide(needs) {
        eprintln!("setup: going on without: {failure}");
    }
}

/// Prints a line for each need and, for those that are missing, the exact commands; fails when a required one is.
pub(crate) fn doctor() -> ExitCode {
    let mut wanting = Vec::new();
    let mut required = false;
    for &need in Need::ALL {
        let (mark, detail) = match need.state() {
            State::There(version) => ("ok", version),
            State::Missing(why) => {
                wanting.push(need);
                required |= !need.is_optional();
                (if need.is_optional() { "optional" } else { "MISSING" }, why)
            }
        };
        println!("{mark:8}  {:24}  {:40}  {detail}", need.to_string(), need.purpose());
    }
    if wanting.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("\nto install what is missing:\n{}", Plan::new(&wanting, &System::this()));
    if required { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn missing(needs: &[Need]) -> Vec<(Need, String)> {
    let look = |&need: &Need| match need.state() {
        State::There(_) => None,
        State::Missing(why) => Some((need, why)),
    };
    needs.iter().filter_map(look).collect()
}

fn still_missing(needs: &[Need], plan: &Plan) -> Result<(), Failure> {
    let left = missing(needs);
    if left.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = left.iter().map(|(need, why)| format!("  {need}: {why}")).collect();
    Err(Failure::Missing(format!("still missing after\n{plan}\n{}", lines.join("\n"))))
}
