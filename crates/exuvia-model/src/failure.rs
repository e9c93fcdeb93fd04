//! What a provider's failures mean.

use std::time::SystemTime;

use exuvia_core::agent::{ModelFailure, ModelFailureKind as Kind};
use exuvia_core::observation::excerpt::shown;
use rig_core::ProviderError;
use rig_core::http_client;

use crate::key::Key;
use crate::retry_after;
use crate::transport::Unanswered;

/// How much is told of what a provider says, in bytes.
const SAID_BYTES_MAX: usize = 300;
/// What to do where there is nobody who knows the model.
const ADDRESS: &str = "look at --model and --model-url";

/// Returns what went wrong, without this key, should the provider have repeated it. `now` is the time, if it is known.
pub(crate) fn failure(error: &ProviderError, key: &Key, now: Option<SystemTime>) -> ModelFailure {
    if let Some(reply) = error.provider_response() {
        let code = reply.machine_code().unwrap_or_default();
        let status = reply.status.map(|status| status.as_u16());
        let is_begun = status.is_none();
        let status = status.filter(|status| !(200..300).contains(status)).or_else(|| status_of(&reply.body));
        // The key is taken out before anything is cut: half of it would not be found.
        let said = key.redacted(&said(&reply.body));
        let mut failure = Refusal { status, code: &code, said: &said, is_begun }.failure();
        failure.retry_after = reply.headers.as_ref().and_then(|headers| retry_after::read(headers, now));
        return failure;
    }
    let told = |what: &str, said: &str| told(what, &key.redacted(said));
    match error {
        ProviderError::Http(error) => match &**error {
            http_client::Error::Instance(inner) => match inner.downcast_ref::<Unanswered>() {
                Some(Unanswered::NoEvents { media_type, body }) => {
                    let what = format!("what answers there is no model: {}", key.redacted(media_type));
                    ModelFailure::new(Kind::Unknown, told(&what, body)).hint(ADDRESS)
                }
                Some(unanswered) => {
                    let mut failure = ModelFailure::from(unanswered);
                    key.redact(&mut failure.message);
                    failure
                }
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
            Unanswered::TooLong(_) => Kind::Endless,
            Unanswered::Broken(_) => Kind::Malformed,
            Unanswered::Unreachable(_) => Kind::Unavailable,
            Unanswered::NoEvents { .. } => Kind::Unknown,
            Unanswered::Upload => Kind::Request,
        };
        Self::new(kind, unanswered.to_string())
    }
}

/// How a provider says that it does not answer.
struct Refusal<'a> {
    status: Option<u16>,
    code: &'a str,
    /// What it says in words.
    said: &'a str,
    /// Whether that came in the middle of an answer.
    is_begun: bool,
}

impl Refusal<'_> {
    /// Returns what it means: by its status, or by its code where there is none.
    fn failure(&self) -> ModelFailure {
        let Self { status, code, said, is_begun } = *self;
        let (kind, what) = match status {
            _ if is_used_up(status, code, said) => (Kind::Quota, "the account has nothing left to spend"),
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
            None if is_begun => (Kind::Unavailable, "it failed in the middle of its answer"),
            None => (Kind::Unavailable, "it answers with an error"),
        };
        let failure = ModelFailure::new(kind, told(what, said));
        match kind {
            Kind::Key => failure.hint("look at the key in the environment: see `exuvia agent --help`"),
            Kind::Unknown => failure.hint(ADDRESS),
            Kind::Quota => failure.hint("look at the account at its provider: asking again does not help"),
            _ => failure,
        }
    }
}

/// Returns whether a refusal is about money. What is used up for a minute only is something else, and has no such code.
fn is_used_up(status: Option<u16>, code: &str, said: &str) -> bool {
    const CODES: [&str; 3] = ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active"];
    // Anthropic says it in words alone.
    status == Some(402) || CODES.contains(&code) || said.contains("credit balance is too low")
}

/// Returns the status that the body of an answer names whose own status says that all is well: gateways pass on others' so.
fn status_of(body: &str) -> Option<u16> {
    let json: serde_json::Value = serde_json::from_str(body).ok()?;
    let error = json.get("error")?;
    let status = ["code", "status"].iter().find_map(|word| error.get(word)?.as_u64())?;
    u16::try_from(status).ok().filter(|status| (400..600).contains(status))
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
