//! What an agent shares with its subagents: the rest of its budget.
//!
//! While a cell of the caller runs, all of its subagents draw from one account, and each reply counts there at once. Whether
//! there is something left is looked up before a model is asked; what follows from that is written into the subagent's own
//! journal, so that it needs no account to be resumed or replayed.

use exuvia_core::agent::{Budget, SharedRest, Spent, Tokens};

use super::Subagents;

/// Of a budget that is used up, this part may be used beyond it, for last answers: one in five.
const BEYOND: u64 = 5;
/// How many bills are kept at a time: as many subagents as a sandbox may call, over and over, come to fewer.
const BILLS_MAX: usize = 10_000;

/// What subagents may use together, what they have used of it, and what of that is not written down yet.
#[derive(Debug, Default)]
pub(super) struct Account {
    left: Budget,
    used: Used,
    bills: Vec<Bill>,
}

/// Tokens, and what they cost, in millionths of a dollar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Used {
    tokens: Tokens,
    micro_dollars: u64,
}

/// What one subagent has used of its model.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bill {
    pub(crate) model: String,
    pub(crate) tokens: Tokens,
    /// What that cost, reply by reply, if its price is known.
    pub(crate) micro_dollars: Option<u64>,
}

impl Account {
    /// Begins anew with what may be used.
    pub(super) fn open(&mut self, left: Budget) {
        (self.left, self.used) = (left, Used::default());
    }

    /// Returns what is left, for one that has so many steps; `None`: nothing.
    pub(super) fn left(&self, steps: u32) -> Option<Budget> {
        let minus = |left: Option<u64>, used: u64| left.map(|left| left.saturating_sub(used));
        let budget = Budget {
            steps,
            tokens: minus(self.left.tokens, self.used.tokens.all()),
            micro_dollars: minus(self.left.micro_dollars, self.used.micro_dollars),
            time: self.left.time,
        };
        (budget.tokens != Some(0) && budget.micro_dollars != Some(0)).then_some(budget)
    }

    fn rest(&self) -> SharedRest {
        let Used { tokens, micro_dollars } = self.used;
        let spent = Spent { tokens, micro_dollars, ..Spent::default() };
        let more = |limit: u64| limit.saturating_add(limit / BEYOND);
        let limit = Budget { steps: u32::MAX, time: None, ..self.left };
        let beyond = Budget { tokens: limit.tokens.map(more), micro_dollars: limit.micro_dollars.map(more), ..limit };
        match (limit.exceeded(&spent), beyond.exceeded(&spent)) {
            (None, _) => SharedRest::Some,
            (Some(reason), None) => SharedRest::UsedUp(reason),
            (_, Some(reason)) => SharedRest::Overdrawn(reason),
        }
    }
}

impl Used {
    fn of(spent: &Spent) -> Self {
        Self { tokens: spent.tokens, micro_dollars: spent.micro_dollars }
    }

    /// Adds what has come to a sum since it was this.
    fn add_since(&mut self, before: Self, sum: Self) {
        let since = |sum: u64, before: u64| sum.saturating_sub(before);
        let (now, was) = (sum.tokens, before.tokens);
        self.tokens.add(Tokens {
            fresh: since(now.fresh, was.fresh),
            cached: since(now.cached, was.cached),
            kept: since(now.kept, was.kept),
            output: since(now.output, was.output),
        });
        self.micro_dollars = self.micro_dollars.saturating_add(since(sum.micro_dollars, before.micro_dollars));
    }
}

/// A subagent's share in the account. When it is dropped, what was used is put on a bill, whatever became of the subagent.
pub(crate) struct Share {
    subagents: Subagents,
    model: String,
    /// What was noted of it up to now.
    noted: Used,
}

impl Share {
    pub(super) fn new(subagents: &Subagents, model: &str) -> Self {
        Self { subagents: subagents.clone(), model: model.to_owned(), noted: Used::default() }
    }

    /// Notes what a subagent has used in all, and returns what is left for it and the others.
    pub(crate) fn note(&mut self, spent: &Spent) -> SharedRest {
        let used = Used::of(spent);
        let account = &mut self.subagents.office().account;
        account.used.add_since(self.noted, used);
        self.noted = used;
        account.rest()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let Used { tokens, micro_dollars } = self.noted;
        if tokens == Tokens::default() {
            return;
        }
        let micro_dollars = (micro_dollars > 0).then_some(micro_dollars);
        let bills = &mut self.subagents.office().account.bills;
        if bills.len() < BILLS_MAX {
            bills.push(Bill { model: std::mem::take(&mut self.model), tokens, micro_dollars });
        }
    }
}

impl Subagents {
    /// Returns what subagents have used that has ended since this was asked last.
    pub(crate) fn bills(&self) -> Vec<Bill> {
        std::mem::take(&mut self.office().account.bills)
    }
}
