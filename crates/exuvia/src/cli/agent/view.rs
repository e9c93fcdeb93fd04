//! What somebody sees of an agent while it works: on stderr, or as lines of JSON on stdout.

use std::io::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use exuvia_core::agent::{Content, Delta, Ending, Entry, Part, State, Stop, Tokens};
use exuvia_core::journal::{Event, SessionId, Source};
use exuvia_core::observation::excerpt::shown;
use exuvia_core::observation::seconds;
use exuvia_core::{Outcome, Status};
use serde_json::{Value as Json, json};

use super::artifacts::{Kept, KeptFile};
use crate::output;
use crate::printable::{printable, printable_lines};

/// How many lines of a cell's code are shown.
const CODE_LINES_MAX: usize = 12;
/// How many lines of what it prints are shown.
const OUTPUT_LINES_MAX: usize = 8;
/// How much of a line is shown, in bytes.
const LINE_BYTES_MAX: usize = 160;
/// How much of a reply is shown, in bytes.
const REPLY_BYTES_MAX: usize = 64 << 10;

/// What somebody sees of an agent.
pub(super) struct View {
    json: bool,
    colours: bool,
    level: Level,
    state: Mutex<Shown>,
}

/// How much is told.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Error,
    Info,
    Debug,
}

#[derive(Default)]
struct Shown {
    /// Whether the line that is shown is not at its end.
    is_open: bool,
    /// How much was shown of the reply that comes.
    said: usize,
    /// How many lines of the cell's output were shown, and how many were not.
    lines: usize,
    hidden: usize,
    /// What was printed of a line that is not at its end.
    line: Vec<u8>,
}

impl View {
    pub(super) fn new(json: bool, colours: bool, level: Level) -> Self {
        Self { json, colours, level, state: Mutex::default() }
    }

    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    pub(super) fn begins(&self, session: &SessionId) {
        if self.json {
            self.line(&json!({ "event": "session", "session": session }));
        } else {
            self.say(&mut self.lock(), &self.dim(&format!("session {session}")));
        }
    }

    /// Shows a piece of what the model says.
    pub(super) fn delta(&self, delta: Delta<'_>) {
        if self.json || self.level == Level::Error {
            return;
        }
        match delta {
            Delta::Text(text) => self.stream(text),
            Delta::Reasoning(text) if self.level == Level::Debug => self.stream(text),
            Delta::Again { failure, wait } => {
                let text = format!("{}; asking again in {}", shown(&failure.message, LINE_BYTES_MAX), seconds(wait));
                let mut shown = self.lock();
                shown.said = 0;
                self.say(&mut shown, &self.dim(&text));
            }
            Delta::Reasoning(_) | Delta::Arguments(_) => {}
        }
    }

    fn stream(&self, text: &str) {
        let mut shown = self.lock();
        let limit = self.limit(REPLY_BYTES_MAX);
        let (room, is_new) = (limit.saturating_sub(shown.said), shown.said <= limit);
        let part = &text[..text.floor_char_boundary(room)];
        let part: String = part.chars().filter(|character| *character == '\n' || !character.is_control()).collect();
        let part = printable_lines(&part);
        if !part.is_empty() {
            let _ = write!(io::stderr().lock(), "{part}");
            shown.is_open = !part.ends_with('\n');
        }
        if is_new && text.len() > room {
            self.say(&mut shown, &self.dim("… the rest of this reply is not shown"));
        }
        shown.said = shown.said.saturating_add(text.len());
    }

    /// Ends what was shown of a reply.
    fn replied(&self, shown: &mut Shown, is_cut: bool) {
        shown.said = 0;
        if std::mem::take(&mut shown.is_open) {
            output::say("");
        }
        if is_cut {
            self.say(shown, &self.dim("the reply was cut off: it is as long as it may be"));
        }
    }

    /// Shows something that happened.
    pub(super) fn event(&self, event: &Event) {
        if self.json {
            return self.event_as_json(event);
        }
        let mut shown = self.lock();
        match event {
            Event::CellStarted { cell, source: Source::Cell(code) } => self.code(&mut shown, *cell, code),
            Event::Output { bytes, .. } => self.output(&mut shown, bytes),
            Event::CellEnded { outcome, .. } => self.outcome(&mut shown, outcome),
            event => {
                let entry = Entry::of(event);
                match &entry {
                    Some(Entry::Replied { reply, .. }) => self.replied(&mut shown, reply.stop == Stop::Length),
                    Some(Entry::Failed { .. }) => self.replied(&mut shown, false),
                    _ => {}
                }
                if let Some(entry) = entry.filter(|_| self.level == Level::Debug) {
                    self.entry(&mut shown, &entry);
                }
            }
        }
    }

    /// Shows what a model is told, and what its replies use.
    fn entry(&self, shown: &mut Shown, entry: &Entry) {
        match entry {
            Entry::Begun(begun) => self.block(shown, "system", &begun.system),
            Entry::Said { message, .. } => self.told(shown, message.parts()),
            Entry::Compacted { parts } => self.told(shown, parts),
            Entry::Replied { reply, .. } => {
                let Tokens { fresh, cached, output, .. } = reply.tokens;
                self.say(shown, &self.dim(&format!("{fresh} fresh, {cached} cached, {output} written tokens")));
            }
            Entry::Asked { .. }
            | Entry::Used { .. }
            | Entry::Failed { .. }
            | Entry::Allowed { .. }
            | Entry::Ended(_) => {}
        }
    }

    fn told(&self, shown: &mut Shown, parts: &[Part]) {
        for part in parts {
            match &part.content {
                Content::Text { text } => self.block(shown, "told", text),
                Content::Image { media_type, .. } => self.block(shown, "told", media_type),
            }
        }
    }

    fn block(&self, shown: &mut Shown, label: &str, text: &str) {
        for line in text.lines() {
            self.say(shown, &self.dim(&format!("{label} │ {}", self.clean(line))));
        }
    }

    /// Returns a limit that counts where not everything is told.
    fn limit(&self, limit: usize) -> usize {
        if self.level == Level::Debug { usize::MAX } else { limit }
    }

    /// Returns a line of a stranger's as it may be shown.
    fn clean(&self, line: &str) -> String {
        printable(&shown(line, self.limit(LINE_BYTES_MAX))).into_owned()
    }

    fn event_as_json(&self, event: &Event) {
        match event {
            Event::CellStarted { cell, source: Source::Cell(code) } => {
                self.line(&json!({ "event": "cell", "cell": cell, "code": code }));
            }
            Event::Output { stream, bytes } => {
                let text = String::from_utf8_lossy(bytes);
                self.line(&json!({ "event": "output", "stream": stream, "text": text }));
            }
            Event::CellEnded { cell, outcome } => {
                self.line(&json!({ "event": "outcome", "cell": cell, "outcome": outcome }));
            }
            event => {
                if let Some(entry) = Entry::of(event) {
                    let mut data = entry.data();
                    let kind = data.as_object_mut().and_then(|data| data.remove("entry"));
                    let mut line = json!({ "event": kind });
                    if let (Some(line), Json::Object(data)) = (line.as_object_mut(), data) {
                        line.extend(data);
                    }
                    self.line(&line);
                }
            }
        }
    }

    fn code(&self, shown: &mut Shown, cell: u32, code: &str) {
        *shown = Shown { is_open: shown.is_open, ..Shown::default() };
        self.say(shown, &self.dim(&format!("┌ cell {cell}")));
        let lines: Vec<&str> = code.trim_matches('\n').lines().collect();
        let lines_max = self.limit(CODE_LINES_MAX);
        for line in lines.iter().take(lines_max) {
            self.say(shown, &self.dim(&format!("│ {}", self.clean(line))));
        }
        if lines.len() > lines_max {
            self.say(shown, &self.dim(&format!("│ … {} more lines", lines.len() - lines_max)));
        }
    }

    fn output(&self, shown: &mut Shown, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = self.limit(LINE_BYTES_MAX).saturating_sub(shown.line.len());
            shown.line.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.ends_with(b"\n") {
                self.output_line(shown);
            }
        }
    }

    fn output_line(&self, shown: &mut Shown) {
        let line = std::mem::take(&mut shown.line);
        if shown.lines == self.limit(OUTPUT_LINES_MAX) {
            shown.hidden += 1;
            return;
        }
        shown.lines += 1;
        self.say(shown, &format!("  {}", self.clean(String::from_utf8_lossy(&line).trim_end())));
    }

    fn outcome(&self, shown: &mut Shown, outcome: &Outcome) {
        if !shown.line.is_empty() {
            self.output_line(shown);
        }
        if shown.hidden > 0 {
            self.say(shown, &self.dim(&format!("  … {} more lines", shown.hidden)));
        }
        if let Some(value) = &outcome.value {
            self.say(shown, &format!("  → {}", self.clean(&value.repr)));
        }
        let time = seconds(outcome.usage.wall_time);
        let line = match (&outcome.status, &outcome.error) {
            (_, Some(error)) => {
                self.red(&format!("└ {}: {}", self.clean(&error.type_name), self.clean(&error.message)))
            }
            (Status::Finished | Status::Exited { code: 0 }, None) => self.dim(&format!("└ {time}")),
            (Status::Exited { code }, None) => self.red(&format!("└ exited with status {code}")),
            (status, None) => self.red(&format!("└ {status:?}")),
        };
        self.say(shown, &line);
    }

    /// Shows that a subagent begins, or goes on.
    pub(super) fn subagent(&self, session: &SessionId, prompt: &str) {
        if self.json {
            return self.line(&json!({ "event": "subagent", "session": session, "prompt": prompt }));
        }
        let first = prompt.trim().lines().next().unwrap_or_default();
        self.say(&mut self.lock(), &self.dim(&format!("  {session}: {}", self.clean(first))));
    }

    /// Shows that one has ended.
    pub(super) fn subagent_ended(&self, session: &SessionId, ending: &Ending) {
        if self.json {
            return self.line(&json!({ "event": "subagent_ended", "session": session, "reason": ending.reason }));
        }
        self.say(&mut self.lock(), &self.dim(&format!("  {session}: {}", ending.reason.word())));
    }

    /// Shows that one could not go on, and why.
    pub(super) fn subagent_failed(&self, session: &SessionId, error: &str) {
        if self.json {
            return self.line(&json!({ "event": "subagent_failed", "session": session, "error": error }));
        }
        self.say(&mut self.lock(), &self.red(&format!("  {session}: {}", self.clean(error))));
    }

    /// Shows what the whole took.
    pub(super) fn ends(&self, state: &State) {
        let spent = state.spent();
        if self.json {
            return;
        }
        let Tokens { fresh, cached, output, .. } = spent.tokens;
        let mut parts = vec![format!("{} steps", spent.steps)];
        if spent.tokens.all() > 0 {
            parts.push(format!("{fresh} fresh, {cached} cached, {output} written tokens"));
        }
        if spent.micro_dollars > 0 {
            #[expect(clippy::cast_precision_loss, reason = "it is shown with four digits")]
            parts.push(format!("${:.4}", spent.micro_dollars as f64 / 1e6));
        }
        parts.push(seconds(spent.time));
        let mut shown = self.lock();
        self.say(&mut shown, &self.dim(&parts.join(" · ")));
    }

    /// Shows what came of it, but for the answer itself, which is data.
    pub(super) fn answer(&self, ending: &Ending, kept: &Kept) {
        if self.json {
            let written: Vec<&str> = kept.files.iter().map(|file| file.place.as_str()).collect();
            return self.line(&json!({ "event": "answer", "answer": ending.answer, "reason": ending.reason,
                "artifacts": ending.artifacts, "written": written, "report": ending.report }));
        }
        let mut shown = self.lock();
        for KeptFile { place, was } in &kept.files {
            let was = was.as_ref().map(|was| format!(", which was {}", self.clean(was))).unwrap_or_default();
            self.say(&mut shown, &format!("file: {}{was}", self.clean(place)));
        }
    }

    /// Says something about the run.
    pub(super) fn remark(&self, line: &str) {
        self.say(&mut self.lock(), line);
    }

    fn say(&self, shown: &mut Shown, line: &str) {
        if self.level == Level::Error {
            return;
        }
        if std::mem::take(&mut shown.is_open) {
            output::say("");
        }
        output::say(line);
    }

    #[expect(clippy::unused_self, reason = "it is one of the ways to show something")]
    fn line(&self, line: &Json) {
        output::print(format!("{line}\n").as_bytes());
    }

    fn dim(&self, text: &str) -> String {
        if self.colours { format!("\x1b[2m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn red(&self, text: &str) -> String {
        if self.colours { format!("\x1b[31m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
