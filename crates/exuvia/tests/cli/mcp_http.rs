//! `exuvia mcp --http`: tenants, sessions that outlive their connections, and clients that do harm.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStderr, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::http_client::{Request, connect};
use crate::{command, gives, run};

pub(super) const ALICE: &str = "alice-0123456789abcdef";
const BOB: &str = "bob-0123456789abcdefgh";

/// A running server. It ends with this.
pub(super) struct Server {
    process: Child,
    stderr: BufReader<ChildStderr>,
    url: String,
}

impl Server {
    /// Starts one with these options on a free port, and waits until it listens.
    pub(super) fn start(options: &[&str], journal: Option<&Path>) -> Self {
        let mut command = command(&[&["mcp", "--http", "0"], options].concat());
        command.env("ALICE_TOKEN", ALICE).env("BOB_TOKEN", BOB).stdin(Stdio::null()).stderr(Stdio::piped());
        if let Some(journal) = journal {
            command.env("EXUVIA_JOURNAL", journal);
        }
        let mut process = command.spawn().unwrap();
        let stderr = BufReader::new(process.stderr.take().unwrap());
        let mut server = Self { process, stderr, url: String::new() };
        server.url = server.line().strip_prefix("listening on ").unwrap().to_owned();
        server
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    fn address(&self) -> &str {
        self.url.strip_prefix("http://").and_then(|url| url.strip_suffix("/mcp")).unwrap()
    }

    fn tool(&self, tool: &str, arguments: Value) -> Request {
        Request::modern(self.address(), 1, "tools/call", json!({"name": tool, "arguments": arguments}))
    }

    fn python(&self, arguments: Value) -> Request {
        self.tool("python", arguments)
    }

    /// Ends it as a service is ended.
    fn end(mut self) {
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the result of a call.
fn result(request: &Request) -> Value {
    request.send().message()["result"].take()
}

/// Returns a call's value, as Python writes it.
fn value(result: &Value) -> &str {
    result["structuredContent"]["value"]["repr"].as_str().unwrap_or_else(|| panic!("{result}"))
}

fn session(result: &Value) -> String {
    result["structuredContent"]["session"].as_str().unwrap_or_else(|| panic!("{result}")).to_owned()
}

/// Returns what a failed call says.
fn failure(result: &Value) -> &str {
    assert_eq!(result["isError"], json!(true), "{result}");
    result["content"][0]["text"].as_str().unwrap()
}

#[test]
fn a_session_is_passed_on_where_there_are_no_connections() {
    let server = Server::start(&["--no-token"], None);
    let first = result(&server.python(json!({"code": "x = 41"})));
    let name = session(&first);
    assert_eq!(name.len(), 20);
    let next = result(&server.python(json!({"code": "x + 1", "session": name})));
    assert_eq!((value(&next), session(&next)), ("42", name));
    let other = result(&server.python(json!({"code": "'x' in globals()"})));
    assert_eq!(value(&other), "False", "each call without a session begins one");
}

#[test]
fn a_connection_has_a_session_of_its_own() {
    let server = Server::start(&["--no-token"], None);
    let address = server.address();
    let connect = || {
        let connection = Request::initialize(address).send().header("mcp-session-id").unwrap().to_owned();
        let ready = Request::legacy(address, &connection, None, "notifications/initialized", &json!({}));
        assert_eq!(ready.send().status, 202);
        connection
    };
    let python = |connection: &str, code: &str| {
        let call = json!({"name": "python", "arguments": {"code": code}});
        result(&Request::legacy(address, connection, Some(1), "tools/call", &call))
    };
    let (one, other) = (connect(), connect());
    python(&one, "x = 1");
    python(&other, "x = 2");
    assert_eq!((value(&python(&one, "x")), value(&python(&other, "x"))), ("1", "2"));
    let begun = session(&python(&one, "x"));
    let end = Request::legacy(address, &one, None, "x", &json!({})).method("DELETE");
    assert_eq!(end.send().status, 202);
    // The connection has ended, its session has not.
    assert_eq!(value(&result(&server.python(json!({"code": "x", "session": begun})))), "1");
}

#[test]
fn a_tenant_can_neither_use_nor_guess_the_sessions_of_another() {
    let server = Server::start(&["--token-env", "alice=ALICE_TOKEN", "--token-env", "bob=BOB_TOKEN"], None);
    let name = session(&result(&server.python(json!({"code": "secret = 7"})).token(ALICE)));
    let made_up = "aaaaaaaaaaaaaaaaaaaa";
    for (tool, arguments) in [
        ("python", json!({"code": "secret", "session": name})),
        ("reset", json!({"session": name})),
        ("fork", json!({"session": name})),
        ("export_script", json!({"session": name})),
    ] {
        let mut unknown = arguments.clone();
        unknown["session"] = made_up.into();
        let foreign = result(&server.tool(tool, arguments).token(BOB));
        let unknown = result(&server.tool(tool, unknown).token(BOB));
        assert_eq!(failure(&foreign).replace(&name, made_up), failure(&unknown), "{tool}");
    }
    let read = |session: &str| {
        let uri = format!("exuvia://{session}/script.py");
        let read = Request::modern(server.address(), 1, "resources/read", json!({"uri": uri})).token(BOB);
        read.send().message().to_string().replace(session, made_up)
    };
    assert_eq!(read(&name), read(made_up));
    let list = Request::modern(server.address(), 1, "resources/list", json!({})).token(BOB);
    assert_eq!(result(&list)["resources"], json!([]));
    assert_eq!(value(&result(&server.python(json!({"code": "secret", "session": name})).token(ALICE))), "7");
}

#[test]
fn sessions_are_there_after_the_server_has_been_away() {
    let journal = tempfile::tempdir().unwrap();
    let options = ["--token-env", "alice=ALICE_TOKEN", "--token-env", "bob=BOB_TOKEN"];
    let server = Server::start(&options, Some(journal.path()));
    let begun = result(&server.python(json!({"code": "open('f', 'w').write('kept'); x = [1]"})).token(ALICE));
    let name = session(&begun);
    server.end();
    let server = Server::start(&options, Some(journal.path()));
    let foreign = result(&server.python(json!({"code": "x", "session": name})).token(BOB));
    let expected = format!("there is no session `{name}`: leave `session` out, or say \"new\" to begin one");
    assert_eq!(failure(&foreign), expected);
    let again = result(&server.python(json!({"code": "x + [open('f').read()]", "session": name})).token(ALICE));
    assert_eq!(value(&again), "[1, 'kept']");
}

#[test]
fn a_session_that_was_put_away_comes_back() {
    let server = Server::start(&["--no-token", "--awake", "1"], None);
    let python = |code: &str, name: &str| result(&server.python(json!({"code": code, "session": name})));
    let names = ["1", "2", "3"].map(|number| session(&python(&format!("x = {number}"), "new")));
    for _ in 0..2 {
        let values = names.each_ref().map(|name| value(&python("x", name)).to_owned());
        assert_eq!(values, ["1", "2", "3"]);
    }
}

/// Where those who come together made room only once, sandboxes would run out.
#[test]
fn many_who_come_at_once_have_room() {
    let server = Server::start(&["--no-token", "--awake", "4"], None);
    let begin = |number: usize| {
        let begun = result(&server.python(json!({"code": format!("x = {number}\nx"), "session": "new"})));
        assert_eq!(value(&begun), number.to_string());
        session(&begun)
    };
    let names: Vec<String> = std::thread::scope(|scope| {
        let clients: Vec<_> =
            (0..8).map(|client| scope.spawn(move || (0..10).map(|call| begin(client * 10 + call)).collect())).collect();
        clients.into_iter().flat_map(|client| -> Vec<String> { client.join().unwrap() }).collect()
    });
    for (number, name) in names.iter().enumerate().step_by(9) {
        assert_eq!(value(&result(&server.python(json!({"code": "x", "session": name})))), number.to_string());
    }
}

#[test]
fn what_one_client_breaks_is_its_own() {
    let server = Server::start(&["--no-token"], None);
    let kept = session(&result(&server.python(json!({"code": "x = 1"}))));
    for killer in ["import os; os._exit(3)", "import os; os.abort()", "x = bytearray(1 << 31) * 2", "while True: pass"]
    {
        let name = session(&result(&server.python(json!({"code": "y = 2", "session": "new"}))));
        let killed = result(&server.python(json!({"code": killer, "session": name, "timeout": 1})));
        assert_eq!(killed["isError"], json!(true), "{killer}: {killed}");
        let after = result(&server.python(json!({"code": "y", "session": name})));
        assert_eq!(value(&after), "2", "{killer}");
    }
    assert_eq!(value(&result(&server.python(json!({"code": "x", "session": kept})))), "1");
}

/// Codes are those of JSON-RPC 2.0, section 5.1; what is wrong with a value is for the model, and so a result (2026-07-28,
/// server/tools, error handling).
#[test]
fn requests_that_cannot_be_are_refused_and_the_session_stays() {
    let server = Server::start(&["--no-token", "--message-limit", "64K"], None);
    let name = session(&result(&server.python(json!({"code": "x = 1"}))));
    for (method, params, code) in [
        ("nonsense", json!({}), -32601),
        ("prompts/list", json!({}), -32601),
        ("tools/call", json!({"name": "nonsense"}), -32602),
        ("tools/call", json!({"name": "python", "arguments": "1"}), -32602),
        ("tools/list", json!({"cursor": "nonsense"}), -32602),
        ("resources/read", json!({"uri": "exuvia://nonsense"}), -32602),
    ] {
        let answer = Request::modern(server.address(), 1, method, params.clone()).send();
        assert_eq!(answer.message()["error"]["code"], json!(code), "{method} {params}: {answer:?}");
    }
    let wrong = result(&server.python(json!({"code": 5, "session": name})));
    assert_eq!(failure(&wrong), "`code` is not what it must be: a string");
    let long = server.python(json!({"code": "#".repeat(70_000), "session": name})).send();
    assert_eq!(long.status, 413);
    assert_eq!(long.message()["error"]["message"], "the message is too long, the limit is 65536 bytes");
    assert_eq!(value(&result(&server.python(json!({"code": "x", "session": name})))), "1");
}

#[test]
fn a_client_that_goes_away_leaves_its_session_as_it_was() {
    let server = Server::start(&["--no-token"], None);
    let name = session(&result(&server.python(json!({"code": "x = 1"}))));
    let forever = server.python(json!({"code": "x = 2\nwhile True: pass", "session": name, "timeout": 600}));
    let mut gone = connect(server.address());
    gone.write_all(&forever.bytes()).unwrap();
    drop(gone);
    // It waits for its turn, which comes once the call that nobody hears of has been interrupted.
    let after = result(&server.python(json!({"code": "x", "session": name})));
    assert!(["1", "2"].contains(&value(&after)), "{after}");
}

#[test]
fn a_token_is_made_if_none_is_given() {
    let mut server = Server::start(&[], None);
    let token = server.line().strip_prefix("    token: ").unwrap().to_owned();
    assert_eq!(token.len(), 32);
    let call = server.python(json!({"code": "1 + 1"}));
    assert_eq!(call.send().status, 401);
    assert_eq!(value(&result(&call.token(&token))), "2");
    server.end();
}

#[test]
fn wrong_arguments_are_of_the_usage() {
    let told = |options: &[&str]| {
        let mut command = command(&[&["mcp"], options].concat());
        let environment =
            [("ALICE_TOKEN", ALICE), ("TWIN_TOKEN", ALICE), ("SHORT_TOKEN", "short"), ("ODD_TOKEN", "a b")];
        run(command.envs(environment).env_remove("NO_TOKEN_HERE"), b"")
    };
    let usage = |message: &str| gives(2, "", &format!("error: {message}\n"));
    assert_eq!(
        told(&["--http", "0.0.0.0:0", "--no-token"]),
        usage(
            "`0.0.0.0:0` is not a loopback address: whoever reaches it could run code without a token\n    hint: leave \
             --no-token out, or listen on 127.0.0.1"
        )
    );
    let tokens = |options: &[&str]| told(&[&["--http", "0"], options].concat());
    assert_eq!(
        tokens(&["--token-env", "NO_TOKEN_HERE"]),
        usage("the environment variable `NO_TOKEN_HERE` has no token")
    );
    assert_eq!(
        tokens(&["--token-env", "SHORT_TOKEN"]),
        usage("the token in the environment variable `SHORT_TOKEN` has 5 characters, it needs at least 16")
    );
    assert_eq!(
        tokens(&["--token-env", "ODD_TOKEN"]),
        usage(
            "the token in the environment variable `ODD_TOKEN` has characters other than letters, digits and punctuation of \
             ASCII"
        )
    );
    assert_eq!(
        tokens(&["--token-env", "alice=ALICE_TOKEN", "--token-env", "bob=TWIN_TOKEN"]),
        usage("`bob` has the token of another tenant")
    );
    let tenant = |name: &str, message: &str| {
        let given = format!("{name}=ALICE_TOKEN");
        let expected = format!("invalid value '{given}' for '--token-env <[TENANT=]VARIABLE>': {message}");
        assert_eq!(tokens(&["--token-env", &given]).stderr.lines().next(), Some(&*format!("error: {expected}")));
    };
    for name in ["", "a b", &"a".repeat(65)] {
        tenant(name, "a tenant has a name of letters, digits, `-`, `_` and `.`, at most 64");
    }
    tenant("stdio", "`stdio` is who uses a server over stdin and stdout: name the tenant otherwise");
    assert_eq!(
        tokens(&["--allow-host", "a/b"]),
        usage("`a/b` is not a host: it is a name or an address, and a port if only that one will do")
    );
    assert_eq!(
        tokens(&["--allow-origin", "example.com"]),
        usage("`example.com` is not an origin, like `https://example.com`")
    );
}
