//! Tools and policy in `exuvia.toml`.
//!
//! ```toml
//! [tools.fetch_weather]
//! description = "Returns the weather."
//! parameters = { city = "str", days = { type = "int", default = 3, description = "How many days ahead." } }
//! url = "https://api.example.org/v1/{city}"
//! query = { days = "{days}" }
//! headers = { Authorization = "Bearer ${secret:WEATHER_TOKEN}" }
//! output = "json"
//!
//! [tools.count_words]
//! description = "Counts the words of a text."
//! parameters = { text = "str" }
//! command = ["wc", "-w"]
//! stdin = "{text}"
//! timeout = "5s"
//!
//! [policy]
//! default = "ask"
//!
//! [[policy.rules]]
//! tool = "count_*"
//! action = "allow"
//! ```
//!
//! A tool has a `command` (see [`CommandTool`](crate::CommandTool)) or a `url` (see [`HttpTool`](crate::HttpTool)), or is
//! `ready` (see [`ReadyMade`]).
//!
//! | key | of | meaning |
//! |---|---|---|
//! | `description` | all | the docstring; the one key that must be there, but for tools that are ready |
//! | `parameters` | all | for each parameter a type, or a table of `type`, `description`, `default`, `choices`, `minimum`, `maximum`, `pattern`; or a JSON Schema, `{ type = "object", … }` |
//! | `returns` | all | a type or a JSON Schema |
//! | `output` | all | `"text"` or `"json"` |
//! | `timeout` | all | seconds, or `"500ms"`, `"1.5s"`, `"5m"`, `"1h"`; `0`: as long as the cell |
//! | `argument_bytes`, `result_bytes` | all | bytes, or `"64K"`, `"512M"` |
//! | `calls`, `concurrency` | all | how many in all, and at a time |
//! | `read_only`, `idempotent`, `needs_approval` | all | `true` or `false` |
//! | `command` | program | the program and its arguments; a list within it is a group |
//! | `stdin` | program | `"json"`: all arguments; else a text with places, `"{text}"` |
//! | `environment` | program | names of the host's variables that it sees |
//! | `variables` | program | further variables and their values |
//! | `folder` | program | where it runs, relative to the file's folder |
//! | `success` | program | the exit statuses that are no failure |
//! | `help` | program | `true`: a program in the sandbox may read what it prints for `--help`; or for another command |
//! | `url`, `method`, `query`, `headers`, `body` | endpoint | the request |
//! | `pick` | endpoint | a JSON pointer into the answer |
//! | `redirects` | endpoint | how many are followed |
//! | `ready` | ready | which tool it is: what it does is known, and `description` may be left out ([`ReadyMade`]) |
//! | `hosts` | ready | the hosts that it may ask, `"docs.example.org"`, `"*.example.org"`, `"*"`, or addresses |
//! | `page_bytes` | ready | how much of a page it reads, a size |
//! | `chunk_tokens` | ready | how much of a text it gives a model at a time |
//!
//! Types are `str`, `int`, `float`, `bool`, `bytes`, `date`, `datetime`, `list`, `list[…]`, `dict`, `dict[str, …]` and
//! `any`, each also with `| None`, which makes a parameter optional.
//!
//! A rule has `tool`, `action` (`"allow"`, `"deny"`, `"ask"`), `reason` if it denies, and `arguments`: for each parameter
//! or JSON pointer a glob, `{ regex = "…" }`, `{ glob = "…" }`, `{ equals = … }`, or a value that is no text.
//!
//! The files of a mount can come from endpoints, too ([`HttpFilesSection`]):
//!
//! ```toml
//! [mounts]
//! "/network" = { http = { current-ip = "https://api.example.org/v1/ip" }, timeout = "5s" }
//! ```
//!
//! | key | meaning |
//! |---|---|
//! | `http` | for each file's name a URL, in which `${secret:NAME}` may stand |
//! | `headers`, `redirects` | as above, for all of them |
//! | `timeout` | how long one may take, as above; 10 s unless said |
//! | `file_bytes` | the most bytes of one, a size as above; 10 MiB unless said |
//!
//! The sections can be parts of a larger file: they implement `Deserialize`.

mod files;
mod parameters;
mod policy;
mod ready;
mod section;
mod units;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::http::HttpClient;
use crate::secrets::Secrets;

pub use files::{HttpFilesSection, LimitedFiles};
pub use policy::PolicySection;
pub use ready::{NothingReady, ReadyMade, ReadySection};
pub use section::{ToolSection, ToolsSection};
pub use toml::Spanned;

/// A configuration file: its name, for messages, and its text.
#[derive(Debug, Clone, Copy)]
pub struct ConfigFile<'a> {
    /// What it is called.
    pub path: &'a Path,
    /// What it says.
    pub text: &'a str,
}

/// What a configuration is read with.
#[derive(Clone)]
pub struct ConfigContext {
    /// Where programs run and relative paths begin, unless the file says otherwise: the file's own folder.
    pub folder: PathBuf,
    /// The host's environment variables: those that a program may see, and secrets.
    pub variables: Arc<dyn Secrets>,
    /// What connects.
    pub client: HttpClient,
    /// Who has tools that are ready.
    pub ready: Arc<dyn ReadyMade>,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}:{line}: {}{problem}", file.display(), key.as_ref().map(|key| format!("`{key}`: ")).unwrap_or_default())]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The key, such as `tools.fetch_weather`, if it is known.
    pub key: Option<String>,
    /// What is wrong, and what to do.
    pub problem: String,
}

impl ConfigFile<'_> {
    /// Reads the file as a section, or as a structure of sections.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the place that cannot be read.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        toml::from_str(self.text).map_err(|error| {
            let problem = error.message().to_owned();
            self.error(error.span().unwrap_or_default(), None, problem)
        })
    }

    /// Makes an error about a part of the file: the bytes of its text, and the key if that says more.
    #[must_use]
    pub fn error(&self, span: Range<usize>, key: Option<String>, problem: String) -> ConfigError {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        ConfigError { file: self.path.to_owned(), line, key, problem }
    }
}
