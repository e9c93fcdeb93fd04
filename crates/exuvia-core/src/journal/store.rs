//! Where journals are kept, and who may write to one.

use std::future::Future;
use std::io::{Read, Write};
use std::ops::Range;
use std::pin::Pin;

use crate::journal::{Event, Hash, Opened, SessionId, StoreError};

/// What a store answers. A store on this machine's own disk has it ready when it returns.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// When an append is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Durability {
    /// When it is on the disk: it survives a failure of the machine.
    Sync,
    /// When the operating system has it: it survives the end of this process, however that comes. It is on the disk some
    /// milliseconds later, together with others.
    #[default]
    Group,
    /// At once. It is handed on some milliseconds later; what a process has not handed on when it is killed, is lost.
    Async,
}

impl Durability {
    /// Returns the word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Group => "group",
            Self::Async => "async",
        }
    }
}

/// A place where journals are kept.
///
/// Whatever is read is compared with its chain of hashes, so what comes back is what was written, or an error.
pub trait Store: Send + Sync {
    /// Returns when appends are acknowledged.
    fn durability(&self) -> Durability;

    /// Makes a session and opens it for writing. With a [parent](Opened::parent) it is a fork.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exists`], [`StoreError::NameTaken`], [`StoreError::NameIsId`], [`StoreError::IdIsName`]; for a fork [`StoreError::NotFound`] and
    /// [`StoreError::Position`].
    fn create<'a>(&'a self, opening: Opening) -> StoreFuture<'a, Box<dyn Writer>>;

    /// Opens a session for writing. One that was held by a process which is gone is taken over at once; one whose holder
    /// has been silent for too long, when its lease has run out.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] while somebody else has it open.
    fn open<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, Box<dyn Writer>>;

    /// Finds a session by its id, its name, or how its id begins, in this order.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::Ambiguous`].
    fn find<'a>(&'a self, wanted: &'a str) -> StoreFuture<'a, SessionId>;

    /// Lists the sessions, the one that was written to last first.
    fn list<'a>(&'a self) -> StoreFuture<'a, Vec<SessionSummary>>;

    /// Reads own events of a session, from this position on, at most so many; none at the end.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] at the first event that is not what was written.
    fn read<'a>(&'a self, session: &'a SessionId, from: u64, count_max: usize) -> StoreFuture<'a, Vec<Recorded>>;

    /// Returns of which parts a session's history consists, the oldest first: of its parents' events those that it
    /// shares, then its own up to `until` (`None`: all). Each part begins with the [`Event::Opened`] of its session.
    ///
    /// # Errors
    ///
    /// [`StoreError::Position`] if `until` is more than there is.
    fn history<'a>(&'a self, session: &'a SessionId, until: Option<u64>) -> StoreFuture<'a, Vec<Segment>>;

    /// Gives a session another name, or none.
    ///
    /// # Errors
    ///
    /// [`StoreError::NameTaken`], [`StoreError::NameIsId`].
    fn rename<'a>(&'a self, session: &'a SessionId, name: Option<String>) -> StoreFuture<'a, ()>;

    /// Removes a session. What forks share of it stays, and is listed no more.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] while it is open.
    fn remove<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, ()>;

    /// Removes sessions that are older, or more, than a policy wants. Never one that is open.
    fn prune<'a>(&'a self, policy: PrunePolicy) -> StoreFuture<'a, Pruned>;

    /// Compares everything that is stored of a session and its history with its hashes.
    fn verify<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, Verification>;

    /// Writes a session, with what it shares of others, as one file.
    fn export<'a>(
        &'a self,
        session: &'a SessionId,
        with_checkpoints: bool,
        to: &'a mut (dyn Write + Send),
    ) -> StoreFuture<'a, ()>;

    /// Takes a session in from a file that [`export`](Self::export) wrote, all of it or nothing.
    ///
    /// The file may come from anybody: everything in it is checked, and bounded.
    ///
    /// # Errors
    ///
    /// [`StoreError::Import`] if it is no such file or damaged; [`StoreError::Exists`] if there is another session of the
    /// same id; [`StoreError::IdIsName`] if another one has its id for a name.
    fn import<'a>(&'a self, from: &'a mut (dyn Read + Send)) -> StoreFuture<'a, Imported>;

    /// Keeps a checkpoint: bytes that nothing here looks into. One that was kept for the same position is replaced.
    fn put_checkpoint<'a>(&'a self, session: &'a SessionId, position: u64, bytes: &'a [u8]) -> StoreFuture<'a, ()>;

    /// Lists the checkpoints that were kept of a session itself, by position.
    fn checkpoints<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, Vec<CheckpointEntry>>;

    /// Returns a checkpoint's bytes, or nothing.
    fn checkpoint<'a>(&'a self, session: &'a SessionId, position: u64) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Deletes a checkpoint. It is no error if there is none.
    fn remove_checkpoint<'a>(&'a self, session: &'a SessionId, position: u64) -> StoreFuture<'a, ()>;

    /// Returns up to which position a session's output has been printed: see [`Writer::note_printed`].
    fn printed<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, u64>;
}

/// The one who may append to a session. Dropping it lets the session go.
pub trait Writer: Send {
    /// Returns the session.
    fn session(&self) -> &SessionId;

    /// Returns the position that the next event will have.
    fn position(&self) -> u64;

    /// Returns the writer's epoch: 1 for the first one, and one more for each that follows.
    fn epoch(&self) -> u64;

    /// Returns whether the session has been taken over by somebody else, as far as is known here.
    fn is_lost(&self) -> bool;

    /// Appends events, all or none, and returns the position of the first. Each comes with its time in milliseconds since
    /// 1970, which is for people. It is ready when they are as safe as the store's [`Durability`] says.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] if somebody has taken over; [`StoreError::Full`].
    fn append<'a>(&'a mut self, events: &'a [(i64, Event)]) -> StoreFuture<'a, u64>;

    /// Waits until all that was appended is on the disk.
    fn sync<'a>(&'a mut self) -> StoreFuture<'a, ()>;

    /// Notes that output of events at lower positions has been printed. It costs about a microsecond, survives the end of
    /// this process wherever those events do, and is no part of the chain.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`].
    fn note_printed(&mut self, position: u64) -> Result<(), StoreError>;
}

/// What a session is made with.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Its id, which no other one has had.
    pub session: SessionId,
    /// What people call it.
    pub name: Option<String>,
    /// What it begins with: its first event.
    pub opened: Opened,
    /// The time, in milliseconds since 1970.
    pub at: i64,
}

/// An event and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its position in its session.
    pub position: u64,
    /// The epoch of its writer.
    pub epoch: u64,
    /// When it was written, in milliseconds since 1970. For people, and for how long an agent has taken: nothing that a
    /// program sees is computed from it.
    pub at: i64,
    /// What happened.
    pub event: Event,
    /// The chain's hash, which stands for everything up to here.
    pub hash: Hash,
}

/// A part of a session's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Whose events.
    pub session: SessionId,
    /// Which; the last is not among them.
    pub positions: Range<u64>,
}

/// What a list shows of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSummary {
    /// Its id.
    pub session: SessionId,
    /// What people call it.
    pub name: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// When its last event was written.
    pub updated: i64,
    /// How many events it has of its own.
    pub events: u64,
    /// What its events, checkpoints and blobs take in the store, in bytes; a blob that others use, too, counts for each.
    pub bytes: u64,
    /// Where it was forked from.
    pub parent: Option<(SessionId, u64)>,
    /// Who has it open, in words.
    pub holder: Option<String>,
}

/// A checkpoint that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckpointEntry {
    /// Where it was taken.
    pub position: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Which sessions are too old or too many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PrunePolicy {
    /// Those that were last written to before this, in milliseconds since 1970.
    pub written_before: Option<i64>,
    /// Then the checkpoints of the oldest ones, and then the oldest ones themselves, until all together have at most this
    /// many bytes.
    pub bytes_max: Option<u64>,
}

/// What was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// The sessions, the oldest first.
    pub removed: Vec<SessionId>,
    /// How many checkpoints of sessions that remain: going on with those takes longer, and that is all.
    pub checkpoints: u64,
    /// Sessions that the policy means, but which are open.
    pub open: Vec<SessionId>,
    /// What those that remain have, in bytes.
    pub bytes: u64,
}

/// What came of comparing a session with its hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// How many events are sound, those of its history included.
    pub events: u64,
    /// How many blobs were looked at.
    pub blobs: u64,
    /// The chain's hash at its end, or before the first damage.
    pub head: Hash,
    /// The first damage.
    pub damage: Option<Damage>,
}

/// Something that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// In which session's own events.
    pub session: SessionId,
    /// At which position; `None`: in what is known of the session as a whole.
    pub position: Option<u64>,
    /// What is wrong.
    pub what: String,
}

/// What was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The session.
    pub session: SessionId,
    /// How many events are new here; 0: all were here already.
    pub events: u64,
    /// Whether its name was left out, because another session has it, as its name or its id.
    pub name_taken: bool,
}
