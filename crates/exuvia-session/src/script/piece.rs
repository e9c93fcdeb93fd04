//! A cell that becomes a part of a script.

use std::fmt::Write as _;

use exuvia_core::agent::FINAL_TOOL;
use exuvia_core::{Outcome, Status};

use super::Looked;
use super::text::{comment, literal, shown, wrapped};

/// How much is told of what a cell raised, in bytes.
const MESSAGE_BYTES_MAX: usize = 200;

/// A cell that becomes a part of a script.
pub(super) struct Piece {
    pub(super) number: u32,
    pub(super) source: String,
    end: End,
    /// What its model said before it.
    said: Vec<String>,
    /// The file in which all that it printed was, if a later cell names that.
    pub(super) keeps: Option<String>,
}

/// A line, and a column if that is known, from 1.
pub(super) type Place = (u64, Option<u64>);

/// How a cell ended.
enum End {
    Whole,
    /// With an exception, at this place, if that is known.
    Raised {
        name: String,
        message: String,
        place: Option<Place>,
    },
    /// It was interrupted at this place.
    Interrupted {
        name: String,
        place: Place,
    },
}

impl Piece {
    pub(super) fn new((number, source): (u32, String), outcome: &Outcome, said: Vec<String>) -> Self {
        let file = format!("<cell {number}>");
        // The name is the program's word: it becomes a part of a script.
        let plain = |name: &str| -> String {
            name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')).take(100).collect()
        };
        let end = match (&outcome.status, &outcome.error) {
            (Status::Exited { code }, _) => {
                End::Raised { name: "SystemExit".to_owned(), message: code.to_string(), place: None }
            }
            (_, Some(error)) => {
                let name = plain(&error.type_name);
                let frame = error.frames.iter().find(|frame| frame.file == file);
                let place = frame.and_then(|frame| Some((frame.line?, frame.column)));
                if error.limit.is_some() || error.type_name == "KeyboardInterrupt" {
                    End::Interrupted { name, place: place.unwrap_or((1, None)) }
                } else {
                    End::Raised { name, message: shown(&error.message, MESSAGE_BYTES_MAX), place }
                }
            }
            _ => End::Whole,
        };
        Self { number, source, end, said, keeps: None }
    }

    /// Returns the place at which it did not go on.
    pub(super) fn place(&self) -> Option<Place> {
        match self.end {
            End::Whole => None,
            End::Raised { place, .. } => place,
            End::Interrupted { place, .. } => Some(place),
        }
    }

    /// Returns whether some of it is run from a string.
    pub(super) fn needs_frame(&self, looked: &Looked) -> bool {
        match &self.end {
            End::Raised { .. } => true,
            End::Interrupted { .. } => (looked.ended > 0 || !looked.head.is_empty()) && !self.is_part(looked),
            End::Whole => !self.is_part(looked),
        }
    }

    /// Returns whether it means the same where it stands in a file: line ends as they are read, no metadata of its own.
    fn is_part(&self, looked: &Looked) -> bool {
        let source = &self.source;
        let is_harmless =
            !source.contains(['\r', '\0', '\x0c', '\x1a']) && !source.lines().any(|line| line.starts_with("# ///"));
        looked.is_plain && self.keeps.is_none() && is_harmless
    }

    /// Writes it. `has_final`: its program could end a task.
    pub(super) fn write(&self, script: &mut String, looked: Option<&Looked>, has_final: bool) {
        let _ = writeln!(script, "\n# %% cell {}", self.number);
        self.said.iter().for_each(|said| comment(script, "# ", &wrapped(said)));
        let Some(looked) = looked else {
            let _ = writeln!(script, "# It is not Python:");
            return comment(script, "#   ", &self.source);
        };
        let lines: Vec<&str> = self.source.split('\n').collect();
        let part = |from: usize, to: usize| lines[from.min(lines.len())..to.min(lines.len())].join("\n");
        let after = |script: &mut String, from: usize| comment(script, "#   ", &part(from, lines.len()));
        match &self.end {
            End::Whole => self.run(script, &self.source, looked, None),
            End::Interrupted { name, .. } => {
                for ended in [&*part(0, looked.ended), &looked.head].into_iter().filter(|ended| !ended.is_empty()) {
                    self.run(script, ended, looked, None);
                }
                let _ = writeln!(script, "# It was interrupted here ({name}):");
                after(script, looked.ended);
            }
            End::Raised { name, message, place } => {
                // Where it is not known, or where an answer was given that did not count, all of it is passed over.
                let ends = has_final && looked.names.contains(FINAL_TOOL);
                let (from, to) = match place {
                    Some(_) if ends => (0, looked.reached),
                    Some(_) => (looked.ended, looked.reached),
                    None => (0, lines.len()),
                };
                if from > 0 {
                    self.run(script, &part(0, from), looked, None);
                }
                let between = if message.is_empty() { "" } else { ": " };
                comment(script, "# ", &format!("This raised {name}{between}{message}"));
                self.run(script, &part(from, to), looked, Some(name));
                if ends {
                    script.push_str("_answers.clear()\n");
                }
                if !part(to, lines.len()).trim().is_empty() {
                    script.push_str("# What comes after that did not run:\n");
                    after(script, to);
                }
            }
        }
    }

    fn run(&self, script: &mut String, source: &str, looked: &Looked, raised: Option<&str>) {
        if raised.is_none() && self.is_part(looked) {
            script.push_str(source.trim_end());
            script.push('\n');
            return;
        }
        let raises = raised.map(|raised| format!(", raises={raised:?}")).unwrap_or_default();
        let (function, keeps) = match &self.keeps {
            Some(path) => ("_kept", format!("{path:?}, ")),
            None => ("_cell", String::new()),
        };
        let _ = writeln!(script, "{function}({keeps}{}, {}{raises})", self.number, literal(source));
    }
}
