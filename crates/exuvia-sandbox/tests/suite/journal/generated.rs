//! Random programs: what is recorded of them replays, and goes on after a cut, to the same memory; and they print what
//! CPython prints.
//!
//! The programs follow from the numbers of their trials. One that fails is shown whole, so that it can become a case.

mod grammar;

use std::io::Write as _;
use std::process::{Command, Stdio};

use exuvia_session::ReplayOptions;
use libtest_mimic::{Failed, Trial};

use super::cut::Whole;
use super::replays::replay;
use super::world::{World, fill};
use crate::suite::fixture::{Verdict, ensure, is_exhaustive, same};
use crate::suite::fresh;
use grammar::{Dice, program};

/// How many programs there are in a plain run, and with `EXUVIA_SWEEP=all`.
const PROGRAMS: [u64; 2] = [12, 120];
/// How often a place is looked for at which a program can be cut.
const ATTEMPTS: usize = 100;
/// Where the mount is in the sandbox.
const MOUNT: &str = "mount = '/mnt'";

pub(super) fn trials() -> Vec<Trial> {
    let trial = |number| fresh::trial(format!("journal::generated::{number}"), move || generated(number));
    (0..PROGRAMS[usize::from(is_exhaustive())]).map(trial).collect()
}

fn generated(number: u64) -> Verdict {
    let mut dice = Dice::new(number);
    let cells = program(&mut dice);
    check(&cells, &mut dice).map_err(|failed| {
        let mut told = failed.message().unwrap_or("failed").to_owned();
        for (number, cell) in cells.iter().enumerate() {
            told.push_str(&format!("\n# cell {}\n{cell}", number + 1));
        }
        told.into()
    })
}

fn check(cells: &[String], dice: &mut Dice) -> Verdict {
    let sources: Vec<&str> = std::iter::once(MOUNT).chain(cells.iter().map(String::as_str)).collect();
    let whole = Whole::record(World::new()?, &sources)?;
    let printed: String = whole.results().iter().map(result).collect();
    same("what CPython prints", &oracle(cells)?, &printed)?;
    let replayed = replay(whole.world(), whole.id(), ReplayOptions::default())?;
    same("the memory of its replay", whole.memory(), &replayed.memory)?;
    let mut places = (0..ATTEMPTS).map(|_| 1 + dice.below(whole.events()));
    let place = places.find(|place| whole.comes_to_the_same(*place));
    let gone_on = whole.cut_after(place.ok_or("it cannot be cut")?)?;
    fresh::keep(&gone_on.store);
    Ok(())
}

/// Returns what a cell printed, and its value or the class of its error, as the oracle tells it.
fn result(outcome: &exuvia_core::Outcome) -> String {
    let value = outcome.value.as_ref().map(|value| format!("=> {}\n", value.repr));
    // The oracle tells no modules.
    let class = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let error = outcome.error.as_ref().map(|error| format!("!! {}\n", class(&error.type_name)));
    format!("{}{}{}", outcome.stdout, value.unwrap_or_default(), error.unwrap_or_default())
}

/// Runs a program under this machine's CPython.
fn oracle(cells: &[String]) -> Result<String, Failed> {
    let folder = tempfile::tempdir()?;
    let (work, mount) = (folder.path().join("work"), folder.path().join("mount"));
    std::fs::create_dir(&work)?;
    fill(&mount)?;
    let mut python = Command::new("python3")
        .args(["-I", "-c", include_str!("generated/oracle.py")])
        .arg(&mount)
        .current_dir(&work)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the oracle, `python3`, does not start: {error}"))?;
    let input = serde_json::to_vec(cells)?;
    python.stdin.take().ok_or("it has no stdin")?.write_all(&input)?;
    let output = python.wait_with_output()?;
    ensure(output.status.success(), format!("the oracle failed: {}", String::from_utf8_lossy(&output.stderr)))?;
    Ok(String::from_utf8(output.stdout)?)
}
