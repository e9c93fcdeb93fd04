//! What can be told of a message before it is understood, and refusals in the words of JSON-RPC.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// The text was no JSON. These are numbers of JSON-RPC 2.0, section 5.1.
const PARSE_ERROR: i64 = -32700;
/// It was no message, or not one for this place and time.
const INVALID_REQUEST: i64 = -32600;

/// What a message says of itself.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    method: Value,
}

impl Envelope {
    /// Reads what is the same in all messages.
    pub(super) fn read(message: &[u8]) -> Result<Self, Refusal> {
        let refuse = |code, message: String| Refusal { code, ..Refusal::new(StatusCode::BAD_REQUEST, message) };
        // A list would be read as the fields in turn.
        if message.trim_ascii_start().starts_with(b"[") {
            return match serde_json::from_slice::<serde::de::IgnoredAny>(message) {
                Ok(_) => Err(refuse(INVALID_REQUEST, "a batch: send one message at a time".to_owned())),
                Err(error) => Err(refuse(PARSE_ERROR, format!("not JSON: {error}"))),
            };
        }
        serde_json::from_slice(message).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => refuse(INVALID_REQUEST, "not a message of JSON-RPC 2.0".to_owned()),
            _ => refuse(PARSE_ERROR, format!("not JSON: {error}")),
        })
    }

    /// Whether a connection of an older revision begins with it.
    pub(super) fn is_initialize(&self) -> bool {
        self.method == "initialize"
    }

    /// The number or text by which an answer says what it answers.
    pub(super) fn into_id(self) -> Option<Value> {
        Some(self.id).filter(|id| id.is_number() || id.is_string())
    }
}

/// Why a request goes no further.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    code: i64,
    message: String,
    id: Option<Value>,
}

impl Refusal {
    /// Refuses what is no request for this place.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, code: INVALID_REQUEST, message: message.into(), id: None }
    }

    /// Says which request it answers.
    pub(super) fn of(self, id: Option<Value>) -> Self {
        Self { id, ..self }
    }

    /// Returns what is sent.
    pub(super) fn body(self) -> Body {
        let mut message = json!({"jsonrpc": "2.0", "error": {"code": self.code, "message": self.message}});
        // JSON-RPC would have a null where it is not known; MCP has no id then (2026-07-28, basic, error responses).
        if let Some(id) = self.id {
            message["id"] = id;
        }
        message.to_string().into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status;
        let mut response = (status, [(CONTENT_TYPE, "application/json")], self.body()).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
