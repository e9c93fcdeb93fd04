//! How far a session is: what has to be known of its history to go on from a checkpoint.

use std::collections::BTreeMap;

use exuvia_core::{ClockId, HostAnswer, HostCall};
use serde::{Deserialize, Serialize};

/// By how much a clock goes on at each reading, if it is the sandbox's own.
pub(crate) const TICK_NANOSECONDS: i64 = 1_000;

/// How far a session is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The cell that was started last; 0: none.
    pub(crate) cell: u32,
    /// Whether it runs.
    pub(crate) running: bool,
    /// How many random bytes were drawn since the seed was set.
    pub(crate) drawn: u64,
    /// Whether the session is a fork whose next cell begins with a random state of its own.
    pub(crate) reseed: bool,
    /// What each clock (time of day, monotonic, of the processor) showed when one was read last, in nanoseconds: the others
    /// have gone on with it. `None`: not known.
    pub(crate) clocks: [Option<i64>; 3],
    /// The calls of tools that were started and have not ended: tool and arguments.
    pub(crate) calls: BTreeMap<u64, (String, String)>,
}

impl Default for Progress {
    /// How far a session is that has just begun.
    fn default() -> Self {
        Self {
            cell: 0,
            running: false,
            drawn: 0,
            reseed: false,
            // Only the time of day begins anywhere.
            clocks: [None, Some(0), Some(0)],
            calls: BTreeMap::new(),
        }
    }
}

impl Progress {
    /// Notes a call of the host that was answered.
    pub(crate) fn note(&mut self, call: &HostCall<'_>, answer: &HostAnswer) {
        match (call, answer) {
            (HostCall::Clock(clock), HostAnswer::Time(nanoseconds)) => self.read(*clock, *nanoseconds),
            (HostCall::Wait { duration: Some(duration) }, HostAnswer::Done) => {
                self.pass(i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX));
            }
            (HostCall::Start { call, tool, arguments }, HostAnswer::Done) => {
                self.calls.insert(*call, ((*tool).to_owned(), (*arguments).to_owned()));
            }
            (HostCall::Cancel { call }, _) => {
                self.calls.remove(call);
            }
            (HostCall::Wait { .. }, HostAnswer::Finished(finished)) => {
                for finished in finished {
                    self.calls.remove(&finished.call);
                }
            }
            _ => {}
        }
    }

    /// Notes a reading of a clock.
    pub(crate) fn read(&mut self, clock: ClockId, nanoseconds: i64) {
        // Of one that was not read before it is not known how far it has gone since: as far as a virtual one goes.
        let passed = self.clock(clock).map_or(TICK_NANOSECONDS, |before| nanoseconds.saturating_sub(before));
        self.pass(passed);
        self.clocks[index(clock)] = Some(nanoseconds);
    }

    /// Has all clocks go on.
    fn pass(&mut self, nanoseconds: i64) {
        self.clocks.iter_mut().flatten().for_each(|clock| *clock = clock.saturating_add(nanoseconds));
    }

    /// Returns what a clock showed last, if it was read.
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
