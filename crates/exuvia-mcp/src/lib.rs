//! A server of the Model Context Protocol (MCP): one tool that runs Python in sessions, which are recorded.
//!
//! It knows sessions, and nothing of command lines, configuration files and engines: the program that serves gives it a
//! [`Maker`]. It is the only crate that names the protocol and its transports.
//!
//! - [`Server`]: what answers one connection.
//! - [`Sessions`]: the sessions of all connections, and whose they are.
//! - [`serve_stdio`]: the transport over stdin and stdout.
//! - [`HttpServer`]: the transport over HTTP, and who may use it.
//! - `tools`, `call`, `answer`: the tools, a call of one, and what it is told.
//! - `methods`: which requests are served.
//! - `desk`: where cells compute.
//! - `resources`, `script`: what else can be read of a session.
//!
//! # What a client can do
//!
//! A client is whoever the transport lets in; what it sends may be anything. It can run Python in sessions of its own
//! tenant and nothing else: what the sandbox keeps a program from, it keeps a client from. All that it can make grow has a
//! named maximum. What it is answered is the word of a program in the sandbox, bounded.

mod answer;
mod call;
mod desk;
mod http;
mod maker;
mod methods;
mod output;
mod refusal;
mod resources;
mod script;
mod server;
mod sessions;
mod stdio;
mod tools;

pub use http::{Access, HttpError, HttpOptions, HttpServer, Token, TokenError};
pub use maker::{Maker, MakerError, Prepared};
pub use output::Tail;
pub use server::Server;
pub use sessions::{SessionOptions, Sessions, Tenant};
pub use stdio::serve_stdio;
