//! Those events of a history that an agent is made of.

use crate::agent::{Entry, Message};
use crate::journal::{Event, Recorded, SessionId};

/// Takes away what was undone from a session's history, of which these are the parts, the oldest first.
///
/// Cells that were stopped stay: the model is told of them, though the sandbox is as it was before. So does a cell that the
/// agent itself has undone, since it had ended its sandbox: nothing was told of that one yet.
#[must_use]
pub fn standing(history: Vec<(SessionId, Vec<Recorded>)>) -> Vec<(SessionId, Vec<Recorded>)> {
    let mut kept: Vec<(SessionId, Vec<Recorded>)> = Vec::new();
    for (session, events) in history {
        kept.push((session, Vec::with_capacity(events.len())));
        for recorded in events {
            if let Event::Undone { cell } = recorded.event
                && !is_own(&kept, cell)
            {
                go_back(&mut kept, cell);
                continue;
            }
            if let Some((_, events)) = kept.last_mut() {
                events.push(recorded);
            }
        }
    }
    kept
}

/// Returns whether the cell after this one is the last, and the model was told nothing since.
fn is_own(kept: &[(SessionId, Vec<Recorded>)], cell: u32) -> bool {
    let latest = kept.iter().rev().flat_map(|(_, events)| events.iter().rev());
    for recorded in latest {
        match &recorded.event {
            Event::CellEnded { cell: ended, .. } => return *ended == cell + 1,
            event => {
                if let Some(Entry::Said { message: Message::Observed { .. }, .. }) = Entry::of(event) {
                    return false;
                }
            }
        }
    }
    false
}

/// Drops what came after the end of a cell; 0: after the beginning of the first one.
fn go_back(kept: &mut Vec<(SessionId, Vec<Recorded>)>, cell: u32) {
    let place = kept.iter().enumerate().rev().find_map(|(part, (_, events))| {
        let place = match cell {
            0 => events.iter().position(|recorded| matches!(recorded.event, Event::CellStarted { cell: 1, .. })),
            _ => events
                .iter()
                .rposition(|recorded| matches!(recorded.event, Event::CellEnded { cell: ended, .. } if ended == cell))
                .map(|index| index + 1),
        };
        place.map(|index| (part, index))
    });
    let Some((part, index)) = place else { return };
    let own = kept.last().map(|(session, _)| session.clone());
    kept.truncate(part + 1);
    kept[part].1.truncate(index);
    // What comes next is the last session's own again.
    if let Some(own) = own.filter(|own| *own != kept[part].0) {
        kept.push((own, Vec::new()));
    }
}
