//! A request, made from the arguments of a call.

use exuvia_core::{ToolFailure, ToolFailureKind};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde_json::{Map, Value as Json};

use super::HttpTool;
use crate::definition::written;
use crate::secrets::Opened;
use crate::template::{Piece, Template};

/// What is encoded in a URL's component: everything but the unreserved characters of RFC 3986, 2.3.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A request with places in it.
pub(super) struct RequestTemplate {
    pub(super) method: Method,
    /// Scheme and authority, without places.
    origin: String,
    /// The segments of the path, each after a `/`.
    path: Vec<Template>,
    query: Vec<(String, Template)>,
    headers: Vec<(HeaderName, Template)>,
    body: Option<Body>,
}

/// A request, ready to be sent.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<String>,
    /// Whether something in it must not come to another host.
    pub(super) confidential: bool,
}

/// A body with places in it.
enum Body {
    Text(Template),
    Array(Vec<Body>),
    Object(Vec<(String, Body)>),
    Other(Json),
}

impl RequestTemplate {
    pub(super) fn parse(tool: &HttpTool) -> Result<Self, String> {
        let method =
            Method::from_bytes(tool.method.as_bytes()).map_err(|_| format!("`{}` is no method", tool.method))?;
        let (origin, path, in_url) = split(&tool.url)?;
        let mut query = Vec::new();
        for pair in in_url.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let mut template = Template::parse(value)?;
            for piece in &mut template.pieces {
                if let Piece::Literal(text) = piece {
                    *text = decoded(text);
                }
            }
            query.push((decoded(name), template));
        }
        for (name, value) in &tool.query {
            query.push((name.clone(), Template::parse(value)?));
        }
        let mut headers = Vec::new();
        for (name, value) in &tool.headers {
            let header =
                HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is no header's name"))?;
            headers.push((header, Template::parse(value)?));
        }
        let request = Self {
            method,
            origin: origin.to_owned(),
            path: path.split('/').map(Template::parse).collect::<Result<_, _>>()?,
            query,
            headers,
            body: tool.body.as_ref().map(Body::parse).transpose()?,
        };
        if request.templates().any(Template::has_conditions) {
            return Err("`{name?}` has no meaning here: an absent argument leaves its place out".to_owned());
        }
        Ok(request)
    }

    fn templates(&self) -> impl Iterator<Item = &Template> {
        let mut body = Vec::new();
        if let Some(root) = &self.body {
            root.templates(&mut body);
        }
        let query = self.query.iter().map(|(_, template)| template);
        let headers = self.headers.iter().map(|(_, template)| template);
        self.path.iter().chain(query).chain(headers).chain(body)
    }

    pub(super) fn arguments(&self) -> impl Iterator<Item = &str> {
        self.templates().flat_map(Template::arguments)
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.templates().flat_map(Template::secrets)
    }

    /// Puts the arguments of a call in, and the secrets.
    pub(super) fn fill(&self, arguments: &Json, secrets: &Opened) -> Result<Request, ToolFailure> {
        let mut headers = HeaderMap::with_capacity(self.headers.len() + 1);
        for (name, template) in &self.headers {
            let Some(value) = text(template, arguments, secrets) else { continue };
            let mut value = HeaderValue::from_str(&value)
                .map_err(|_| argument(template, "has a character that cannot be in a header"))?;
            value.set_sensitive(true);
            headers.append(name.clone(), value);
        }
        let body = self.body.as_ref().map(|body| body.fill(arguments, secrets).unwrap_or(Json::Null).to_string());
        if body.is_some() {
            headers.entry(reqwest::header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        }
        Ok(Request {
            method: self.method.clone(),
            url: self.url(arguments, secrets)?,
            headers,
            body,
            confidential: self.secrets().next().is_some(),
        })
    }

    fn url(&self, arguments: &Json, secrets: &Opened) -> Result<Url, ToolFailure> {
        let mut url = self.origin.clone();
        for template in &self.path {
            url.push('/');
            let Some(segment) = filled(template, arguments, secrets, encoded) else {
                return Err(argument(template, "is needed in the URL"));
            };
            // Such a segment would make it another path.
            if template.arguments().next().is_some() && matches!(segment.as_str(), "" | "." | "..") {
                return Err(argument(template, "must not be empty, `.` or `..`"));
            }
            url.push_str(&segment);
        }
        let mut separator = '?';
        for (name, template) in &self.query {
            for value in values(template, arguments, secrets) {
                url.push(separator);
                separator = '&';
                url.push_str(&encoded(name));
                url.push('=');
                url.push_str(&encoded(&value));
            }
        }
        // Without the URL, which may have a secret.
        Url::parse(&url).map_err(|error| ToolFailure::failed(format!("the URL cannot be used: {error}")))
    }
}

/// Splits a URL's template into scheme and authority, path, and query.
fn split(url: &str) -> Result<(&str, &str, &str), String> {
    let after_scheme = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    let Some(rest) = after_scheme else {
        return Err(format!("`{url}` is no URL that can be fetched: it begins with `https://` or `http://`"));
    };
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (origin, rest) = url.split_at(url.len() - rest.len() + authority);
    if rest.contains('#') {
        return Err(format!("`{url}` has a fragment, which is never sent: remove it"));
    }
    let parsed = Url::parse(origin);
    if origin.contains(['{', '}', '$', '\\']) || !parsed.as_ref().is_ok_and(|url| url.has_host()) {
        return Err(format!("the host of `{url}` is none: it must be written out, without places for arguments"));
    }
    if parsed.is_ok_and(|url| !url.username().is_empty() || url.password().is_some()) {
        return Err("the URL has a password: put it into a header, as a secret".to_owned());
    }
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Ok((origin, path.strip_prefix('/').unwrap_or(path), query))
}

impl Body {
    /// The depth is that of a configuration.
    fn parse(body: &Json) -> Result<Self, String> {
        Ok(match body {
            Json::String(text) => Self::Text(Template::parse(text)?),
            Json::Array(items) => Self::Array(items.iter().map(Self::parse).collect::<Result<_, _>>()?),
            Json::Object(entries) => {
                let entry = |(key, value): (&String, &Json)| Ok((key.clone(), Self::parse(value)?));
                Self::Object(entries.iter().map(entry).collect::<Result<_, String>>()?)
            }
            other => Self::Other(other.clone()),
        })
    }

    fn templates<'a>(&'a self, found: &mut Vec<&'a Template>) {
        match self {
            Self::Text(template) => found.push(template),
            Self::Array(items) => items.iter().for_each(|item| item.templates(found)),
            Self::Object(entries) => entries.iter().for_each(|(_, value)| value.templates(found)),
            Self::Other(_) => {}
        }
    }

    /// `None`: an argument in it is absent.
    fn fill(&self, arguments: &Json, secrets: &Opened) -> Option<Json> {
        match self {
            Self::Text(template) => match template.whole() {
                Some(name) => arguments.get(name).cloned(),
                None => text(template, arguments, secrets).map(Json::String),
            },
            Self::Array(items) => {
                Some(Json::Array(items.iter().filter_map(|item| item.fill(arguments, secrets)).collect()))
            }
            Self::Object(entries) => {
                let entry = |(key, value): &(String, Self)| Some((key.clone(), value.fill(arguments, secrets)?));
                Some(Json::Object(entries.iter().filter_map(entry).collect::<Map<_, _>>()))
            }
            Self::Other(value) => Some(value.clone()),
        }
    }
}

fn argument(template: &Template, problem: &str) -> ToolFailure {
    let name = template.arguments().next().unwrap_or("?");
    ToolFailure::new(ToolFailureKind::Argument, format!("argument '{name}' {problem}"))
}

/// Reads what a URL's query has written out (`application/x-www-form-urlencoded`, in the URL standard of WHATWG).
fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

/// Fills a template; `None` if an argument is absent.
fn text(template: &Template, arguments: &Json, secrets: &Opened) -> Option<String> {
    filled(template, arguments, secrets, str::to_owned)
}

/// Fills a template, with values written by a function; `None` if an argument is absent.
fn filled(template: &Template, arguments: &Json, secrets: &Opened, write: impl Fn(&str) -> String) -> Option<String> {
    let mut filled = String::new();
    for piece in &template.pieces {
        match piece {
            Piece::Literal(text) => filled.push_str(text),
            Piece::Argument(name) => filled.push_str(&write(&written(arguments.get(name))?)),
            Piece::Secret(name) => filled.push_str(&write(secrets.value(name))),
            Piece::Condition(_) => {}
        }
    }
    Some(filled)
}

/// Returns the values of a query's parameter: none, one, or one for each item of a list.
fn values(template: &Template, arguments: &Json, secrets: &Opened) -> Vec<String> {
    match template.whole().and_then(|name| arguments.get(name)) {
        Some(Json::Array(items)) => items.iter().filter_map(|item| written(Some(item))).collect(),
        _ => text(template, arguments, secrets).into_iter().collect(),
    }
}
