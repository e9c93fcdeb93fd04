//! What a model is told, as Jinja templates.
//!
//! Each is a file of `prompts/` in this crate's sources; [`Prompts::replace`] puts another text in the place of one.

mod samples;

use std::sync::Arc;

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

/// The templates, by name, with their own texts.
const TEMPLATES: [(&str, &str); 11] = [
    ("system", include_str!("prompts/system.md")),
    ("tool", include_str!("prompts/tool.md")),
    ("task", include_str!("prompts/task.md")),
    ("idle", include_str!("prompts/idle.md")),
    ("loop", include_str!("prompts/loop.md")),
    ("todo", include_str!("prompts/todo.md")),
    ("closing", include_str!("prompts/closing.md")),
    ("allowed", include_str!("prompts/allowed.md")),
    ("compact", include_str!("prompts/compact.md")),
    ("compacted", include_str!("prompts/compacted.md")),
    ("report", include_str!("prompts/report.md")),
];

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the prompt `{name}` cannot be used: {problem}")]
pub struct PromptError {
    name: String,
    problem: String,
}

/// The templates of an agent. A clone is the same.
#[derive(Debug, Clone)]
pub struct Prompts(Arc<Environment<'static>>);

impl Default for Prompts {
    fn default() -> Self {
        let mut environment = Environment::new();
        for (name, text) in TEMPLATES {
            environment.add_template(name, text).expect("our own templates are right");
        }
        Self(Arc::new(environment))
    }
}

impl Prompts {
    /// Returns the names of the templates.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TEMPLATES.iter().map(|(name, _)| *name)
    }

    /// Puts another text in the place of a template. It is tried out, so that it does not fail when it is needed.
    ///
    /// # Errors
    ///
    /// There is none of this name, or the text is no template, or it cannot be filled in.
    pub fn replace(&mut self, name: &str, text: String) -> Result<(), PromptError> {
        check(name)?;
        let mut environment = (*self.0).clone();
        environment.add_template_owned(name.to_owned(), text).map_err(|error| wrong(name, &error))?;
        let replaced = Self(Arc::new(environment));
        for sample in samples::of(name) {
            replaced.render(name, sample)?;
        }
        *self = replaced;
        Ok(())
    }

    /// Returns a template as it is written.
    ///
    /// # Errors
    ///
    /// There is none of this name.
    pub fn source(&self, name: &str) -> Result<String, PromptError> {
        check(name)?;
        let template = self.0.get_template(name).map_err(|error| wrong(name, &error))?;
        Ok(template.source().to_owned())
    }

    /// Fills a template in. Space at the end is left out.
    pub(crate) fn render(&self, name: &str, context: impl Serialize) -> Result<String, PromptError> {
        let rendered = self.0.get_template(name).and_then(|template| template.render(Serde(context)));
        Ok(rendered.map_err(|error| wrong(name, &error))?.trim_end().to_owned())
    }
}

/// Refuses a name that no template has.
fn check(name: &str) -> Result<(), PromptError> {
    if Prompts::names().any(|known| known == name) {
        return Ok(());
    }
    let known: Vec<&str> = Prompts::names().collect();
    let problem = format!("there is none of this name; there are {}", known.join(", "));
    Err(PromptError { name: name.to_owned(), problem })
}

fn wrong(name: &str, error: &minijinja::Error) -> PromptError {
    let line = error.line().map(|line| format!(" in line {line}")).unwrap_or_default();
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    PromptError { name: name.to_owned(), problem: format!("{detail}{line}") }
}
