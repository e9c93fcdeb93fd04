//! Tools that need something of the client before they can answer (SEP-2322): they say what, and are called again.
//!
//! What a tool has to remember in between goes to the client and comes back. A client may change it, or make one up: the
//! fixture knows what it gave away. (A server of many processes would sign it.)

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ClientCapabilities, ErrorData, GetPromptRequestParams, InputRequests,
    InputRequiredResult, InputResponses,
};
use serde_json::{Value, json};

use crate::tools::text;

/// The states that were given away: what begins with a tool's name and a colon is a state of that tool.
static GIVEN: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

/// Answers a call of one of these tools; `None` if it is none of them.
///
/// # Errors
///
/// If a state comes back that is not what was sent.
pub(crate) fn call(
    request: &CallToolRequestParams,
    capabilities: Option<ClientCapabilities>,
) -> Option<Result<CallToolResponse, ErrorData>> {
    let responses = request.input_responses.as_ref();
    let answer = match request.name.strip_prefix("test_input_required_result_")? {
        "elicitation" => Ok(name(responses)),
        "sampling" => Ok(match answer(responses, "capital_question", "/content/text") {
            Some(capital) => text(capital),
            None => ask([("capital_question", sample("What is the capital of France?", 100))], None),
        }),
        "list_roots" => Ok(match answer(responses, "client_roots", "/roots/0/uri") {
            Some(root) => text(&format!("The first root is {root}")),
            None => ask([("client_roots", roots())], None),
        }),
        "request_state" | "tampered_state" => confirm(request),
        "multiple_inputs" => several(request),
        "multi_round" => rounds(request),
        "capabilities" => Ok(allowed(responses, &capabilities.unwrap_or_default())),
        _ => return None,
    };
    Some(answer)
}

/// Answers once there is a name.
pub(crate) fn name(responses: Option<&InputResponses>) -> CallToolResponse {
    match answer(responses, "user_name", "/content/name") {
        Some(name) => text(&format!("Hello, {name}!")),
        None => ask([("user_name", elicit("What is your name?", "name", "string"))], None),
    }
}

/// Returns what a prompt's client has answered, or asks for it.
pub(crate) fn context(request: &GetPromptRequestParams) -> Result<&str, Box<InputRequiredResult>> {
    let question = || ("user_context", elicit("What context should the prompt use?", "context", "string"));
    answer(request.input_responses.as_ref(), "user_context", "/content/context")
        .ok_or_else(|| Box::new(need([question()], None)))
}

/// Asks for a confirmation, and looks at whether the state that comes back with it is the one that went out.
fn confirm(request: &CallToolRequestParams) -> Result<CallToolResponse, ErrorData> {
    let state = open(request)?;
    let confirmed = request.input_responses.as_ref().is_some_and(|responses| responses.contains_key("confirm"));
    if confirmed && state.as_deref() == Some("confirm") {
        return Ok(text("state-ok"));
    }
    Ok(ask([("confirm", elicit("Please confirm", "ok", "boolean"))], Some(seal(request, "confirm"))))
}

fn several(request: &CallToolRequestParams) -> Result<CallToolResponse, ErrorData> {
    let responses = request.input_responses.as_ref();
    let state = open(request)?;
    let name = answer(responses, "user_name", "/content/name");
    let greeting = answer(responses, "greeting", "/content/text");
    let root = answer(responses, "client_roots", "/roots/0/uri");
    if let (Some(name), Some(greeting), Some(root), Some("several")) = (name, greeting, root, state.as_deref()) {
        return Ok(text(&format!("{greeting} {name}, {root}")));
    }
    let questions = [
        ("user_name", elicit("What is your name?", "name", "string")),
        ("greeting", sample("Generate a greeting", 50)),
        ("client_roots", roots()),
    ];
    Ok(ask(questions, Some(seal(request, "several"))))
}

/// Asks two things, one after the other. The state has the answer to the first.
fn rounds(request: &CallToolRequestParams) -> Result<CallToolResponse, ErrorData> {
    let responses = request.input_responses.as_ref();
    let state = open(request)?;
    let known = state.as_deref().and_then(|state| state.strip_prefix("name: "));
    if let (Some(name), Some(color)) = (known, answer(responses, "step2", "/content/color")) {
        return Ok(text(&format!("{name} likes {color}")));
    }
    let given = state.is_some().then(|| answer(responses, "step1", "/content/name")).flatten();
    Ok(match known.or(given) {
        Some(name) => {
            let question = elicit("Step 2: What is your favorite color?", "color", "string");
            ask([("step2", question)], Some(seal(request, &format!("name: {name}"))))
        }
        None => ask([("step1", elicit("Step 1: What is your name?", "name", "string"))], Some(seal(request, "begun"))),
    })
}

/// Asks only for what the client can give.
fn allowed(responses: Option<&InputResponses>, capabilities: &ClientCapabilities) -> CallToolResponse {
    if responses.is_some_and(|responses| !responses.is_empty()) {
        return text("Thank you.");
    }
    let questions = [
        capabilities.sampling.is_some().then(|| ("greeting", sample("Generate a greeting", 50))),
        capabilities.elicitation.is_some().then(|| ("user_name", elicit("What is your name?", "name", "string"))),
        capabilities.roots.is_some().then(|| ("client_roots", roots())),
    ];
    ask(questions.into_iter().flatten(), None)
}

/// Returns a text out of what the client has answered to a question, if it was answered and is a text.
fn answer<'a>(responses: Option<&'a InputResponses>, question: &str, pointer: &str) -> Option<&'a str> {
    responses?.get(question)?.pointer(pointer)?.as_str()
}

fn ask(questions: impl IntoIterator<Item = (&'static str, Value)>, state: Option<String>) -> CallToolResponse {
    need(questions, state).into()
}

fn need(questions: impl IntoIterator<Item = (&'static str, Value)>, state: Option<String>) -> InputRequiredResult {
    let questions: Value = questions.into_iter().map(|(name, question)| (name.to_owned(), question)).collect();
    let questions: InputRequests = serde_json::from_value(questions).expect("these are requests for input");
    InputRequiredResult::new(Some(questions), state)
}

fn elicit(message: &str, field: &str, kind: &str) -> Value {
    let schema = json!({"type": "object", "properties": {field: {"type": kind}}, "required": [field]});
    json!({"method": "elicitation/create", "params": {"mode": "form", "message": message, "requestedSchema": schema}})
}

fn sample(text: &str, tokens_max: u32) -> Value {
    let message = json!({"role": "user", "content": {"type": "text", "text": text}});
    json!({"method": "sampling/createMessage", "params": {"messages": [message], "maxTokens": tokens_max}})
}

fn roots() -> Value {
    json!({"method": "roots/list"})
}

/// Notes a state that only this tool will take back, and returns what the client gets.
fn seal(request: &CallToolRequestParams, state: &str) -> String {
    let sealed = format!("{}:{state}", request.name);
    GIVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(sealed.clone());
    sealed
}

/// Returns the state that has come back, if one has.
fn open(request: &CallToolRequestParams) -> Result<Option<String>, ErrorData> {
    let Some(sealed) = &request.request_state else { return Ok(None) };
    let was_given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner).contains(sealed);
    match sealed.strip_prefix(&format!("{}:", request.name)) {
        Some(state) if was_given => Ok(Some(state.to_owned())),
        _ => Err(ErrorData::invalid_params("this is no state that the tool gave away", None)),
    }
}
