//! Where a replay does something else than what is recorded, and how that is told: both sides in the same words, cut around
//! the first difference.

use std::fmt;

use exuvia_core::journal::{Event, SessionId};
use exuvia_core::mount::{MountOperation, MountRequest};
use exuvia_core::recording::Asked;
use exuvia_core::{Outcome, Status, Stream};

/// Where a replay did something else than what is recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Divergence {
    /// The session whose event it is.
    pub session: SessionId,
    /// The position of the event.
    pub position: u64,
    /// The cell that ran.
    pub cell: u32,
    /// What was done now.
    pub now: Deed,
    /// What is recorded; `None`: nothing any more.
    pub recorded: Option<Event>,
    /// The line of Python that ran, as `FILE:LINE`, and its text.
    pub line: Option<(String, String)>,
}

/// Something that is compared with the journal.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// The host was asked.
    Asked(Asked),
    /// The cell ended, in these words.
    Ended(String),
    /// The memory or the files have this hash.
    Hash(&'static str, String),
}

/// How much is shown of what either side holds, in characters.
const SHOWN_CHARACTERS_MAX: usize = 300;
/// How much of it is shown before the first difference, in characters.
const BEFORE_CHARACTERS_MAX: usize = 60;

/// One side: what was done, and what with.
struct Side {
    what: String,
    with: Option<String>,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { session, position, cell, now, recorded, line } = self;
        writeln!(f, "the replay differs from session `{session}` at position {position}, in cell {cell}")?;
        if let Some((place, text)) = line {
            writeln!(f, "    at {place}: {}", text.trim())?;
        }
        let recorded = recorded.as_ref().map_or_else(|| Side::plain("nothing any more"), Side::recorded);
        let now = Side::now(now);
        let at = match (&recorded.with, &now.with) {
            (Some(one), Some(other)) if recorded.what == now.what => first_difference(one, other),
            _ => 0,
        };
        writeln!(f, "    recorded: {}", recorded.shown(at))?;
        write!(f, "    now:      {}", now.shown(at))
    }
}

impl std::error::Error for Divergence {}

impl Side {
    fn plain(what: impl Into<String>) -> Self {
        Self { what: what.into(), with: None }
    }

    fn with(what: impl Into<String>, with: impl Into<String>) -> Self {
        Self { what: what.into(), with: Some(with.into()) }
    }

    fn now(deed: &Deed) -> Self {
        match deed {
            Deed::Asked(asked) => Self::asked(asked),
            Deed::Ended(how) => Self::with("the cell", how),
            Deed::Hash(what, hash) => Self::plain(format!("the {what} is {hash}")),
        }
    }

    fn recorded(event: &Event) -> Self {
        match event {
            Event::Output { stream, bytes } => Self::output(*stream, bytes),
            Event::Asked { asked } | Event::Call { asked, .. } => Self::asked(asked),
            Event::Answered { asked, .. } => Self::plain(format!("the call at position {asked} was answered")),
            Event::Clocks(readings) => {
                let clock = readings.first().map_or_else(String::new, |(clock, _)| format!("{clock:?}"));
                Self::with("read the clock", clock)
            }
            Event::Random { length } => Self::plain(format!("drew {length} random bytes")),
            Event::Interrupted { checks, .. } => Self::plain(format!("was interrupted at check {checks}")),
            Event::CellStarted { cell, .. } => Self::plain(format!("cell {cell} began")),
            Event::CellEnded { outcome, .. } => Self::with("the cell", ended(outcome)),
            Event::Checkpoint { memory, files } => Self::plain(match files {
                Some(files) => format!("the memory's hash is {memory}, the files' hash is {files}"),
                None => format!("the memory's hash is {memory}"),
            }),
            Event::Undone { cell } => Self::plain(format!("what came after cell {cell} was undone")),
            Event::Given(file) => Self::plain(format!("the file `{}` was put there", file.path)),
            Event::Opened(_) | Event::Note { .. } => Self::plain(event.kind().replace('_', " ")),
        }
    }

    fn asked(asked: &Asked) -> Self {
        match asked {
            Asked::Clock(clock) => Self::with("read the clock", format!("{clock:?}")),
            Asked::Random { length } => Self::plain(format!("drew {length} random bytes")),
            Asked::Output { stream, bytes } => Self::output(*stream, bytes),
            Asked::Input { length_max } => Self::plain(format!("read up to {length_max} bytes of stdin")),
            Asked::Wait { duration: Some(duration) } => Self::plain(format!("waited for {duration:?} or a call")),
            Asked::Wait { duration: None } => Self::plain("waited for a call"),
            Asked::Tool { tool, arguments } => Self::with(format!("called {tool} with"), arguments),
            Asked::Help { tool } => Self::plain(format!("asked for the help of {tool}")),
            Asked::Start { call, tool, arguments } => {
                Self::with(format!("began call {call}, of {tool} with"), arguments)
            }
            Asked::Cancel { call } => Self::plain(format!("gave call {call} up")),
            Asked::Mount(request) => Self::mount(request),
            Asked::Interrupt { checks } => Self::plain(format!("was interrupted at check {checks}")),
        }
    }

    fn output(stream: Stream, bytes: &[u8]) -> Self {
        let stream = match stream {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        };
        Self::with(format!("wrote to {stream}:"), String::from_utf8_lossy(bytes))
    }

    fn mount(request: &MountRequest) -> Self {
        let what = format!("asked mount {} to", request.mount);
        match &request.operation {
            MountOperation::Write { path, offset, bytes } => {
                let path = String::from_utf8_lossy(path);
                Self::with(format!("{what} write to `{path}` at {offset}:"), String::from_utf8_lossy(bytes))
            }
            MountOperation::Read { path, offset, length } => {
                let path = String::from_utf8_lossy(path);
                Self::plain(format!("{what} read {length} bytes of `{path}` at {offset}"))
            }
            MountOperation::List { path } => Self::plain(format!("{what} list `{}`", String::from_utf8_lossy(path))),
            operation => Self::with(what, format!("{operation:?}")),
        }
    }

    /// Returns the words, cut around the first difference.
    fn shown(&self, difference: usize) -> String {
        let Some(with) = &self.with else { return self.what.clone() };
        let skipped = difference.saturating_sub(BEFORE_CHARACTERS_MAX);
        let mut characters = with.chars().skip(skipped);
        let part: String = characters.by_ref().take(SHOWN_CHARACTERS_MAX).collect();
        let before = if skipped > 0 { "…" } else { "" };
        let after = if characters.next().is_some() { "…" } else { "" };
        let part = part.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'");
        format!("{} {before}{part}{after}", self.what)
    }
}

/// Returns how many characters two texts begin with alike.
fn first_difference(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count()
}

/// Returns what a cell did in the end.
pub(crate) fn ended(outcome: &Outcome) -> String {
    match (&outcome.status, &outcome.error, &outcome.value) {
        (_, Some(error), _) => format!("raised {}: {}", error.type_name, error.message),
        (Status::Finished, _, Some(value)) => format!("finished with {}", value.repr),
        (Status::Finished, ..) => "finished".to_owned(),
        (Status::Exited { code }, ..) => format!("exited with {code}"),
        (Status::Stopped { reason }, ..) => format!("was stopped: {reason:?}"),
        (Status::Raised, ..) => "raised something".to_owned(),
    }
}
