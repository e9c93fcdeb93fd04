//! A host that writes down what another one answers, and one that answers from what was written down.
//!
//! A [`Recording`] lives in memory. What it holds is all that entered a sandbox from outside: the same image, given
//! the same cells and these answers, computes the same memory, the same files and the same output.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::host::{ClockId, Host, HostAnswer, HostCall, Reply, Stream};
use crate::mount::{MountFault, MountRequest};
use crate::tool::{ToolFailure, ToolFailureKind};

/// One call and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What the sandbox asked.
    pub asked: Asked,
    /// What it was told.
    pub answer: HostAnswer,
}

/// A [`HostCall`] that owns what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "variants and fields are those of `HostCall`")]
pub enum Asked {
    Clock(ClockId),
    Random { length: u32 },
    Output { stream: Stream, bytes: Vec<u8> },
    Input { length_max: u32 },
    Wait { duration: Option<Duration> },
    Tool { tool: String, arguments: String },
    Help { tool: String },
    Start { call: u64, tool: String, arguments: String },
    Cancel { call: u64 },
    Mount(MountRequest),
    Interrupt { checks: u64 },
}

impl From<HostCall<'_>> for Asked {
    fn from(call: HostCall<'_>) -> Self {
        match call {
            HostCall::Clock(clock) => Self::Clock(clock),
            HostCall::Random { length } => Self::Random { length },
            HostCall::Output { stream, bytes } => Self::Output { stream, bytes: bytes.to_vec() },
            HostCall::Input { length_max } => Self::Input { length_max },
            HostCall::Wait { duration } => Self::Wait { duration },
            HostCall::Tool { tool, arguments } => Self::Tool { tool: tool.to_owned(), arguments: arguments.to_owned() },
            HostCall::Help { tool } => Self::Help { tool: tool.to_owned() },
            HostCall::Start { call, tool, arguments } => {
                Self::Start { call, tool: tool.to_owned(), arguments: arguments.to_owned() }
            }
            HostCall::Cancel { call } => Self::Cancel { call },
            HostCall::Mount(request) => Self::Mount(request.clone()),
            HostCall::Interrupt { checks, .. } => Self::Interrupt { checks },
        }
    }
}

/// Everything that entered a sandbox from outside, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The calls and their answers, in the order in which the sandbox made them.
    pub events: Vec<Event>,
}

/// Answers through another host and writes everything down.
#[derive(Debug)]
pub struct RecordingHost<H> {
    inner: H,
    recording: Arc<Mutex<Recording>>,
}

impl<H: Host> RecordingHost<H> {
    /// Records what `inner` answers. The recording is read through the handle that comes back beside the host.
    pub fn new(inner: H) -> (Self, Arc<Mutex<Recording>>) {
        let recording = Arc::new(Mutex::new(Recording::default()));
        (Self { inner, recording: Arc::clone(&recording) }, recording)
    }
}

impl<H: Host> Host for RecordingHost<H> {
    fn call(&mut self, call: HostCall<'_>) -> Reply {
        let reply = self.inner.call(call);
        let asked = Asked::from(call);
        if let Reply::Now(HostAnswer::Interrupt(None)) = reply {
            // Nothing was delivered, so nothing has entered the sandbox.
            return reply;
        }
        let mut recording = self.recording.lock().unwrap_or_else(PoisonError::into_inner);
        match reply {
            Reply::Now(answer) => {
                recording.events.push(Event { asked, answer: answer.clone() });
                Reply::Now(answer)
            }
            Reply::Later(future) => {
                let position = recording.events.len();
                // Until the answer comes it stands for a wait that was cut short: an interrupt drops the future.
                recording.events.push(Event { asked, answer: HostAnswer::Interrupted });
                let shared = Arc::clone(&self.recording);
                Reply::Later(Box::pin(async move {
                    let answer = future.await;
                    let mut recording = shared.lock().unwrap_or_else(PoisonError::into_inner);
                    recording.events[position].answer = answer.clone();
                    answer
                }))
            }
        }
    }

    fn next_interrupt(&mut self) -> Option<u64> {
        self.inner.next_interrupt()
    }
}

/// Where a replay asked for something else than its recording holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Divergence {
    /// The position in the recording, from 0.
    pub position: usize,
    /// What was asked now.
    pub asked: Asked,
    /// What was asked then; `None`: nothing any more.
    pub recorded: Option<Asked>,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the replay diverges at event {}: it asked {:?}, ", self.position, self.asked)?;
        match &self.recorded {
            Some(recorded) => write!(f, "the recording has {recorded:?}"),
            None => f.write_str("the recording has ended"),
        }
    }
}

impl std::error::Error for Divergence {}

/// Answers from a recording and compares each call with it. Nothing outside is touched.
#[derive(Debug)]
pub struct ReplayingHost {
    recording: Recording,
    position: usize,
    divergence: Arc<Mutex<Option<Divergence>>>,
}

impl ReplayingHost {
    /// Replays `recording`. The first divergence, if any, is read through the handle that comes back beside the host.
    #[must_use]
    pub fn new(recording: Recording) -> (Self, Arc<Mutex<Option<Divergence>>>) {
        let divergence = Arc::new(Mutex::new(None));
        (Self { recording, position: 0, divergence: Arc::clone(&divergence) }, divergence)
    }

    fn diverged(&mut self, asked: Asked, recorded: Option<Asked>) {
        let mut first = self.divergence.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(Divergence { position: self.position, asked, recorded });
    }
}

impl Host for ReplayingHost {
    fn call(&mut self, call: HostCall<'_>) -> Reply {
        let asked = Asked::from(call);
        let Some(event) = self.recording.events.get(self.position) else {
            if !matches!(asked, Asked::Interrupt { .. }) {
                self.diverged(asked.clone(), None);
            }
            return Reply::Now(harmless_answer(&asked));
        };
        if event.asked == asked {
            self.position += 1;
            return Reply::Now(event.answer.clone());
        }
        if !matches!(asked, Asked::Interrupt { .. }) {
            let recorded = Some(event.asked.clone());
            self.diverged(asked.clone(), recorded);
        }
        Reply::Now(harmless_answer(&asked))
    }

    fn next_interrupt(&mut self) -> Option<u64> {
        self.recording.events[self.position.min(self.recording.events.len())..].iter().find_map(|event| {
            match event.asked {
                Asked::Interrupt { checks } => Some(checks),
                _ => None,
            }
        })
    }
}

/// An answer of the right kind for a replay that has gone astray, so that it ends in an orderly way.
fn harmless_answer(asked: &Asked) -> HostAnswer {
    match asked {
        Asked::Clock(_) => HostAnswer::Time(0),
        Asked::Random { length } => HostAnswer::Bytes(vec![0; *length as usize]),
        Asked::Output { .. } => HostAnswer::Done,
        Asked::Input { .. } => HostAnswer::Bytes(Vec::new()),
        Asked::Wait { .. } | Asked::Start { .. } | Asked::Cancel { .. } => HostAnswer::Done,
        Asked::Tool { .. } | Asked::Help { .. } => {
            HostAnswer::Tool(Err(ToolFailure::new(ToolFailureKind::Interrupted, "the replay has gone astray")))
        }
        Asked::Mount(_) => HostAnswer::Mount(Err(MountFault::NotFound)),
        Asked::Interrupt { .. } => HostAnswer::Interrupt(None),
    }
}
