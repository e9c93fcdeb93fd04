//! `cargo xtask mcp-clients`: what tests of `exuvia mcp` speak with. The conformance suite, the inspector and a Node.js that is
//! new enough for them come from npm, the Python client from PyPI; all of it at versions and with hashes that the files in
//! `crates/exuvia-mcp/clients` fix. No code of theirs runs while they are installed.
//!
//! `cargo xtask model-server`: the server that tests of models ask, in the same way.

#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::{tools, workspace};

/// What npm needs to know.
const NPM_FILES: [&str; 3] = [".npmrc", "package.json", "package-lock.json"];

/// What pip needs to know. The hashes are those of wheels for [these](IS_GOOD).
const REQUIREMENTS: &str = "requirements.txt";

/// Whether the Python that runs it is one that the hashes are for.
const IS_GOOD: &str =
    "import sys; sys.exit(not ('cpython' == sys.implementation.name and (3, 11) <= sys.version_info < (3, 15)))";

/// Installs what is not there yet.
pub(crate) fn run() -> Result<()> {
    let clients = Clients {
        wanted: workspace().join("crates/exuvia-mcp/clients"),
        folder: workspace().join("target/mcp-clients"),
        npm: "npm".into(),
        pythons: ["python3", "python3.14", "python3.13", "python3.12", "python3.11"].map(PathBuf::from).into(),
    };
    clients.install()?;
    tools::say("the clients of MCP are in target/mcp-clients");
    Ok(())
}

/// Installs the server that tests of models ask, if it is not there yet.
pub(crate) fn model_server() -> Result<()> {
    let server = Clients {
        wanted: workspace().join("crates/exuvia-model/server"),
        folder: workspace().join("target/model-server"),
        npm: "npm".into(),
        pythons: Vec::new(),
    };
    server.install_from_npm("installing a server that speaks as models' providers do from npm (10 MB, once)")?;
    tools::say("the server of models is in target/model-server");
    Ok(())
}

/// What is to be where, and the programs that bring it there.
struct Clients {
    /// The folder of the lock files.
    wanted: PathBuf,
    folder: PathBuf,
    npm: PathBuf,
    /// The first one that will do is taken.
    pythons: Vec<PathBuf>,
}

impl Clients {
    fn install(&self) -> Result<()> {
        self.install_from_npm(
            "installing MCP's conformance suite, its inspector and a Node.js from npm (350 MB, once)",
        )?;
        self.unless_installed("pypi", &[REQUIREMENTS], || self.install_python_packages())
    }

    fn install_from_npm(&self, what: &str) -> Result<()> {
        fs::create_dir_all(&self.folder).with_context(|| format!("{}", self.folder.display()))?;
        self.unless_installed("npm", &["package.json", "package-lock.json"], || {
            tools::say(what);
            self.install_npm_packages()
        })
    }

    /// Does what is to be done, unless it was already, for files that were the same.
    fn unless_installed(&self, name: &str, files: &[&str], install: impl FnOnce() -> Result<()>) -> Result<()> {
        let mut wanted = Vec::new();
        for file in files {
            let path = self.wanted.join(file);
            wanted.extend(fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?);
        }
        let stamp = self.folder.join(format!("{name}.installed"));
        if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        // What is half installed is not installed.
        let _ = fs::remove_file(&stamp);
        install()?;
        fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))
    }

    fn install_npm_packages(&self) -> Result<()> {
        for name in NPM_FILES {
            fs::copy(self.wanted.join(name), self.folder.join(name))
                .with_context(|| format!("`{name}` cannot be copied"))?;
        }
        let mut npm = Command::new(&self.npm);
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&self.folder);
        tools::run(&mut npm).context(
            "the npm packages cannot be installed\n    hint: Node.js with npm must be on the PATH, and npm's registry must \
             be reachable",
        )
    }

    fn install_python_packages(&self) -> Result<()> {
        tools::say("installing MCP's Python client from PyPI (70 MB, once)");
        let python = self.pythons.iter().find(|python| is_good(python)).context(
            "there is no CPython from 3.11 to 3.14\n    hint: one of these must be on the PATH, with its modules `venv` and `pip`",
        )?;
        let environment = self.folder.join("python");
        tools::run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&environment))?;
        let mut pip = Command::new(environment.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]);
        pip.arg("--require-hashes").arg("--requirement").arg(self.wanted.join(REQUIREMENTS));
        tools::run(&mut pip)
            .context("the Python packages cannot be installed\n    hint: Python's pip must reach its index")
    }
}

fn is_good(python: &Path) -> bool {
    let mut command = Command::new(python);
    command.args(["-c", IS_GOOD]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
