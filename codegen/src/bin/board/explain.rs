//! `explain K0103`: the page of a finding.

use clap::Args;
use codegen::findings::{Code, code};
use codegen::parse::nearest;

use crate::{End, Refusal, output};

/// What to explain.
#[derive(Args)]
pub(crate) struct Arguments {
    /// As findings print it, `K0103`.
    code: String,
}

/// Prints the page.
pub(crate) fn run(arguments: &Arguments) -> Result<End, Refusal> {
    let wanted = arguments.code.to_uppercase();
    match code::ALL.iter().find(|code| code.as_str() == wanted) {
        Some(code) => {
            output::print(code.text());
            Ok(End::Fine)
        }
        None => Err(unknown(&wanted)),
    }
}

fn unknown(wanted: &str) -> Refusal {
    let known = code::ALL.iter().copied().map(Code::as_str);
    let help = match nearest(wanted, known) {
        Some(meant) => format!("did you mean {meant}?"),
        None => "codes are K0001 and so on; docs/errors/ has all of them".to_owned(),
    };
    Refusal(format!("error: no finding is called `{wanted}`\n  = help: {help}"))
}
