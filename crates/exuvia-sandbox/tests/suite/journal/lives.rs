//! Sessions that are forked, undone and stopped.

use std::sync::Arc;
use std::time::Duration;

use exuvia_core::Status;
use exuvia_core::journal::{Event, SessionId, Source};
use exuvia_session::{Environment, ReplayOptions, Session, SessionError};
use libtest_mimic::{Failed, Trial};

use super::replays::replay;
use super::world::World;
use crate::suite::fixture::{Verdict, ensure, same};
use crate::suite::fresh::trial;

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("journal::forks_go_their_own_ways", forks),
        trial("journal::a_fork_begins_at_any_cell", fork_at),
        trial("journal::undone_cells_stay_in_the_journal", undo),
        trial("journal::a_file_that_is_given_belongs_to_the_cell_before_it", given),
        trial("journal::a_stopped_cell_leaves_what_was_before", stopped),
        trial("journal::a_session_is_open_once", open_once),
        trial("journal::what_differs_is_refused", unlike),
        trial("journal::a_program_cannot_fill_the_disk", full),
        trial("journal::a_program_that_has_ended_keeps_one_checkpoint", thinned),
    ]
}

fn value(world: &World, session: &mut Session, source: &str) -> Result<String, Failed> {
    let outcome = world.run(session, source)?;
    Ok(outcome.value.map(|value| value.repr).unwrap_or_else(|| format!("{:?}", outcome.error)))
}

fn id(text: &str) -> Result<SessionId, Failed> {
    Ok(text.parse()?)
}

fn forks() -> Verdict {
    let world = World::new()?;
    let mut origin = world.open("origin")?;
    world.run(&mut origin, "import random, os; x = [1]; open('f', 'w').write('origin')")?;
    let mut left = pollster::block_on(origin.fork(id("left")?, None, [1; 32]))?;
    let mut right = pollster::block_on(origin.fork(id("right")?, None, [2; 32]))?;
    let code = "x.append(len(x)); open('f', 'a').write(str(x)); (random.random(), os.urandom(4), open('f').read())";
    let [first, second, third] = [&mut origin, &mut left, &mut right].map(|session| value(&world, session, code));
    let (first, second, third) = (first?, second?, third?);
    ensure(first != second && second != third && first != third, format!("random alike: {first} {second} {third}"))?;
    for told in [&first, &second, &third] {
        ensure(told.ends_with("'origin[1, 1]')"), told)?;
    }
    let mut below = pollster::block_on(left.fork(id("below")?, Some("named".to_owned()), [3; 32]))?;
    same("a fork's fork", "[1, 1, 7]", &value(&world, &mut below, "x.append(7); x")?)?;
    same("its origin", "[1, 1]", &value(&world, &mut left, "x")?)?;
    for session in [&mut origin, &mut left, &mut right, &mut below] {
        let memory = session.sandbox().memory_hash();
        let replayed = replay(&world, session.id(), ReplayOptions::default())?;
        same(&format!("the memory of {}", session.id()), &memory, &replayed.memory)?;
    }
    let memory = below.sandbox().memory_hash();
    let below_id = below.id().clone();
    drop(below);
    let (mut below, _) = world.resume(&below_id)?;
    same("the memory of a fork that was resumed", &memory, &below.sandbox().memory_hash())
}

fn fork_at() -> Verdict {
    let world = World::new()?;
    let mut origin = world.open("long")?;
    for n in 1..=5 {
        world.run(&mut origin, &format!("x = {n}; one('{n}')"))?;
    }
    let calls = world.called();
    for cell in [0, 1, 3, 5] {
        let identity = (id(&format!("at-{cell}"))?, None, [9; 32]);
        let fork = Session::fork_at(Arc::clone(&world.store), world.environment()?, origin.id(), Some(cell), identity);
        let (mut fork, _) = pollster::block_on(fork)?;
        ensure(fork.cells() == cell, format!("{} cells", fork.cells()))?;
        let wanted = if cell == 0 { "None".to_owned() } else { cell.to_string() };
        same("x", &format!("({wanted}, )").replace(", )", ",)"), &value(&world, &mut fork, "globals().get('x'),")?)?;
        let memory = fork.sandbox().memory_hash();
        same("its memory", &memory, &replay(&world, fork.id(), ReplayOptions::default())?.memory)?;
    }
    ensure(world.called() == calls, "a fork has called a tool")?;
    let identity = (id("nowhere")?, None, [9; 32]);
    let fork = Session::fork_at(Arc::clone(&world.store), world.environment()?, origin.id(), Some(6), identity);
    let error = pollster::block_on(fork).err().map(|error| error.to_string()).unwrap_or_default();
    ensure(error.contains("no cell 6"), error)
}

fn undo() -> Verdict {
    let world = World::new()?;
    let mut session = world.open("undo")?;
    world.run(&mut session, "import random; x = [1]")?;
    world.run(&mut session, "x.append(2); a = random.random(); one('a')")?;
    world.run(&mut session, "x.append(3); open('f', 'w').write('f')")?;
    pollster::block_on(session.undo(1))?;
    same("after an undo", "([1], False)", &value(&world, &mut session, "import os; x, os.path.exists('f')")?)?;
    ensure(session.cells() == 2, format!("{} cells", session.cells()))?;
    let memory = session.sandbox().memory_hash();
    let id = session.id().clone();
    drop(session);
    same("the memory", &memory, &replay(&world, &id, ReplayOptions::default())?.memory)?;
    let started = world.events(&id)?.iter().filter(|event| matches!(event, Event::CellStarted { .. })).count();
    ensure(started == 4, "undone cells are gone")?;
    let (mut session, resumed) = world.resume(&id)?;
    ensure(resumed.continued.is_none(), "a cell went on")?;
    same("the memory of the resumed session", &memory, &session.sandbox().memory_hash())?;
    pollster::block_on(session.undo(0))?;
    same("x", "False", &value(&world, &mut session, "'x' in globals()")?)?;
    let error = pollster::block_on(session.undo(9)).err().map(|error| error.to_string()).unwrap_or_default();
    ensure(error.contains("no cell 9"), error)
}

fn given() -> Verdict {
    let world = World::new()?;
    let mut session = world.open("given")?;
    let read = "open('/tmp/deep/er/file').read()";
    world.run(&mut session, "x = 1")?;
    session.give("/tmp/deep/er/file", b"one".to_vec())?;
    same("what was given", "'one'", &value(&world, &mut session, read)?)?;
    session.give("/tmp/deep/er/file", b"another".to_vec())?;
    let events = world.events(session.id())?.len();
    for nowhere in ["relative", "/tmp/deep", "/usr/lib/file", ""] {
        ensure(session.give(nowhere, Vec::new()).is_err(), format!("`{nowhere}` was given"))?;
    }
    ensure(world.events(session.id())?.len() == events, "what was not given is in the journal")?;
    same("what was given then", "'another'", &value(&world, &mut session, read)?)?;
    let memory = session.sandbox().memory_hash();
    let id = session.id().clone();
    drop(session);
    same("the memory", &memory, &replay(&world, &id, ReplayOptions::default())?.memory)?;
    let (mut session, _) = world.resume(&id)?;
    same("after a resume", "'another'", &value(&world, &mut session, read)?)?;
    pollster::block_on(session.undo(2))?;
    same("after an undo", "'another'", &value(&world, &mut session, read)?)?;
    pollster::block_on(session.undo(1))?;
    same("after another one", "'one'", &value(&world, &mut session, read)?)?;
    let identity = ("fork".parse()?, None, [9; 32]);
    let fork = Session::fork_at(Arc::clone(&world.store), world.environment()?, &id, Some(1), identity);
    let (mut fork, _) = pollster::block_on(fork)?;
    same("in a fork", "'one'", &value(&world, &mut fork, read)?)?;
    pollster::block_on(session.undo(0))?;
    same("before it", "False", &value(&world, &mut session, "import os; os.path.exists('/tmp/deep')")?)
}

fn stopped() -> Verdict {
    let world = World::new()?;
    let mut session =
        world.open_with("stopped", |opened| opened.limits.wall_time = Some(Duration::from_millis(300)))?;
    world.run(&mut session, "x = 5; open('f', 'w').write('kept')")?;
    let outcome = world.run(&mut session, "x = 6\nopen('f', 'w')\nsum(range(10**13))")?;
    ensure(matches!(outcome.status, Status::Stopped { .. }), format!("{:?}", outcome.status))?;
    same("what was before", "(5, 'kept')", &value(&world, &mut session, "x, open('f').read()")?)?;
    let memory = session.sandbox().memory_hash();
    let id = session.id().clone();
    drop(session);
    same("the memory", &memory, &replay(&world, &id, ReplayOptions::default())?.memory)?;
    let (mut session, _) = world.resume(&id)?;
    same("the memory of the resumed session", &memory, &session.sandbox().memory_hash())
}

fn open_once() -> Verdict {
    let world = World::new()?;
    let session = world.open("once")?;
    let again =
        pollster::block_on(Session::resume(Arc::clone(&world.store), world.environment()?, session.id(), false));
    let error = again.err().map(|error| error.to_string()).unwrap_or_default();
    ensure(error.contains("is open in"), error)?;
    let id = session.id().clone();
    drop(session);
    world.resume(&id).map(drop)
}

fn unlike() -> Verdict {
    let world = World::new()?;
    let session = world.open("like")?;
    let id = session.id().clone();
    drop(session);
    let mut events = world.events(&id)?;
    if let Some(Event::Opened(opened)) = events.first_mut() {
        opened.image = "f".repeat(64);
    }
    let store: Arc<dyn exuvia_core::journal::Store> = Arc::new(exuvia_journal::LocalStore::memory());
    super::cut::put(&store, &id, &events)?;
    let other = world.elsewhere(store);
    let resumed = pollster::block_on(Session::resume(Arc::clone(&other.store), other.environment()?, &id, false));
    match resumed {
        Err(SessionError::Unlike { what, .. }) => ensure(what.contains("hint"), what),
        other => Err(format!("{other:?}").into()),
    }
}

/// A fork begins with the one that is kept.
fn thinned() -> Verdict {
    let world = World::new()?;
    let kept = |id: &SessionId| -> Result<Vec<u64>, Failed> {
        let entries = pollster::block_on(world.store.checkpoints(id))?;
        Ok(entries.into_iter().map(|entry| entry.position).collect())
    };
    let mut session = world.open("ended")?;
    let id = session.id().clone();
    for cell in ["x = 1", "x += 1", "x += 1", "x += 1", "await __import__('asyncio').sleep(1)"] {
        let already = kept(&id)?;
        world.run(&mut session, cell)?;
        // The next one is only taken when this one is kept, which a thread does.
        for _ in 0..100_000 {
            if kept(&id)? != already {
                break;
            }
            std::thread::yield_now();
        }
    }
    drop(session);
    let before = kept(&id)?;
    ensure(before.len() > 1, format!("{before:?}"))?;
    let (mut session, _) = world.resume(&id)?;
    pollster::block_on(session.perform(Source::Finish))?;
    drop(session);
    let after = kept(&id)?;
    ensure(after == before[before.len() - 1..], format!("{after:?} of {before:?}"))?;
    let identity = ("fork".parse()?, None, [1; 32]);
    let fork = Session::fork_at(Arc::clone(&world.store), world.environment()?, &id, Some(5), identity);
    let (mut fork, resumed) = pollster::block_on(fork)?;
    ensure(resumed.from_checkpoint, "the fork ran everything again")?;
    same("what it has", "4", &value(&world, &mut fork, "x")?)
}

/// Whatever a program has written down, there is an end to it, and what was there before is there still.
fn full() -> Verdict {
    for code in [
        "import time\nwhile True: time.time()",
        "while True: print('x' * 10_000, file=__import__('sys').stderr)",
        "while True: one('x' * 100_000)",
        "import os\nwhile True: os.listdir('/mnt'); os.stat('/mnt/kept.txt'); open('/mnt/kept.txt').read(); os.rename('/mnt/kept.txt', '/mnt/kept.txt'); one('')",
    ] {
        let world = World::new()?;
        let environment = Environment { journal_bytes_max: 2 << 20, ..world.environment()? };
        let mut opening = world.opening("full")?;
        opening.opened.limits.output_bytes = u64::MAX;
        let opened = Session::open(Arc::clone(&world.store), environment, opening);
        let mut session = pollster::block_on(opened)?;
        world.run(&mut session, "x = 5")?;
        let error = pollster::block_on(session.run(code)).err().ok_or("it has no end")?;
        ensure(matches!(error, SessionError::Store(_)), error.to_string())?;
        ensure(pollster::block_on(session.run("1")).is_err(), "it goes on")?;
        drop(session);
        let verified = pollster::block_on(world.store.verify(&id("full")?))?;
        ensure(verified.damage.is_none(), format!("{verified:?}"))?;
    }
    Ok(())
}
