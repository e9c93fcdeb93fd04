//! Between our words and those of the library that speaks to providers.
//!
//! What a provider wants back with the next request lies in a reply's attachment: the library's own form of the turn, with
//! the provider's items as they came. If it cannot be read any more, or is another provider's, the turn is made of its
//! text and calls.

use exuvia_core::agent::{
    Attachment, Call, Content, Message, ModelReply, ModelRequest, PYTHON_TOOL, Part, Stop, Tokens,
};
use rig_core::completion::{
    CacheRetention, CompletionRequest, CompletionResponse, FinishReason, OnUnsupported, ToolDefinition,
};
use rig_core::message::{
    AssistantContent, AssistantMessage, ImageMediaType, Message as Turn, ToolCall, ToolFunction, ToolName,
    ToolResultContent, UserContent,
};
use serde_json::{Value as Json, json};

use crate::key::Key;
use crate::remote::{OUTPUT_TOKENS, Provider, Window};
use crate::schema;

/// How long a reply may be at least, however long the conversation is: who has no room left for that says so.
const OUTPUT_TOKENS_MIN: u64 = 1_024;
/// How many bytes of text are taken for a token: rather too few, so that what is left is.
const TOKEN_BYTES: u64 = 3;
/// How many tokens a picture is taken for.
const IMAGE_TOKENS: u64 = 1_600;

/// Whose attachments these are: the form of a version of the library.
fn form(provider: &str) -> String {
    format!("{provider}+rig-0.44")
}

/// Returns a request as the library has it, or why there can be none.
pub(crate) fn request(request: &ModelRequest, provider: Provider, window: Window) -> Result<CompletionRequest, String> {
    let mut asked = CompletionRequest::from(history(&request.messages, provider.name()));
    let mut more = serde_json::Map::new();
    let mut system = request.system.to_string();
    if let Some(schema) = &request.schema {
        let sent = schema::sent(schema, provider);
        if sent.is_native {
            let schema = schemars::Schema::try_from(schema.clone());
            asked = asked.output_schema(schema.map_err(|error| format!("its answer's schema is none: {error}"))?);
        }
        if sent.is_told {
            system = [&system, "\n\n", &schema::in_words(schema)].concat();
        }
        more.extend(sent.member.map(|(name, value)| (name.to_owned(), value)));
    }
    if !system.is_empty() {
        asked = asked.preamble(system);
    }
    if let Some(description) = &request.tool {
        let parameters = json!({
            "type": "object",
            "properties": { "code": { "type": "string", "description": "Python source" } },
            "required": ["code"],
            "additionalProperties": false,
        });
        let name = ToolName::new(PYTHON_TOOL).map_err(|error| error.to_string())?;
        asked = asked.tool(ToolDefinition::new(name, &**description, parameters));
    }
    match provider {
        // What is said is nobody's to keep.
        Provider::OpenAi => _ = more.insert("store".to_owned(), false.into()),
        Provider::Ollama => more.extend(window.context.map(|tokens| ("num_ctx".to_owned(), tokens.into()))),
        _ => {}
    }
    if !more.is_empty() {
        asked = asked.additional_params(Json::Object(more));
    }
    if !request.is_inference() {
        asked = asked.cache(CacheRetention::Short);
    }
    Ok(asked.max_tokens(output_tokens(request, window)).on_unsupported(OnUnsupported::Ignore))
}

/// Returns how long a reply may be: as long as somebody says, and as what was said up to now leaves room for.
fn output_tokens(request: &ModelRequest, window: Window) -> u64 {
    let tokens = u64::from(request.output_tokens_max.or(window.output).unwrap_or(OUTPUT_TOKENS));
    let Some(context) = window.context else { return tokens };
    let told: u64 = request.messages.iter().map(|message| message_tokens(message)).sum();
    let system = request.system.len() + request.tool.as_ref().map_or(0, |tool| tool.len());
    let left = u64::from(context).saturating_sub(told + system as u64 / TOKEN_BYTES);
    tokens.min(left.max(OUTPUT_TOKENS_MIN))
}

fn message_tokens(message: &Message) -> u64 {
    if let Message::Model(reply) = message {
        let calls: usize = reply.calls.iter().map(|call| call.arguments.len()).sum();
        return (reply.text.len() + reply.reasoning.len() + calls) as u64 / TOKEN_BYTES;
    }
    let tokens = |part: &Part| match &part.content {
        Content::Text { text } => text.len() as u64 / TOKEN_BYTES,
        Content::Image { .. } => IMAGE_TOKENS,
    };
    message.parts().iter().map(tokens).sum()
}

fn history(messages: &[std::sync::Arc<Message>], provider: &str) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::with_capacity(messages.len());
    let mut calls: Vec<ToolCall> = Vec::new();
    for message in messages {
        match &**message {
            Message::Model(reply) => {
                let turn = said_before(reply, provider);
                if let Turn::Assistant(turn) = &turn {
                    calls = turn.tool_calls().cloned().collect();
                }
                turns.push(turn);
            }
            Message::User { parts } => turns.push(Turn::User { content: parts.iter().map(user).collect() }),
            Message::Observed { call, parts } => {
                let call = call.as_ref().and_then(|id| calls.iter().find(|call| call.id.to_string() == *id));
                match call {
                    // Providers want all results of a turn in one message.
                    Some(call) => {
                        let result = UserContent::ToolResult(call.result(parts.iter().map(result).collect()));
                        match turns.last_mut() {
                            Some(Turn::User { content })
                                if content.iter().all(|part| matches!(part, UserContent::ToolResult(_))) =>
                            {
                                content.push(result);
                            }
                            _ => turns.push(Turn::User { content: vec![result] }),
                        }
                    }
                    None => turns.push(Turn::User { content: parts.iter().map(user).collect() }),
                }
            }
        }
    }
    turns
}

/// Returns a reply as the library had it, or as it can be made again.
fn said_before(reply: &ModelReply, provider: &str) -> Turn {
    let own = form(provider);
    let kept = reply.attachments.iter().find(|attachment| attachment.provider == own);
    if let Some(turn) = kept.and_then(|attachment| serde_json::from_value::<Turn>(attachment.data.clone()).ok()) {
        return turn;
    }
    let text = (!reply.text.is_empty()).then(|| AssistantContent::text(&reply.text));
    let calls = reply.calls.iter().filter_map(|call| {
        let name = ToolName::new(call.name.clone()).ok()?;
        Some(AssistantContent::ToolCall(ToolCall::from_wire(&call.id, ToolFunction::parse(name, &call.arguments))))
    });
    Turn::Assistant(AssistantMessage::default().with_content(text.into_iter().chain(calls).collect()))
}

fn user(part: &Part) -> UserContent {
    match &part.content {
        Content::Text { text } => UserContent::text(text),
        Content::Image { media_type, base64 } => UserContent::image_base64(base64, image(media_type), None),
    }
}

fn result(part: &Part) -> ToolResultContent {
    match &part.content {
        Content::Text { text } => ToolResultContent::text(text),
        Content::Image { media_type, base64 } => ToolResultContent::image_base64(base64, image(media_type), None),
    }
}

fn image(media_type: &str) -> Option<ImageMediaType> {
    Some(match media_type {
        "image/jpeg" => ImageMediaType::JPEG,
        "image/gif" => ImageMediaType::GIF,
        "image/webp" => ImageMediaType::WEBP,
        _ => ImageMediaType::PNG,
    })
}

/// Returns a response in our words, without the key, should it be in there.
pub(crate) fn reply(response: &CompletionResponse, provider: &str, key: &Key) -> ModelReply {
    let mut reply = ModelReply::default();
    for content in &response.choice {
        match content {
            AssistantContent::Text(text) => reply.text.push_str(&text.text),
            AssistantContent::Reasoning(reasoning) => reply.reasoning.push_str(&reasoning.text),
            AssistantContent::ToolCall(call) => reply.calls.push(called(call)),
            _ => {}
        }
    }
    if let Some(Turn::Assistant(turn)) = response.message() {
        // The library leaves turns out of later requests that ended in a way which it takes for a failure, such as one that it
        // does not know. What this one asked for is done, so it has been said.
        let data = serde_json::to_value(Turn::Assistant(turn.with_stop(None)));
        reply.attachments.extend(data.ok().map(|data| Attachment { provider: form(provider), data }));
    }
    reply.stop = match response.finish_reason() {
        Some(FinishReason::Stop) => Stop::End,
        Some(FinishReason::ToolCalls) => Stop::Calls,
        Some(FinishReason::Length) => Stop::Length,
        Some(FinishReason::ContentFilter) => Stop::Refused,
        Some(FinishReason::Other(reason)) => Stop::Other(reason),
        _ if reply.calls.is_empty() => Stop::End,
        _ => Stop::Calls,
    };
    reply.tokens = tokens(response);
    redact(&mut reply, key);
    reply
}

fn redact(reply: &mut ModelReply, key: &Key) {
    key.redact(&mut reply.text);
    key.redact(&mut reply.reasoning);
    for call in &mut reply.calls {
        [&mut call.id, &mut call.name, &mut call.arguments].into_iter().for_each(|text| key.redact(text));
    }
    reply.attachments.iter_mut().for_each(|attachment| key.redact_json(&mut attachment.data));
    if let Stop::Other(reason) = &mut reply.stop {
        key.redact(reason);
    }
}

fn called(call: &ToolCall) -> Call {
    let function = &call.function;
    // What could not be read is passed on as it came: it is told to the model, and never run as far as it could be guessed.
    let arguments = match &function.invalid_arguments {
        Some(invalid) => invalid.clone(),
        None => Json::Object(function.arguments.clone()).to_string(),
    };
    Call { id: call.id.to_string(), name: function.name.to_string(), arguments }
}

fn tokens(response: &CompletionResponse) -> Tokens {
    let usage = &response.usage;
    let cached = usage.cached_input_tokens.unwrap_or(0);
    Tokens {
        fresh: usage.input_tokens.unwrap_or(0).saturating_sub(cached),
        cached,
        kept: usage.cache_creation_input_tokens.unwrap_or(0),
        output: usage.output_tokens.unwrap_or(0),
    }
}
