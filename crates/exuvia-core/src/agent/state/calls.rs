//! Calls of those tools that the agent itself follows.

use std::collections::BTreeMap;

use crate::HostAnswer;
use crate::agent::{FINAL_TOOL, NOTE_TOOL, TODO_TOOL};
use crate::journal::Event;
use crate::recording::Asked;

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
}

impl Followed {
    fn of(tool: &str) -> Option<Self> {
        match tool {
            FINAL_TOOL => Some(Self::Final),
            TODO_TOOL => Some(Self::Todo),
            NOTE_TOOL => Some(Self::Note),
            _ => None,
        }
    }
}

impl Calls {
    /// Returns the calls that have succeeded with this event, with their arguments, which fit their schemas.
    pub(super) fn apply(&mut self, position: u64, event: &Event) -> Vec<(Followed, String)> {
        match event {
            Event::Asked { asked: Asked::Tool { tool, arguments } } => {
                self.ask(Number::Position(position), tool, arguments);
            }
            Event::Asked { asked: Asked::Start { call, tool, arguments } } => {
                self.ask(Number::Call(*call), tool, arguments);
            }
            Event::Answered { asked, answer: HostAnswer::Tool(outcome) } => {
                let call = self.asked.remove(&Number::Position(*asked));
                return call.filter(|_| outcome.is_ok()).into_iter().collect();
            }
            Event::Call { answer: HostAnswer::Finished(finished), .. } => {
                let calls = finished.iter().filter_map(|finished| {
                    let call = self.asked.remove(&Number::Call(finished.call));
                    call.filter(|_| finished.outcome.is_ok())
                });
                return calls.collect();
            }
            Event::CellEnded { .. } => self.asked.clear(),
            _ => {}
        }
        Vec::new()
    }

    fn ask(&mut self, number: Number, tool: &str, arguments: &str) {
        if let Some(tool) = Followed::of(tool) {
            self.asked.insert(number, (tool, arguments.to_owned()));
        }
    }
}
