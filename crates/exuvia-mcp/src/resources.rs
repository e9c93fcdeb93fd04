//! Resources: the files of sessions, and what their cells gave.
//!
//! Files are those of the sandbox itself: what is mounted is its owner's, and a client has no right to it but through
//! Python. What cells gave comes from the journal, so it is there whether the session is awake or not.

mod uri;

use std::ops::ControlFlow;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use exuvia_core::journal::SessionId;
use exuvia_core::observation::excerpt::shown;
use exuvia_sandbox::FileEntry;
use exuvia_session::{RecordedCell, cells};
use rmcp::model::{
    CacheScope, ErrorData, ListResourceTemplatesResult, ListResourcesResult, ReadResourceResult, Resource,
    ResourceContents, ResourceTemplate,
};
use serde_json::json;

use crate::desk::computing;
use crate::refusal::Refusal;
use crate::script;
use crate::server::Connection;
use crate::sessions::{Sessions, Slot, Visit, awake};
use uri::TEMPLATES;
pub(crate) use uri::{Part, Place, Uri};

/// How many resources are listed at a time.
const PAGE: usize = 100;
/// The largest resource that is read, in bytes, unless a cell may print more.
const BYTES_MAX: usize = 8 << 20;
/// The largest one however much a cell may print.
const BYTES_MOST: usize = 64 << 20;
/// The longest URI that is shown to somebody who asks for what is not there, in bytes.
const URI_SHOWN_MAX: usize = 200;
/// What a page's cursor is refused with.
pub(crate) const CURSOR: &str = "the cursor is none that was given";

/// Returns the media type of a file, by how its name ends.
pub(crate) fn media_type(path: &str) -> Option<&'static str> {
    let (_, end) = path.rsplit_once('.')?;
    Some(match end.to_ascii_lowercase().as_str() {
        "txt" | "log" => "text/plain",
        "md" => "text/markdown",
        "csv" => "text/csv",
        "html" => "text/html",
        "py" => "text/x-python",
        "json" => "application/json",
        "xml" => "application/xml",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}

/// Returns how all resources are named.
pub(crate) fn templates() -> ListResourceTemplatesResult {
    let template =
        |(uri, name, description): (&str, &str, &str)| ResourceTemplate::new(uri, name).with_description(description);
    ListResourceTemplatesResult::with_all_items(TEMPLATES.into_iter().map(template).collect())
}

/// Lists the files of a tenant's sessions that this process has had, a page at a time. One in which a cell runs is left out.
pub(crate) async fn list(connection: &Connection, cursor: Option<&str>) -> Result<ListResourcesResult, ErrorData> {
    let after = match cursor {
        Some(cursor) => Some(cursor.parse::<Uri>().map_err(|()| ErrorData::invalid_params(CURSOR, None))?),
        None => None,
    };
    let mut found = Vec::new();
    for session in connection.sessions.of(&connection.tenant) {
        let is_passed = after.as_ref().is_some_and(|after| session.as_str() < after.session.as_str());
        if is_passed || found.len() > PAGE {
            continue;
        }
        let Some(files) = connection.sessions.files(&connection.tenant, &session).await else { continue };
        let is_in = after.as_ref().filter(|after| session.as_str() == after.session);
        found.extend(of(&session, files, is_in));
    }
    let mut result = ListResourcesResult::with_all_items(Vec::new());
    if found.len() > PAGE {
        found.truncate(PAGE);
        result.next_cursor = found.last().map(|resource| resource.uri.clone());
    }
    result.resources = found;
    Ok(result.with_ttl_ms(0).with_cache_scope(CacheScope::Private))
}

/// Returns the resources of a session that come after one of them: its script, and then its files by path.
fn of(session: &SessionId, mut files: Vec<FileEntry>, after: Option<&Uri>) -> Vec<Resource> {
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let uri = |place| Uri { session: session.to_string(), place };
    let script = Resource::new(uri(Place::Script).to_string(), "script.py").with_mime_type("text/x-python");
    let script = after.is_none().then_some(script);
    let files = files.into_iter().filter(|file| match after.map(|after| &after.place) {
        Some(Place::File(last)) => file.path > *last,
        _ => true,
    });
    let files = files.map(|file| link(session, &file));
    script.into_iter().chain(files).take(PAGE + 1).collect()
}

/// Returns the resource of a file.
pub(crate) fn link(session: &SessionId, file: &FileEntry) -> Resource {
    let uri = Uri { session: session.to_string(), place: Place::File(file.path.clone()) };
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    let resource = Resource::new(uri.to_string(), name).with_size(file.bytes);
    match media_type(&file.path) {
        Some(media_type) => resource.with_mime_type(media_type),
        None => resource,
    }
}

/// Reads a resource.
pub(crate) async fn read(connection: &Arc<Connection>, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let missing = |why: &str| {
        let shown = shown(uri, URI_SHOWN_MAX);
        ErrorData::resource_not_found(format!("there is no `{shown}`{why}"), Some(json!({ "uri": shown })))
    };
    let Ok(wanted) = uri.parse::<Uri>() else { return Err(missing("")) };
    let sessions = &connection.sessions;
    let visit = sessions.find(&connection.tenant, &wanted.session).await;
    // Whether it is not there or somebody else's is the same to everybody.
    let visit = visit.map_err(|_| missing(""))?;
    // What a cell has printed can be read, too.
    let output_bytes = usize::try_from(sessions.offer().await.limits.output_bytes).unwrap_or(usize::MAX);
    let bytes_max = output_bytes.clamp(BYTES_MAX, BYTES_MOST);
    let found = match wanted.place {
        Place::File(path) => file(sessions, visit, path, bytes_max).await,
        Place::Part { cell, part } => self::part(sessions, &visit, cell, part).await,
        Place::Script => {
            script::of(sessions, &visit).await.map(|text| Some(Found::whole(text.into_bytes(), Some("text/x-python"))))
        }
    };
    match found {
        Ok(Some(found)) if found.bytes_count > bytes_max as u64 => {
            Err(missing(&format!(" of at most {bytes_max} bytes: it has {}", found.bytes_count)))
        }
        Ok(Some(found)) => {
            let contents = found.content.told(uri);
            Ok(ReadResourceResult::new(vec![contents]).with_ttl_ms(0).with_cache_scope(CacheScope::Private))
        }
        Ok(None) => Err(missing("")),
        Err(error) => Err(ErrorData::internal_error(error.to_string(), None)),
    }
}

/// A resource that is there.
struct Found {
    bytes_count: u64,
    /// Empty if it is larger than what is read.
    content: Content,
}

impl Found {
    fn whole(bytes: Vec<u8>, media_type: Option<&'static str>) -> Self {
        Self { bytes_count: bytes.len() as u64, content: Content { bytes, media_type } }
    }
}

/// What a resource holds.
struct Content {
    bytes: Vec<u8>,
    media_type: Option<&'static str>,
}

impl Content {
    fn told(self, uri: &str) -> ResourceContents {
        let contents = match String::from_utf8(self.bytes) {
            Ok(text) => ResourceContents::text(text, uri),
            Err(error) => ResourceContents::blob(BASE64.encode(error.into_bytes()), uri),
        };
        match self.media_type {
            Some(media_type) => contents.with_mime_type(media_type),
            None => contents,
        }
    }
}

/// Reads a file, in the session's turn.
async fn file(
    sessions: &Arc<Sessions>,
    visit: Visit,
    path: String,
    bytes_max: usize,
) -> Result<Option<Found>, Refusal> {
    let sessions = Arc::clone(sessions);
    crate::call::detached(async move {
        let mut turn = visit.turn().await?;
        sessions.wake(&visit, &mut turn).await?;
        let sandbox = awake(&mut turn).session.sandbox();
        let Some(bytes_count) = sandbox.file_bytes(&path) else { return Ok(None) };
        let media_type = media_type(&path);
        if bytes_count > bytes_max as u64 {
            return Ok(Some(Found { bytes_count, content: Content { bytes: Vec::new(), media_type } }));
        }
        let bytes = sandbox.read_file_within(&path, bytes_max as u64);
        Ok(bytes.map(|bytes| Found::whole(bytes.to_vec(), media_type)))
    })
    .await
}

/// Reads what a cell gave, from the journal.
async fn part(sessions: &Sessions, slot: &Slot, number: u32, part: Part) -> Result<Option<Found>, Refusal> {
    let (store, session) = (sessions.store().await, slot.id().clone());
    let found = computing(move || async move {
        let mut found = None;
        let read = cells(&store, &session, |cell| {
            if cell.number == number {
                found = Some(cell);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        read.await.map(|()| found)
    })
    .await?;
    let bytes = found.and_then(|cell| bytes(cell, part));
    Ok(bytes.map(|bytes| Found::whole(bytes, Some(part.media_type()))))
}

fn bytes(cell: RecordedCell, part: Part) -> Option<Vec<u8>> {
    let value = cell.outcome.value;
    Some(match part {
        Part::Stdout => cell.stdout,
        Part::Stderr => cell.stderr,
        Part::Value => value?.repr.into_bytes(),
        Part::Rich(media_type) => match value?.rich.remove(media_type)? {
            serde_json::Value::String(text) if is_base64(media_type) => BASE64.decode(text).ok()?,
            serde_json::Value::String(text) => text.into_bytes(),
            other => other.to_string().into_bytes(),
        },
    })
}

/// Returns whether values of a media type are in base64.
pub(crate) fn is_base64(media_type: &str) -> bool {
    media_type.starts_with("image/") && media_type != "image/svg+xml"
}
