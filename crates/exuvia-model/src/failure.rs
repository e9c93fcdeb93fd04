//! What a provider's failures mean.

use std::time::Duration;

use exuvia_core::agent::{ModelFailure, ModelFailureKind as Kind};
use exuvia_core::observation::excerpt::shown;
use rig_core::ProviderError;
use rig_core::http_client;

use crate::transport::Unanswered;

/// How much is told of what a provider says, in bytes.
const SAID_BYTES_MAX: usize = 300;

/// Returns what went wrong, without this key, should the provider have repeated it.
pub(crate) fn failure(error: &ProviderError, key: &str) -> ModelFailure {
    let mut failure = classified(error);
    if key.len() >= 8 {
        failure.message = failure.message.replace(key, "[key]");
    }
    failure
}

fn classified(error: &ProviderError) -> ModelFailure {
    if let Some(reply) = error.provider_response() {
        let code = reply.machine_code();
        let status = reply.status.map(|status| status.as_u16()).filter(|status| !(200..300).contains(status));
        let retry_after = reply.headers.as_ref().and_then(|headers| headers.get("retry-after"));
        let retry_after = retry_after.and_then(|value| value.to_str().ok()).and_then(seconds);
        return refused(status, code.as_deref(), &said(&reply.body), retry_after);
    }
    match error {
        ProviderError::Http(error) => match &**error {
            http_client::Error::Instance(inner) => match inner.downcast_ref::<Unanswered>() {
                Some(unanswered) => unanswered.into(),
                None => ModelFailure::new(Kind::Unavailable, told("the request failed", &inner.to_string())),
            },
            other => ModelFailure::new(Kind::Unavailable, told("the request failed", &other.to_string())),
        },
        ProviderError::Truncated => ModelFailure::new(Kind::Malformed, "its answer ended half-way"),
        ProviderError::Json(error) => {
            ModelFailure::new(Kind::Malformed, told("its answer cannot be read", &error.to_string()))
        }
        other => ModelFailure::new(Kind::Request, told("it cannot be asked this", &other.to_string())),
    }
}

impl From<&Unanswered> for ModelFailure {
    fn from(unanswered: &Unanswered) -> Self {
        let kind = match unanswered {
            Unanswered::NotBegun(_) | Unanswered::Idle(_) => Kind::Timeout,
            Unanswered::TooLong(_) | Unanswered::Broken(_) => Kind::Malformed,
            Unanswered::Unreachable(_) => Kind::Unavailable,
            Unanswered::Upload => Kind::Request,
        };
        Self::new(kind, unanswered.to_string())
    }
}

/// What a refusal means, by its status, or by its code where it came in the middle of an answer.
fn refused(status: Option<u16>, code: Option<&str>, said: &str, retry_after: Option<Duration>) -> ModelFailure {
    let code = code.unwrap_or_default();
    let (kind, what) = match status {
        Some(401 | 403) => (Kind::Key, "it does not take the key"),
        Some(404) => (Kind::Unknown, "there is no such model or address"),
        Some(429) => (Kind::Busy, "it is asked too much"),
        Some(408) => (Kind::Timeout, "it gave up waiting"),
        Some(529 | 503) => (Kind::Busy, "it is overloaded"),
        Some(413) => (Kind::TooLong, "the conversation is too long for it"),
        _ if is_too_long(code, said) => (Kind::TooLong, "the conversation is too long for it"),
        Some(500..) => (Kind::Unavailable, "it has failed"),
        Some(_) => (Kind::Request, "it refuses the request"),
        None if code.contains("overloaded") || code.contains("rate_limit") => (Kind::Busy, "it is overloaded"),
        None => (Kind::Unavailable, "it failed in the middle of its answer"),
    };
    let mut failure = ModelFailure::new(kind, told(what, said));
    failure.retry_after = retry_after;
    match kind {
        Kind::Key => failure.hint("look at the key in the environment: see `exuvia agent --help`"),
        Kind::Unknown => failure.hint("look at --model and --model-url"),
        _ => failure,
    }
}

/// Returns whether a refusal is about the length of what was asked. Only OpenAI has a code for that; the words are those of
/// Anthropic, Gemini, vLLM, llama.cpp and OpenRouter.
fn is_too_long(code: &str, said: &str) -> bool {
    const WORDS: [&str; 6] = [
        "prompt is too long",
        "exceeds the maximum number of tokens",
        "maximum context length",
        "exceeds the available context size",
        "exceed context limit",
        "context window",
    ];
    let said = said.to_ascii_lowercase();
    code == "context_length_exceeded" || WORDS.iter().any(|words| said.contains(words))
}

fn told(what: &str, said: &str) -> String {
    if said.trim().is_empty() { what.to_owned() } else { format!("{what}: {}", shown(said.trim(), SAID_BYTES_MAX)) }
}

/// Returns what a provider says in words, of the body of a refusal.
fn said(body: &str) -> String {
    let json: Option<serde_json::Value> = serde_json::from_str(body).ok();
    let message = json.as_ref().and_then(|json| {
        let error = json.get("error").unwrap_or(json);
        error.get("message").unwrap_or(error).as_str()
    });
    message.unwrap_or(body).to_owned()
}

/// Reads a `Retry-After` in seconds. One with a date is not read: it is waited as long as if there were none.
fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
