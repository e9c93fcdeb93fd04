//! One tool: what it is, and what does its work.

use std::future::Future;
use std::sync::Arc;

use exuvia_core::{ToolDeclaration, ToolFailure, ToolFailureKind, ToolFuture, ToolLimits, ToolOutcome, ToolSignature};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::guard::{self, Guard};

/// A tool: its declaration, and what does its work.
///
/// ```
/// use exuvia_tools::{Tool, ToolFailure};
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Request {
///     /// Where.
///     city: String,
///     /// How many days ahead.
///     #[serde(default = "three")]
///     days: u8,
/// }
///
/// fn three() -> u8 {
///     3
/// }
///
/// #[derive(Serialize, JsonSchema)]
/// struct Weather {
///     celsius: Vec<f64>,
/// }
///
/// let weather = Tool::function("fetch_weather", "Returns the weather.", async |request: Request| {
///     match request.city.as_str() {
///         "Paris" => Ok(Weather { celsius: vec![21.5; request.days.into()] }),
///         city => Err(ToolFailure::failed(format!("no weather for {city}"))),
///     }
/// })
/// .read_only();
/// assert!(weather.declaration().read_only);
/// ```
#[derive(Clone)]
pub struct Tool {
    pub(crate) declaration: ToolDeclaration,
    pub(crate) handler: Arc<dyn Handler>,
    pub(crate) on_runtime: bool,
    pub(crate) help: Option<Help>,
}

/// Gives a tool's long help.
pub(crate) type Help = Arc<dyn Fn() -> ToolFuture + Send + Sync>;

/// Arguments that have passed every check.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Input {
    Text(String),
    Json(Json),
}

/// Does a tool's work.
pub(crate) trait Handler: Send + Sync {
    /// Begins a call that was admitted. Nothing happens before the future is polled.
    fn start(&self, input: Input, guard: Guard) -> ToolFuture;
}

impl Tool {
    /// Makes a tool from an asynchronous function with typed arguments: a structure whose fields are the parameters.
    ///
    /// The fields' documentation describes the parameters, their order is the parameters', and `#[serde(default)]` makes
    /// a parameter optional. The function is polled by whoever waits for the call; if it needs tokio, say
    /// [`on_runtime`](Self::on_runtime).
    pub fn function<A, R, F, W>(name: impl Into<String>, description: impl Into<String>, function: F) -> Self
    where
        A: DeserializeOwned + JsonSchema,
        R: Serialize + JsonSchema,
        F: Fn(A) -> W + Send + Sync + 'static,
        W: Future<Output = Result<R, ToolFailure>> + Send + 'static,
    {
        let returns = schema_of::<R>(SchemaSettings::for_serialize);
        let signature = ToolSignature::Json {
            parameters: schema_of::<A>(SchemaSettings::for_deserialize),
            // `true`, of a type such as `serde_json::Value`: anything.
            returns: (returns != Json::Bool(true)).then_some(returns),
        };
        let function = Arc::new(function);
        let handler = JsonHandler(move |arguments: Json| {
            let function = Arc::clone(&function);
            async move {
                let arguments = serde_json::from_value(arguments).map_err(|error| {
                    // The schema was content and the type is not, as with an integer that is too large for it.
                    ToolFailure::new(ToolFailureKind::Argument, format!("the arguments cannot be used: {error}"))
                })?;
                let result = function(arguments).await?;
                serde_json::to_value(result)
                    .map_err(|error| ToolFailure::failed(format!("the result cannot be written as JSON: {error}")))
            }
        });
        Self::new(name.into(), description.into(), signature, handler)
    }

    /// Makes a tool from JSON Schemas (draft 2020-12) that are only known at run time. The handler is given arguments
    /// that the schema has accepted, with its defaults filled in.
    pub fn json<F, W>(name: impl Into<String>, description: impl Into<String>, schemas: Schemas, handler: F) -> Self
    where
        F: Fn(Json) -> W + Send + Sync + 'static,
        W: Future<Output = Result<Json, ToolFailure>> + Send + 'static,
    {
        let signature = ToolSignature::Json { parameters: schemas.parameters, returns: schemas.returns };
        Self::new(name.into(), description.into(), signature, JsonHandler(handler))
    }

    /// Makes a tool that takes one text and gives one text, as they are: the fastest kind.
    pub fn text<F, W>(name: impl Into<String>, description: impl Into<String>, function: F) -> Self
    where
        F: Fn(String) -> W + Send + Sync + 'static,
        W: Future<Output = ToolOutcome> + Send + 'static,
    {
        Self::new(name.into(), description.into(), ToolSignature::Text, TextHandler(function))
    }

    fn new(name: String, description: String, signature: ToolSignature, handler: impl Handler + 'static) -> Self {
        let declaration = ToolDeclaration {
            name,
            description,
            signature,
            read_only: false,
            idempotent: false,
            needs_approval: false,
            help: false,
            limits: ToolLimits::default(),
        };
        Self { declaration, handler: Arc::new(handler), on_runtime: false, help: None }
    }

    /// Says that calling it changes nothing. Such a tool is also [idempotent](Self::idempotent).
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.declaration.read_only = true;
        self.declaration.idempotent = true;
        self
    }

    /// Says that calling it again with the same arguments does no harm.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.declaration.idempotent = true;
        self
    }

    /// Says that somebody has to agree to each call, unless a rule of the policy allows it.
    #[must_use]
    pub fn needs_approval(mut self) -> Self {
        self.declaration.needs_approval = true;
        self
    }

    /// Sets what it may use.
    #[must_use]
    pub fn limits(mut self, limits: ToolLimits) -> Self {
        self.declaration.limits = limits;
        self
    }

    /// Runs it as a task of the toolbox's tokio runtime: for functions that need one, or that compute for long.
    #[must_use]
    pub fn on_runtime(mut self) -> Self {
        self.on_runtime = true;
        self
    }

    /// Sets what gives its long help, when a program asks for it: see [`Toolbox::help`](crate::Toolbox::help).
    #[must_use]
    pub fn help<F, W>(mut self, help: F) -> Self
    where
        F: Fn() -> W + Send + Sync + 'static,
        W: Future<Output = ToolOutcome> + Send + 'static,
    {
        self.help = Some(Arc::new(move || Box::pin(help())));
        self.declaration.help = true;
        self
    }

    /// Returns what it is.
    #[must_use]
    pub fn declaration(&self) -> &ToolDeclaration {
        &self.declaration
    }
}

impl std::fmt::Debug for Tool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tool").field("declaration", &self.declaration).finish_non_exhaustive()
    }
}

/// The schemas of a tool that is declared at run time.
#[derive(Debug, Clone, PartialEq)]
pub struct Schemas {
    /// Of the arguments: an object with a property for each parameter, in the order of the parameters.
    pub parameters: Json,
    /// Of the result; `None`: any JSON value.
    pub returns: Option<Json>,
}

/// Returns a type's schema without what says nothing to a caller: the dialect and the Rust type's name.
fn schema_of<T: JsonSchema>(settings: impl FnOnce(SchemaSettings) -> SchemaSettings) -> Json {
    let mut schema: Schema = settings(SchemaSettings::draft2020_12())
        .with(|settings| settings.meta_schema = None)
        .into_generator()
        .into_root_schema_for::<T>();
    schema.remove("title");
    schema.to_value()
}

struct TextHandler<F>(F);

impl<F, W> Handler for TextHandler<F>
where
    F: Fn(String) -> W + Send + Sync,
    W: Future<Output = ToolOutcome> + Send + 'static,
{
    fn start(&self, input: Input, guard: Guard) -> ToolFuture {
        // A text tool has no schema, so nothing but a text comes here.
        let text = match input {
            Input::Text(text) => text,
            Input::Json(value) => value.to_string(),
        };
        guard::begin(guard, || (self.0)(text), Guard::finish_text)
    }
}

struct JsonHandler<F>(F);

impl<F, W> Handler for JsonHandler<F>
where
    F: Fn(Json) -> W + Send + Sync,
    W: Future<Output = Result<Json, ToolFailure>> + Send + 'static,
{
    fn start(&self, input: Input, guard: Guard) -> ToolFuture {
        let arguments = match input {
            Input::Json(arguments) => arguments,
            Input::Text(text) => Json::String(text),
        };
        guard::begin(guard, || (self.0)(arguments), Guard::finish_json)
    }
}
