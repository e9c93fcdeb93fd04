//! A store that ends its own process at a moment that was chosen.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use exuvia_core::journal::{
    CheckpointEntry, Durability, Event, Imported, Opening, PrunePolicy, Pruned, Recorded, Segment, SessionId,
    SessionSummary, Store, StoreError, StoreFuture, Verification, Writer,
};
use exuvia_journal::LocalStore;

use super::place::Place;

/// What a process does to its store that it can be killed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// It makes a session, or appends to one.
    Append,
    /// It keeps a checkpoint, or removes one.
    Checkpoint,
    /// It notes how far was printed.
    Printed,
}

/// Whether a process is killed before it does something, or after, before anybody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Before,
    After,
}

/// When a process is to be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) deed: Deed,
    pub(super) when: When,
    /// The how manieth of these deeds it is, from 1.
    pub(super) number: u64,
}

impl Moment {
    /// Writes it as an argument of a process.
    pub(super) fn to_argument(self) -> String {
        format!("{:?} {:?} {}", self.when, self.deed, self.number)
    }

    /// Reads it from an argument of a process.
    pub(super) fn from_argument(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let when = [When::Before, When::After].into_iter().find(one_of(words.next()?))?;
        let deed = [Deed::Append, Deed::Checkpoint, Deed::Printed].into_iter().find(one_of(words.next()?))?;
        Some(Self { deed, when, number: words.next()?.parse().ok()? })
    }
}

fn one_of<T: std::fmt::Debug>(word: &str) -> impl Fn(&T) -> bool {
    move |value| format!("{value:?}") == word
}

/// A store in a place, in a process that ends when the moment has come.
pub(super) struct Killer {
    inner: LocalStore,
    watch: Arc<Watch>,
}

impl Killer {
    pub(super) fn new(inner: LocalStore, place: &Place, moment: Moment) -> Self {
        let watch = Watch { moment, done: AtomicU64::new(0), place: place.clone() };
        Self { inner, watch: Arc::new(watch) }
    }
}

struct Watch {
    moment: Moment,
    /// How many of the deeds that count were begun.
    done: AtomicU64,
    place: Place,
}

impl Watch {
    /// Does a deed, and kills this process if it is the one.
    fn around<T>(&self, deed: Deed, act: impl FnOnce() -> T) -> T {
        let is_it = deed == self.moment.deed && self.done.fetch_add(1, Ordering::Relaxed) + 1 == self.moment.number;
        if !is_it {
            return act();
        }
        if self.moment.when == When::Before {
            die();
        }
        let before = sizes(&self.place.store()).expect("the store's files can be listed");
        // What is dropped may let the session go.
        std::mem::forget(act());
        let after = sizes(&self.place.store()).expect("the store's files can be listed");
        // Beside a checkpoint the session appends, and is acknowledged: that must not be torn.
        if deed == Deed::Append {
            fs::write(self.place.growth(), growth(&before, &after)).expect("what grew can be noted");
        }
        die()
    }

    /// Notes events that are acknowledged from now on, as if they had been printed.
    fn acknowledge(&self, events: impl Iterator<Item = Event>) {
        let lines: String = events.map(|event| format!("{event:?}\n")).collect();
        append(&self.place.acknowledged(), lines.as_bytes()).expect("what was acknowledged can be noted");
    }
}

/// Ends this process as the kernel does that has no memory left: nothing is dropped, nothing is flushed.
fn die() -> ! {
    let _killed = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    loop {
        std::thread::park();
    }
}

/// Appends to a file that several processes write to, one after the other.
pub(super) fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).open(path)?.write_all(bytes)
}

/// Returns the files below a folder with their sizes, in the order of their names.
fn sizes(folder: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            // A file may go away while this looks: another thread keeps checkpoints.
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => folders.push(path),
                Ok(metadata) => found.push((path, metadata.len())),
                Err(_) => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Says which files have grown: the size before, the size after and the path, a line each.
fn growth(before: &[(PathBuf, u64)], after: &[(PathBuf, u64)]) -> String {
    let size_before = |path: &Path| before.iter().find(|(known, _)| known == path).map_or(0, |(_, size)| *size);
    let grown = after.iter().map(|(path, size)| (size_before(path), *size, path)).filter(|(old, new, _)| old < new);
    grown.map(|(old, new, path)| format!("{old} {new} {}\n", path.display())).collect()
}

impl Store for Killer {
    fn durability(&self) -> Durability {
        self.inner.durability()
    }

    fn create<'a>(&'a self, opening: Opening) -> StoreFuture<'a, Box<dyn Writer>> {
        Box::pin(async move {
            let opened = Event::Opened(Box::new(opening.opened.clone()));
            let inner = self.watch.around(Deed::Append, || pollster::block_on(self.inner.create(opening)))?;
            self.watch.acknowledge(std::iter::once(opened));
            Ok(Box::new(KillerWriter { inner, watch: Arc::clone(&self.watch) }) as Box<dyn Writer>)
        })
    }

    fn open<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, Box<dyn Writer>> {
        self.inner.open(session)
    }

    fn find<'a>(&'a self, wanted: &'a str) -> StoreFuture<'a, SessionId> {
        self.inner.find(wanted)
    }

    fn list<'a>(&'a self) -> StoreFuture<'a, Vec<SessionSummary>> {
        self.inner.list()
    }

    fn read<'a>(&'a self, session: &'a SessionId, from: u64, count_max: usize) -> StoreFuture<'a, Vec<Recorded>> {
        self.inner.read(session, from, count_max)
    }

    fn history<'a>(&'a self, session: &'a SessionId, until: Option<u64>) -> StoreFuture<'a, Vec<Segment>> {
        self.inner.history(session, until)
    }

    fn rename<'a>(&'a self, session: &'a SessionId, name: Option<String>) -> StoreFuture<'a, ()> {
        self.inner.rename(session, name)
    }

    fn remove<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, ()> {
        self.inner.remove(session)
    }

    fn prune<'a>(&'a self, policy: PrunePolicy) -> StoreFuture<'a, Pruned> {
        self.inner.prune(policy)
    }

    fn verify<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, Verification> {
        self.inner.verify(session)
    }

    fn export<'a>(
        &'a self,
        session: &'a SessionId,
        with_checkpoints: bool,
        to: &'a mut (dyn Write + Send),
    ) -> StoreFuture<'a, ()> {
        self.inner.export(session, with_checkpoints, to)
    }

    fn import<'a>(&'a self, from: &'a mut (dyn Read + Send)) -> StoreFuture<'a, Imported> {
        self.inner.import(from)
    }

    fn put_checkpoint<'a>(&'a self, session: &'a SessionId, position: u64, bytes: &'a [u8]) -> StoreFuture<'a, ()> {
        self.watch.around(Deed::Checkpoint, || self.inner.put_checkpoint(session, position, bytes))
    }

    fn checkpoints<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, Vec<CheckpointEntry>> {
        self.inner.checkpoints(session)
    }

    fn checkpoint<'a>(&'a self, session: &'a SessionId, position: u64) -> StoreFuture<'a, Option<Vec<u8>>> {
        self.inner.checkpoint(session, position)
    }

    fn remove_checkpoint<'a>(&'a self, session: &'a SessionId, position: u64) -> StoreFuture<'a, ()> {
        self.watch.around(Deed::Checkpoint, || self.inner.remove_checkpoint(session, position))
    }

    fn printed<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, u64> {
        self.inner.printed(session)
    }
}

struct KillerWriter {
    inner: Box<dyn Writer>,
    watch: Arc<Watch>,
}

impl Writer for KillerWriter {
    fn session(&self) -> &SessionId {
        self.inner.session()
    }

    fn position(&self) -> u64 {
        self.inner.position()
    }

    fn epoch(&self) -> u64 {
        self.inner.epoch()
    }

    fn is_lost(&self) -> bool {
        self.inner.is_lost()
    }

    fn append<'a>(&'a mut self, events: &'a [(i64, Event)]) -> StoreFuture<'a, u64> {
        Box::pin(async move {
            let position = self.watch.around(Deed::Append, || pollster::block_on(self.inner.append(events)))?;
            self.watch.acknowledge(events.iter().map(|(_, event)| event.clone()));
            Ok(position)
        })
    }

    fn sync<'a>(&'a mut self) -> StoreFuture<'a, ()> {
        self.inner.sync()
    }

    fn note_printed(&mut self, position: u64) -> Result<(), StoreError> {
        self.watch.around(Deed::Printed, || self.inner.note_printed(position))
    }
}
