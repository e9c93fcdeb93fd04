//! The account of a session for people.
//!
//! Most of what is shown was written by the program, which may want to look like something else: control characters are
//! escaped, and each of its lines stands behind the label of what it is.

mod agent;
mod fit;

use std::time::Duration;

use exuvia_core::agent::Entry;
use exuvia_core::journal::{Program, Source};
use exuvia_core::{ErrorReport, LimitKind, Outcome, Status, StopReason, Stream, ToolFailure};

use super::account::{Call, Cell, Change, Changing, Ending, Item};
use super::times;
use fit::{fitting_line, fitting_lines};

/// Where what a label stands for begins.
const COLUMN: usize = 13;

/// How many of the things that happened in a cell are shown: the first ones, and the last ones.
const FIRST_ITEMS: usize = 40;
const LAST_ITEMS: usize = 10;

/// How an account looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Whether there are colours.
    pub(super) colours: bool,
    /// Whether texts are shown whole.
    pub(super) full: bool,
}

/// Why a text stands out.
#[derive(Clone, Copy)]
enum Emphasis {
    Heading,
    Label,
    Error,
    Mark,
}

/// A text that is being written.
pub(super) struct Text {
    style: Style,
    text: String,
}

impl Text {
    pub(super) fn new(style: Style) -> Self {
        Self { style, text: String::new() }
    }

    /// Returns what is shown of something that happened.
    pub(super) fn of(style: Style, item: &Item) -> String {
        let mut text = Self::new(style);
        text.item(item);
        text.finish()
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// Writes a line behind a label. It stays one line.
    pub(super) fn field(&mut self, label: &str, value: &str) {
        self.labelled(label, Emphasis::Label, [fitting_line(value, self.style.full)]);
    }

    pub(super) fn field_if(&mut self, label: &str, value: Option<&str>) {
        value.into_iter().for_each(|value| self.field(label, value));
    }

    /// Writes a line for each value, the first one behind a label.
    pub(super) fn fields(&mut self, label: &str, values: impl IntoIterator<Item = String>) {
        let full = self.style.full;
        self.labelled(label, Emphasis::Label, values.into_iter().map(|value| fitting_line(&value, full)));
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Cell(cell) => self.cell(cell),
            Item::Forked { session, parent, position } => {
                self.mark("fork", &format!("{session} goes on from here: position {position} of {parent}"));
            }
            Item::Undone { cell: 0, .. } => self.mark("undo", "back to the beginning"),
            Item::Undone { cell, .. } => self.mark("undo", &format!("back to the end of cell {cell}")),
            Item::Call(call) => self.call(call),
            Item::Ended { tool, outcome } => {
                self.labelled("call", Emphasis::Label, [format!("{}, started before", fitting_line(tool, false))]);
                self.ending(outcome, None);
            }
            Item::Change(change) => self.change(change),
            Item::Output { stream: Stream::Stdout, bytes } => self.block("stdout", Emphasis::Label, bytes),
            Item::Output { stream: Stream::Stderr, bytes } => self.block("stderr", Emphasis::Label, bytes),
            Item::Input { bytes } => self.block("stdin", Emphasis::Label, bytes),
            Item::Help { tool } => self.labelled("help", Emphasis::Label, [fitting_line(tool, self.style.full)]),
            Item::Interrupted { message, .. } => {
                self.labelled("interrupt", Emphasis::Error, [fitting_line(message, self.style.full)]);
            }
            Item::Checkpoint { position, memory } => {
                let hash = memory.get(..16).unwrap_or(memory);
                self.labelled("checkpoint", Emphasis::Label, [format!("at position {position}, memory {hash}…")]);
            }
            Item::Given { path, bytes } => {
                let file = format!("{path} ({bytes} bytes)");
                self.labelled("given", Emphasis::Label, [fitting_line(&file, self.style.full)]);
            }
            Item::Note { kind, data } => {
                if let Some(entry) = Entry::read(kind, data) {
                    return self.agent(&entry);
                }
                let note = format!("{kind} {data}");
                self.labelled("note", Emphasis::Label, [fitting_line(&note, self.style.full)]);
            }
        }
    }

    fn cell(&mut self, cell: &Cell) {
        let finished = cell.outcome.as_ref().is_some_and(|outcome| outcome.status == Status::Finished);
        if cell.source == Source::Finish && cell.items.is_empty() && finished && !self.style.full {
            // The program ended, and nothing came of that.
            return;
        }
        let length = match (&cell.outcome, cell.ended) {
            (Some(outcome), _) if !outcome.usage.wall_time.is_zero() => Some(outcome.usage.wall_time),
            (_, Some(ended)) => Some(times::between(cell.started, ended)),
            _ => None,
        };
        let title = match cell.source {
            // It is none of the cells that are counted.
            Source::Finish => "end of the program".to_owned(),
            _ => format!("cell {}", cell.cell),
        };
        let mut heading = self.painted(&title, Emphasis::Heading);
        heading += &format!("  {}", times::moment(cell.started));
        heading += &length.map_or_else(String::new, |length| format!("  {}", times::duration(length)));
        if cell.undone {
            heading += "  ";
            heading += &self.painted("undone", Emphasis::Mark);
        } else if cell.ended.is_none() {
            heading += "  ";
            heading += &self.painted("has not ended", Emphasis::Mark);
        }
        self.text.push('\n');
        self.text += &heading;
        self.text.push('\n');
        self.source(cell);
        self.items(&cell.items);
        if let Some(outcome) = &cell.outcome {
            self.outcome(outcome);
        }
        self.reads(cell);
    }

    /// Writes what happened in a cell: of very much, the first and the last.
    fn items(&mut self, items: &[Item]) {
        let left_out = items.len().saturating_sub(FIRST_ITEMS + LAST_ITEMS);
        if self.style.full || left_out == 0 {
            return items.iter().for_each(|item| self.item(item));
        }
        items[..FIRST_ITEMS].iter().for_each(|item| self.item(item));
        self.labelled("…", Emphasis::Label, [format!("{left_out} more calls and writes")]);
        items[FIRST_ITEMS + left_out..].iter().for_each(|item| self.item(item));
    }

    fn source(&mut self, cell: &Cell) {
        let code = |text: &mut Self, code: &str| text.block("source", Emphasis::Label, code.as_bytes());
        let (program, arguments) = match &cell.source {
            Source::Cell(text) => return code(self, text),
            Source::Finish => return,
            Source::Program { program, arguments } => (program, arguments),
        };
        let command = match program {
            Program::File(path) => path.clone(),
            Program::Code(_) => "-c".to_owned(),
            Program::Module(name) => format!("-m {name}"),
            Program::Stdin(_) => "-".to_owned(),
        };
        let words: Vec<&str> = std::iter::once(command.as_str()).chain(arguments.iter().map(String::as_str)).collect();
        self.labelled("program", Emphasis::Label, [fitting_line(&words.join(" "), self.style.full)]);
        match program {
            Program::Code(text) | Program::Stdin(text) => code(self, text),
            Program::File(_) | Program::Module(_) => {
                if let Some(content) = &cell.file {
                    self.block("source", Emphasis::Label, content);
                }
            }
        }
    }

    fn call(&mut self, call: &Call) {
        let full = self.style.full;
        let background = if call.background { " in the background" } else { "" };
        let line = format!("{} {}", fitting_line(&call.tool, false), fitting_line(&call.arguments, full));
        self.labelled("call", Emphasis::Label, [line + background]);
        match &call.outcome {
            Some(outcome) => self.ending(outcome, call.seconds),
            None => self.labelled("", Emphasis::Label, [self.painted("no answer yet", Emphasis::Mark)]),
        }
    }

    fn ending(&mut self, outcome: &Ending, seconds: Option<f64>) {
        let full = self.style.full;
        let line = match outcome {
            Ending::Result(result) => format!("→ {}", fitting_line(result, full)),
            Ending::Failure(ToolFailure { message, .. }) => {
                format!("{} {}", self.painted("failed:", Emphasis::Error), fitting_line(message, full))
            }
            Ending::Interrupted => self.painted("interrupted", Emphasis::Error),
            Ending::Cancelled => self.painted("cancelled", Emphasis::Mark),
        };
        let length = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let length = length.map_or_else(String::new, |length| format!("  {}", times::duration(length)));
        self.labelled("", Emphasis::Label, [line + &self.painted(&length, Emphasis::Label)]);
    }

    fn change(&mut self, change: &Change) {
        let to = change.to.as_ref().map_or_else(String::new, |to| format!(" → {to}"));
        let bytes = change.bytes.map_or_else(String::new, |count| format!(", {}", times::bytes(count)));
        let line = fitting_line(&format!("{} {}{to}{bytes}", change.operation, change.path), self.style.full);
        let failed = match &change.outcome {
            Some(Changing::Done) => String::new(),
            Some(Changing::Failure(fault)) => self.painted(&format!("  failed: {fault}"), Emphasis::Error),
            Some(Changing::Interrupted) => self.painted("  interrupted", Emphasis::Error),
            None => self.painted("  no answer yet", Emphasis::Mark),
        };
        self.labelled("change", Emphasis::Label, [line + &failed]);
    }

    fn outcome(&mut self, outcome: &Outcome) {
        if let Some(value) = &outcome.value {
            self.block("value", Emphasis::Label, value.repr.as_bytes());
            let forms: Vec<&str> = value.rich.keys().map(String::as_str).collect();
            if !forms.is_empty() {
                let forms = fitting_line(&forms.join(", "), self.style.full);
                self.labelled("", Emphasis::Label, [format!("(also as {forms})")]);
            }
        }
        if let Some(error) = &outcome.error {
            self.error(error);
        }
        match outcome.status {
            Status::Exited { code } => self.labelled("exit", Emphasis::Label, [format!("status {code}")]),
            Status::Stopped { reason } => self.labelled("stopped", Emphasis::Error, [stopped(reason).to_owned()]),
            Status::Finished | Status::Raised => {}
        }
    }

    fn error(&mut self, error: &ErrorReport) {
        if self.style.full && !error.traceback.is_empty() {
            return self.block("error", Emphasis::Error, error.traceback.as_bytes());
        }
        let message = if error.message.is_empty() {
            error.type_name.clone()
        } else {
            format!("{}: {}", error.type_name, error.message)
        };
        self.block("error", Emphasis::Error, message.as_bytes());
        let at = |file: &str, line: Option<u64>| match line {
            Some(line) => format!("{file}, line {line}"),
            None => file.to_owned(),
        };
        let (place, source) = match (&error.syntax, error.frames.last()) {
            (Some(syntax), _) => {
                (at(syntax.file.as_deref().unwrap_or("<unknown>"), syntax.line), syntax.text.as_deref())
            }
            (None, Some(frame)) => {
                (format!("{}, in {}", at(&frame.file, frame.line), frame.function), frame.source.as_deref())
            }
            (None, None) => return,
        };
        let source = source.map(|source| format!("    {}", fitting_line(source.trim(), false)));
        self.labelled("", Emphasis::Label, std::iter::once(fitting_line(&place, false)).chain(source));
        if let Some(limit) = error.limit {
            self.labelled("", Emphasis::Label, [format!("the limit of {} was met", limited(limit))]);
        }
    }

    /// Tells how much was read that is not shown.
    fn reads(&mut self, cell: &Cell) {
        let count = |number: u64, one: &str, many: &str| match number {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{number} {many}")),
        };
        let reads = [
            count(cell.clock_reads, "look at a clock", "looks at clocks"),
            count(cell.random_bytes, "random byte", "random bytes"),
            count(cell.mount_reads, "read of a mount", "reads of mounts"),
        ];
        let reads: Vec<String> = reads.into_iter().flatten().collect();
        if !reads.is_empty() {
            self.labelled("took in", Emphasis::Label, [reads.join(", ")]);
        }
    }

    /// Writes a text of the program's, or of those around it.
    fn block(&mut self, label: &str, emphasis: Emphasis, bytes: &[u8]) {
        let lines = fitting_lines(bytes, self.style.full);
        self.labelled(label, emphasis, lines);
    }

    /// Writes something that concerns more than one cell.
    fn mark(&mut self, label: &str, what: &str) {
        // Within a cell it is one of the things that happened there.
        if self.text.is_empty() {
            self.text.push('\n');
        }
        self.labelled(label, Emphasis::Mark, [what.to_owned()]);
    }

    /// Writes lines, the first one behind a label.
    fn labelled(&mut self, label: &str, emphasis: Emphasis, lines: impl IntoIterator<Item = String>) {
        let mut label = label;
        for line in lines {
            let padding = " ".repeat(COLUMN.saturating_sub(label.chars().count() + 2));
            let written = format!("  {}{padding}{line}", self.painted(label, emphasis));
            self.text += written.trim_end();
            self.text.push('\n');
            label = "";
        }
    }

    fn painted(&self, text: &str, emphasis: Emphasis) -> String {
        if !self.style.colours || text.is_empty() {
            return text.to_owned();
        }
        let code = match emphasis {
            Emphasis::Heading => "1",
            Emphasis::Label => "2",
            Emphasis::Error => "1;31",
            Emphasis::Mark => "1;33",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

fn stopped(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Time => "its time was up",
        StopReason::Cpu => "its processor time was up",
        StopReason::Cancelled => "it was cancelled",
        StopReason::Stack => "its stack was exhausted",
        StopReason::Memory => "it ran out of memory",
        StopReason::Abort => "it aborted",
        StopReason::Trap => "it crashed",
    }
}

fn limited(limit: LimitKind) -> &'static str {
    match limit {
        LimitKind::Time => "time",
        LimitKind::Cpu => "processor time",
        LimitKind::Memory => "memory",
        LimitKind::Output => "output",
    }
}
