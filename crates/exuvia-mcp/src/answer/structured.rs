//! The answer as structured content: the same facts, for programs.

use exuvia_core::observation::Failure;
use exuvia_core::observation::excerpt::{Room, cut, shown};
use exuvia_core::{Status, Value as CellValue};
use serde_json::{Value, json};

use super::{Facts, VALUE};
use crate::call::Ran;
use crate::resources;

/// The longest JSON of a value that is told, in bytes.
const JSON_BYTES_MAX: usize = 4 << 10;
/// How much of the name of a type or of a file is told, in bytes.
const NAME_BYTES_MAX: usize = 200;
/// The longest line of source that is told, in bytes.
const SOURCE_BYTES_MAX: usize = 1_000;

/// Returns the structured content.
pub(super) fn of(ran: &Ran, failure: Option<&Failure>, facts: &Facts<'_>) -> Value {
    let outcome = &ran.outcome;
    let status = match outcome.status {
        Status::Finished => "finished",
        Status::Raised => "raised",
        Status::Exited { .. } => "exited",
        Status::Stopped { .. } => "stopped",
    };
    let [out, err] = super::OUTPUT.shared(outcome.stdout.len(), outcome.stderr.len());
    let files: Vec<Value> = super::linked(ran)
        .map(|file| json!({ "path": file.path, "bytes": file.bytes, "uri": resources::link(facts.session, file).uri }))
        .collect();
    let mut told = json!({
        "session": facts.session,
        "cell": ran.settled.cell,
        "status": status,
        "undone": ran.settled.is_undone,
        "stdout": text(&outcome.stdout, out),
        "stderr": text(&outcome.stderr, err),
        "truncated": outcome.stdout.len() + outcome.stderr.len() > super::SHOWN_BYTES_MAX,
        "whole_output": ran.settled.whole,
        "value": outcome.value.as_ref().map(value),
        "error": failure.map(error),
        "files": files,
        "files_count": ran.settled.files.len(),
        "seconds": outcome.usage.wall_time.as_secs_f64(),
        "memory_bytes": outcome.usage.memory_bytes,
    });
    if let Some(notice) = &ran.notice {
        told["notice"] = super::told(notice).into();
    }
    told
}

fn value(value: &CellValue) -> Value {
    let json = value.json.as_ref().filter(|json| json.to_string().len() <= JSON_BYTES_MAX);
    let mut told = json!({ "type": shown(&value.type_name, NAME_BYTES_MAX), "repr": text(&value.repr, VALUE) });
    if let Some(json) = json {
        told["json"] = json.clone();
    }
    told
}

fn error(failure: &Failure) -> Value {
    let place = failure.last();
    json!({
        "type": failure.type_name,
        "message": failure.message,
        "file": place.map(|frame| shown(&frame.file, NAME_BYTES_MAX)),
        "line": place.and_then(|frame| frame.line),
        "column": place.and_then(|frame| frame.column),
        "end_line": place.and_then(|frame| frame.end_line),
        "end_column": place.and_then(|frame| frame.end_column),
        "source": place.and_then(|frame| frame.source.as_deref()).map(|source| shown(source, SOURCE_BYTES_MAX)),
        "hint": failure.hint,
    })
}

/// Returns a text, without its middle if it is long.
fn text(from: &str, room: Room) -> String {
    let cut = cut(from, room);
    match cut.left_out {
        0 => cut.head.to_owned(),
        left_out => format!("{}\n… {left_out} bytes left out …\n{}", cut.head, cut.tail),
    }
}
