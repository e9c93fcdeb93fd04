//! What can go wrong while tools are declared, as opposed to while one is called.

use crate::config::ConfigError;

/// What can go wrong while a [`Toolbox`](crate::Toolbox) or [`HttpFiles`](crate::HttpFiles) are built. What goes wrong in a call is no error of the host's but
/// a [`ToolFailure`](exuvia_core::ToolFailure), which the program in the sandbox sees.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToolsError {
    /// A tool's name is none that a Python function can have.
    #[error(
        "`{0}` cannot be a tool's name\n    hint: write an identifier of at most 64 ASCII letters, digits and underscores that begins with a letter and is no keyword of Python"
    )]
    Name(String),
    /// Two tools have one name.
    #[error("two tools are called `{0}`\n    hint: rename one of them")]
    Duplicate(String),
    /// A tool's schema cannot be used.
    #[error("the schema of the {part} of tool `{tool}` cannot be used: {problem}")]
    Schema {
        /// The tool's name.
        tool: String,
        /// Which of its two schemas.
        part: SchemaPart,
        /// What is wrong with it.
        problem: String,
    },
    /// A tool's definition contradicts itself.
    #[error("tool `{tool}` cannot be used: {problem}")]
    Definition {
        /// The tool's name.
        tool: String,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// A file's definition contradicts itself.
    #[error("file `{name}` cannot be used: {problem}")]
    File {
        /// The file's name.
        name: String,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// A pattern of a policy's rule cannot be read.
    #[error("`{pattern}` is no pattern: {problem}")]
    Pattern {
        /// The pattern as it was written.
        pattern: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A section of a configuration file cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// One of the two schemas of a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaPart {
    /// What it takes.
    Parameters,
    /// What it gives.
    Result,
}

impl std::fmt::Display for SchemaPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Parameters => "parameters",
            Self::Result => "result",
        })
    }
}
