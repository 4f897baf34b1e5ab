//! The presets' commands are the shell's.

use codegen::findings::{Findings, Source};
use codegen::parse::preset;
use kernel_core::shell::commands::ALL;
use tests::paths;

#[test]
fn presets_choose_from_the_commands_of_the_shell() {
    let text = std::fs::read_to_string(paths::root().join(preset::FILE)).expect("the presets");
    let presets = preset::read(&Source::new(preset::FILE, text), &mut Findings::default()).expect("presets");
    let known: Vec<(&str, &str)> =
        presets.commands.iter().map(|(name, part)| (name.as_str(), part.summary.as_str())).collect();
    let mut there: Vec<(&str, &str)> = ALL.iter().map(|command| (command.name(), command.brief())).collect();
    there.sort_unstable();
    assert_eq!(known, there, "[commands] of schemas/presets.toml, and kernel/core/src/shell/commands");
}
