//! Models that write cells: each is an [`exuvia_core::agent::Model`].
//!
//! - [`scripted`]: replies from a file, for tests, demonstrations and a first try without a key.
//! - [`prices`]: what replies cost.
//! - [`tokens`]: how many tokens a text has.
//! - [`remote`]: models of providers, over HTTP: Anthropic, OpenAI, Gemini, Ollama, and whoever speaks like OpenAI.
//!
//! What a provider sends is a stranger's: it is bounded in length and time, and what cannot be read is an error. Keys are
//! in a header of requests, and nowhere else: in no message, no log, no journal; if a provider repeats one, in an error or an
//! answer, it is taken out.

mod failure;
mod key;
pub mod prices;
pub mod remote;
mod retry_after;
mod schema;
pub mod scripted;
mod telling;
pub mod tokens;
mod transport;
mod wire;

pub use remote::{Patience, Provider, RemoteModel, Window};
pub use scripted::{Script, ScriptError, ScriptedModel};
