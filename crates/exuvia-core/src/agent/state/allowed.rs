//! A budget that is given anew.

use std::sync::Arc;
use std::time::Duration;

use super::State;
use crate::agent::{Budget, Reason, Spent};

impl State {
    /// Gives the run another budget, of which only the time begins anew. One that its old budget has ended goes on, unless this
    /// one is used up, too.
    pub(super) fn allow(&mut self, at: i64, budget: Budget) {
        let Some(begun) = &mut self.begun else { return };
        Arc::make_mut(begun).budget = budget;
        self.since = at;
        let spent = Spent { time: Duration::ZERO, ..self.spent };
        if self.closing.is_none_or(|reason| !is_of_budget(reason)) || budget.exceeded(&spent).is_some() {
            return;
        }
        if self.ending.as_ref().is_none_or(|ending| is_of_budget(ending.reason)) {
            // What it has said for want of more is no answer.
            (self.closing, self.ending, self.concluded, self.report) = (None, None, None, None);
            self.finals.forget();
            self.is_allowed_more = true;
        }
    }
}

/// Returns whether a run ends for this reason since its budget is used up.
fn is_of_budget(reason: Reason) -> bool {
    matches!(reason, Reason::Steps | Reason::Tokens | Reason::Money | Reason::Time)
}
