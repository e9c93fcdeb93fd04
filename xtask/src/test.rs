//! `cargo xtask test`: all tests.

use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{clients, image, packages, tools, workspace};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run the cases under Pyodide and Node.js too, and compare what they print with the files beside them
    #[arg(long)]
    oracle: bool,

    /// Kill sessions' processes at each moment, not at some, and run ten times as many random programs (minutes)
    #[arg(long)]
    sweep: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    image::run(&image::Arguments::default())?;
    packages::fetch()?;
    clients::run()?;
    clients::model_server()?;
    let root = workspace();
    tools::say("testing the guest's Python under Pyodide");
    tools::show(Command::new("node").args(["guest/tests/run.mjs"]).current_dir(&root))
        .context("the guest's own tests failed")?;
    if arguments.oracle {
        tools::say("checking the cases against Pyodide");
        tools::show(Command::new("node").args(["guest/oracle.mjs", "--check", "cases"]).current_dir(&root))
            .context("the cases do not print under Pyodide what stands beside them")?;
    }
    let mut tests = tools::cargo();
    tests.args(["test", "--workspace"]).current_dir(&root);
    if arguments.sweep {
        tests.env("EXUVIA_SWEEP", "all");
    }
    tools::show(&mut tests)
}
