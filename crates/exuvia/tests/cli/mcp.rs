//! `exuvia mcp` over stdin and stdout, spoken to in plain JSON-RPC: in the revisions of the protocol that begin with a
//! handshake, and in the one that does not.

mod answers;
mod bounds;
mod client;
mod protocol;
mod revisions;
mod sessions;

use client::{Client, Era, Place};
