//! The command line of Exuvia; see `exuvia --help`.
//!
//! This is the edge: only here are environment variables, the clock, the terminal and signals of this process touched.
//! - [`cli`]: the subcommands, one per file.
//! - [`interpreter`]: where the image comes from.
//! - [`journal`]: where sessions are kept.
//! - [`desk`]: where the person at the terminal is asked.
//! - [`lent`]: what a sandbox is lent of this machine.
//! - [`packages`]: what a sandbox has installed.
//! - [`recording`]: sessions of the command line.
//! - [`printable`]: showing text that a stranger wrote.
//! - [`exit`]: what the exit statuses mean.
#![allow(clippy::disallowed_methods, reason = "the command line is where the outside comes in")]

mod cli;
mod desk;
mod exit;
mod failure;
mod folders;
mod interpreter;
mod interrupts;
mod journal;
mod lent;
mod output;
mod packages;
mod printable;
mod recording;
mod whole;

fn main() {
    let status = cli::main();
    output::flush();
    // Threads that wait for stdin need not be waited for.
    std::process::exit(i32::from(status));
}
