//! What went wrong in a cell, in which line, and what to do about it.

use std::fmt::Write as _;
use std::time::Duration;

use super::excerpt::shown;
use super::seconds;
use crate::journal::PackageIdentity;
use crate::{ErrorReport, Frame, LimitKind, Limits, Outcome, Status, StopReason};

/// How many frames are told, the innermost ones.
const FRAMES_MAX: usize = 10;
/// How many notes, causes and members of a group are told.
const RELATED_MAX: usize = 5;
/// How much is told of what an exception says, in bytes.
const MESSAGE_BYTES_MAX: usize = 2_000;
/// The longest line of source that is shown, in bytes.
const SOURCE_BYTES_MAX: usize = 200;
/// How many packages are named to somebody who misses a module.
const PACKAGES_MAX: usize = 20;

/// What went wrong in a cell, as far as somebody can do something about it. All of it is the program's own word, and
/// bounded.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The exception's type, or `Stopped`.
    pub type_name: String,
    /// What it says.
    pub message: String,
    /// The frames of the program's own, outermost first.
    pub frames: Vec<Frame>,
    /// What else the exception says: its notes, what it came from.
    pub related: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What has to be known of a session to say what to do.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// What it may use.
    pub limits: &'a Limits,
    /// What can be imported beside the standard library.
    pub packages: &'a [PackageIdentity],
    /// How whoever writes the code gets more time: `give the call a larger timeout`; `None`: it cannot.
    pub more_time: Option<&'a str>,
    /// Whether the cell has ended its sandbox, so that the session is as it was before it.
    pub is_undone: bool,
}

impl Failure {
    /// Returns what went wrong in a cell, if something did.
    #[must_use]
    pub fn of(outcome: &Outcome, circumstances: &Circumstances<'_>) -> Option<Self> {
        match outcome.status {
            Status::Finished => None,
            Status::Stopped { reason } => {
                let hint = "this cell was undone: the session is as before it, variables and files too";
                Some(stopped(why(reason, outcome.usage.wall_time, circumstances.limits), hint))
            }
            Status::Exited { code } if circumstances.is_undone => {
                let hint = "this cell was undone: the session is as before it. Leave `os._exit` out";
                Some(stopped(format!("the code ended its process, with status {code}"), hint))
            }
            Status::Exited { code: 0 } => None,
            Status::Exited { code } => {
                let mut failure = stopped(format!("the code exited with status {code}"), "the session goes on");
                "SystemExit".clone_into(&mut failure.type_name);
                Some(failure)
            }
            Status::Raised => outcome.error.as_deref().map(|error| raised(error, circumstances)),
        }
    }

    /// Writes it as text, in whole lines: the exception as Python has it, the lines it passed with what is meant in each,
    /// what is related, the hint.
    pub fn write(&self, text: &mut String) {
        let colon = if self.message.is_empty() { "" } else { ": " };
        let _ = writeln!(text, "{}{colon}{}", self.type_name, self.message);
        for frame in &self.frames {
            place(text, frame);
        }
        for line in &self.related {
            let _ = writeln!(text, "  {line}");
        }
        if let Some(hint) = &self.hint {
            let _ = writeln!(text, "hint: {hint}");
        }
    }

    /// Returns the innermost frame of the program's own.
    #[must_use]
    pub fn last(&self) -> Option<&Frame> {
        self.frames.last()
    }
}

fn stopped(message: String, hint: &str) -> Failure {
    Failure {
        type_name: "Stopped".to_owned(),
        message,
        frames: Vec::new(),
        related: Vec::new(),
        hint: Some(hint.to_owned()),
    }
}

fn why(reason: StopReason, time: Duration, limits: &Limits) -> String {
    let time = seconds(time);
    match reason {
        StopReason::Time => format!("the code ran for {time} and did not react to its limit"),
        StopReason::Cpu => format!("the code used up its processor time after {time}, and did not react to that"),
        StopReason::Cancelled => "the call was cancelled, and the code did not react to that".to_owned(),
        StopReason::Memory => format!("the code ran out of memory: the limit is {} MiB", limits.memory_bytes >> 20),
        StopReason::Stack => "the code exhausted the stack".to_owned(),
        StopReason::Abort => "the code aborted its process".to_owned(),
        StopReason::Trap => "the code crashed the interpreter".to_owned(),
    }
}

fn raised(error: &ErrorReport, circumstances: &Circumstances<'_>) -> Failure {
    let mut related: Vec<String> =
        error.notes.iter().take(RELATED_MAX).map(|note| shown(note, MESSAGE_BYTES_MAX).into_owned()).collect();
    let mut origin = error.cause.as_deref().map(|cause| ("caused by", cause));
    origin = origin.or(error.context.as_deref().map(|context| ("while handling", context)));
    for _ in 0..RELATED_MAX {
        let Some((how, of)) = origin else { break };
        related.push(format!("{how} {}", summary(of)));
        origin = of.cause.as_deref().map(|cause| ("caused by", cause));
        origin = origin.or(of.context.as_deref().map(|context| ("while handling", context)));
    }
    related.extend(error.group.iter().take(RELATED_MAX).map(|member| format!("one of them: {}", summary(member))));
    if error.group.len() > RELATED_MAX {
        related.push(format!("and {} more", error.group.len() - RELATED_MAX));
    }
    Failure {
        type_name: shown(&error.type_name, 100).into_owned(),
        message: shortened(&error.message),
        frames: frames(error),
        related,
        hint: hint(error, circumstances),
    }
}

fn summary(error: &ErrorReport) -> String {
    format!("{}: {}", shown(&error.type_name, 100), shown(&error.message, SOURCE_BYTES_MAX))
}

fn shortened(message: &str) -> String {
    let end = message.floor_char_boundary(MESSAGE_BYTES_MAX);
    if end < message.len() { format!("{}…", &message[..end]) } else { message.to_owned() }
}

/// Returns the frames that the program can do something about: those of its cells and of its own files. Where a syntax is
/// wrong, that place comes last.
fn frames(error: &ErrorReport) -> Vec<Frame> {
    let is_own = |frame: &&Frame| {
        frame.file.starts_with("<cell ") || !frame.file.starts_with(['/', '<']) || {
            ["/workspace/", "/tmp/", "/home/"].iter().any(|folder| frame.file.starts_with(folder))
        }
    };
    let mut frames: Vec<Frame> = error.frames.iter().filter(is_own).cloned().collect();
    if frames.is_empty() {
        frames.extend(error.frames.last().cloned());
    }
    if let Some(syntax) = &error.syntax {
        let (file, source) = (syntax.file.clone().unwrap_or_default(), syntax.text.clone());
        let (line, column, function) = (syntax.line, syntax.column, "<module>".to_owned());
        frames = vec![Frame { file, line, end_line: line, column, end_column: None, function, source }];
    }
    frames.drain(..frames.len().saturating_sub(FRAMES_MAX));
    frames
}

/// Says what to do.
fn hint(error: &ErrorReport, circumstances: &Circumstances<'_>) -> Option<String> {
    match error.limit {
        Some(LimitKind::Time) => {
            let smaller = "do it in smaller steps";
            return Some(match circumstances.more_time {
                Some(more) => format!("{more}, or {smaller}"),
                None => smaller.to_owned(),
            });
        }
        Some(LimitKind::Cpu) => return Some("do it in smaller steps".to_owned()),
        Some(LimitKind::Output) => return Some("print less: write to a file instead".to_owned()),
        Some(LimitKind::Memory) | None => {}
    }
    match error.type_name.as_str() {
        "ModuleNotFoundError" => Some(packages(circumstances.packages)),
        "MemoryError" => Some(format!("the sandbox has {} MiB of memory", circumstances.limits.memory_bytes >> 20)),
        "exuvia.ToolInterrupted" | "ToolInterrupted" => {
            Some("it is not known whether the call took effect: look before you make it again".to_owned())
        }
        _ => None,
    }
}

fn packages(packages: &[PackageIdentity]) -> String {
    if packages.is_empty() {
        return "only the standard library is installed, and nothing can be installed from here".to_owned();
    }
    let names: Vec<&str> = packages.iter().take(PACKAGES_MAX).map(|package| package.name.as_str()).collect();
    let more = packages.len().saturating_sub(PACKAGES_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("nothing can be installed from here; installed are {}{more}", names.join(", "))
}

/// Writes where a frame is: `cell 3, line 2, in f: return 1/0`, and what in that line is meant.
fn place(text: &mut String, frame: &Frame) {
    let file = frame.file.strip_prefix('<').and_then(|file| file.strip_suffix('>')).unwrap_or(&frame.file);
    let _ = write!(text, "  {}", shown(file, SOURCE_BYTES_MAX));
    if let Some(line) = frame.line {
        let _ = write!(text, ", line {line}");
    }
    if frame.function != "<module>" {
        let _ = write!(text, ", in {}", shown(&frame.function, 100));
    }
    text.push('\n');
    let Some(source) = frame.source.as_deref().filter(|source| !source.trim().is_empty()) else { return };
    let indentation = source.chars().take_while(|character| character.is_whitespace()).count();
    let line = shown(source.trim(), SOURCE_BYTES_MAX);
    let _ = writeln!(text, "    {line}");
    if let Some((start, length)) = span(frame, indentation, line.chars().count()) {
        let _ = writeln!(text, "    {}{}", " ".repeat(start), "^".repeat(length));
    }
}

/// Returns what is meant in a line of so many characters without its indentation: from where, how many. `None`: all of
/// it, or it is not known.
fn span(frame: &Frame, indentation: usize, characters: usize) -> Option<(usize, usize)> {
    let start = usize::try_from(frame.column?).ok()?.checked_sub(1 + indentation)?;
    let is_one_line = frame.end_line.is_none() || frame.end_line == frame.line;
    let end = match frame.end_column {
        Some(end) if is_one_line => usize::try_from(end).ok()?.checked_sub(1 + indentation)?,
        Some(_) => characters,
        None => start + 1,
    };
    let length = end.min(characters).checked_sub(start).filter(|length| *length > 0)?;
    (length < characters).then_some((start, length))
}
