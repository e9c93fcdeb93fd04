//! Asking somebody whether a call may be made.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use exuvia_core::ToolDeclaration;
use serde_json::Value as Json;

use crate::tool::Input;

/// Somebody who can be asked whether a call may be made. A closure that returns an [`ApprovalFuture`] is one.
///
/// A sandbox asks one question at a time. The time that an answer takes is not the call's: only the cell's limit ends it,
/// by dropping the future.
pub trait Approver: Send + Sync {
    /// Asks about a call.
    fn ask(&self, request: ApprovalRequest) -> ApprovalFuture;
}

impl<F: Fn(ApprovalRequest) -> ApprovalFuture + Send + Sync> Approver for F {
    fn ask(&self, request: ApprovalRequest) -> ApprovalFuture {
        self(request)
    }
}

/// An answer that comes later.
pub type ApprovalFuture = Pin<Box<dyn Future<Output = Approval> + Send>>;

/// A call that somebody has to agree to.
///
/// Everything in `arguments` is the guest's word: whoever shows it on a terminal escapes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovalRequest {
    /// What would be called.
    pub declaration: ToolDeclaration,
    /// What it would be called with, defaults filled in; of a text tool, the text.
    pub arguments: Json,
}

impl ApprovalRequest {
    pub(crate) fn new(declaration: &ToolDeclaration, input: &Input) -> Self {
        let arguments = match input {
            Input::Text(text) => Json::String(text.clone()),
            Input::Json(arguments) => arguments.clone(),
        };
        Self { declaration: declaration.clone(), arguments }
    }
}

/// What somebody says about a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval {
    /// It may be made.
    Once,
    /// It may be made, and so may each later call of this tool in this sandbox about which would be asked.
    Always,
    /// It may not be made, for this reason, which the program sees.
    Deny(String),
}

/// Asks; one who panics has not agreed.
pub(crate) async fn ask(approver: &dyn Approver, request: ApprovalRequest) -> Approval {
    let panicked = || Approval::Deny("whoever was asked panicked".to_owned());
    let Ok(mut answer) = catch_unwind(AssertUnwindSafe(|| approver.ask(request))) else { return panicked() };
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context))).unwrap_or_else(|_| Poll::Ready(panicked()))
    })
    .await
}
