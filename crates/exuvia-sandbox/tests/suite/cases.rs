//! Every program in `cases/` prints here what the same CPython printed elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use exuvia_core::{Outcome, Status};
use exuvia_sandbox::{Sandbox, SandboxBuilder, Script, ScriptSource};
use libtest_mimic::{Failed, Trial};

use super::fixture::{Verdict, builder, same, shown, workspace};

/// Where the programs lie in the sandbox: not in the working directory, which is empty for each of them.
const FOLDER: &str = "/cases";

/// A program and what must come out.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// The folder that it is in.
    pub(crate) area: String,
    /// What it shows.
    pub(crate) behaviour: String,
    path: PathBuf,
}

/// Returns one test for each case.
pub(crate) fn trials() -> Vec<Trial> {
    let cases = discover();
    let count = cases.len();
    let found = Trial::test("cases::found", move || {
        if count > 0 { Ok(()) } else { Err(format!("there is no case in `{}`", folder().display()).into()) }
    });
    let each =
        cases.into_iter().map(|case| Trial::test(format!("{}::{}", case.area, case.behaviour), move || run(&case)));
    std::iter::once(found).chain(each).collect()
}

/// Returns all cases in the order of their names: the files `area/area__behaviour.py`.
pub(crate) fn discover() -> Vec<Case> {
    let mut cases: Vec<Case> = files(&folder()).iter().flat_map(|area| files(area)).filter_map(Case::at).collect();
    cases.sort_by(|a, b| a.path.cmp(&b.path));
    cases
}

fn folder() -> PathBuf {
    workspace().join("cases")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(Result::ok).map(|entry| entry.path()).collect()
}

impl Case {
    fn at(path: PathBuf) -> Option<Self> {
        let name = path.file_name()?.to_str()?.strip_suffix(".py")?;
        let (area, behaviour) =
            name.split_once("__").filter(|(area, _)| path.parent().is_some_and(|folder| folder.ends_with(area)))?;
        Some(Self { area: area.to_owned(), behaviour: behaviour.to_owned(), path })
    }

    /// The file's name in the sandbox.
    pub(crate) fn file_name(&self) -> String {
        format!("{}__{}.py", self.area, self.behaviour)
    }

    fn guest_path(&self) -> String {
        format!("{FOLDER}/{}", self.file_name())
    }

    /// Puts the program into a sandbox.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(crate) fn put_into(&self, builder: SandboxBuilder) -> Result<SandboxBuilder, Failed> {
        let source = fs::read(&self.path)?;
        Ok(builder.environment("HOME", "/home").file(self.guest_path(), source))
    }

    /// Runs the program to its very end. What was printed at the end is added to the outcome.
    ///
    /// # Errors
    ///
    /// The sandbox cannot run.
    pub(crate) fn run_in(&self, sandbox: &mut Sandbox) -> Result<Outcome, Failed> {
        let script = Script { source: ScriptSource::File(self.guest_path()), arguments: Vec::new() };
        let mut outcome = sandbox.script(&script)?;
        if sandbox.is_alive() {
            let end = sandbox.finish()?;
            outcome.stdout.push_str(&end.stdout);
            outcome.stderr.push_str(&end.stderr);
        }
        Ok(outcome)
    }

    fn beside(&self, extension: &str) -> Option<String> {
        fs::read_to_string(self.path.with_extension(extension)).ok()
    }
}

fn run(case: &Case) -> Verdict {
    run_with(case, builder()?)
}

/// Runs a case in a sandbox that was begun.
///
/// # Errors
///
/// It cannot be run, or something else comes out.
pub(crate) fn run_with(case: &Case, builder: SandboxBuilder) -> Verdict {
    let expected =
        case.beside("out").ok_or_else(|| format!("there is no expected output beside `{}`", case.path.display()))?;
    let mut sandbox = case.put_into(builder)?.build()?;
    let outcome = case.run_in(&mut sandbox)?;
    if same("stdout", &expected, &outcome.stdout).is_err() || !ended_well(case, &outcome.status) {
        let verdict = same("stdout", &expected, &outcome.stdout);
        let difference = verdict.err().and_then(|failed| failed.message().map(str::to_owned)).unwrap_or_default();
        return Err(format!("{difference}\noutcome: {}", shown(&Outcome { stdout: String::new(), ..outcome })).into());
    }
    Ok(())
}

/// Whether it ended with status 0, or with the one that is noted beside it.
fn ended_well(case: &Case, status: &Status) -> bool {
    let wanted: u8 = case.beside("exit").and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    match status {
        Status::Finished => wanted == 0,
        Status::Raised => wanted == 1,
        Status::Exited { code } => *code == wanted,
        Status::Stopped { .. } => false,
    }
}
