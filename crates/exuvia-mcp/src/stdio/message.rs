//! What a line says.

use rmcp::model::{ClientJsonRpcMessage, ErrorData, RequestId, ServerJsonRpcMessage};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// What a line says.
#[derive(Debug)]
pub(super) enum Message {
    Message(Box<ClientJsonRpcMessage>),
    /// Nobody waits for an answer.
    Nothing,
    /// It is no message: this is the answer.
    Wrong(Box<ServerJsonRpcMessage>),
}

/// What can be read of something that is no message.
#[derive(Deserialize)]
struct Rest {
    #[serde(default)]
    id: Option<serde_json::Value>,
    #[serde(default)]
    method: Option<serde_json::Value>,
}

/// Reads a line.
pub(super) fn read(line: &[u8]) -> Message {
    if line.trim_ascii().is_empty() {
        return Message::Nothing;
    }
    let error = match serde_json::from_slice(line) {
        Ok(message) => return Message::Message(Box::new(message)),
        Err(error) => error,
    };
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(line) {
        return wrong(ErrorData::parse_error(format!("the line is no JSON: {error}"), None), None);
    }
    if line.trim_ascii_start().starts_with(b"[") {
        return wrong(ErrorData::invalid_request("batches are not taken: send one message a line", None), None);
    }
    let Ok(Rest { id, method }) = serde_json::from_slice(line) else {
        return wrong(ErrorData::invalid_request(format!("the line is no message: {error}"), None), None);
    };
    let is_notification = id.is_none() && method.as_ref().is_some_and(serde_json::Value::is_string);
    if is_notification {
        // It cannot be read, and must not be answered.
        return Message::Nothing;
    }
    let id = id.and_then(|id| serde_json::from_value::<RequestId>(id).ok());
    wrong(ErrorData::invalid_request(format!("the line is no message: {error}"), None), id)
}

/// Answers a line that is too long.
pub(super) fn too_long(length_max: usize) -> Message {
    let what = format!("the line is longer than {length_max} bytes, the limit");
    wrong(ErrorData::invalid_request(what, None), None)
}

fn wrong(error: ErrorData, id: Option<RequestId>) -> Message {
    Message::Wrong(Box::new(ServerJsonRpcMessage::error(error, id)))
}
