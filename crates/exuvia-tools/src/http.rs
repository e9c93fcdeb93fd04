//! HTTP endpoints as tools.

mod answer;
mod client;
mod files;
mod request;
mod unanswered;

use std::sync::Arc;

use exuvia_core::{ToolFailure, ToolLimits};
use reqwest::Method;
use serde_json::Value as Json;

use crate::definition::{Definition, Output, check_parameters, definition_methods};
use crate::error::ToolsError;
use crate::secrets::{Secrets, Vault};
use crate::tool::Tool;

use answer::Answers;
pub use client::HttpClient;
pub use files::{FetchedFile, HttpFiles, HttpFilesBuilder};
use request::RequestTemplate;

/// The most redirects that an endpoint may be allowed.
const REDIRECTS_MAX: u8 = 10;

/// An HTTP endpoint as a tool.
///
/// URL, query, headers and body may have places for arguments, `{city}`, and for secrets, `${secret:NAME}`. `{{` is a
/// brace. Whatever is put into a URL is percent-encoded: it stays within its path segment or its parameter. The host is
/// fixed. An argument that is absent leaves its query parameter, its header or its member of the body out.
///
/// Secrets never come back: they are in no declaration, failure or `Debug` output, and are taken out of answers. A
/// redirect is a failure unless some are [allowed](Self::redirects), and is never followed from `https` to `http`, or to
/// another host if a secret is involved. Cookies, proxies and compression are not used.
///
/// ```
/// use exuvia_tools::{HttpTool, Output, Toolbox};
/// use serde_json::json;
///
/// let weather = HttpTool::new("fetch_weather", "Returns the weather.", "https://api.example.org/v1/{city}")
///     .parameters(json!({
///         "type": "object",
///         "properties": { "city": { "type": "string" }, "days": { "type": "integer", "default": 3 } },
///         "required": ["city"],
///     }))
///     .query("days", "{days}")
///     .header("Authorization", "Bearer ${secret:WEATHER_TOKEN}")
///     .secrets(|name: &str| (name == "WEATHER_TOKEN").then(|| "0123456789".to_owned()))
///     .output(Output::Json)
///     .pick("/forecast");
/// let toolbox = Toolbox::builder().tool(weather.build()?).build()?;
/// # Ok::<(), exuvia_tools::ToolsError>(())
/// ```
#[derive(Clone)]
pub struct HttpTool {
    definition: Definition,
    method: String,
    url: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<Json>,
    pick: Option<String>,
    redirects: u8,
    secrets: Arc<dyn Secrets>,
    client: HttpClient,
    convert: Option<Convert>,
}

/// Makes something else of an answer.
type Convert = Arc<dyn Fn(Json) -> Result<Json, ToolFailure> + Send + Sync>;

impl HttpTool {
    /// Makes a tool of a URL: `GET`, no parameters, text as output, no redirects, no secrets.
    pub fn new(name: impl Into<String>, description: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            definition: Definition::new(name, description, ToolLimits::default()),
            method: "GET".to_owned(),
            url: url.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            pick: None,
            redirects: 0,
            secrets: Arc::new(|_: &str| None),
            client: HttpClient::default(),
            convert: None,
        }
    }

    definition_methods!("Sets what it may use; `result_bytes` also bounds the answer's body.");

    /// Sets the method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = method.into();
        self
    }

    /// Adds a parameter to the URL's query. A list gives one for each item.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body: JSON, whose texts may have places. A text that is one argument and nothing else, `"{days}"`,
    /// becomes the argument's value, whatever its type.
    #[must_use]
    pub fn body(mut self, body: Json) -> Self {
        self.body = Some(body);
        self
    }

    /// Takes a part of a JSON answer: a JSON pointer (RFC 6901) such as `/items/0`.
    #[must_use]
    pub fn pick(mut self, pointer: impl Into<String>) -> Self {
        self.pick = Some(pointer.into());
        self
    }

    /// Sets what is made of an answer, after a part of it was [picked](Self::pick).
    #[must_use]
    pub fn convert(mut self, convert: impl Fn(Json) -> Result<Json, ToolFailure> + Send + Sync + 'static) -> Self {
        self.convert = Some(Arc::new(convert));
        self
    }

    /// Sets its docstring.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.definition.description = description.into();
        self
    }

    /// Sets how many redirects are followed, at most 10. Default: none.
    #[must_use]
    pub fn redirects(mut self, redirects: u8) -> Self {
        self.redirects = redirects;
        self
    }

    /// Sets who knows the secrets.
    #[must_use]
    pub fn secrets(mut self, secrets: impl Secrets + 'static) -> Self {
        self.secrets = Arc::new(secrets);
        self
    }

    pub(crate) fn shared_secrets(mut self, secrets: Arc<dyn Secrets>) -> Self {
        self.secrets = secrets;
        self
    }

    /// Sets the client, so that tools share their connections. Default: one of its own.
    #[must_use]
    pub fn client(mut self, client: HttpClient) -> Self {
        self.client = client;
        self
    }

    /// Makes the tool. With `GET` and `HEAD` it is read-only, with `PUT` and `DELETE` idempotent (RFC 9110, 9.2).
    ///
    /// # Errors
    ///
    /// [`ToolsError::Definition`] if a template cannot be read, names a parameter that there is not, or leaves one unused.
    pub fn build(self) -> Result<Tool, ToolsError> {
        let endpoint = match self.endpoint() {
            Ok(endpoint) => Arc::new(endpoint),
            Err(problem) => return Err(ToolsError::Definition { tool: self.definition.name, problem }),
        };
        let method = endpoint.request.method.clone();
        let convert = self.convert;
        let tool = self.definition.tool(move |arguments| {
            let (endpoint, convert) = (Arc::clone(&endpoint), convert.clone());
            async move {
                let answer = endpoint.call(&arguments).await?;
                match convert {
                    Some(convert) => convert(answer),
                    None => Ok(answer),
                }
            }
        });
        Ok(match method {
            Method::GET | Method::HEAD => tool.read_only(),
            Method::PUT | Method::DELETE => tool.idempotent(),
            _ => tool,
        })
    }

    fn endpoint(&self) -> Result<Endpoint, String> {
        let request = self.check()?;
        Ok(Endpoint {
            vault: Vault::new(request.secrets(), Arc::clone(&self.secrets)),
            request,
            client: self.client.clone(),
            answers: Answers {
                output: self.definition.output,
                pick: self.pick.clone(),
                bytes_max: self.definition.result_bytes(),
                redirects: self.redirects,
            },
        })
    }

    fn check(&self) -> Result<RequestTemplate, String> {
        let request = RequestTemplate::parse(self)?;
        let used: Vec<&str> = request.arguments().collect();
        check_parameters(&self.definition.parameters, &used, false)?;
        if self.redirects > REDIRECTS_MAX {
            return Err(format!("it allows {} redirects, the limit is {REDIRECTS_MAX}", self.redirects));
        }
        match &self.pick {
            Some(_) if self.definition.output == Output::Text => Err("`pick` needs JSON as output".to_owned()),
            Some(pointer) if !pointer.is_empty() && !pointer.starts_with('/') => {
                Err(format!("`{pointer}` is no JSON pointer: it begins with `/`"))
            }
            _ => Ok(request),
        }
    }
}

impl std::fmt::Debug for HttpTool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without headers and query: somebody may have written a secret into them.
        f.debug_struct("HttpTool")
            .field("name", &self.definition.name)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// What a call needs.
struct Endpoint {
    request: RequestTemplate,
    vault: Vault,
    client: HttpClient,
    answers: Answers,
}

impl Endpoint {
    async fn call(&self, arguments: &Json) -> Result<Json, ToolFailure> {
        let secrets = self.vault.open()?;
        let request = self.request.fill(arguments, &secrets)?;
        let answer = self.answers.fetch(&self.client, request, &secrets).await;
        // Whatever was said on the way.
        answer.map_err(|mut failure| {
            failure.message = secrets.redact(failure.message);
            failure.hint = failure.hint.map(|hint| secrets.redact(hint));
            failure
        })
    }
}
