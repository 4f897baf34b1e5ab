//! A report as one page that needs nothing else: no network, no other file.
//!
//! Whatever comes from a tree or a board file goes through askama's escaping, and the page's policy allows only the
//! style and the script below, by their hashes: a hostile name is text, whatever it says.

mod devices;
mod graph;
mod interrupts;
mod map;

use std::collections::BTreeMap;

use askama::Template;
use sha2::{Digest, Sha256};

use super::{Finding, Fix, Hint, RegionKind, Report, Summary, Unbound, Variant, text};

const STYLE: &str = include_str!("../../../templates/report/page.css");
const SCRIPT: &str = include_str!("../../../templates/report/page.js");

/// The page.
#[derive(Template)]
#[template(path = "report/page.html")]
struct Page<'r> {
    board: &'r Summary,
    fingerprint: &'r str,
    /// Its text and its hash for the policy.
    style: (&'static str, String),
    script: (&'static str, String),
    figures: Vec<(&'static str, String)>,
    devices: usize,
    classes: Vec<devices::Class<'r>>,
    rows: Vec<map::Row>,
    /// Address, size, and what it is.
    regions: Vec<(String, String, String)>,
    grid: Vec<interrupts::Row>,
    lines: Vec<interrupts::Line<'r>>,
    graph: graph::Graph<'r>,
    fixes: &'r [Fix],
    variants: &'r [Variant],
    firmware: &'r [String],
    lab: &'r [Hint],
    named: Vec<Named<'r>>,
    unbound: &'r [Unbound],
    disabled: String,
    findings: &'r [Finding],
}

/// Devices of one binding that nobody drives.
struct Named<'r> {
    binding: &'r str,
    summary: &'r str,
    /// Why not, where there is a driver.
    why: Option<&'r str>,
    /// Index and name.
    devices: Vec<(usize, &'r str)>,
}

impl Report {
    /// The page.
    pub fn html(&self) -> String {
        let lines = interrupts::lines(self);
        let page = Page {
            board: &self.board,
            fingerprint: &self.fingerprint,
            style: (STYLE, hash(STYLE)),
            script: (SCRIPT, hash(SCRIPT)),
            figures: figures(self),
            devices: self.devices.len(),
            classes: devices::classes(self),
            rows: map::rows(self),
            regions: regions(self),
            grid: interrupts::grid(&lines),
            lines,
            graph: graph::graph(self),
            fixes: &self.fixes,
            variants: &self.variants,
            firmware: &self.firmware,
            lab: &self.lab,
            named: named(self),
            unbound: &self.unbound,
            disabled: text::count(self.disabled, "device"),
            findings: &self.findings,
        };
        // Writing into a String can't fail, and the templates call nothing that can.
        page.render().unwrap_or_default()
    }
}

/// A class as CSS and scripts name it.
fn slug(class: &str) -> String {
    class.to_lowercase().replace(' ', "-")
}

/// As `Content-Security-Policy` wants it (CSP Level 3, 2.3.1).
fn hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut base64 = String::new();
    for group in Sha256::digest(text.as_bytes()).chunks(3) {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 63;
            base64.push(if digit <= group.len() { char::from(DIGITS[value as usize]) } else { '=' });
        }
    }
    format!("sha256-{base64}")
}

fn figures(report: &Report) -> Vec<(&'static str, String)> {
    let board = &report.board;
    let driven = report.devices.iter().filter(|device| device.driver.is_some()).count();
    let ram = report.ram();
    let mut figures = vec![
        ("devices", report.devices.len().to_string()),
        ("driven", driven.to_string()),
        ("CPUs", report.cpus.len().to_string()),
        ("RAM", if ram == 0 { String::new() } else { text::size(ram) }),
        ("console", board.console.first().map_or("none", String::as_str).to_owned()),
        ("preset", board.preset.clone()),
        ("its drivers", board.drivers.join(", ")),
        ("its commands", board.commands.join(", ")),
        ("its features", board.features.join(", ")),
        ("known by", board.compatible.join(", ")),
        ("findings", report.findings.len().to_string()),
        ("fingerprint", report.fingerprint.clone()),
    ];
    figures.retain(|(_, value)| !value.is_empty());
    figures
}

fn regions(report: &Report) -> Vec<(String, String, String)> {
    let region = |it: &super::Region| {
        let kind = if it.kind == RegionKind::Ram { "RAM" } else { "reserved" };
        (text::hex(it.base), text::size(it.size), format!("{kind}, {}", it.origin))
    };
    report.memory.iter().map(region).collect()
}

fn named(report: &Report) -> Vec<Named<'_>> {
    let mut named: BTreeMap<(&str, Option<&str>), Named<'_>> = BTreeMap::new();
    for (index, device) in report.devices.iter().enumerate().filter(|(_, device)| device.driver.is_none()) {
        let (binding, summary, why) = (device.binding.as_str(), device.summary.as_str(), device.undriven.as_deref());
        let kind = named.entry((binding, why)).or_insert(Named { binding, summary, why, devices: Vec::new() });
        kind.devices.push((index, &device.name));
    }
    named.into_values().collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn hashes_are_those_of_the_policy() {
        // From the example of CSP Level 3, 8.3.
        assert_eq!(super::hash("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }
}
