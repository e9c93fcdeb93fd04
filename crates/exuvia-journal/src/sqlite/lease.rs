//! Who may write to a session.
//!
//! Each writer has an epoch, and a [tail](super::tail), whose file it keeps locked. The operating system gives the lock up
//! when the process ends, however that happens: so the next writer knows at once that the last one is gone. A process that
//! is alive but stopped keeps its lock; it loses its lease when it has not been renewed for a while, and the next writer
//! begins a new epoch, with a tail of its own.
//!
//! Whoever takes over first says so in the old tail, and then reads it; whoever appends first writes to their tail, and
//! then looks whether that has been said. So an append is either refused, or read by the next writer. (What is read may
//! have been refused all the same, to somebody who was stopped between the two: it has happened, and they were not told.)
//! Transactions check the epoch.

use std::mem::{replace, take};
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use exuvia_core::journal::{Durability, SessionId, StoreError};

use super::Shared;
use super::fault::full;
use super::tail::{EVENTS_AT, Tail, fits, write_lines};
use crate::shelf::{Append, Lease};

/// From which length on a tail is written anew from its beginning, when all of it is in the database: in bytes.
const TAIL_BYTES_MAX: u64 = 512 << 10;

/// How much of a tail may wait for the database before whoever appends has to wait, too: in bytes. A program that calls tools
/// as fast as it can has half of it written down in a second, and moving that into the database takes longer.
const WAITING_BYTES_MAX: u64 = 256 << 20;

/// How much an asynchronous store holds back of a session, in bytes.
const HELD_BACK_BYTES_MAX: usize = 1 << 20;

/// A lease of a session.
pub(super) struct SqliteLease {
    shared: Arc<Shared>,
    open: Arc<OpenSession>,
    printed: u64,
    /// The lines of the last append.
    lines: Vec<u8>,
}

/// A session that this store has open.
pub(super) struct OpenSession {
    pub(super) session: SessionId,
    pub(super) tail: Arc<Tail>,
    lost: AtomicBool,
    marks: Mutex<Marks>,
}

/// How far which part of a tail is. All are offsets in its file.
#[derive(Default)]
struct Marks {
    /// How often it was written anew: offsets of another time mean nothing.
    time: u64,
    written: u64,
    /// What is on the disk, in the file.
    synced: u64,
    /// What is in the database.
    absorbed: u64,
    /// What is in the database on the disk.
    settled: u64,
    /// What an asynchronous store has acknowledged and not yet written.
    held_back: Vec<u8>,
    /// Up to where output has been printed, of what is held back.
    held_back_printed: Option<u64>,
    /// Whether the flusher knows that there is something to do.
    queued: bool,
    /// Why something that was acknowledged could not be written.
    fault: Option<StoreError>,
}

/// A part of a tail that is written.
#[derive(Clone, Copy)]
pub(super) struct Part {
    time: u64,
    pub(super) from: u64,
    pub(super) until: u64,
}

impl Part {
    pub(super) fn bytes(self) -> u64 {
        self.until - self.from
    }
}

impl OpenSession {
    fn new(session: SessionId, tail: Tail) -> Self {
        let [written, synced, absorbed, settled] = [EVENTS_AT; 4];
        let marks = Marks { written, synced, absorbed, settled, ..Marks::default() };
        Self { session, tail: Arc::new(tail), lost: AtomicBool::new(false), marks: Mutex::new(marks) }
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that somebody else has taken over.
    pub(super) fn lose(&self) -> StoreError {
        self.lost.store(true, Ordering::Relaxed);
        StoreError::LeaseLost { session: self.session.clone() }
    }

    /// Returns whether this is the session of an epoch.
    pub(super) fn is(&self, session: &SessionId, epoch: u64) -> bool {
        self.session == *session && self.tail.epoch() == epoch
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// Notes why something that was acknowledged could not be written.
    pub(super) fn fail(&self, error: StoreError) {
        self.marks().fault.get_or_insert(error);
    }

    /// Tells what could not be written, once.
    fn check(&self) -> Result<(), StoreError> {
        if self.is_lost() {
            return Err(self.lose());
        }
        self.marks().fault.take().map_or(Ok(()), Err)
    }

    /// Writes lines at the end.
    fn write(&self, lines: &[u8]) -> Result<(), StoreError> {
        self.write_end(&mut self.marks(), lines)
    }

    /// Acknowledges lines that are written later.
    fn hold_back(&self, lines: &[u8]) -> Result<(), StoreError> {
        let mut marks = self.marks();
        marks.held_back.extend_from_slice(lines);
        let full = marks.held_back.len() >= HELD_BACK_BYTES_MAX;
        drop(marks);
        if full { self.write_held_back() } else { Ok(()) }
    }

    /// Writes what was held back. If that fails, it is still held back.
    pub(super) fn write_held_back(&self) -> Result<(), StoreError> {
        let mut marks = self.marks();
        if marks.held_back.is_empty() {
            return Ok(());
        }
        let mut lines = take(&mut marks.held_back);
        let written = self.write_end(&mut marks, &lines);
        if written.is_ok() {
            lines.clear();
        }
        marks.held_back = lines;
        written?;
        take(&mut marks.held_back_printed).map_or(Ok(()), |position| self.tail.note_printed(position))
    }

    /// Notes up to which position output has been printed, though not before what was printed is written.
    fn note_printed(&self, position: u64) -> Result<(), StoreError> {
        let mut marks = self.marks();
        if marks.held_back.is_empty() {
            return self.tail.note_printed(position);
        }
        marks.held_back_printed = Some(position);
        Ok(())
    }

    /// Writes what was held back, and returns whether nobody else has taken over.
    pub(super) fn is_written(&self) -> Result<bool, StoreError> {
        match self.write_held_back() {
            Err(_) if self.is_lost() => Ok(false),
            written => written.map(|()| !self.is_lost()),
        }
    }

    fn write_end(&self, marks: &mut Marks, lines: &[u8]) -> Result<(), StoreError> {
        if marks.settled == marks.written && marks.written >= TAIL_BYTES_MAX {
            let begin = EVENTS_AT;
            (marks.written, marks.synced, marks.absorbed, marks.settled) = (begin, begin, begin, begin);
            marks.time += 1;
        }
        // What could not be written as a whole is written over by what comes next.
        self.tail.write_at(lines, marks.written)?;
        // The other one's order is the other way round.
        fence(Ordering::SeqCst);
        if self.tail.is_over()? {
            return Err(self.lose());
        }
        marks.written += lines.len() as u64;
        Ok(())
    }

    /// Returns what is not in the database yet.
    pub(super) fn waiting(&self) -> Part {
        let marks = self.marks();
        Part { time: marks.time, from: marks.absorbed, until: marks.written }
    }

    /// Returns what is in the database, be it on the disk there or not.
    pub(super) fn committed(&self) -> Part {
        let marks = self.marks();
        Part { time: marks.time, from: marks.settled, until: marks.absorbed }
    }

    /// Notes that this is in the database now.
    pub(super) fn absorbed(&self, part: Part) {
        let mut marks = self.marks();
        if marks.time == part.time {
            marks.absorbed = marks.absorbed.max(part.until);
        }
    }

    /// Notes that this is in the database on the disk.
    pub(super) fn settled(&self, part: Part) {
        let mut marks = self.marks();
        if marks.time == part.time {
            marks.settled = marks.settled.max(part.until);
        }
    }

    /// Notes that there is something to do for the flusher. Returns whether that is new.
    fn queue(&self) -> bool {
        !replace(&mut self.marks().queued, true)
    }

    /// Notes that the flusher does what is to do.
    pub(super) fn unqueue(&self) {
        self.marks().queued = false;
    }
}

impl Shared {
    /// Brings what is written of a session to the disk, in its tail or in the database.
    pub(super) fn sync_tail(&self, open: &OpenSession) -> Result<(), StoreError> {
        let marks = open.marks();
        let part = Part { time: marks.time, from: marks.synced.max(marks.settled), until: marks.written };
        drop(marks);
        if part.bytes() == 0 {
            return Ok(());
        }
        let names = if part.from == EVENTS_AT { self.tails.sync_names() } else { Ok(()) };
        let synced = names.and_then(|()| open.tail.sync());
        synced.map_err(|error| self.flusher.fail(&error))?;
        let mut marks = open.marks();
        if marks.time == part.time {
            marks.synced = marks.synced.max(part.until);
        }
        Ok(())
    }

    /// Appends what cannot stand in a tail: in a transaction, after all that is in the tail.
    fn append_at_once(&self, open: &Arc<OpenSession>, append: &Append) -> Result<(), StoreError> {
        open.write_held_back()?;
        self.write_after(std::slice::from_ref(open), |tables| tables.append(append))?;
        self.settle()
    }

    /// Makes whoever appends wait if the database cannot follow, and refuses what it has no room for.
    fn make_room(&self, open: &Arc<OpenSession>, bytes: u64) -> Result<(), StoreError> {
        let waiting = open.waiting().bytes() + bytes;
        if waiting > WAITING_BYTES_MAX || !self.has_room(waiting) {
            self.absorb_open(std::slice::from_ref(open))?;
            if !self.has_room(bytes) {
                return Err(full(&self.folder));
            }
        }
        Ok(())
    }
}

impl SqliteLease {
    pub(super) fn new(shared: Arc<Shared>, session: SessionId, tail: Tail, printed: u64) -> Self {
        let open = Arc::new(OpenSession::new(session, tail));
        shared.renew(Arc::clone(&open));
        Self { shared, open, printed, lines: Vec::new() }
    }
}

impl Lease for SqliteLease {
    fn is_lost(&self) -> bool {
        self.open.is_lost()
    }

    fn append(&mut self, append: Append) -> Result<(), StoreError> {
        let Self { shared, open, lines, .. } = self;
        open.check()?;
        shared.flusher.check()?;
        let written = &append.written;
        if !written.uses.is_empty() || !written.rows.iter().all(fits) {
            return shared.append_at_once(open, &append);
        }
        lines.clear();
        write_lines(&written.rows, lines);
        shared.make_room(open, lines.len() as u64)?;
        match shared.options.durability {
            Durability::Sync => open.write(lines).and_then(|()| shared.sync_tail(open))?,
            Durability::Group => open.write(lines)?,
            Durability::Async => open.hold_back(lines)?,
        }
        if open.queue() {
            shared.flusher.queue(open);
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        self.open.check()?;
        self.open.write_held_back()?;
        self.shared.sync_tail(&self.open)?;
        self.shared.sync()
    }

    fn note_printed(&mut self, position: u64) -> Result<(), StoreError> {
        self.open.note_printed(position)?;
        self.printed = position;
        Ok(())
    }
}

impl Drop for SqliteLease {
    fn drop(&mut self) {
        self.shared.release(&self.open, self.printed);
    }
}

/// Returns when a lease ends that is given or renewed now.
pub(super) fn expiry(lease: Duration) -> i64 {
    milliseconds_now().saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX))
}

/// Returns whether that time has come.
pub(super) fn is_expired(expires: i64) -> bool {
    milliseconds_now() >= expires
}

/// Returns the time in milliseconds since 1970.
fn milliseconds_now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "whose turn it is to write is no part of any session")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
