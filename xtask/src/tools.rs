//! Running other programs, and talking about it.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Tells the developer something.
#[expect(clippy::print_stderr, reason = "this is how a command-line tool talks")]
pub(crate) fn say(message: &str) {
    eprintln!("{message}");
}

/// Returns cargo, in the environment that a developer's shell would give it: what cargo tells the programs that it runs about
/// their package (`CARGO_PKG_NAME`) would make build scripts that look there do their work again each time.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            cargo.env_remove(&name);
        }
    }
    cargo
}

/// Runs a program and waits for it. What it prints is only shown if it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}").replace('"', "");
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("`{shown}` cannot be started"))?;
    if !output.status.success() {
        let printed = [output.stdout, output.stderr].concat();
        bail!("`{shown}` failed ({}):\n{}", output.status, String::from_utf8_lossy(&printed).trim_end());
    }
    Ok(())
}

/// Runs a program, shows what it prints, and waits for it.
pub(crate) fn show(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}").replace('"', "");
    let status = command.status().with_context(|| format!("`{shown}` cannot be started"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Installs the npm packages that a folder's lock file names, unless they are there already.
pub(crate) fn install_packages(folder: &Path) -> Result<()> {
    let lock = std::fs::read(folder.join("package-lock.json")).context("the lock file cannot be read")?;
    let stamp = folder.join("node_modules/.exuvia-installed");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say("installing the npm packages that the interpreter comes in");
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(folder);
    run(&mut npm).context(
        "the npm packages cannot be installed\n    hint: Node.js with npm must be on the PATH, and npm's registry must be \
         reachable",
    )?;
    std::fs::write(&stamp, lock).context("the packages' stamp cannot be written")
}

/// Writes bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
