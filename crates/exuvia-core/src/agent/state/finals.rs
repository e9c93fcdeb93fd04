//! What programs have given to `final`.

use std::collections::BTreeMap;

use crate::agent::{FINAL_TOOL, Final};
use crate::journal::Event;
use crate::recording::Asked;
use crate::{HostAnswer, Status};

/// The calls of `final` in the cell that runs, and the one that counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Finals {
    /// Calls that have not been answered: by the position of the question, or by their own number.
    asked: BTreeMap<(bool, u64), String>,
    /// What was given last in the cell that runs.
    given: Option<Final>,
    /// What was given by a cell that came to its end.
    accepted: Option<Final>,
}

impl Finals {
    pub(super) fn apply(&mut self, position: u64, event: &Event) {
        match event {
            Event::Asked { asked: Asked::Tool { tool, arguments } } if tool == FINAL_TOOL => {
                self.asked.insert((false, position), arguments.clone());
            }
            Event::Asked { asked: Asked::Start { call, tool, arguments } } if tool == FINAL_TOOL => {
                self.asked.insert((true, *call), arguments.clone());
            }
            Event::Answered { asked, answer: HostAnswer::Tool(outcome) } => {
                self.answered((false, *asked), outcome.is_ok());
            }
            Event::Call { answer: HostAnswer::Finished(finished), .. } => {
                for finished in finished {
                    self.answered((true, finished.call), finished.outcome.is_ok());
                }
            }
            _ => {}
        }
    }

    fn answered(&mut self, asked: (bool, u64), is_taken: bool) {
        if let Some(arguments) = self.asked.remove(&asked)
            && is_taken
        {
            // What was taken fits its schema.
            self.given = serde_json::from_str(&arguments).ok();
        }
    }

    /// Notes that the cell has ended: an answer of one that failed does not count.
    pub(super) fn cell_ended(&mut self, status: &Status) {
        let given = self.given.take();
        self.asked.clear();
        self.accepted = given.filter(|_| matches!(status, Status::Finished | Status::Exited { code: 0 }));
    }

    /// Forgets what was given.
    pub(super) fn forget(&mut self) {
        self.accepted = None;
    }

    /// Returns what counts.
    pub(super) fn accepted(&self) -> Option<&Final> {
        self.accepted.as_ref()
    }
}
