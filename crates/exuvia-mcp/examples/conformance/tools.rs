//! The tools that scenarios name.

use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ClientResult, ErrorData, LoggingLevel,
    LoggingMessageNotificationParam, ProgressNotificationParam, ServerRequest, Tool,
};
use rmcp::service::{RequestContext, ServiceError};
use serde_json::{Value, json};

use crate::changes::{Change, Changes};
use crate::{input, resources};

/// How far apart notifications are.
const STEP: Duration = Duration::from_millis(50);

type Context = RequestContext<RoleServer>;

/// The tools without arguments.
const WITHOUT_ARGUMENTS: &[&str] = &[
    "test_audio_content",
    "test_elicitation_sep1034_defaults",
    "test_elicitation_sep1330_enums",
    "test_embedded_resource",
    "test_error_handling",
    "test_image_content",
    "test_input_required_result_capabilities",
    "test_input_required_result_elicitation",
    "test_input_required_result_list_roots",
    "test_input_required_result_multi_round",
    "test_input_required_result_multiple_inputs",
    "test_input_required_result_request_state",
    "test_input_required_result_sampling",
    "test_input_required_result_tampered_state",
    "test_logging_tool",
    "test_missing_capability",
    "test_multiple_content_types",
    "test_simple_text",
    "test_streaming_elicitation",
    "test_tool_with_logging",
    "test_tool_with_progress",
    "test_trigger_prompt_change",
    "test_trigger_tool_change",
];

/// Returns all tools.
pub(crate) fn all() -> Vec<Tool> {
    let tool =
        |name: &str, schema: Value| json!({"name": name, "description": "Wanted by a scenario", "inputSchema": schema});
    let text = |name: &str, more: Value| {
        let mut property = json!({"type": "string"});
        property.as_object_mut().expect("it is one").extend(more.as_object().cloned().unwrap_or_default());
        json!({"type": "object", "properties": {name: property}, "required": [name]})
    };
    let mut tools: Vec<Value> =
        WITHOUT_ARGUMENTS.iter().map(|name| tool(name, json!({"type": "object", "properties": {}}))).collect();
    tools.extend([
        tool("json_schema_2020_12_tool", draft_2020_12()),
        tool("test_elicitation", text("message", json!({}))),
        tool("test_header", text("place", json!({"x-mcp-header": "Place"}))),
        tool("test_sampling", text("prompt", json!({}))),
    ]);
    serde_json::from_value(tools.into()).expect("these are tools")
}

/// A schema with what must not be lost on its way.
fn draft_2020_12() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {"address": {"$anchor": "addressDef", "type": "object", "properties": {
            "street": {"type": "string"}, "city": {"type": "string"},
        }}},
        "properties": {
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"},
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": false,
    })
}

/// Answers `tools/call`.
pub(crate) async fn call(
    changes: &Changes,
    request: &CallToolRequestParams,
    context: &Context,
) -> Result<CallToolResponse, ErrorData> {
    let argument = |name: &str| {
        let value = request.arguments.as_ref().and_then(|arguments| arguments.get(name)?.as_str());
        value.ok_or_else(|| ErrorData::invalid_params(format!("the argument `{name}` is missing"), None))
    };
    if let Some(answer) = input::call(request, context.client_capabilities()) {
        return answer;
    }
    Ok(match &*request.name {
        "json_schema_2020_12_tool" => text("It is there for its schema."),
        "test_elicitation" => elicit(context, argument("message")?, user_schema()).await?,
        "test_elicitation_sep1034_defaults" => elicit(context, "Please fill this in", defaults_schema()).await?,
        "test_elicitation_sep1330_enums" => elicit(context, "Please choose", choices_schema()).await?,
        "test_error_handling" => error("This tool intentionally returns an error for testing"),
        "test_header" => text(argument("place")?),
        "test_logging_tool" | "test_tool_with_logging" => log(context).await,
        "test_missing_capability" => {
            let sampling = context.client_capabilities().and_then(|capabilities| capabilities.sampling);
            if sampling.is_none() {
                let required = ClientCapabilities::builder().enable_sampling().build();
                return Err(ErrorData::missing_required_client_capability(required));
            }
            text("The client can sample.")
        }
        "test_sampling" => sample(context, argument("prompt")?).await?,
        "test_streaming_elicitation" => input::name(request.input_responses.as_ref()),
        "test_tool_with_progress" => progress(context).await,
        "test_trigger_prompt_change" => {
            changes.make(Change::Prompts).await;
            text("The prompts have changed.")
        }
        "test_trigger_tool_change" => {
            changes.make(Change::Tools).await;
            text("The tools have changed.")
        }
        name => content(name).ok_or_else(|| ErrorData::invalid_params(format!("there is no tool `{name}`"), None))?,
    })
}

/// Answers tools that are there for the kind of their content.
fn content(name: &str) -> Option<CallToolResponse> {
    let image = || json!({"type": "image", "data": resources::PNG, "mimeType": "image/png"});
    let resource = |uri: &str, kind: &str, text: &str| json!({"type": "resource", "resource": {"uri": uri, "mimeType": kind, "text": text}});
    let content = match name {
        "test_simple_text" => json!([{"type": "text", "text": "This is a simple text response for testing."}]),
        "test_image_content" => json!([image()]),
        "test_audio_content" => json!([{"type": "audio", "data": resources::WAV, "mimeType": "audio/wav"}]),
        "test_embedded_resource" => {
            json!([resource("test://embedded-resource", "text/plain", "This is an embedded resource content.")])
        }
        "test_multiple_content_types" => json!([
            {"type": "text", "text": "Multiple content types test:"},
            image(),
            resource("test://mixed-content-resource", "application/json", r#"{"test":"data","value":123}"#),
        ]),
        _ => return None,
    };
    Some(result(json!({"content": content})))
}

fn result(mut result: Value) -> CallToolResponse {
    result["resultType"] = "complete".into();
    let result: CallToolResult = serde_json::from_value(result).expect("this is a result");
    result.into()
}

/// A result that is a text.
pub(crate) fn text(text: &str) -> CallToolResponse {
    result(json!({"content": [{"type": "text", "text": text}]}))
}

fn error(text: &str) -> CallToolResponse {
    result(json!({"content": [{"type": "text", "text": text}], "isError": true}))
}

/// Reports progress, if that was asked for.
async fn progress(context: &Context) -> CallToolResponse {
    for done in [0.0, 50.0, 100.0] {
        if let Some(token) = context.meta.get_progress_token() {
            let progress = ProgressNotificationParam::new(token, done).with_total(100.0);
            // Who is not there any more needs no report.
            let _ = context.peer.notify_progress(progress).await;
        }
        tokio::time::sleep(STEP).await;
    }
    text("Done.")
}

/// Logs three messages. In revisions without connections only a client that says so wants any.
async fn log(context: &Context) -> CallToolResponse {
    let wanted = context.meta.log_level().is_some() || !is_stateless(context);
    for message in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
        if wanted {
            let message = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(message));
            let _ = context.peer.notify_logging_message(message).await;
        }
        tokio::time::sleep(STEP).await;
    }
    text("Logged.")
}

/// Whether the request is one that says by itself what its client can do.
fn is_stateless(context: &Context) -> bool {
    context.meta.protocol_version().is_some()
}

/// Asks the client's model something (older revisions).
async fn sample(context: &Context, prompt: &str) -> Result<CallToolResponse, ErrorData> {
    let message = json!({"role": "user", "content": {"type": "text", "text": prompt}});
    let answer = request(context, "sampling/createMessage", json!({"messages": [message], "maxTokens": 100})).await?;
    let said = answer.pointer("/content/text").and_then(Value::as_str).unwrap_or_default();
    Ok(text(&format!("LLM response: {said}")))
}

/// Asks the user something (older revisions).
async fn elicit(context: &Context, message: &str, schema: Value) -> Result<CallToolResponse, ErrorData> {
    let answer = request(context, "elicitation/create", json!({"message": message, "requestedSchema": schema})).await?;
    let (action, content) = (&answer["action"], &answer["content"]);
    let action = action.as_str().unwrap_or_default();
    Ok(text(&format!("Elicitation completed: action={action}, content={content}")))
}

async fn request(context: &Context, method: &str, params: Value) -> Result<Value, ErrorData> {
    let request: ServerRequest =
        serde_json::from_value(json!({"method": method, "params": params})).expect("this is a request");
    let answer: ClientResult = context.peer.send_request(request).await.map_err(|error| match error {
        ServiceError::McpError(error) => error,
        error => ErrorData::internal_error(error.to_string(), None),
    })?;
    Ok(serde_json::to_value(answer).expect("it came as JSON"))
}

fn user_schema() -> Value {
    json!({"type": "object", "required": ["username", "email"], "properties": {
        "username": {"type": "string", "description": "User's response"},
        "email": {"type": "string", "description": "User's email address"},
    }})
}

fn defaults_schema() -> Value {
    json!({"type": "object", "properties": {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": true},
    }})
}

fn choices_schema() -> Value {
    let titled = |first: &str, second: &str, third: &str| {
        json!([
            {"const": "value1", "title": first}, {"const": "value2", "title": second}, {"const": "value3", "title": third},
        ])
    };
    let plain = json!(["option1", "option2", "option3"]);
    json!({"type": "object", "properties": {
        "untitledSingle": {"type": "string", "enum": plain},
        "titledSingle": {"type": "string", "oneOf": titled("First Option", "Second Option", "Third Option")},
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": plain}},
        "titledMulti": {"type": "array", "items": {"anyOf": titled("First Choice", "Second Choice", "Third Choice")}},
    }})
}
