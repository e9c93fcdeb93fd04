//! What can go wrong around a sandbox, as opposed to what its program does.

use std::io;

use crate::image::ImageError;
use crate::sandbox::CheckpointError;

/// What can go wrong around a sandbox, by who must act. What the program itself does (exceptions, limits, exits) is no
/// error but an [`Outcome`](exuvia_core::Outcome).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The image cannot be used: build it again, or name another one.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The sandbox was stopped by an earlier cell: make another one.
    #[error("this sandbox was stopped ({0}): make a new one")]
    Stopped(String),
    /// A checkpoint cannot be taken or used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The caller asked for something that cannot be.
    #[error("{0}")]
    Config(String),
    /// Nothing can be mounted there.
    #[error("{problem}")]
    Mount {
        /// The path.
        path: String,
        /// Why, in a sentence that names the path.
        problem: String,
    },
    /// There is no room for another sandbox: end some, or raise `sandboxes_max`.
    #[error("no room for another sandbox: {0:#}")]
    Full(wasmtime::Error),
    /// The operating system gave no thread.
    #[error("the watchdog's thread cannot be started: {0}")]
    Thread(io::Error),
    /// The host did not keep to the rules of the `Host` trait.
    #[error("{0}")]
    Host(String),
    /// The guest's answer to a request is none: it was tampered with, and the sandbox is gone.
    #[error("the sandbox's answer cannot be read ({0}): it is stopped, make a new one")]
    Tampered(String),
}
