//! `[tools.NAME]`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use exuvia_core::ToolLimits;
use serde::Deserialize;
use toml::Spanned;

use super::units::{Size, Time};
use super::{ConfigContext, ConfigError, ConfigFile, ReadySection, parameters};
use crate::command::{CommandTool, Group};
use crate::definition::Output;
use crate::error::ToolsError;
use crate::http::HttpTool;
use crate::tool::Tool;

/// `[tools]`: a section for each tool, by name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct ToolsSection(BTreeMap<String, Spanned<ToolSection>>);

/// `[tools.NAME]`: a program or an HTTP endpoint.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolSection {
    description: Option<String>,
    #[serde(default)]
    parameters: toml::Table,
    returns: Option<toml::Value>,
    output: Option<OutputSection>,

    command: Option<CommandSection>,
    stdin: Option<String>,
    environment: Option<Vec<String>>,
    variables: Option<BTreeMap<String, String>>,
    folder: Option<PathBuf>,
    success: Option<Vec<i32>>,
    help: Option<HelpSection>,

    url: Option<String>,
    method: Option<String>,
    query: Option<BTreeMap<String, String>>,
    headers: Option<BTreeMap<String, String>>,
    body: Option<toml::Value>,
    pick: Option<String>,
    redirects: Option<u8>,

    ready: Option<String>,
    hosts: Option<Vec<String>>,
    page_bytes: Option<Size>,
    chunk_tokens: Option<usize>,

    timeout: Option<Time>,
    argument_bytes: Option<Size>,
    result_bytes: Option<Size>,
    calls: Option<u64>,
    concurrency: Option<usize>,
    read_only: Option<bool>,
    idempotent: Option<bool>,
    #[serde(default)]
    needs_approval: bool,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutputSection {
    #[default]
    Text,
    Json,
}

#[derive(Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "write the program and each of its arguments as a list, such as [\"wc\", \"-l\"]: there is no shell"
)]
enum CommandSection {
    List(Vec<GroupSection>),
}

#[derive(Clone, Deserialize)]
#[serde(untagged, expecting = "expected a text, or a list of texts that belong together")]
enum GroupSection {
    One(String),
    Several(Vec<String>),
}

#[derive(Clone, Deserialize)]
#[serde(untagged, expecting = "expected true, or a command such as [\"sort\", \"--help\"]")]
enum HelpSection {
    /// The program's own `--help`.
    Usual(bool),
    Command(Vec<String>),
}

impl ToolsSection {
    /// Makes the tools, in the order of their names.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the tool that cannot be made.
    pub fn tools(&self, file: &ConfigFile<'_>, context: &ConfigContext) -> Result<Vec<Tool>, ConfigError> {
        let make = |(name, section): (&String, &Spanned<ToolSection>)| {
            section
                .get_ref()
                .tool(name, context)
                .map_err(|problem| file.error(section.span(), Some(format!("tools.{name}")), problem))
        };
        self.0.iter().map(make).collect()
    }
}

impl ToolSection {
    fn tool(&self, name: &str, context: &ConfigContext) -> Result<Tool, String> {
        if let Some(kind) = &self.ready {
            let mut tool = self.ready_tool(name, kind, context)?;
            self.declare(&mut tool)?;
            return Ok(tool);
        }
        let foreign = [
            ("hosts", self.hosts.is_some()),
            ("page_bytes", self.page_bytes.is_some()),
            ("chunk_tokens", self.chunk_tokens.is_some()),
        ];
        refuse(&foreign, "is for a tool that is `ready`")?;
        let tool = match (&self.command, &self.url) {
            (Some(CommandSection::List(command)), None) => self.command_tool(name, command, context)?,
            (None, Some(url)) => self.http_tool(name, url, context)?,
            (Some(_), Some(_)) => return Err("it has a `command` and a `url`: make two tools of it".to_owned()),
            (None, None) => return Err("it has neither a `command` nor a `url`: add one".to_owned()),
        };
        let mut tool = tool.map_err(told)?;
        self.declare(&mut tool)?;
        Ok(tool)
    }

    /// Puts into a declaration what is said of any tool.
    fn declare(&self, tool: &mut Tool) -> Result<(), String> {
        let declaration = &mut tool.declaration;
        declaration.limits = self.limits(declaration.limits.clone())?;
        declaration.read_only = self.read_only.unwrap_or(declaration.read_only);
        declaration.idempotent = self.idempotent.unwrap_or(declaration.idempotent || declaration.read_only);
        declaration.needs_approval = self.needs_approval;
        Ok(())
    }

    fn description(&self) -> Result<&str, String> {
        self.description.as_deref().ok_or_else(|| "it has no `description`: say what it does".to_owned())
    }

    /// Has a tool made that is ready: what it is asked over HTTP, if that is configured, is made here.
    fn ready_tool(&self, name: &str, kind: &str, context: &ConfigContext) -> Result<Tool, String> {
        let foreign = [
            ("command", self.command.is_some()),
            ("parameters", !self.parameters.is_empty()),
            ("returns", self.returns.is_some()),
            ("output", self.output.is_some()),
        ];
        refuse(&foreign, "is no matter of a tool that is `ready`")?;
        let section = ReadySection {
            name: name.to_owned(),
            kind: kind.to_owned(),
            description: self.description.clone(),
            hosts: self.hosts.clone(),
            page_bytes: self.page_bytes.as_ref().map(Size::bytes).transpose()?,
            chunk_tokens: self.chunk_tokens,
            endpoint: match &self.url {
                Some(url) => Some(self.endpoint(HttpTool::new(name, "", url), context)?),
                None => None,
            },
        };
        context.ready.tool(section)
    }

    fn command_tool(
        &self,
        name: &str,
        command: &[GroupSection],
        context: &ConfigContext,
    ) -> Result<Result<Tool, ToolsError>, String> {
        let foreign = [
            ("method", self.method.is_some()),
            ("query", self.query.is_some()),
            ("headers", self.headers.is_some()),
            ("body", self.body.is_some()),
            ("pick", self.pick.is_some()),
            ("redirects", self.redirects.is_some()),
        ];
        refuse(&foreign, "is for a tool with a `url`")?;
        let groups = command.iter().map(|group| match group {
            GroupSection::One(argument) => Group(vec![argument.clone()]),
            GroupSection::Several(arguments) => Group(arguments.clone()),
        });
        let mut tool = CommandTool::new(name, self.description()?, groups)
            .parameters(parameters::schema(&self.parameters)?)
            .output(self.output())
            .folder(self.folder.as_ref().map_or_else(|| context.folder.clone(), |folder| context.folder.join(folder)));
        tool = tool.limits(self.limits(CommandTool::default_limits())?);
        for variable in self.environment.iter().flatten() {
            if let Some(value) = context.variables.secret(variable) {
                tool = tool.environment(variable, value);
            }
        }
        for (variable, value) in self.variables.iter().flatten() {
            tool = tool.environment(variable, value);
        }
        tool = match self.stdin.as_deref() {
            None => tool,
            Some("json") => tool.stdin_json(),
            Some(template) => tool.stdin_template(template),
        };
        if let Some(success) = &self.success {
            tool = tool.success(success.iter().copied());
        }
        if let Some(returns) = &self.returns {
            tool = tool.returns(parameters::returns(returns)?);
        }
        tool = match (&self.help, command.first()) {
            (Some(HelpSection::Command(command)), _) => tool.help(command),
            (Some(HelpSection::Usual(true)), Some(GroupSection::One(program))) => tool.help([program, "--help"]),
            (Some(HelpSection::Usual(true)), _) => return Err("`help`: write its command out".to_owned()),
            (Some(HelpSection::Usual(false)) | None, _) => tool,
        };
        Ok(tool.build())
    }

    fn http_tool(&self, name: &str, url: &str, context: &ConfigContext) -> Result<Result<Tool, ToolsError>, String> {
        let foreign = [
            ("stdin", self.stdin.is_some()),
            ("environment", self.environment.is_some()),
            ("variables", self.variables.is_some()),
            ("folder", self.folder.is_some()),
            ("success", self.success.is_some()),
            ("help", self.help.is_some()),
        ];
        refuse(&foreign, "is for a tool with a `command`")?;
        let mut tool = self.endpoint(HttpTool::new(name, self.description()?, url), context)?.output(self.output());
        tool = tool.parameters(parameters::schema(&self.parameters)?);
        if let Some(returns) = &self.returns {
            tool = tool.returns(parameters::returns(returns)?);
        }
        Ok(tool.build())
    }

    /// Puts what is said of a request into it.
    fn endpoint(&self, tool: HttpTool, context: &ConfigContext) -> Result<HttpTool, String> {
        let mut tool = tool
            .redirects(self.redirects.unwrap_or(0))
            .limits(self.limits(ToolLimits::default())?)
            .shared_secrets(context.variables.clone())
            .client(context.client.clone());
        if let Some(method) = &self.method {
            tool = tool.method(method);
        }
        for (name, value) in self.query.iter().flatten() {
            tool = tool.query(name, value);
        }
        for (name, value) in self.headers.iter().flatten() {
            tool = tool.header(name, value);
        }
        if let Some(body) = &self.body {
            tool = tool.body(parameters::json(body));
        }
        if let Some(pointer) = &self.pick {
            tool = tool.pick(pointer);
        }
        Ok(tool)
    }

    fn output(&self) -> Output {
        match self.output.unwrap_or_default() {
            OutputSection::Text => Output::Text,
            OutputSection::Json => Output::Json,
        }
    }

    fn limits(&self, usual: ToolLimits) -> Result<ToolLimits, String> {
        Ok(ToolLimits {
            time: match &self.timeout {
                Some(time) => time.limit()?,
                None => usual.time,
            },
            argument_bytes: self.argument_bytes.as_ref().map_or(Ok(usual.argument_bytes), Size::bytes)?,
            result_bytes: self.result_bytes.as_ref().map_or(Ok(usual.result_bytes), Size::bytes)?,
            calls: self.calls.or(usual.calls),
            concurrency: self.concurrency.unwrap_or(usual.concurrency),
        })
    }
}

impl std::fmt::Debug for ToolSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The rest may hold what somebody did not write as a secret and should have.
        f.debug_struct("ToolSection").field("description", &self.description).finish_non_exhaustive()
    }
}

/// Says what is wrong with a definition; the key says which tool.
fn told(error: ToolsError) -> String {
    match error {
        ToolsError::Definition { problem, .. } => problem,
        other => other.to_string(),
    }
}

fn refuse(keys: &[(&str, bool)], why: &str) -> Result<(), String> {
    match keys.iter().find(|(_, given)| *given) {
        Some((key, _)) => Err(format!("`{key}` {why}: remove it")),
        None => Ok(()),
    }
}
