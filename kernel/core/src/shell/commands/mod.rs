//! All commands; a row of [`ALL`] is a command.

mod board;
mod boot;
mod cpus;
mod dt;
mod echo;
mod files;
mod help;
mod irq;
mod log;
mod mem;
mod power;
mod uptime;

use super::command::Command;
use super::suggest;

/// In the order that help lists them within a category.
pub(super) static ALL: &[&Command] = &[
    &board::BOARD,
    &dt::DT,
    &boot::BOOT,
    &mem::MEM,
    &cpus::CPUS,
    &irq::IRQ,
    &uptime::UPTIME,
    &log::LOG,
    &files::LS,
    &files::CAT,
    &help::HELP,
    &echo::ECHO,
    &power::REBOOT,
    &power::POWEROFF,
    &power::PANIC,
];

/// The command called `name`.
pub(super) fn find(name: &str) -> Option<&'static Command> {
    ALL.iter().copied().find(|command| command.name == name)
}

/// The command whose name is like `name`.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    suggest::nearest(name, ALL.iter().map(|command| command.name))
}
