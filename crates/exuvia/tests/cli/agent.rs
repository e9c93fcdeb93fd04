//! `exuvia agent`, with scripted models: tasks on data that changes, models that misbehave, processes that are killed.

mod artifacts;
mod bounds;
mod compaction;
mod costs;
mod export;
mod inference;
mod inputs;
mod lives;
mod manual;
mod models;
mod replies;
mod settings;
mod skills;
mod subagents;
mod tasks;
mod told;

use serde_json::Value as Json;

use super::recorded::Place;
use crate::{Run, run};

/// Writes a script of replies, each of them TOML.
fn script(place: &Place, name: &str, replies: &[&str]) -> String {
    let text: String = replies.iter().map(|reply| format!("[[reply]]\n{reply}\n")).collect();
    place.write(&format!("{name}.toml"), &text);
    format!("scripted/{name}.toml")
}

/// Runs an agent on a task with a script.
fn agent(place: &Place, replies: &[&str], options: &[&str]) -> Run {
    let model = script(place, "script", replies);
    run(&mut place.command(&[&["agent", "do it", "--model", &model], options].concat()), b"")
}

/// Runs an agent, and returns its exit status and its answer.
fn answer(place: &Place, replies: &[&str], options: &[&str]) -> (i32, Json) {
    let run = agent(place, replies, &[options, &["--json"]].concat());
    (run.status, events(&run.stdout).pop().map(|event| event["answer"].clone()).unwrap_or_default())
}

/// Returns what `--json` has told.
fn events(lines: &str) -> Vec<Json> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns what a model was told, in order, of what `--json` has told.
fn told(lines: &str) -> Vec<String> {
    let said = events(lines).into_iter().filter(|event| event["event"] == "said");
    said.flat_map(|event| event["message"]["parts"].as_array().cloned().unwrap_or_default())
        .filter_map(|part| Some(part["text"].as_str()?.to_owned()))
        .collect()
}
