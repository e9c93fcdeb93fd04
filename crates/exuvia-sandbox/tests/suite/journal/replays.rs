//! Sessions that run again.

use std::sync::{Arc, Mutex, mpsc};

use exuvia_core::Stream;
use exuvia_core::journal::{Event, SessionId, Store};
use exuvia_core::recording::Asked;
use exuvia_journal::{LocalStore, SqliteOptions};
use exuvia_session::{Deed, Divergence, Meter, Passed, Replay, ReplayOptions, Replayed, SessionError};
use libtest_mimic::{Failed, Trial};

use super::world::{World, lock};
use crate::suite::fixture::{Verdict, ensure, same};
use crate::suite::fresh::{self, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("journal::replay::up_to_a_cell_and_from_a_checkpoint", parts),
        trial("journal::replay::tells_how_far_it_is", metered),
        trial("journal::replay::of_an_export_in_another_store", exported),
        trial("journal::replay::finds_another_line", diverged),
        trial("journal::replay::finds_other_output", other_output),
        trial("journal::replay::shows_both_sides_around_the_first_difference", both_sides),
        trial("journal::replay::of_an_interrupted_cell", interrupted),
        trial("journal::replay::ends_where_the_process_was_killed", unfinished),
    ]
}

/// Runs a session, then again: everything is the same, and no tool is called.
pub(super) fn whole(cells: &[&str]) -> Verdict {
    let world = World::new()?;
    let mut session = world.open("whole")?;
    for cell in cells {
        world.run(&mut session, cell)?;
    }
    let memory = session.sandbox().memory_hash();
    let id = session.id().clone();
    drop(session);
    let (calls, printed) = (world.called(), world.printed());
    let again = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&again);
    let output = Box::new(move |_, bytes: &[u8]| lock(&sink).extend_from_slice(bytes));
    let replayed = replay(&world, &id, ReplayOptions { output: Some(output), ..ReplayOptions::default() })?;
    same("the memory", &memory, &replayed.memory)?;
    same("what was printed", &printed, &String::from_utf8_lossy(&lock(&again)))?;
    ensure(replayed.cells as usize == cells.len(), format!("{} cells ran again", replayed.cells))?;
    ensure(world.called() == calls && world.printed() == printed, "the replay has touched something outside")
}

pub(super) fn replay(world: &World, id: &SessionId, options: ReplayOptions) -> Result<Replayed, Failed> {
    Ok(try_replay(world, id, options)??)
}

fn try_replay(world: &World, id: &SessionId, options: ReplayOptions) -> Result<Result<Replayed, SessionError>, Failed> {
    let replay = Replay::new(Arc::clone(&world.store), world.environment()?, id.clone());
    Ok(pollster::block_on(replay.run(options, |_| {})))
}

/// How far a replay is can be looked at from outside; up to a cell, it has not passed what comes after it.
fn metered() -> Verdict {
    let world = World::new()?;
    let mut session = world.open("metered")?;
    for n in 1..=3 {
        world.run(&mut session, &format!("one('{n}')"))?;
    }
    let id = session.id().clone();
    drop(session);
    let look = |until| -> Result<(Passed, Replayed), Failed> {
        let (given, meter) = mpsc::channel();
        let give = Box::new(move |meter: Meter| given.send(meter).expect("somebody waits for it"));
        let replayed = replay(&world, &id, ReplayOptions { until, meter: Some(give), ..ReplayOptions::default() })?;
        Ok((meter.recv()?.look(), replayed))
    };
    let (whole, replayed) = look(None)?;
    let events_all = replayed.events;
    ensure(whole == Passed { cell: 3, events: events_all, events_all }, format!("{whole:?}"))?;
    let (part, replayed) = look(Some(2))?;
    ensure(part == Passed { cell: 2, events: replayed.events, events_all }, format!("{part:?}"))?;
    ensure(part.events < events_all, format!("{part:?}"))
}

fn parts() -> Verdict {
    let world = World::new()?;
    let mut session = world.open("parts")?;
    for n in 0..6 {
        world.run(&mut session, &format!("x{n} = {n}; print('cell', {n}); one('{n}')"))?;
    }
    let memory = session.sandbox().memory_hash();
    let id = session.id().clone();
    drop(session);
    let options = ReplayOptions { until: Some(3), ..ReplayOptions::default() };
    ensure(replay(&world, &id, options)?.cells == 3, "not the first three cells")?;
    let entries = pollster::block_on(world.store.checkpoints(&id))?;
    let last = entries.last().ok_or("no checkpoint was kept")?;
    let options = ReplayOptions { from: Some(last.position), ..ReplayOptions::default() };
    let replayed = replay(&world, &id, options)?;
    same("the memory", &memory, &replayed.memory)?;
    ensure(replayed.cells < 6, "it began with the beginning")?;
    let options = ReplayOptions { until: Some(7), ..ReplayOptions::default() };
    let error = try_replay(&world, &id, options)?.err().map(|error| error.to_string()).unwrap_or_default();
    ensure(error.contains("no cell 7"), error)
}

fn exported() -> Verdict {
    let folder = tempfile::tempdir()?;
    let world = World::with(Arc::new(LocalStore::open(folder.path(), SqliteOptions::default())?))?;
    fresh::keep_folder(folder);
    let mut session = world.open("exported")?;
    world.run(&mut session, "f = open('/mnt/kept.txt'); text = f.read(); print(len(text)); one('a')")?;
    world.run(&mut session, "import time, os; time.time(), os.urandom(8), text[:5]")?;
    let memory = session.sandbox().memory_hash();
    let id = session.id().clone();
    drop(session);
    let mut file = Vec::new();
    pollster::block_on(world.store.export(&id, false, &mut file))?;
    let other = World::with(Arc::new(LocalStore::memory()))?;
    pollster::block_on(other.store.import(&mut file.as_slice()))?;
    same("the memory", &memory, &replay(&other, &id, ReplayOptions::default())?.memory)
}

/// Copies a session into another store, with its events changed.
fn changed(world: &World, id: &SessionId, change: impl Fn(&mut Event)) -> Result<World, Failed> {
    let other: Arc<dyn Store> = Arc::new(LocalStore::memory());
    let mut events = world.events(id)?;
    events.iter_mut().for_each(change);
    super::cut::put(&other, id, &events)?;
    Ok(world.elsewhere(other))
}

fn diverged() -> Verdict {
    let world = World::new()?;
    let mut session = world.open("diverged")?;
    world.run(&mut session, "def f(name):\n    return two(name)\n")?;
    world.run(&mut session, "total = 0\nfor n in range(100):\n    total += n\nf('a')\nprint(total)")?;
    let id = session.id().clone();
    drop(session);
    let other = changed(&world, &id, |event| {
        if let Event::Asked { asked: Asked::Tool { arguments, .. } } = event {
            *arguments = "b".to_owned();
        }
    })?;
    let error = try_replay(&other, &id, ReplayOptions::default())?.err().ok_or("it is said to be the same")?;
    let SessionError::Diverged(divergence) = &error else { return Err(error.to_string().into()) };
    let (line, text) = divergence.line.clone().unwrap_or_default();
    same("the line", "<cell 1>:2", &line)?;
    same("its text", "    return two(name)", text.trim_end())?;
    let told = error.to_string();
    let sides = "    recorded: called two with b\n    now:      called two with a";
    ensure(told.contains(sides) && told.contains("in cell 2"), told)?;
    ensure(other.called().is_empty(), "a tool was called")
}

fn other_output() -> Verdict {
    let world = World::new()?;
    let mut session = world.open("output")?;
    world.run(&mut session, "print('one')\nprint('two', flush=True)\nprint('three')")?;
    let id = session.id().clone();
    drop(session);
    let other = changed(&world, &id, |event| {
        if let Event::Output { bytes, .. } = event {
            bytes.make_ascii_uppercase();
        }
    })?;
    let error = try_replay(&other, &id, ReplayOptions::default())?.err().ok_or("it is said to be the same")?;
    let sides = "    recorded: wrote to stdout: ONE\\n\n    now:      wrote to stdout: one\\n";
    ensure(matches!(error, SessionError::Diverged(_)) && error.to_string().contains(sides), error.to_string())
}

fn both_sides() -> Verdict {
    let told = |now: Asked, recorded: Option<Event>| {
        let session = SessionId::new("it").map_err(|error| error.to_string())?;
        let now = Deed::Asked(now);
        Ok::<_, Failed>(Divergence { session, position: 7, cell: 2, now, recorded, line: None }.to_string())
    };
    let text = |end: &str| format!("{}{end}\n{}", "x".repeat(5_000), "y".repeat(5_000)).into_bytes();
    let now = Asked::Output { stream: Stream::Stdout, bytes: text("one") };
    let recorded = Event::Output { stream: Stream::Stdout, bytes: text("two") };
    // 300 characters of each, 60 of them before the difference.
    let shown = |end: &str| format!("wrote to stdout: …{}{end}\\n{}…", "x".repeat(60), "y".repeat(300 - 64));
    let expected = format!(
        "the replay differs from session `it` at position 7, in cell 2\n    recorded: {}\n    now:      {}",
        shown("two"),
        shown("one")
    );
    same("the output", &expected, &told(now, Some(recorded))?)?;
    let call = |arguments: &str| Asked::Tool { tool: "pay".to_owned(), arguments: arguments.to_owned() };
    let recorded = Event::Asked { asked: call(r#"{"amount":8}"#) };
    let shown = told(call(r#"{"amount":7}"#), Some(recorded))?;
    ensure(
        shown.ends_with("recorded: called pay with {\"amount\":8}\n    now:      called pay with {\"amount\":7}"),
        shown,
    )?;
    let shown = told(call("{}"), None)?;
    ensure(shown.ends_with("recorded: nothing any more\n    now:      called pay with {}"), shown)
}

fn interrupted() -> Verdict {
    let world = World::new()?;
    let mut session = world.open_with("interrupted", |opened| opened.limits.output_bytes = 10_000)?;
    let (interrupter, printed) = (session.interrupter(), Arc::clone(&world.printed));
    let stopper = std::thread::spawn(move || {
        while lock(&printed).is_empty() {
            std::thread::yield_now();
        }
        interrupter.interrupt();
    });
    let outcome = world.run(&mut session, "n = 0\nprint('begun', flush=True)\nwhile True: n += 1")?;
    stopper.join().map_err(|_| "the thread that interrupts has panicked")?;
    let kind = outcome.error.map(|error| error.type_name);
    ensure(kind.as_deref() == Some("KeyboardInterrupt"), format!("{kind:?}"))?;
    world.run(&mut session, "while True: print(n)")?;
    world.run(&mut session, "n")?;
    let memory = session.sandbox().memory_hash();
    let id = session.id().clone();
    drop(session);
    same("the memory", &memory, &replay(&world, &id, ReplayOptions::default())?.memory)
}

fn unfinished() -> Verdict {
    let world = World::new()?;
    let mut session = world.open("unfinished")?;
    world.run(&mut session, "print('whole')")?;
    world.run(&mut session, "print('half', flush=True)\none('a')\nprint('never')")?;
    let id = session.id().clone();
    drop(session);
    let events = world.events(&id)?;
    let asked = events.iter().position(|event| matches!(event, Event::Asked { .. })).ok_or("nothing was asked")?;
    let other: Arc<dyn Store> = Arc::new(LocalStore::memory());
    super::cut::put(&other, &id, &events[..=asked])?;
    let replayed = replay(&world.at(other), &id, ReplayOptions::default())?;
    ensure(replayed.unfinished == Some(2) && replayed.cells == 1, format!("{replayed:?}"))
}
