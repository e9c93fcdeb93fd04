//! `cargo xtask demo`: everything is set up, and a real program runs sealed.

use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::{image, tools, workspace};

pub(crate) fn run() -> Result<()> {
    image::run(&image::Arguments::default())?;
    image::pack()?;
    tools::say("building the program (a few minutes the first time)");
    let root = workspace();
    tools::show(tools::cargo().args(["build", "--release", "--package", "exuvia"]).current_dir(&root))?;
    let started = Instant::now();
    tools::say("running: target/release/exuvia run examples/orders/report.py");
    let mut program = Command::new(root.join("target/release/exuvia"));
    tools::show(program.args(["run", "examples/orders/report.py"]).current_dir(&root))?;
    tools::say(&format!("done in {:.2} s; try `target/release/exuvia repl`", started.elapsed().as_secs_f64()));
    Ok(())
}
