//! The shell's thread: bytes in, one at a time; it waits when there are none.

use kernel_core::shell::{Command, Shell, commands};

use crate::arch::beacon::{BEACON, Stage};

use super::Machine;
use super::console::{self, Console};

/// The commands that some board of this image wants, in the order that help lists them within a category.
static COMMANDS: &[&Command] = &[
    #[cfg(command = "board")]
    &commands::BOARD,
    #[cfg(command = "dt")]
    &commands::DT,
    #[cfg(command = "boot")]
    &commands::BOOT,
    #[cfg(command = "mem")]
    &commands::MEM,
    #[cfg(command = "cpus")]
    &commands::CPUS,
    #[cfg(command = "irq")]
    &commands::IRQ,
    #[cfg(command = "threads")]
    &commands::THREADS,
    #[cfg(command = "uptime")]
    &commands::UPTIME,
    #[cfg(command = "selftest")]
    &commands::SELFTEST,
    #[cfg(command = "stress")]
    &commands::STRESS,
    #[cfg(command = "bench")]
    &commands::BENCH,
    #[cfg(command = "log")]
    &commands::LOG,
    #[cfg(command = "ls")]
    &commands::LS,
    #[cfg(command = "cat")]
    &commands::CAT,
    #[cfg(command = "blk")]
    &commands::BLK,
    #[cfg(command = "help")]
    &commands::HELP,
    #[cfg(command = "echo")]
    &commands::ECHO,
    #[cfg(command = "reboot")]
    &commands::REBOOT,
    #[cfg(command = "poweroff")]
    &commands::POWEROFF,
    #[cfg(command = "panic")]
    &commands::PANIC,
];

impl Machine<'_> {
    /// Talks to whoever is at the console, for ever; where the preset has no commands, nobody is listened to.
    pub fn shell(&mut self) -> ! {
        let mut shell = Shell::new(COMMANDS);
        let mut out = Console;
        let wanted = !COMMANDS.is_empty() && self.board.preset.has_shell();
        if wanted {
            // The console's writer has no errors.
            let _ = shell.start(&mut out);
            BEACON.reach(Stage::Prompt);
        }
        loop {
            let byte = console::wait();
            // Else thrown away: bytes that nobody takes would fill the queue, and the log with it.
            if wanted {
                let _ = shell.feed(byte, self, &mut out);
            }
        }
    }
}
