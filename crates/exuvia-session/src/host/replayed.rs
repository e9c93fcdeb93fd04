//! Answers from the journal.

use exuvia_core::journal::{Event, StoreError};
use exuvia_core::recording::Asked;
use exuvia_core::{Host, HostAnswer, HostCall, Interrupt, Stream};

use super::Recorder;
use crate::divergence::Deed;

impl Recorder {
    /// Answers a call as it was answered then. `None`: there is no answer any more.
    ///
    /// `live` is who prints what was not printed then.
    pub(super) fn replay(
        &mut self,
        call: &HostCall<'_>,
        live: Option<&mut (dyn Host + 'static)>,
    ) -> Result<Option<HostAnswer>, StoreError> {
        let Some(recorded) = self.next_recorded()? else { return Ok(None) };
        let answer = match (call, recorded) {
            (HostCall::Interrupt { checks, .. }, recorded) => {
                let interrupt = match recorded {
                    Event::Interrupted { checks: then, interrupt } if then == checks => Some(interrupt.clone()),
                    _ => None,
                };
                return self.interrupt(interrupt).map(Some);
            }
            (HostCall::Clock(clock), _) => match self.cursor.as_mut().map(|cursor| cursor.read_clock(*clock)) {
                Some(reading) => reading?.map(HostAnswer::Time),
                None => None,
            },
            (HostCall::Random { length }, _) => match self.cursor.as_mut().map(|cursor| cursor.draw(*length)) {
                Some(drawn) => drawn?.then(|| HostAnswer::Bytes(self.random.draw(*length))),
                None => None,
            },
            (HostCall::Output { stream, bytes }, Event::Output { stream: then_to, bytes: then })
                if stream == then_to && bytes == then =>
            {
                self.show(*stream, bytes, live)?;
                Some(HostAnswer::Done)
            }
            (_, Event::Call { asked, answer }) if *asked == Asked::from(*call) => {
                let answer = answer.clone();
                self.pass()?;
                Some(answer)
            }
            (_, Event::Asked { asked }) if *asked == Asked::from(*call) => return self.answer_act(call),
            _ => None,
        };
        if answer.is_none() {
            self.diverge(Deed::Asked(Asked::from(*call)));
            return Ok(Some(super::harmless(call)));
        }
        Ok(answer)
    }

    /// Takes an act and its answer. `None`: it was asked and not answered, and there is nothing after it.
    fn answer_act(&mut self, call: &HostCall<'_>) -> Result<Option<HostAnswer>, StoreError> {
        let asked = self.pass()?;
        match self.next_recorded()? {
            Some(Event::Answered { asked: then, answer }) if Some(*then) == asked => {
                let answer = answer.clone();
                self.pass()?;
                Ok(Some(answer))
            }
            None => {
                self.question = asked;
                Ok(None)
            }
            Some(_) => {
                self.diverge(Deed::Asked(Asked::from(*call)));
                Ok(Some(super::harmless(call)))
            }
        }
    }

    fn interrupt(&mut self, interrupt: Option<Interrupt>) -> Result<HostAnswer, StoreError> {
        if interrupt.is_some() {
            self.pass()?;
        }
        Ok(HostAnswer::Interrupt(interrupt))
    }

    /// Shows output that is in the journal, if it has not been shown.
    fn show(
        &mut self,
        stream: Stream,
        bytes: &[u8],
        live: Option<&mut (dyn Host + 'static)>,
    ) -> Result<(), StoreError> {
        let place = self.cursor.as_mut().map(|cursor| cursor.place()).transpose()?;
        self.pass()?;
        if let Some(sink) = &mut self.sink {
            sink(stream, bytes);
            return Ok(());
        }
        let (Some(live), Some((session, position))) = (live, place) else { return Ok(()) };
        let is_own = session == self.session;
        if self.print_all || is_own && position >= self.printed {
            live.call(HostCall::Output { stream, bytes });
            if is_own && let Some(log) = &mut self.log {
                log.printed_before(position + 1)?;
            }
        }
        Ok(())
    }

    /// Passes an event. Returns its position.
    fn pass(&mut self) -> Result<Option<u64>, StoreError> {
        match &mut self.cursor {
            Some(cursor) => Ok(cursor.next()?.map(|(position, _)| position)),
            None => Ok(None),
        }
    }
}
