//! The agent: a model whose action is a piece of Python.
//!
//! A task in words becomes cells of Python that are run in a [session](exuvia_session::Session), observed, and continued,
//! until there is an answer. [`Agent`] is the loop. What it has to do next follows from its session's journal alone
//! ([`exuvia_core::agent::State`]), so an agent that was killed at any moment goes on where it was.
//!
//! - [`mod@agent`]: beginning, driving, resuming and forking.
//! - [`manual`]: what programs can look up.
//! - [`prompts`]: what a model is told, as templates that can be replaced.
//! - [`skills`]: instructions for tasks of a kind, which others have written.
//! - [`subagents`]: agents that programs have do something.
//! - [`tools`]: functions that every agent's programs have.

pub mod agent;
mod error;
mod inference;
pub mod manual;
mod observe;
pub mod prompts;
pub mod skills;
pub mod subagents;
pub mod tools;

pub use agent::{Agent, Document, Home, Input, Price, Step, Task, fold};
pub use error::AgentError;
pub use manual::Manual;
pub use prompts::Prompts;
pub use subagents::Subagents;
