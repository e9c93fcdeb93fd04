//! Measures what `cargo xtask bench` does not: appends of several events, without waiting, of clock readings.
//!
//!     cargo run --release -p exuvia-journal --example throughput -- FOLDER
//!
//! `FOLDER` says on which disk.

use std::fs;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use exuvia_core::journal::{Durability, EngineIdentity, Event, Opened, Opening, SessionId, Store, StoreFuture, Writer};
use exuvia_core::recording::Asked;
use exuvia_core::{ClockId, HostAnswer};
use exuvia_journal::{LocalStore, SqliteOptions};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// How long each thing is measured.
const TIME: Duration = Duration::from_secs(3);

#[expect(clippy::print_stdout, reason = "that is what it is for")]
fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).ok_or("which folder?")?;
    let folder = Path::new(&folder).join("exuvia-throughput");
    fs::create_dir_all(&folder)?;
    // In turns, since a disk has moods.
    for _ in 0..3 {
        let group = appends(&folder, Durability::Group, 1)?;
        println!("group: {:8.1} µs an append of one event", 1e6 / group);
        let pairs = appends(&folder, Durability::Group, 2)?;
        println!("group: {:8.1} µs an append of two events", 1e6 / pairs);
        let asynchronous = appends(&folder, Durability::Async, 1)?;
        println!("async: {:8.1} µs an append of one event", 1e6 / asynchronous);
    }
    clocks(&folder)?;
    printed(&folder)?;
    fs::remove_dir_all(folder)?;
    Ok(())
}

/// Appends so many events at a time, and returns how many times that is in a second.
fn appends(folder: &Path, durability: Durability, events: usize) -> Result<f64> {
    let (_folder, mut writer) = session(folder, durability)?;
    let asked =
        Asked::Tool { tool: "fetch".into(), arguments: r#"{"url": "https://example.org/", "n": 12345}"#.into() };
    let answer = HostAnswer::Tool(Ok(r#"{"status": 200, "body": "hello"}"#.into()));
    let batch = vec![(1_700_000_000_000, Event::Call { asked, answer }); events];
    let rate = per_second(|| ready(writer.append(&batch)).map(drop))?;
    ready(writer.sync())?;
    Ok(rate)
}

#[expect(clippy::print_stdout, reason = "that is what it is for")]
fn clocks(folder: &Path) -> Result<()> {
    let (store, mut writer) = session(folder, Durability::Group)?;
    let mut nanoseconds = 0;
    let mut read = |n: i64| {
        nanoseconds += 900 + (n * 7_919) % 300;
        (ClockId::Monotonic, nanoseconds)
    };
    let event = [(0, Event::Clocks((0..1_000_000).map(&mut read).collect()))];
    let (append, _) = timed(|| ready(writer.append(&event)))?;
    let (read, _) = timed(|| ready(store.read(&SessionId::new("measured")?, 1, 1)))?;
    println!("a million clock readings: {append:?} to append, {read:?} to read");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "that is what it is for")]
fn printed(folder: &Path) -> Result<()> {
    let (_store, mut writer) = session(folder, Durability::Group)?;
    let rate = per_second(|| Ok(writer.note_printed(1)?))?;
    println!("note_printed: {:.2} µs", 1e6 / rate);
    Ok(())
}

/// Makes a store anew, with a session in it.
fn session(folder: &Path, durability: Durability) -> Result<(LocalStore, Box<dyn Writer>)> {
    let folder = folder.join("store");
    drop(fs::remove_dir_all(&folder));
    let store = LocalStore::open(&folder, SqliteOptions { durability, ..SqliteOptions::default() })?;
    let opened =
        Opened::new(EngineIdentity { name: "cpython".into(), version: "3.14.2".into() }, String::new(), [0; 32]);
    let opening = Opening { session: SessionId::new("measured")?, name: None, opened, at: 0 };
    let writer = ready(store.create(opening))?;
    Ok((store, writer))
}

/// Returns an answer that is ready.
fn ready<T>(future: StoreFuture<'_, T>) -> Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Ok(result?),
        Poll::Pending => Err("it is not ready".into()),
    }
}

/// Returns how often something can be done in a second.
fn per_second(mut act: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut count = 0;
    let (time, ()) = timed(|| {
        #[expect(clippy::disallowed_methods, reason = "it measures")]
        let begin = Instant::now();
        #[expect(clippy::disallowed_methods, reason = "it measures")]
        while begin.elapsed() < TIME {
            act()?;
            count += 1;
        }
        Ok(())
    })?;
    Ok(f64::from(count) / time.as_secs_f64())
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn timed<T>(act: impl FnOnce() -> Result<T>) -> Result<(Duration, T)> {
    let begin = Instant::now();
    let value = act()?;
    Ok((begin.elapsed(), value))
}
