//! `[policy]`.

use serde::Deserialize;
use toml::{Spanned, Table, Value};

use super::{ConfigError, ConfigFile, parameters};
use crate::policy::{Action, Pattern, Policy, Rule};

/// `[policy]`: what becomes of calls.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySection {
    #[serde(default)]
    default: ActionSection,
    #[serde(default)]
    rules: Vec<Spanned<RuleSection>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleSection {
    tool: String,
    #[serde(default)]
    arguments: Table,
    action: ActionSection,
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActionSection {
    #[default]
    Allow,
    Deny,
    Ask,
}

impl PolicySection {
    /// Makes the policy.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the rule that cannot be used.
    pub fn policy(&self, file: &ConfigFile<'_>) -> Result<Policy, ConfigError> {
        let mut policy = Policy::new(self.default.action(None));
        for section in &self.rules {
            let rule = section.get_ref().rule();
            // Compiled for the sake of the line in the message.
            let rule = rule.and_then(|rule| rule.check().map(|()| rule).map_err(|error| error.to_string()));
            let rule = rule.map_err(|problem| file.error(section.span(), Some("policy.rules".to_owned()), problem))?;
            policy = policy.rule(rule);
        }
        Ok(policy)
    }
}

impl RuleSection {
    fn rule(&self) -> Result<Rule, String> {
        if self.reason.is_some() && self.action != ActionSection::Deny {
            return Err("`reason` is for a rule that denies: remove it".to_owned());
        }
        let mut rule = Rule::new(&self.tool, self.action.action(self.reason.clone()));
        for (path, value) in &self.arguments {
            rule = rule.argument(path, pattern(value).map_err(|problem| format!("`arguments.{path}`: {problem}"))?);
        }
        Ok(rule)
    }
}

impl ActionSection {
    fn action(self, reason: Option<String>) -> Action {
        match self {
            Self::Allow => Action::Allow,
            Self::Deny => Action::Deny(reason.unwrap_or_default()),
            Self::Ask => Action::Ask,
        }
    }
}

/// A text is a glob; `{ regex = … }`, `{ glob = … }` and `{ equals = … }` say what they are; another value is equal.
fn pattern(value: &Value) -> Result<Pattern, String> {
    let table = match value {
        Value::String(glob) => return Ok(Pattern::glob(glob)),
        Value::Table(table) => table,
        other => return Ok(Pattern::equals(parameters::json(other))),
    };
    let mut entries = table.iter();
    match (entries.next(), entries.next()) {
        (Some((key, Value::String(text))), None) if key == "regex" => Ok(Pattern::regex(text)),
        (Some((key, Value::String(text))), None) if key == "glob" => Ok(Pattern::glob(text)),
        (Some((key, value)), None) if key == "equals" => Ok(Pattern::equals(parameters::json(value))),
        _ => Err("write a glob, or one of `{ glob = \"…\" }`, `{ regex = \"…\" }`, `{ equals = … }`".to_owned()),
    }
}
