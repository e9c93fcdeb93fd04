//! The methods that are served.

use exuvia_core::observation::excerpt::shown;
use rmcp::model::{ErrorCode, ErrorData};

/// How much of the name of an unknown method is shown, in bytes.
const METHOD_BYTES_MAX: usize = 64;

/// A method that is served, whatever its parameters are.
struct Method {
    name: &'static str,
    revisions: Revisions,
    takes: &'static str,
}

/// The revisions of the protocol that have a method.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Revisions {
    All,
    /// Those with a handshake.
    Older,
    /// Those without.
    Modern,
}

const METHODS: [Method; 8] = [
    Method {
        name: "initialize",
        revisions: Revisions::Older,
        takes: r#"{"protocolVersion": string, "capabilities": {…}, "clientInfo": {"name": string, "version": string}}"#,
    },
    Method { name: "ping", revisions: Revisions::Older, takes: "an object, or nothing" },
    Method { name: "server/discover", revisions: Revisions::Modern, takes: "an object with `_meta`" },
    Method { name: "tools/list", revisions: Revisions::All, takes: r#"{"cursor"?: string}"# },
    Method { name: "tools/call", revisions: Revisions::All, takes: r#"{"name": string, "arguments"?: {…}}"# },
    Method { name: "resources/list", revisions: Revisions::All, takes: r#"{"cursor"?: string}"# },
    Method { name: "resources/templates/list", revisions: Revisions::All, takes: r#"{"cursor"?: string}"# },
    Method { name: "resources/read", revisions: Revisions::All, takes: r#"{"uri": string}"# },
];

/// Says why a request cannot be answered that is none the protocol's library knows: its method is unknown, or its parameters
/// are not what that takes. `is_modern`: whether its revision of the protocol has no handshake, if that is known.
pub(crate) fn refusal(method: &str, is_modern: Option<bool>) -> ErrorData {
    let is_served = |revisions| match (revisions, is_modern) {
        (Revisions::All, _) | (_, None) => true,
        (Revisions::Modern, Some(is_modern)) => is_modern,
        (Revisions::Older, Some(is_modern)) => !is_modern,
    };
    match METHODS.iter().find(|known| known.name == method && is_served(known.revisions)) {
        Some(Method { name, takes, .. }) => {
            ErrorData::invalid_params(format!("the params of `{name}` are not what it takes: {takes}"), None)
        }
        None => ErrorData::new(ErrorCode::METHOD_NOT_FOUND, shown(method, METHOD_BYTES_MAX).into_owned(), None),
    }
}
