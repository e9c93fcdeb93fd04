//! What is done at the end of a task.

use std::io::{self, IsTerminal as _};

use anyhow::Result;
use exuvia_agent::Agent;
use exuvia_core::agent::{Ending, Reason};
use serde_json::Value as Json;

use super::CAME_TO_NOTHING;
use super::artifacts::{Kept, OutputFolder};
use super::view::View;
use crate::printable::printable_lines;
use crate::{exit, failure, output};

/// Tells the answer, and writes the files that belong to it. Returns the exit status.
pub(super) async fn conclude(
    agent: &mut Agent,
    ending: &Ending,
    view: &View,
    out: Option<&OutputFolder>,
) -> Result<u8> {
    let kept = match out {
        Some(OutputFolder { path, is_kept_to: true }) => Kept::in_folder(agent, ending, path).await,
        _ => Kept::in_sandbox(ending),
    };
    view.answer(ending, &kept);
    if !view.is_json() {
        let answer = match &ending.answer {
            Json::String(text) => text.clone(),
            value => serde_json::to_string_pretty(value)?,
        };
        if !answer.is_empty() {
            // It may be a program's word. Where a terminal would obey it, that is shown instead.
            let is_seen = io::stdout().is_terminal();
            let answer = if is_seen { printable_lines(answer.trim_end()) } else { answer.trim_end().into() };
            output::print(format!("{answer}\n").as_bytes());
        }
        if let Some(why) = why(ending.reason) {
            failure::complain(why.0, Some(why.1));
        }
    }
    if let Some(OutputFolder { path, is_kept_to: false }) = out
        && (!ending.artifacts.is_empty() || ending.report.is_some())
    {
        view.remark(&format!("nothing was written to `{}`: this agent changes nothing", path.display()));
    }
    for complaint in &kept.complaints {
        failure::complain(complaint, None);
    }
    if !kept.complaints.is_empty() {
        return Ok(exit::FAILURE);
    }
    Ok(match ending.reason {
        Reason::Done => 0,
        Reason::Steps | Reason::Tokens | Reason::Money | Reason::Time => exit::LIMIT,
        Reason::Loop | Reason::Idle => CAME_TO_NOTHING,
        Reason::Stopped => exit::INTERRUPTED,
    })
}

/// Says why a task ended before it was done, and what to do about it.
fn why(reason: Reason) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        Reason::Done => return None,
        Reason::Steps => ("the task ended at its limit of steps", "go on with --resume and more --steps"),
        Reason::Tokens => ("the task ended at its limit of tokens", "go on with --resume and more --tokens"),
        Reason::Money => ("the task ended at what it may cost", "go on with --resume and a larger --cost"),
        Reason::Time => ("the task ended at its limit of time", "go on with --resume and --time"),
        Reason::Loop => ("the task ended, for the model went in circles", "say more of how it can be done"),
        Reason::Idle => ("the task ended, for the model gave neither code nor an answer", "try another model"),
        Reason::Stopped => ("the task was ended", "go on with --fork"),
    })
}
