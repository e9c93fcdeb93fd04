//! Appends to journals on a disk, beside what that disk and SQLite can do alone.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;
use exuvia_core::HostAnswer;
use exuvia_core::journal::{Durability, Event, Store as _};
use exuvia_core::recording::Asked;
use exuvia_journal::{LocalStore, SqliteOptions};
use exuvia_tools::Toolbox;
use rusqlite::{Connection, params};

use super::{Place, World};
use crate::bench::report::{OURS, Row};
use crate::bench::{exuvia, statistics};
use crate::tools;

/// The rows, and what is beside them.
pub(super) const SYNC: &str = "appends of one event, `sync`";
pub(super) const RAW: &str = "raw append and fdatasync";
pub(super) const GROUP: &str = "appends of one event, `group`";
pub(super) const SQLITE: &str = "SQLite, 100 in a transaction";

/// How long each is measured in a round.
const TIME: Duration = Duration::from_secs(1);
/// How many rows are inserted in a transaction.
const ROWS: u32 = 100;

pub(super) fn measure(rounds: u32) -> Result<Vec<Row>> {
    tools::say("appends");
    let toolbox = Toolbox::builder().build()?;
    let world = World::new(&exuvia::engine(1)?, toolbox);
    let mut rates = [const { Vec::new() }; 4];
    // In turns, since a disk has moods.
    for _ in 0..rounds {
        let measured = [appends(&world, Durability::Sync)?, raw()?, appends(&world, Durability::Group)?, sqlite()?];
        for (rates, rate) in rates.iter_mut().zip(measured) {
            rates.push(rate);
        }
    }
    let [sync, raw, group, sqlite] = rates.each_mut().map(|rates| statistics::median(rates));
    let rows = [(SYNC, sync, RAW, raw), (GROUP, group, SQLITE, sqlite)].map(|(name, ours, other, theirs)| {
        let mut row = Row::new("journal", name, "/s");
        row.set(OURS, ours);
        row.set(other, theirs);
        row
    });
    Ok(rows.into())
}

/// Appends one event at a time to a session. Returns how many that is in a second.
fn appends(world: &World, durability: Durability) -> Result<f64> {
    let place = Place::new("appends")?;
    let store = LocalStore::open(place.path(), SqliteOptions { durability, ..SqliteOptions::default() })?;
    let mut writer = pollster::block_on(store.create(world.opening("measured")?))?;
    let asked =
        Asked::Tool { tool: "fetch".into(), arguments: r#"{"url": "https://example.org/", "n": 12345}"#.into() };
    let answer = HostAnswer::Tool(Ok(r#"{"status": 200, "body": "hello"}"#.into()));
    let event = [(super::now(), Event::Call { asked, answer })];
    let mut meter = Meter::start();
    while meter.goes_on() {
        pollster::block_on(writer.append(&event))?;
        meter.count += 1;
    }
    // What was not brought to the disk yet is not forgotten.
    pollster::block_on(writer.sync())?;
    Ok(meter.rate())
}

/// Appends as many bytes as such an event has to a file, and brings them to the disk each time.
fn raw() -> Result<f64> {
    let place = Place::new("raw")?;
    let mut file = OpenOptions::new().create(true).append(true).open(place.path().join("raw"))?;
    let mut meter = Meter::start();
    while meter.goes_on() {
        file.write_all(&[b'x'; 200])?;
        file.sync_data()?;
        meter.count += 1;
    }
    Ok(meter.rate())
}

/// Inserts rows as small as an event.
fn sqlite() -> Result<f64> {
    let place = Place::new("sqlite")?;
    let connection = Connection::open(place.path().join("rows.sqlite"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What is committed is on the disk.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute("CREATE TABLE rows (position INTEGER PRIMARY KEY, body TEXT, hash BLOB)", [])?;
    let mut insert = connection.prepare("INSERT INTO rows (body, hash) VALUES (?1, ?2)")?;
    let body = "x".repeat(100);
    let mut meter = Meter::start();
    while meter.goes_on() {
        connection.execute_batch("BEGIN")?;
        for _ in 0..ROWS {
            insert.execute(params![body, [0_u8; 32]])?;
        }
        connection.execute_batch("COMMIT")?;
        meter.count += ROWS;
    }
    Ok(meter.rate())
}

/// Counts what is done for a while.
struct Meter {
    started: Instant,
    count: u32,
}

impl Meter {
    fn start() -> Self {
        Self { started: Instant::now(), count: 0 }
    }

    fn goes_on(&self) -> bool {
        self.started.elapsed() < TIME
    }

    /// Returns how many that was in a second.
    fn rate(&self) -> f64 {
        f64::from(self.count) / self.started.elapsed().as_secs_f64()
    }
}
