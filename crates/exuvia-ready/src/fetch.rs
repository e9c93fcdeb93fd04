//! `fetch_page`: a page as Markdown.

use std::sync::Arc;
use std::time::Duration;

use exuvia_core::{ToolFailure, ToolFailureKind, ToolLimits};
use exuvia_tools::config::ReadySection;
use exuvia_tools::{HttpClient, Tool};
use reqwest::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Response, StatusCode, Url};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::hosts::Hosts;
use crate::page::{self, Page};
use crate::{charset, refuse};

const DESCRIPTION: &str = "Fetches a page from the web: its content as Markdown, below its title and its address. \
                           What it says is its author's word.";
/// How much of a page is read, unless something else is said.
const PAGE_BYTES: usize = 5 << 20;
/// How much can be said.
const PAGE_BYTES_MAX: usize = 50 << 20;
/// How long a page may take, unless something else is said.
const TIME: Duration = Duration::from_secs(30);
/// How many redirects are followed.
const REDIRECTS_MAX: usize = 5;
/// How many pages are fetched at a time.
const CONCURRENCY: usize = 8;
/// The longest URL, in bytes.
const URL_BYTES_MAX: usize = 8 << 10;
/// How much of what somebody else chose is told in a failure, in characters.
const TOLD_CHARACTERS_MAX: usize = 200;
/// What is asked for.
const ACCEPTED: &str =
    "text/html,application/xhtml+xml,text/markdown,text/plain;q=0.9,application/json;q=0.8,*/*;q=0.1";

/// What `fetch_page` takes.
#[derive(Deserialize, JsonSchema)]
struct Arguments {
    /// The page's address: `https://…`.
    url: String,
    /// All of the page, navigation too, and not its content alone.
    #[serde(default)]
    whole: bool,
}

/// Makes the tool.
pub(crate) fn tool(section: ReadySection) -> Result<Tool, String> {
    refuse(section.endpoint.is_some(), "url", "fetch_page")?;
    refuse(section.chunk_tokens.is_some(), "chunk_tokens", "fetch_page")?;
    let fetcher =
        Fetcher::new(&section)?.ok_or("it has no `hosts`: list those that it may ask, `\"*\"`: all public ones")?;
    let description = section.description.unwrap_or_else(|| DESCRIPTION.to_owned());
    let fetch = move |Arguments { url, whole }| {
        let fetcher = fetcher.clone();
        async move { fetcher.fetch(&url, whole).await.map(|page| page.told()) }
    };
    let limits = ToolLimits { time: Some(TIME), concurrency: CONCURRENCY, ..ToolLimits::default() };
    Ok(Tool::function(section.name, description, fetch).read_only().limits(limits).on_runtime())
}

/// Fetches pages.
#[derive(Clone)]
pub(crate) struct Fetcher {
    hosts: Hosts,
    client: HttpClient,
    bytes_max: usize,
}

/// A page that was fetched.
pub(crate) struct Fetched {
    /// Where it was, after all redirects.
    url: Url,
    page: Page,
}

impl Fetched {
    /// Returns its text, and above it where it is from.
    pub(crate) fn told(&self) -> String {
        let Self { url, page } = self;
        let title = if page.title.is_empty() { String::new() } else { format!("title: {:?}\n", page.title) };
        format!("---\n{title}source: {url}\n---\n\n{}", page.markdown)
    }
}

impl Fetcher {
    /// Makes a fetcher of what a section says, if that lists any host.
    pub(crate) fn new(section: &ReadySection) -> Result<Option<Self>, String> {
        let hosts = Hosts::read(section.hosts.as_deref().unwrap_or_default())?;
        let bytes_max = section.page_bytes.unwrap_or(PAGE_BYTES);
        if !(1..=PAGE_BYTES_MAX).contains(&bytes_max) {
            return Err(format!("`page_bytes` is {bytes_max}, the limit is {PAGE_BYTES_MAX}"));
        }
        if hosts.is_empty() {
            return Ok(None);
        }
        let client = HttpClient::resolved_by(Arc::new(hosts.clone()));
        Ok(Some(Self { hosts, client, bytes_max }))
    }

    /// Fetches a page.
    pub(crate) async fn fetch(&self, url: &str, whole: bool) -> Result<Fetched, ToolFailure> {
        let wrong = |message: String| ToolFailure::new(ToolFailureKind::Argument, message);
        if url.len() > URL_BYTES_MAX {
            return Err(wrong(format!("the URL has {} bytes, the limit is {URL_BYTES_MAX}", url.len())));
        }
        let url = Url::parse(url).map_err(|error| wrong(format!("`{}` is no URL: {error}", told(url))))?;
        let (url, response) = self.ask(url).await?;
        let status = response.status();
        if !status.is_success() {
            let failure = ToolFailure::failed(format!("the server answered {status}"));
            let may_pass = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
            return Err(if may_pass { failure.retryable() } else { failure });
        }
        let content_type = header(response.headers(), CONTENT_TYPE).unwrap_or_default();
        let kind = Kind::of(&content_type).ok_or_else(|| {
            ToolFailure::failed(format!("the server answered `{}`, which is no page", told(&content_type)))
        })?;
        if let Some(encoding) = header(response.headers(), CONTENT_ENCODING).filter(|encoding| encoding != "identity") {
            let message = format!("the server answered in the encoding `{}`, which was not asked for", told(&encoding));
            return Err(ToolFailure::failed(message));
        }
        let bytes = self.body(response).await?;
        let at = url.clone();
        let read = tokio::task::spawn_blocking(move || kind.read(&charset::decode(&bytes, &content_type), &at, whole));
        let page = match read.await {
            Ok(Ok(page)) => page,
            Ok(Err(too_much)) => return Err(ToolFailure::failed(format!("the page cannot be read: {too_much}"))),
            Err(_) => return Err(ToolFailure::failed("the page cannot be read")),
        };
        Ok(Fetched { url, page })
    }

    /// Asks for a page, and follows redirects to hosts that may be asked, too. Returns where it was.
    async fn ask(&self, mut url: Url) -> Result<(Url, Response), ToolFailure> {
        let client = self.client.get()?;
        for followed in 0..=REDIRECTS_MAX {
            if let Some(problem) = self.hosts.refuse(&url) {
                let after = if followed == 0 { "" } else { "the server answered a redirect which is not followed: " };
                let failure = ToolFailure::new(ToolFailureKind::Denied, format!("{after}{}", told(&problem)));
                return Err(failure.hint("whoever configured this tool lists its hosts"));
            }
            let response =
                client.get(url.clone()).header(ACCEPT, ACCEPTED).send().await.map_err(|error| broken(&error))?;
            if !response.status().is_redirection() {
                return Ok((url, response));
            }
            let target = header(response.headers(), LOCATION).filter(|target| target.len() <= URL_BYTES_MAX);
            let target = target.and_then(|target| url.join(&target).ok());
            let target = target.ok_or_else(|| ToolFailure::failed("the server answered a redirect to nowhere"))?;
            if url.scheme() == "https" && target.scheme() == "http" {
                let message = "the server answered a redirect which is not followed: it would no longer be encrypted";
                return Err(ToolFailure::new(ToolFailureKind::Denied, message));
            }
            url = target;
        }
        Err(ToolFailure::failed(format!("the server answered more than {REDIRECTS_MAX} redirects")))
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, ToolFailure> {
        let too_long = || {
            ToolFailure::new(
                ToolFailureKind::Limit,
                format!("the page has more than {} bytes, the limit", self.bytes_max),
            )
        };
        if response.content_length().is_some_and(|length| length > self.bytes_max as u64) {
            return Err(too_long());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            if body.len() + chunk.len() > self.bytes_max {
                return Err(too_long());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// What a server says that it answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    Text,
    /// It does not say.
    Unsaid,
}

impl Kind {
    fn of(content_type: &str) -> Option<Self> {
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "" => Some(Self::Unsaid),
            "text/html" | "application/xhtml+xml" => Some(Self::Html),
            "application/json" | "application/xml" => Some(Self::Text),
            other if other.starts_with("text/") || other.ends_with("+json") || other.ends_with("+xml") => {
                Some(Self::Text)
            }
            _ => None,
        }
    }

    fn read(self, text: &str, url: &Url, whole: bool) -> Result<Page, page::TooMuch> {
        let is_html = match self {
            Self::Html => true,
            Self::Text => false,
            Self::Unsaid => text.trim_start().starts_with('<'),
        };
        if is_html {
            return page::read(text, url, whole);
        }
        Ok(Page { title: String::new(), markdown: text.to_owned() })
    }
}

fn header(headers: &HeaderMap, name: reqwest::header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Returns the beginning of what somebody else chose.
fn told(text: &str) -> String {
    text.chars().take(TOLD_CHARACTERS_MAX).collect()
}

/// Says why there is no answer: the last cause says most.
fn broken(error: &reqwest::Error) -> ToolFailure {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    ToolFailure::failed(format!("the server cannot be asked: {}", told(&cause.to_string()))).retryable()
}
