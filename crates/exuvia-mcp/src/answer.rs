//! What a call is told: as text, as structured content, as pictures and links. All of it is bounded, and all of it is the
//! word of the program in the sandbox, but for what is said of limits and sessions.

mod media;
mod structured;
mod text;

use std::time::Duration;

use exuvia_core::Status;
use exuvia_core::journal::{Opened, SessionId};
use exuvia_core::observation::excerpt::{Room, cut};
use exuvia_core::observation::{Circumstances, Failure};
use exuvia_sandbox::FileEntry;
use rmcp::model::{CallToolResult, ContentBlock, ProtocolVersion, Resource};
use serde_json::json;

use crate::call::Ran;
use crate::resources;
use crate::sessions::Notice;

/// How much of what a cell prints is told, of stdout and stderr together.
const OUTPUT: Room = Room { head: 12 << 10, tail: 4 << 10 };
/// The same, in bytes.
pub(crate) const SHOWN_BYTES_MAX: usize = OUTPUT.head + OUTPUT.tail;
/// How much of a value's `repr` is told.
const VALUE: Room = Room { head: 6 << 10, tail: 2 << 10 };
/// How many files that a cell has made or changed are linked.
const LINKS_MAX: usize = 10;
/// The longest path of one that is linked, in bytes.
const LINK_PATH_BYTES_MAX: usize = 500;
/// How much of a script is told.
const SCRIPT: Room = Room { head: 48 << 10, tail: 16 << 10 };

/// What has to be known to tell what came of a cell.
pub(crate) struct Facts<'a> {
    pub(crate) session: &'a SessionId,
    /// How long a cell may take at most.
    pub(crate) timeout_max: Duration,
    /// What sessions begin with.
    pub(crate) offer: &'a Opened,
    /// The caller's sessions, where the cell has missed a name in a new one.
    pub(crate) others: Vec<SessionId>,
}

/// Tells what came of a cell.
pub(crate) fn ran(ran: &Ran, facts: &Facts<'_>) -> CallToolResult {
    let failure = failure(ran, facts);
    let media =
        ran.outcome.value.as_ref().map(|value| media::of(value, facts.session, ran.settled.cell)).unwrap_or_default();
    let mut content = vec![ContentBlock::text(text::of(ran, failure.as_ref(), &media, facts))];
    let structured = structured::of(ran, failure.as_ref(), facts);
    content.extend(media.blocks);
    content.extend(linked(ran).map(|file| ContentBlock::resource_link(resources::link(facts.session, file))));
    let mut result = if failure.is_some() { CallToolResult::error(content) } else { CallToolResult::success(content) };
    result.structured_content = Some(structured);
    result
}

/// Returns what went wrong in a cell, if something did.
fn failure(ran: &Ran, facts: &Facts<'_>) -> Option<Failure> {
    let more_time = format!("give the call a larger `timeout`, at most {} s", facts.timeout_max.as_secs_f64());
    let circumstances = Circumstances {
        limits: &facts.offer.limits,
        packages: &facts.offer.packages,
        more_time: Some(&more_time),
        is_undone: ran.settled.is_undone,
    };
    let mut failure = Failure::of(&ran.outcome, &circumstances)?;
    let others: Vec<&str> =
        facts.others.iter().map(|id| id.as_str()).filter(|id| *id != facts.session.as_str()).collect();
    if ran.crashes > 1
        && matches!(ran.outcome.status, Status::Stopped { .. })
        && let Some(hint) = &mut failure.hint
    {
        hint.push_str("; if more cells end like this, the tool `reset` begins the session again");
    }
    if failure.type_name == "NameError" && !others.is_empty() {
        let others = others.join(", ");
        failure.hint =
            Some(format!("this session is new; to go on with an earlier one, give its name as `session`: {others}"));
    }
    Some(failure)
}

/// Says what has become of a session since its last answer.
fn told(notice: &Notice) -> String {
    match notice {
        Notice::Interrupted { cell } => format!(
            "Cell {cell} was running when the server ended. It was interrupted; what it had done until then stands."
        ),
        Notice::Undone { cell } => format!(
            "Cell {cell} was running when the server ended. It was stopped and undone, variables and files too; what it had \
             done outside of the sandbox stands."
        ),
        Notice::Ended { cell } => {
            format!("Cell {cell} was running when the server ended. It has come to its end since.")
        }
        Notice::Exited { cell } => format!(
            "Cell {cell} ended its process. It was undone, variables and files too; what it had done outside of the sandbox \
             stands."
        ),
        Notice::Replaced { before } => {
            format!("Session {before} is not there any more: somebody has removed it. This is a new one.")
        }
    }
}

/// Tells that something was done with a session.
pub(crate) fn done(session: &SessionId, what: &str) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(format!("{what}\nsession: {session}"))]);
    result.structured_content = Some(json!({ "session": session }));
    result
}

/// Returns the files that are linked, of those that a cell has made or changed.
fn linked(ran: &Ran) -> impl Iterator<Item = &FileEntry> {
    ran.settled.files.iter().filter(|file| file.path.len() <= LINK_PATH_BYTES_MAX).take(LINKS_MAX)
}

/// Gives a script, or its beginning and its end, and where all of it is.
pub(crate) fn script(session: &SessionId, script: &str) -> CallToolResult {
    let uri = resources::Uri { session: session.to_string(), place: resources::Place::Script };
    let uri = uri.to_string();
    let cut = cut(script, SCRIPT);
    let text = match cut.left_out {
        0 => script.to_owned(),
        left_out => format!("{}# … {left_out} bytes left out: resource {uri} …\n{}", cut.head, cut.tail),
    };
    let link = Resource::new(&uri, "script.py").with_mime_type("text/x-python").with_size(script.len() as u64);
    let mut result = CallToolResult::success(vec![ContentBlock::text(text), ContentBlock::resource_link(link)]);
    result.structured_content =
        Some(json!({ "session": session, "script": (cut.left_out == 0).then_some(script), "uri": uri }));
    result
}

/// Leaves out of an answer what the revision of the protocol does not have that its client speaks: before 2025-06-18, links
/// to resources and structured content. Of a link, its URI is told.
pub(crate) fn as_known_in(revision: Option<&ProtocolVersion>, mut result: CallToolResult) -> CallToolResult {
    if revision.is_some_and(|revision| *revision < ProtocolVersion::V_2025_06_18) {
        result.structured_content = None;
        for block in &mut result.content {
            if let ContentBlock::ResourceLink(link) = block {
                *block = ContentBlock::text(format!("resource {}", link.uri));
            }
        }
    }
    result
}

/// Tells why nothing was run.
pub(crate) fn refusal(what: &str) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(what)]);
    result.structured_content = Some(json!({ "status": "refused", "error": { "message": what } }));
    result
}
