//! Tools as a sandbox calls them: real programs, a real server, tools that misbehave.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

#[path = "suite/calls.rs"]
mod calls;
#[path = "suite/commands.rs"]
mod commands;
#[path = "suite/config.rs"]
mod config;
#[path = "suite/files.rs"]
mod files;
#[path = "suite/http.rs"]
mod http;
#[path = "suite/policy.rs"]
mod policy;
#[path = "suite/schema.rs"]
mod schema;
#[path = "suite/server.rs"]
mod server;

use exuvia_core::{ToolFailure, ToolFailureKind, ToolOutcome, ToolRunner as _};
use exuvia_tools::{Tool, Toolbox};

/// Makes a toolbox of one tool.
fn toolbox(tool: impl Into<Tool>) -> Toolbox {
    Toolbox::builder().tool(tool).build().unwrap()
}

/// Calls a tool in a sandbox of its own, and waits.
fn call(toolbox: &Toolbox, tool: &str, arguments: &str) -> ToolOutcome {
    pollster::block_on(toolbox.runner().call(tool, arguments))
}

/// What a failure says, with its kind.
fn told(outcome: ToolOutcome) -> (ToolFailureKind, String) {
    let ToolFailure { kind, message, .. } = outcome.unwrap_err();
    (kind, message)
}

/// Waits until something is so, for at most ten seconds.
#[expect(clippy::disallowed_methods, reason = "it gives up after some time")]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !is_so() {
        assert!(start.elapsed() < std::time::Duration::from_secs(10), "{what}");
        std::thread::yield_now();
    }
}
