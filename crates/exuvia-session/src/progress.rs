//! How far a session is: what has to be known of its history to go on from a checkpoint.

use std::collections::BTreeMap;

use exuvia_core::{ClockId, HostAnswer, HostCall};
use serde::{Deserialize, Serialize};

/// How far a session is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The cell that was started last; 0: none.
    pub(crate) cell: u32,
    /// Whether it runs.
    pub(crate) running: bool,
    /// How many random bytes were drawn since the seed was set.
    pub(crate) drawn: u64,
    /// Whether the session is a fork whose next cell begins with a random state of its own.
    pub(crate) reseed: bool,
    /// The last reading of each clock, in nanoseconds.
    pub(crate) clocks: [Option<i64>; 3],
    /// The calls of tools that were started and have not ended: tool and arguments.
    pub(crate) calls: BTreeMap<u64, (String, String)>,
}

impl Progress {
    /// Notes a call of the host that was answered.
    pub(crate) fn note(&mut self, call: &HostCall<'_>, answer: &HostAnswer) {
        match (call, answer) {
            (HostCall::Clock(clock), HostAnswer::Time(nanoseconds)) => {
                self.clocks[index(*clock)] = Some(*nanoseconds);
            }
            (HostCall::Start { call, tool, arguments }, HostAnswer::Done) => {
                self.calls.insert(*call, ((*tool).to_owned(), (*arguments).to_owned()));
            }
            (HostCall::Cancel { call }, _) => {
                self.calls.remove(call);
            }
            (HostCall::Wait { .. }, answer) => self.waited(answer),
            _ => {}
        }
    }

    /// Notes the answer to a wait.
    pub(crate) fn waited(&mut self, answer: &HostAnswer) {
        if let HostAnswer::Finished(finished) = answer {
            for finished in finished {
                self.calls.remove(&finished.call);
            }
        }
    }

    /// Returns the last reading of a clock.
    pub(crate) fn clock(&self, clock: ClockId) -> Option<i64> {
        self.clocks[index(clock)]
    }
}

fn index(clock: ClockId) -> usize {
    match clock {
        ClockId::Realtime => 0,
        ClockId::Monotonic => 1,
        ClockId::Cpu => 2,
    }
}
