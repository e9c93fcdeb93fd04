//! Calls of tools that run while the sandbox does something else.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use exuvia_core::{FinishedCall, ToolFailure, ToolFailureKind, ToolFuture};
use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::{FuturesUnordered, Stream as _};

/// How much the results hold together that no wait has told yet, in bytes. A sandbox that collects nothing is told
/// failures instead of what comes after that.
const KEPT_BYTES_MAX: usize = 512 << 20;

/// The calls that a sandbox has started, running or ended. Clones are the same calls.
#[derive(Clone, Default)]
pub(super) struct Background {
    calls: Arc<Mutex<Calls>>,
}

#[derive(Default)]
struct Calls {
    running: FuturesUnordered<Call>,
    /// What ends each of those that are running.
    handles: BTreeMap<u64, AbortHandle>,
    ended: Vec<FinishedCall>,
    kept_bytes: usize,
}

struct Call {
    number: u64,
    future: Abortable<ToolFuture>,
}

impl Background {
    /// Takes a call up and gives it a first push.
    pub(super) fn start(&self, number: u64, future: ToolFuture) {
        self.with(|calls| {
            let (handle, registration) = AbortHandle::new_pair();
            calls.handles.insert(number, handle);
            calls.running.push(Call { number, future: Abortable::new(future, registration) });
            calls.advance(&mut Context::from_waker(Waker::noop()));
        });
    }

    /// Drops a call, running or ended.
    pub(super) fn cancel(&self, number: u64) {
        self.with(|calls| {
            if let Some(handle) = calls.handles.remove(&number) {
                handle.abort();
                // It comes to attention, and is let go of.
                calls.advance(&mut Context::from_waker(Waker::noop()));
            } else if let Some(place) = calls.ended.iter().position(|finished| finished.call == number) {
                let finished = calls.ended.remove(place);
                calls.kept_bytes -= size(&finished);
            }
        });
    }

    /// Returns whether no call is running and none has ended untold.
    pub(super) fn is_empty(&self) -> bool {
        self.with(|calls| calls.running.is_empty() && calls.ended.is_empty())
    }

    /// Is ready as soon as calls have ended, with all that have; never while none has.
    pub(super) fn poll_ended(&self, context: &mut Context<'_>) -> Poll<Vec<FinishedCall>> {
        self.with(|calls| {
            calls.advance(context);
            if calls.ended.is_empty() {
                return Poll::Pending;
            }
            calls.kept_bytes = 0;
            Poll::Ready(std::mem::take(&mut calls.ended))
        })
    }

    fn with<R>(&self, act: impl FnOnce(&mut Calls) -> R) -> R {
        act(&mut self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Calls {
    /// Lets every call that can go on do so.
    fn advance(&mut self, context: &mut Context<'_>) {
        while let Poll::Ready(Some(finished)) = Pin::new(&mut self.running).poll_next(context) {
            let Some(mut finished) = finished else { continue };
            self.handles.remove(&finished.call);
            if self.kept_bytes.saturating_add(size(&finished)) > KEPT_BYTES_MAX {
                let message = format!("results that were not waited for hold more than {KEPT_BYTES_MAX} bytes");
                finished.outcome = Err(ToolFailure::new(ToolFailureKind::Limit, message));
            }
            self.kept_bytes += size(&finished);
            self.ended.push(finished);
        }
    }
}

impl Future for Call {
    type Output = Option<FinishedCall>;

    /// `None`: it was cancelled.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = Pin::new(&mut self.future).poll(context);
        outcome.map(|outcome| Some(FinishedCall { call: self.number, outcome: outcome.ok()? }))
    }
}

fn size(finished: &FinishedCall) -> usize {
    match &finished.outcome {
        Ok(text) => text.len(),
        Err(failure) => failure.message.len() + failure.hint.as_ref().map_or(0, String::len),
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, poll_fn, ready};

    use super::*;

    fn ended(background: &Background) -> Option<Vec<u64>> {
        match background.poll_ended(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(calls) => Some(calls.into_iter().map(|finished| finished.call).collect()),
            Poll::Pending => None,
        }
    }

    #[test]
    fn ends_are_told_in_their_order() {
        let background = Background::default();
        let gate = Arc::new(Mutex::new(false));
        let open = Arc::clone(&gate);
        background.start(
            1,
            Box::pin(poll_fn(
                move |_| if *open.lock().unwrap() { Poll::Ready(Ok(String::new())) } else { Poll::Pending },
            )),
        );
        background.start(2, Box::pin(ready(Ok("two".to_owned()))));
        background.start(3, Box::pin(ready(Ok("three".to_owned()))));
        assert_eq!(ended(&background), Some(vec![2, 3]));
        assert_eq!(ended(&background), None);
        assert!(!background.is_empty());
        *gate.lock().unwrap() = true;
        background.start(4, Box::pin(ready(Ok(String::new()))));
        background.cancel(4);
        background.cancel(1);
        assert_eq!(ended(&background), None);
        assert!(background.is_empty());
    }

    #[test]
    fn a_cancelled_call_is_dropped() {
        struct Guard(Arc<Mutex<bool>>);
        impl Drop for Guard {
            fn drop(&mut self) {
                *self.0.lock().unwrap() = true;
            }
        }
        let dropped = Arc::new(Mutex::new(false));
        let guard = Guard(Arc::clone(&dropped));
        let background = Background::default();
        background.start(
            1,
            Box::pin(async move {
                let _guard = guard;
                pending().await
            }),
        );
        assert!(!*dropped.lock().unwrap());
        background.cancel(1);
        assert!(*dropped.lock().unwrap());
    }

    #[test]
    fn a_cancelled_call_touches_no_other() {
        const COUNT: u64 = 1_000;
        let background = Background::default();
        let polled = Arc::new(Mutex::new(0));
        for call in 1..=COUNT {
            let polled = Arc::clone(&polled);
            background.start(
                call,
                Box::pin(poll_fn(move |_| {
                    *polled.lock().unwrap() += 1;
                    Poll::Pending
                })),
            );
        }
        let before = *polled.lock().unwrap();
        (1..=COUNT).for_each(|call| background.cancel(call));
        assert_eq!(*polled.lock().unwrap(), before);
        assert!(background.is_empty());
    }

    #[test]
    fn results_that_nobody_collects_are_bounded() {
        let background = Background::default();
        let large = "x".repeat(KEPT_BYTES_MAX / 2);
        for call in 1..=3 {
            background.start(call, Box::pin(ready(Ok(large.clone()))));
        }
        let Poll::Ready(calls) = background.poll_ended(&mut Context::from_waker(Waker::noop())) else {
            panic!("all have ended")
        };
        let kinds: Vec<_> =
            calls.into_iter().map(|finished| finished.outcome.map_err(|failure| failure.kind).is_ok()).collect();
        assert_eq!(kinds, [true, true, false]);
    }
}
