//! Models of providers, over HTTP.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use exuvia_core::agent::{
    Delta, Listener, Model, ModelFailure, ModelFailureKind as Kind, ModelFuture, ModelReply, ModelRequest,
};
use futures_util::StreamExt as _;
use rig_core::DynModel;
use rig_core::http_client::DynHttpClient;
use rig_core::operation::Completion;
use rig_core::providers::anthropic::AnthropicConfig;
use rig_core::providers::gemini::GeminiConfig;
use rig_core::providers::ollama::OllamaConfig;
use rig_core::providers::openai::OpenAIConfig;
use rig_core::providers::openai::wire::Dialect;
use rig_core::streaming::{Item, StreamEvent};

use crate::failure::failure;
use crate::key::Key;
use crate::retry_after;
use crate::telling::{Of, Telling};
use crate::transport::{Bounds, Transport};
use crate::wire;

/// Servers that speak as OpenAI's chat completions do.
static COMPATIBLE: Dialect = Dialect::gateway("openai-compatible", "http://127.0.0.1:8080/v1", "");

/// How long a reply may be, in tokens, where nobody says.
pub(crate) const OUTPUT_TOKENS: u32 = 16_384;

/// Who has models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Anthropic's messages.
    Anthropic,
    /// OpenAI's responses.
    OpenAi,
    /// OpenAI's chat completions.
    OpenAiChat,
    /// Google's Gemini.
    Gemini,
    /// Ollama, on this machine unless its address is given.
    Ollama,
    /// Whoever speaks as OpenAI's chat completions do; its address must be given.
    Compatible,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Anthropic, Self::OpenAi, Self::OpenAiChat, Self::Gemini, Self::Ollama, Self::Compatible];

    /// Returns the word for it: what stands before the name of its models.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
            Self::OpenAiChat => "openai-chat",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
            Self::Compatible => "compatible",
        }
    }

    /// Returns the environment variable that has its key, as its own programs have it; `None`: it needs none.
    #[must_use]
    pub fn key_variable(self) -> Option<&'static str> {
        match self {
            Self::Anthropic => Some("ANTHROPIC_API_KEY"),
            Self::OpenAi | Self::OpenAiChat => Some("OPENAI_API_KEY"),
            Self::Gemini => Some("GEMINI_API_KEY"),
            Self::Ollama | Self::Compatible => None,
        }
    }
}

impl FromStr for Provider {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|provider| provider.name() == name).ok_or(())
    }
}

/// How long a model is waited for, and how often it is asked again.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until it begins to answer. Default: two minutes.
    pub begin: Duration,
    /// Until it goes on in the middle of an answer. Default: two minutes.
    pub idle: Duration,
    /// Until it has answered. Default: a quarter of an hour.
    pub whole: Duration,
    /// How much it may say, in bytes as they come. Default: 4 MiB.
    pub bytes: usize,
    /// How often it is asked, where asking again may help. Default: 5.
    pub attempts: u32,
    /// How long nothing is done before it is asked a second time; twice as long each time after that. Default: 1 s.
    pub pause: Duration,
    /// How long a provider that wants to be left alone is, at most; if it wants more, it is not asked again. Default: a
    /// minute.
    pub pause_max: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            begin: Duration::from_secs(120),
            idle: Duration::from_secs(120),
            whole: Duration::from_secs(900),
            bytes: 4 << 20,
            attempts: 5,
            pause: Duration::from_secs(1),
            pause_max: Duration::from_secs(60),
        }
    }
}

/// How many tokens a conversation with a model has room for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// In all: what it reads and what it writes; `None`: nobody says.
    ///
    /// Ollama is told; without, it leaves out the beginning of what is too long for its own default, and says nothing.
    pub context: Option<u32>,
    /// In one reply, thoughts included, as far as the rest of the conversation leaves room; `None`: 16,384.
    pub output: Option<u32>,
}

impl Window {
    /// Returns the least one in which a conversation of so many tokens leaves room for a reply.
    #[must_use]
    pub fn around(kept: u32) -> Self {
        Self { context: Some(kept.saturating_add(OUTPUT_TOKENS.min(kept / 3))), output: None }
    }

    /// Returns how many tokens of a conversation may be kept so that there is room for a reply: all but as many as one may
    /// have, or three quarters, if that is more; `None`: nobody says how many there are.
    #[must_use]
    pub fn kept(self) -> Option<u32> {
        self.context.map(|context| context - self.output.unwrap_or(OUTPUT_TOKENS).min(context / 4))
    }
}

/// A model of a provider.
pub struct RemoteModel {
    name: String,
    provider: Provider,
    key: Key,
    model: DynModel<Completion>,
    /// The same, for what is asked once: its provider keeps nothing of it for a next time, which would cost more.
    once: DynModel<Completion>,
    patience: Patience,
    window: Window,
    clock: Option<fn() -> SystemTime>,
}

impl RemoteModel {
    /// Makes a model: its provider's name for it, the key, and the address if it is not the provider's own.
    #[must_use]
    pub fn new(
        (provider, name): (Provider, &str),
        key: String,
        address: Option<&str>,
        client: reqwest::Client,
        patience: Patience,
    ) -> Self {
        let Patience { begin, idle, bytes, .. } = patience;
        let http = DynHttpClient::new(Transport::new(client, Bounds { begin, idle, bytes }));
        let [model, once] =
            [true, false].map(|caches| connect((provider, name), &key, (address, http.clone()), caches));
        let key = Key::new(&key);
        let name = format!("{}/{name}", provider.name());
        Self { name, provider, key, model, once, patience, window: Window::default(), clock: None }
    }

    /// Sets how long conversations with it may be.
    #[must_use]
    pub fn window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// Gives the time, with which the date is compared until which a provider wants to be left alone, if that one does not say
    /// itself what time it has.
    #[must_use]
    pub fn clock(mut self, clock: fn() -> SystemTime) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Asks as often as it may help.
    async fn answer(&self, request: ModelRequest, listener: Listener<'_>) -> Result<ModelReply, ModelFailure> {
        let mut pause = self.patience.pause;
        let mut attempt = 1;
        loop {
            let mut failure = match tokio::time::timeout(self.patience.whole, self.once(&request, listener)).await {
                Ok(Ok(reply)) => return Ok(reply),
                Ok(Err(failure)) => failure,
                Err(_) => {
                    let seconds = self.patience.whole.as_secs();
                    ModelFailure::new(Kind::Timeout, format!("it did not come to an end within {seconds} s"))
                }
            };
            let wait = failure.retry_after.unwrap_or(pause);
            let is_long = wait > self.patience.pause_max;
            if is_long && failure.retry_after.is_some() {
                failure.message.push_str(&format!("; it wants to be left alone for {}", retry_after::told(wait)));
            }
            if attempt >= self.patience.attempts || !failure.is_transient() || is_long {
                return Err(failure);
            }
            listener(Delta::Again { failure: &failure, wait });
            tokio::time::sleep(wait).await;
            (attempt, pause) = (attempt + 1, pause.saturating_mul(2));
        }
    }

    async fn once(&self, request: &ModelRequest, listener: Listener<'_>) -> Result<ModelReply, ModelFailure> {
        let failed = |error: &rig_core::ProviderError| failure(error, &self.key, self.clock.map(|now| now()));
        let unasked = |why: String| {
            ModelFailure::new(Kind::Request, self.key.redacted(&format!("the request cannot be made: {why}")))
        };
        let model = if request.is_inference() { &self.once } else { &self.model };
        let request = wire::request(request, self.provider, self.window).map_err(unasked)?;
        let mut stream = model.stream(request).map_err(|error| failed(&error))?;
        let mut telling = Telling::new(&self.key, listener);
        while let Some(item) = stream.next().await {
            match item.map_err(|error| failed(&error))? {
                Item::Event(StreamEvent::Text { text, .. }) => telling.tell(Of::Text, &text),
                Item::Event(StreamEvent::Reasoning { text, .. }) => telling.tell(Of::Reasoning, &text),
                Item::Event(StreamEvent::Arguments { json, .. }) => telling.tell(Of::Arguments, &json),
                Item::Event(StreamEvent::Start { .. } | StreamEvent::End { .. }) | Item::Unknown(_) => {}
            }
        }
        let response = stream.finish().await.map_err(|error| failed(&error))?;
        telling.end();
        Ok(wire::reply(&response, self.provider.name(), &self.key))
    }
}

/// Returns whether a model can be at this address: one of HTTP, with a host, and with nothing behind its path.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let address = reqwest::Url::parse(text).ok();
    address.is_some_and(|address| {
        let is_http = ["http", "https"].contains(&address.scheme());
        is_http && address.has_host() && address.query().is_none() && address.fragment().is_none()
    })
}

fn connect(
    (provider, name): (Provider, &str),
    key: &str,
    (address, http): (Option<&str>, DynHttpClient),
    caches: bool,
) -> DynModel<Completion> {
    let openai = |config: OpenAIConfig| match address {
        Some(address) => config.with_base_url(address).connect(http.clone()),
        None => config.connect(http.clone()),
    };
    match provider {
        Provider::Anthropic => {
            let config = AnthropicConfig::new(key);
            let config = match address {
                Some(address) => config.with_base_url(address),
                None => config,
            };
            let mut model = config.connect(http).completion(name);
            if caches {
                model.wire = model.wire.with_prompt_caching();
            }
            model.erase()
        }
        Provider::OpenAi => openai(OpenAIConfig::new(key)).responses(name).erase(),
        Provider::OpenAiChat => openai(OpenAIConfig::new(key)).chat(name).erase(),
        Provider::Compatible => openai(OpenAIConfig::with_key(&COMPATIBLE, key)).chat(name).erase(),
        Provider::Gemini => {
            let config = GeminiConfig::new(key);
            let config = match address {
                Some(address) => config.with_base_url(address),
                None => config,
            };
            config.connect(http).completion(name).erase()
        }
        Provider::Ollama => {
            let config = OllamaConfig::new();
            let config = if key.is_empty() { config } else { config.with_api_key(key) };
            let config = match address {
                Some(address) => config.with_base_url(address),
                None => config,
            };
            config.connect(http).native_completion(name).erase()
        }
    }
}

impl Model for RemoteModel {
    fn name(&self) -> &str {
        &self.name
    }

    fn ask<'a>(&'a self, request: ModelRequest, listener: Listener<'a>) -> ModelFuture<'a> {
        Box::pin(self.answer(request, listener))
    }
}

impl std::fmt::Debug for RemoteModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteModel").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may panic, and starts servers")]
mod tests;
