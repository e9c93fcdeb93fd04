//! What a sandbox knows of its tools and of the calls it has made.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use exuvia_core::tool::{TOOL_CALLS_MAX, TOOL_TEXT_BYTES_MAX};
use exuvia_core::{FinishedCall, ToolDeclaration, ToolFailure, ToolFailureKind, ToolOutcome};

/// A text on its way to the guest.
#[derive(Debug, Default)]
pub(crate) struct Text {
    pub(crate) bytes: Vec<u8>,
    /// Whether it is a failure (JSON) rather than a result.
    pub(crate) failed: bool,
}

/// The tools of one sandbox and the calls that it has begun.
#[derive(Debug, Default)]
pub(crate) struct Tools {
    declarations: Arc<[ToolDeclaration]>,
    /// The number of the call that was started last.
    last: u64,
    /// Calls that were started and have not ended.
    running: BTreeSet<u64>,
    /// Calls that have ended, for the guest to ask for.
    finished: VecDeque<FinishedCall>,
    /// What the guest takes next, piece by piece if it is long.
    pub(crate) text: Text,
}

/// What a sandbox knows of its calls, apart from it: a part of a checkpoint.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct SavedTools {
    /// The tools' names, which the guest knows by their places.
    pub(crate) names: Vec<String>,
    last: u64,
    running: BTreeSet<u64>,
    finished: Vec<(u64, SavedOutcome)>,
    text: Vec<u8>,
    failed: bool,
}

/// A [`ToolOutcome`] in a form of which nothing is left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum SavedOutcome {
    Result(String),
    Failure { kind: ToolFailureKind, message: String, hint: Option<String>, retry: bool },
}

impl From<ToolOutcome> for SavedOutcome {
    fn from(outcome: ToolOutcome) -> Self {
        match outcome {
            Ok(text) => Self::Result(text),
            Err(ToolFailure { kind, message, hint, retry }) => Self::Failure { kind, message, hint, retry },
        }
    }
}

impl From<SavedOutcome> for ToolOutcome {
    fn from(outcome: SavedOutcome) -> Self {
        match outcome {
            SavedOutcome::Result(text) => Ok(text),
            SavedOutcome::Failure { kind, message, hint, retry } => Err(ToolFailure { kind, message, hint, retry }),
        }
    }
}

impl SavedTools {
    /// Returns whether a sandbox could have come to this.
    pub(crate) fn is_possible(&self) -> bool {
        let mut calls = self.running.iter().chain(self.finished.iter().map(|(call, _)| call));
        calls.all(|call| (1..=self.last).contains(call))
            && self.last < u64::MAX / 2
            && self.running.len() + self.finished.len() <= TOOL_CALLS_MAX
            && self.text.len() <= TOOL_TEXT_BYTES_MAX
    }
}

impl Tools {
    /// Returns what is known of the calls.
    pub(crate) fn save(&self) -> SavedTools {
        let finished = self.finished.iter().map(|finished| (finished.call, finished.outcome.clone().into()));
        SavedTools {
            names: self.declarations.iter().map(|declaration| declaration.name.clone()).collect(),
            last: self.last,
            running: self.running.clone(),
            finished: finished.collect(),
            text: self.text.bytes.clone(),
            failed: self.text.failed,
        }
    }

    /// Goes on from what was saved, with the same tools.
    pub(crate) fn restored(declarations: Arc<[ToolDeclaration]>, saved: SavedTools) -> Self {
        let SavedTools { names: _, last, running, finished, text, failed } = saved;
        let finished = finished.into_iter().map(|(call, outcome)| FinishedCall { call, outcome: outcome.into() });
        Self { declarations, last, running, finished: finished.collect(), text: Text { bytes: text, failed } }
    }

    pub(crate) fn new(declarations: Arc<[ToolDeclaration]>) -> Self {
        Self { declarations, ..Self::default() }
    }

    /// Returns the tool at this place, which the guest chose.
    pub(crate) fn get(&self, index: u32) -> Option<&ToolDeclaration> {
        self.declarations.get(index as usize)
    }

    /// Returns all tools; the handle does not borrow the sandbox.
    pub(crate) fn declarations(&self) -> Arc<[ToolDeclaration]> {
        Arc::clone(&self.declarations)
    }

    /// Gives a new call its number; `None` if too many are running.
    pub(crate) fn begin(&mut self) -> Option<u64> {
        if self.running.len() + self.finished.len() >= TOOL_CALLS_MAX {
            return None;
        }
        self.last += 1;
        self.running.insert(self.last);
        Some(self.last)
    }

    /// Forgets a call. Returns whether it was running.
    pub(crate) fn cancel(&mut self, call: u64) -> bool {
        let was_running = self.running.remove(&call);
        if !was_running {
            self.finished.retain(|finished| finished.call != call);
        }
        was_running
    }

    /// Keeps the ends of calls until the guest asks. One that is not running any more was cancelled meanwhile.
    pub(crate) fn finish(&mut self, calls: Vec<FinishedCall>) {
        for finished in calls {
            if self.running.remove(&finished.call) {
                self.finished.push_back(finished);
            }
        }
    }

    /// Takes the end of the call that ended first; its outcome is what the guest takes next.
    pub(crate) fn next_finished(&mut self) -> Option<u64> {
        let FinishedCall { call, outcome } = self.finished.pop_front()?;
        self.set_outcome(outcome);
        Some(call)
    }

    /// Makes this outcome what the guest takes next.
    pub(crate) fn set_outcome(&mut self, outcome: ToolOutcome) {
        let outcome = outcome.and_then(|text| {
            if text.len() <= TOOL_TEXT_BYTES_MAX {
                return Ok(text);
            }
            let message = format!("the result has {} bytes, the limit is {TOOL_TEXT_BYTES_MAX}", text.len());
            Err(ToolFailure::new(ToolFailureKind::Limit, message))
        });
        self.text = match outcome {
            Ok(text) => Text { bytes: text.into_bytes(), failed: false },
            Err(failure) => {
                Text { bytes: serde_json::to_vec(&failure).expect("a failure is made of texts"), failed: true }
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(call: u64) -> FinishedCall {
        FinishedCall { call, outcome: Ok(call.to_string()) }
    }

    #[test]
    fn the_end_of_a_call_is_told_once_and_only_if_it_was_begun() {
        let mut tools = Tools::default();
        let calls: Vec<u64> = (0..3).filter_map(|_| tools.begin()).collect();
        assert_eq!(calls, [1, 2, 3]);
        assert!(tools.cancel(2));
        assert!(!tools.cancel(2));
        tools.finish(vec![finished(3), finished(2), finished(3), finished(99), finished(1)]);
        assert_eq!(tools.next_finished(), Some(3));
        assert_eq!(tools.text.bytes, b"3");
        assert_eq!(tools.next_finished(), Some(1));
        assert_eq!(tools.next_finished(), None);
        assert_eq!(tools.begin(), Some(4));
    }

    #[test]
    fn a_guest_cannot_begin_calls_without_end() {
        let mut tools = Tools::default();
        for _ in 0..TOOL_CALLS_MAX {
            assert!(tools.begin().is_some());
        }
        assert_eq!(tools.begin(), None);
        tools.finish(vec![finished(7)]);
        assert_eq!(tools.begin(), None, "an end that was not asked for still takes room");
        assert_eq!(tools.next_finished(), Some(7));
        assert!(tools.begin().is_some());
    }
}
