//! HTTP endpoints as the files of a mount.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::ConfigContext;
use super::units::{Size, Time};
use crate::error::ToolsError;
use crate::http::HttpFiles;

/// How long fetching a file may take, unless something else is said.
const TIME: Duration = Duration::from_secs(10);
/// The most bytes of a file, unless something else is said.
const BYTES_MAX: usize = 10 << 20;

/// `{ http = { NAME = URL, … }, … }`: files that are fetched when they are first looked up.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpFilesSection {
    http: BTreeMap<String, String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    redirects: u8,
    timeout: Option<Time>,
    file_bytes: Option<Size>,
}

/// Files, and the bounds of each.
#[derive(Debug, Clone)]
pub struct LimitedFiles {
    /// The files.
    pub files: HttpFiles,
    /// How long fetching one may take; `None`: as long as the cell.
    pub time: Option<Duration>,
    /// The most bytes of one.
    pub bytes_max: usize,
}

impl HttpFilesSection {
    /// Makes the files.
    ///
    /// # Errors
    ///
    /// What is wrong: see [`ConfigFile::error`](super::ConfigFile::error).
    pub fn files(&self, context: &ConfigContext) -> Result<LimitedFiles, String> {
        let mut builder = HttpFiles::builder()
            .redirects(self.redirects)
            .shared_secrets(context.variables.clone())
            .client(context.client.clone());
        for (name, url) in &self.http {
            builder = builder.file(name, url);
        }
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        let files = builder.build().map_err(|error| match error {
            ToolsError::File { name, problem } => format!("`{name}`: {problem}"),
            other => other.to_string(),
        })?;
        let time = self.timeout.as_ref().map_or(Ok(Some(TIME)), Time::limit)?;
        let bytes_max = self.file_bytes.as_ref().map_or(Ok(BYTES_MAX), Size::bytes)?;
        Ok(LimitedFiles { files, time, bytes_max })
    }
}

impl std::fmt::Debug for HttpFilesSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The rest may hold what somebody did not write as a secret and should have.
        f.debug_struct("HttpFilesSection").field("names", &self.http.keys()).finish_non_exhaustive()
    }
}
