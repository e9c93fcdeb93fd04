//! `exuvia session show`.

mod events;
mod opening;

use std::io::{self, IsTerminal as _};

use anyhow::Result;
use exuvia_core::journal::{Opened, SessionId, SessionSummary, Store, StoreError};
use serde::Serialize;

use super::account::{self, Item};
use super::text::{Style, Text};
use super::{find, print_json, times, wait};
use crate::recording::told;
use crate::{journal, output};
use opening::OpenedForm;

/// Show a session's cells, what they called and wrote, and what came of them
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The session: its name, its id, or how its id begins
    #[arg(value_name = "SESSION")]
    session: String,

    /// Show all of each text, not the first lines
    #[arg(long)]
    full: bool,

    /// Print one document of JSON
    #[arg(long, conflicts_with = "full")]
    json: bool,

    /// Print the events as they are kept, a line of JSON each: what `zcat` shows of an exported file
    #[arg(long, conflicts_with_all = ["full", "json"])]
    events: bool,
}

/// What is known of a session as a whole.
struct Session {
    summary: SessionSummary,
    opened: Opened,
    /// Sessions that go on from this one, and from where.
    forks: Vec<(SessionSummary, u64)>,
}

#[derive(Serialize)]
struct Document<'a> {
    session: &'a SessionId,
    name: Option<&'a str>,
    created: String,
    updated: String,
    events: u64,
    bytes: u64,
    open_in: Option<&'a str>,
    parent: Option<Link<'a>>,
    forks: Vec<Link<'a>>,
    opened: OpenedForm<'a>,
    items: Vec<Item>,
    /// What is wrong after that.
    damage: Option<String>,
}

/// Another session, and at which position they part.
#[derive(Serialize)]
struct Link<'a> {
    session: &'a SessionId,
    position: u64,
}

pub(super) fn run(store: &dyn Store, arguments: &Arguments) -> Result<u8> {
    let session = find(store, &arguments.session)?;
    if arguments.events {
        events::print(store, &session)?;
        return Ok(0);
    }
    let segments = wait(store.history(&session, None)).map_err(journal::failure)?;
    let session = Session::load(store, &session)?;
    let told = if arguments.json {
        let mut items = Vec::new();
        let told = account::tell(store, &segments, &mut |item| items.push(item));
        print_json(&session.document(items, told.as_ref().err()))?;
        told
    } else {
        let style = Style { colours: io::stdout().is_terminal() && output::colours_welcome(), full: arguments.full };
        output::print(session.heading(style).as_bytes());
        account::tell(store, &segments, &mut |item| output::print(Text::of(style, &item).as_bytes()))
    };
    told.map_err(journal::failure)?;
    Ok(0)
}

impl Session {
    fn load(store: &dyn Store, session: &SessionId) -> Result<Self> {
        let sessions = wait(store.list()).map_err(journal::failure)?;
        let summary = sessions.iter().find(|summary| summary.session == *session).cloned();
        let removed = || journal::failure(StoreError::missing(session));
        let summary = summary.ok_or_else(removed)?;
        let forked = |summary: &SessionSummary| {
            let parent = summary.parent.as_ref().filter(|(parent, _)| parent == session);
            parent.map(|(_, position)| (summary.clone(), *position))
        };
        let forks = sessions.iter().filter_map(forked).collect();
        let first = wait(store.read(session, 0, 1)).map_err(journal::failure)?.pop();
        let opened = exuvia_session::opened_of(session, first.map(|first| first.event)).map_err(told)?;
        Ok(Self { summary, opened, forks })
    }

    fn document<'a>(&'a self, items: Vec<Item>, damage: Option<&StoreError>) -> Document<'a> {
        let link = |session, position| Link { session, position };
        let summary = &self.summary;
        Document {
            session: &summary.session,
            name: summary.name.as_deref(),
            created: times::rfc3339(summary.created),
            updated: times::rfc3339(summary.updated),
            events: summary.events,
            bytes: summary.bytes,
            open_in: summary.holder.as_deref(),
            parent: summary.parent.as_ref().map(|(session, position)| link(session, *position)),
            forks: self.forks.iter().map(|(fork, position)| link(&fork.session, *position)).collect(),
            opened: OpenedForm::from(&self.opened),
            items,
            damage: damage.map(|damage| journal::told(damage).0),
        }
    }

    fn heading(&self, style: Style) -> String {
        let (summary, opened) = (&self.summary, &self.opened);
        let mut text = Text::new(style);
        text.field("session", summary.session.as_str());
        text.field_if("name", summary.name.as_deref());
        text.field("began", &times::moment(summary.created));
        text.field("last used", &times::moment(summary.updated));
        text.field_if("open in", summary.holder.as_deref());
        text.field("size", &format!("{}, {} events of its own", times::bytes(summary.bytes), summary.events));
        if let Some((parent, position)) = &summary.parent {
            text.field("forked", &format!("from {parent} at position {position}"));
        }
        for (fork, position) in &self.forks {
            let name = fork.name.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
            text.field("fork", &format!("{}{name}, which goes on from position {position}", fork.session));
        }
        opening::describe(&mut text, opened);
        text.finish()
    }
}
