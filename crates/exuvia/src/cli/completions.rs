//! `exuvia completions`: what a shell needs to complete command lines.

use clap::CommandFactory;

use crate::output;

/// Print a script that completes Exuvia's command lines in a shell
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shell that reads it
    #[arg(value_name = "SHELL")]
    shell: clap_complete::Shell,
}

pub(super) fn run<C: CommandFactory>(arguments: &Arguments) -> anyhow::Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut C::command(), "exuvia", &mut script);
    output::print(&script);
    Ok(0)
}
