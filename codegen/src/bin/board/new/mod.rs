//! `new NAME --dtb FILE`: the first draft of a board.

mod feature;
mod said;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use codegen::draft::{self, Draft, Drafter};
use codegen::findings::Findings;
use codegen::parse::tree::Blob;
use codegen::visible::visible_lines;

use crate::install::{self, File};
use crate::{End, Refusal, output, pages, project};

/// What to draft, from what.
#[derive(Args)]
pub(crate) struct Arguments {
    /// What the board is called: lower-case letters, digits and `-`.
    name: String,
    /// The device tree that the board's firmware hands over.
    #[arg(long, value_name = "FILE")]
    dtb: PathBuf,
    /// Replace the board if it is there already.
    #[arg(long)]
    force: bool,
}

/// What became of the files that aren't the board's own.
struct Beside {
    feature: feature::Outcome,
    /// The report is in docs/boards/.
    page: bool,
}

/// Drafts the board and writes its files, all of them or none. A draft with errors is written, too: it takes a person.
pub(crate) fn run(arguments: &Arguments, root: Option<&Path>) -> Result<End, Refusal> {
    let root = project::root(root)?;
    let mut findings = Findings::default();
    let blob = Blob::read_file(&arguments.dtb, &mut findings).ok_or_else(|| Refusal(findings.render()))?;
    let refused = |findings: Findings| Refusal(named(&findings.render(), arguments));
    let drafter = Drafter::new(&root).map_err(refused)?;
    let draft = drafter.draft(&arguments.name, blob.bytes).map_err(refused)?;
    if let Some(finding) = draft::replaced(&root, &draft).filter(|_| !arguments.force) {
        return Err(Refusal(Findings::from(finding).render()));
    }
    let (files, beside) = files(&root, &drafter, &draft);
    install::install(&files).map_err(|error| Refusal(format!("error: nothing was written: {error}")))?;
    let rivals = draft::rivals(&root, &draft);
    output::print(visible_lines(&said::text(&draft, &beside, &rivals)));
    eprint!("{}", draft.findings);
    Ok(if draft.findings.has_errors() { End::Found } else { End::Fine })
}

/// The files, as they are going to be.
fn files(root: &Path, drafter: &Drafter, draft: &Draft) -> (Vec<File>, Beside) {
    let board = |extension: &str| root.join("boards").join(format!("{}.{extension}", draft.name));
    let mut files = vec![
        File { path: board("dtb"), bytes: draft.blob.bytes.clone() },
        File { path: board("toml"), bytes: draft.text.clone().into_bytes() },
    ];
    let manifest = root.join(feature::MANIFEST);
    let there = fs::read_to_string(&manifest).ok();
    let (feature, edited) = feature::add(there.as_deref(), &draft.name);
    files.extend(edited.map(|text| File { path: manifest, bytes: text.into_bytes() }));
    let report = if pages::kept(root) { drafter.report(draft) } else { None };
    let page = report.is_some();
    files.extend(report.into_iter().flat_map(|report| pages::files(root, &draft.name, report.markdown())));
    (files, Beside { feature, page })
}

/// Until it is written, the tree is where the command line says.
fn named(rendered: &str, arguments: &Arguments) -> String {
    rendered.replace(&format!("boards/{}.dtb", arguments.name), &arguments.dtb.to_string_lossy())
}
