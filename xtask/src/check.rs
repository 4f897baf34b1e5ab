//! What is wrong with boards, without building anything.

use std::process::ExitCode;

use codegen::Generated;

use crate::workspace;

/// Checks `names`, or all boards where there is none, and prints every finding.
pub(crate) fn run(names: &[String]) -> ExitCode {
    let root = workspace::root();
    let all = codegen::boards(&root);
    let mut code = ExitCode::SUCCESS;
    for name in if names.is_empty() { &all } else { names } {
        match codegen::board(&root, name) {
            Ok(generated) => {
                eprint!("{}", generated.findings);
                println!("{}", summary(&generated));
            }
            Err(findings) => {
                eprint!("{findings}");
                println!("{name}: nothing can be generated, findings: {}", findings.iter().count());
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

fn summary(Generated { board, findings, .. }: &Generated) -> String {
    let driven = board.devices.iter().filter(|device| device.driver.is_some()).count();
    format!(
        "{}: {} devices ({driven} with a driver), {} facts, {} CPUs, warnings: {}",
        board.name,
        board.devices.len(),
        board.facts.len(),
        board.cpus.len(),
        findings.iter().count(),
    )
}
