//! What has failed, and why.

use crate::{Outcome, Status, StopReason};

/// How many attempts are kept: the last ones.
const ATTEMPTS_MAX: usize = 40;
/// How much of an attempt's code, and of why it failed, is kept, in bytes.
const CODE_BYTES_MAX: usize = 200;
const REASON_BYTES_MAX: usize = 300;

/// A cell that has failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its number.
    pub cell: u32,
    /// The beginning of its code.
    pub code: String,
    /// Why it failed.
    pub reason: String,
    /// How many cells in a row have failed for this reason, up to this one.
    pub times: u32,
}

/// The cells that have failed.
#[derive(Debug, Clone, Default)]
pub(super) struct Attempts(Vec<Attempt>);

impl Attempts {
    /// Notes how a cell has ended.
    pub(super) fn note(&mut self, cell: u32, code: &str, outcome: &Outcome) {
        let Some(reason) = reason(outcome) else { return };
        let code = beginning(code.trim(), CODE_BYTES_MAX);
        match self.0.last_mut() {
            Some(last) if last.reason == reason => {
                let times = last.times.saturating_add(1);
                *last = Attempt { cell, code, reason, times };
            }
            _ => self.0.push(Attempt { cell, code, reason, times: 1 }),
        }
        if self.0.len() > ATTEMPTS_MAX {
            self.0.remove(0);
        }
    }

    pub(super) fn all(&self) -> &[Attempt] {
        &self.0
    }
}

fn reason(outcome: &Outcome) -> Option<String> {
    let reason = match (&outcome.error, &outcome.status) {
        (Some(error), _) => format!("{}: {}", error.type_name, error.message),
        (None, Status::Finished | Status::Exited { code: 0 }) => return None,
        (None, Status::Exited { code }) => format!("it exited with status {code}"),
        (None, Status::Stopped { reason }) => format!("it was stopped: {}", word(*reason)),
        (None, Status::Raised) => "it failed".to_owned(),
    };
    Some(beginning(&reason, REASON_BYTES_MAX))
}

fn word(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Time => "its time was up",
        StopReason::Cpu => "its processor time was up",
        StopReason::Cancelled => "it was cancelled",
        StopReason::Stack => "the stack was exhausted",
        StopReason::Memory => "memory was exhausted",
        StopReason::Abort => "it aborted",
        StopReason::Trap => "it crashed the interpreter",
    }
}

fn beginning(text: &str, bytes_max: usize) -> String {
    if text.len() <= bytes_max {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(bytes_max)])
}
