//! Taking in a session from a file that [`export`](crate::export) describes.
//!
//! The file is a stranger's. It is read line by line, each line and all of them bounded; each event must continue its
//! chain and be one that can be read; nothing is done under a path or a name from it. Everything happens within one
//! transaction, so that a file with something wrong at its end leaves nothing.

use std::io::{self, BufRead, BufReader, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use exuvia_core::journal::{Event, Hash, Imported, SessionId, StoreError, check_name};
use flate2::bufread::GzDecoder;
use serde::de::DeserializeOwned;

use crate::blob::{BLOB_BYTES_MAX, Blob, parse_hash};
use crate::chain::{Row, beginning};
use crate::export::{Header, Line};
use crate::local::{CHECKPOINT_BYTES_MAX, another, free_id, refuse_held};
use crate::reading::{ANCESTORS_MAX, known};
use crate::shelf::{Entry, Shelf, Written};
use crate::wire::{self, BODY_BYTES_MAX, BlobName, Unreadable, VERSION};

/// The longest line, in bytes: a checkpoint in base64.
const LINE_BYTES_MAX: u64 = CHECKPOINT_BYTES_MAX / 3 * 4 + (1 << 20);

/// The most bytes of a file, unpacked. A small file can unpack to very much.
const FILE_BYTES_MAX: u64 = 16 << 30;

/// The largest epoch: more writers than one session ever has.
const EPOCH_MAX: u64 = 1 << 48;

/// Takes in a session.
pub(crate) fn import(shelf: &mut dyn Shelf, from: &mut (dyn Read + Send)) -> Result<Imported, StoreError> {
    let from: Box<dyn Read + '_> = Box::new(from);
    let mut file = BufReader::new(from);
    let packed = file.fill_buf().is_ok_and(|start| start.starts_with(&[0x1f, 0x8b]));
    let unpacked =
        if packed { Unpacked::Gzip(Box::new(BufReader::new(GzDecoder::new(file)))) } else { Unpacked::Plain(file) };
    Import { shelf, lines: Lines { from: unpacked, number: 0, left: FILE_BYTES_MAX } }.run()
}

struct Import<'a> {
    shelf: &'a mut dyn Shelf,
    lines: Lines<'a>,
}

/// What a file is when it is unpacked.
enum Unpacked<R: Read> {
    Plain(BufReader<R>),
    Gzip(Box<BufReader<GzDecoder<BufReader<R>>>>),
}

impl<R: Read> Unpacked<R> {
    fn reader(&mut self) -> &mut dyn BufRead {
        match self {
            Self::Plain(plain) => plain,
            Self::Gzip(unpacked) => &mut **unpacked,
        }
    }

    /// Returns whether this is the end, with nothing behind it: what is unpacked ends with its own checksum.
    fn is_at_end(&mut self) -> io::Result<bool> {
        let at_end = self.reader().fill_buf()?.is_empty();
        match self {
            Self::Gzip(unpacked) if at_end => Ok(unpacked.get_mut().get_mut().fill_buf()?.is_empty()),
            _ => Ok(at_end),
        }
    }
}

struct Lines<'a> {
    from: Unpacked<Box<dyn Read + 'a>>,
    number: u64,
    left: u64,
}

/// A part of the history while it is taken in.
struct Part {
    /// The session, as it is here or as it will be.
    entry: Entry,
    /// How many events are read, and the hash of the last one.
    next: u64,
    head: Hash,
    /// The last writer's epoch.
    epoch: u64,
    /// How many events are new here.
    added: u64,
}

/// Where a fork leaves its parent.
type LeftAt = Option<(SessionId, u64, Hash)>;

impl Import<'_> {
    fn run(mut self) -> Result<Imported, StoreError> {
        let header: Header = self.lines.next()?;
        if header.exuvia_journal > VERSION {
            return Err(StoreError::Newer { version: header.exuvia_journal, known: VERSION });
        }
        if header.segments == 0 || header.segments > ANCESTORS_MAX {
            return Err(self.lines.wrong("it has no history, or one without an end"));
        }
        if header.name.as_deref().is_some_and(|name| check_name(name).is_err()) {
            return Err(self.lines.wrong("it has a name that cannot be one"));
        }
        let mut left_at = None;
        let (mut events, mut added) = (0, 0);
        let mut line = self.lines.next()?;
        for segment in 0..header.segments {
            let last = segment + 1 == header.segments;
            let (part, next_line) = self.part(line, left_at.take(), &header, last)?;
            line = next_line;
            events += part.next;
            added += part.added;
            left_at = Some((part.entry.session, part.next, part.head));
        }
        match line {
            Line::End { events: told } if told == events => {}
            _ => return Err(self.lines.wrong("it does not end where it should")),
        }
        self.lines.expect_end()?;
        // What no event names is not kept.
        self.shelf.sweep()?;
        let name_taken = header.name.is_some() && self.free_name(&header)?.is_none();
        Ok(Imported { session: header.session, events: added, name_taken })
    }

    /// Returns the name that the session had where it comes from, unless another one has it here.
    fn free_name(&self, header: &Header) -> Result<Option<String>, StoreError> {
        let Some(name) = &header.name else { return Ok(None) };
        Ok(another(self.shelf, name, &header.session)?.is_none().then(|| name.clone()))
    }

    /// Takes in a part of the history, and returns the line after it.
    fn part(&mut self, line: Line, left_at: LeftAt, header: &Header, last: bool) -> Result<(Part, Line), StoreError> {
        let Line::Segment { session, created, events, head } = line else {
            return Err(self.lines.wrong("a part of the history should begin here"));
        };
        if last != (session == header.session) {
            return Err(self.lines.wrong("the last part of the history, and no other, is that of the session"));
        }
        let mut part = self.begin(session, created, header, last, left_at.as_ref())?;
        loop {
            match self.lines.next()? {
                Line::Blob { hash, text, base64 } => self.blob(&part, &hash, text, base64)?,
                Line::Event { position, epoch, at, kind, body, hash } => {
                    let hash = parse_hash(&hash).ok_or_else(|| self.lines.wrong("it has no hash"))?;
                    self.event(&mut part, Row { position, epoch, at, kind, body, hash }, left_at.as_ref())?;
                }
                Line::Checkpoint { position, base64 } => self.checkpoint(&part, position, &base64)?,
                next @ (Line::Segment { .. } | Line::End { .. }) => {
                    if part.next == 0 || (part.next, part.head.to_string()) != (events, head) {
                        return Err(self.lines.wrong("events are missing before it"));
                    }
                    self.finish(&mut part, last)?;
                    return Ok((part, next));
                }
            }
        }
    }

    /// Finds the session of a part, or makes it.
    fn begin(
        &mut self,
        session: SessionId,
        created: i64,
        header: &Header,
        last: bool,
        left_at: Option<&(SessionId, u64, Hash)>,
    ) -> Result<Part, StoreError> {
        let (next, head) = (0, beginning(&session));
        let name = if last { self.free_name(header)? } else { None };
        let known = known(self.shelf, &session)?;
        if last && known.as_ref().is_none_or(|entry| entry.hidden) {
            free_id(self.shelf, &session)?;
        }
        if let Some(mut entry) = known {
            if entry.hidden {
                // It was here for the sake of its forks alone.
                entry.name = name;
            }
            return Ok(Part { entry, next, head, epoch: 1, added: 0 });
        }
        let parent = left_at.map(|(parent, position, _)| (parent.clone(), *position));
        let version = header.exuvia_journal;
        let entry = Entry { session, name, created, hidden: !last, version, parent, epoch: 0, next, head };
        self.shelf.insert(&entry)?;
        Ok(Part { entry, next, head, epoch: 1, added: 0 })
    }

    fn blob(
        &mut self,
        part: &Part,
        hash: &str,
        text: Option<String>,
        base64: Option<String>,
    ) -> Result<(), StoreError> {
        let content = match (text, base64) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(base64)) => BASE64.decode(base64).map_err(|_| self.lines.wrong("it is no base64"))?,
            _ => return Err(self.lines.wrong("a blob has a text, or bytes in base64")),
        };
        let blob = Blob::new(content);
        if blob.content.len() as u64 > BLOB_BYTES_MAX || blob.hash.to_string() != hash {
            return Err(self.lines.wrong("the blob does not have the hash that it is said to have"));
        }
        self.shelf.add(&part.entry.session, &Written { blobs: vec![blob], ..Written::default() })
    }

    fn event(&mut self, part: &mut Part, row: Row, left_at: Option<&(SessionId, u64, Hash)>) -> Result<(), StoreError> {
        let in_order = row.position == part.next && (part.epoch..=EPOCH_MAX).contains(&row.epoch);
        if !in_order || row.body.len() > BODY_BYTES_MAX || row.expected_hash(&part.head) != row.hash {
            return Err(self.lines.wrong("the event does not continue the chain"));
        }
        let (event, parent_hash, uses) = self.decode(&row)?;
        let parent = match event {
            Event::Opened(opened) => opened.parent.zip(parent_hash),
            _ => None,
        };
        let parent = parent.map(|(parent, hash)| (parent.session, parent.position, hash));
        if (row.kind == "opened") != (row.position == 0) || (row.position == 0 && parent.as_ref() != left_at) {
            return Err(self.lines.wrong("the session was opened elsewhere"));
        }
        let (position, hash, epoch) = (row.position, row.hash, row.epoch);
        if position < part.entry.next {
            let here = self.shelf.rows(&part.entry.session, position, 1)?.into_iter().next();
            let same = matches!(here, Some((_, Ok(here))) if here.hash == hash);
            if !same {
                let differs = Some(format!("its event at position {position} is another one"));
                return Err(StoreError::Exists { session: part.entry.session.clone(), differs });
            }
        } else {
            if part.added == 0 && part.entry.next > 0 {
                refuse_held(self.shelf, &part.entry.session)?;
            }
            let uses = uses.into_iter().map(|hash| (position, hash)).collect();
            self.shelf.add(&part.entry.session, &Written { rows: vec![row], uses, blobs: Vec::new() })?;
            part.added += 1;
        }
        part.next += 1;
        part.head = hash;
        part.epoch = epoch;
        Ok(())
    }

    fn decode(&self, row: &Row) -> Result<(Event, Option<Hash>, Vec<Hash>), StoreError> {
        let mut uses = Vec::new();
        let mut fetch = |name: &BlobName| {
            uses.push(name.hash());
            let packed = self.shelf.blob(&name.hash()).map_err(|error| error.to_string())?;
            packed.ok_or_else(|| format!("blob {} is missing", name.hash()))?.unpack(&name.hash())
        };
        match wire::decode(&row.kind, &row.body, &mut fetch) {
            Ok((event, left_at)) => Ok((event, left_at, uses)),
            Err(Unreadable::Newer(version)) => Err(StoreError::Newer { version, known: VERSION }),
            Err(Unreadable::Invalid(what)) => Err(self.lines.wrong(&what)),
        }
    }

    fn checkpoint(&mut self, part: &Part, position: u64, base64: &str) -> Result<(), StoreError> {
        if position >= part.next {
            return Err(self.lines.wrong("the checkpoint stands before its event"));
        }
        let bytes = BASE64.decode(base64).map_err(|_| self.lines.wrong("it is no base64"))?;
        if self.shelf.checkpoint(&part.entry.session, position)?.is_some() {
            return Ok(());
        }
        self.shelf.put_checkpoint(&part.entry.session, position, &bytes)
    }

    fn finish(&mut self, part: &mut Part, last: bool) -> Result<(), StoreError> {
        let entry = &mut part.entry;
        let shown = last && entry.hidden;
        if part.added == 0 && !shown {
            return Ok(());
        }
        entry.hidden &= !last;
        if part.added > 0 {
            entry.next = part.next;
            entry.head = part.head;
            entry.epoch = entry.epoch.max(part.epoch);
        }
        self.shelf.update(entry)
    }
}

impl Lines<'_> {
    fn next<T: DeserializeOwned>(&mut self) -> Result<T, StoreError> {
        self.number += 1;
        let mut line = Vec::new();
        let bytes_max = LINE_BYTES_MAX.min(self.left);
        let read = self.from.reader().take(bytes_max).read_until(b'\n', &mut line);
        let bytes = read.map_err(|error| self.unreadable(&error))? as u64;
        self.left -= bytes;
        if line.pop() != Some(b'\n') {
            return Err(self.wrong(if bytes == bytes_max { "it is too long" } else { "the file ends here" }));
        }
        serde_json::from_slice(&line).map_err(|error| self.wrong(&error.to_string()))
    }

    /// Makes sure that nothing follows.
    fn expect_end(&mut self) -> Result<(), StoreError> {
        self.number += 1;
        match self.from.is_at_end() {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.wrong("something follows the end")),
            Err(error) => Err(self.unreadable(&error)),
        }
    }

    fn unreadable(&self, error: &io::Error) -> StoreError {
        match error.kind() {
            // The checksum at the end of what is packed is not there.
            io::ErrorKind::UnexpectedEof => self.wrong("the file ends here"),
            _ => self.wrong(&error.to_string()),
        }
    }

    fn wrong(&self, what: &str) -> StoreError {
        StoreError::Import { line: self.number, what: what.to_owned() }
    }
}
