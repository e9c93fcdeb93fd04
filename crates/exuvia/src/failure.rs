//! Telling the user what went wrong and what to do about it.

use std::fmt;
use std::io;
use std::path::Path;

use exuvia_packages::{PackagesError, ResolveError};
use exuvia_sandbox::{ImageError, SandboxError};
use exuvia_session::SessionError;

use crate::exit;
use crate::output::{self, Emphasis};

/// A failure that the user can do something about.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    hint: Option<String>,
    status: u8,
}

impl Failure {
    /// A failure of our own: exit status 125.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, status: exit::FAILURE }
    }

    /// The user asked for something that is not there: exit status 2.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { status: exit::USAGE, ..Self::new(message) }
    }

    /// A file of the user's cannot be read: exit status 2, as `python` has it.
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::usage(format!("`{}` cannot be opened: {}", path.display(), reason(error)))
    }

    /// Adds what to do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says where it was written, before what is wrong: `exuvia.toml:3: `.
    pub(crate) fn at(mut self, place: &str) -> Self {
        self.message.insert_str(0, place);
        self
    }

    pub(crate) fn with_status(mut self, status: u8) -> Self {
        self.status = status;
        self
    }
}

impl From<PackagesError> for Failure {
    fn from(error: PackagesError) -> Self {
        let failure = match &error {
            PackagesError::Requirement { .. }
            | PackagesError::Metadata(_)
            | PackagesError::Project { .. }
            | PackagesError::Lock { .. } => Self::usage(error.to_string()),
            PackagesError::File { path, source } => {
                Self::new(format!("`{}` cannot be used: {}", path.display(), reason(source)))
            }
            PackagesError::Resolve { error: resolve, .. } => Self::new(match &**resolve {
                ResolveError::Python { program, source } => {
                    format!("`{}` cannot be started: {}", program.display(), reason(source))
                }
                other => other.to_string(),
            })
            .with_status(match &**resolve {
                // What was asked for is not there.
                ResolveError::NoWheel { .. } => exit::USAGE,
                _ => exit::FAILURE,
            }),
            _ => Self::new(error.to_string()),
        };
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Tells the user of an error, on stderr. Returns the exit status.
pub(crate) fn report(error: &anyhow::Error) -> u8 {
    let failure = error.downcast_ref::<Failure>();
    let hint = failure.and_then(|failure| failure.hint.as_deref()).or_else(|| hint(error));
    complain(&error.to_string(), hint);
    match failure {
        Some(failure) => failure.status,
        None if matches!(sandbox_error(error), Some(SandboxError::Config(_) | SandboxError::Mount { .. })) => {
            exit::USAGE
        }
        None => exit::FAILURE,
    }
}

/// Returns the error of a sandbox, or of one with a journal.
pub(crate) fn sandbox_error(error: &anyhow::Error) -> Option<&SandboxError> {
    match error.downcast_ref::<SessionError>() {
        Some(SessionError::Sandbox(error)) => Some(error),
        _ => error.downcast_ref(),
    }
}

/// Writes an error and what to do about it to stderr.
pub(crate) fn complain(message: &str, hint: Option<&str>) {
    let label = output::emphasize("error:", Emphasis::Error);
    output::say(&format!("{label} {message}"));
    if let Some(hint) = hint {
        advise(hint);
    }
}

/// Writes what to do to stderr.
pub(crate) fn advise(hint: &str) {
    let label = output::emphasize("hint:", Emphasis::Hint);
    output::say(&format!("    {label} {hint}"));
}

/// What to do about an error of the library.
fn hint(error: &anyhow::Error) -> Option<&'static str> {
    let image = match sandbox_error(error) {
        Some(SandboxError::Image(error)) => Some(error),
        _ => error.downcast_ref::<ImageError>(),
    };
    match image? {
        ImageError::Unsafe { .. } => Some("take the rights of others away: chmod go-w"),
        ImageError::Code { .. } => Some("delete it: it is made anew"),
        ImageError::Foreign | ImageError::Damaged(_) => Some("name another image with --image, or build it again"),
        _ => None,
    }
}

/// Returns what the operating system said, without its number and in lower case.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split_once(" (os error").map_or(text.as_str(), |(text, _)| text);
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
