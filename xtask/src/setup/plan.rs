//! The commands that install what is missing: printed by `doctor`, carried out by `run` and `test`.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::debian;
use super::need::Need;
use super::system::{Manager, Root, System};
use crate::failure::Failure;
use crate::miri;
use crate::workspace::{self, KERNEL_TARGET};

/// Steps in their order, and what no step brings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    steps: Vec<Step>,
    by_hand: Vec<String>,
    root: Root,
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// As ourselves.
    Run(Vec<String>),
    /// With root's rights.
    RunAsRoot(Vec<String>),
    /// With root's rights: a file with this text.
    WriteAsRoot(&'static str, String),
}

impl Plan {
    /// How `missing` comes to `system`.
    pub(super) fn new(missing: &[Need], system: &System) -> Self {
        let mut plan = Self { steps: Vec::new(), by_hand: Vec::new(), root: system.root };
        plan.add_rust(missing);
        plan.add_packages(missing, system);
        plan
    }

    /// Runs the steps, saying each before it runs.
    pub(super) fn carry_out(&self) -> Result<(), Failure> {
        if let Some(first) = self.by_hand.first() {
            return Err(Failure::Missing(first.clone()));
        }
        for step in &self.steps {
            if self.root == Root::Person && !matches!(step, Step::Run(_)) {
                return Err(Failure::Missing("this needs root, and `sudo -n` does not work".to_owned()));
            }
            eprintln!("setup: {}", self.typed(step));
            self.run(step)?;
        }
        Ok(())
    }

    fn add_rust(&mut self, missing: &[Need]) {
        for need in missing {
            let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
            self.steps.push(Step::Run(match need {
                Need::Target => words(&["rustup", "target", "add", KERNEL_TARGET]),
                Need::Clippy => words(&["rustup", "component", "add", "clippy"]),
                Need::Rustfmt => words(&["rustup", "component", "add", "rustfmt"]),
                Need::Miri => miri::installation().to_vec(),
                _ => continue,
            }));
        }
    }

    fn add_packages(&mut self, missing: &[Need], system: &System) {
        let foreign = |need: &&Need| !matches!(need, Need::Target | Need::Clippy | Need::Rustfmt | Need::Miri);
        let missing: Vec<Need> = missing.iter().filter(foreign).copied().collect();
        let Some(manager) = system.manager else {
            self.by_hand.extend(missing.iter().map(|need| format!("{need}: no package manager that is known here")));
            return;
        };
        let (qemu, others): (Vec<Need>, Vec<Need>) = missing.iter().partition(|need| **need == Need::Qemu);
        let mut packages = packages(manager, &others);
        if manager == Manager::Apt && !missing.is_empty() {
            self.add_apt_preparation(&qemu, system);
        }
        if manager == Manager::Apt && !qemu.is_empty() && system.codename == debian::RELEASE {
            // All QEMU packages from one suite: 7.2 beside 10 conflicts.
            let mut all = vec!["qemu-system-arm".to_owned()];
            all.extend(system.qemu_packages.iter().filter(|name| *name != "qemu-system-arm").cloned());
            self.install(manager, &["-t", debian::BACKPORTS], &all);
        } else {
            packages.extend(self::packages(manager, &qemu));
        }
        self.install(manager, &[], &packages);
    }

    fn add_apt_preparation(&mut self, qemu: &[Need], system: &System) {
        if !qemu.is_empty()
            && system.codename == debian::RELEASE
            && let Some(stanza) = debian::stanza()
        {
            self.steps.push(Step::WriteAsRoot(debian::FILE, stanza));
        }
        self.steps.push(Step::RunAsRoot(vec!["apt-get".to_owned(), "update".to_owned()]));
    }

    fn install(&mut self, manager: Manager, options: &[&str], packages: &[String]) {
        if packages.is_empty() {
            return;
        }
        let words = manager.install().iter().chain(options).map(ToString::to_string);
        let words = words.chain(packages.iter().cloned()).collect();
        self.steps.push(if manager.wants_root() { Step::RunAsRoot(words) } else { Step::Run(words) });
    }

    fn run(&self, step: &Step) -> Result<(), Failure> {
        match step {
            Step::Run(words) => run(words),
            Step::RunAsRoot(words) if self.root == Root::Already => run(words),
            Step::RunAsRoot(words) => run(&sudo(words)),
            Step::WriteAsRoot(path, text) if self.root == Root::Already => {
                fs::write(path, text).map_err(Failure::file(Path::new(path)))
            }
            Step::WriteAsRoot(path, text) => write_with_sudo(path, text),
        }
    }

    fn typed(&self, step: &Step) -> String {
        let sudo = if self.root == Root::Already { "" } else { "sudo " };
        match step {
            Step::Run(words) => words.join(" "),
            Step::RunAsRoot(words) => format!("{sudo}{}", words.join(" ")),
            Step::WriteAsRoot(path, text) => {
                format!("{sudo}tee {path} <<'END'\n{text}END")
            }
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = self.steps.iter().map(|step| self.typed(step));
        let lines = steps.chain(self.by_hand.iter().cloned()).collect::<Vec<_>>();
        f.write_str(&lines.join("\n"))
    }
}

fn packages(manager: Manager, needs: &[Need]) -> Vec<String> {
    let mut names: Vec<String> =
        needs.iter().flat_map(|need| manager.packages(*need)).map(ToString::to_string).collect();
    names.dedup();
    names
}

fn sudo(words: &[String]) -> Vec<String> {
    ["sudo", "-n"].map(str::to_owned).into_iter().chain(words.iter().cloned()).collect()
}

fn run(words: &[String]) -> Result<(), Failure> {
    let (program, arguments) = words.split_first().map_or(("", [].as_slice()), |(first, rest)| (first.as_str(), rest));
    workspace::run(Command::new(program).args(arguments).current_dir(workspace::root()))
}

/// `install` copies from a file that we can write to one that only root can.
fn write_with_sudo(path: &str, text: &str) -> Result<(), Failure> {
    let own = workspace::target().join("keel-backports.sources");
    fs::write(&own, text).map_err(Failure::file(&own))?;
    let own = own.display().to_string();
    run(&sudo(&["install", "-m", "644", &own, path].map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(manager: Option<Manager>, codename: &str) -> System {
        System {
            manager,
            root: Root::Sudo,
            codename: codename.to_owned(),
            qemu_packages: vec!["qemu-utils".to_owned()],
        }
    }

    #[test]
    fn bookworm_takes_every_qemu_package_from_backports() {
        let plan =
            Plan::new(&[Need::Target, Need::Qemu, Need::Dtc], &system(Some(Manager::Apt), "bookworm")).to_string();
        assert!(plan.starts_with("rustup target add aarch64-unknown-none-softfloat\n"), "{plan}");
        assert!(plan.contains("-t bookworm-backports qemu-system-arm qemu-utils\n"), "{plan}");
        assert!(plan.ends_with("--no-install-recommends device-tree-compiler"), "{plan}");
        assert!(plan.contains("sudo apt-get update\n"), "{plan}");
    }

    #[test]
    fn other_systems_name_their_own_packages() {
        let needs = [Need::Qemu, Need::Dtc, Need::Libfdt];
        let typed = |manager| Plan::new(&needs, &system(Some(manager), "")).to_string();
        assert_eq!(typed(Manager::Pacman), "sudo pacman -S --needed --noconfirm dtc qemu-system-aarch64");
        assert_eq!(typed(Manager::Brew), "brew install dtc qemu");
        let trixie = Plan::new(&needs, &system(Some(Manager::Apt), "trixie")).to_string();
        assert!(trixie.ends_with("device-tree-compiler libfdt-dev qemu-system-arm"), "{trixie}");
    }

    #[test]
    fn an_unknown_system_is_told_what_it_lacks() {
        let plan = Plan::new(&[Need::Dtc], &system(None, ""));
        assert!(plan.to_string().starts_with("dtc: "), "{plan}");
        assert!(plan.carry_out().is_err());
    }

    #[test]
    fn nothing_missing_is_nothing_to_do() {
        assert_eq!(Plan::new(&[], &system(Some(Manager::Apt), "bookworm")).steps, []);
    }
}
