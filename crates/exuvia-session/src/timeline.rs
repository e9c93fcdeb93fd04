//! Those events of a session that it consists of now: its history without what was undone, and without cells that were
//! stopped from outside, after which a session goes on from where it was before them.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use exuvia_core::Status;
use exuvia_core::journal::{Event, Recorded, Segment, SessionId, Store, StoreError};

/// How many events are read at a time.
const PAGE: usize = 512;

/// Returns the parts of a session's history that count, the oldest first; `until` is a position of its own events.
pub(crate) async fn timeline(
    store: &Arc<dyn Store>,
    session: &SessionId,
    until: Option<u64>,
) -> Result<Vec<Segment>, StoreError> {
    let mut marks = Marks::default();
    for segment in store.history(session, until).await? {
        marks.begin(segment.session.clone());
        each(store, &segment, |recorded| {
            marks.push(&recorded);
            ControlFlow::Continue(())
        })
        .await?;
    }
    Ok(marks.kept)
}

/// Shows the events of a part of a history one after the other, until `take` has seen enough. They are read a page at a
/// time; a part that says to end later than the session does ends with it.
///
/// # Errors
///
/// Those of [`Store::read`].
pub async fn each(
    store: &Arc<dyn Store>,
    part: &Segment,
    mut take: impl FnMut(Recorded) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let mut positions = part.positions.clone();
    while !positions.is_empty() {
        let page = page(&**store, &part.session, positions.clone()).await?;
        if page.is_empty() {
            break;
        }
        positions.start += page.len() as u64;
        for recorded in page {
            if take(recorded).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Reads the first of these events, as many as are read at a time.
pub(crate) async fn page(
    store: &dyn Store,
    session: &SessionId,
    positions: Range<u64>,
) -> Result<Vec<Recorded>, StoreError> {
    let count = usize::try_from(positions.end - positions.start).unwrap_or(PAGE).min(PAGE);
    store.read(session, positions.start, count).await
}

/// Returns what counts of a session's own events from this position to its end, where nothing in there undoes what was
/// before it; else nothing.
pub(crate) async fn tail(
    store: &Arc<dyn Store>,
    session: &SessionId,
    from: u64,
    end: u64,
) -> Result<Option<Vec<Segment>>, StoreError> {
    let kept = vec![Segment { session: session.clone(), positions: from..from }];
    let mut marks = Marks { kept, session: Some(session.clone()), ..Marks::default() };
    let mut is_whole = true;
    let part = Segment { session: session.clone(), positions: from..end };
    each(store, &part, |recorded| {
        is_whole = marks.has(&recorded.event);
        if !is_whole {
            return ControlFlow::Break(());
        }
        marks.push(&recorded);
        ControlFlow::Continue(())
    })
    .await?;
    Ok(is_whole.then_some(marks.kept))
}

/// Returns the part of a timeline that comes after a position of one of its sessions; `None` if that does not count.
pub(crate) fn after(timeline: &[Segment], session: &SessionId, position: u64) -> Option<Vec<Segment>> {
    let index = timeline.iter().position(|part| {
        part.session == *session && part.positions.start <= position && position <= part.positions.end
    })?;
    let mut rest = timeline[index..].to_vec();
    rest[0].positions.start = position;
    Some(rest)
}

/// A moment that a session may go back to: how much was kept then.
#[derive(Debug, Clone, Copy)]
struct Mark {
    parts: usize,
    end: u64,
}

#[derive(Debug, Default)]
struct Marks {
    kept: Vec<Segment>,
    session: Option<SessionId>,
    /// Before the first cell.
    first: Option<Mark>,
    /// Before the cell that runs.
    started: Option<Mark>,
    /// After each cell that stands, by number.
    ended: Vec<(u32, Mark)>,
}

impl Marks {
    fn begin(&mut self, session: SessionId) {
        self.session = Some(session);
    }

    fn push(&mut self, recorded: &Recorded) {
        let Recorded { position, event, .. } = recorded;
        match event {
            Event::CellStarted { .. } => {
                self.started = Some(self.mark());
                self.first = self.first.or(self.started);
                self.keep(*position);
            }
            Event::CellEnded { outcome, .. } if matches!(outcome.status, Status::Stopped { .. }) => {
                if let Some(mark) = self.started.take() {
                    self.back_to(mark);
                }
            }
            Event::CellEnded { cell, .. } => {
                self.keep(*position);
                self.started = None;
                self.ended.push((*cell, self.mark()));
            }
            Event::Undone { cell } => {
                self.ended.retain(|(number, _)| number <= cell);
                let mark = self.ended.last().map(|(_, mark)| *mark).or(self.first);
                if let Some(mark) = mark {
                    self.back_to(mark);
                }
            }
            // What was given after a cell belongs to it: it is there again when the next one is undone.
            Event::Given(_) => {
                self.keep(*position);
                let mark = self.mark();
                if let Some((_, end)) = self.ended.last_mut() {
                    *end = mark;
                }
            }
            _ => self.keep(*position),
        }
    }

    /// Whether what this event goes back to was seen.
    fn has(&self, event: &Event) -> bool {
        match event {
            Event::Undone { cell } => self.ended.iter().any(|(number, _)| number == cell),
            Event::CellEnded { outcome, .. } if matches!(outcome.status, Status::Stopped { .. }) => {
                self.started.is_some()
            }
            _ => true,
        }
    }

    fn mark(&self) -> Mark {
        Mark { parts: self.kept.len(), end: self.kept.last().map_or(0, |part| part.positions.end) }
    }

    /// Goes back to a moment. Where that is before a fork began, it still is that fork, with random bytes of its own: how
    /// it was opened stays.
    fn back_to(&mut self, mark: Mark) {
        self.kept.truncate(mark.parts);
        if let Some(last) = self.kept.last_mut() {
            last.positions.end = mark.end;
        }
        if !self.kept.iter().any(|part| Some(&part.session) == self.session.as_ref()) {
            self.keep(0);
        }
    }

    fn keep(&mut self, position: u64) {
        let Some(session) = &self.session else { return };
        match self.kept.last_mut() {
            Some(last) if last.session == *session && last.positions.end == position => last.positions.end += 1,
            _ => self.kept.push(Segment { session: session.clone(), positions: position..position + 1 }),
        }
    }
}
