//! A future whose processor time is counted.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use crate::interrupts::Gate;

/// Tells the gate when it is polled and when no more.
pub(super) struct Metered<'a, F> {
    gate: &'a Arc<Gate>,
    future: Pin<Box<F>>,
}

impl<'a, F> Metered<'a, F> {
    pub(super) fn new(gate: &'a Arc<Gate>, future: F) -> Self {
        Self { gate, future: Box::pin(future) }
    }
}

impl<F: Future> Future for Metered<'_, F> {
    type Output = F::Output;

    #[expect(clippy::disallowed_methods, reason = "limits are about real time")]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.gate.poll_begins(Instant::now());
        let result = self.future.as_mut().poll(context);
        self.gate.poll_ends(Instant::now());
        result
    }
}
