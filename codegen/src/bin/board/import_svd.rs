//! `import-svd FILE --peripheral P`: a draft of a binding from a vendor's register description.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::Args;
use codegen::findings::Findings;
use codegen::parse::file;

use crate::{End, Refusal, output};

/// What to import.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The CMSIS-SVD file.
    file: PathBuf,
    /// The peripheral, as the file calls it.
    #[arg(long, short)]
    peripheral: String,
    /// The file to write, such as schemas/devices/NAME.toml; standard output unless told.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write even where the file is there already.
    #[arg(long, requires = "output")]
    force: bool,
}

/// Writes the binding. A file that can't be imported is an input that can't be read.
pub(crate) fn run(arguments: &Arguments) -> Result<End, Refusal> {
    let refused = |findings: Findings| Refusal(findings.render());
    let mut findings = Findings::default();
    let source = file::text_at(&arguments.file, &mut findings).ok_or_else(|| refused(findings))?;
    // A binding and its file have one name.
    let name = arguments.output.as_deref().and_then(Path::file_stem).and_then(OsStr::to_str);
    let text = codegen::svd::import(&source, &arguments.peripheral, name).map_err(refused)?;
    match &arguments.output {
        None => output::print(text),
        Some(path) => {
            output::file(path, &text, arguments.force)?;
            let path = path.display();
            output::line(format_args!(
                "{path} written; `compatible`, `class`, `stage` and `manual` are yours to put right"
            ));
        }
    }
    Ok(End::Fine)
}
