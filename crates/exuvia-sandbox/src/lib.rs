//! CPython in a sealed WebAssembly sandbox, without a JavaScript engine.
//!
//! - [`Image`]: a booted interpreter frozen to a file.
//! - [`Engine`]: an image, compiled and ready.
//! - [`Sandbox`]: a live interpreter with its files and limits.
//! - [`LiveHost`]: what answers a sandbox from the real world; see [`exuvia_core::Host`] for the boundary.
//!
//! This is the only crate that names the WebAssembly runtime, and the only one with `unsafe` code.
//!
//! # What a hostile program can do
//!
//! It runs machine code that was compiled from WebAssembly: it reaches its own linear memory and what the module
//! imports, all of which is answered by `abi`. It can use the time, memory, files and output that its
//! [`Limits`](exuvia_core::Limits) allow; it can lie in everything that an [`Outcome`](exuvia_core::Outcome) says about
//! it; and it can end its own sandbox.

mod abi;
mod engine;
mod error;
mod guest;
mod image;
mod interrupts;
mod linker;
mod live;
mod sandbox;
mod tools;
pub mod translate;
pub mod vfs;

pub use engine::{Engine, EngineOptions};
pub use error::SandboxError;
pub use image::{
    BuildStep, DeriveStep, Identity, Image, ImageError, Manifest, NativeSymbol, PageRun, Part, Preparation, Source,
    build, derive,
};
pub use linker::{InstallStep, LinkError, ModuleFault, Packages, PackagesBuilder};
pub use live::{
    ApplyError, Clock, Fetch, FetchLimits, FetchMount, Fetched, Folder, LiveHost, LiveHostBuilder, RandomStream, Stdin,
    export,
};
pub use sandbox::{
    Checkpoint, CheckpointError, Completeness, Completion, FileEntry, FileReader, Interrupter, Sandbox, SandboxBuilder,
    Script, ScriptSource, Waiting,
};
