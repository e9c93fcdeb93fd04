//! The tools that sandboxes are given.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use exuvia_core::tool::{TOOL_CALLS_MAX, TOOL_TEXT_BYTES_MAX};
use exuvia_core::{ToolDeclaration, ToolFailure, ToolFuture, is_tool_name};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;

use crate::approval::Approver;
use crate::error::ToolsError;
use crate::policy::{CompiledPolicy, Policy};
use crate::runner::Runner;
use crate::runtime::{Runtime, Task};
use crate::schema::Schema;
use crate::tool::Tool;

/// The tools that sandboxes are given, with the policy for their calls. Made once; a clone is the same toolbox.
///
/// ```
/// use exuvia_core::ToolRunner as _;
/// use exuvia_tools::{Tool, Toolbox};
///
/// let toolbox = Toolbox::builder()
///     .tool(Tool::text("shout", "Returns the text in capitals.", async |text: String| Ok(text.to_uppercase())))
///     .build()?;
/// let mut runner = toolbox.runner();
/// assert_eq!(pollster::block_on(runner.call("shout", "hello")), Ok("HELLO".to_owned()));
/// # Ok::<(), exuvia_tools::ToolsError>(())
/// ```
#[derive(Clone)]
pub struct Toolbox {
    shared: Arc<Shared>,
}

/// What all clones share.
pub(crate) struct Shared {
    pub(crate) tools: Box<[Entry]>,
    pub(crate) names: BTreeMap<String, usize>,
    declarations: Box<[ToolDeclaration]>,
    pub(crate) policy: CompiledPolicy,
    pub(crate) approver: Option<Box<dyn Approver>>,
    pub(crate) runtime: Runtime,
}

impl Shared {
    pub(crate) fn help(shared: &Arc<Self>, tool: &str) -> Option<ToolFuture> {
        let entry = &shared.tools[*shared.names.get(tool)?];
        let help = entry.tool.help.as_ref()?();
        let shared = Arc::clone(shared);
        Some(Box::pin(async move {
            let task = Task::spawn(shared.runtime.handle()?, help);
            task.await.unwrap_or_else(|| Err(ToolFailure::failed("the help cannot be given")))
        }))
    }
}

/// A tool, ready to be called.
pub(crate) struct Entry {
    pub(crate) tool: Tool,
    pub(crate) schema: Option<Schema>,
}

impl Toolbox {
    /// Begins to make a toolbox: no tools, a policy that allows everything, nobody to ask.
    #[must_use]
    pub fn builder() -> ToolboxBuilder {
        ToolboxBuilder::default()
    }

    /// Returns what its tools are, in the order in which they were added.
    #[must_use]
    pub fn declarations(&self) -> &[ToolDeclaration] {
        &self.shared.declarations
    }

    /// Makes what runs the tools of one sandbox.
    #[must_use]
    pub fn runner(&self) -> Runner {
        Runner::new(Arc::clone(&self.shared))
    }

    /// Returns what gives a tool's long help, such as what its program prints for `--help`; `None` if it has none.
    ///
    /// It is no call: policy and limits of the tool are not asked, and a program in the sandbox may ask for it as often as
    /// it likes. A tool only has one where its definition says so, and it is bounded by itself.
    #[must_use]
    pub fn help(&self, tool: &str) -> Option<ToolFuture> {
        Shared::help(&self.shared, tool)
    }
}

impl std::fmt::Debug for Toolbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.declarations().iter().map(|declaration| declaration.name.as_str()).collect();
        f.debug_struct("Toolbox").field("tools", &names).finish_non_exhaustive()
    }
}

/// Makes a [`Toolbox`].
#[derive(Default)]
pub struct ToolboxBuilder {
    tools: Vec<Tool>,
    policy: Policy,
    approver: Option<Box<dyn Approver>>,
    runtime: Option<Handle>,
}

impl ToolboxBuilder {
    /// Adds a tool.
    #[must_use]
    pub fn tool(mut self, tool: impl Into<Tool>) -> Self {
        self.tools.push(tool.into());
        self
    }

    /// Adds tools.
    #[must_use]
    pub fn tools(mut self, tools: impl IntoIterator<Item = Tool>) -> Self {
        self.tools.extend(tools);
        self
    }

    /// Adds an asynchronous function with typed arguments: see [`Tool::function`], which has more options.
    #[must_use]
    pub fn function<A, R, F, W>(self, name: impl Into<String>, description: impl Into<String>, function: F) -> Self
    where
        A: DeserializeOwned + JsonSchema,
        R: Serialize + JsonSchema,
        F: Fn(A) -> W + Send + Sync + 'static,
        W: Future<Output = Result<R, ToolFailure>> + Send + 'static,
    {
        self.tool(Tool::function(name, description, function))
    }

    /// Sets which calls are allowed. Default: all, but those of tools that need approval are asked about.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets who is asked about calls. Default: nobody, and what would be asked is denied.
    #[must_use]
    pub fn approver(mut self, approver: impl Approver + 'static) -> Self {
        self.approver = Some(Box::new(approver));
        self
    }

    /// Sets the tokio runtime for time limits, programs and HTTP; its time and IO must be enabled. Default: one of at most
    /// four threads, made when it is first needed.
    #[must_use]
    pub fn runtime(mut self, runtime: Handle) -> Self {
        self.runtime = Some(runtime);
        self
    }

    /// Makes the toolbox. Limits above what ever crosses are lowered to it.
    ///
    /// # Errors
    ///
    /// [`ToolsError`] if a name, a schema, a limit or a pattern cannot be.
    pub fn build(self) -> Result<Toolbox, ToolsError> {
        let mut names = BTreeMap::new();
        let mut tools = Vec::with_capacity(self.tools.len());
        for mut tool in self.tools {
            let declaration = &mut tool.declaration;
            if !is_tool_name(&declaration.name) {
                return Err(ToolsError::Name(declaration.name.clone()));
            }
            if names.insert(declaration.name.clone(), tools.len()).is_some() {
                return Err(ToolsError::Duplicate(declaration.name.clone()));
            }
            let limits = &mut declaration.limits;
            limits.argument_bytes = limits.argument_bytes.min(TOOL_TEXT_BYTES_MAX);
            limits.result_bytes = limits.result_bytes.min(TOOL_TEXT_BYTES_MAX);
            limits.concurrency = limits.concurrency.min(TOOL_CALLS_MAX);
            if limits.concurrency == 0 {
                let problem = "no call may run at a time: its limit `concurrency` must be at least 1".to_owned();
                return Err(ToolsError::Definition { tool: declaration.name.clone(), problem });
            }
            let schema = Schema::compile(declaration)?;
            tools.push(Entry { tool, schema });
        }
        let declarations: Box<[ToolDeclaration]> = tools.iter().map(|entry| entry.tool.declaration.clone()).collect();
        let policy = CompiledPolicy::new(self.policy, &declarations)?;
        Ok(Toolbox {
            shared: Arc::new(Shared {
                tools: tools.into(),
                names,
                declarations,
                policy,
                approver: self.approver,
                runtime: Runtime::new(self.runtime),
            }),
        })
    }
}

impl std::fmt::Debug for ToolboxBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToolboxBuilder").field("tools", &self.tools).finish_non_exhaustive()
    }
}
