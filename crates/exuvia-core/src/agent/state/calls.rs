//! Calls of those tools that the agent itself follows.

use std::collections::BTreeMap;

use crate::agent::{FINAL_TOOL, NOTE_TOOL, TASK_TOOL, TODO_TOOL};
use crate::journal::Event;
use crate::recording::Asked;
use crate::{HostAnswer, ToolOutcome};

/// The calls that have not been answered.
#[derive(Debug, Clone, Default)]
pub(super) struct Calls {
    /// Which tool and its arguments: by the position of the question, or by the call's own number.
    asked: BTreeMap<Number, (Followed, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Number {
    Position(u64),
    Call(u64),
}

/// A tool that is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Followed {
    Final,
    Todo,
    Note,
    Task,
}

/// A call that has succeeded.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) tool: Followed,
    /// Its arguments, which fit their schema.
    pub(super) arguments: String,
    /// What it gave.
    pub(super) result: String,
}

impl Followed {
    fn of(tool: &str) -> Option<Self> {
        match tool {
            FINAL_TOOL => Some(Self::Final),
            TODO_TOOL => Some(Self::Todo),
            NOTE_TOOL => Some(Self::Note),
            TASK_TOOL => Some(Self::Task),
            _ => None,
        }
    }
}

impl Calls {
    /// Returns the calls that have succeeded with this event.
    pub(super) fn apply(&mut self, position: u64, event: &Event) -> Vec<Done> {
        match event {
            Event::Asked { asked: Asked::Tool { tool, arguments } } => {
                self.ask(Number::Position(position), tool, arguments);
            }
            Event::Asked { asked: Asked::Start { call, tool, arguments } } => {
                self.ask(Number::Call(*call), tool, arguments);
            }
            Event::Answered { asked, answer: HostAnswer::Tool(outcome) } => {
                return self.answered(Number::Position(*asked), outcome).into_iter().collect();
            }
            Event::Call { answer: HostAnswer::Finished(finished), .. } => {
                let done = finished
                    .iter()
                    .filter_map(|finished| self.answered(Number::Call(finished.call), &finished.outcome));
                return done.collect();
            }
            Event::CellEnded { .. } => self.asked.clear(),
            _ => {}
        }
        Vec::new()
    }

    fn answered(&mut self, number: Number, outcome: &ToolOutcome) -> Option<Done> {
        let (tool, arguments) = self.asked.remove(&number)?;
        let result = outcome.as_ref().ok()?.clone();
        Some(Done { tool, arguments, result })
    }

    fn ask(&mut self, number: Number, tool: &str, arguments: &str) {
        if let Some(tool) = Followed::of(tool) {
            self.asked.insert(number, (tool, arguments.to_owned()));
        }
    }
}
