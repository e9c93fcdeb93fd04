//! What a line says.

use rmcp::model::{ClientJsonRpcMessage, ErrorData, RequestId, ServerJsonRpcMessage};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// What a line says.
#[derive(Debug)]
pub(super) enum Message {
    Read(Box<ClientJsonRpcMessage>),
    /// Nobody waits for an answer.
    Nothing,
    /// It is no message: this is the answer.
    Wrong(Box<ServerJsonRpcMessage>),
}

/// What can be read of something that is no message.
#[derive(Deserialize)]
struct Rest {
    #[serde(default)]
    id: Option<serde_json::Value>,
    #[serde(default)]
    method: Option<serde_json::Value>,
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
    if line.trim_ascii_start().starts_with(b"[") {
        return wrong(ErrorData::invalid_request("batches are not taken: send one message a line", None), None);
    }
    let Ok(Rest { id, method }) = serde_json::from_slice(line) else {
        return wrong(ErrorData::invalid_request(format!("the line is no message: {error}"), None), None);
    };
    let is_notification = id.is_none() && method.as_ref().is_some_and(serde_json::Value::is_string);
    if is_notification {
        // It cannot be read, and must not be answered.
        return Message::Nothing;
    }
    let id = id.and_then(|id| serde_json::from_value::<RequestId>(id).ok());
    wrong(ErrorData::invalid_request(format!("the line is no message: {error}"), None), id)
}

/// Answers a line that is too long.
pub(super) fn too_long(length_max: usize) -> Message {
    let what = format!("the line is longer than {length_max} bytes, the limit");
    wrong(ErrorData::invalid_request(what, None), None)
}

fn wrong(error: ErrorData, id: Option<RequestId>) -> Message {
    Message::Wrong(Box::new(ServerJsonRpcMessage::error(error, id)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a line is answered with: the error's code.
    fn answered(line: &[u8]) -> Option<i32> {
        match read(line) {
            Message::Wrong(answer) => {
                let answer = serde_json::to_value(answer).unwrap();
                Some(i32::try_from(answer["error"]["code"].as_i64().unwrap()).unwrap())
            }
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
            prop_assert!(matches!(answered(line.as_bytes()), None | Some(-32600)), "{line}");
        }
    }
}
