//! The subcommands, one per file.

mod add;
mod agent;
mod completions;
mod fork;
mod given;
mod image;
mod inputs;
mod lock;
mod mcp;
pub(crate) mod options;
mod remove;
mod repl;
mod replay;
mod resume;
mod run;
mod session;
mod skill;
mod tools;
mod undo;

use clap::{Parser, Subcommand};
use exuvia_core::{Limits, StopReason, Usage};

use crate::failure;

#[derive(Parser)]
#[command(
    name = "exuvia",
    version,
    about = "Run Python that somebody else wrote, in a sealed sandbox",
    max_term_width = 100,
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Arguments),
    Agent(Box<agent::Arguments>),
    Repl(repl::Arguments),
    Resume(resume::Arguments),
    Replay(replay::Arguments),
    Fork(fork::Arguments),
    Undo(undo::Arguments),
    Export(session::ExportArguments),
    Session(session::Arguments),
    Skill(skill::Arguments),
    Mcp(mcp::Arguments),
    Add(add::Arguments),
    Remove(remove::Arguments),
    Lock(lock::Arguments),
    Tools(tools::Arguments),
    Image(image::Arguments),
    Completions(completions::Arguments),
}

/// Does what the command line asks for. Returns the exit status.
pub(crate) fn main() -> u8 {
    let result = match Arguments::parse().command {
        Command::Run(arguments) => run::run(arguments),
        Command::Agent(arguments) => agent::run(&arguments),
        Command::Repl(arguments) => repl::run(&arguments),
        Command::Resume(arguments) => resume::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Fork(arguments) => fork::run(arguments),
        Command::Undo(arguments) => undo::run(&arguments),
        Command::Export(arguments) => session::export(&arguments),
        Command::Session(arguments) => session::run(arguments),
        Command::Skill(arguments) => skill::run(arguments),
        Command::Mcp(arguments) => mcp::run(&arguments),
        Command::Add(arguments) => add::run(arguments),
        Command::Remove(arguments) => remove::run(arguments),
        Command::Lock(arguments) => lock::run(arguments),
        Command::Tools(arguments) => tools::run(&arguments),
        Command::Image(arguments) => image::run(arguments),
        Command::Completions(arguments) => completions::run::<Arguments>(&arguments),
    };
    result.unwrap_or_else(|error| failure::report(&error))
}

/// Says why a sandbox was stopped.
fn stopped(reason: StopReason, usage: &Usage, limits: &Limits) -> String {
    let seconds = |limit: Option<std::time::Duration>| limit.unwrap_or_default().as_secs_f64();
    match reason {
        StopReason::Time => {
            let limit = seconds(limits.wall_time);
            format!("the program ran for {:.1} s, the limit is {limit} s", usage.wall_time.as_secs_f64())
        }
        StopReason::Cpu => {
            let limit = seconds(limits.cpu_time);
            format!("the program used {:.1} s of processor time, the limit is {limit} s", usage.cpu_time.as_secs_f64())
        }
        StopReason::Memory => {
            format!("the program ran out of memory, the limit is {} MiB", limits.memory_bytes >> 20)
        }
        StopReason::Cancelled => "the program did not listen to Ctrl-C and was ended".to_owned(),
        StopReason::Stack => "the program crashed: its stack was exhausted".to_owned(),
        StopReason::Abort => "the program aborted".to_owned(),
        StopReason::Trap => "the program crashed".to_owned(),
    }
}
