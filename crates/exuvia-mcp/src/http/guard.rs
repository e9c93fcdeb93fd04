//! What a request passes on its way to the protocol, and an answer on its way back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use http_body_util::{BodyExt as _, Full};
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use serde_json::Value;

use super::access::Access;
use super::envelope::{Envelope, Refusal};
use super::listener::Admitted;
use super::names::Names;
use super::{LEGACY_MAX, Service, accept, batch};
use crate::Tenant;

/// How long a message may take to arrive.
const MESSAGE_TIME: Duration = Duration::from_secs(60);

/// How much of a message that is too long is read on, in bytes.
const DRAINED_BYTES_MAX: u64 = 64 << 20;
/// For how long it is read on.
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// How much of a refusal of rmcp's is passed on. They are one line.
const REASON_BYTES_MAX: usize = 16 << 10;

/// Who answers, and whom.
pub(super) struct Site<H: ServerHandler> {
    pub(super) services: HashMap<Tenant, (Arc<LocalSessionManager>, Service<H>)>,
    pub(super) names: Names,
    pub(super) access: Access,
    pub(super) message_bytes_max: usize,
}

/// Answers a request to another path.
pub(super) async fn elsewhere() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, format!("there is nothing here: the path is `{}`", super::PATH))
}

/// Answers a request.
pub(super) async fn answer<H: ServerHandler>(State(site): State<Arc<Site<H>>>, request: Request) -> Response {
    pass(&site, request).await.unwrap_or_else(Refusal::into_response)
}

async fn pass<H: ServerHandler>(site: &Site<H>, request: Request) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    site.names.check(&parts.headers)?;
    let tenant = site.access.find(&parts.headers).ok_or_else(unknown)?;
    let (connections, service) = site.services.get(tenant).expect("each tenant has one");
    // Who answers sees the headers, and has no use for the secret.
    parts.headers.remove(AUTHORIZATION);
    if let Some(admitted) = parts.extensions.get::<Admitted>() {
        admitted.admit();
    }
    accept::spell_out(&parts.method, &mut parts.headers);
    if parts.method != Method::POST {
        let response = service.handle(Request::from_parts(parts, Full::<Bytes>::default())).await;
        return Ok(in_words(response.map(Body::new), None).await);
    }
    if !is_json(&parts.headers) {
        let message = "the header `Content-Type` must be `application/json`";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let message = read(body, site.message_bytes_max).await?;
    if batch::is_taken(&parts.headers) && message.trim_ascii_start().starts_with(b"[") {
        let messages = batch::read(&message)?;
        return Ok(batch::answer(service, &parts, messages).await);
    }
    let envelope = Envelope::read(&message)?;
    if envelope.is_initialize() && connections.sessions.read().await.len() >= LEGACY_MAX {
        let message = format!("there are {LEGACY_MAX} connections\n    hint: end some with DELETE");
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, message).of(envelope.into_id()));
    }
    let response = service.handle(Request::from_parts(parts, Full::new(message))).await;
    Ok(in_words(response.map(Body::new), envelope.into_id()).await)
}

fn unknown() -> Refusal {
    let message = "this server wants a token that it knows\n    hint: send it as `Authorization: Bearer TOKEN`";
    Refusal::new(StatusCode::UNAUTHORIZED, message)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// Reads a message, within its bounds of size and time.
async fn read(mut body: Body, bytes_max: usize) -> Result<Bytes, Refusal> {
    let refuse = |status, message: String| Err(Refusal::new(status, message));
    let mut message = Vec::new();
    // Its head may say how long it is.
    let mut is_too_long = body.size_hint().lower() > bytes_max as u64;
    let reading = async {
        while !is_too_long && let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else { continue };
            is_too_long = message.len() + data.len() > bytes_max;
            if !is_too_long {
                message.extend_from_slice(&data);
            }
        }
        Ok::<_, axum::Error>(())
    };
    match tokio::time::timeout(MESSAGE_TIME, reading).await {
        Ok(Ok(())) if is_too_long => {
            drain(body).await;
            let message = format!("the message is too long, the limit is {bytes_max} bytes");
            refuse(StatusCode::PAYLOAD_TOO_LARGE, message)
        }
        Ok(Ok(())) => Ok(message.into()),
        Ok(Err(error)) => refuse(StatusCode::BAD_REQUEST, format!("the message did not arrive: {error}")),
        Err(_) => {
            let message = format!("the message did not arrive, the limit is {} s", MESSAGE_TIME.as_secs());
            refuse(StatusCode::REQUEST_TIMEOUT, message)
        }
    }
}

/// Reads on what is refused, and keeps nothing: a client that is still sending when the connection is closed never sees the
/// answer. One that promises more than is read on sees it if it looks before it sends.
async fn drain(mut body: Body) {
    if body.size_hint().lower() > DRAINED_BYTES_MAX {
        return;
    }
    let reading = async {
        let mut drained = 0;
        while drained <= DRAINED_BYTES_MAX
            && let Some(Ok(frame)) = body.frame().await
        {
            drained += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
    };
    // Whoever takes longer gets its answer now.
    let _late = tokio::time::timeout(DRAIN_TIME, reading).await;
}

/// Gives a refusal of rmcp's that is plain text the form that clients can read.
pub(super) async fn in_words(response: Response, id: Option<Value>) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_json(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // It says so of JSON that is no message; of the type of its content the guard has spoken.
    if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        return Refusal::new(StatusCode::BAD_REQUEST, "not a message of JSON-RPC 2.0").of(id).into_response();
    }
    let message = if status == StatusCode::NOT_FOUND {
        "there is no such connection\n    hint: begin one with `initialize`".to_owned()
    } else {
        let reason = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        String::from_utf8_lossy(&reason[..reason.len().min(REASON_BYTES_MAX)]).into_owned()
    };
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Response::from_parts(parts, Refusal::new(status, message).of(id).body())
}
