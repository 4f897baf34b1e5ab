//! From the model and the reference tree to a report.

use std::collections::BTreeSet;

use hardware::board::Class;
use hardware::tree::Tree;

use super::*;
use crate::findings::{Findings, Line, Severity};
use crate::model::board::{Board, Inputs, Located, Origin, Recorded};
use crate::parse::preset::Kind;

impl Report {
    /// All of it but the findings, which are complete only after the checks; see [`Report::with`].
    pub fn of(inputs: Inputs<'_>, board: &Board) -> Self {
        let (fixes, variants) = (changes::fixes(inputs.file, board), changes::variants(inputs.file));
        Self {
            format: FORMAT,
            board: summary(inputs, board),
            fingerprint: fingerprint::of(board, &fixes, &variants),
            cpus: board.cpus.iter().map(|cpu| self::cpu(board, cpu)).collect(),
            memory: memory(inputs.tree),
            classes: classes(board),
            devices: board.devices.iter().map(|device| self::device(inputs, board, device)).collect(),
            fixes,
            variants,
            firmware: board.firmware.clone(),
            lab: lab::hints(board.lab.as_ref()),
            start: start::steps(board),
            unbound: undriven::unbound(inputs),
            disabled: undriven::disabled(inputs.tree),
            findings: Vec::new(),
        }
    }

    /// The same with what differs in the kinds of `board`.
    #[must_use]
    pub fn beside(mut self, board: &Board) -> Self {
        for variant in &mut self.variants {
            let kind = board.variants.iter().find(|kind| kind.name == variant.name);
            variant.differs = kind.map(|kind| changes::differs(board, &kind.board)).unwrap_or_default();
        }
        self.fingerprint = fingerprint::beside(&self.fingerprint, &self.variants);
        self
    }

    /// The same with its findings.
    #[must_use]
    pub fn with(mut self, findings: &Findings) -> Self {
        self.findings = findings.iter().map(finding).collect();
        self
    }
}

fn summary(inputs: Inputs<'_>, board: &Board) -> Summary {
    let model = inputs.tree.root().property("model").and_then(|model| model.as_str().ok());
    let chosen = |kind| board.preset.of(kind).chosen().map(str::to_owned).collect();
    Summary {
        name: board.name.clone(),
        summary: board.summary.clone(),
        model: model.unwrap_or_default().to_owned(),
        compatible: board.compatible.clone(),
        file: board.source.path.clone(),
        tree: board.tree.to_string(),
        preset: board.preset.name.clone(),
        drivers: chosen(Kind::Driver),
        commands: chosen(Kind::Command),
        features: chosen(Kind::Feature),
        console: board.console.iter().map(|&index| board.devices[index].name.clone()).collect(),
        least_memory: board.least_memory,
    }
}

fn classes(board: &Board) -> Vec<String> {
    let classes: BTreeSet<Class> = board.devices.iter().map(|device| device.class).collect();
    classes.into_iter().map(text::class).collect()
}

fn device(inputs: Inputs<'_>, board: &Board, device: &crate::model::board::Device) -> Device {
    let binding = &inputs.bindings[device.binding];
    let window = |index: usize| binding.windows.get(index).and_then(|window| window.name.as_ref());
    Device {
        name: device.name.clone(),
        path: device.path.clone(),
        compatible: device.compatible.clone(),
        binding: device.binding_name.clone(),
        summary: binding.summary.clone(),
        class: text::class(device.class),
        stage: text::kebab(&device.stage),
        driver: device.driver.map(|driver| driver.name().to_owned()),
        undriven: device.undriven.clone(),
        present: at(board, device.present, "compatible".to_owned(), Present {}),
        windows: claims(board, &device.windows, |located| Window {
            base: located.value.base,
            size: located.value.size,
            name: window(located.index.into()).map(|name| name.value.clone()),
        }),
        interrupts: claims(board, &device.interrupts, |located| Interrupt {
            line: located.value.to_string(),
            intid: located.value.intid(),
            trigger: located.value.trigger.to_string(),
        }),
        clocks: claims(board, &device.clocks, |located| Clock { hertz: located.value.0 }),
        conduit: device
            .conduit
            .as_ref()
            .map(|located| claim(board, located, Conduit { conduit: located.value.to_string() })),
        left_out: device.left_out.clone(),
        needs: device.needs.iter().map(|&need| board.devices[need].name.clone()).collect(),
    }
}

fn cpu(board: &Board, cpu: &crate::model::board::Cpu) -> Cpu {
    Cpu { path: cpu.path.clone(), mpidr: claim(board, &cpu.mpidr, Mpidr { mpidr: cpu.mpidr.value.0 }) }
}

fn claims<T, V>(board: &Board, all: &[Located<T>], value: impl Fn(&Located<T>) -> V) -> Vec<Claim<V>> {
    all.iter().map(|located| claim(board, located, value(located))).collect()
}

fn claim<T, V>(board: &Board, located: &Located<T>, value: V) -> Claim<V> {
    at(board, located.fact, located.how.clone(), value)
}

fn at<V>(board: &Board, fact: usize, how: String, value: V) -> Claim<V> {
    let fact = &board.facts[fact];
    let origin = match &fact.origin {
        Origin::Tree => how,
        Origin::Variant(line) => format!("{how}, by the variant in {}:{}", line.file, line.number),
        Origin::Fix { fix, recorded } => {
            let Line { file, number } = &board.fixes[*fix].line;
            let instead = match recorded {
                Recorded::Value(value) => format!(" instead of {value}"),
                Recorded::Compatible(text) => format!(" instead of {text}"),
                _ => String::new(),
            };
            format!("{how}, by the fix in {file}:{number}{instead}")
        }
    };
    Claim {
        value,
        fact: fact.name.clone(),
        policy: fact.policy.as_str(),
        why: fact.why.as_ref().map(|(why, _)| why.clone()),
        origin,
    }
}

/// RAM, then what is reserved of it; a region without a meaning is a finding elsewhere.
fn memory(tree: &Tree<'_>) -> Vec<Region> {
    let ram = tree.memory().filter_map(Result::ok).map(|region| (region, RegionKind::Ram, "memory nodes".to_owned()));
    let header = tree.memory_reservations().map(|region| (region, "the header's reservations".to_owned()));
    let nodes = tree.reserved_memory().filter_map(Result::ok).flat_map(|reserved| {
        let path = reserved.node.path().to_string();
        reserved.regions().filter_map(Result::ok).map(move |region| (region, path.clone()))
    });
    let reserved = header.chain(nodes).map(|(region, origin)| (region, RegionKind::Reserved, origin));
    let mut regions: Vec<Region> = ram
        .chain(reserved)
        .map(|(region, kind, origin)| Region { base: region.base, size: region.size, kind, origin })
        .collect();
    regions.sort_by_key(|region| region.base);
    regions
}

fn finding(finding: &crate::findings::Finding) -> Finding {
    Finding {
        code: finding.code.to_string(),
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: finding.message.clone(),
        rendered: Findings::from(finding.clone()).render().trim_end().to_owned(),
    }
}
