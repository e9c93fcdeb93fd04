//! Test suites of packages from PyPI, as their authors wrote them: the sandbox gives what the oracle gave.
//!
//! `cargo xtask test` fetches the packages into `target/packages` before.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use exuvia_core::Limits;
use exuvia_sandbox::{SandboxBuilder, Script, ScriptSource};
use libtest_mimic::{Failed, Trial};
use serde::Deserialize;

use super::fixture::{self, Verdict};

/// Where a package lies in the sandbox.
const PLACE: &str = "/pkg";

#[derive(Deserialize)]
struct Packages {
    package: Vec<Package>,
}

/// One entry of `cases/packages/packages.toml`.
#[derive(Deserialize)]
struct Package {
    name: String,
    folder: String,
    #[serde(default)]
    left_out: Vec<String>,
    run: Vec<String>,
    ran: u32,
    failures: u32,
    errors: u32,
    skipped: u32,
    /// Where the sandbox is to differ from the oracle, which is root.
    skipped_in_sandbox: Option<u32>,
    #[serde(default)]
    failing: Vec<String>,
}

/// Returns a test for each package.
pub(crate) fn trials() -> Vec<Trial> {
    match packages() {
        Ok(packages) => packages
            .into_iter()
            .map(|package| Trial::test(format!("packages::{}", package.name), move || run(&package)))
            .collect(),
        Err(failed) => vec![Trial::test("packages", move || Err(failed))],
    }
}

fn packages() -> Result<Vec<Package>, Failed> {
    let text = fs::read_to_string(fixture::workspace().join("cases/packages/packages.toml"))?;
    Ok(toml::from_str::<Packages>(&text)?.package)
}

fn run(package: &Package) -> Verdict {
    let folder = fixture::workspace().join("target/packages").join(&package.folder);
    if !folder.is_dir() {
        return Err(format!("`{}` was not fetched\nhint: run `cargo xtask test`", package.name).into());
    }
    let program = fs::read(fixture::workspace().join("cases/packages/run_suite.py"))?;
    let limits = Limits { wall_time: Some(Duration::from_secs(600)), memory_bytes: 1 << 30, ..Limits::default() };
    let builder = fixture::builder()?.limits(limits).file("/home/user/run_suite.py", program);
    let mut sandbox = with_files(builder, &folder, Path::new(PLACE))?.build()?;
    let mut arguments = vec![PLACE.to_owned()];
    arguments.extend(package.left_out.iter().flat_map(|test| ["--without".to_owned(), test.clone()]));
    arguments.extend(package.run.iter().cloned());
    let source = ScriptSource::File("/home/user/run_suite.py".to_owned());
    let outcome = sandbox.script(&Script { source, arguments })?;
    fixture::same("stdout", &package.expected(), &outcome.stdout)
}

impl Package {
    fn expected(&self) -> String {
        let Self { ran, failures, errors, .. } = self;
        let skipped = self.skipped_in_sandbox.unwrap_or(self.skipped);
        let mut text = format!("ran {ran} failures {failures} errors {errors} skipped {skipped}\n");
        for name in &self.failing {
            text.push_str(name);
            text.push('\n');
        }
        text
    }
}

/// Puts a folder of this machine into the sandbox, as files that the program may change.
fn with_files(mut builder: SandboxBuilder, folder: &Path, place: &Path) -> Result<SandboxBuilder, Failed> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    entries.sort();
    for path in entries {
        let place = place.join(path.file_name().unwrap_or_default());
        builder = if path.is_dir() {
            with_files(builder, &path, &place)?
        } else {
            builder.file(place.to_string_lossy(), fs::read(&path)?)
        };
    }
    Ok(builder)
}
