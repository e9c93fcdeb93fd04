//! `[policy]`.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::{Spanned, Value};

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
    arguments: BTreeMap<String, Spanned<Value>>,
    action: ActionSection,
    reason: Option<Spanned<String>>,
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
            let wrong = |(span, problem): Fault| {
                file.error(span.unwrap_or_else(|| section.span()), Some("policy.rules".to_owned()), problem)
            };
            policy = policy.rule(section.get_ref().rule().map_err(wrong)?);
        }
        Ok(policy)
    }
}

/// What is wrong with a rule: where, if it is a part of it, and what.
type Fault = (Option<Range<usize>>, String);

impl RuleSection {
    fn rule(&self) -> Result<Rule, Fault> {
        let reason = self.reason.as_ref();
        if let Some(reason) = reason.filter(|_| self.action != ActionSection::Deny) {
            return Err((Some(reason.span()), "`reason` is for a rule that denies: remove it".to_owned()));
        }
        let mut rule = Rule::new(&self.tool, self.action.action(reason.map(|reason| reason.get_ref().clone())));
        // Compiled for the sake of the line in the message.
        let check = |rule: &Rule| rule.check().map_err(|error| error.to_string());
        check(&rule).map_err(|problem| (None, problem))?;
        for (path, value) in &self.arguments {
            let at = |problem: String| (Some(value.span()), format!("`arguments.{path}`: {problem}"));
            rule = rule.argument(path, pattern(value.get_ref()).map_err(at)?);
            check(&rule).map_err(at)?;
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
