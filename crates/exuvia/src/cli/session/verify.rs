//! `exuvia session verify`.

use anyhow::Result;
use exuvia_core::journal::{SessionId, Store, StoreError, Verification};
use serde::Serialize;

use super::{print_json, wait};
use crate::failure::{self, Failure};
use crate::{journal, output};

/// The exit status where something is not what was written.
const DAMAGED: u8 = 1;

const NOTES: &str = "\
Each event is compared with the chain of hashes that it is a part of, each blob with its name, and what a fork shares \
with where it was forked from. The exit status is 1 if anything is not what was written.";

/// Compare sessions with their hashes: is anything changed or missing?
#[derive(clap::Args)]
#[command(after_help = NOTES)]
pub(super) struct Arguments {
    /// The sessions: names, ids, or how ids begin
    #[arg(value_name = "SESSION", required_unless_present = "all")]
    sessions: Vec<String>,

    /// Compare all sessions
    #[arg(long, conflicts_with = "sessions")]
    all: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    session: &'a SessionId,
    events: u64,
    blobs: u64,
    head: String,
    damage: Option<Damage<'a>>,
}

#[derive(Serialize)]
struct Damage<'a> {
    session: &'a SessionId,
    position: Option<u64>,
    what: &'a str,
}

pub(super) fn run(store: &dyn Store, arguments: &Arguments) -> Result<u8> {
    let sessions = chosen(store, arguments).map_err(damaged)?;
    if sessions.is_empty() {
        output::say("there are no sessions yet");
    }
    let mut verified = Vec::new();
    for session in sessions {
        let verification = wait(store.verify(&session)).map_err(damaged)?;
        if !arguments.json {
            tell(&session, &verification);
        }
        verified.push((session, verification));
    }
    if arguments.json {
        print_json(&verified.iter().map(Line::from).collect::<Vec<_>>())?;
    }
    let sound = verified.iter().all(|(_, verification)| verification.damage.is_none());
    Ok(if sound { 0 } else { DAMAGED })
}

fn chosen(store: &dyn Store, arguments: &Arguments) -> Result<Vec<SessionId>, StoreError> {
    if arguments.all {
        return Ok(wait(store.list())?.into_iter().map(|summary| summary.session).collect());
    }
    arguments.sessions.iter().map(|wanted| wait(store.find(wanted))).collect()
}

/// Where the journal as a whole cannot be read, that is an answer, too.
fn damaged(error: StoreError) -> Failure {
    let damaged = matches!(error, StoreError::Damaged { .. });
    let failure = journal::failure(error);
    if damaged { failure.with_status(DAMAGED) } else { failure }
}

fn tell(session: &SessionId, verification: &Verification) {
    let Verification { events, blobs, head, damage } = verification;
    let Some(damage) = damage else {
        let line = format!("{session} is sound: {events} events, {blobs} blobs, head {head}\n");
        return output::print(line.as_bytes());
    };
    let error = StoreError::Damaged {
        session: Some(damage.session.clone()),
        position: damage.position,
        what: damage.what.clone(),
    };
    let (message, _) = journal::told(&error);
    let message = if damage.session == *session {
        message
    } else {
        format!("session `{session}` goes on from another one: {message}")
    };
    let hint = format!("the {events} events before it are sound; import a copy, or fork the session before it");
    failure::complain(&message, Some(&hint));
}

impl<'a> From<&'a (SessionId, Verification)> for Line<'a> {
    fn from((session, verification): &'a (SessionId, Verification)) -> Self {
        let damage = verification.damage.as_ref();
        Self {
            session,
            events: verification.events,
            blobs: verification.blobs,
            head: verification.head.to_string(),
            damage: damage.map(|damage| Damage {
                session: &damage.session,
                position: damage.position,
                what: &damage.what,
            }),
        }
    }
}
