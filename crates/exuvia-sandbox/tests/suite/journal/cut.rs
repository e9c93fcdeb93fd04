//! Journals that end after any of their events.

use std::collections::BTreeMap;
use std::sync::Arc;

use exuvia_core::journal::{Event, Opening, SessionId, Store};
use exuvia_core::recording::Asked;
use exuvia_core::{Outcome, Status};
use exuvia_journal::LocalStore;
use libtest_mimic::Failed;

use super::world::World;
use crate::suite::fixture::{Verdict, ensure, same, shown};
use crate::suite::fresh;

/// How many places a long journal is cut at.
const CUTS_MAX: usize = 8;

/// Writes these events into a store, as a session of this id.
pub(super) fn put(store: &Arc<dyn Store>, id: &SessionId, events: &[Event]) -> Verdict {
    let Some(Event::Opened(opened)) = events.first() else {
        return Err("a journal begins with how it was opened".into());
    };
    let opening = Opening { session: id.clone(), name: None, opened: (**opened).clone(), at: 0 };
    let mut writer = pollster::block_on(store.create(opening))?;
    let rest: Vec<(i64, Event)> = events[1..].iter().map(|event| (0, event.clone())).collect();
    if !rest.is_empty() {
        pollster::block_on(writer.append(&rest))?;
    }
    Ok(())
}

/// Cuts a session's journal after each event, goes on from there with what is left to do, and compares what comes of it
/// with the session that was not cut.
pub(super) fn everywhere(cells: &[&str]) -> Verdict {
    let whole = Whole::record(World::new()?, cells)?;
    let step = whole.events().div_ceil(CUTS_MAX).max(1);
    let mut last = None;
    for place in (1..=whole.events()).rev().step_by(step).filter(|place| whole.comes_to_the_same(*place)) {
        last = Some(whole.cut_after(place)?);
    }
    // Each has been replayed here: one of them is enough in another process.
    last.iter().for_each(|world| fresh::keep(&world.store));
    Ok(())
}

/// A session that has come to its end.
pub(super) struct Whole<'a> {
    world: World,
    id: SessionId,
    cells: &'a [&'a str],
    results: Vec<Outcome>,
    memory: String,
    events: Vec<Event>,
}

impl<'a> Whole<'a> {
    /// Runs these cells.
    pub(super) fn record(world: World, cells: &'a [&'a str]) -> Result<Self, Failed> {
        let mut session = world.open("cut")?;
        let results = cells.iter().map(|cell| world.run(&mut session, cell)).collect::<Result<_, _>>()?;
        let (id, memory) = (session.id().clone(), session.sandbox().memory_hash());
        drop(session);
        let events = world.events(&id)?;
        Ok(Self { world, id, cells, results, memory, events })
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }

    pub(super) fn id(&self) -> &SessionId {
        &self.id
    }

    pub(super) fn results(&self) -> &[Outcome] {
        &self.results
    }

    pub(super) fn memory(&self) -> &str {
        &self.memory
    }

    /// Returns how many events there are.
    pub(super) fn events(&self) -> usize {
        self.events.len()
    }

    /// Whether the session is the same at its end if it is cut after so many events.
    pub(super) fn comes_to_the_same(&self, place: usize) -> bool {
        let left = &self.events[..place];
        // A tool that must not be called twice is another story: what the program sees then is no secret to it.
        let is_lost = matches!(left.last(), Some(Event::Asked { asked }) if !repeatable(asked));
        !is_lost && !has_open_call(left)
    }

    /// Goes on from the first events, so many, and compares what comes of it. Returns the world in which it did.
    pub(super) fn cut_after(&self, place: usize) -> Result<World, Failed> {
        let left = &self.events[..place];
        let store: Arc<dyn Store> = Arc::new(LocalStore::memory());
        put(&store, &self.id, left)?;
        copy_checkpoints(&self.world, &store, &self.id)?;
        let again = self.world.elsewhere(store);
        let gone_on = self.go_on(&again).and_then(|()| answered_once(left, &self.world, &again));
        gone_on.map_err(|failed| {
            let message = failed.message().unwrap_or_default().to_owned();
            Failed::from(format!("cut after {place} of {} events, {:?}: {message}", self.events.len(), left.last()))
        })?;
        Ok(again)
    }

    fn go_on(&self, world: &World) -> Verdict {
        let (mut session, resumed) = world.resume(&self.id)?;
        if let Some((cell, outcome)) = &resumed.continued {
            let whole = &self.results[*cell as usize - 1];
            same("the outcome of the cell that was cut", &told(whole), &told(outcome))?;
        }
        for number in session.cells() as usize..self.cells.len() {
            let outcome = world.run(&mut session, self.cells[number])?;
            same(&format!("the outcome of cell {}", number + 1), &told(&self.results[number]), &told(&outcome))?;
        }
        same("the memory", &self.memory, &session.sandbox().memory_hash())?;
        drop(session);
        let replayed = super::replays::replay(world, &self.id, exuvia_session::ReplayOptions::default())?;
        same("the memory of its replay", &self.memory, &replayed.memory)
    }
}
/// What was answered before the cut is not called again; what was not is called as often as it would have been.
fn answered_once(left: &[Event], before: &World, after: &World) -> Verdict {
    let mut answered = BTreeMap::new();
    for (index, event) in left.iter().enumerate() {
        let is_answered = matches!(left.get(index + 1), Some(Event::Answered { .. }));
        if let Event::Asked { asked: Asked::Tool { tool, arguments } | Asked::Start { tool, arguments, .. } } = event
            && is_answered
        {
            *answered.entry(format!("{tool}({arguments})")).or_insert(0) += 1;
        }
    }
    for (call, count) in before.called() {
        let again = after.called().get(&call).copied().unwrap_or_default();
        let wanted = count - answered.get(&call).copied().unwrap_or_default();
        ensure(again == wanted, format!("{call} was called {again} times after the cut, not {wanted}"))?;
    }
    Ok(())
}

/// Whether a call is on its way at the end.
fn has_open_call(events: &[Event]) -> bool {
    let mut open = 0;
    for event in events {
        match event {
            Event::Asked { asked: Asked::Start { .. } } => open += 1,
            Event::Call { answer: exuvia_core::HostAnswer::Finished(finished), .. } => open -= finished.len(),
            _ => {}
        }
    }
    open > 0
}

fn repeatable(asked: &Asked) -> bool {
    !matches!(asked, Asked::Tool { tool, .. } if tool == "two")
}

fn copy_checkpoints(world: &World, store: &Arc<dyn Store>, id: &SessionId) -> Verdict {
    let events = pollster::block_on(store.history(id, None))?.last().map_or(0, |part| part.positions.end);
    for entry in pollster::block_on(world.store.checkpoints(id))? {
        if entry.position < events
            && let Some(bytes) = pollster::block_on(world.store.checkpoint(id, entry.position))?
        {
            pollster::block_on(store.put_checkpoint(id, entry.position, &bytes))?;
        }
    }
    Ok(())
}

/// Returns an outcome as text, without what depends on how often it began.
pub(super) fn told(outcome: &Outcome) -> String {
    match outcome.status {
        Status::Stopped { .. } => format!("{:?}", outcome.status),
        _ => shown(outcome),
    }
}
