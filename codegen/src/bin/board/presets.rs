//! `presets`: what each preset chooses, side by side.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;
use codegen::model::board::Preset;
use codegen::parse::preset::Kind;

use crate::{End, Refusal, output, project};

/// How to say it.
#[derive(Args)]
pub(crate) struct Arguments {
    /// As one JSON object: for each preset the names that it chooses, by kind.
    #[arg(long)]
    json: bool,
}

/// Prints the matrix: a row for each driver, command and feature, a column for each preset.
pub(crate) fn run(arguments: &Arguments, root: Option<&Path>) -> Result<End, Refusal> {
    let root = project::root(root)?;
    let (presets, findings) = codegen::presets(&root).map_err(|findings| Refusal(findings.render()))?;
    eprint!("{findings}");
    if arguments.json {
        output::line(json(&presets));
    } else {
        output::print(matrix(&presets));
    }
    Ok(End::Fine)
}

fn json(presets: &BTreeMap<String, Preset>) -> serde_json::Value {
    let preset = |preset: &Preset| {
        let chosen = |kind: Kind| (kind.plural(), preset.of(kind).chosen().collect::<Vec<_>>());
        serde_json::json!(Kind::ALL.map(chosen).into_iter().collect::<BTreeMap<_, _>>())
    };
    presets.iter().map(|(name, of)| (name.clone(), preset(of))).collect::<serde_json::Map<_, _>>().into()
}

fn matrix(presets: &BTreeMap<String, Preset>) -> String {
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        // The presets' names stand once, above the first kind.
        let names = if rows.is_empty() { presets.keys().cloned().collect() } else { Vec::new() };
        rows.push((kind.plural().to_owned(), names));
        let all = presets.values().next().map(|preset| preset.of(kind).names().collect::<Vec<_>>()).unwrap_or_default();
        rows.extend(all.into_iter().map(|name| {
            let has = |preset: &Preset| if preset.of(kind).chosen().any(|chosen| chosen == name) { "yes" } else { "-" };
            (format!("  {name}"), presets.values().map(|preset| has(preset).to_owned()).collect())
        }));
    }
    let head = rows.iter().map(|(head, _)| head.len()).max().unwrap_or(0);
    let row = |(name, cells): (String, Vec<String>)| {
        let cells = cells.iter().zip(presets.keys()).map(|(cell, name)| format!("  {cell:<0$}", name.len()));
        format!("{name:<head$}{}", cells.collect::<String>()).trim_end().to_owned() + "\n"
    };
    rows.into_iter().map(row).collect()
}
