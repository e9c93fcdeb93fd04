//! What an agent may use, and what it has used.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::entry::Reason;
use super::message::Tokens;

/// What a run may use. A run that has used it up is asked once more for what it has, and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Budget {
    /// How often the model is asked. Default: 50.
    pub steps: u32,
    /// How many tokens go to and fro, cached ones included. Default: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// What it may cost, in millionths of a dollar, as far as prices are known. Default: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub micro_dollars: Option<u64>,
    /// How long it may take from its beginning, or from where it was [allowed](super::Entry::Allowed) more, time in which
    /// nobody works on it included. A cell or a request that is under way then is cut short; a minute is left for what the
    /// model says last. Default: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Duration>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { steps: 50, tokens: None, micro_dollars: None, time: None }
    }
}

/// What a run has used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// How often the model has answered.
    pub steps: u32,
    /// What it used.
    pub tokens: Tokens,
    /// What that cost, in millionths of a dollar, as far as prices are known.
    pub micro_dollars: u64,
    /// How long ago it began.
    pub time: Duration,
    /// How long its cells have run.
    pub cell_time: Duration,
}

/// What is left of a budget that a run shares with others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SharedRest {
    /// Something, or it shares none.
    #[default]
    Some,
    /// Nothing, for this reason: it may still answer.
    UsedUp(Reason),
    /// So much less than nothing that it may not even do that.
    Overdrawn(Reason),
}

impl Budget {
    /// Returns which part of it is used up, if one is.
    #[must_use]
    pub fn exceeded(&self, spent: &Spent) -> Option<Reason> {
        let is_over = |limit: Option<u64>, used: u64| limit.is_some_and(|limit| used >= limit);
        if spent.steps >= self.steps {
            return Some(Reason::Steps);
        }
        if is_over(self.tokens, spent.tokens.all()) {
            return Some(Reason::Tokens);
        }
        if is_over(self.micro_dollars, spent.micro_dollars) {
            return Some(Reason::Money);
        }
        self.time.is_some_and(|limit| spent.time >= limit).then_some(Reason::Time)
    }
}
