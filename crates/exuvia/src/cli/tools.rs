//! `exuvia tools`: what a configuration file lends.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use exuvia_core::tool::ToolDeclaration;
use exuvia_core::tool::python::{STUB_HEADER, stub};

use crate::lent::{Asked, Lent};
use crate::output;

const NOTES: &str = "\
A tool is a function that programs may call: `exuvia run --config FILE` lends them. Calls that need approval are asked about \
at the terminal; what is agreed to for later sessions counts for the file as it is: when anything in it changes, it is asked \
again.";

/// List the tools of a configuration file
#[derive(clap::Args)]
#[command(after_help = NOTES)]
pub(crate) struct Arguments {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "exuvia.toml")]
    config: PathBuf,

    /// Print stubs in Python, as they lie in /tools in the sandbox
    #[arg(long, conflicts_with = "json")]
    stubs: bool,

    /// Print the declarations as JSON
    #[arg(long)]
    json: bool,

    /// Forget which of them you have agreed to for later sessions
    #[arg(long, conflicts_with_all = ["json", "stubs"])]
    forget: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8> {
    let lent = Lent::load(Some(&arguments.config), &[], None, Asked::Terminal.into())?;
    if arguments.forget {
        let forgotten = lent.forget(&arguments.config)?;
        output::print(forgotten.iter().map(|name| format!("{name}\n")).collect::<String>().as_bytes());
        return Ok(0);
    }
    let declarations = lent.declarations();
    let text = if arguments.json {
        serde_json::to_string_pretty(declarations)? + "\n"
    } else if arguments.stubs {
        declarations.iter().fold(STUB_HEADER.to_owned(), |text, declaration| text + "\n\n" + &stub(declaration))
    } else {
        list(declarations)
    };
    output::print(text.as_bytes());
    Ok(0)
}

fn list(declarations: &[ToolDeclaration]) -> String {
    let width = declarations.iter().map(|declaration| declaration.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for declaration in declarations {
        let summary = declaration.description.lines().next().unwrap_or_default();
        let approval = if declaration.needs_approval { " (asks)" } else { "" };
        let _ = writeln!(text, "{:width$}  {summary}{approval}", declaration.name);
    }
    text
}
