//! Which system this is: its package manager, who we are on it, what its release is called.

use std::fs;

use super::need::Need;
use crate::workspace;

/// The package managers that are known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manager {
    /// Debian, Ubuntu.
    Apt,
    /// Fedora and kin.
    Dnf,
    /// Arch and kin.
    Pacman,
    /// macOS, or Linux with Homebrew.
    Brew,
}

/// How a command gets root's rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// We are root.
    Already,
    /// `sudo -n` works.
    Sudo,
    /// A person must type it.
    Person,
}

/// What the plan depends on.
#[derive(Debug, Clone)]
pub(super) struct System {
    pub(super) manager: Option<Manager>,
    pub(super) root: Root,
    /// `VERSION_CODENAME` of os-release, `bookworm`.
    pub(super) codename: String,
    /// QEMU packages that are installed already; they must move together.
    pub(super) qemu_packages: Vec<String>,
}

impl System {
    /// The system that we run on.
    pub(super) fn this() -> Self {
        let manager = Manager::ALL.into_iter().find(|manager| has(manager.program()));
        let qemu_packages = if manager == Some(Manager::Apt) { installed_qemu_packages() } else { Vec::new() };
        Self { manager, root: Root::this(), codename: codename(), qemu_packages }
    }
}

impl Manager {
    const ALL: [Self; 4] = [Self::Apt, Self::Dnf, Self::Pacman, Self::Brew];

    fn program(self) -> &'static str {
        match self {
            Self::Apt => "apt-get",
            Self::Dnf => "dnf",
            Self::Pacman => "pacman",
            Self::Brew => "brew",
        }
    }

    /// The words before the package names.
    pub(super) fn install(self) -> &'static [&'static str] {
        match self {
            Self::Apt => {
                &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "--no-install-recommends"]
            }
            Self::Dnf => &["dnf", "install", "-y"],
            Self::Pacman => &["pacman", "-S", "--needed", "--noconfirm"],
            Self::Brew => &["brew", "install"],
        }
    }

    /// Homebrew refuses to run as root.
    pub(super) fn wants_root(self) -> bool {
        self != Self::Brew
    }

    /// The packages that bring `need`; none where it comes through rustup.
    pub(super) fn packages(self, need: Need) -> &'static [&'static str] {
        match (need, self) {
            (Need::Target | Need::Clippy | Need::Rustfmt | Need::Miri, _) => &[],
            (Need::Qemu, Self::Apt) => &["qemu-system-arm"],
            (Need::Qemu, Self::Dnf) => &["qemu-system-aarch64-core"],
            (Need::Qemu, Self::Pacman) => &["qemu-system-aarch64"],
            (Need::Qemu, Self::Brew) => &["qemu"],
            (Need::Dtc, Self::Apt) => &["device-tree-compiler"],
            (Need::Dtc, _) => &["dtc"],
            (Need::Libfdt, Self::Apt) => &["libfdt-dev"],
            (Need::Libfdt, Self::Dnf) => &["libfdt-devel"],
            (Need::Libfdt, _) => &["dtc"],
            (Need::Cc, Self::Apt) => &["gcc", "libc6-dev"],
            (Need::Cc, _) => &["gcc"],
            (Need::Cxx, Self::Apt) => &["g++"],
            (Need::Cxx, Self::Dnf) => &["gcc-c++"],
            (Need::Cxx, _) => &["gcc"],
            (Need::Chromium, _) => &["chromium"],
            (Need::Gdb, Self::Apt) => &["gdb-multiarch"],
            (Need::Gdb, Self::Dnf) => &["gdb"],
            (Need::Gdb, Self::Pacman) => &["aarch64-linux-gnu-gdb"],
            (Need::Gdb, Self::Brew) => &["aarch64-elf-gdb"],
        }
    }
}

impl Root {
    fn this() -> Self {
        if workspace::answer("id", &["-u"]).is_some_and(|id| id.trim() == "0") {
            Self::Already
        } else if workspace::answer("sudo", &["-n", "true"]).is_some() {
            Self::Sudo
        } else {
            Self::Person
        }
    }
}

fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn codename() -> String {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME=")).unwrap_or_default();
    value.trim_matches('"').to_owned()
}

fn installed_qemu_packages() -> Vec<String> {
    let arguments = ["-W", "-f", "${db:Status-Abbrev}${Package}\n", "qemu-*"];
    let list = workspace::answer("dpkg-query", &arguments).unwrap_or_default();
    list.lines().filter_map(|line| line.strip_prefix("ii ").map(str::to_owned)).collect()
}
