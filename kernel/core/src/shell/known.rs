//! The commands that a shell knows: those of the image that the board's preset chooses.

use hardware::board::Preset;

use super::command::Command;
use super::suggest;
use crate::system::System;

/// What of an image's commands the machine's preset has.
#[derive(Clone, Copy)]
pub(super) struct Known {
    image: &'static [&'static Command],
    /// `None` where no board was found: then everything helps.
    preset: Option<&'static Preset>,
}

impl Known {
    #[inline(never)]
    pub(super) fn new(image: &'static [&'static Command], system: &dyn System) -> Self {
        Self { image, preset: system.board().map(|board| &board.preset) }
    }

    /// In the image's order.
    pub(super) fn iter(self) -> impl Iterator<Item = &'static Command> {
        let has = move |command: &&Command| self.preset.is_none_or(|preset| preset.has_command(command.name));
        self.image.iter().copied().filter(has)
    }

    /// The command called `name`.
    pub(super) fn find(self, name: &str) -> Option<&'static Command> {
        self.iter().find(|command| command.name == name)
    }

    /// The command whose name is like `name`.
    pub(super) fn nearest(self, name: &str) -> Option<&'static str> {
        suggest::nearest(name, self.iter().map(|command| command.name))
    }

    /// The preset that has left out the command called `name`, if there is such a command.
    pub(super) fn left_out_by(self, name: &str) -> Option<&'static str> {
        let preset = self.preset?;
        (preset.all.has_command(name) && !preset.has_command(name)).then_some(preset.name)
    }
}
