//! What is in tails, moved into the database.
//!
//! Anybody may do so at any moment, any number of times: what is there already is passed over.

use std::sync::atomic::{Ordering, fence};
use std::sync::{Arc, PoisonError};

use exuvia_core::journal::{SessionId, StoreError};

use super::Shared;
use super::lease::{OpenSession, Part};
use super::tables::Tables;
use super::tail::{EVENTS_AT, Place, Tail};
use crate::local::refuse_held;
use crate::shelf::{Entry, Shelf, Whose, Written};

/// How many rows are added at a time, roughly.
const ROWS_AT_A_TIME: usize = 256;

impl Tables<'_> {
    /// Moves what is in a tail from its beginning on, or from where it was read before.
    fn absorb_all(&self, entry: &Entry, tail: &Tail) -> Result<(), StoreError> {
        if let Some(place) = self.tails.place(&entry.session, entry.epoch)
            && tail.is_at(place, entry.next, &entry.head)?
        {
            // What has a lower position there is from before the file was written anew.
            let moved = self.absorb(entry, tail, place.after, entry.next.checked_sub(1))?;
            self.tails.note_place(&entry.session, entry.epoch, Place { first: place.first, ..moved.unwrap_or(place) });
            return Ok(());
        }
        if let Some(place) = self.absorb(entry, tail, EVENTS_AT, None)? {
            self.tails.note_place(&entry.session, entry.epoch, place);
        }
        Ok(())
    }

    /// Moves what is in a tail from some offset on, as far as it has higher positions than `last`. Returns where the last whole
    /// append ends that was found.
    fn absorb(
        &self,
        entry: &Entry,
        tail: &Tail,
        offset: u64,
        mut last: Option<u64>,
    ) -> Result<Option<Place>, StoreError> {
        let mut absorbed = entry.clone();
        let (mut first, mut place, mut head) = (None, None, entry.head);
        let (mut written, mut whole) = (Written::default(), 0);
        let mut lines = tail.lines(offset);
        loop {
            let at = lines.offset();
            let Some(line) = lines.next()? else { break };
            let (position, is_last) = (line.position, line.left == 0);
            if last.is_some_and(|last| position <= last) {
                // It is from before the file was written anew.
                break;
            }
            last = Some(position);
            if position >= entry.next {
                let expected = absorbed.next + written.rows.len() as u64;
                let row = line.row().filter(|row| position == expected && row.expected_hash(&head) == row.hash);
                let Some(row) = row else { break };
                head = row.hash;
                written.rows.push(row);
            }
            let first = *first.get_or_insert(position);
            if is_last {
                place = Some(Place { first, at, after: lines.offset() });
                whole = written.rows.len();
                if whole >= ROWS_AT_A_TIME {
                    self.absorb_rows(&mut absorbed, &mut written)?;
                    whole = 0;
                }
            }
        }
        // What was found of an append that is not whole does not count.
        written.rows.truncate(whole);
        self.absorb_rows(&mut absorbed, &mut written)?;
        if absorbed.next > entry.next {
            self.advance(&absorbed)?;
        }
        Ok(place)
    }

    fn absorb_rows(&self, absorbed: &mut Entry, written: &mut Written) -> Result<(), StoreError> {
        let Some(last) = written.rows.last() else { return Ok(()) };
        (absorbed.next, absorbed.head) = (last.position + 1, last.hash);
        self.append_rows(&absorbed.session, written)?;
        written.rows.clear();
        Ok(())
    }

    /// Moves a part of the tail of a session that this store has open: all of it is there.
    fn absorb_part(&self, open: &OpenSession, part: Part) -> Result<(), StoreError> {
        if part.bytes() == 0 {
            return Ok(());
        }
        let entry = self.entry(&open.session)?.ok_or_else(|| StoreError::missing(&open.session))?;
        if entry.epoch != open.tail.epoch() {
            // Whoever has taken over has moved all that was written.
            open.lose();
            return Ok(());
        }
        if self.absorb(&entry, &open.tail, part.from, None)?.is_none_or(|place| place.after < part.until) {
            let what = "what was written to it is not there".to_owned();
            return Err(StoreError::Damaged { session: Some(entry.session), position: None, what });
        }
        Ok(())
    }

    /// Moves what another process has written to the tail of this session.
    fn absorb_found(&self, session: &SessionId) -> Result<(), StoreError> {
        let Some(entry) = self.entry(session)? else { return Ok(()) };
        match self.tails.find(session, entry.epoch)? {
            Some(tail) => self.absorb_all(&entry, &tail),
            None => Ok(()),
        }
    }

    /// Moves what the last writer of a session has written, and tells it that its epoch is over, if it is gone. Returns its
    /// tail.
    pub(super) fn take_over(&self, session: &SessionId) -> Result<Option<Tail>, StoreError> {
        let Some(entry) = self.entry(session)? else { return Ok(None) };
        refuse_held(self, session)?;
        let tail = self.tails.find(session, entry.epoch)?;
        if let Some(tail) = &tail {
            tail.end()?;
            // The other one's order is the other way round.
            fence(Ordering::SeqCst);
            self.absorb_all(&entry, tail)?;
        }
        Ok(tail)
    }
}

impl Shared {
    /// Brings into the database what it is to be asked for.
    pub(super) fn absorb(&self, whose: Whose<'_>) -> Result<(), StoreError> {
        match whose {
            Whose::Nobodys => Ok(()),
            Whose::Ones(session) => match self.open_session(session) {
                Some(open) if open.is_written()? => self.absorb_open(&[open]),
                _ => self.absorb_found(session),
            },
            Whose::All => {
                let mut open = Vec::new();
                for session in self.open_sessions() {
                    if session.is_written()? {
                        open.push(session);
                    }
                }
                self.absorb_open(&open)?;
                self.absorb_all_found(&open)
            }
        }
    }

    /// Moves what is in the tails of sessions that this store has open.
    pub(super) fn absorb_open(&self, open: &[Arc<OpenSession>]) -> Result<(), StoreError> {
        if open.iter().all(|open| open.waiting().bytes() == 0) {
            return Ok(());
        }
        self.write_after(open, |_| Ok(()))
    }

    /// Changes something after what is in the tails of these sessions has been moved, all in one transaction.
    pub(super) fn write_after<T>(
        &self,
        open: &[Arc<OpenSession>],
        change: impl FnOnce(&mut Tables<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.flusher.check()?;
        // Found out, and noted, while nobody else can move anything: a tail in which something waits is not written anew.
        let parts: Vec<_> = open.iter().map(|open| open.waiting()).collect();
        let changed = self.transaction(&writer, "BEGIN IMMEDIATE", |tables| {
            open.iter().zip(&parts).try_for_each(|(open, part)| tables.absorb_part(open, *part))?;
            change(tables)
        })?;
        // Before another one can write: transactions are counted in their order.
        self.flusher.committed(self.log_pages());
        open.iter().zip(&parts).for_each(|(open, part)| open.absorbed(*part));
        self.measure(&writer);
        Ok(changed)
    }

    fn absorb_found(&self, session: &SessionId) -> Result<(), StoreError> {
        let is_there = self.read(|tables| {
            let entry = tables.entry(session)?;
            Ok(entry.is_some_and(|entry| self.tails.is_there(session, entry.epoch)))
        })?;
        if is_there { self.write(|tables| tables.absorb_found(session)) } else { Ok(()) }
    }

    /// Moves what other processes have written, and clears away what was left behind.
    fn absorb_all_found(&self, open: &[Arc<OpenSession>]) -> Result<(), StoreError> {
        let mut found = self.tails.list()?;
        found.retain(|(session, epoch)| !open.iter().any(|open| open.is(session, *epoch)));
        if found.is_empty() {
            return Ok(());
        }
        // Whoever begins an epoch makes its tail within a transaction: none is to be seen that is just being made.
        let over = self.write(|tables| {
            let mut over = Vec::new();
            for (session, epoch) in &found {
                match tables.entry(session)? {
                    Some(entry) if entry.epoch == *epoch => tables.absorb_found(session)?,
                    _ => over.extend(self.tails.find_free(session, *epoch)?),
                }
            }
            Ok(over)
        })?;
        over.into_iter().for_each(|tail| self.flusher.remove(Arc::new(tail)));
        Ok(())
    }
}
