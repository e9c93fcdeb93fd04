//! Several messages in one request, which revision 2025-03-26 has and no other: "implementations […] MUST support receiving
//! JSON-RPC batches" (basic). What comes of them is one stream of events (basic/transports, *Sending Messages to the
//! Server*).

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use axum::response::Response;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Frame;
use rmcp::ServerHandler;
use serde_json::Value;
use tokio::sync::mpsc;

use super::Service;
use super::envelope::{Envelope, Refusal};
use super::guard::in_words;

/// The revision that has batches.
const REVISION: &str = "2025-03-26";
/// How many messages a batch has at most.
const MESSAGES_MAX: usize = 100;
/// How many pieces of the stream wait for their reader.
const WAITING_MAX: usize = 16;
/// How much of an answer that is no stream is passed on, in bytes. They are refusals.
const ANSWER_BYTES_MAX: usize = 16 << 10;

/// Whether a request may have several messages. It is over a connection of that revision, whose clients do not say so: where
/// no header does, "the server SHOULD assume protocol version 2025-03-26" (2025-06-18, basic/transports).
pub(super) fn is_taken(headers: &HeaderMap) -> bool {
    headers.contains_key("mcp-session-id")
        && headers.get("mcp-protocol-version").is_none_or(|revision| revision.as_bytes() == REVISION.as_bytes())
}

/// Reads the messages.
pub(super) fn read(batch: &[u8]) -> Result<Vec<Bytes>, Refusal> {
    let Ok(messages) = serde_json::from_slice::<Vec<Value>>(batch) else {
        // It says what is wrong.
        return Envelope::read(batch).map(|_| Vec::new());
    };
    if messages.is_empty() || messages.len() > MESSAGES_MAX {
        let count = messages.len();
        let message = format!("a batch has {count} messages, it must be 1 to {MESSAGES_MAX}");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
    }
    Ok(messages.iter().map(|message| message.to_string().into()).collect())
}

/// Answers the messages.
pub(super) async fn answer<H: ServerHandler>(service: &Service<H>, parts: &Parts, messages: Vec<Bytes>) -> Response {
    let (sender, pieces) = mpsc::channel(WAITING_MAX);
    let mut is_answered = false;
    for message in messages {
        let id = Envelope::read(&message).ok().and_then(Envelope::into_id);
        let request = Request::from_parts(parts.clone(), Full::new(message));
        let response = in_words(service.handle(request).await.map(Body::new), id).await;
        match response.status() {
            // Nobody waits for an answer.
            StatusCode::ACCEPTED => continue,
            // There is no such connection.
            StatusCode::NOT_FOUND => return response,
            _ => {}
        }
        is_answered = true;
        tokio::spawn(pass_on(response, sender.clone()));
    }
    let mut response = Response::new(if is_answered { Body::new(Pieces(pieces)) } else { Body::empty() });
    if is_answered {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    } else {
        *response.status_mut() = StatusCode::ACCEPTED;
    }
    response
}

/// Passes on the events of a response, until nobody reads them any more. One that is no stream becomes an event.
async fn pass_on(response: Response, sender: mpsc::Sender<Bytes>) {
    let kind = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    if !kind.is_some_and(|kind| kind.starts_with(b"text/event-stream")) {
        let message = axum::body::to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_default();
        let event = [b"data: ".as_slice(), &message, b"\n\n"].concat();
        let _unread = sender.send(event.into()).await;
        return;
    }
    let mut body = response.into_body();
    loop {
        let frame = tokio::select! {
            frame = body.frame() => frame,
            () = sender.closed() => return,
        };
        let Some(Ok(frame)) = frame else { return };
        let Ok(data) = frame.into_data() else { continue };
        if sender.send(data).await.is_err() {
            return;
        }
    }
}

/// A body that comes in pieces, each of them whole events.
struct Pieces(mpsc::Receiver<Bytes>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}
