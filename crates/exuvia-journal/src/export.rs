//! One session as one file.
//!
//! Lines of JSON, compressed with gzip, which every system and every language can read: `zcat FILE | jq .`. In order:
//!
//! ```text
//! {"exuvia_journal": 1, "session": ID, "name": NAME or null, "segments": HOW MANY}
//!     for each part of the history, the oldest first:
//! {"segment": {"session": ID, "created": MS, "events": HOW MANY, "head": HASH}}
//! {"blob": {"hash": HASH, "text": TEXT}}, or with "base64"       before the first event that names it
//! {"event": {"position": N, "epoch": N, "at": MS, "kind": KIND, "body": TEXT OF JSON, "hash": HASH}}
//! {"checkpoint": {"position": N, "base64": BYTES}}                only if they were asked for
//! {"end": {"events": HOW MANY IN ALL}}
//! ```
//!
//! A body is a string that holds JSON, not JSON itself: the hash is that of its bytes, see [`chain`](crate::chain).

use std::collections::BTreeSet;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use exuvia_core::journal::{Hash, Segment, SessionId, StoreError};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use crate::reading::{self, Walk, kept, listed};
use crate::shelf::Shelf;
use crate::wire::VERSION;

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Line {
    Segment { session: SessionId, created: i64, events: u64, head: String },
    Blob { hash: String, text: Option<String>, base64: Option<String> },
    Event { position: u64, epoch: u64, at: i64, kind: String, body: String, hash: String },
    Checkpoint { position: u64, base64: String },
    End { events: u64 },
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    pub(crate) exuvia_journal: u64,
    pub(crate) session: SessionId,
    pub(crate) name: Option<String>,
    pub(crate) segments: usize,
}

/// The longest blob that is written as a text: JSON may make it six times as long.
const TEXT_BYTES_MAX: usize = 32 << 20;

/// How many rows are read at a time.
const ROWS_AT_A_TIME: usize = 256;

/// Writes a session as a file. What is damaged is not exported.
pub(crate) fn export(
    shelf: &dyn Shelf,
    session: &SessionId,
    with_checkpoints: bool,
    to: &mut (dyn Write + Send),
) -> Result<(), StoreError> {
    let entry = listed(shelf, session)?;
    let segments = reading::history(shelf, session, None)?;
    let mut writer = Writer { to: GzEncoder::new(to, Compression::default()), blobs: BTreeSet::new(), events: 0 };
    let segments_count = segments.len();
    writer.line(&Header {
        exuvia_journal: VERSION,
        session: session.clone(),
        name: entry.name,
        segments: segments_count,
    })?;
    for segment in &segments {
        writer.segment(shelf, segment, with_checkpoints)?;
    }
    writer.line(&Line::End { events: writer.events })?;
    writer.to.finish().and_then(io::Write::flush).map_err(unwritten)
}

struct Writer<'a> {
    to: GzEncoder<&'a mut (dyn Write + Send)>,
    blobs: BTreeSet<Hash>,
    events: u64,
}

impl Writer<'_> {
    fn segment(&mut self, shelf: &dyn Shelf, segment: &Segment, with_checkpoints: bool) -> Result<(), StoreError> {
        let Segment { session, positions } = segment;
        let entry = kept(shelf, session)?;
        let head = Walk::begin(shelf, &entry, positions.end)?.head.to_string();
        self.line(&Line::Segment { session: session.clone(), created: entry.created, events: positions.end, head })?;
        let mut walk = Walk::begin(shelf, &entry, 0)?;
        while walk.position < positions.end {
            let left = usize::try_from(positions.end - walk.position).unwrap_or(usize::MAX);
            let rows = shelf.rows(session, walk.position, ROWS_AT_A_TIME.min(left))?;
            if rows.is_empty() {
                return Err(walk.damaged("it is missing"));
            }
            for found in rows {
                let row = found.1.clone();
                let (_, blobs, _) = walk.next(found)?;
                let row = row.map_err(|what| walk.damaged(&what))?;
                for hash in blobs {
                    self.blob(shelf, &walk, hash)?;
                }
                let (position, epoch, at, hash) = (row.position, row.epoch, row.at, row.hash.to_string());
                self.line(&Line::Event { position, epoch, at, kind: row.kind, body: row.body, hash })?;
                self.events += 1;
            }
        }
        if with_checkpoints {
            self.checkpoints(shelf, session, positions.end)?;
        }
        Ok(())
    }

    fn blob(&mut self, shelf: &dyn Shelf, walk: &Walk<'_>, hash: Hash) -> Result<(), StoreError> {
        if !self.blobs.insert(hash) {
            return Ok(());
        }
        let packed = shelf.blob(&hash)?.ok_or_else(|| walk.damaged("a blob of it is missing"))?;
        let content = packed.unpack(&hash).map_err(|what| walk.damaged(&what))?;
        let hash = hash.to_string();
        let text = if content.len() > TEXT_BYTES_MAX {
            Err(content)
        } else {
            String::from_utf8(content).map_err(|error| error.into_bytes())
        };
        let line = match text {
            Ok(text) => Line::Blob { hash, text: Some(text), base64: None },
            Err(bytes) => Line::Blob { hash, text: None, base64: Some(BASE64.encode(bytes)) },
        };
        self.line(&line)
    }

    fn checkpoints(&mut self, shelf: &dyn Shelf, session: &SessionId, end: u64) -> Result<(), StoreError> {
        for entry in shelf.checkpoints(session)?.into_iter().filter(|entry| entry.position < end) {
            if let Some(bytes) = shelf.checkpoint(session, entry.position)? {
                self.line(&Line::Checkpoint { position: entry.position, base64: BASE64.encode(bytes) })?;
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &impl Serialize) -> Result<(), StoreError> {
        let written = serde_json::to_writer(&mut self.to, line).map_err(io::Error::from);
        written.and_then(|()| self.to.write_all(b"\n")).map_err(unwritten)
    }
}

fn unwritten(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            StoreError::Full { what: "the session's file takes no more".to_owned() }
        }
        _ => StoreError::Io { what: "the session's file cannot be written".to_owned(), error },
    }
}
