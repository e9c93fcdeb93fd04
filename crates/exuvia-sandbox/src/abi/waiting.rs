//! Waiting for the host's answer, which an interrupt may cut short.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use exuvia_core::{HostAnswer, HostCall, Reply};

use crate::guest::Guest;

/// Asks the host and waits for its answer. Gives [`HostAnswer::Interrupted`] as soon as an interrupt is due; if the
/// sandbox is to be stopped, the gate sees to that when the caller returns to the guest.
pub(crate) async fn call(guest: &mut Guest, call: HostCall<'_>) -> wasmtime::Result<HostAnswer> {
    match guest.call_later(call) {
        Reply::Now(answer) => Ok(answer),
        Reply::Later(future) => {
            let gate = std::sync::Arc::clone(&guest.gate);
            let mut future = pin!(future);
            let answer = poll_fn(|context| {
                if let Poll::Ready(answer) = future.as_mut().poll(context) {
                    return Poll::Ready(answer);
                }
                gate.poll_interrupted(context).map(|()| HostAnswer::Interrupted)
            });
            Ok(answer.await)
        }
    }
}
