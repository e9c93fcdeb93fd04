//! What a developer runs: `cargo xtask --help`.

#![expect(
    clippy::disallowed_methods,
    reason = "these are tools for the edge: they time things and read the environment"
)]

mod bench;
mod clients;
mod demo;
#[cfg(test)]
mod features_tests;
mod image;
mod interpreter;
mod library;
mod packages;
mod test;
mod tools;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Build, test and measure Exuvia", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure this project beside others
    Bench(bench::Arguments),
    /// Set everything up and run a real program sealed
    Demo,
    /// Build the interpreter image, if it is not up to date
    Image(image::Arguments),
    /// Install the clients of MCP that tests speak with, if they are not there
    McpClients,
    /// Install the server that tests of models ask, if it is not there
    ModelServer,
    /// Run all tests
    Test(test::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Demo => demo::run(),
        Command::Image(arguments) => image::run(&arguments),
        Command::McpClients => clients::run(),
        Command::ModelServer => clients::model_server(),
        Command::Test(arguments) => test::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tools::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn workspace() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map_or(manifest.clone(), PathBuf::from)
}
