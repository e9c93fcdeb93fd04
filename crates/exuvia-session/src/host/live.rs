//! Answers from a live host, written down.

use std::time::Duration;

use exuvia_core::journal::{Event, StoreError};
use exuvia_core::recording::Asked;
use exuvia_core::{ClockId, FinishedCall, Host, HostAnswer, HostCall, MountFault, MountOperation, Reply};

use super::{Recorder, Shared, harmless, interrupted};
use crate::log::Log;
use crate::progress::TICK_NANOSECONDS;

impl Recorder {
    /// Asks the live host, and writes down what has to be.
    pub(super) fn ask(&mut self, shared: &Shared, live: &mut dyn Host, call: HostCall<'_>) -> Reply {
        self.go_live(live);
        let reply = match call {
            HostCall::Clock(clock) => return self.clock(clock, live),
            HostCall::Random { length } => {
                let bytes = self.random.draw(length);
                self.write(|log| log.draw(length)).map(|()| HostAnswer::Bytes(bytes).into())
            }
            HostCall::Output { stream, bytes } => {
                let event = Event::Output { stream, bytes: bytes.to_vec() };
                self.write(|log| log.append(event)).and_then(|_| {
                    let reply = live.call(call);
                    self.write(Log::printed).map(|()| reply)
                })
            }
            HostCall::Interrupt { checks, .. } => self.deliver(checks, live.call(call)),
            HostCall::Start { .. } => self.start(live, call),
            HostCall::Tool { .. } => self.act(shared, live, call),
            HostCall::Mount(request) if request.operation.changes() => self.act(shared, live, call),
            HostCall::Wait { .. } if !self.owed.is_empty() => {
                let answer = HostAnswer::Finished(std::mem::take(&mut self.owed));
                self.told(Asked::from(call), &answer).map(|()| answer.into())
            }
            HostCall::Input { .. }
            | HostCall::Wait { .. }
            | HostCall::Help { .. }
            | HostCall::Cancel { .. }
            | HostCall::Mount(_) => self.look(shared, live, call),
        };
        let reply = reply.unwrap_or_else(|| harmless(&call).into());
        if let Reply::Now(answer) = &reply {
            self.progress.note(&call, answer);
        }
        reply
    }

    /// Takes care of what was on its way when the journal ended, the first time that somebody asks.
    fn go_live(&mut self, live: &mut dyn Host) {
        if std::mem::replace(&mut self.is_live, true) {
            return;
        }
        for (call, (tool, arguments)) in self.progress.calls.clone() {
            if self.may_repeat(&tool) {
                live.call(HostCall::Start { call, tool: &tool, arguments: &arguments });
            } else {
                self.owed.push(FinishedCall { call, outcome: Err(interrupted()) });
            }
        }
    }

    /// Returns whether calling this tool a second time does no harm.
    fn may_repeat(&self, tool: &str) -> bool {
        let declaration = self.declarations.iter().find(|declaration| declaration.name == tool);
        declaration.is_some_and(|declaration| declaration.idempotent || declaration.read_only)
    }

    /// Reads a clock. Where the session goes on from what another process has written, none goes back behind what it
    /// showed then; one that is the sandbox's own goes on as if nothing had been.
    pub(super) fn clock(&mut self, clock: ClockId, live: &mut dyn Host) -> Reply {
        let call = HostCall::Clock(clock);
        let Reply::Now(HostAnswer::Time(mut now)) = live.call(call) else { return harmless(&call).into() };
        if self.resumed {
            now = now.saturating_add(self.offset(clock, now));
        }
        match self.note_clocks(&[(clock, now)]) {
            Some(()) => Reply::Now(HostAnswer::Time(now)),
            None => harmless(&call).into(),
        }
    }

    /// Writes down what clocks have shown.
    pub(super) fn note_clocks(&mut self, readings: &[(ClockId, i64)]) -> Option<()> {
        self.write(|log| log.read_clocks(readings))?;
        for run in readings.chunk_by(|one, next| one.0 == next.0) {
            // What passes between the first and the last is the same, however many are between them.
            [run[0], run[run.len() - 1]].into_iter().for_each(|(clock, time)| self.progress.read(clock, time));
        }
        Some(())
    }

    /// Returns by how much a clock goes before the live host's, if that is known.
    pub(super) fn known_offset(&self, clock: ClockId) -> Option<i64> {
        if self.resumed { self.offsets[clock as usize] } else { Some(0) }
    }

    /// Returns by how much a clock goes before the live host's, which shows `now`: that is found out once.
    fn offset(&mut self, clock: ClockId, now: i64) -> i64 {
        let before = self.progress.clock(clock);
        *self.offsets[clock as usize].get_or_insert_with(|| match before {
            Some(before) if now <= before => before.saturating_add(TICK_NANOSECONDS).saturating_sub(now),
            _ => 0,
        })
    }

    fn deliver(&mut self, checks: u64, reply: Reply) -> Option<Reply> {
        if let Reply::Now(HostAnswer::Interrupt(Some(interrupt))) = &reply {
            let event = Event::Interrupted { checks, interrupt: interrupt.clone() };
            self.write(|log| log.gather(event))?;
        }
        Some(reply)
    }

    /// Starts a call in the background: it is written down as asked and begun before it is.
    fn start(&mut self, live: &mut dyn Host, call: HostCall<'_>) -> Option<Reply> {
        self.write(|log| {
            let asked = log.position();
            log.gather(Event::Asked { asked: call.into() })?;
            log.append(Event::Answered { asked, answer: HostAnswer::Done })
        })?;
        Some(live.call(call))
    }

    /// Does something with an effect outside: it is written down as asked before, and as answered after.
    fn act(&mut self, shared: &Shared, live: &mut dyn Host, call: HostCall<'_>) -> Option<Reply> {
        let asked = match self.question.take() {
            // It was asked, and then the process ended.
            Some(asked) => {
                if let Some(answer) = self.unrepeatable(&call) {
                    let event = Event::Answered { asked, answer: answer.clone() };
                    return self.write(|log| log.append(event)).map(|_| answer.into());
                }
                asked
            }
            None => self.write(|log| log.append(Event::Asked { asked: call.into() }))?,
        };
        let answered = move |answer: HostAnswer| Event::Answered { asked, answer };
        match live.call(call) {
            Reply::Now(answer) => {
                let event = answered(answer.clone());
                self.write(|log| log.append(event)).map(|_| answer.into())
            }
            Reply::Later(future) => {
                let mut note = Note { shared: shared.clone(), duration: None, event: Some(Box::new(answered)) };
                Some(Reply::Later(Box::pin(async move {
                    let answer = future.await;
                    note.tell(answer)
                })))
            }
        }
    }

    /// Returns what an act is answered with that may have been done already, and must not be done twice.
    fn unrepeatable(&self, call: &HostCall<'_>) -> Option<HostAnswer> {
        match call {
            HostCall::Tool { tool, .. } if !self.may_repeat(tool) => Some(HostAnswer::Tool(Err(interrupted()))),
            HostCall::Mount(request) => match &request.operation {
                MountOperation::Write { .. }
                | MountOperation::SetSize { .. }
                | MountOperation::SetMode { .. }
                | MountOperation::SetTimes { .. } => None,
                _ => Some(HostAnswer::Mount(Err(MountFault::Unreadable))),
            },
            _ => None,
        }
    }

    /// Asks for something without an effect outside.
    fn look(&mut self, shared: &Shared, live: &mut dyn Host, call: HostCall<'_>) -> Option<Reply> {
        let asked = Asked::from(call);
        match live.call(call) {
            Reply::Now(answer) => self.told(asked, &answer).map(|()| answer.into()),
            Reply::Later(future) => {
                let event = move |answer: HostAnswer| Event::Call { asked, answer };
                let duration = match call {
                    HostCall::Wait { duration } => duration,
                    _ => None,
                };
                let mut note = Note { shared: shared.clone(), duration, event: Some(Box::new(event)) };
                Some(Reply::Later(Box::pin(async move {
                    let answer = future.await;
                    note.tell(answer)
                })))
            }
        }
    }

    fn told(&mut self, asked: Asked, answer: &HostAnswer) -> Option<()> {
        let event = Event::Call { asked, answer: answer.clone() };
        self.write(|log| keep(log, event))
    }
}

/// Writes an answer down: at once if it cannot be had again, or if it is that of an act.
fn keep(log: &mut Log, event: Event) -> Result<(), StoreError> {
    match &event {
        Event::Answered { .. }
        | Event::Call { answer: HostAnswer::Finished(_), .. }
        | Event::Call { asked: Asked::Input { .. }, .. } => log.append(event).map(drop),
        _ => log.gather(event),
    }
}

/// Writes down the answer to something that takes a while; if an interrupt cuts that short, this.
struct Note {
    shared: Shared,
    /// For how long, if it is a wait.
    duration: Option<Duration>,
    /// Makes an event of the answer; taken when it was told.
    event: Option<Box<dyn FnOnce(HostAnswer) -> Event + Send>>,
}

impl Note {
    fn tell(&mut self, answer: HostAnswer) -> HostAnswer {
        let Some(event) = self.event.take() else { return answer };
        let mut recorder = self.shared.lock();
        recorder.progress.note(&HostCall::Wait { duration: self.duration }, &answer);
        match recorder.write(|log| keep(log, event(answer.clone()))) {
            Some(()) => answer,
            None => HostAnswer::Interrupted,
        }
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        if let Some(event) = self.event.take() {
            // Gathered only: whoever drops a session in the middle of a cell writes nothing any more.
            self.shared.lock().write(|log| log.gather(event(HostAnswer::Interrupted)));
        }
    }
}
