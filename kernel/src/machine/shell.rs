//! The shell's loop: bytes in, one at a time; asleep when there are none.

use kernel_core::shell::{Command, Shell, commands};

use crate::arch::beacon::{BEACON, Stage};
use crate::arch::cpu;

use super::console::{self, Console};
use super::{Machine, tick};

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
    #[cfg(command = "uptime")]
    &commands::UPTIME,
    #[cfg(command = "selftest")]
    &commands::SELFTEST,
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
            match console::read() {
                Some(byte) if wanted => {
                    let _ = shell.feed(byte, self, &mut out);
                }
                // Thrown away: a byte that waits would keep the core awake.
                Some(_) => {}
                None => sleep(),
            }
        }
    }
}

/// Waits for an interrupt, unless a byte came since the queue was last looked at.
fn sleep() {
    if !console::wakes() && !tick::runs() {
        return core::hint::spin_loop();
    }
    let before = cpu::mask_interrupts();
    if console::is_idle() {
        // Wakes for a masked interrupt too, so none is slept over (DDI 0487, D1.6.2).
        cpu::wait_for_interrupt();
    }
    cpu::restore_interrupts(before);
}
