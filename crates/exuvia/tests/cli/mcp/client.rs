//! A client that says what it is told to say.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Run, command, run};

/// Which revisions a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Era {
    /// It begins with a handshake.
    Older,
    /// Each request says all that there is to know.
    Modern,
}

impl Era {
    pub(super) const BOTH: [Self; 2] = [Self::Older, Self::Modern];
}

/// A journal and a folder of a test's own.
pub(super) struct Place {
    pub(super) folder: TempDir,
}

impl Place {
    pub(super) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command.env("EXUVIA_JOURNAL", self.folder.path().join("journal")).current_dir(self.folder.path());
        command
    }

    pub(super) fn exuvia(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments), b"")
    }

    /// Runs all its sessions again: what comes of them must be the same.
    pub(super) fn replay_all(&self) {
        crate::replay_all(&self.command(&[]));
    }

    pub(super) fn client(&self, era: Era, options: &[&str]) -> Client {
        Client::start(&mut self.command(&[&["mcp"], options].concat()), era)
    }
}

/// A server and its client.
pub(super) struct Client {
    server: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    era: Era,
    last: u64,
    /// What came that was no answer to what was asked.
    pub(super) notifications: Vec<Value>,
}

impl Client {
    /// Starts a server; shakes hands.
    pub(super) fn start(command: &mut Command, era: Era) -> Self {
        let mut client = Self::silent(command, era);
        if era == Era::Older {
            let client_info = json!({"name": "test", "version": "1"});
            let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client_info});
            assert_eq!(client.ask("initialize", params)["result"]["protocolVersion"], "2025-11-25");
            client.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        }
        client
    }

    /// Starts a server.
    pub(super) fn silent(command: &mut Command, era: Era) -> Self {
        let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (input, output) = (server.stdin.take(), BufReader::new(server.stdout.take().unwrap()));
        Self { server, input, output, era, last: 0, notifications: Vec::new() }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    pub(super) fn say(&mut self, message: &Value) {
        self.write(format!("{message}\n").as_bytes());
    }

    /// Returns the next message.
    pub(super) fn hear(&mut self) -> Value {
        let mut line = String::new();
        assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "the server has ended");
        serde_json::from_str(&line).unwrap()
    }

    /// Begins to ask. Returns the request's id.
    pub(super) fn begin(&mut self, method: &str, params: Value) -> u64 {
        self.begin_with(method, params, json!({}))
    }

    pub(super) fn begin_with(&mut self, method: &str, mut params: Value, mut meta: Value) -> u64 {
        if self.era == Era::Modern {
            meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
            meta["io.modelcontextprotocol/clientCapabilities"] = json!({});
        }
        if meta != json!({}) {
            params["_meta"] = meta;
        }
        self.last += 1;
        self.say(&json!({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}));
        self.last
    }

    /// Waits for the answer to a request.
    pub(super) fn answer(&mut self, id: u64) -> Value {
        loop {
            let message = self.hear();
            if message["id"] == id {
                return message;
            }
            self.notifications.push(message);
        }
    }

    pub(super) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.answer(id)
    }

    /// Calls a tool.
    pub(super) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({"name": tool, "arguments": arguments}))["result"].take()
    }

    pub(super) fn begin_python(&mut self, code: &str) -> u64 {
        self.begin("tools/call", json!({"name": "python", "arguments": {"code": code}}))
    }

    /// Runs a cell. Returns the whole result. However busy the machine is, there is time enough.
    pub(super) fn run(&mut self, code: &str) -> Value {
        self.call("python", json!({"code": code, "timeout": 600}))
    }

    /// Runs a cell. Returns the text that a model is shown, without the session's name and the time.
    pub(super) fn python(&mut self, code: &str) -> String {
        text(&self.run(code))
    }

    /// Runs a cell of this session.
    pub(super) fn python_in(&mut self, session: &str, code: &str) -> String {
        text(&self.call("python", json!({"code": code, "session": session})))
    }

    /// Returns the name of the connection's own session.
    pub(super) fn session(&mut self) -> String {
        session(&self.run(""))
    }

    /// Ends the input, and waits for the end of the server.
    pub(super) fn end(mut self) -> i32 {
        self.input = None;
        self.server.wait().unwrap().code().unwrap()
    }

    /// Kills the server.
    pub(super) fn kill(mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

/// Returns the session that a result names.
pub(super) fn session(result: &Value) -> String {
    result["structuredContent"]["session"].as_str().unwrap().to_owned()
}

/// Returns the text of a result: in its last line, the session's name is `ID`, and the time is left out.
pub(super) fn text(result: &Value) -> String {
    let text = result["content"][0]["text"].as_str().unwrap();
    let (before, last) =
        text.rsplit_once('\n').map_or((String::new(), text), |(before, last)| (format!("{before}\n"), last));
    match (last.strip_prefix("session: "), last.rsplit_once(" · ")) {
        (Some(rest), Some((_, time))) if time.ends_with(" s") => {
            let cell = rest.split(" · ").nth(1).unwrap();
            format!("{before}session: ID · {cell}")
        }
        _ => text.to_owned(),
    }
}
