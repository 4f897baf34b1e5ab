//! `schema`: the schemas of board and device files, from the types that they are read into.

use std::path::Path;

use clap::Args;
use codegen::parse::schema;

use crate::{End, Refusal, output, project};

/// Whether to write.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Write nothing; say which files are stale.
    #[arg(long)]
    check: bool,
}

/// Writes each stale schema, or only names it.
pub(crate) fn run(arguments: &Arguments, root: Option<&Path>) -> Result<End, Refusal> {
    let root = project::root(root)?;
    let mut end = End::Fine;
    for schema in schema::all() {
        let path = root.join(schema.path);
        if std::fs::read_to_string(&path).is_ok_and(|there| there == schema.text) {
            output::line(format_args!("{} is current", schema.path));
        } else if arguments.check {
            output::line(format_args!("{} is stale", schema.path));
            end = End::Found;
        } else {
            std::fs::write(&path, schema.text)
                .map_err(|error| Refusal(format!("error: can't write `{}`: {error}", path.display())))?;
            output::line(format_args!("{} written", schema.path));
        }
    }
    Ok(end)
}
