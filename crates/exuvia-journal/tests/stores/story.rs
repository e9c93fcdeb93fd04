//! Sessions to test with.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use exuvia_core::journal::{
    EngineIdentity, Event, Opened, Opening, Parent, Recorded, SessionId, Source, Store, StoreError, StoreFuture,
};
use exuvia_core::recording::Asked;
use exuvia_core::{HostAnswer, Outcome, Status, Stream, Usage};

/// Returns an answer that is ready, as those of stores on this machine are.
pub(crate) fn ready<T>(future: StoreFuture<'_, T>) -> Result<T, StoreError> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it is not ready"),
    }
}

pub(crate) fn id(text: &str) -> SessionId {
    SessionId::new(text).unwrap()
}

pub(crate) fn opening(session: &str) -> Opening {
    let opened = Opened::new(EngineIdentity { name: "cpython".into(), version: "3.14.2".into() }, "0123abcd", [1; 32]);
    Opening { session: id(session), name: None, opened, at: 1_000 }
}

pub(crate) fn named(session: &str, name: &str) -> Opening {
    Opening { name: Some(name.to_owned()), ..opening(session) }
}

/// Opens a session that goes on from another one.
pub(crate) fn fork(session: &str, parent: &str, position: u64) -> Opening {
    let mut opening = opening(session);
    opening.opened.parent = Some(Parent { session: id(parent), position });
    opening.opened.seed = [2; 32];
    opening
}

pub(crate) fn output(text: &str) -> Event {
    Event::Output { stream: Stream::Stdout, bytes: text.as_bytes().to_vec() }
}

/// A large text, which becomes a blob; another one for each number.
pub(crate) fn large(number: u64) -> String {
    (0..2_000).map(|line| format!("{number} {line}\n")).collect()
}

/// Some events of a cell; those of another number are others.
pub(crate) fn cell(number: u32) -> Vec<(i64, Event)> {
    let status = Status::Finished;
    let usage = Usage::default();
    let stdout = large(u64::from(number));
    let asked = Asked::Tool { tool: "fetch".into(), arguments: format!("{{\"page\":{number}}}") };
    let outcome = Outcome { status, stdout: stdout.clone(), stderr: String::new(), value: None, error: None, usage };
    let position = 1 + u64::from(number - 1) * 6;
    let events = [
        Event::CellStarted { cell: number, source: Source::Cell(format!("print({number})")) },
        Event::Asked { asked },
        Event::Answered { asked: position + 1, answer: HostAnswer::Tool(Ok("[1, 2]".into())) },
        output(&stdout),
        output("the same in all of them"),
        Event::CellEnded { cell: number, outcome: Box::new(outcome) },
    ];
    events.into_iter().zip(2_000 + i64::from(number) * 10..).map(|(event, at)| (at, event)).collect()
}

/// Makes a session of this many cells, and closes it.
pub(crate) fn tell(store: &dyn Store, opening: Opening, cells: u32) {
    let mut writer = ready(store.create(opening)).unwrap();
    for number in 1..=cells {
        ready(writer.append(&cell(number))).unwrap();
    }
    ready(writer.sync()).unwrap();
}

/// Reads all own events of a session.
pub(crate) fn events(store: &dyn Store, session: &str) -> Vec<Recorded> {
    ready(store.read(&id(session), 0, usize::MAX)).unwrap()
}

/// Asserts that nothing of a session is damaged.
pub(crate) fn assert_sound(store: &dyn Store, session: &str, events: u64) {
    let verification = ready(store.verify(&id(session))).unwrap();
    assert_eq!((verification.damage, verification.events), (None, events), "{session}");
}

/// Brings all that is in the log of a store's database, which nobody has open, into the database itself.
pub(crate) fn copy_log_back(folder: &std::path::Path) {
    let connection = rusqlite::Connection::open(folder.join("journal.sqlite")).unwrap();
    let copy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    assert_eq!(copy, Ok(0));
}

/// How the end of a file is lost.
#[derive(Clone, Copy)]
pub(crate) enum Tear {
    Cut,
    Zeros,
    Garbage,
}

impl Tear {
    /// Tears a file at some offset.
    pub(crate) fn apply(self, bytes: &[u8], at: usize) -> Vec<u8> {
        let mut torn = bytes.to_vec();
        match self {
            Self::Cut => torn.truncate(at),
            Self::Zeros => torn[at..].fill(0),
            Self::Garbage => torn[at..].iter_mut().zip(0..).for_each(|(byte, n)| *byte = (n as u8).wrapping_mul(167)),
        }
        torn
    }
}
