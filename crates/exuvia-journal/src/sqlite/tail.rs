//! The end of a session's journal that is not in the database yet: a file for each session that somebody has open.
//!
//! An event is appended by writing a line to this file, which is ten times as fast as a transaction; what is there is
//! moved into the database later, many events in one transaction. The file is `open/ID.EPOCH`, of text:
//!
//! ```text
//! PRINTED OVER                            20 digits, and a 0 or 1
//! LEFT POSITION AT KIND HASH BODY         of each event
//! ```
//!
//! `PRINTED` is up to which position output has been printed. `OVER` becomes 1 when another writer has taken over:
//! see [`lease`](super::lease). `LEFT` is how many more events belong to the same append, which is there as a whole or
//! not at all; the rest is what a row of the database has.
//!
//! Nothing in it is trusted: an event counts if it follows the one before it in the chain of hashes. So nothing has to
//! be cut off that a process left half written when it was killed, and a file that has grown long is written again from
//! its beginning: what is still there of earlier lines has lower positions. As with any such log, what follows a line
//! that cannot be read was never written.
//!
//! The writer's process keeps the file locked. The operating system gives that lock up when the process ends, however
//! that happens.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use exuvia_core::journal::{HASH_BYTES, Hash, SessionId, StoreError};

use super::fault::io_fault;
use super::schema::make_folder;
use crate::blob::parse_hash;
use crate::chain::Row;
use crate::wire::BODY_BYTES_MAX;

/// How long `PRINTED` is, and where `OVER` stands.
const PRINTED_DIGITS: usize = 20;
const OVER_AT: u64 = PRINTED_DIGITS as u64 + 1;

/// Where the first event stands.
pub(super) const EVENTS_AT: u64 = OVER_AT + 2;

/// The longest line, in bytes.
const LINE_BYTES_MAX: u64 = (BODY_BYTES_MAX + 256) as u64;

/// How much is read at a time, in bytes.
const READ_BYTES: usize = 64 << 10;

/// How many tails are known that were read before.
const PLACES_MAX: usize = 1_000;

/// The folder of all tails of a store.
pub(super) struct Tails {
    folder: PathBuf,
    /// How far tails were read that others have written, by session and epoch.
    places: Mutex<BTreeMap<(SessionId, u64), Place>>,
}

/// How far a tail was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The position of the first event in it: another one, if it was written anew.
    pub(super) first: u64,
    /// Where the last event that was read stands.
    pub(super) at: u64,
    /// Where the next one would stand.
    pub(super) after: u64,
}

/// A tail.
pub(super) struct Tail {
    file: File,
    path: PathBuf,
    epoch: u64,
}

impl Tails {
    /// Makes the folder, if it is not there.
    pub(super) fn new(folder: &Path) -> Result<Self, StoreError> {
        let folder = folder.join("open");
        make_folder(&folder)?;
        Ok(Self { folder, places: Mutex::default() })
    }

    /// Returns how far a tail was read before.
    pub(super) fn place(&self, session: &SessionId, epoch: u64) -> Option<Place> {
        self.places().get(&(session.clone(), epoch)).copied()
    }

    /// Notes how far a tail was read.
    pub(super) fn note_place(&self, session: &SessionId, epoch: u64, place: Place) {
        let mut places = self.places();
        if places.len() >= PLACES_MAX {
            places.clear();
        }
        places.insert((session.clone(), epoch), place);
    }

    fn places(&self) -> MutexGuard<'_, BTreeMap<(SessionId, u64), Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the tail of a new epoch, and locks it.
    pub(super) fn make(&self, session: &SessionId, epoch: u64, printed: u64) -> Result<Tail, StoreError> {
        let tail = self.locked(session, epoch)?;
        // A writer that was to have this epoch, and did not come to that, may have left it.
        tail.done(tail.file.set_len(0))?;
        tail.write_at(format!("{printed:0PRINTED_DIGITS$} 0\n").as_bytes(), 0)?;
        Ok(tail)
    }

    fn locked(&self, session: &SessionId, epoch: u64) -> Result<Tail, StoreError> {
        let path = self.path(session, epoch);
        loop {
            let mut options = OpenOptions::new();
            let file = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
            let file = file.map_err(|error| io_fault(error, &path))?;
            match file.try_lock() {
                // Where there are no locks, time alone tells who is gone.
                Ok(()) | Err(TryLockError::Error(_)) => {}
                Err(TryLockError::WouldBlock) => {
                    let holder = "a program that is about to write to it".to_owned();
                    return Err(StoreError::Busy { session: session.clone(), holder, until: None });
                }
            }
            let tail = Tail { file, path: path.clone(), epoch };
            // It may have been removed before it was locked.
            if tail.is_found() {
                return Ok(tail);
            }
        }
    }

    /// Returns the tail of an epoch, if it is there.
    pub(super) fn find(&self, session: &SessionId, epoch: u64) -> Result<Option<Tail>, StoreError> {
        let path = self.path(session, epoch);
        match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => Ok(Some(Tail { file, path, epoch })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_fault(error, &path)),
        }
    }

    /// Returns whether the writer of an epoch has ended.
    pub(super) fn is_free(&self, session: &SessionId, epoch: u64) -> bool {
        // Where there is no file, time alone tells.
        File::open(self.path(session, epoch)).is_ok_and(|file| matches!(file.try_lock_shared(), Ok(())))
    }

    /// Returns the tail of an epoch if it is there and nobody has it locked; it is locked then.
    pub(super) fn find_free(&self, session: &SessionId, epoch: u64) -> Result<Option<Tail>, StoreError> {
        Ok(self.find(session, epoch)?.filter(|tail| tail.file.try_lock().is_ok()))
    }

    /// Returns whether the tail of an epoch is there.
    pub(super) fn is_there(&self, session: &SessionId, epoch: u64) -> bool {
        self.path(session, epoch).exists()
    }

    /// Lists whose are there, and of which epochs.
    pub(super) fn list(&self) -> Result<Vec<(SessionId, u64)>, StoreError> {
        let failed = |error| io_fault(error, &self.folder);
        let mut all = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let parts = name.to_str().and_then(|name| name.rsplit_once('.'));
            // Others' files are left alone.
            all.extend(parts.and_then(|(session, epoch)| Some((SessionId::new(session).ok()?, epoch.parse().ok()?))));
        }
        Ok(all)
    }

    /// Makes sure that the files themselves are found after a crash of the system.
    pub(super) fn sync_names(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    fn path(&self, session: &SessionId, epoch: u64) -> PathBuf {
        self.folder.join(format!("{session}.{epoch}"))
    }
}

impl Tail {
    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Writes lines, or the beginning of the file.
    pub(super) fn write_at(&self, bytes: &[u8], offset: u64) -> Result<(), StoreError> {
        self.done(self.file.write_all_at(bytes, offset))
    }

    /// Notes up to which position output has been printed.
    pub(super) fn note_printed(&self, position: u64) -> Result<(), StoreError> {
        let mut digits = [0; PRINTED_DIGITS];
        let written = write!(digits.as_mut_slice(), "{position:0PRINTED_DIGITS$}");
        written.expect("20 digits are enough for 64 bits");
        self.write_at(&digits, 0)
    }

    /// Returns what was noted, if it can be read.
    pub(super) fn printed(&self) -> Option<u64> {
        let mut digits = [0; PRINTED_DIGITS];
        self.file.read_exact_at(&mut digits, 0).ok()?;
        str::from_utf8(&digits).ok()?.parse().ok()
    }

    /// Says to whoever writes that the epoch is over. What is read afterwards is all that they were told is written.
    pub(super) fn end(&self) -> Result<(), StoreError> {
        self.write_at(b"1", OVER_AT)
    }

    /// Returns whether the epoch is over. Asked after something was written: if it is not, then whoever ends it
    /// reads what was written.
    pub(super) fn is_over(&self) -> Result<bool, StoreError> {
        let mut over = [0];
        self.done(self.file.read_exact_at(&mut over, OVER_AT))?;
        Ok(over != *b"0")
    }

    /// Brings it to the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Removes it: all that is in it is in the database, on the disk, or nothing is.
    pub(super) fn remove(&self) {
        // One that stays is found to hold nothing new.
        drop(fs::remove_file(&self.path));
    }

    /// Returns whether it is still what is found under its name.
    fn is_found(&self) -> bool {
        let same = |one: &Metadata, other: &Metadata| (one.dev(), one.ino()) == (other.dev(), other.ino());
        matches!((self.file.metadata(), fs::metadata(&self.path)), (Ok(one), Ok(other)) if same(&one, &other))
    }

    /// Returns whether an event that was read is still where it was, and the file was not written anew since: the event before
    /// the position `next`, with this hash.
    pub(super) fn is_at(&self, place: Place, next: u64, head: &Hash) -> Result<bool, StoreError> {
        let is_first = self.lines(EVENTS_AT).next()?.is_some_and(|line| line.position == place.first);
        let mut lines = self.lines(place.at);
        let row = lines.next()?.filter(|line| line.position + 1 == next).and_then(|line| line.row());
        Ok(is_first && row.is_some_and(|row| row.hash == *head))
    }

    /// Reads its lines.
    pub(super) fn lines(&self, offset: u64) -> Lines<'_> {
        let at = ReadAt { file: &self.file, offset };
        Lines { reader: BufReader::with_capacity(READ_BYTES, at), tail: self, offset, line: Vec::new() }
    }

    fn done<T>(&self, result: io::Result<T>) -> Result<T, StoreError> {
        result.map_err(|error| io_fault(error, &self.path))
    }
}

/// A line, of which only the beginning has been looked at: most lines that are read are in the database already.
pub(super) struct Line<'a> {
    /// How many more belong to the same append.
    pub(super) left: u64,
    pub(super) position: u64,
    epoch: u64,
    rest: &'a [u8],
}

impl Line<'_> {
    /// Returns the row that it holds, if it can be read.
    pub(super) fn row(&self) -> Option<Row> {
        let mut parts = str::from_utf8(self.rest).ok()?.splitn(4, ' ');
        let at = parts.next()?.parse().ok()?;
        let kind = parts.next()?.to_owned();
        let hash = parse_hash(parts.next()?)?;
        let body = parts.next()?.to_owned();
        Some(Row { position: self.position, epoch: self.epoch, at, kind, body, hash })
    }
}

/// Reads lines.
pub(super) struct Lines<'a> {
    reader: BufReader<ReadAt<'a>>,
    tail: &'a Tail,
    /// Where the next one begins.
    offset: u64,
    line: Vec<u8>,
}

impl Lines<'_> {
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the next line, or `None` where there is none.
    pub(super) fn next(&mut self) -> Result<Option<Line<'_>>, StoreError> {
        self.line.clear();
        let read = self.reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut self.line);
        let length = self.tail.done(read)? as u64;
        let line = parse(&self.line, self.tail.epoch);
        self.offset += if line.is_some() { length } else { 0 };
        Ok(line)
    }
}

/// A file that is read from some place on, whoever else reads it.
struct ReadAt<'a> {
    file: &'a File,
    offset: u64,
}

impl Read for ReadAt<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read_at(buffer, self.offset)?;
        self.offset += length as u64;
        Ok(length)
    }
}

/// Returns whether an event can stand in a line.
pub(super) fn fits(row: &Row) -> bool {
    row.body.len() <= BODY_BYTES_MAX && !row.body.contains('\n')
}

/// Writes the lines of an append.
pub(super) fn write_lines(rows: &[Row], lines: &mut Vec<u8>) {
    let mut integers = itoa::Buffer::new();
    for (row, left) in rows.iter().zip((0..rows.len()).rev()) {
        lines.extend_from_slice(integers.format(left).as_bytes());
        lines.push(b' ');
        lines.extend_from_slice(integers.format(row.position).as_bytes());
        lines.push(b' ');
        lines.extend_from_slice(integers.format(row.at).as_bytes());
        lines.push(b' ');
        lines.extend_from_slice(row.kind.as_bytes());
        lines.push(b' ');
        lines.extend_from_slice(&digits(&row.hash.0));
        lines.push(b' ');
        lines.extend_from_slice(row.body.as_bytes());
        lines.push(b'\n');
    }
}

fn digits(hash: &[u8; HASH_BYTES]) -> [u8; 2 * HASH_BYTES] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digits = [0; 2 * HASH_BYTES];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(hash) {
        pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    digits
}

fn parse(line: &[u8], epoch: u64) -> Option<Line<'_>> {
    let (left, rest) = number(line.strip_suffix(b"\n")?)?;
    let (position, rest) = number(rest)?;
    Some(Line { left, position, epoch, rest })
}

/// Returns the number at the beginning, and what is after the space that follows it.
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let space = text.iter().position(|byte| *byte == b' ')?;
    Some((str::from_utf8(&text[..space]).ok()?.parse().ok()?, &text[space + 1..]))
}
