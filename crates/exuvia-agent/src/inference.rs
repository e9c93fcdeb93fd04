//! `llm`: programs that use the model themselves, over data that need not pass through the conversation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use exuvia_core::agent::{Content, Message, Model, ModelReply, ModelRequest, Origin, Part, Stop, Tokens};
use exuvia_core::observation::excerpt::shown;
use exuvia_core::{ToolFailure, ToolFailureKind, ToolLimits};
use exuvia_tools::{AnswerSchema, Base64, Inference, InferenceFuture, Tool};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

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
/// How much of an answer is told that is none, in bytes.
const ANSWER_BYTES_MAX: usize = 200;
/// How pictures begin.
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];
const PNG: &[u8] = b"\x89PNG";
const GIF: [&[u8]; 2] = [b"GIF87a", b"GIF89a"];
/// What is between is a length.
const WEBP: [&[u8]; 2] = [b"RIFF", b"WEBP"];

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
    /// Pictures that it sees: the bytes of PNG, JPEG, GIF or WebP files.
    #[serde(default)]
    images: Vec<Base64>,
    /// Files that it reads, by name: bytes of text in UTF-8, PNG, JPEG, GIF or WebP.
    #[serde(default)]
    files: BTreeMap<String, Base64>,
    /// The JSON Schema of an object that it is to answer with. An answer that does not fit is a ToolError.
    #[serde(default)]
    schema: Option<Map<String, Json>>,
}

pub(crate) fn tool(model: Arc<dyn Model>, usage: Usage) -> Tool {
    let description = "Ask a language model about text or pictures: `llm(f\"Which language is this?\\n{text}\")`. \
                       Returns its text, or, with `schema`, the value.";
    let limits = ToolLimits { time: None, calls: Some(CALLS_MAX), concurrency: CONCURRENCY, ..ToolLimits::default() };
    let ask = move |arguments| {
        let (model, usage) = (Arc::clone(&model), usage.clone());
        async move {
            let Arguments { prompt, images, files, schema } = arguments;
            let mut parts = attached(images, files)?;
            parts.push(Part::text(Origin::Program, prompt));
            answer((&*model, &usage), parts, schema.map(Json::Object)).await
        }
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
        let parts = vec![Part::text(Origin::Program, prompt)];
        Box::pin(async move { answer((&*model, &usage), parts, schema).await })
    }
}

/// Asks, and asks once more where what comes does not fit the schema.
async fn answer(
    (model, usage): (&dyn Model, &Usage),
    parts: Vec<Part>,
    schema: Option<Json>,
) -> Result<Json, ToolFailure> {
    let wrong = |problem| ToolFailure::new(ToolFailureKind::Argument, format!("llm() argument 'schema': {problem}"));
    let checked = schema.as_ref().map(AnswerSchema::compile).transpose().map_err(wrong)?;
    let mut request = ModelRequest {
        system: SYSTEM.into(),
        messages: vec![Arc::new(Message::User { parts })],
        tool: None,
        schema,
        output_tokens_max: None,
        replies: 0,
    };
    let reply = said((model, usage), request.clone()).await?;
    let (Some(checked), Some(schema)) = (checked, &request.schema) else { return Ok(reply.text.into()) };
    let fault = match read(&reply.text, &checked) {
        Ok(answer) => return Ok(answer),
        Err(fault) => fault,
    };
    let again =
        format!("This answer does not fit: {fault}. Answer again, with JSON alone that fits this schema:\n{schema}");
    request.messages.push(Arc::new(Message::Model(Box::new(reply))));
    request.messages.push(Arc::new(Message::user(Origin::Program, again)));
    let reply = said((model, usage), request).await?;
    read(&reply.text, &checked).map_err(|fault| {
        ToolFailure::failed(format!("the model's answer does not fit the schema: {fault}")).retryable()
    })
}

/// Returns what the model says, if it has said all of it.
async fn said((model, usage): (&dyn Model, &Usage), request: ModelRequest) -> Result<ModelReply, ToolFailure> {
    let reply = model.ask(request, &|_| {}).await.map_err(|failure| {
        let told = ToolFailure::failed(format!("the model gave no answer: {}", failure.message));
        if failure.is_transient() { told.retryable() } else { told }
    })?;
    usage.add(model.name(), reply.tokens);
    match &reply.stop {
        Stop::End | Stop::Calls => Ok(reply),
        // Some servers have words of their own for an end.
        Stop::Other(_) if !reply.text.trim().is_empty() => Ok(reply),
        Stop::Length => Err(ToolFailure::failed("the model's answer was cut off: it is longer than it may be")
            .hint("ask for less at a time; how long an answer may be is `output` of a model in the configuration")),
        Stop::Refused => {
            let said = shown(reply.text.trim(), ANSWER_BYTES_MAX);
            let colon = if said.is_empty() { "" } else { ": " };
            Err(ToolFailure::failed(format!("the model refuses to answer{colon}{said}")))
        }
        Stop::Other(reason) => {
            let reason = shown(reason, ANSWER_BYTES_MAX);
            Err(ToolFailure::failed(format!("the model said nothing, and ended with {reason:?}")))
        }
    }
}

/// Reads an answer in JSON, or says what is wrong with it.
fn read(text: &str, schema: &AnswerSchema) -> Result<Json, String> {
    let text = text.trim();
    let whole = serde_json::from_str(text).ok();
    let answer: Json = whole.or_else(|| serde_json::from_str(fenced(text)?).ok()).ok_or_else(|| match text {
        "" => "it says nothing".to_owned(),
        text => format!("it is no JSON: {}", shown(text, ANSWER_BYTES_MAX)),
    })?;
    match schema.fault(&answer) {
        Some(fault) => Err(fault),
        None => Ok(answer),
    }
}

/// Returns what is in a text's only block of code.
fn fenced(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("```")?;
    let (language, rest) = rest.split_once('\n')?;
    let (block, after) = rest.split_once("```")?;
    let is_json = ["", "json"].contains(&language.trim().to_ascii_lowercase().as_str());
    (is_json && !after.contains("```")).then_some(block)
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
        if let Some(media_type) = media_type(&file.0) {
            parts.push(Part::text(Origin::Program, format!("The file {name:?} is this picture:")));
            parts.push(image(&file, media_type));
            continue;
        }
        room = room.checked_sub(file.0.len()).ok_or_else(|| {
            wrong(format!("the files have more than {TEXT_BYTES_MAX} bytes of text: ask about parts"))
        })?;
        let text = String::from_utf8(file.0)
            .map_err(|_| wrong(format!("the file {name:?} is neither text in UTF-8 nor PNG, JPEG, GIF or WebP")))?;
        parts.push(Part::text(Origin::Program, format!("<file name={name:?}>\n{}\n</file>", text.trim_end())));
    }
    for (index, file) in images.iter().enumerate() {
        let media_type = media_type(&file.0).ok_or_else(|| {
            wrong(format!("llm() argument 'images[{index}]': expected the bytes of a PNG, JPEG, GIF or WebP file"))
        })?;
        parts.push(image(file, media_type));
    }
    Ok(parts)
}

/// Returns what kind of picture this is, by how it begins.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let [riff, webp] = WEBP;
    match bytes {
        _ if bytes.starts_with(JPEG) => Some("image/jpeg"),
        _ if bytes.starts_with(PNG) => Some("image/png"),
        _ if GIF.iter().any(|sign| bytes.starts_with(sign)) => Some("image/gif"),
        _ if bytes.starts_with(riff) && bytes.get(8..12) == Some(webp) => Some("image/webp"),
        _ => None,
    }
}

fn image(bytes: &Base64, media_type: &str) -> Part {
    let base64 = serde_json::to_value(bytes).ok().and_then(|text| text.as_str().map(str::to_owned));
    let content = Content::Image { media_type: media_type.to_owned(), base64: base64.unwrap_or_default() };
    Part { origin: Origin::Program, content }
}
