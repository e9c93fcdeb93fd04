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
    let world = World::new()?;
    let mut session = world.open("cut")?;
    let mut outcomes = Vec::new();
    for cell in cells {
        outcomes.push(told(&world.run(&mut session, cell)?));
    }
    let memory = session.sandbox().memory_hash();
    let id = session.id().clone();
    drop(session);
    let events = world.events(&id)?;
    let step = events.len().div_ceil(CUTS_MAX).max(1);
    for cut in (1..=events.len()).rev().step_by(step) {
        let left = &events[..cut];
        let store: Arc<dyn Store> = Arc::new(LocalStore::memory());
        put(&store, &id, left)?;
        copy_checkpoints(&world, &store, &id)?;
        // A tool that must not be called twice is another story: what the program sees then is no secret to it.
        if matches!(left.last(), Some(Event::Asked { asked }) if !repeatable(asked)) || has_open_call(left) {
            continue;
        }
        let again = world.at(store);
        let failed = |error: Failed| {
            let message = error.message().unwrap_or_default().to_owned();
            Failed::from(format!("cut after {cut} of {} events, {:?}: {message}", events.len(), left.last()))
        };
        go_on(&again, &id, cells, &outcomes, &memory).map_err(failed)?;
        answered_once(left, &world, &again).map_err(failed)?;
    }
    Ok(())
}

fn go_on(world: &World, id: &SessionId, cells: &[&str], outcomes: &[String], memory: &str) -> Verdict {
    let (mut session, resumed) = world.resume(id)?;
    if let Some((cell, outcome)) = &resumed.continued {
        same("the outcome of the cell that was cut", &outcomes[*cell as usize - 1], &told(outcome))?;
    }
    for number in session.cells() as usize..cells.len() {
        let outcome = world.run(&mut session, cells[number])?;
        same(&format!("the outcome of cell {}", number + 1), &outcomes[number], &told(&outcome))?;
    }
    same("the memory", memory, &session.sandbox().memory_hash())?;
    drop(session);
    let replayed = super::replays::replay(world, id, exuvia_session::ReplayOptions::default())?;
    same("the memory of its replay", memory, &replayed.memory)
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
