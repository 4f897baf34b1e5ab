//! Where things are, and how other programs are run.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use crate::failure::Failure;

/// The target that the kernel is built for.
pub(crate) const KERNEL_TARGET: &str = "aarch64-unknown-none-softfloat";

/// The workspace's root folder.
pub(crate) fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

/// A board as it was typed, for programs that run in another folder: a name, or the path of a board file.
pub(crate) fn board(typed: &str) -> Result<String, String> {
    if !codegen::parse::home::is_path(typed) {
        return Ok(typed.to_owned());
    }
    let path = std::path::absolute(typed).map_err(|error| error.to_string())?;
    Ok(path.display().to_string())
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The Cargo that runs this command, in the workspace's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// The command as it would be typed.
pub(crate) fn typed(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Runs it with our own standard streams; it must succeed.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|source| start(command, source))?;
    if status.success() { Ok(()) } else { Err(failed(command, &status.to_string())) }
}

/// Ends as it: where the system can do that, this process becomes the command, so that whoever stops one stops the other.
#[cfg(unix)]
pub(crate) fn become_it(command: &mut Command) -> Result<ExitCode, Failure> {
    use std::os::unix::process::CommandExt;

    let source = command.exec();
    Err(start(command, source))
}

/// Ends as it does.
#[cfg(not(unix))]
pub(crate) fn become_it(command: &mut Command) -> Result<ExitCode, Failure> {
    run(command).map(|()| ExitCode::SUCCESS)
}

/// Runs it with its output kept, whatever its status.
pub(crate) fn capture(command: &mut Command) -> Result<Output, Failure> {
    command.output().map_err(|source| start(command, source))
}

/// What it prints on standard output; `None` where it can't be started or fails.
pub(crate) fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The failure of a command that ended with `status`.
pub(crate) fn failed(command: &Command, status: &str) -> Failure {
    Failure::Command { command: typed(command), status: status.to_owned() }
}

fn start(command: &Command, source: std::io::Error) -> Failure {
    Failure::Start { program: command.get_program().to_string_lossy().into_owned(), source }
}
