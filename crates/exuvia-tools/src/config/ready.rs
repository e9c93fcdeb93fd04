//! Tools that are ready: what they do is known, and how they are configured is said.

use crate::http::HttpTool;
use crate::tool::Tool;

/// What a configuration says of a tool that is ready.
#[derive(Debug, Clone)]
pub struct ReadySection {
    /// What programs call it.
    pub name: String,
    /// Which one it is.
    pub kind: String,
    /// Its docstring, if not the usual one.
    pub description: Option<String>,
    /// Which hosts it may ask.
    pub hosts: Option<Vec<String>>,
    /// How much of a page it reads.
    pub page_bytes: Option<usize>,
    /// How much of a text it gives a model at a time.
    pub chunk_tokens: Option<usize>,
    /// The endpoint that it asks: without parameters, and with text as output.
    pub endpoint: Option<HttpTool>,
}

/// Whoever has tools that are ready.
pub trait ReadyMade: Send + Sync {
    /// Makes the tool that a section names.
    ///
    /// # Errors
    ///
    /// What is wrong, and what to do.
    fn tool(&self, section: ReadySection) -> Result<Tool, String>;
}

/// Nobody: there are no such tools.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingReady;

impl ReadyMade for NothingReady {
    fn tool(&self, section: ReadySection) -> Result<Tool, String> {
        Err(format!("no tool `{}` is ready here: give it a `command` or a `url`", section.kind))
    }
}
