//! Which calls are allowed.

mod pattern;

use exuvia_core::ToolDeclaration;

use crate::error::ToolsError;
use crate::tool::Input;

pub use pattern::Pattern;
use pattern::{CompiledPattern, glob};

/// Which calls are allowed: the first rule that matches a call decides, else the default does. A tool that needs approval
/// is asked about where the default would allow it.
///
/// ```
/// use exuvia_tools::{Action, Pattern, Policy, Rule};
///
/// let policy = Policy::new(Action::Ask)
///     .rule(Rule::new("send_mail", Action::Allow).argument("to", Pattern::glob("*@example.org")))
///     .rule(Rule::new("send_*", Action::deny("mail goes to our own people only")));
/// # _ = policy;
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    default: Action,
    rules: Vec<Rule>,
}

/// What becomes of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    #[default]
    Allow,
    /// It is not made, for this reason, which the program sees.
    Deny(String),
    /// Somebody is asked.
    Ask,
}

impl Action {
    /// Makes a denial with a reason.
    #[must_use]
    pub fn deny(reason: impl Into<String>) -> Self {
        Self::Deny(reason.into())
    }
}

/// What becomes of calls of certain tools with certain arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    tool: String,
    arguments: Vec<(String, Pattern)>,
    action: Action,
}

impl Policy {
    /// Makes a policy without rules.
    #[must_use]
    pub fn new(default: Action) -> Self {
        Self { default, rules: Vec::new() }
    }

    /// Adds a rule after the others.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Adds a rule before the others: it decides first.
    #[must_use]
    pub fn first_rule(mut self, rule: Rule) -> Self {
        self.rules.insert(0, rule);
        self
    }
}

impl Rule {
    /// Makes a rule for all calls of tools with such a name: `*` stands for any characters, `?` for one.
    #[must_use]
    pub fn new(tool: impl Into<String>, action: Action) -> Self {
        Self { tool: tool.into(), arguments: Vec::new(), action }
    }

    /// Makes the rule match only calls with such an argument too: a parameter's name, or a JSON pointer such as
    /// `/options/force`. A text tool's only argument is `text`.
    ///
    /// An argument that is absent matches nothing. Of a list, each item must match for a rule that allows, and one is
    /// enough for a rule that denies or asks.
    #[must_use]
    pub fn argument(mut self, path: impl Into<String>, pattern: Pattern) -> Self {
        self.arguments.push((path.into(), pattern));
        self
    }

    /// Sees to it that its patterns can be read.
    pub(crate) fn check(&self) -> Result<(), ToolsError> {
        glob(&self.tool)?;
        self.arguments.iter().try_for_each(|(_, pattern)| pattern.compile().map(drop))
    }
}

/// What a policy says about a call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allow,
    Deny(String),
    Ask,
}

/// A policy, with its patterns compiled and its rules sorted by tool.
pub(crate) struct CompiledPolicy {
    rules: Vec<CompiledRule>,
    /// For each tool the rules that its name matches, in order, and what is done if none of them matches.
    tools: Vec<(Vec<usize>, Action)>,
}

struct CompiledRule {
    arguments: Vec<(Path, CompiledPattern)>,
    action: Action,
}

enum Path {
    Name(String),
    Pointer(String),
}

impl CompiledPolicy {
    pub(crate) fn new(policy: Policy, tools: &[ToolDeclaration]) -> Result<Self, ToolsError> {
        let mut matching: Vec<Vec<usize>> = vec![Vec::new(); tools.len()];
        let mut rules = Vec::with_capacity(policy.rules.len());
        for rule in policy.rules {
            let names = glob(&rule.tool)?;
            for (tool, matching) in tools.iter().zip(&mut matching) {
                if names.is_match(&tool.name) {
                    matching.push(rules.len());
                }
            }
            rules.push(CompiledRule::new(rule)?);
        }
        let tools = tools.iter().zip(matching).map(|(tool, rules)| {
            let default = match &policy.default {
                Action::Allow if tool.needs_approval => Action::Ask,
                default => default.clone(),
            };
            (rules, default)
        });
        Ok(Self { tools: tools.collect(), rules })
    }

    /// Says what becomes of a call. This is the one place where that is decided.
    pub(crate) fn verdict(&self, tool: usize, declaration: &ToolDeclaration, input: &Input) -> Verdict {
        let (rules, default) = &self.tools[tool];
        let rule = rules.iter().map(|&rule| &self.rules[rule]).find(|rule| rule.matches(input));
        match rule.map_or(default, |rule| &rule.action) {
            Action::Allow => Verdict::Allow,
            Action::Ask => Verdict::Ask,
            Action::Deny(reason) if reason.is_empty() => {
                Verdict::Deny(format!("the policy denies `{}`", declaration.name))
            }
            Action::Deny(reason) => Verdict::Deny(reason.clone()),
        }
    }
}

impl CompiledRule {
    fn new(rule: Rule) -> Result<Self, ToolsError> {
        let mut arguments = Vec::with_capacity(rule.arguments.len());
        for (path, pattern) in rule.arguments {
            let path = if path.starts_with('/') { Path::Pointer(path) } else { Path::Name(path) };
            arguments.push((path, pattern.compile()?));
        }
        Ok(Self { arguments, action: rule.action })
    }

    fn matches(&self, input: &Input) -> bool {
        self.arguments.iter().all(|(path, pattern)| match (input, path) {
            (Input::Text(text), Path::Name(name)) => name == "text" && pattern.matches_text(text),
            (Input::Text(_), Path::Pointer(_)) => false,
            (Input::Json(arguments), path) => {
                let argument = match path {
                    Path::Name(name) => arguments.get(name),
                    Path::Pointer(pointer) => arguments.pointer(pointer),
                };
                argument.is_some_and(|argument| pattern.matches(argument, self.action == Action::Allow))
            }
        })
    }
}
