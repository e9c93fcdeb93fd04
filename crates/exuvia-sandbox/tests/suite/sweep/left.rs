//! What a killed process has left: what its journal says of calls, and what the end must be according to that.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use exuvia_core::journal::{Event, SessionId, Store, StoreError};
use exuvia_core::recording::Asked;
use exuvia_core::{HostAnswer, MountOperation};
use libtest_mimic::Failed;

use super::killer::{Deed, Moment, When};
use super::place::Place;
use super::session_id;
use crate::suite::fixture::ensure;

/// What a killed process has left.
pub(super) struct Left {
    /// Its journal; empty if it did not come to have one.
    pub(super) events: Vec<Event>,
    /// How often each call was made.
    pub(super) called: BTreeMap<String, u32>,
    pub(super) calls: Calls,
    /// What was printed, with one character for each byte.
    pub(super) printed: String,
    /// How many bytes at the end of that may be printed again: the process did not come to note that they were.
    pub(super) again: Vec<usize>,
}

/// The calls of a journal, as they stand in the log of calls.
#[derive(Default)]
pub(super) struct Calls {
    /// Asked and answered.
    pub(super) answered: BTreeSet<String>,
    /// Asked and not answered.
    pub(super) open: BTreeSet<String>,
    /// Asked, and cancelled before they were answered.
    pub(super) cancelled: BTreeSet<String>,
    /// The paths of a change in a mount that was asked and not answered, and must not be made twice.
    pub(super) unknown: Vec<String>,
}

impl Left {
    /// Looks at a place before anybody goes on there, and checks that everything is there that was acknowledged.
    pub(super) fn of(place: &Place, moment: Moment, is_whole: bool) -> Result<Self, Failed> {
        let store = place.open_store()?;
        let events = events(&store, &session_id())?;
        let acknowledged = fs::read_to_string(place.acknowledged())?;
        let found: Vec<String> = events.iter().map(|event| format!("{event:?}")).collect();
        let known = acknowledged.lines().count();
        for (position, line) in acknowledged.lines().enumerate() {
            ensure(
                found.get(position).is_some_and(|found| found == line),
                format!("event {position} is lost: {line:.200}"),
            )?;
        }
        // One append at most was on its way: the one at which it was killed. Beside a checkpoint there may be any.
        match (moment.deed, moment.when) {
            (Deed::Append, When::After) => ensure(found.len() > known || !is_whole, "what the system has is lost")?,
            (Deed::Checkpoint, _) => {}
            _ => ensure(found.len() == known, format!("{} events, {known} were written", found.len()))?,
        }
        if !events.is_empty() {
            let verified = pollster::block_on(store.verify(&session_id()))?;
            ensure(verified.damage.is_none() && verified.events == events.len() as u64, format!("{verified:?}"))?;
        }
        let printed = place.text_printed()?;
        let again = match (moment, events.last()) {
            (Moment { deed: Deed::Printed, .. }, Some(Event::Output { bytes, .. })) => vec![bytes.len()],
            // The session went on meanwhile: it may have printed this and not noted it, or not even printed it.
            (Moment { deed: Deed::Checkpoint, .. }, Some(Event::Output { bytes, .. }))
                if printed.chars().count() >= bytes.len() =>
            {
                vec![0, bytes.len()]
            }
            _ => vec![0],
        };
        Ok(Self { calls: Calls::of(&events), events, called: place.called()?, printed, again })
    }
}

/// Returns the events of a session; none if it is not there.
pub(super) fn events(store: &dyn Store, session: &SessionId) -> Result<Vec<Event>, Failed> {
    let mut events: Vec<Event> = Vec::new();
    loop {
        match pollster::block_on(store.read(session, events.len() as u64, 256)) {
            Ok(page) if page.is_empty() => return Ok(events),
            Ok(page) => events.extend(page.into_iter().map(|recorded| recorded.event)),
            Err(StoreError::NotFound { .. }) => return Ok(events),
            Err(error) => return Err(error.into()),
        }
    }
}

impl Calls {
    pub(super) fn of(events: &[Event]) -> Self {
        let mut calls = Self::default();
        let mut started = BTreeMap::new();
        for (position, event) in events.iter().enumerate() {
            let is_answered = matches!(events.get(position + 1), Some(Event::Answered { .. }));
            match event {
                Event::Asked { asked: Asked::Tool { tool, arguments } } => {
                    let to = if is_answered { &mut calls.answered } else { &mut calls.open };
                    to.insert(format!("{tool} {arguments}"));
                }
                Event::Asked { asked: Asked::Start { call, tool, arguments } } => {
                    started.insert(*call, format!("{tool} {arguments}"));
                }
                Event::Asked { asked: Asked::Mount(request) } if !is_answered => {
                    calls.unknown = changed_once(&request.operation);
                }
                Event::Call { asked: Asked::Cancel { call }, .. } => {
                    calls.cancelled.extend(started.remove(call));
                }
                Event::Call { answer: HostAnswer::Finished(finished), .. } => {
                    calls.answered.extend(finished.iter().filter_map(|finished| started.remove(&finished.call)));
                }
                _ => {}
            }
        }
        calls.open.extend(started.into_values());
        calls
    }

    /// Returns the calls whose answer the program will never know: they may have been made, and are not made again.
    pub(super) fn lost(&self) -> impl Iterator<Item = &str> {
        self.open.iter().filter_map(|call| call.strip_prefix("two "))
    }
}

/// Returns which paths an operation changes that does something else when it is done a second time.
fn changed_once(operation: &MountOperation) -> Vec<String> {
    let paths: &[&Vec<u8>] = match operation {
        MountOperation::Create { path, .. }
        | MountOperation::MakeDirectory { path, .. }
        | MountOperation::Unlink { path }
        | MountOperation::RemoveDirectory { path } => &[path],
        MountOperation::Rename { from, to } => &[from, to],
        _ => &[],
    };
    paths.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect()
}
