//! What can be wrong with a package.

use wasm_encoder::reencode::Error;

use crate::image::ImageError;
use crate::translate::TranslateError;

/// What can be wrong with a package's files, by file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// A native module is broken, or does what a sandbox does not allow.
    #[error("the native module `{path}` cannot be used: {fault}")]
    Module {
        /// Its file, below `site-packages`.
        path: String,
        /// What is wrong with it.
        fault: ModuleFault,
    },
    /// The files do not fit together.
    #[error("the packages' files cannot be used: {0}")]
    Files(String),
    /// A file of this machine cannot be read.
    #[error("`{path}` cannot be read: {source}", path = path.display())]
    Read {
        /// Which file or folder.
        path: std::path::PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Compiled code cannot be kept, or taken from the cache.
    #[error(transparent)]
    Image(#[from] ImageError),
}

/// What is wrong with a native module.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModuleFault {
    /// It is no WebAssembly, or uses what cannot be translated.
    #[error("{0}{cause}", cause = cause(.0))]
    Translate(#[from] TranslateError),
    /// It was not made for dynamic linking, or in a way that no linker does.
    #[error("{0}")]
    Form(String),
    /// It wants more than a module may have.
    #[error("it wants {value} {what}, the limit is {limit}")]
    TooLarge {
        /// Of what.
        what: &'static str,
        /// How much.
        value: u64,
        /// How much there may be.
        limit: u64,
    },
    /// It uses a function of the interpreter otherwise than that is.
    #[error("it uses the symbol `{name}` with another type than this interpreter has")]
    Type {
        /// The symbol.
        name: String,
    },
    /// The runtime cannot compile it.
    #[error("it cannot be compiled: {0}")]
    Compile(String),
}

impl ModuleFault {
    pub(super) fn form(text: impl Into<String>) -> Self {
        Self::Form(text.into())
    }
}

fn cause(error: &TranslateError) -> String {
    std::error::Error::source(error).map_or_else(String::new, |source| format!(": {source}"))
}

impl From<wasmparser::BinaryReaderError> for ModuleFault {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::Translate(error.into())
    }
}

impl From<Error<ModuleFault>> for ModuleFault {
    fn from(error: Error<ModuleFault>) -> Self {
        match error {
            Error::UserError(fault) => fault,
            Error::ParseError(error) => error.into(),
            other => Self::Form(format!("it cannot be written again: {other}")),
        }
    }
}
