//! What a call is told.

use exuvia_core::Outcome;
use exuvia_core::journal::SessionId;
use rmcp::model::{CallToolResult, ContentBlock};

/// Tells what came of a cell.
pub(crate) fn outcome(session: &SessionId, cell: u32, outcome: &Outcome) -> CallToolResult {
    let mut text = format!("{}{}", outcome.stdout, outcome.stderr);
    if let Some(value) = &outcome.value {
        text.push_str(&value.repr);
        text.push('\n');
    }
    if let Some(error) = &outcome.error {
        text.push_str(&error.traceback);
    }
    text.push_str(&format!("session: {session} · cell {cell}"));
    let content = vec![ContentBlock::text(text)];
    if outcome.error.is_some() { CallToolResult::error(content) } else { CallToolResult::success(content) }
}

/// Tells why nothing was run.
pub(crate) fn refusal(what: &str) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(what)])
}
