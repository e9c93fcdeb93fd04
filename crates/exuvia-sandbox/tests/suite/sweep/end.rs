//! The end that a session comes to, and what it must be.
//!
//! - What was printed and what stands in the files of the mount is the same as if no process had been killed. Where the
//!   program was told that a call is lost, or a change unknown, it says so in the place of the answer.
//! - Each call that was answered was made once. One that was asked and has no answer is made again if that does no harm,
//!   else not.
//! - The memory and the sandbox's own files are the same, bit by bit, unless the program was told that something is lost.
//! - The journal is whole, has everything still that it had, and replays to the same memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use exuvia_core::journal::{Event, Store};
use exuvia_session::{Replay, ReplayOptions, Replayed, Session};
use libtest_mimic::Failed;

use super::left::{Calls, Left, events};
use super::place::Place;
use super::programs::Program;
use super::{cells, record, session_id};
use crate::suite::fixture::{Verdict, ensure, same, shown};

/// What a session has come to.
pub(super) struct End {
    /// What came of each cell, by number. One whose end a process had seen that was killed is not there.
    outcomes: BTreeMap<u32, String>,
    printed: String,
    /// What the files of the mount hold, by their paths.
    files: BTreeMap<String, String>,
    called: BTreeMap<String, u32>,
    /// Hashes of the sandbox's memory and of its files.
    state: [String; 2],
    events: Vec<Event>,
    replayed: Replayed,
}

impl End {
    /// Returns the end of a session whose process nobody has killed.
    pub(super) fn uninterrupted(program: &Program) -> Result<Self, Failed> {
        let folder = tempfile::tempdir()?;
        let end = go_on(program, &Place::make(&folder.path().join("whole"))?)?;
        let cells = u32::try_from(program.cells.len())? + 1;
        ensure(end.outcomes.len() == cells as usize && end.replayed.cells == cells, "it has not run")?;
        Ok(end)
    }

    /// Compares it with the end that this session has if no process is killed.
    pub(super) fn compare(&self, uninterrupted: &Self, left: &Left) -> Verdict {
        let expected = |text: &str| {
            let lost = |text: String, key| text.replace(&format!("two: {key}"), &format!("two: lost {key}"));
            let text = left.calls.lost().fold(text.to_owned(), lost);
            let unknown = |text: String, path| text.replace(&format!("changed: {path}"), &format!("unknown: {path}"));
            left.calls.unknown.iter().fold(text, unknown)
        };
        let known = |files: &BTreeMap<String, String>| {
            let is_known = |(path, _): &(&String, _)| !left.calls.unknown.contains(path);
            files.iter().filter(is_known).map(|(path, content)| format!("{path}: {content}\n")).collect::<String>()
        };
        for (cell, outcome) in &self.outcomes {
            same(&format!("the outcome of cell {cell}"), &expected(&uninterrupted.outcomes[cell]), outcome)?;
        }
        let whole = expected(&uninterrupted.printed);
        ensure(whole.starts_with(&left.printed), format!("it printed {:.300}", left.printed))?;
        let printed = left.again.iter().map(|again| {
            let rest = whole.chars().skip(left.printed.chars().count() - again);
            left.printed.chars().chain(rest).collect::<String>()
        });
        let printed: Vec<String> = printed.collect();
        if !printed.contains(&self.printed) {
            same("what was printed", &printed[0], &self.printed)?;
        }
        same("the mount", &known(&uninterrupted.files), &known(&self.files))?;
        self.compare_calls(uninterrupted, left)?;
        let is_told = left.calls.lost().next().is_some() || !left.calls.unknown.is_empty();
        if !is_told {
            same("the memory", &uninterrupted.state[0], &self.state[0])?;
            same("the sandbox's files", &uninterrupted.state[1], &self.state[1])?;
        }
        same("the memory of its replay", &self.state[0], &self.replayed.memory)?;
        ensure(self.replayed.unfinished.is_none(), format!("{:?}", self.replayed))?;
        ensure(self.replayed.cells == uninterrupted.replayed.cells, format!("{:?}", self.replayed))?;
        ensure(self.events.starts_with(&left.events), "the journal has lost something")
    }

    fn compare_calls(&self, uninterrupted: &Self, left: &Left) -> Verdict {
        let cancelled = Calls::of(&uninterrupted.events).cancelled;
        for (call, once) in &uninterrupted.called {
            ensure(*once == 1, format!("`{call}` has not a name of its own"))?;
            let before = left.called.get(call).copied().unwrap_or_default();
            let since = self.called.get(call).copied().unwrap_or_default() - before;
            let is_open = left.calls.open.contains(call);
            let wanted = if left.calls.answered.contains(call) || is_open && call.starts_with("two ") {
                0..=0
            } else if left.calls.cancelled.contains(call) || is_open && cancelled.contains(call) {
                0..=1
            } else {
                1..=1
            };
            let told = format!("`{call}` was called {before} times, then {since} times, not {wanted:?}");
            ensure(before <= 1 && wanted.contains(&since), told)?;
            ensure(
                is_open || left.calls.answered.contains(call) == (before == 1) || cancelled.contains(call),
                format!("`{call}` is not in the journal"),
            )?;
        }
        let is_known = |call: &String| uninterrupted.called.contains_key(call);
        ensure(self.called.keys().all(is_known), format!("it called {:?}", self.called))
    }
}

/// Goes on with a session in a place, or begins it there, and takes it to its end.
pub(super) fn go_on(program: &Program, place: &Place) -> Result<End, Failed> {
    let (id, store): (_, Arc<dyn Store>) = (session_id(), Arc::new(place.open_store()?));
    let mut outcomes = BTreeMap::new();
    let environment = place.environment(program.checkpoints)?;
    let mut session = if events(&*store, &id)?.is_empty() {
        record(program, place, Arc::clone(&store), |cell, outcome| drop(outcomes.insert(cell, shown(outcome))))?
    } else {
        let resumed = Session::resume(Arc::clone(&store), environment.clone(), &id, false);
        let (mut session, resumed) = pollster::block_on(resumed)?;
        outcomes.extend(resumed.continued.map(|(cell, outcome)| (cell, shown(&outcome))));
        for cell in cells(program).skip(session.cells() as usize) {
            let outcome = pollster::block_on(session.run(cell))?;
            outcomes.insert(session.cells(), shown(&outcome));
        }
        session
    };
    let sandbox = session.sandbox();
    let state = [sandbox.memory_hash(), sandbox.checkpoint()?.files_hash().to_owned()];
    drop(session);
    let verified = pollster::block_on(store.verify(&id))?;
    ensure(verified.damage.is_none(), format!("{verified:?}"))?;
    let replay = Replay::new(Arc::clone(&store), environment, id.clone());
    let replayed = pollster::block_on(replay.run(ReplayOptions::default(), |_| {}))?;
    let events = events(&*store, &id)?;
    let (printed, files, called) = (place.text_printed()?, place.files()?, place.called()?);
    Ok(End { outcomes, printed, files, called, state, events, replayed })
}
