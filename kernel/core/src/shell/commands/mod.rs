//! The shell's commands; an image has those that some board of it wants.

mod bench;
mod blk;
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
mod selftest;
mod stress;
mod threads;
mod uptime;

pub use bench::BENCH;
pub use blk::BLK;
pub use board::BOARD;
pub use boot::BOOT;
pub use cpus::CPUS;
pub use dt::DT;
pub use echo::ECHO;
pub use files::{CAT, LS};
pub use help::HELP;
pub use irq::IRQ;
pub use log::LOG;
pub use mem::MEM;
pub use power::{PANIC, POWEROFF, REBOOT};
pub use selftest::SELFTEST;
pub use stress::STRESS;
pub use threads::THREADS;
pub use uptime::UPTIME;

use super::command::Command;

/// Every command there is, in the order that help lists them within a category. An image that names it has them all.
pub static ALL: &[&Command] = &[
    &BOARD, &DT, &BOOT, &MEM, &CPUS, &IRQ, &THREADS, &UPTIME, &SELFTEST, &STRESS, &BENCH, &LOG, &LS, &CAT, &BLK, &HELP,
    &ECHO, &REBOOT, &POWEROFF, &PANIC,
];
