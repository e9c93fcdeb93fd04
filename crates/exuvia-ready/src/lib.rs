//! Tools that are ready, for those who configure them.
//!
//! None of them is there unless a configuration names it and says what it may reach:
//!
//! ```toml
//! [tools.fetch_page]
//! ready = "fetch_page"
//! hosts = ["docs.python.org", "*.example.org"]
//!
//! [tools.search_web]
//! ready = "search_web"
//! url = "https://search.example.org/api"
//! query = { q = "{query}" }
//! headers = { X-Key = "${secret:SEARCH_KEY}" }
//! pick = "/results"
//!
//! [tools.extract]
//! ready = "extract"
//! hosts = ["docs.python.org"]
//! ```
//!
//! - `fetch`, `hosts`, `charset`, `page`: pages, as Markdown.
//! - `extract`: questions to long texts.
//! - `search`: searches.
//!
//! What they return is a stranger's text, and says where it is from. A program chooses URLs, and a page's author chooses where
//! it redirects to: see `hosts` for what is reached all the same.

mod charset;
mod extract;
mod fetch;
mod hosts;
mod page;
mod search;

use std::sync::Arc;

use exuvia_tools::config::{ReadyMade, ReadySection};
use exuvia_tools::{Inference, Tool};

/// The tools that are ready.
#[derive(Clone, Default)]
pub struct ReadyTools {
    /// The model that `extract` asks.
    pub inference: Option<Arc<dyn Inference>>,
}

impl ReadyMade for ReadyTools {
    fn tool(&self, section: ReadySection) -> Result<Tool, String> {
        match section.kind.as_str() {
            "fetch_page" => fetch::tool(section),
            "search_web" => search::tool(section),
            "extract" => extract::tool(section, self.inference.clone()),
            other => {
                Err(format!("`ready`: there is no `{other}`: write \"fetch_page\", \"search_web\" or \"extract\""))
            }
        }
    }
}

impl std::fmt::Debug for ReadyTools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadyTools").finish_non_exhaustive()
    }
}

/// Refuses a key that says nothing to a tool.
fn refuse(is_given: bool, key: &str, tool: &str) -> Result<(), String> {
    if is_given { Err(format!("`{key}` says nothing to `{tool}`: remove it")) } else { Ok(()) }
}
