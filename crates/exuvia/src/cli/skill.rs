//! `exuvia skill`: instructions for tasks of a kind, for agents.

mod check;
mod list;
mod new;

use anyhow::Result;
use clap::Subcommand;

const NOTES: &str = "\
A skill is a folder with a SKILL.md by https://agentskills.io/specification, and files beside it. `exuvia agent` has those of \
its --skill, then those in .exuvia/skills, .agents/skills and .claude/skills of the folder that it is started in, then those \
in the folder that EXUVIA_SKILLS names, else in exuvia/skills in your folder for configuration. Of several with one name it \
has the first.";

/// List, check and make skills for agents
#[derive(clap::Args)]
#[command(disable_help_subcommand = true, after_help = NOTES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    List(list::Arguments),
    Check(check::Arguments),
    New(new::Arguments),
}

pub(super) fn run(arguments: Arguments) -> Result<u8> {
    match arguments.action {
        Action::List(arguments) => list::run(arguments),
        Action::Check(arguments) => check::run(&arguments),
        Action::New(arguments) => new::run(&arguments),
    }
}
