//! Runs the tools that cells call.
//!
//! A [`Toolbox`] is made once from Rust functions ([`Tool`]), programs ([`CommandTool`]) and HTTP endpoints
//! ([`HttpTool`]), in code or from a [configuration file](config). Each sandbox gets a [`Runner`] of it, through which
//! every call passes: checks, limits, and the one place where a [`Policy`] decides.
//!
//! [`HttpFiles`] gives HTTP endpoints another form: files of a mount, by the same means.
//!
//! The crate knows nothing of WebAssembly, and looks for no configuration: it is given what it needs. The guest is an
//! attacker: it can call any tool with any text at any time, and gets a result or a failure.

mod approval;
mod bytes;
mod command;
pub mod config;
mod definition;
mod error;
mod guard;
mod http;
mod inference;
mod json;
mod policy;
mod runner;
mod runtime;
mod schema;
mod secrets;
mod template;
mod tool;
mod toolbox;

pub use approval::{Approval, ApprovalFuture, ApprovalRequest, Approver};
pub use bytes::Base64;
pub use command::{CommandTool, Group};
pub use definition::Output;
pub use error::{SchemaPart, ToolsError};
pub use exuvia_core::{ToolFailure, ToolFailureKind};
pub use http::{FetchedFile, HttpClient, HttpFiles, HttpFilesBuilder, HttpTool};
pub use inference::{Inference, InferenceFuture};
pub use policy::{Action, Pattern, Policy, Rule};
pub use runner::{ARGUMENT_BYTES_IN_FLIGHT_MAX, Runner};
pub use schema::AnswerSchema;
pub use secrets::Secrets;
pub use tool::{Schemas, Tool};
pub use toolbox::{Toolbox, ToolboxBuilder};
