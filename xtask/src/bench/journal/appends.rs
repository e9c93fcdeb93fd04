//! Appends to journals on a disk, beside what that disk and SQLite can do alone.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use exuvia_core::HostAnswer;
use exuvia_core::journal::{Durability, Event, Store as _, Writer};
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

/// How long a turn is.
const TIME: Duration = Duration::from_secs(1);
/// How many rows are inserted in a transaction.
const ROWS: u32 = 100;

pub(super) fn measure(rounds: u32) -> Result<Vec<Row>> {
    tools::say("appends");
    let world = World::new(&exuvia::engine(1)?, Toolbox::builder().build()?);
    let place = Place::new("appends")?;
    // All stay open, as a session does: a log that has grown once is written again.
    let mut sync = Journal::new(&world, &place.path().join("sync"), Durability::Sync)?;
    let mut group = Journal::new(&world, &place.path().join("group"), Durability::Group)?;
    let mut file = OpenOptions::new().create(true).append(true).open(place.path().join("raw"))?;
    let connection = connect(&place.path().join("rows.sqlite"))?;
    let mut rates = [const { Vec::new() }; 4];
    // In turns, since a disk has moods.
    for _ in 0..rounds {
        let turn = [sync.appends()?, raw(&mut file)?, group.appends()?, inserts(&connection)?];
        for (rates, rate) in rates.iter_mut().zip(turn) {
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

/// The journal of a session.
struct Journal {
    writer: Box<dyn Writer>,
    event: [(i64, Event); 1],
    /// Held until the writer is dropped.
    _store: LocalStore,
}

impl Journal {
    fn new(world: &World, folder: &Path, durability: Durability) -> Result<Self> {
        let store = LocalStore::open(folder, SqliteOptions { durability, ..SqliteOptions::default() })?;
        let writer = pollster::block_on(store.create(world.opening("measured")?))?;
        let arguments = r#"{"url": "https://example.org/", "n": 12345}"#.into();
        let asked = Asked::Tool { tool: "fetch".into(), arguments };
        let answer = HostAnswer::Tool(Ok(r#"{"status": 200, "body": "hello"}"#.into()));
        Ok(Self { writer, event: [(super::now(), Event::Call { asked, answer })], _store: store })
    }

    /// Appends one event at a time. Returns how many that is in a second.
    fn appends(&mut self) -> Result<f64> {
        let mut meter = Meter::start();
        while meter.goes_on() {
            pollster::block_on(self.writer.append(&self.event))?;
            meter.count += 1;
        }
        // What was not brought to the disk yet is not forgotten.
        pollster::block_on(self.writer.sync())?;
        Ok(meter.rate())
    }
}

/// Appends as many bytes as such an event has, and brings them to the disk each time.
fn raw(file: &mut File) -> Result<f64> {
    let mut meter = Meter::start();
    while meter.goes_on() {
        file.write_all(&[b'x'; 200])?;
        file.sync_data()?;
        meter.count += 1;
    }
    Ok(meter.rate())
}

fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What is committed is on the disk.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute("CREATE TABLE rows (position INTEGER PRIMARY KEY, body TEXT, hash BLOB)", [])?;
    Ok(connection)
}

/// Inserts rows as small as an event.
fn inserts(connection: &Connection) -> Result<f64> {
    let mut insert = connection.prepare_cached("INSERT INTO rows (body, hash) VALUES (?1, ?2)")?;
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
