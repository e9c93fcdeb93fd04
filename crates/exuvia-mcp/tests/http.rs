//! The transport over HTTP, as its clients find it: raw requests, and the official conformance suite, to a server that is a
//! process of its own (`examples/conformance`). So this program links neither that server nor the runtime.
//!
//! The suite must have been installed: `cargo xtask mcp-clients`.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may panic, and starts processes")]

#[path = "http/client.rs"]
mod client;
#[path = "http/conformance.rs"]
mod conformance;
#[path = "http/connections.rs"]
mod connections;
#[path = "http/fixture.rs"]
mod fixture;
#[path = "http/refusals.rs"]
mod refusals;
#[path = "http/scenarios.rs"]
mod scenarios;
#[path = "http/tenants.rs"]
mod tenants;
