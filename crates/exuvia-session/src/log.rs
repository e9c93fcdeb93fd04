//! The writing side of a session's journal.
//!
//! What has no effect outside is gathered, and written together with the next act, with the cell's end, or when there is
//! enough of it: a crash before that loses nothing that anybody has seen. An act, its answer, and what is printed are
//! written before they take effect.

use std::sync::Arc;

use exuvia_core::journal::{Event, Hash, StoreError, Writer};
use exuvia_core::recording::Asked;
use exuvia_core::{ClockId, HostAnswer, MountAnswer, MountEntry, MountOperation, MountRequest, ToolOutcome};
use exuvia_sandbox::Checkpoint;

/// The time, in milliseconds since 1970, for people to read.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Who is told of a session's events as they are written: the position among its own events, when, and what. It is told in
/// the middle of writing, so it takes note and does nothing with the session.
pub type Observer = Arc<dyn Fn(u64, i64, &Event) + Send + Sync>;

/// How many readings of clocks one event has at most.
const READINGS_MAX: usize = 8_192;
/// How many events are gathered at most.
const GATHERED_MAX: usize = 1_024;
/// How many bytes gathered events hold at most, roughly.
const GATHERED_BYTES_MAX: usize = 1 << 20;
/// What an event takes beside what it holds, roughly, in bytes.
const EVENT_BYTES: usize = 128;
/// What a reading of a clock takes, roughly, in bytes.
const READING_BYTES: usize = 8;

/// The writing side of a journal.
pub(crate) struct Log {
    writer: Box<dyn Writer>,
    now: Now,
    observer: Option<Observer>,
    gathered: Vec<(i64, Event)>,
    gathered_bytes: usize,
    /// Gathered events that say of checkpoints what their hashes are, once somebody has computed them.
    unhashed: Vec<(usize, Checkpoint)>,
    /// What was written since a checkpoint was taken, roughly, in bytes.
    since_checkpoint: usize,
    /// What may be written still, roughly, in bytes: a program can have a great deal written down.
    room: u64,
}

impl Log {
    /// Writes at most so many bytes, roughly, in this process.
    pub(crate) fn new(writer: Box<dyn Writer>, now: Now, observer: Option<Observer>, bytes_max: u64) -> Self {
        let (gathered, unhashed) = (Vec::new(), Vec::new());
        Self { writer, now, observer, gathered, gathered_bytes: 0, unhashed, since_checkpoint: 0, room: bytes_max }
    }

    /// Returns the time.
    pub(crate) fn now(&self) -> i64 {
        (self.now)()
    }

    /// Returns the position of the next event.
    pub(crate) fn position(&self) -> u64 {
        self.writer.position() + self.gathered.len() as u64
    }

    /// Notes readings of clocks.
    pub(crate) fn read_clocks(&mut self, mut readings: &[(ClockId, i64)]) -> Result<(), StoreError> {
        while !readings.is_empty() {
            let room = match self.gathered.last() {
                Some((_, Event::Clocks(before))) => READINGS_MAX.saturating_sub(before.len()),
                _ => 0,
            };
            let (now, later) = readings.split_at(readings.len().min(if room == 0 { READINGS_MAX } else { room }));
            match self.gathered.last_mut() {
                Some((_, Event::Clocks(before))) if room > 0 => {
                    before.extend_from_slice(now);
                    self.take_room(now.len() * READING_BYTES)?;
                }
                _ => self.gather(Event::Clocks(now.to_vec()))?,
            }
            readings = later;
        }
        Ok(())
    }

    /// Notes that random bytes were drawn.
    pub(crate) fn draw(&mut self, count: u32) -> Result<(), StoreError> {
        match self.gathered.last_mut() {
            Some((_, Event::Random { length })) => {
                *length += u64::from(count);
                Ok(())
            }
            _ => self.gather(Event::Random { length: u64::from(count) }),
        }
    }

    /// Notes an event that has no effect outside.
    pub(crate) fn gather(&mut self, event: Event) -> Result<(), StoreError> {
        self.take_room(EVENT_BYTES + weight(&event))?;
        self.gathered.push((self.now(), event));
        if self.gathered.len() >= GATHERED_MAX || self.gathered_bytes >= GATHERED_BYTES_MAX {
            return self.write();
        }
        Ok(())
    }

    /// Writes an event, and whatever was noted before. Returns its position.
    pub(crate) fn append(&mut self, event: Event) -> Result<u64, StoreError> {
        self.take_room(EVENT_BYTES + weight(&event))?;
        self.gathered.push((self.now(), event));
        let position = self.position() - 1;
        self.write()?;
        Ok(position)
    }

    /// Notes events, and writes them down at once: all of them are there, or none.
    pub(crate) fn append_all(&mut self, events: impl IntoIterator<Item = Event>) -> Result<(), StoreError> {
        for event in events {
            self.take_room(EVENT_BYTES + weight(&event))?;
            self.gathered.push((self.now(), event));
        }
        self.write()
    }

    fn take_room(&mut self, bytes: usize) -> Result<(), StoreError> {
        self.gathered_bytes += bytes;
        let bytes = bytes as u64;
        match self.room.checked_sub(bytes) {
            Some(room) => {
                self.room = room;
                Ok(())
            }
            None => Err(StoreError::TooLarge {
                what: "the next event",
                size: bytes,
                size_max: std::mem::take(&mut self.room),
            }),
        }
    }

    /// Notes that a checkpoint was taken here. Returns its position.
    pub(crate) fn checkpoint(&mut self, checkpoint: &Checkpoint) -> u64 {
        let position = self.position();
        self.unhashed.push((self.gathered.len(), checkpoint.clone()));
        self.gathered.push((self.now(), Event::Checkpoint { memory: Hash::default(), files: None }));
        self.since_checkpoint = 0;
        position
    }

    /// Returns how many bytes were written since a checkpoint was taken, roughly.
    pub(crate) fn since_checkpoint(&self) -> usize {
        self.since_checkpoint
    }

    /// Writes what was noted up to and with the event at this position.
    pub(crate) fn write_through(&mut self, position: u64) -> Result<(), StoreError> {
        let count = (position + 1).saturating_sub(self.writer.position());
        self.write_first(usize::try_from(count).unwrap_or(usize::MAX).min(self.gathered.len()))
    }

    /// Writes whatever was noted.
    pub(crate) fn write(&mut self) -> Result<(), StoreError> {
        self.write_first(self.gathered.len())
    }

    fn write_first(&mut self, count: usize) -> Result<(), StoreError> {
        if count == 0 {
            return Ok(());
        }
        let (hashed, unhashed): (Vec<_>, Vec<_>) = self.unhashed.drain(..).partition(|(index, _)| *index < count);
        self.unhashed = unhashed;
        for (index, checkpoint) in hashed {
            let [memory, files] = [checkpoint.memory_hash(), checkpoint.files_hash()].map(hash);
            self.gathered[index].1 = Event::Checkpoint { memory, files: Some(files) };
        }
        self.unhashed.iter_mut().for_each(|(index, _)| *index -= count);
        self.since_checkpoint += self.gathered_bytes;
        self.gathered_bytes = 0;
        // Whether it works or not, these events are not written a second time: a session whose journal fails ends.
        let first = self.writer.position();
        let written = pollster::block_on(self.writer.append(&self.gathered[..count]));
        if let (Some(observer), Ok(_)) = (&self.observer, &written) {
            (first..).zip(&self.gathered[..count]).for_each(|(position, (at, event))| observer(position, *at, event));
        }
        self.gathered.drain(..count);
        written.map(drop)
    }

    /// Notes that all output that is written has been printed.
    pub(crate) fn printed(&mut self) -> Result<(), StoreError> {
        self.printed_before(self.writer.position())
    }

    /// Notes that all output at lower positions has been printed.
    pub(crate) fn printed_before(&mut self, position: u64) -> Result<(), StoreError> {
        self.writer.note_printed(position)
    }

    /// Writes whatever was noted, and waits until it is on the disk.
    pub(crate) fn sync(&mut self) -> Result<(), StoreError> {
        self.write()?;
        pollster::block_on(self.writer.sync())
    }
}

/// Returns what an event holds that a program can make large, in bytes.
fn weight(event: &Event) -> usize {
    let asked = |asked: &Asked| match asked {
        Asked::Tool { arguments, .. } | Asked::Start { arguments, .. } => arguments.len(),
        Asked::Mount(MountRequest { operation: MountOperation::Write { bytes, .. }, .. }) => bytes.len(),
        _ => 0,
    };
    let outcome = |outcome: &ToolOutcome| outcome.as_ref().map_or(0, String::len);
    let answer = |answer: &HostAnswer| match answer {
        HostAnswer::Bytes(bytes) | HostAnswer::Mount(Ok(MountAnswer::Bytes(bytes))) => bytes.len(),
        HostAnswer::Mount(Ok(MountAnswer::Entries(entries))) => entries.len() * size_of::<MountEntry>(),
        HostAnswer::Tool(tool) => outcome(tool),
        HostAnswer::Finished(finished) => finished.iter().map(|finished| outcome(&finished.outcome)).sum(),
        _ => 0,
    };
    match event {
        Event::Output { bytes, .. } => bytes.len(),
        Event::Given(file) => file.content.len(),
        Event::Asked { asked: act } => asked(act),
        Event::Answered { answer: given, .. } => answer(given),
        Event::Call { asked: question, answer: given } => asked(question) + answer(given),
        _ => 0,
    }
}

/// Reads a SHA-256 in hexadecimal digits.
pub(crate) fn hash(text: &str) -> Hash {
    let mut hash = Hash::default();
    for (byte, digits) in hash.0.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).ok();
        *byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or_default();
    }
    hash
}
