//! The server for agents: a call of `python`, beside a bare server that echoes; and how soon it answers first.
//!
//! The client is a few lines on pipes: one in Python takes longer than what is measured.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::journal::Place;
use super::launch::released;
use super::report::{OURS, Row};
use super::statistics;
use crate::{image, tools};

/// The rows.
pub(super) const CALL: &str = "`python(\"1+1\")` over stdio, recorded";
pub(super) const FIRST: &str = "start of the server to its first answer";
/// What it is compared with: a bare server on the library's own transports.
pub(super) const ECHO: &str = "echo";
const ECHO_PIPES: &str = "echo, on pipes without threads";

/// How many calls are made at a time, before another server has its turn: few, since how long a call takes depends on
/// where the system has put the two processes, which stays so for a while.
const BATCH: u32 = 50;
/// How often each has its turn in a round.
const TURNS: u32 = 8;
/// How many calls are made before it is measured.
const WARM: u32 = 200;

/// Measures all in turns.
pub(super) fn measure(rounds: u32) -> Result<Vec<Row>> {
    tools::say("the server for agents");
    let exuvia = released("exuvia")?;
    ensure!(exuvia.is_file(), "`{}` is not built", exuvia.display());
    let place = Place::new("mcp")?;
    let ours = || {
        let mut command = Command::new(&exuvia);
        command.arg("mcp").env("EXUVIA_IMAGE", image::path()).env("EXUVIA_CACHE", image::cache());
        command.env("EXUVIA_JOURNAL", place.path()).env_remove("EXUVIA_DURABILITY");
        command
    };
    let echo = |stdio: &str| -> Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bench", "--echo", stdio]);
        Ok(command)
    };
    let mut row = Row::new("mcp", CALL, "ms");
    let mut clients = [
        (OURS, Client::start(&mut ours())?),
        (ECHO, Client::start(&mut echo("threads")?)?),
        (ECHO_PIPES, Client::start(&mut echo("pipes")?)?),
    ];
    let mut times = vec![Vec::new(); clients.len()];
    for (name, client) in &mut clients {
        let tool = if *name == OURS { "python" } else { "echo" };
        for _ in 0..WARM {
            client.call(tool)?;
        }
    }
    for _ in 0..rounds * TURNS {
        for ((name, client), times) in clients.iter_mut().zip(&mut times) {
            let tool = if *name == OURS { "python" } else { "echo" };
            for _ in 0..BATCH {
                let started = Instant::now();
                client.call(tool)?;
                times.push(started.elapsed().as_secs_f64());
            }
        }
    }
    for ((name, client), times) in clients.into_iter().zip(&mut times) {
        row.set(name, statistics::median(times) * 1e3);
        client.end()?;
    }
    let mut first = Row::new("mcp", FIRST, "ms");
    let mut times = Vec::new();
    let mut calls = Vec::new();
    for round in 0..=rounds {
        let started = Instant::now();
        let mut client = Client::start(&mut ours())?;
        let handshake = started.elapsed().as_secs_f64();
        client.call("python")?;
        let call = started.elapsed().as_secs_f64();
        client.end()?;
        // The first round fills the caches.
        if round > 0 {
            times.push(handshake);
            calls.push(call);
        }
    }
    first.set(OURS, statistics::median(&mut times) * 1e3);
    let mut called = Row::new("mcp", "start of the server to the first answer of `python`", "ms");
    called.set(OURS, statistics::median(&mut calls) * 1e3);
    Ok(vec![row, first, called])
}

/// A server and its client.
struct Client {
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    line: String,
}

impl Client {
    /// Starts a server and shakes hands with it.
    fn start(command: &mut Command) -> Result<Self> {
        let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let input = server.stdin.take().context("its stdin was asked for")?;
        let output = BufReader::new(server.stdout.take().context("its stdout was asked for")?);
        let mut client = Self { server, input, output, line: String::new() };
        let info = json!({"name": "bench", "version": "1"});
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info});
        let answer = client.ask(&json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}))?;
        ensure!(answer["result"].is_object(), "the handshake failed: {answer}");
        client.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))?;
        Ok(client)
    }

    fn say(&mut self, message: &Value) -> Result<()> {
        self.input.write_all(format!("{message}\n").as_bytes())?;
        Ok(())
    }

    fn ask(&mut self, message: &Value) -> Result<Value> {
        self.say(message)?;
        self.line.clear();
        self.output.read_line(&mut self.line)?;
        Ok(serde_json::from_str(&self.line)?)
    }

    fn call(&mut self, tool: &str) -> Result<()> {
        let params = json!({"name": tool, "arguments": {"code": "1+1"}});
        let answer = self.ask(&json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params}))?;
        let text = answer["result"]["content"][0]["text"].as_str().unwrap_or_default();
        ensure!(text.starts_with("→ 2") || text == "1+1", "the call failed: {answer}");
        Ok(())
    }

    fn end(self) -> Result<()> {
        let Self { mut server, input, .. } = self;
        drop(input);
        let status = server.wait()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}
