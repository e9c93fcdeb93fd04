//! How sessions are named.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest id, in bytes.
pub const SESSION_ID_BYTES_MAX: usize = 64;

/// The longest name that somebody gives to a session, in bytes.
pub const SESSION_NAME_BYTES_MAX: usize = 100;

/// A session's id: 1 to 64 of `a`–`z`, `0`–`9` and `-`, given by whoever opens the session, and never given twice.
///
/// It can be a part of a file's name: it holds no separator, no dot, and nothing that depends on upper and lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionId(String);

/// A text that is no session's id, or no name for one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// It is no id.
    #[error("`{0}` is no session's id: that is 1 to 64 of a-z, 0-9 and -")]
    Id(String),
    /// It is no name.
    #[error("`{0}` cannot be a session's name: that is one line of 1 to 100 bytes, without spaces around it")]
    Name(String),
}

impl SessionId {
    /// Takes a text as an id.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] if it is none.
    pub fn new(id: impl Into<String>) -> Result<Self, InvalidId> {
        let id = id.into();
        let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if id.is_empty() || id.len() > SESSION_ID_BYTES_MAX || !id.bytes().all(valid) {
            // What is shown of it is bounded, for it may come from an imported file.
            return Err(InvalidId::Id(id.chars().take(SESSION_ID_BYTES_MAX).collect()));
        }
        Ok(Self(id))
    }

    /// Returns it as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SessionId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::new(text)
    }
}

impl TryFrom<String> for SessionId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::new(text)
    }
}

impl From<SessionId> for String {
    fn from(id: SessionId) -> Self {
        id.0
    }
}

/// Checks that a session can have this name: one line of 1 to [`SESSION_NAME_BYTES_MAX`] bytes, without control
/// characters and without spaces at its ends.
///
/// # Errors
///
/// [`InvalidId::Name`] if it cannot.
pub fn check_name(name: &str) -> Result<(), InvalidId> {
    let fits = !name.is_empty() && name.len() <= SESSION_NAME_BYTES_MAX;
    if fits && name.trim() == name && !name.chars().any(char::is_control) {
        return Ok(());
    }
    let shown = name.chars().filter(|character| !character.is_control()).take(SESSION_NAME_BYTES_MAX).collect();
    Err(InvalidId::Name(shown))
}
