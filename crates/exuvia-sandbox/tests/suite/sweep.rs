//! The crash sweep: sessions whose process is killed at each of its appends, and which go on from what is left.
//!
//! A process of its own records a session in a folder, and is killed with SIGKILL before it appends to the journal, or
//! when it has appended and before it knows that. Of what the last append added to the store's files, a part is then cut
//! off or overwritten with zeros, as a kill in the middle of a write, or a failure of the machine, leaves it. From each of
//! these folders the session goes on, in this process, and must come to the same end as if nothing had been: see [`end`].
//!
//! A plain run takes every few of these moments, always the same ones; with `EXUVIA_SWEEP=all` it takes all.

mod end;
mod killer;
mod left;
mod place;
mod programs;
mod torn;

use std::env;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;
use std::sync::Arc;

use exuvia_core::Outcome;
use exuvia_core::journal::{SessionId, Store};
use exuvia_session::Session;
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use super::fixture::{Verdict, ensure, is_exhaustive};
use end::{End, go_on};
use killer::{Deed, Killer, Moment, When};
use left::Left;
use place::{Place, opening};
use programs::{PRELUDE, PROGRAMS, Program};

/// The argument with which this program runs a session until it is killed, instead of testing.
pub(crate) const ARGUMENT: &str = "--run-until-killed";

/// Of how many moments a plain run takes one.
const STEP: u64 = 16;
/// More deeds of a kind than any of the sessions does.
const DEEDS_MAX: u64 = 1_000;

/// Returns the tests of killed processes.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for program in PROGRAMS {
        let mut add = |what, deed, when| {
            let name = format!("sweep::{}::killed_{what}", program.name);
            trials.push(Trial::test(name, move || everywhere(program, deed, when)));
        };
        add("before_an_append", Deed::Append, When::Before);
        add("after_an_append", Deed::Append, When::After);
        add("before_it_notes_what_is_printed", Deed::Printed, When::Before);
        if program.checkpoints.kept > 0 {
            add("before_a_checkpoint_is_kept", Deed::Checkpoint, When::Before);
            add("after_a_checkpoint_is_kept", Deed::Checkpoint, When::After);
        }
    }
    trials
}

/// Kills a session's process at every moment of a kind, and goes on from what is left.
fn everywhere(program: &'static Program, deed: Deed, when: When) -> Verdict {
    let uninterrupted = End::uninterrupted(program)?;
    let is_after_append = (deed, when) == (Deed::Append, When::After);
    let (first, step) = if is_exhaustive() { (1, 1) } else { (1 + u64::from(is_after_append), STEP) };
    for number in (first..DEEDS_MAX).step_by(usize::try_from(step)?) {
        let moment = Moment { deed, when, number };
        let folder = tempfile::tempdir()?;
        let place = Place::make(&folder.path().join("killed"))?;
        if !killed(program, &place, moment)? {
            // It has come to its end before: there are no more moments of this kind.
            return ensure(number > first, "the session does nothing of that kind");
        }
        all_variants(program, &uninterrupted, &place, (&folder, moment))?;
    }
    Err("the session has no end".into())
}

/// Goes on from what a killed process has left, and from what it would have left if it had not come so far in its write.
fn all_variants(
    program: &Program,
    uninterrupted: &End,
    place: &Place,
    (folder, moment): (&TempDir, Moment),
) -> Verdict {
    for (index, tear) in torn::tears(place, is_exhaustive(), moment.number)?.into_iter().enumerate() {
        let copy = place.copy_to(&folder.path().join(index.to_string()))?;
        let checked = tear
            .apply(&copy)
            .and_then(|()| Left::of(&copy, moment, tear.is_whole()))
            .and_then(|left| go_on(program, &copy)?.compare(uninterrupted, &left));
        checked.map_err(|error| {
            let message = error.message().unwrap_or_default().to_owned();
            Failed::from(format!("{}, killed at {moment:?}, {tear:?}: {message}", program.name))
        })?;
    }
    Ok(())
}

/// Runs a session in a process of its own. Returns whether that was killed at the moment.
#[expect(clippy::disallowed_methods, reason = "tests are an edge of the program: this runs itself again")]
fn killed(program: &Program, place: &Place, moment: Moment) -> Result<bool, Failed> {
    let output = Command::new(env::current_exe()?)
        .args([ARGUMENT, program.name, &moment.to_argument()])
        .arg(place.folder())
        .output()?;
    let killed = output.status.signal() == Some(rustix::process::Signal::KILL.as_raw());
    ensure(
        killed || output.status.success(),
        format!("the process failed: {}", String::from_utf8_lossy(&output.stderr)),
    )?;
    Ok(killed)
}

/// Does what the sweep asks another process for, with the arguments that come after [`ARGUMENT`].
///
/// # Errors
///
/// The session cannot run.
pub(crate) fn run_until_killed(mut arguments: impl Iterator<Item = String>) -> Result<(), Failed> {
    let mut next = || arguments.next().ok_or("an argument is missing");
    let (name, moment, folder) = (next()?, next()?, next()?);
    let program = PROGRAMS.iter().find(|program| program.name == name).ok_or("there is no such session")?;
    let moment = Moment::from_argument(&moment).ok_or("that is no moment")?;
    let place = Place::at(folder.as_ref());
    let store: Arc<dyn Store> = Arc::new(Killer::new(place.open_store()?, &place, moment));
    record(program, &place, store, |_, _| {}).map(drop)
}

/// Runs a session from its beginning to its end.
fn record(
    program: &Program,
    place: &Place,
    store: Arc<dyn Store>,
    mut watch: impl FnMut(u32, &Outcome),
) -> Result<Session, Failed> {
    let environment = place.environment(program.checkpoints)?;
    let opening = opening(&environment, &session_id());
    let mut session = pollster::block_on(Session::open(store, environment, opening))?;
    for cell in cells(program) {
        let outcome = pollster::block_on(session.run(cell))?;
        watch(session.cells(), &outcome);
    }
    Ok(session)
}

fn cells(program: &Program) -> impl Iterator<Item = &'static str> {
    std::iter::once(PRELUDE).chain(program.cells.iter().copied())
}

fn session_id() -> SessionId {
    "swept".parse().expect("it is an id")
}
