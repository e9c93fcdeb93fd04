//! The host of a session: it answers from the journal as long as that has answers, and from then on asks a live host and
//! writes down what that says.

mod clocks;
mod live;
mod replayed;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use exuvia_core::journal::{Event, SessionId, StoreError};
use exuvia_core::{
    FinishedCall, Host, HostAnswer, HostCall, Outcome, Reply, ToolDeclaration, ToolFailure, ToolFailureKind,
};
use exuvia_sandbox::{Interrupter, RandomStream};

use crate::cursor::Cursor;
use crate::divergence::{Deed, Divergence};
use crate::error::SessionError;
use crate::log::Log;
use crate::progress::Progress;
use clocks::Clocks;

/// What a session and the host of its sandbox share.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Recorder>>);

/// What is read again and what is written down.
pub(crate) struct Recorder {
    /// Where answers come from, as long as there are any.
    pub(crate) cursor: Option<Cursor>,
    /// Where what is new is written. A replay has none.
    pub(crate) log: Option<Log>,
    pub(crate) random: RandomStream,
    pub(crate) progress: Progress,
    /// What an act that was asked, and not answered, would be answered with.
    pub(crate) declarations: Arc<[ToolDeclaration]>,
    /// What is added to each clock that was read, so that none goes back where a session goes on.
    offsets: [Option<i64>; 3],
    /// Ends of calls that are not on their way any more, for the next wait to tell.
    owed: Vec<FinishedCall>,
    /// Whether the session has ended, and the live host answers for what its sandbox asks.
    pub(crate) is_closed: bool,
    /// Whether what was on its way has been taken care of.
    is_live: bool,
    /// Whether the session goes on from what another process has written.
    pub(crate) resumed: bool,
    /// Whether a cell that had not come to its end is interrupted where the journal ends.
    pub(crate) gives_up: bool,
    /// The position of an act that was asked and not answered, when it is asked again.
    question: Option<u64>,
    /// From which position of the session's own events on output has not been printed yet.
    pub(crate) printed: u64,
    /// Whether all output is printed, whoever has seen it.
    pub(crate) print_all: bool,
    pub(crate) session: SessionId,
    /// Who is shown output that is in the journal already, of a replay.
    pub(crate) sink: Option<crate::replay::Output>,
    pub(crate) verify: bool,
    pub(crate) fault: Option<SessionError>,
    /// The outcome of the cell that was read again last.
    pub(crate) last: Option<Outcome>,
    interrupter: Option<Interrupter>,
}

impl Shared {
    pub(crate) fn new(recorder: Recorder) -> Self {
        Self(Arc::new(Mutex::new(recorder)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Recorder> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder {
    pub(crate) fn new(session: SessionId, seed: [u8; 32], progress: Progress) -> Self {
        Self {
            cursor: None,
            log: None,
            random: RandomStream::new(seed, progress.drawn),
            progress,
            declarations: Arc::new([]),
            offsets: [None; 3],
            owed: Vec::new(),
            is_closed: false,
            is_live: false,
            resumed: false,
            gives_up: false,
            question: None,
            printed: u64::MAX,
            print_all: false,
            session,
            sink: None,
            verify: false,
            fault: None,
            last: None,
            interrupter: None,
        }
    }

    /// Takes note of whom to tell that the cell need not go on.
    pub(crate) fn aim(&mut self, interrupter: Interrupter) {
        self.interrupter = Some(interrupter);
    }

    /// Returns how far the session is.
    pub(crate) fn progress(&self) -> Progress {
        Progress { drawn: self.random.drawn(), ..self.progress.clone() }
    }

    /// Returns whether a call is asked of the live host and written down, and nothing else is to be seen to.
    fn is_simply_live(&self) -> bool {
        self.is_live && self.cursor.is_none() && self.fault.is_none() && !self.is_closed
    }

    /// Ends the session: what its cell does from now on has no effect.
    pub(crate) fn fail(&mut self, error: impl Into<SessionError>) {
        if self.fault.is_none() {
            self.fault = Some(error.into());
            if let Some(interrupter) = &self.interrupter {
                interrupter.cancel();
            }
        }
    }

    /// Interrupts a cell of which the journal has no more, if nobody waits for it: once, and where it goes on for longer than
    /// its grace period, it is stopped.
    fn give_up(&mut self) -> Result<(), StoreError> {
        if self.gives_up
            && self.progress.running
            && self.next_recorded()?.is_none()
            && let Some(interrupter) = &self.interrupter
        {
            interrupter.cancel();
            self.gives_up = false;
        }
        Ok(())
    }

    /// Notes that what was done is not what is recorded. A cell that runs is interrupted: so its line becomes known.
    pub(crate) fn diverge(&mut self, now: Deed) {
        let place = self.cursor.as_mut().map(|cursor| (cursor.place(), cursor.peek().map(|event| event.cloned())));
        let (session, position, recorded) = match place {
            Some((Ok((session, position)), Ok(recorded))) => (session, position, recorded),
            Some((Err(error), _) | (_, Err(error))) => return self.fail(error),
            None => (self.session.clone(), 0, None),
        };
        let cell = self.progress.cell;
        self.fail(SessionError::Diverged(Box::new(Divergence { session, position, cell, now, recorded, line: None })));
    }

    /// Returns the next event that is read again, past the beginnings of forks; `None` if there is none any more.
    pub(crate) fn next_recorded(&mut self) -> Result<Option<&Event>, StoreError> {
        while let Some(cursor) = &mut self.cursor {
            match cursor.peek()? {
                Some(Event::Opened(opened)) => {
                    let (seed, is_fork) = (opened.seed, opened.parent.is_some());
                    cursor.next()?;
                    self.random = RandomStream::new(seed, 0);
                    self.progress.reseed = is_fork;
                }
                Some(_) => break,
                None => self.cursor = None,
            }
        }
        match &mut self.cursor {
            Some(cursor) => cursor.peek(),
            None => Ok(None),
        }
    }

    /// Writes into the log, if this is no replay.
    fn write<T: Default>(&mut self, write: impl FnOnce(&mut Log) -> Result<T, StoreError>) -> Option<T> {
        let Some(log) = &mut self.log else { return Some(T::default()) };
        match write(log) {
            Ok(written) => Some(written),
            Err(error) => {
                self.fail(error);
                None
            }
        }
    }
}

/// The host of a session's sandbox.
pub(crate) struct SessionHost {
    shared: Shared,
    clocks: Clocks,
    /// Who answers what is not in the journal. A replay has none.
    live: Option<Box<dyn Host>>,
}

impl SessionHost {
    pub(crate) fn new(shared: Shared, live: Option<Box<dyn Host>>) -> Self {
        Self { shared, clocks: Clocks::default(), live }
    }
}

impl Host for SessionHost {
    fn call(&mut self, call: HostCall<'_>) -> Reply {
        // Programs look at a clock more often than at anything else: no more is done for that than has to be.
        if let (HostCall::Clock(clock), Some(live)) = (call, &mut self.live)
            && let Some(time) = self.clocks.read(clock, &mut **live)
        {
            if self.clocks.is_full() {
                self.clocks.write(&mut self.shared.lock());
            }
            return HostAnswer::Time(time).into();
        }
        let mut recorder = self.shared.lock();
        self.clocks.write(&mut recorder);
        if let (HostCall::Clock(clock), Some(live)) = (call, &mut self.live)
            && recorder.is_simply_live()
        {
            let reply = recorder.clock(clock, &mut **live);
            self.clocks.go_on(clock, &recorder);
            return reply;
        }
        self.clocks.stop();
        if let Some(live) = self.live.as_mut().filter(|_| recorder.is_closed) {
            drop(recorder);
            return live.call(call);
        }
        if recorder.fault.is_some() {
            return harmless(&call).into();
        }
        if recorder.cursor.is_some() {
            match recorder.replay(&call, self.live.as_deref_mut()) {
                Ok(Some(answer)) => {
                    recorder.progress.note(&call, &answer);
                    if let Err(error) = recorder.give_up() {
                        recorder.fail(error);
                    }
                    return answer.into();
                }
                Ok(None) => {}
                Err(error) => {
                    recorder.fail(error);
                    return harmless(&call).into();
                }
            }
        }
        match &mut self.live {
            Some(live) => recorder.ask(&self.shared, &mut **live, call),
            None => {
                // The recorded session was killed here.
                let session = recorder.session.clone();
                recorder.fail(SessionError::Abandoned(session));
                harmless(&call).into()
            }
        }
    }

    fn flush(&mut self) {
        if self.clocks.stop() {
            self.clocks.write(&mut self.shared.lock());
        }
    }

    fn next_interrupt(&mut self) -> Option<u64> {
        let mut recorder = self.shared.lock();
        let next = recorder.give_up().and_then(|()| match &mut recorder.cursor {
            Some(cursor) => cursor.next_interrupt(),
            None => Ok(None),
        });
        match next {
            Ok(checks) => checks,
            Err(error) => {
                recorder.fail(error);
                None
            }
        }
    }
}

/// A host that does nothing.
pub(crate) struct Nobody;

impl Host for Nobody {
    fn call(&mut self, call: HostCall<'_>) -> Reply {
        harmless(&call).into()
    }
}

/// An answer of the right kind for a cell that is about to be stopped.
fn harmless(call: &HostCall<'_>) -> HostAnswer {
    match call {
        HostCall::Clock(_) => HostAnswer::Time(0),
        HostCall::Random { length } => HostAnswer::Bytes(vec![0; *length as usize]),
        HostCall::Interrupt { due, .. } => HostAnswer::Interrupt(due.cloned()),
        HostCall::Output { .. } | HostCall::Start { .. } | HostCall::Cancel { .. } => HostAnswer::Done,
        HostCall::Input { .. } | HostCall::Wait { .. } | HostCall::Tool { .. } | HostCall::Help { .. } => {
            HostAnswer::Interrupted
        }
        HostCall::Mount(_) => HostAnswer::Interrupted,
    }
}

/// Why a call has no result that was on its way when a process ended.
fn interrupted() -> ToolFailure {
    ToolFailure::new(
        ToolFailureKind::Interrupted,
        "the session was interrupted during the call: it is not known how far it got",
    )
}
