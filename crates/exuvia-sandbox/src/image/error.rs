//! What can be wrong with an image.

use std::io;
use std::path::PathBuf;

/// What can be wrong with an image or its compiled code.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// A file of it cannot be read or written.
    #[error("`{path}` cannot be used: {source}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is something else.
    #[error("this is no Exuvia image (of format 1)")]
    Foreign,
    /// The file is an image, and damaged.
    #[error("the image is damaged: {0}")]
    Damaged(String),
    /// The image's compiled code was changed after it was installed.
    #[error("the compiled code `{path}` is not what was installed", path = path.display())]
    Code {
        /// Its file.
        path: PathBuf,
    },
    /// The WebAssembly module is not as expected.
    #[error("the interpreter's module cannot be used: {0}")]
    Module(String),
    /// The interpreter did not boot.
    #[error("the interpreter did not boot: {0}")]
    Boot(String),
    /// The folder for compiled code can be written to by others, who could make this program run theirs.
    #[error(
        "`{path}` can be written to by others: compiled code is only taken from a folder that is yours alone (mode 700)",
        path = path.display()
    )]
    Unsafe {
        /// Which file or folder.
        path: PathBuf,
    },
    /// The module cannot be compiled or instantiated here.
    #[error("the module cannot be compiled or loaded: {0:#}")]
    Compile(wasmtime::Error),
}
