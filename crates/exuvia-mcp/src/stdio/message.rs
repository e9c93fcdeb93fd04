//! What a line says.

use rmcp::model::{ClientJsonRpcMessage, ErrorData, RequestId};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::methods;

/// What a line says.
#[derive(Debug)]
pub(super) enum Message {
    Read(Box<ClientJsonRpcMessage>),
    /// Several messages, which may be none.
    Batch(Vec<Value>),
    /// Nobody waits for an answer.
    Nothing,
    /// It is no message: this is the answer.
    Wrong(Value),
}

/// What can be read of something that is no message.
#[derive(Deserialize)]
struct Rest {
    #[serde(default)]
    jsonrpc: Value,
    /// `None`: it has none. One that is null is there.
    #[serde(default, deserialize_with = "there")]
    id: Option<Value>,
    #[serde(default)]
    method: Option<Value>,
    #[serde(default)]
    params: Value,
}

/// Reads a line.
pub(super) fn read(line: &[u8]) -> Message {
    if line.trim_ascii().is_empty() {
        return Message::Nothing;
    }
    let error = match serde_json::from_slice(line) {
        Ok(message) => return Message::Read(Box::new(message)),
        Err(error) => error,
    };
    // What is passed over in JSON may be no text; JSON is.
    let is_json = match std::str::from_utf8(line) {
        Ok(text) => serde_json::from_str::<IgnoredAny>(text).map(drop).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(why) = is_json {
        return wrong(ErrorData::parse_error(format!("the line is no JSON: {why}"), None), None);
    }
    if let Ok(messages) = serde_json::from_slice(line) {
        return Message::Batch(messages);
    }
    let Ok(rest) = serde_json::from_slice::<Rest>(line) else {
        return wrong(ErrorData::invalid_request(format!("the line is no message: {error}"), None), None);
    };
    let method = rest.method.as_ref().and_then(Value::as_str);
    if rest.id.is_none() && method.is_some() {
        // It cannot be read, and must not be answered.
        return Message::Nothing;
    }
    // JSON-RPC has parameters by position, too; no method here takes them.
    let is_positional = rest.params.is_array() && rest.jsonrpc == "2.0";
    let is_named = rest.id.as_ref().is_some_and(|id| serde_json::from_value::<RequestId>(id.clone()).is_ok());
    let error = match method {
        Some(method) if is_positional && is_named => methods::refusal(method, None),
        Some(_) if !is_named => {
            ErrorData::invalid_request("the id of a request is a text, or a whole number of 64 bits", None)
        }
        _ => ErrorData::invalid_request(format!("the line is no message: {error}"), None),
    };
    // A number that is no id for us is one for who waits for its answer.
    wrong(error, rest.id.filter(|id| id.is_number() || id.is_string()))
}

/// Refuses a line that has several messages, where the revision of the protocol has none such.
pub(super) fn no_batches() -> Value {
    answer(ErrorData::invalid_request("batches are not taken: send one message a line", None), None)
}

/// Refuses several messages at once.
pub(super) fn no_batch(why: String) -> Value {
    answer(ErrorData::invalid_request(why, None), None)
}

/// Answers a line that is too long.
pub(super) fn too_long(length_max: usize) -> Message {
    let what = format!("the line is longer than {length_max} bytes, the limit");
    wrong(ErrorData::invalid_request(what, None), None)
}

fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn wrong(error: ErrorData, id: Option<Value>) -> Message {
    Message::Wrong(answer(error, id))
}

/// Makes the answer to what is no message. Where its id is not known, it has none (2026-07-28, basic, error responses).
fn answer(error: ErrorData, id: Option<Value>) -> Value {
    let mut answer = json!({"jsonrpc": "2.0", "error": error});
    if let Some(id) = id {
        answer["id"] = id;
    }
    answer
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a line is answered with: the error's code.
    fn answered(line: &[u8]) -> Option<i32> {
        match read(line) {
            Message::Wrong(answer) => Some(i32::try_from(answer["error"]["code"].as_i64().unwrap()).unwrap()),
            Message::Batch(_) => Some(-32600),
            Message::Read(_) | Message::Nothing => None,
        }
    }

    proptest! {
        #[test]
        fn what_is_no_json_is_told_so(line in prop::collection::vec(any::<u8>(), 1..60)) {
            let is_json = serde_json::from_slice::<serde_json::Value>(&line).is_ok();
            let is_blank = line.trim_ascii().is_empty();
            prop_assert_eq!(answered(&line), if is_blank { None } else if is_json { Some(-32600) } else { Some(-32700) });
        }

        #[test]
        fn json_of_any_shape_is_a_message_or_told_what_it_is_not(
            version in "\"2[.]0\"|\"1[.]0\"|2",
            id in "1|\"a\"|null|\\[\\]|1[.]5|-1",
            method in "\"tools/call\"|\"ping\"|\"x\"|5|null",
            params in "\\{\\}|\\[\\]|\"x\"|5|\\{\"name\":5\\}",
            has in any::<[bool; 4]>(),
        ) {
            let members = [("jsonrpc", version), ("id", id), ("method", method), ("params", params)];
            let members = members.iter().zip(has).filter(|(_, has)| *has);
            let members: Vec<String> = members.map(|((name, value), _)| format!("\"{name}\":{value}")).collect();
            let line = format!("{{{}}}", members.join(","));
            prop_assert!(matches!(answered(line.as_bytes()), None | Some(-32602..=-32600)), "{line}");
        }
    }
}
