//! `llm`: programs that use the model themselves, over data that need not pass through the conversation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use exuvia_core::agent::{Content, Message, Model, ModelRequest, Origin, Part, Tokens};
use exuvia_core::observation::excerpt::shown;
use exuvia_core::{ToolFailure, ToolFailureKind, ToolLimits};
use exuvia_tools::{Base64, Inference, InferenceFuture, Tool};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

/// What the model is told before such a prompt.
const SYSTEM: &str =
    "You are called as a function by a program. Answer with the result alone, without a word about it.";
/// How often a program may call it in the life of its sandbox.
const CALLS_MAX: u64 = 2_000;
/// How many of its calls run at a time.
const CONCURRENCY: usize = 16;
/// How many pictures and files a call may have.
const FILES_MAX: usize = 20;
/// How much text a call may have in its files, in bytes.
const TEXT_BYTES_MAX: usize = 4 << 20;
/// How much of a file's name is told, in bytes.
const NAME_BYTES_MAX: usize = 200;
/// The first bytes of a JPEG, and of a PNG.
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];
const PNG: &[u8] = b"\x89PNG";

/// What programs have used of models, until it is written down. A clone is the same.
///
/// It is kept in memory alone while a cell runs: what a process has not written down that is killed is not counted.
#[derive(Debug, Clone, Default)]
pub struct Usage(Arc<Mutex<Vec<(String, Tokens)>>>);

impl Usage {
    pub(crate) fn add(&self, model: &str, tokens: Tokens) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((model.to_owned(), tokens));
    }

    /// Returns what was used since this was asked last.
    pub(crate) fn take(&self) -> Vec<(String, Tokens)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What `llm` takes.
#[derive(Deserialize, JsonSchema)]
struct Arguments {
    /// What it is asked, with all the text that it needs: it sees nothing else.
    prompt: String,
    /// Pictures that it sees: the bytes of PNG or JPEG files.
    #[serde(default)]
    images: Vec<Base64>,
    /// Files that it reads, by name: bytes of text in UTF-8, PNG or JPEG.
    #[serde(default)]
    files: BTreeMap<String, Base64>,
    /// The JSON Schema of an object that it is to answer with.
    #[serde(default)]
    schema: Option<Json>,
}

pub(crate) fn tool(model: Arc<dyn Model>, usage: Usage) -> Tool {
    let description = "Ask a language model about text or pictures: `llm(f\"Which language is this?\\n{text}\")`. \
                       Returns its text, or, with `schema`, the value.";
    let limits = ToolLimits { time: None, calls: Some(CALLS_MAX), concurrency: CONCURRENCY, ..ToolLimits::default() };
    let ask = move |arguments| {
        let (model, usage) = (Arc::clone(&model), usage.clone());
        async move { answer(&*model, &usage, arguments).await }
    };
    Tool::function("llm", description, ask).read_only().idempotent().limits(limits).on_runtime()
}

/// Returns the model as tools may ask it that read a great deal for a program; its use is noted.
#[must_use]
pub fn inference(model: Arc<dyn Model>, usage: &Usage) -> Arc<dyn Inference> {
    Arc::new(Inferring { model, usage: usage.clone() })
}

struct Inferring {
    model: Arc<dyn Model>,
    usage: Usage,
}

impl Inference for Inferring {
    fn infer(&self, prompt: String, schema: Option<Json>) -> InferenceFuture {
        let (model, usage) = (Arc::clone(&self.model), self.usage.clone());
        let arguments = Arguments { prompt, images: Vec::new(), files: BTreeMap::new(), schema };
        Box::pin(async move { answer(&*model, &usage, arguments).await })
    }
}

async fn answer(model: &dyn Model, usage: &Usage, arguments: Arguments) -> Result<Json, ToolFailure> {
    let Arguments { prompt, images, files, schema } = arguments;
    let has_schema = schema.is_some();
    let mut parts = attached(images, files)?;
    parts.push(Part::text(Origin::Program, prompt));
    let request = ModelRequest {
        system: SYSTEM.into(),
        messages: vec![Arc::new(Message::User { parts })],
        tool: None,
        schema,
        output_tokens_max: None,
        replies: 0,
    };
    let reply = model.ask(request, &|_| {}).await.map_err(|failure| {
        let told = ToolFailure::failed(format!("the model gave no answer: {}", failure.message));
        if failure.is_transient() { told.retryable() } else { told }
    })?;
    usage.add(model.name(), reply.tokens);
    if !has_schema {
        return Ok(reply.text.into());
    }
    serde_json::from_str(reply.text.trim())
        .map_err(|_| ToolFailure::failed("the model did not answer with JSON").retryable())
}

/// Returns pictures and files as parts of a message.
fn attached(images: Vec<Base64>, files: BTreeMap<String, Base64>) -> Result<Vec<Part>, ToolFailure> {
    let wrong = |message: String| ToolFailure::new(ToolFailureKind::Argument, message);
    if images.len() + files.len() > FILES_MAX {
        return Err(wrong(format!("llm() takes {FILES_MAX} images and files at most")));
    }
    let mut room = TEXT_BYTES_MAX;
    let mut parts = Vec::new();
    for (name, file) in files {
        let name = shown(&name, NAME_BYTES_MAX);
        if file.0.starts_with(JPEG) || file.0.starts_with(PNG) {
            parts.push(Part::text(Origin::Program, format!("The file {name:?} is this picture:")));
            parts.push(image(&file));
            continue;
        }
        room = room.checked_sub(file.0.len()).ok_or_else(|| {
            wrong(format!("the files have more than {TEXT_BYTES_MAX} bytes of text: ask about parts"))
        })?;
        let text = String::from_utf8(file.0)
            .map_err(|_| wrong(format!("the file {name:?} is neither text in UTF-8 nor PNG nor JPEG")))?;
        parts.push(Part::text(Origin::Program, format!("<file name={name:?}>\n{}\n</file>", text.trim_end())));
    }
    parts.extend(images.iter().map(image));
    Ok(parts)
}

fn image(bytes: &Base64) -> Part {
    let media_type = if bytes.0.starts_with(JPEG) { "image/jpeg" } else { "image/png" };
    let base64 = serde_json::to_value(bytes).ok().and_then(|text| text.as_str().map(str::to_owned));
    let content = Content::Image { media_type: media_type.to_owned(), base64: base64.unwrap_or_default() };
    Part { origin: Origin::Program, content }
}
