//! The resolver: pip, run as a program.
//!
//! pip knows the user's index, certificates and credentials, and what every installer should know. It is asked two
//! things, both of which only ever download wheels: which ones a set of requirements comes to (`install --dry-run`), and
//! to fetch some by their hashes (`download --require-hashes`). No program of a package is run.
//!
//! uv cannot be asked instead: it knows the tags of Pyodide's older builds, and none of this one.

mod error;
mod process;
mod report;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::lock::LockedPackage;
use crate::requirement::Requirement;
use crate::target::{PLATFORM, Target};

pub use error::ResolveError;
pub(crate) use report::Found;

/// The program that runs pip.
const PROGRAM: &str = include_str!("resolver/resolve.py");
/// The most requirements, and the most packages that they may come to.
const REQUIREMENTS_MAX: usize = 1_000;

/// Runs pip.
#[derive(Debug, Clone)]
pub struct Resolver {
    /// The Python whose pip is run, by its path or by a name that is looked for along `PATH`.
    pub python: PathBuf,
    /// The interpreter to find packages for.
    pub target: Target,
    /// The longest that a run may take.
    pub time_max: Duration,
}

impl Resolver {
    /// Finds the wheels that requirements come to, with the versions of `kept` for those packages. Wheels in the folder
    /// `links` are considered beside the index's.
    pub(crate) fn resolve(
        &self,
        requirements: &[Requirement],
        kept: &[LockedPackage],
        links: Option<&Path>,
    ) -> Result<Vec<Found>, ResolveError> {
        let work = Work::new()?;
        let lines: Vec<String> = requirements.iter().map(ToString::to_string).collect();
        let mut arguments = self.arguments(&work, "install", &lines)?;
        if !kept.is_empty() {
            let lines: Vec<String> = kept.iter().map(|each| format!("{}=={}", each.name, each.version)).collect();
            work.write("constraints.txt", &lines.join("\n"))?;
            arguments.extend(["--constraint", "constraints.txt"].map(OsString::from));
        }
        if let Some(links) = links {
            arguments.extend(["--find-links".into(), links.into()]);
        }
        arguments.extend(
            ["--dry-run", "--ignore-installed", "--report", "report.json", "--target", "none"].map(OsString::from),
        );
        process::run(self, work.path(), &arguments)?;
        report::read(&work.path().join("report.json"))
    }

    /// Fetches wheels into a folder, where they lie under their file names.
    pub(crate) fn fetch(&self, packages: &[&LockedPackage], folder: &Path) -> Result<(), ResolveError> {
        let work = Work::new()?;
        let line = |package: &&LockedPackage| {
            format!("{}=={} --hash=sha256:{}", package.name, package.version, package.sha256)
        };
        let lines: Vec<String> = packages.iter().map(line).collect();
        let mut arguments = self.arguments(&work, "download", &lines)?;
        arguments.extend(["--no-deps", "--require-hashes", "--dest"].map(OsString::from));
        arguments.push(folder.into());
        process::run(self, work.path(), &arguments)
    }

    /// Returns what pip is told in any case.
    fn arguments(&self, work: &Work, command: &str, requirements: &[String]) -> Result<Vec<OsString>, ResolveError> {
        if requirements.len() > REQUIREMENTS_MAX {
            return Err(ResolveError::TooMany { count: requirements.len(), limit: REQUIREMENTS_MAX });
        }
        work.write("requirements.txt", &requirements.join("\n"))?;
        let minor = self.target.minor();
        let arguments = [
            command.to_owned(),
            "--disable-pip-version-check".to_owned(),
            "--no-input".to_owned(),
            "--no-color".to_owned(),
            "--only-binary=:all:".to_owned(),
            format!("--python-version={}", self.target.version()),
            "--implementation=cp".to_owned(),
            format!("--abi=cp3{minor}"),
            "--abi=abi3".to_owned(),
            "--abi=none".to_owned(),
            format!("--platform={PLATFORM}"),
            "--requirement=requirements.txt".to_owned(),
        ];
        Ok(arguments.map(OsString::from).to_vec())
    }
}

/// A folder for one run, taken away afterwards. pip runs in it, for Python looks for modules in the folder where it is
/// started: nothing of a stranger's lies here.
struct Work(tempfile::TempDir);

impl Work {
    fn new() -> Result<Self, ResolveError> {
        let folder = tempfile::Builder::new().prefix("exuvia-pip-").tempdir().map_err(ResolveError::Folder)?;
        let work = Self(folder);
        work.write(process::PROGRAM_FILE, PROGRAM)?;
        Ok(work)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), ResolveError> {
        fs::write(self.path().join(name), text).map_err(ResolveError::Folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::sync::{Mutex, PoisonError};
    use std::time::Duration;

    use super::{ResolveError, Resolver, process};
    use crate::target::Target;

    /// A script that one test writes cannot be run while another one starts a process: that has it open to be written, for
    /// a moment.
    static SCRIPTS: Mutex<()> = Mutex::new(());

    /// Runs a shell script in the place of Python.
    fn run(script: &str, time_max: Duration) -> Result<(), ResolveError> {
        let _alone = SCRIPTS.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let python = folder.path().join("python");
        fs::write(&python, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
        let resolver = Resolver { python, target: Target::new("3.14.2").unwrap(), time_max };
        process::run(&resolver, folder.path(), &[])
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let error = run("echo waiting >&2; exec sleep 600", Duration::from_millis(500)).unwrap_err();
        let ResolveError::Time { said, .. } = error else { panic!("{error}") };
        assert_eq!(said, "waiting\n");
    }

    #[test]
    fn the_end_of_what_a_program_says_is_kept() {
        let script = "yes filler | head -c 700000 >&2; echo 'ERROR: the end' >&2; exit 1";
        let error = run(script, Duration::from_secs(60)).unwrap_err();
        let ResolveError::Failed { said } = &error else { panic!("{error}") };
        assert!(said.ends_with("filler\nERROR: the end\n") && said.len() == 64 << 10, "{}", said.len());
        assert_eq!(error.to_string(), "pip found no packages that will do\n    pip: ERROR: the end");
        assert!(run("exit 0", Duration::from_secs(60)).is_ok());
    }
}
