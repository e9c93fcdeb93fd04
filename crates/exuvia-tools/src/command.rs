//! Programs as tools.

mod argv;
mod process;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use exuvia_core::{ToolFailure, ToolLimits, ToolOutcome};
use serde_json::Value as Json;
use tokio::sync::OnceCell;

use crate::definition::{Definition, Output, check_parameters, definition_methods};
use crate::error::ToolsError;
use crate::json;
use crate::template::Template;
use crate::tool::Tool;

use argv::Argv;
use process::{Finished, Process};

/// Where programs are looked for, and what they are told of it, unless their environment says otherwise.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
/// How many calls of a program run at a time, unless its limits say otherwise.
const CONCURRENCY: usize = 16;
/// How long a program may take to print its help.
const HELP_TIME: Duration = Duration::from_secs(5);
/// The longest help, in bytes.
const HELP_BYTES_MAX: usize = 64 << 10;

/// A program as a tool.
///
/// No shell is involved: each element of the command is one argument of the program, whatever is put into it.
///
/// - `"{city}"`: the argument's value. A list gives one argument for each item. Without a value there is none.
/// - `"--city={city}"`: the same, within one argument; a list gives one such argument for each item.
/// - `["--days", "{days}"]`: a group; it is left out as a whole if one of its values is absent.
/// - `["--verbose", "{verbose?}"]`: a group that is only there if `verbose` is given and not false.
///
/// A value never becomes an option: one that begins with `-` where nothing stands before it in its argument is refused,
/// unless the command has an argument `--` further to the left. Nor does it become code: a place in what follows the `-c`
/// of a shell, or the like of another interpreter, is refused when the tool is made.
///
/// The program gets an environment of its own: `PATH`, which is `/usr/local/bin:/usr/bin:/bin` unless set, and what
/// [`environment`](Self::environment) says; nothing is inherited. It is looked for on that `PATH` unless its name has a
/// `/`. It runs in a process group of its own. When it ends, exceeds a limit or its call is cancelled, the whole group is
/// killed. It is no sandbox: the program can do whatever the user can who runs the host, and the guest sees what it
/// prints.
///
/// ```
/// use exuvia_core::ToolRunner as _;
/// use exuvia_tools::{CommandTool, Toolbox};
/// use serde_json::json;
///
/// let sort = CommandTool::new("sort_lines", "Sorts lines.", ["sort"])
///     .group(["--reverse", "{reverse?}"])
///     .parameters(json!({
///         "type": "object",
///         "properties": { "text": { "type": "string" }, "reverse": { "type": "boolean", "default": false } },
///         "required": ["text"],
///     }))
///     .stdin_template("{text}");
/// let mut runner = Toolbox::builder().tool(sort.build()?).build()?.runner();
/// let sorted = pollster::block_on(runner.call("sort_lines", r#"{"text": "a\nb\n", "reverse": true}"#));
/// assert_eq!(sorted.unwrap(), r#""b\na\n""#);
/// # Ok::<(), exuvia_tools::ToolsError>(())
/// ```
#[derive(Clone)]
pub struct CommandTool {
    definition: Definition,
    command: Vec<Group>,
    stdin: Stdin,
    environment: BTreeMap<String, OsString>,
    folder: PathBuf,
    success: Vec<i32>,
    help: Option<Vec<String>>,
}

/// Arguments that are there together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group(pub Vec<String>);

impl From<&str> for Group {
    fn from(argument: &str) -> Self {
        Self(vec![argument.to_owned()])
    }
}

impl From<String> for Group {
    fn from(argument: String) -> Self {
        Self(vec![argument])
    }
}

impl<const N: usize> From<[&str; N]> for Group {
    fn from(arguments: [&str; N]) -> Self {
        Self(arguments.map(str::to_owned).into())
    }
}

/// What a program reads from stdin.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stdin {
    Nothing,
    Json,
    Template(String),
}

impl CommandTool {
    /// Makes a tool of a program: no parameters, no input, text as output, run in `/`, at most 16 at a time.
    pub fn new<G: Into<Group>>(
        name: impl Into<String>,
        description: impl Into<String>,
        command: impl IntoIterator<Item = G>,
    ) -> Self {
        Self {
            definition: Definition::new(name, description, Self::default_limits()),
            command: command.into_iter().map(Into::into).collect(),
            stdin: Stdin::Nothing,
            environment: BTreeMap::new(),
            folder: PathBuf::from("/"),
            success: vec![0],
            help: None,
        }
    }

    /// Returns what it may use unless something else is said: of calls at a time, 16.
    #[must_use]
    pub fn default_limits() -> ToolLimits {
        ToolLimits { concurrency: CONCURRENCY, ..ToolLimits::default() }
    }

    definition_methods!("Sets what it may use; `result_bytes` also bounds what it prints.");

    /// Adds arguments to the command that are there together or not at all.
    #[must_use]
    pub fn group(mut self, group: impl Into<Group>) -> Self {
        self.command.push(group.into());
        self
    }

    /// Gives it all arguments as JSON on stdin.
    #[must_use]
    pub fn stdin_json(mut self) -> Self {
        self.stdin = Stdin::Json;
        self
    }

    /// Gives it a text with arguments in it on stdin: `"{text}"`.
    #[must_use]
    pub fn stdin_template(mut self, template: impl Into<String>) -> Self {
        self.stdin = Stdin::Template(template.into());
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// Sets the folder that it runs in. A program with a `/` in its name, not at the beginning, is looked for there.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Sets which exit statuses are no failure. Default: 0.
    #[must_use]
    pub fn success(mut self, statuses: impl IntoIterator<Item = i32>) -> Self {
        self.success = statuses.into_iter().collect();
        self
    }

    /// Sets which command prints its help, such as `["sort", "--help"]`. It is run when a program in the sandbox, or
    /// [`Toolbox::help`](crate::Toolbox::help), asks for the help first, for at most 5 s, and its first 64 KiB are kept. No
    /// policy is asked: leave it out where running that is not harmless.
    #[must_use]
    pub fn help<S: AsRef<str>>(mut self, command: impl IntoIterator<Item = S>) -> Self {
        self.help = Some(command.into_iter().map(|argument| argument.as_ref().to_owned()).collect());
        self
    }

    /// Makes the tool.
    ///
    /// # Errors
    ///
    /// [`ToolsError::Definition`] if the command is none, or names a parameter that there is not, or leaves one unused.
    pub fn build(self) -> Result<Tool, ToolsError> {
        let (argv, input) = match self.check() {
            Ok(checked) => checked,
            Err(problem) => return Err(ToolsError::Definition { tool: self.definition.name, problem }),
        };
        let setting = Setting::new(self.definition.name.clone(), self.folder, self.environment);
        let help = self.help.map(|command| Help::new(command, setting.clone()));
        let runner = Arc::new(CommandRunner {
            setting,
            argv,
            input,
            output: self.definition.output,
            success: self.success,
            result_bytes: self.definition.result_bytes(),
        });
        let tool = self.definition.tool(move |arguments| {
            let runner = Arc::clone(&runner);
            async move { runner.run(&arguments).await }
        });
        Ok(match help {
            Some(help) => tool.help(move || help.clone().text()),
            None => tool,
        })
    }

    fn check(&self) -> Result<(Argv, Input), String> {
        let argv = Argv::parse(&self.command)?;
        let input = match &self.stdin {
            Stdin::Nothing => Input::Nothing,
            Stdin::Json => Input::Json,
            Stdin::Template(template) => Input::Template(Template::parse(template)?),
        };
        let mut used: Vec<&str> = argv.templates().flat_map(Template::arguments).collect();
        let mut secrets = argv.templates().flat_map(Template::secrets).count();
        if let Input::Template(template) = &input {
            used.extend(template.arguments());
            secrets += template.secrets().count();
            if template.has_conditions() {
                return Err("`{name?}` has no meaning in what it reads from stdin".to_owned());
            }
        }
        if secrets > 0 {
            return Err(
                "a program gets no `${secret:NAME}`: let it see a variable of the host's environment".to_owned()
            );
        }
        if self.help.as_ref().is_some_and(Vec::is_empty) {
            return Err("its command for help is empty".to_owned());
        }
        check_parameters(&self.definition.parameters, &used, matches!(input, Input::Json))?;
        Ok((argv, input))
    }
}

impl std::fmt::Debug for CommandTool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the values of its environment, which may be secret.
        let mut shown = f.debug_struct("CommandTool");
        shown.field("name", &self.definition.name).field("command", &self.command).finish_non_exhaustive()
    }
}

/// Where and how a program runs.
#[derive(Clone)]
struct Setting {
    /// The tool whose program it is.
    tool: String,
    folder: PathBuf,
    environment: BTreeMap<String, OsString>,
}

impl Setting {
    fn new(tool: String, folder: PathBuf, mut environment: BTreeMap<String, OsString>) -> Self {
        environment.entry("PATH".to_owned()).or_insert_with(|| PATH.into());
        Self { tool, folder, environment }
    }
}

/// What a call writes to stdin.
enum Input {
    Nothing,
    Json,
    Template(Template),
}

/// Runs a program for each call.
struct CommandRunner {
    setting: Setting,
    argv: Argv,
    input: Input,
    output: Output,
    success: Vec<i32>,
    result_bytes: usize,
}

impl CommandRunner {
    async fn run(&self, arguments: &Json) -> Result<Json, ToolFailure> {
        let argv = self.argv.expand(&self.setting.tool, arguments)?;
        let stdin = match &self.input {
            Input::Nothing => None,
            Input::Json => Some(arguments.to_string()),
            Input::Template(template) => Some(argv::expand_text(template, arguments)),
        };
        let process = Process::start(&self.setting, &argv)?;
        let finished = process.finish(stdin.map(String::into_bytes).unwrap_or_default(), self.result_bytes).await?;
        self.result(finished)
    }

    fn result(&self, finished: Finished) -> Result<Json, ToolFailure> {
        if !finished.status.code().is_some_and(|code| self.success.contains(&code)) {
            let said = finished.stderr_or_stdout();
            let said = if said.is_empty() { String::new() } else { format!(": {said}") };
            return Err(ToolFailure::failed(format!("the program failed ({}){said}", finished.status)));
        }
        let text = String::from_utf8(finished.stdout)
            .map_err(|_| ToolFailure::failed("the program printed what is not UTF-8"))?;
        match self.output {
            Output::Text => Ok(Json::String(text)),
            Output::Json => json::parse(&text).map_err(|fault| {
                ToolFailure::failed(format!("the program printed what cannot be read as JSON: {fault}"))
            }),
        }
    }
}

/// A program's help, printed once.
#[derive(Clone)]
struct Help {
    command: Arc<Vec<String>>,
    setting: Setting,
    printed: Arc<OnceCell<String>>,
}

impl Help {
    fn new(command: Vec<String>, setting: Setting) -> Self {
        Self { command: Arc::new(command), setting, printed: Arc::default() }
    }

    async fn text(self) -> ToolOutcome {
        self.printed.get_or_try_init(|| self.print()).await.cloned()
    }

    async fn print(&self) -> ToolOutcome {
        let run = async { Process::start(&self.setting, &self.command)?.print(HELP_BYTES_MAX).await };
        match tokio::time::timeout(HELP_TIME, run).await {
            // Many programs print it on stderr, and with a status of failure.
            Ok(printed) => printed,
            Err(_) => Err(ToolFailure::failed(format!("the help was not printed within {} s", HELP_TIME.as_secs()))),
        }
    }
}
