//! `exuvia session list`.

use anyhow::Result;
use exuvia_core::Status;
use exuvia_core::journal::{Event, SessionId, SessionSummary, Source, Store};
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::{print_json, times, wait};
use crate::printable::printable;
use crate::{journal, output};

/// How many events are read, from the last one backwards, to learn how many cells there are.
const EVENTS_MAX: u64 = 1 << 14;
/// How many events are read first: mostly they tell.
const EVENTS_FIRST: u64 = 64;
/// How many events are read at a time then.
const EVENTS_AT_A_TIME: u64 = 1 << 10;
/// How many columns the list has.
const COLUMNS: usize = 7;

/// List the sessions, the one that was used last first
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    session: &'a SessionId,
    name: Option<&'a str>,
    created: String,
    updated: String,
    /// How many cells stand; `None`: that cannot be told without reading much.
    cells: Option<u32>,
    events: u64,
    bytes: u64,
    parent: Option<Origin<'a>>,
    open_in: Option<&'a str>,
}

#[derive(Serialize)]
struct Origin<'a> {
    session: &'a SessionId,
    position: u64,
}

pub(super) fn run(store: &dyn Store, arguments: &Arguments) -> Result<u8> {
    let sessions = wait(store.list()).map_err(journal::failure)?;
    if arguments.json {
        print_json(&sessions.iter().map(|session| line(store, session)).collect::<Vec<_>>())?;
    } else if sessions.is_empty() {
        output::say("there are no sessions yet: `exuvia run` and `exuvia repl` record what they do");
    } else {
        output::print(table(store, &sessions).as_bytes());
    }
    Ok(0)
}

fn line<'a>(store: &dyn Store, summary: &'a SessionSummary) -> Line<'a> {
    Line {
        session: &summary.session,
        name: summary.name.as_deref(),
        created: times::rfc3339(summary.created),
        updated: times::rfc3339(summary.updated),
        cells: cells(store, summary),
        events: summary.events,
        bytes: summary.bytes,
        parent: summary.parent.as_ref().map(|(session, position)| Origin { session, position: *position }),
        open_in: summary.holder.as_deref(),
    }
}

/// Counts the cells that stand. The last event that is about a cell tells: cells are numbered. What Python does when it
/// ends is none to people. `None` if that event is far back, or damaged.
fn cells(store: &dyn Store, summary: &SessionSummary) -> Option<u32> {
    let (mut session, mut until) = (summary.session.clone(), summary.events);
    let mut left = EVENTS_MAX;
    let mut count = EVENTS_FIRST;
    while left > 0 && until > 0 {
        let from = until.saturating_sub(count);
        let page = wait(store.read(&session, from, usize::try_from(until - from).ok()?)).ok()?;
        left = left.saturating_sub(until - from);
        until = from;
        count = EVENTS_AT_A_TIME;
        for recorded in page.into_iter().rev() {
            match recorded.event {
                // It does not stand.
                Event::CellEnded { cell, outcome } if matches!(outcome.status, Status::Stopped { .. }) => {
                    return Some(cell.saturating_sub(1));
                }
                Event::CellStarted { cell, source: Source::Finish } => return Some(cell.saturating_sub(1)),
                Event::CellStarted { cell, .. } | Event::Undone { cell } => return Some(cell),
                // A fork goes on counting where it began.
                Event::Opened(opened) => match opened.parent {
                    Some(parent) => (session, until) = (parent.session, parent.position),
                    None => return Some(0),
                },
                _ => {}
            }
        }
    }
    None
}

fn table(store: &dyn Store, sessions: &[SessionSummary]) -> String {
    let now = times::now();
    let mut rows = vec![["ID", "NAME", "LAST USED", "CELLS", "SIZE", "FORKED FROM", "OPEN IN"].map(str::to_owned)];
    rows.extend(sessions.iter().map(|session| row(store, session, now)));
    let widths: [usize; COLUMNS] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or(0));
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate().filter(|(_, (_, width))| *width > 0) {
            let padding = " ".repeat(width - cell.width());
            // Numbers stand below each other.
            let numeric = column == 3 || column == 4;
            line += &if numeric { format!("{padding}{cell}  ") } else { format!("{cell}{padding}  ") };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn row(store: &dyn Store, summary: &SessionSummary, now: i64) -> [String; COLUMNS] {
    let cells = cells(store, summary);
    [
        summary.session.to_string(),
        printable(summary.name.as_deref().unwrap_or_default()).into_owned(),
        times::ago(summary.updated, now),
        cells.map_or_else(|| "?".to_owned(), |cells| cells.to_string()),
        times::bytes(summary.bytes),
        summary.parent.as_ref().map_or_else(String::new, |(session, _)| session.to_string()),
        printable(summary.holder.as_deref().unwrap_or_default()).into_owned(),
    ]
}
