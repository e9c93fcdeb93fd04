//! Reading a session's events again, one by one, as a sandbox asks for them.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use exuvia_core::ClockId;
use exuvia_core::journal::{Event, Segment, SessionId, Store, StoreError};

use crate::timeline::page;

/// Where a session's events are read.
pub(crate) struct Cursor {
    store: Arc<dyn Store>,
    parts: VecDeque<Segment>,
    page: VecDeque<(u64, Event)>,
    /// Whose events the page holds.
    session: SessionId,
    /// How many readings of the run of clocks in front were taken.
    readings: usize,
    /// How many bytes of the run of random ones in front were taken.
    drawn: u64,
    /// How many events were passed.
    passed: u64,
}

impl Cursor {
    /// Reads these parts. There is at least one.
    pub(crate) fn new(store: Arc<dyn Store>, parts: Vec<Segment>) -> Self {
        let session = parts.first().expect("a history has parts").session.clone();
        Self { store, parts: parts.into(), page: VecDeque::new(), session, readings: 0, drawn: 0, passed: 0 }
    }

    /// Returns whose event the next one is, and its position.
    pub(crate) fn place(&mut self) -> Result<(SessionId, u64), StoreError> {
        let position = match self.front()? {
            Some((position, _)) => *position,
            None => self.parts.front().map_or(0, |part| part.positions.start),
        };
        Ok((self.session.clone(), position))
    }

    /// Returns how many events were passed.
    pub(crate) fn passed(&self) -> u64 {
        self.passed
    }

    /// Returns the next event that is the sandbox's business; `None` at the end.
    pub(crate) fn peek(&mut self) -> Result<Option<&Event>, StoreError> {
        while matches!(self.front()?, Some((_, Event::Note { .. } | Event::Undone { .. }))) {
            self.skip();
        }
        Ok(self.page.front().map(|(_, event)| event))
    }

    /// Takes the next event that is the sandbox's business.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, Event)>, StoreError> {
        self.peek()?;
        self.readings = 0;
        self.drawn = 0;
        let next = self.page.pop_front();
        self.passed += u64::from(next.is_some());
        Ok(next)
    }

    /// Takes the next reading of a clock, if it is of this one.
    pub(crate) fn read_clock(&mut self, clock: ClockId) -> Result<Option<i64>, StoreError> {
        let taken = self.readings;
        let Some(Event::Clocks(readings)) = self.peek()? else { return Ok(None) };
        let (next, last) = (readings.get(taken).copied(), readings.len());
        match next {
            Some((recorded, nanoseconds)) if recorded == clock => {
                self.readings += 1;
                if self.readings >= last {
                    self.skip();
                }
                Ok(Some(nanoseconds))
            }
            _ => Ok(None),
        }
    }

    /// Takes so many random bytes off the next run of them. Returns whether they were drawn then, too.
    pub(crate) fn draw(&mut self, count: u32) -> Result<bool, StoreError> {
        let drawn = self.drawn + u64::from(count);
        let Some(Event::Random { length }) = self.peek()? else { return Ok(false) };
        let length = *length;
        if drawn > length {
            return Ok(false);
        }
        self.drawn = drawn;
        if drawn == length {
            self.skip();
        }
        Ok(true)
    }

    /// Returns at which check the cell that runs is interrupted next.
    pub(crate) fn next_interrupt(&mut self) -> Result<Option<u64>, StoreError> {
        let found = self.find(|event| match event {
            Event::Interrupted { checks, .. } => Some(Some(*checks)),
            Event::CellEnded { .. } => Some(None),
            _ => None,
        });
        Ok(found?.flatten())
    }

    /// Returns whether the cell that runs, or is about to, has come to an end.
    pub(crate) fn cell_ends(&mut self) -> Result<bool, StoreError> {
        Ok(self.find(|event| matches!(event, Event::CellEnded { .. }).then_some(()))?.is_some())
    }

    /// Looks for an event that is yet to come. Nothing is passed by that.
    fn find<T>(&mut self, look: impl Fn(&Event) -> Option<T>) -> Result<Option<T>, StoreError> {
        self.peek()?;
        let found = self.page.iter().find_map(|(_, event)| look(event));
        if found.is_some() {
            return Ok(found);
        }
        // It is not among those that were read: look on, and forget what was seen.
        for part in self.parts.clone() {
            let mut from = part.positions.start;
            while from < part.positions.end {
                let events = read(&*self.store, &part.session, from..part.positions.end)?;
                if events.is_empty() {
                    break;
                }
                from += events.len() as u64;
                let found = events.iter().find_map(|(_, event)| look(event));
                if found.is_some() {
                    return Ok(found);
                }
            }
        }
        Ok(None)
    }

    fn skip(&mut self) {
        self.readings = 0;
        self.drawn = 0;
        self.page.pop_front();
        self.passed += 1;
    }

    /// Returns the next event, reading on if need be.
    fn front(&mut self) -> Result<Option<&(u64, Event)>, StoreError> {
        while self.page.is_empty() {
            let Some(part) = self.parts.front_mut() else { return Ok(None) };
            if part.positions.is_empty() {
                self.parts.pop_front();
                continue;
            }
            let events = read(&*self.store, &part.session, part.positions.clone())?;
            let count = events.len() as u64;
            self.session = part.session.clone();
            part.positions.start += count;
            self.page.extend(events);
            if count == 0 {
                self.parts.pop_front();
            }
        }
        Ok(self.page.front())
    }
}

fn read(store: &dyn Store, session: &SessionId, positions: Range<u64>) -> Result<Vec<(u64, Event)>, StoreError> {
    let page = pollster::block_on(page(store, session, positions))?;
    Ok(page.into_iter().map(|recorded| (recorded.position, recorded.event)).collect())
}
