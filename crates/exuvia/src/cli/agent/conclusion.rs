//! What is done at the end of a task.

use std::path::Path;

use anyhow::Result;
use exuvia_agent::Agent;
use exuvia_core::agent::{Ending, Reason};
use serde_json::Value as Json;

use super::CAME_TO_NOTHING;
use super::view::View;
use crate::failure::{self, Failure};
use crate::{exit, output};

/// Where `--out` is in the sandbox: what is there is in that folder already.
const OUTPUT: &str = "/output/";

/// What a report is called in the folder of `--out`.
const REPORT: &str = "report.md";

/// Tells the answer, and writes the files that belong to it. Returns the exit status.
pub(super) fn conclude(agent: &mut Agent, ending: &Ending, view: &View, out: Option<&Path>) -> Result<u8> {
    let mut written = artifacts(agent, ending, out)?;
    if let (Some(report), Some(folder)) = (&ending.report, out) {
        let place = folder.join(REPORT);
        std::fs::write(&place, format!("{}\n", report.trim_end()))
            .map_err(|error| Failure::unreadable(&place, &error))?;
        written.push(place.display().to_string());
    }
    view.answer(ending, &written);
    if !view.is_json() {
        let answer = match &ending.answer {
            Json::String(text) => text.clone(),
            value => serde_json::to_string_pretty(value)?,
        };
        if !answer.is_empty() {
            output::print(format!("{}\n", answer.trim_end()).as_bytes());
        }
        if let Some(why) = why(ending.reason) {
            failure::complain(why.0, Some(why.1));
        }
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

/// Writes the files that belong to an answer into the folder of `--out`. Returns where each of them is.
fn artifacts(agent: &mut Agent, ending: &Ending, out: Option<&Path>) -> Result<Vec<String>> {
    let mut written = Vec::new();
    for path in &ending.artifacts {
        let name = path.strip_prefix(OUTPUT).unwrap_or_else(|| path.rsplit('/').next().unwrap_or(path));
        let Some(folder) = out else {
            written.push(path.clone());
            continue;
        };
        // What the program chose is a name in that folder, and nothing else.
        let is_plain = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !is_plain {
            return Err(Failure::new(format!("the artifact `{}` has no name for a file", path.escape_debug())).into());
        }
        let place = folder.join(name);
        if !path.starts_with(OUTPUT)
            && let Some(content) = agent.session().sandbox().read_file(path)
        {
            std::fs::write(&place, &content).map_err(|error| Failure::unreadable(&place, &error))?;
        }
        written.push(place.display().to_string());
    }
    Ok(written)
}
