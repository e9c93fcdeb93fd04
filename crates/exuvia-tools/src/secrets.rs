//! Values that the host puts into requests and that the guest never sees.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exuvia_core::ToolFailure;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;

/// The shortest secret, in bytes: a shorter one could be guessed from what is redacted, and would redact half an answer.
const SECRET_BYTES_MIN: usize = 8;

/// What stands in an answer in place of a secret.
const REDACTED: &str = "[redacted]";

/// Whoever knows the secrets. A closure from a name to a value is one.
///
/// It is asked at each call, so that a secret may change.
pub trait Secrets: Send + Sync {
    /// Returns the value of a secret, at least 8 bytes; `None` if there is none.
    fn secret(&self, name: &str) -> Option<String>;
}

impl<F: Fn(&str) -> Option<String> + Send + Sync> Secrets for F {
    fn secret(&self, name: &str) -> Option<String> {
        self(name)
    }
}

/// The secrets that a tool uses: their names, and who knows them.
#[derive(Clone)]
pub(crate) struct Vault {
    names: Vec<String>,
    secrets: Arc<dyn Secrets>,
}

impl Vault {
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a str>, secrets: Arc<dyn Secrets>) -> Self {
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        names.dedup();
        Self { names, secrets }
    }

    /// Fetches the secrets for one call.
    pub(crate) fn open(&self) -> Result<Opened, ToolFailure> {
        let mut values = Vec::with_capacity(self.names.len());
        for name in &self.names {
            let Some(value) = self.secrets.secret(name) else {
                return Err(ToolFailure::failed(format!("the host does not know the secret `{name}`"))
                    .hint(format!("whoever runs the host sets `{name}` in its environment")));
            };
            if value.len() < SECRET_BYTES_MIN {
                let message = format!("the secret `{name}` is shorter than {SECRET_BYTES_MIN} bytes");
                return Err(ToolFailure::failed(message).hint("whoever runs the host sets a longer one"));
            }
            values.push((name.clone(), value));
        }
        Ok(Opened { values })
    }
}

/// The values of secrets, for one call. They are in no `Debug` output.
pub(crate) struct Opened {
    values: Vec<(String, String)>,
}

impl Opened {
    /// Returns a secret's value: empty if it was not opened, which templates see to.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Returns the length of the longest form in which a secret is looked for, in bytes.
    pub(crate) fn longest(&self) -> usize {
        self.values.iter().flat_map(|(_, value)| forms(value)).map(|form| form.len()).max().unwrap_or(0)
    }

    /// Takes the secrets out of a text that came back: as they are, percent-encoded, as JSON writes them, in base64.
    ///
    /// A server that wants to give a secret away can encode it in a way that is not looked for: a secret is only as safe as
    /// the server that it is sent to.
    pub(crate) fn redact(&self, text: String) -> String {
        let mut text = text;
        for (_, value) in &self.values {
            for form in forms(value) {
                if text.contains(&form) {
                    text = text.replace(&form, REDACTED);
                }
            }
        }
        text
    }

    /// Takes the secrets out of bytes that came back, text or not.
    pub(crate) fn redact_bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        match String::from_utf8(bytes) {
            Ok(text) => self.redact(text).into_bytes(),
            Err(error) => {
                let forms = self.values.iter().flat_map(|(_, value)| forms(value));
                forms.fold(error.into_bytes(), |bytes, form| replace(bytes, form.as_bytes()))
            }
        }
    }

    /// Takes the secrets out of each text of a value, of keys too: JSON has many ways to write one text.
    ///
    /// The depth of the value is that of parsed JSON, at most 128.
    pub(crate) fn redact_json(&self, value: Json) -> Json {
        if self.values.is_empty() {
            return value;
        }
        match value {
            Json::String(text) => Json::String(self.redact(text)),
            Json::Array(items) => Json::Array(items.into_iter().map(|item| self.redact_json(item)).collect()),
            Json::Object(entries) => {
                entries.into_iter().map(|(key, value)| (self.redact(key), self.redact_json(value))).collect()
            }
            other => other,
        }
    }
}

/// Puts [`REDACTED`] wherever something stands.
fn replace(bytes: Vec<u8>, sought: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::new();
    let mut rest = bytes.as_slice();
    while let Some(at) = rest.windows(sought.len()).position(|window| window == sought) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(REDACTED.as_bytes());
        rest = &rest[at + sought.len()..];
    }
    if replaced.is_empty() {
        return bytes;
    }
    replaced.extend_from_slice(rest);
    replaced
}

fn forms(value: &str) -> Vec<String> {
    let json = Json::from(value).to_string();
    let mut forms = vec![
        value.to_owned(),
        utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
        json[1..json.len() - 1].to_owned(),
        STANDARD.encode(value),
    ];
    // The longest first: no form hides behind a piece of itself.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echoed_secrets_are_redacted() {
        let vault = Vault::new(["KEY"].into_iter(), Arc::new(|_: &str| Some("s3cr/t\"key".to_owned())));
        let secrets = vault.open().unwrap();
        for echo in ["s3cr/t\"key", "s3cr%2Ft%22key", "s3cr/t\\\"key", "czNjci90ImtleQ=="] {
            assert_eq!(secrets.redact(format!("<{echo}>")), "<[redacted]>");
            assert_eq!(secrets.redact_bytes(format!("<{echo}>").into_bytes()), b"<[redacted]>");
            let binary = |text: &str| [b"\xff", text.as_bytes(), b"\xfe"].concat();
            assert_eq!(secrets.redact_bytes(binary(&echo.repeat(2))), binary("[redacted][redacted]"));
        }
        let answer: Json = serde_json::from_str(r#"{"\u00733cr/t\"key": ["s3cr\/t\u0022key", 1]}"#).unwrap();
        assert_eq!(secrets.redact_json(answer).to_string(), r#"{"[redacted]":["[redacted]",1]}"#);
    }

    #[test]
    fn a_secret_that_is_absent_or_short_is_no_secret() {
        for value in [None, Some("1234567".to_owned())] {
            let vault = Vault::new(["KEY"].into_iter(), Arc::new(move |_: &str| value.clone()));
            assert!(vault.open().is_err());
        }
    }
}
