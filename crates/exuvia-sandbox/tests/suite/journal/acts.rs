//! Acts that were asked for when a process ended.

use std::sync::Arc;

use exuvia_core::journal::{Event, Store};
use exuvia_core::recording::Asked;
use exuvia_journal::LocalStore;
use libtest_mimic::{Failed, Trial};

use super::cut::put;
use super::replays::replay;
use super::world::World;
use crate::suite::fixture::{Verdict, ensure, same};
use crate::suite::fresh::trial;

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("journal::act::is_done_again_if_that_does_no_harm", idempotent),
        trial("journal::act::is_not_done_twice", not_idempotent),
        trial("journal::act::in_the_background_is_done_again", background),
        trial("journal::act::in_the_background_is_not_done_twice", background_once),
        trial("journal::act::a_fork_in_the_middle_of_a_call", forked),
    ]
}

/// Runs a cell, cuts its journal after the last event that `at` means, and goes on. Returns what the cell then gave, and
/// the world in which it went on.
fn cut(source: &str, at: impl Fn(&Event) -> bool) -> Result<(String, World), Failed> {
    let world = World::new()?;
    let mut session = world.open("act")?;
    world.run(&mut session, "from exuvia import ToolInterrupted\nimport asyncio")?;
    world.run(&mut session, source)?;
    let id = session.id().clone();
    drop(session);
    let events = world.events(&id)?;
    let end = events.iter().rposition(at).ok_or("there is no such event")?;
    let store: Arc<dyn Store> = Arc::new(LocalStore::memory());
    put(&store, &id, &events[..=end])?;
    let again = world.at(store);
    let (mut session, resumed) = again.resume(&id)?;
    let (_, outcome) = resumed.continued.ok_or("the cell was at its end")?;
    let memory = session.sandbox().memory_hash();
    drop(session);
    same("the memory of its replay", &memory, &replay(&again, &id, exuvia_session::ReplayOptions::default())?.memory)?;
    Ok((outcome.value.map(|value| value.repr).unwrap_or_else(|| format!("{:?}", outcome.error)), again))
}

fn is_tool(event: &Event) -> bool {
    matches!(event, Event::Asked { asked: Asked::Tool { .. } })
}

fn is_started(event: &Event) -> bool {
    matches!(event, Event::Answered { .. })
}

fn idempotent() -> Verdict {
    let (value, world) = cut("one('a') + one('b')", is_tool)?;
    same("the value", "'one: aone: b'", &value)?;
    ensure(world.called() == [("one(b)".to_owned(), 1)].into(), format!("{:?}", world.called()))
}

const CAREFUL: &str = "try:\n    got = two('a')\nexcept ToolInterrupted as error:\n    got = type(error).__name__\ngot";

fn not_idempotent() -> Verdict {
    let (value, world) = cut(CAREFUL, is_tool)?;
    same("the value", "'ToolInterrupted'", &value)?;
    ensure(world.called().is_empty(), format!("{:?}", world.called()))
}

fn background() -> Verdict {
    let (value, world) = cut("await asyncio.gather(one.aio('a'), one.aio('b'))", is_started)?;
    same("the value", "['one: a', 'one: b']", &value)?;
    ensure(world.called().len() == 2, format!("{:?}", world.called()))
}

fn background_once() -> Verdict {
    let source = "await asyncio.gather(one.aio('a'), two.aio('b'), return_exceptions=True)";
    let (value, world) = cut(source, is_started)?;
    ensure(value.starts_with("['one: a', ToolInterrupted("), value)?;
    ensure(world.called() == [("one(a)".to_owned(), 1)].into(), format!("{:?}", world.called()))
}

/// The origin and its fork go on from the same call: each makes its own of it.
fn forked() -> Verdict {
    let world = World::new()?;
    let mut session = world.open("origin")?;
    world.run(&mut session, "import random; x = 1")?;
    world.run(&mut session, "y = one('a'); x = 2; z = random.random()")?;
    let id = session.id().clone();
    drop(session);
    let events = world.events(&id)?;
    let end = events.iter().rposition(is_tool).ok_or("nothing was asked")?;
    let store: Arc<dyn Store> = Arc::new(LocalStore::memory());
    put(&store, &id, &events[..=end])?;
    let again = world.at(store);
    let identity = ("fork".parse()?, None, [5; 32]);
    let fork = exuvia_session::Session::fork_at(Arc::clone(&again.store), again.environment()?, &id, None, identity);
    let (mut fork, resumed) = pollster::block_on(fork)?;
    ensure(resumed.continued.is_some(), "the cell did not go on")?;
    let (mut origin, _) = again.resume(&id)?;
    ensure(again.called() == [("one(a)".to_owned(), 2)].into(), format!("{:?}", again.called()))?;
    for session in [&mut fork, &mut origin] {
        let outcome = again.run(session, "x, y, random.random()")?;
        let told = outcome.value.map(|value| value.repr).unwrap_or_default();
        ensure(told.starts_with("(2, 'one: a', "), told)?;
        let memory = session.sandbox().memory_hash();
        let replayed = replay(&again, session.id(), exuvia_session::ReplayOptions::default())?;
        same("the memory of its replay", &memory, &replayed.memory)?;
    }
    Ok(())
}
