//! What an endpoint answers.

use exuvia_core::{MountFault, ToolFailure};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode, Url};
use serde_json::Value as Json;

use super::client::HttpClient;
use super::request::Request;
use super::unanswered::Unanswered;
use crate::definition::Output;
use crate::json;
use crate::secrets::Opened;

/// How much of the body of an error is read.
const ERROR_BYTES_MAX: usize = 16 << 10;
/// How much of it is told.
const ERROR_CHARACTERS_MAX: usize = 1_000;
/// The longest header that is told.
const HEADER_CHARACTERS_MAX: usize = 100;

/// What is made of answers.
pub(super) struct Answers {
    pub(super) output: Output,
    pub(super) pick: Option<String>,
    pub(super) bytes_max: usize,
    pub(super) redirects: u8,
}

impl Answers {
    /// Sends a request and reads the answer.
    pub(super) async fn fetch(
        &self,
        client: &HttpClient,
        request: Request,
        secrets: &Opened,
    ) -> Result<Json, ToolFailure> {
        let response = self.send(client, request).await?;
        let status = response.status();
        if status.is_success() {
            return self.read(response, secrets).await;
        }
        let after = header(&response, RETRY_AFTER, secrets);
        let said = beginning(response, secrets).await;
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        let failure = ToolFailure::failed(format!("the server answered {status}{said}"));
        let failure = match after {
            Some(after) if after.bytes().all(|byte| byte.is_ascii_digit()) => {
                failure.hint(format!("try again after {after} s"))
            }
            Some(after) => failure.hint(format!("try again after {after}")),
            None => failure,
        };
        let may_pass = [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::BAD_GATEWAY,
            StatusCode::SERVICE_UNAVAILABLE,
            StatusCode::GATEWAY_TIMEOUT,
        ];
        Err(if may_pass.contains(&status) { failure.retryable() } else { failure })
    }

    /// Sends a request and reads the answer as a file's content.
    pub(super) async fn download(
        &self,
        client: &HttpClient,
        request: Request,
        bytes_max: usize,
    ) -> Result<Vec<u8>, MountFault> {
        let response = self.send(client, request).await?;
        match response.status() {
            status if status.is_success() => Ok(body(response, bytes_max).await?),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(MountFault::NotFound),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(MountFault::Denied),
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Err(MountFault::TimedOut),
            _ => Err(MountFault::Remote),
        }
    }

    /// Sends a request, and follows redirects as far as that is allowed.
    async fn send(&self, client: &HttpClient, mut request: Request) -> Result<Response, Unanswered> {
        let client = client.get().map_err(Unanswered::Client)?;
        let mut followed = 0;
        loop {
            let mut builder =
                client.request(request.method.clone(), request.url.clone()).headers(request.headers.clone());
            if let Some(body) = &request.body {
                builder = builder.body(body.clone());
            }
            let response = builder.send().await.map_err(Unanswered::Broken)?;
            if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
                return Ok(response);
            }
            if followed == self.redirects {
                let message = format!("the server answered {}, a redirect", response.status());
                let hint = match followed {
                    0 => "redirects are not followed unless the tool allows some".to_owned(),
                    followed => format!("only {followed} are followed"),
                };
                return Err(Unanswered::Elsewhere(ToolFailure::failed(message).hint(hint)));
            }
            followed += 1;
            redirect(&mut request, &response).map_err(Unanswered::Elsewhere)?;
        }
    }

    async fn read(&self, response: Response, secrets: &Opened) -> Result<Json, ToolFailure> {
        let bytes = body(response, self.bytes_max).await?;
        let text =
            String::from_utf8(bytes).map_err(|_| ToolFailure::failed("the server answered what is not UTF-8"))?;
        let text = secrets.redact(text);
        if self.output == Output::Text {
            return Ok(Json::String(text));
        }
        let mut value = json::parse(&text).map_err(|fault| {
            ToolFailure::failed(format!("the server answered what cannot be read as JSON: {fault}"))
        })?;
        if let Some(pointer) = &self.pick {
            value = match value.pointer_mut(pointer) {
                Some(picked) => picked.take(),
                None => return Err(ToolFailure::failed(format!("the server's answer has nothing at `{pointer}`"))),
            };
        }
        Ok(secrets.redact_json(value))
    }
}

async fn body(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, Unanswered> {
    if response.content_length().is_some_and(|length| length > bytes_max as u64) {
        return Err(Unanswered::TooLong(bytes_max));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Unanswered::Broken)? {
        if body.len() + chunk.len() > bytes_max {
            return Err(Unanswered::TooLong(bytes_max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Changes a request to what a redirect says (RFC 9110, 15.4).
fn redirect(request: &mut Request, response: &Response) -> Result<(), ToolFailure> {
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    let target = location.and_then(|location| request.url.join(location).ok());
    let Some(target) = target else {
        return Err(ToolFailure::failed("the server answered a redirect to nowhere"));
    };
    if !is_allowed(request, &target) {
        return Err(ToolFailure::failed("the server answered a redirect to another host")
            .hint("it is not followed because the request has a secret, or would no longer be encrypted"));
    }
    request.url = target;
    let repeats = matches!(response.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    if !repeats && !matches!(request.method, Method::GET | Method::HEAD) {
        request.method = Method::GET;
        request.body = None;
        request.headers.remove(CONTENT_TYPE);
        request.headers.remove(CONTENT_LENGTH);
    }
    Ok(())
}

fn is_allowed(request: &Request, target: &Url) -> bool {
    match (request.url.scheme(), target.scheme()) {
        _ if request.url.origin() == target.origin() => true,
        ("http", "http" | "https") | ("https", "https") => !request.confidential,
        _ => false,
    }
}

/// Returns the beginning of a body, as far as it came, without secrets and pieces of secrets.
async fn beginning(mut response: Response, secrets: &Opened) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < ERROR_BYTES_MAX
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes.extend_from_slice(&chunk);
    }
    let text = secrets.redact(String::from_utf8_lossy(&bytes).into_owned());
    // The end may be the beginning of a secret.
    let doubtful = if bytes.len() < ERROR_BYTES_MAX { 0 } else { secrets.longest() };
    let certain = text.chars().count().saturating_sub(doubtful);
    text.chars().take(certain.min(ERROR_CHARACTERS_MAX)).collect::<String>().trim().to_owned()
}

fn header(response: &Response, name: reqwest::header::HeaderName, secrets: &Opened) -> Option<String> {
    let value = secrets.redact(response.headers().get(name)?.to_str().ok()?.to_owned());
    (!value.is_empty()).then(|| value.chars().take(HEADER_CHARACTERS_MAX).collect())
}
