//! What a model is told of a conversation that was left out, beside what it has summed up itself.

use exuvia_core::agent::{Attempt, FileNote, State};
use exuvia_core::observation::excerpt::shown;
use serde_json::{Value as Json, json};

use super::context::size;
use super::{ITEM_BYTES_MAX, ITEMS_MAX};

/// How many notes, failed attempts, files and words of the person's are told: the last ones.
const NOTES_MAX: usize = 50;
const ATTEMPTS_MAX: usize = 20;
const FILES_MAX: usize = 50;
const WORDS_MAX: usize = 20;
/// How much of each note, and of what the person has said at a time, in bytes.
const TEXT_BYTES_MAX: usize = 2_000;

/// Returns what the template is filled in with.
pub(super) fn of(state: &State, summary: &str) -> Json {
    let list: Vec<_> = state.list().iter().take(ITEMS_MAX).map(|item| shown(item, ITEM_BYTES_MAX)).collect();
    let notes: Vec<_> = last(state.notes(), NOTES_MAX).map(|note| shown(note, TEXT_BYTES_MAX)).collect();
    let attempts: Vec<Json> = last(state.attempts(), ATTEMPTS_MAX).map(attempt).collect();
    let files: Vec<FileNote> = state.files().collect();
    let said: Vec<&str> = state.words().collect();
    let said: Vec<_> = last(&said, WORDS_MAX).map(|text| shown(text, TEXT_BYTES_MAX)).collect();
    let more = files.len().saturating_sub(FILES_MAX);
    let files: Vec<Json> = last(&files, FILES_MAX)
        .map(|file| json!({ "path": shown(&file.path, ITEM_BYTES_MAX), "size": size(file.bytes) }))
        .collect();
    json!({
        "summary": !summary.is_empty(),
        "said": said,
        "list": list,
        "notes": notes,
        "attempts": attempts,
        "files": files,
        "more_files": more,
    })
}

fn attempt(attempt: &Attempt) -> Json {
    let code = Json::from(attempt.code.as_str()).to_string();
    json!({ "cell": attempt.cell, "code": code, "reason": attempt.reason, "times": attempt.times })
}

fn last<T>(all: &[T], count_max: usize) -> impl Iterator<Item = &T> {
    all[all.len().saturating_sub(count_max)..].iter()
}
