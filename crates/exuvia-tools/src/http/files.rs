//! HTTP endpoints as files.

use std::collections::BTreeMap;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;

use exuvia_core::{MountFault, ToolFailure};
use serde_json::Value as Json;

use super::{Endpoint, HttpClient, HttpTool};
use crate::error::ToolsError;
use crate::runtime::{Runtime, Task};
use crate::secrets::Secrets;

/// The longest name of a file, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// The promise of what an endpoint answers.
pub type FetchedFile = Pin<Box<dyn Future<Output = Result<Vec<u8>, MountFault>> + Send>>;

/// HTTP endpoints as files: what each answers to a `GET` is the content of the file of its name. A clone is the same
/// files.
///
/// URLs and headers may have places for secrets, `${secret:NAME}`, and none for arguments. What holds for secrets,
/// redirects and connections is what holds for an [`HttpTool`]. Of what an endpoint answers, a file's reader is told the
/// content, without the secrets in it, or an error's number, and nothing else.
///
/// ```
/// use exuvia_tools::HttpFiles;
///
/// let files = HttpFiles::builder()
///     .file("current-ip", "https://api.example.org/v1/ip")
///     .header("Authorization", "Bearer ${secret:IP_TOKEN}")
///     .secrets(|name: &str| (name == "IP_TOKEN").then(|| "0123456789".to_owned()))
///     .build()?;
/// assert!(files.names().eq(["current-ip"]));
/// # Ok::<(), exuvia_tools::ToolsError>(())
/// ```
#[derive(Clone)]
pub struct HttpFiles {
    endpoints: Arc<BTreeMap<String, Arc<Endpoint>>>,
    runtime: Arc<Runtime>,
}

impl HttpFiles {
    /// Begins to make files: none, no headers, no redirects, no secrets.
    #[must_use]
    pub fn builder() -> HttpFilesBuilder {
        HttpFilesBuilder { urls: BTreeMap::new(), get: HttpTool::new("", "", "") }
    }

    /// Returns the files' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.endpoints.keys().map(String::as_str)
    }

    /// Looks whether the secrets are known now: a file whose secret is not cannot be fetched, and its reader is not told
    /// why.
    ///
    /// # Errors
    ///
    /// [`ToolFailure`] with the name of the first secret that is not known, or too short.
    pub fn check_secrets(&self) -> Result<(), ToolFailure> {
        self.endpoints.values().try_for_each(|endpoint| endpoint.vault.open().map(drop))
    }

    /// Fetches a file, of at most so many bytes. Dropping the future ends it.
    ///
    /// What a server answers as missing (404, 410) is [`MountFault::NotFound`], what it refuses (401, 403)
    /// [`MountFault::Denied`], what takes it too long (408, 504) [`MountFault::TimedOut`], every other status, and a
    /// redirect that is not followed, [`MountFault::Remote`]. Too many bytes are [`MountFault::TooLarge`]; a server that
    /// is not there [`MountFault::Refused`] or [`MountFault::Unreachable`]; an answer that breaks off or is none
    /// [`MountFault::BrokenOff`] or [`MountFault::Garbled`]. It has no time limit of its own.
    #[must_use]
    pub fn fetch(&self, name: &str, bytes_max: usize) -> FetchedFile {
        let Some(endpoint) = self.endpoints.get(name).map(Arc::clone) else {
            return Box::pin(ready(Err(MountFault::NotFound)));
        };
        let runtime = Arc::clone(&self.runtime);
        Box::pin(async move {
            let handle = runtime.handle().map_err(|_| MountFault::Unreadable)?;
            let task = Task::spawn(handle, async move { endpoint.download(bytes_max).await });
            task.await.unwrap_or(Err(MountFault::Unreadable))
        })
    }
}

impl std::fmt::Debug for HttpFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpFiles").field("names", &self.endpoints.keys()).finish_non_exhaustive()
    }
}

impl Endpoint {
    async fn download(&self, bytes_max: usize) -> Result<Vec<u8>, MountFault> {
        let secrets = self.vault.open().map_err(|_| MountFault::Denied)?;
        let request = self.request.fill(&Json::Null, &secrets).map_err(|_| MountFault::Unreadable)?;
        let bytes = self.answers.download(&self.client, request, bytes_max).await?;
        Ok(secrets.redact_bytes(bytes))
    }
}

/// Makes [`HttpFiles`].
#[derive(Clone)]
pub struct HttpFilesBuilder {
    urls: BTreeMap<String, String>,
    /// The request for each of them, but for its URL.
    get: HttpTool,
}

impl HttpFilesBuilder {
    /// Adds a file, in place of the one that had its name.
    #[must_use]
    pub fn file(mut self, name: impl Into<String>, url: impl Into<String>) -> Self {
        self.urls.insert(name.into(), url.into());
        self
    }

    /// Adds a header to all requests.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.get = self.get.header(name, value);
        self
    }

    /// Sets how many redirects are followed, at most 10. Default: none.
    #[must_use]
    pub fn redirects(mut self, redirects: u8) -> Self {
        self.get = self.get.redirects(redirects);
        self
    }

    /// Sets who knows the secrets.
    #[must_use]
    pub fn secrets(mut self, secrets: impl Secrets + 'static) -> Self {
        self.get = self.get.secrets(secrets);
        self
    }

    pub(crate) fn shared_secrets(mut self, secrets: Arc<dyn Secrets>) -> Self {
        self.get = self.get.shared_secrets(secrets);
        self
    }

    /// Sets the client. It must not be shared with tools of a runtime that ends before. Default: one of its own.
    #[must_use]
    pub fn client(mut self, client: HttpClient) -> Self {
        self.get = self.get.client(client);
        self
    }

    /// Makes the files.
    ///
    /// # Errors
    ///
    /// [`ToolsError::File`] if a name cannot be a file's, or a template cannot be read.
    pub fn build(self) -> Result<HttpFiles, ToolsError> {
        let mut endpoints = BTreeMap::new();
        for (name, url) in &self.urls {
            let wrong = |problem| ToolsError::File { name: name.clone(), problem };
            check_name(name).map_err(wrong)?;
            let endpoint = HttpTool { url: url.clone(), ..self.get.clone() }.endpoint().map_err(wrong)?;
            endpoints.insert(name.clone(), Arc::new(endpoint));
        }
        Ok(HttpFiles { endpoints: Arc::new(endpoints), runtime: Arc::new(Runtime::new(None)) })
    }
}

impl std::fmt::Debug for HttpFilesBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without URLs and headers: somebody may have written a secret into them.
        f.debug_struct("HttpFilesBuilder").field("names", &self.urls.keys()).finish_non_exhaustive()
    }
}

fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > NAME_BYTES_MAX || matches!(name, "." | "..") || name.contains(['/', '\0']) {
        return Err(format!("it cannot be a file's name: write at most {NAME_BYTES_MAX} bytes without `/`"));
    }
    Ok(())
}
