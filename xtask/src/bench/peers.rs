//! What this project is compared with, and how it is installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use super::system::System;
use super::worker::{Kind, Worker};
use super::{folder, target};
use crate::{tools, workspace};

/// The oldest Python that the packages from PyPI are for.
const OLDEST: (u32, u32) = (3, 12);
/// Where such a one is looked for, the newest first.
const PYTHONS: &[&str] = &["python3.14", "python3.13", "python3.12", "python3"];

/// Starts all of them. The machine's Python and Pyodide must be there; the others are left out if they cannot be
/// installed.
pub(super) fn all(base: Option<&Path>) -> Result<Vec<Box<dyn System>>> {
    let mut native = Command::new(python());
    let mut pyodide = Command::new(node()?);
    let mut systems: Vec<Box<dyn System>> = vec![
        Box::new(Worker::start(
            Kind { name: "python3", is_slow: false },
            native.arg(folder().join("native_worker.py")),
        )?),
        Box::new(Worker::start(
            Kind { name: "pyodide", is_slow: true },
            pyodide.arg(pyodide_worker()).arg(pyodide_package()?),
        )?),
    ];
    let python = match environment(base) {
        Ok(python) => python,
        Err(error) => {
            tools::say(&format!("without monty and eryx: {error:#}"));
            return Ok(systems);
        }
    };
    for (kind, file) in [
        (Kind { name: "monty", is_slow: false }, "monty_worker.py"),
        (Kind { name: "eryx", is_slow: true }, "eryx_worker.py"),
    ] {
        let name = kind.name;
        match Worker::start(kind, Command::new(&python).arg(folder().join(file))) {
            Ok(worker) => systems.push(Box::new(worker)),
            Err(error) => tools::say(&format!("without {name}: {error:#}")),
        }
    }
    Ok(systems)
}

/// Returns the Python to compare with: the operating system's own, which is built with all optimisations, if it has one.
pub(super) fn python() -> PathBuf {
    let system = Path::new("/usr/bin/python3");
    if system.is_file() { system.to_owned() } else { "python3".into() }
}

/// Installs Node.js, and returns its program.
pub(super) fn node() -> Result<PathBuf> {
    tools::install_packages(&folder())?;
    Ok(folder().join("node_modules/node/bin/node"))
}

pub(super) fn pyodide_worker() -> PathBuf {
    folder().join("pyodide_worker.mjs")
}

/// Returns the package that the image is made from too.
pub(super) fn pyodide_package() -> Result<PathBuf> {
    let guest = workspace().join("guest");
    tools::install_packages(&guest)?;
    Ok(guest.join("node_modules/pyodide"))
}

/// Installs the packages from PyPI, unless they are there. Returns the Python that has them.
fn environment(base: Option<&Path>) -> Result<PathBuf> {
    let environment = target().join("venv");
    let python = environment.join("bin/python");
    let requirements = folder().join("requirements.txt");
    let wanted = fs::read_to_string(&requirements)?;
    let stamp = environment.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    let mut candidates = base.into_iter().chain(PYTHONS.iter().map(Path::new));
    let base = candidates
        .find(|python| is_recent(python))
        .context("there is no Python 3.12 or newer\n    hint: name one with --python")?;
    tools::say("installing the packages from PyPI that are measured too");
    tools::run(Command::new(base).args(["-m", "venv", "--clear"]).arg(&environment))?;
    tools::run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(&requirements))?;
    fs::write(&stamp, wanted)?;
    Ok(python)
}

fn is_recent(python: &Path) -> bool {
    let program = format!("import sys; sys.exit(sys.version_info < {OLDEST:?})");
    let mut command = Command::new(python);
    command.args(["-c", &program]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
