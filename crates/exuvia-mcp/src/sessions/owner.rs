//! Whose a session is.

use serde::{Deserialize, Serialize};

/// What the note is called that says whose a session is.
pub(crate) const OWNER: &str = "exuvia.mcp";

/// Whose sessions somebody may use: a name, which is no secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tenant(String);

impl Tenant {
    /// Names a tenant.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// Who has begun a session, as its journal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner<T = &'static str> {
    pub(crate) tenant: Tenant,
    /// `stdio` or `http`.
    pub(crate) transport: T,
    /// What the client says that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client: Option<String>,
    /// The revision of the protocol that it spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) protocol: Option<String>,
}
