//! Sending requests to providers, and reading what comes back within bounds.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use rig_core::http_client::{
    self, BoxedStream, HeaderValue, HttpClientExt, LazyBody, MultipartForm, Request, Response, StreamingResponse, Uri,
};
use rig_core::wasm_compat::WasmCompatSend;

/// The header in which Gemini takes its key.
const GEMINI_KEY: &str = "x-goog-api-key";
/// What is asked for where an answer is to come piece by piece.
const EVENTS: &str = "text/event-stream";
/// How much is read of an answer that is none, in bytes.
const WRONG_BYTES_MAX: usize = 64 << 10;

/// How long a provider may take, and how much it may say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Until it begins to answer.
    pub(crate) begin: Duration,
    /// Until it goes on.
    pub(crate) idle: Duration,
    /// In all that it sends.
    pub(crate) bytes: usize,
}

/// Why there is no answer, or no more of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    #[error("it did not begin to answer within {} s", .0.as_secs())]
    NotBegun(Duration),
    #[error("it fell silent in the middle of its answer, for {} s", .0.as_secs())]
    Idle(Duration),
    #[error("its answer is longer than {0} bytes")]
    TooLong(usize),
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    #[error("the connection broke in the middle of its answer: {0}")]
    Broken(String),
    #[error("its answer is {media_type}, and no stream of events")]
    NoEvents { media_type: String, body: String },
    #[error("nothing is uploaded")]
    Upload,
}

impl From<Unanswered> for http_client::Error {
    fn from(error: Unanswered) -> Self {
        Self::instance(error)
    }
}

/// Sends requests. It holds no key: each request brings its own, in a header.
#[derive(Clone)]
pub(crate) struct Transport {
    client: reqwest::Client,
    bounds: Bounds,
}

impl Transport {
    pub(crate) fn new(client: reqwest::Client, bounds: Bounds) -> Self {
        Self { client, bounds }
    }

    async fn open(&self, request: Request<Bytes>) -> http_client::Result<reqwest::Response> {
        let (parts, body) = with_key_in_header(request)?.into_parts();
        let request = self.client.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body);
        let sent = tokio::time::timeout(self.bounds.begin, request.send()).await;
        let response = sent.map_err(|_| Unanswered::NotBegun(self.bounds.begin))?;
        response.map_err(|error| Unanswered::Unreachable(reason(error)).into())
    }

    fn chunks(&self, response: reqwest::Response) -> impl Stream<Item = http_client::Result<Bytes>> + Send + use<> {
        let Bounds { idle, bytes, .. } = self.bounds;
        stream::try_unfold((response, 0_usize), move |(mut response, read)| async move {
            let chunk = tokio::time::timeout(idle, response.chunk()).await.map_err(|_| Unanswered::Idle(idle))?;
            let Some(chunk) = chunk.map_err(|error| Unanswered::Broken(reason(error)))? else { return Ok(None) };
            let read = read + chunk.len();
            if read > bytes {
                return Err(Unanswered::TooLong(bytes).into());
            }
            Ok(Some((chunk, (response, read))))
        })
    }
}

/// Reads an answer that says that all is well, and is no stream of events: an error after all, or not of a model.
async fn no_events(head: Response<()>, chunks: impl Stream<Item = http_client::Result<Bytes>>) -> http_client::Error {
    let mut bytes = Vec::new();
    let mut chunks = std::pin::pin!(chunks);
    // What comes before it breaks is better than nothing.
    while let Some(Ok(chunk)) = chunks.next().await {
        let room = WRONG_BYTES_MAX - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() >= room {
            break;
        }
    }
    let body = String::from_utf8_lossy(&bytes).into_owned();
    let is_error = |json: serde_json::Value| json.get("error").is_some_and(|error| !error.is_null());
    if serde_json::from_str(&body).is_ok_and(is_error) {
        let (head, ()) = head.into_parts();
        return http_client::Error::InvalidStatusCodeWithDetails { status: head.status, headers: head.headers, body };
    }
    let media_type = head.headers().get("content-type").and_then(|value| value.to_str().ok());
    Unanswered::NoEvents { media_type: media_type.unwrap_or("it does not say what").to_owned(), body }.into()
}

/// Returns whether a header says that what comes is a stream of events.
fn says_events(value: Option<&HeaderValue>) -> bool {
    let media_type = value.and_then(|value| value.to_str().ok()?.split(';').next());
    media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case(EVENTS))
}

/// Says what went wrong, without the address, which may have a key.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        text = inner.to_string();
        source = inner.source();
    }
    text
}

/// Moves a key from the address, where logs and errors would show it, into a header.
#[expect(clippy::result_large_err, reason = "the error is the library's")]
fn with_key_in_header(mut request: Request<Bytes>) -> http_client::Result<Request<Bytes>> {
    let Some(query) = request.uri().query() else { return Ok(request) };
    let (keys, rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(|pair| pair.starts_with("key="));
    let Some(key) = keys.first().and_then(|pair| pair.strip_prefix("key=")) else { return Ok(request) };
    let mut key = HeaderValue::from_str(key)?;
    key.set_sensitive(true);
    let path = match rest.as_slice() {
        [] => request.uri().path().to_owned(),
        rest => format!("{}?{}", request.uri().path(), rest.join("&")),
    };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(path.parse().map_err(http_client::Error::instance)?);
    *request.uri_mut() = Uri::from_parts(parts).map_err(http_client::Error::instance)?;
    request.headers_mut().insert(GEMINI_KEY, key);
    Ok(request)
}

/// Returns the status and headers of a response, with another body.
fn head<B>(response: &reqwest::Response, body: B) -> Response<B> {
    let mut head = Response::new(body);
    *head.status_mut() = response.status();
    head.headers_mut().clone_from(response.headers());
    head
}

impl HttpClientExt for Transport {
    fn send<T, U>(
        &self,
        request: Request<T>,
    ) -> impl Future<Output = http_client::Result<Response<LazyBody<U>>>> + WasmCompatSend + 'static
    where
        T: Into<Bytes> + WasmCompatSend,
        U: From<Bytes> + WasmCompatSend + 'static,
    {
        let transport = self.clone();
        let request = request.map(Into::into);
        async move {
            let response = transport.open(request).await?;
            let empty = head(&response, ());
            let body: LazyBody<U> = Box::pin(async move {
                let mut whole = Vec::new();
                let mut chunks = std::pin::pin!(transport.chunks(response));
                while let Some(chunk) = chunks.next().await {
                    whole.extend_from_slice(&chunk?);
                }
                Ok(U::from(Bytes::from(whole)))
            });
            Ok(empty.map(|()| body))
        }
    }

    fn send_multipart<U>(
        &self,
        _request: Request<MultipartForm>,
    ) -> impl Future<Output = http_client::Result<Response<LazyBody<U>>>> + WasmCompatSend + 'static
    where
        U: From<Bytes> + WasmCompatSend + 'static,
    {
        std::future::ready(Err(Unanswered::Upload.into()))
    }

    fn send_streaming<T>(
        &self,
        request: Request<T>,
    ) -> impl Future<Output = http_client::Result<StreamingResponse>> + WasmCompatSend
    where
        T: Into<Bytes> + WasmCompatSend,
    {
        let transport = self.clone();
        let request = request.map(Into::into);
        async move {
            let wants_events = says_events(request.headers().get("accept"));
            let response = transport.open(request).await?;
            let head = head(&response, ());
            let is_wrong = wants_events && head.status() == 200 && !says_events(head.headers().get("content-type"));
            let chunks = transport.chunks(response);
            if is_wrong {
                return Err(no_events(head, chunks).await);
            }
            let body: BoxedStream = Box::pin(chunks);
            Ok(head.map(|()| body))
        }
    }
}
