//! Reading what is kept, and comparing it with its hashes.

use std::collections::BTreeSet;

use exuvia_core::journal::{Damage, Event, Hash, Recorded, Segment, SessionId, StoreError, Verification};

use crate::blob::PackedBlob;
use crate::chain::{Row, beginning};
use crate::shelf::{Entry, FoundRow, Shelf};
use crate::wire::{self, BlobName, Unreadable, VERSION};

/// How many rows are read at a time.
const ROWS_AT_A_TIME: usize = 256;

/// How many ancestors a session may have.
pub(crate) const ANCESTORS_MAX: usize = 10_000;

/// How many bytes apart names may be to be near.
const NEAR_MAX: usize = 5;

/// Returns the session that is listed under this id.
pub(crate) fn listed(shelf: &dyn Shelf, session: &SessionId) -> Result<Entry, StoreError> {
    match known(shelf, session)? {
        Some(entry) if !entry.hidden => Ok(entry),
        _ => Err(StoreError::NotFound { wanted: session.to_string(), near: near(shelf, session.as_str())? }),
    }
}

/// Returns the session of this id, be it listed or only kept for others. One of a newer version is refused.
pub(crate) fn known(shelf: &dyn Shelf, session: &SessionId) -> Result<Option<Entry>, StoreError> {
    let entry = shelf.entry(session)?;
    match &entry {
        Some(entry) if entry.version > VERSION => Err(StoreError::Newer { version: entry.version, known: VERSION }),
        _ => Ok(entry),
    }
}

/// Returns the session that is kept under this id.
pub(crate) fn kept(shelf: &dyn Shelf, session: &SessionId) -> Result<Entry, StoreError> {
    known(shelf, session)?.ok_or_else(|| StoreError::missing(session))
}

/// Finds a session by id, name, or how its id begins. No name is another session's id, but in a store that was written when
/// it could be.
pub(crate) fn find(shelf: &dyn Shelf, wanted: &str) -> Result<SessionId, StoreError> {
    let entries: Vec<Entry> = shelf.entries()?.into_iter().filter(|entry| !entry.hidden).collect();
    let by_id = entries.iter().find(|entry| entry.session.as_str() == wanted);
    let by_name = || entries.iter().find(|entry| entry.name.as_deref() == Some(wanted));
    if let Some(entry) = by_id.or_else(by_name) {
        return Ok(entry.session.clone());
    }
    let begins = |entry: &&Entry| !wanted.is_empty() && entry.session.as_str().starts_with(wanted);
    let mut matches: Vec<SessionId> = entries.iter().filter(begins).map(|entry| entry.session.clone()).collect();
    match matches.len() {
        0 => Err(StoreError::NotFound { wanted: wanted.to_owned(), near: near(shelf, wanted)? }),
        1 => Ok(matches.remove(0)),
        _ => {
            matches.truncate(10);
            Err(StoreError::Ambiguous { wanted: wanted.to_owned(), matches })
        }
    }
}

/// Returns names and ids that are written almost like this one.
fn near(shelf: &dyn Shelf, wanted: &str) -> Result<Vec<String>, StoreError> {
    let entries = shelf.entries()?;
    let names = entries.iter().filter(|entry| !entry.hidden);
    let names = names.flat_map(|entry| entry.name.as_deref().into_iter().chain([entry.session.as_str()]));
    let bound = (wanted.len() / 3).min(NEAR_MAX);
    let mut near: Vec<(usize, &str)> =
        names.map(|name| (distance(name, wanted), name)).filter(|(distance, _)| *distance <= bound).collect();
    near.sort_unstable();
    near.truncate(3);
    Ok(near.into_iter().map(|(_, name)| name.to_owned()).collect())
}

/// Returns how many bytes must be added, left out or changed to make one text of the other (Levenshtein), or more than is
/// [near](NEAR_MAX).
fn distance(one: &str, other: &str) -> usize {
    if one.len().abs_diff(other.len()) > NEAR_MAX || one.len() > 100 {
        return usize::MAX;
    }
    let mut costs: Vec<usize> = (0..=other.len()).collect();
    for (row, byte) in one.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut costs[0], row + 1);
        for (column, other_byte) in other.bytes().enumerate() {
            let changed = diagonal + usize::from(byte != other_byte);
            diagonal = costs[column + 1];
            costs[column + 1] = changed.min(diagonal + 1).min(costs[column] + 1);
        }
    }
    costs[other.len()]
}

/// Reads events, and compares each with the chain.
pub(crate) fn read(
    shelf: &dyn Shelf,
    session: &SessionId,
    from: u64,
    count_max: usize,
) -> Result<Vec<Recorded>, StoreError> {
    let entry = kept(shelf, session)?;
    let mut walk = Walk::begin(shelf, &entry, from)?;
    let count = usize::try_from(entry.next.saturating_sub(from)).unwrap_or(usize::MAX).min(count_max);
    let mut events = Vec::new();
    while events.len() < count {
        let found = shelf.rows(session, walk.position, ROWS_AT_A_TIME.min(count - events.len()))?;
        if found.is_empty() {
            return Err(walk.damaged("it is missing"));
        }
        for found in found {
            events.push(walk.next(found)?.0);
        }
    }
    Ok(events)
}

/// Returns the parts of a session's history, the oldest first.
pub(crate) fn history(shelf: &dyn Shelf, session: &SessionId, until: Option<u64>) -> Result<Vec<Segment>, StoreError> {
    let mut entry = kept(shelf, session)?;
    let mut end = until.unwrap_or(entry.next);
    let mut segments = Vec::new();
    loop {
        if end > entry.next || (end == 0 && !segments.is_empty()) {
            let (position, events) = (end, entry.next);
            return Err(StoreError::Position { session: entry.session, position, events });
        }
        segments.push(Segment { session: entry.session.clone(), positions: 0..end });
        let Some((parent, position)) = entry.parent.take() else { break };
        if segments.len() > ANCESTORS_MAX {
            let what = "its history has no beginning".to_owned();
            return Err(StoreError::Damaged { session: Some(session.clone()), position: None, what });
        }
        entry = known(shelf, &parent)?.ok_or_else(|| StoreError::Damaged {
            session: Some(session.clone()),
            position: Some(0),
            what: format!("the session `{parent}`, which it was forked from, is missing"),
        })?;
        end = position;
    }
    segments.reverse();
    Ok(segments)
}

/// Compares everything that is kept of a session and its history with its hashes.
pub(crate) fn verify(shelf: &dyn Shelf, session: &SessionId) -> Result<Verification, StoreError> {
    kept(shelf, session)?;
    let mut verification = Verification { events: 0, blobs: 0, head: beginning(session), damage: None };
    match verify_history(shelf, session, &mut verification) {
        Ok(()) => {}
        Err(StoreError::Damaged { session: damaged, position, what }) => {
            let session = damaged.unwrap_or_else(|| session.clone());
            verification.damage = Some(Damage { session, position, what });
        }
        Err(error) => return Err(error),
    }
    Ok(verification)
}

fn verify_history(shelf: &dyn Shelf, session: &SessionId, verification: &mut Verification) -> Result<(), StoreError> {
    let segments = history(shelf, session, None)?;
    let mut left_at = None;
    for segment in &segments {
        let entry = kept(shelf, &segment.session)?;
        left_at = Some(verify_segment(shelf, &entry, segment.positions.end, left_at, verification)?);
    }
    Ok(())
}

/// Compares a session's own events up to `end`. `left_at` is where it left its parent, and the hash there.
fn verify_segment(
    shelf: &dyn Shelf,
    entry: &Entry,
    end: u64,
    left_at: Option<(SessionId, u64, Hash)>,
    verification: &mut Verification,
) -> Result<(SessionId, u64, Hash), StoreError> {
    let mut walk = Walk::begin(shelf, entry, 0)?;
    let mut used = BTreeSet::new();
    while walk.position < end {
        let found = shelf.rows(&entry.session, walk.position, ROWS_AT_A_TIME)?;
        if found.is_empty() {
            return Err(walk.damaged("it is missing"));
        }
        for found in found {
            if walk.position == end {
                break;
            }
            let (recorded, names, parent_hash) = walk.next(found)?;
            if let Event::Opened(opened) = &recorded.event {
                let parent = opened.parent.clone().zip(parent_hash);
                let parent = parent.map(|(parent, hash)| (parent.session, parent.position, hash));
                if parent != left_at {
                    return Err(walk.damaged_at(0, "it was forked from something else"));
                }
            }
            verification.blobs += names.len() as u64;
            used.extend(names.into_iter().map(|name| (recorded.position, name)));
            verification.events += 1;
            verification.head = walk.head;
        }
    }
    if end == entry.next {
        verify_whole(shelf, entry, &walk)?;
    }
    let uses: BTreeSet<_> = shelf.uses(&entry.session)?.into_iter().filter(|(position, _)| *position < end).collect();
    if uses != used {
        return Err(walk.damaged_whole("which blobs it uses is noted wrongly"));
    }
    Ok((entry.session.clone(), end, walk.head))
}

fn verify_whole(shelf: &dyn Shelf, entry: &Entry, walk: &Walk<'_>) -> Result<(), StoreError> {
    if walk.head != entry.head {
        return Err(walk.damaged_whole("its last event is another one than was noted"));
    }
    if shelf.row_count(&entry.session)? != entry.next {
        return Err(walk.damaged_whole("it has more events than were noted"));
    }
    // Who has it open prints, and writes, meanwhile.
    if shelf.holder(&entry.session)?.is_none() && shelf.printed(&entry.session)? > entry.next {
        return Err(walk.damaged_whole("its last events are lost: output that comes later was printed"));
    }
    Ok(())
}

/// Goes from event to event.
pub(crate) struct Walk<'a> {
    shelf: &'a dyn Shelf,
    session: &'a SessionId,
    pub(crate) position: u64,
    pub(crate) head: Hash,
}

impl<'a> Walk<'a> {
    /// Begins before the event at this position.
    pub(crate) fn begin(shelf: &'a dyn Shelf, entry: &'a Entry, from: u64) -> Result<Self, StoreError> {
        let mut walk = Self { shelf, session: &entry.session, position: from, head: beginning(&entry.session) };
        if from > entry.next {
            let (session, position, events) = (entry.session.clone(), from, entry.next);
            return Err(StoreError::Position { session, position, events });
        }
        if let Some(before) = from.checked_sub(1) {
            let row = shelf.rows(walk.session, before, 1)?.into_iter().next();
            let row = row.filter(|(position, _)| *position == before);
            let (_, row) = row.ok_or_else(|| walk.damaged_at(before, "it is missing"))?;
            walk.head = row.map_err(|what| walk.damaged_at(before, &what))?.hash;
        }
        Ok(walk)
    }

    /// Takes the next row, and returns its event, the blobs that it names, and where a fork left its parent.
    pub(crate) fn next(&mut self, found: FoundRow) -> Result<(Recorded, Vec<Hash>, Option<Hash>), StoreError> {
        let row = self.take(found)?;
        let mut names = Vec::new();
        let mut fetch = |name: &BlobName| {
            names.push(name.hash());
            fetch(self.shelf, name)
        };
        let (event, left_at) = match wire::decode(&row.kind, &row.body, &mut fetch) {
            Ok(event) => event,
            Err(Unreadable::Newer(version)) => return Err(StoreError::Newer { version, known: VERSION }),
            Err(Unreadable::Invalid(what)) => return Err(self.damaged(&what)),
        };
        self.position += 1;
        self.head = row.hash;
        let Row { position, epoch, at, hash, .. } = row;
        Ok((Recorded { position, epoch, at, event, hash }, names, left_at))
    }

    /// Checks that a row is the next one of the chain.
    fn take(&self, (position, row): FoundRow) -> Result<Row, StoreError> {
        if position != self.position {
            return Err(self.damaged("it is missing"));
        }
        let row = row.map_err(|what| self.damaged(&what))?;
        if row.expected_hash(&self.head) != row.hash {
            return Err(self.damaged("its hash is not that of what it holds"));
        }
        Ok(row)
    }

    pub(crate) fn damaged(&self, what: &str) -> StoreError {
        self.damaged_at(self.position, what)
    }

    fn damaged_at(&self, position: u64, what: &str) -> StoreError {
        StoreError::Damaged { session: Some(self.session.clone()), position: Some(position), what: what.to_owned() }
    }

    fn damaged_whole(&self, what: &str) -> StoreError {
        StoreError::Damaged { session: Some(self.session.clone()), position: None, what: what.to_owned() }
    }
}

/// Returns what a blob holds.
fn fetch(shelf: &dyn Shelf, name: &BlobName) -> Result<Vec<u8>, String> {
    let packed: Option<PackedBlob> = shelf.blob(&name.hash()).map_err(|error| error.to_string())?;
    packed.ok_or_else(|| format!("blob {} is missing", name.hash()))?.unpack(&name.hash())
}
