//! What is said before, beside and instead of what the protocol has.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::client::{Client, text};
use super::{Era, Place};

/// Sends a line and returns the answer to it.
fn answer(client: &mut Client, line: &str) -> Value {
    client.write(format!("{line}\n").as_bytes());
    client.hear()
}

#[test]
fn what_is_no_message_is_answered_and_changes_nothing() {
    for era in Era::BOTH {
        let place = Place::new();
        let mut client = place.client(era, &["--message-limit", "64K"]);
        client.python("x = 'kept'");
        for (line, code, id) in [
            ("nonsense", -32700, Value::Null),
            ("{\"jsonrpc\": \"2.0\"", -32700, Value::Null),
            ("\u{0}", -32700, Value::Null),
            ("[]", -32600, Value::Null),
            (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600, Value::Null),
            ("5", -32600, Value::Null),
            ("{}", -32600, Value::Null),
            (r#"{"jsonrpc":"2.0","id":7}"#, -32600, json!(7)),
            (r#"{"jsonrpc":"2.0","id":"seven","method":5}"#, -32600, json!("seven")),
            (r#"{"jsonrpc":"1.0","id":8,"method":"ping"}"#, -32600, json!(8)),
            // Whoever sends such a request waits for its answer: it has the id that was sent, where one was (JSON-RPC 2.0,
            // section 5).
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, Value::Null),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600, json!(1.5)),
            (r#"{"jsonrpc":"2.0","id":18446744073709551615,"method":"ping"}"#, -32600, json!(u64::MAX)),
            (r#"{"jsonrpc":"2.0","id":11,"method":"tools/call","params":[]}"#, -32602, json!(11)),
            (r#"{"jsonrpc":"2.0","id":12,"method":"nonsense","params":[]}"#, -32601, json!(12)),
        ] {
            let error = answer(&mut client, line);
            assert_eq!((&error["error"]["code"], &error["id"]), (&json!(code), &id), "{era:?} {line}: {error}");
        }
        let long = format!(r#"{{"jsonrpc":"2.0","id":9,"method":"ping","params":{{"x":"{}"}}}}"#, "x".repeat(70_000));
        let error = answer(&mut client, &long);
        assert_eq!(error["error"]["message"], "the line is longer than 65536 bytes, the limit");
        // None of these has an answer: the next one is that of what comes after them.
        client.write(b"\n  \n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/nonsense\"}\n");
        client
            .write(b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":12345}}\n");
        client.write(b"{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}\n");
        assert_eq!(client.python("x"), "→ 'kept'\nsession: ID · cell 2");
        assert_eq!(client.end(), 0);
    }
}

#[test]
fn requests_that_cannot_be_are_refused() {
    for era in Era::BOTH {
        let place = Place::new();
        let mut client = place.client(era, &[]);
        let is_older = era == Era::Older;
        for (method, params, code) in [
            ("nonsense", json!({}), -32601),
            ("tools/nonsense", json!({}), -32601),
            ("prompts/list", json!({}), -32601),
            ("prompts/get", json!({"name": "x"}), -32601),
            (
                "completion/complete",
                json!({"ref": {"type": "ref/prompt", "name": "x"}, "argument": {"name": "a", "value": ""}}),
                -32601,
            ),
            ("logging/setLevel", json!({"level": "info"}), -32601),
            ("resources/subscribe", json!({"uri": "x"}), -32601),
            ("tools/call", json!({"name": 5}), -32602),
            ("tools/call", json!({"arguments": {}}), -32602),
            ("tools/call", json!({"name": "python", "arguments": "1"}), -32602),
            ("tools/call", json!({"name": "nonsense"}), -32602),
            ("resources/read", json!({}), -32602),
            ("resources/list", json!({"cursor": "nonsense"}), -32602),
            ("tools/list", json!({"cursor": "nonsense"}), -32602),
            ("resources/templates/list", json!({"cursor": "nonsense"}), -32602),
        ] {
            let error = client.ask(method, params.clone())["error"].take();
            assert_eq!(error["code"], code, "{era:?} {method} {params}: {error}");
        }
        let ping = client.ask("ping", json!({}));
        assert_eq!(ping["result"].is_object(), is_older, "{ping}");
        for (arguments, told) in [
            (json!({}), "`code` is missing: the Python source to run, a string"),
            (json!({"code": ["1"]}), "`code` is not what it must be: a string"),
            (json!({"code": "", "timeout": -1}), "`timeout` is a number of seconds, more than 0"),
            (json!({"source": "1"}), "`python` has no argument `source`: it takes `code`, `session`, `timeout`"),
        ] {
            let refused = client.call("python", arguments);
            assert_eq!((text(&refused).as_str(), &refused["isError"]), (told, &json!(true)));
        }
        assert_eq!(client.python("1"), "→ 1\nsession: ID · cell 1");
    }
}

#[test]
fn a_modern_request_says_what_it_speaks() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &[]);
    let bare = answer(&mut client, r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#);
    assert_eq!(bare["error"]["code"], -32602);
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "1900-01-01", "io.modelcontextprotocol/clientCapabilities": {}});
    let request = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {"_meta": meta}});
    let unknown = answer(&mut client, &request.to_string());
    assert_eq!(
        (&unknown["error"]["code"], &unknown["error"]["data"]["requested"]),
        (&json!(-32022), &json!("1900-01-01"))
    );
    let discovered = client.ask("server/discover", json!({}))["result"].take();
    let versions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];
    assert_eq!(discovered["supportedVersions"], json!(versions));
    assert_eq!(discovered["capabilities"], json!({"tools": {}, "resources": {}}));
    assert_eq!(discovered["resultType"], "complete");
    let mut list = client.ask("tools/list", json!({}))["result"].take();
    let names: Vec<Value> = list["tools"].as_array().unwrap().iter().map(|tool| tool["name"].clone()).collect();
    assert_eq!(names, ["python", "reset", "fork", "export_script"]);
    list["tools"].take();
    assert_eq!(list, json!({"resultType": "complete", "ttlMs": 3_600_000, "cacheScope": "private", "tools": null}));
}

#[test]
fn nothing_that_comes_too_early_ends_the_server() {
    let place = Place::new();
    let mut client = Client::silent(&mut place.command(&["mcp"]), Era::Modern);
    client.write(b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
    client.write(b"{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}\n");
    let early = answer(&mut client, r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"python"}}"#);
    assert_eq!(early["error"]["code"], -32602);
    client.write(b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}\n");
    assert_eq!(client.python("1 + 1"), "→ 2\nsession: ID · cell 1");
    assert_eq!(client.end(), 0);
}

#[test]
fn a_client_that_says_nothing_or_half_a_line_is_no_failure() {
    for said in ["", "{\"jsonrpc\":\"2.0\",\"id\":1", "nonsense\n"] {
        let place = Place::new();
        let mut client = Client::silent(&mut place.command(&["mcp"]), Era::Modern);
        client.write(said.as_bytes());
        assert_eq!(client.end(), 0, "{said:?}");
    }
}

#[test]
fn options_that_mean_nothing_here_are_refused() {
    let place = Place::new();
    let run = place.exuvia(&["mcp", "--session", "name"]);
    let told = "error: a server's sessions have no names: it gives them ids\n";
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (2, "", told));
    // Its client waits for an answer, and says no more.
    let ended = |command: &mut Command| {
        let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let open = server.stdin.take();
        let run = crate::told(&server.wait_with_output().unwrap());
        drop(open);
        run
    };
    let run = ended(place.command(&["mcp"]).env("EXUVIA_IMAGE", "/nowhere"));
    assert_eq!((run.status, run.stdout.as_str()), (125, ""), "{}", run.stderr);
    std::fs::write(place.folder.path().join("little.toml"), "[limits]\nmemory = \"1M\"\n").unwrap();
    let run = ended(&mut place.command(&["mcp", "--config", "little.toml"]));
    let told = "error: little.toml:2: `limits.memory`: the interpreter alone needs 34 MiB\n";
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (2, "", told));
}
