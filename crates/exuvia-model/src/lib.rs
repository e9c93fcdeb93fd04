//! Models that write cells: each is an [`exuvia_core::agent::Model`].
//!
//! - [`scripted`]: replies from a file, for tests, demonstrations and a first try without a key.
//! - [`prices`]: what replies cost.
//! - [`tokens`]: how many tokens a text has.
//! - [`remote`]: models of providers, over HTTP: Anthropic, OpenAI, Gemini, Ollama, and whoever speaks like OpenAI.
//!
//! What a provider sends is a stranger's: it is bounded in length and time, and what cannot be read is an error. Keys are
//! in a header of requests, and nowhere else: in no message, no log, no journal.

mod failure;
pub mod prices;
pub mod remote;
pub mod scripted;
pub mod tokens;
mod transport;
mod wire;

pub use remote::{Patience, Provider, RemoteModel};
pub use scripted::{Script, ScriptError, ScriptedModel};
