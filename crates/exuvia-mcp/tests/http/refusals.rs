//! Whatever is no good gets an answer that a client can read.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::client::{Answer, LEGACY, MODERN, Request, connect, exchange, rest};
use crate::fixture::Fixture;

/// What is told of a request that is refused. There is no id where none could be read (2026-07-28, basic).
fn refused(status: u16, id: Value, code: i64, message: &str) -> (u16, Value) {
    let mut told = json!({"jsonrpc": "2.0", "error": {"code": code, "message": message}});
    if !id.is_null() {
        told["id"] = id;
    }
    (status, told)
}

fn told(answer: &Answer) -> (u16, Value) {
    assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
    (answer.status, answer.message())
}

fn list(fixture: &Fixture) -> Request {
    Request::modern(fixture.address(), 7, "tools/list", json!({}))
}

#[test]
fn what_it_is_for_is_answered() {
    let fixture = Fixture::start(&[]);
    let answer = list(&fixture).send();
    assert_eq!((answer.status, &answer.message()["id"]), (200, &json!(7)), "{answer:?}");
}

#[test]
fn names_and_origins_of_others_are_refused() {
    let fixture = Fixture::start(&[]);
    let port = fixture.address().split_once(':').unwrap().1;
    let name = "the header `Host` has a name that this server does not go by\n    hint: it can be allowed where the server \
                is started";
    for host in
        ["evil.example.com", "localhost.evil.example.com", "10.0.0.1", "a@localhost", "[::2]", "localhost:x", "", "/"]
    {
        let answer = list(&fixture).with("host", host).send();
        assert_eq!(told(&answer), refused(403, Value::Null, -32600, name), "{host}");
    }
    let none = list(&fixture).without("host").send();
    assert_eq!(told(&none), refused(400, Value::Null, -32600, "a request has one header `Host`"));
    for host in ["localhost", &format!("LOCALHOST:{port}"), "127.0.0.1", "127.0.0.1:1", "[::1]:80"] {
        assert_eq!(list(&fixture).with("host", host).send().status, 200, "{host}");
    }
    let page =
        "pages of this `Origin` may not use this server\n    hint: it can be allowed where the server is started";
    let other_port = "http://127.0.0.1:1";
    for origin in ["http://evil.example.com", "null", other_port, "https://localhost", "", "http://", "file://x"] {
        let answer = list(&fixture).with("origin", origin).send();
        assert_eq!(told(&answer), refused(403, Value::Null, -32600, page), "{origin}");
    }
    let own = format!("http://{}", fixture.address());
    assert_eq!(list(&fixture).with("origin", &own).send().status, 200);
}

#[test]
fn other_places_methods_and_types_are_refused() {
    let fixture = Fixture::start(&[]);
    let elsewhere = list(&fixture).path("/").send();
    assert_eq!(told(&elsewhere), refused(404, Value::Null, -32600, "there is nothing here: the path is `/mcp`"));
    let put = list(&fixture).method("PUT").send();
    assert_eq!(told(&put), refused(405, Value::Null, -32600, "Method Not Allowed"));
    assert_eq!(put.header("allow"), Some("GET, POST, DELETE"));
    let get = list(&fixture).method("GET").send();
    assert_eq!(told(&get), refused(405, Value::Null, -32600, "Method Not Allowed"));
    let kind = list(&fixture).with("content-type", "text/plain").send();
    assert_eq!(told(&kind), refused(415, Value::Null, -32600, "the header `Content-Type` must be `application/json`"));
    let accept = list(&fixture).with("accept", "application/json").send();
    let message = "Not Acceptable: Client must accept both application/json and text/event-stream";
    assert_eq!(told(&accept), refused(406, json!(7), -32600, message));
    // Ranges are what RFC 9110, section 12.5.1, says.
    for range in ["*/*", "application/*, text/*;q=0.5", "text/html, */*;q=0.1"] {
        assert_eq!(list(&fixture).with("accept", range).send().status, 200, "{range}");
    }
    let refusing = list(&fixture).with("accept", "*/*, text/event-stream;q=0").send();
    assert_eq!(told(&refusing), refused(406, json!(7), -32600, message));
}

/// Several messages at once are of the revision 2025-03-26 alone, whose clients name no revision.
#[test]
fn batches_are_answered_in_the_revision_that_has_them() {
    let fixture = Fixture::start(&[]);
    let address = fixture.address();
    let begun = Request::initialize(address).send();
    let connection = begun.header("mcp-session-id").unwrap();
    let ready = Request::legacy(address, connection, None, "notifications/initialized", &json!({}));
    assert_eq!(ready.send().status, 202);
    let post = |batch: &Value| Request::post(address, batch.to_string().as_bytes()).with("mcp-session-id", connection);
    let ping = |id: u64| json!({"jsonrpc": "2.0", "id": id, "method": "ping"});
    let note = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let answer = post(&json!([ping(1), note, 5, ping(2)])).send();
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream")));
    let events = answer.body.lines().filter_map(|line| line.strip_prefix("data: {"));
    let mut events: Vec<Value> = events.map(|event| serde_json::from_str(&format!("{{{event}")).unwrap()).collect();
    events.sort_by_key(|event| event["id"].as_u64());
    let error = json!({"jsonrpc": "2.0", "error": {"code": -32600, "message": "not a message of JSON-RPC 2.0"}});
    let pong = |id: u64| json!({"jsonrpc": "2.0", "id": id, "result": {}});
    assert_eq!(events, [error, pong(1), pong(2)]);
    assert_eq!(post(&json!([note])).send().status, 202);
    let none = post(&json!([])).send();
    assert_eq!(told(&none), refused(400, Value::Null, -32600, "a batch has 0 messages, it must be 1 to 100"));
    let later = post(&json!([ping(1)])).with("mcp-protocol-version", "2025-06-18").send();
    assert_eq!(told(&later), refused(400, Value::Null, -32600, "a batch: send one message at a time"));
}

#[test]
fn what_is_no_message_is_refused() {
    let fixture = Fixture::start(&[]);
    let post = |body: &[u8]| told(&Request::post(fixture.address(), body).send());
    let syntax = |message: &str| refused(400, Value::Null, -32700, message);
    assert_eq!(post(b""), syntax("not JSON: EOF while parsing a value at line 1 column 0"));
    assert_eq!(post(b"{\"jsonrpc\": \"2.0\""), syntax("not JSON: EOF while parsing an object at line 1 column 17"));
    assert_eq!(post(b"{} {}"), syntax("not JSON: trailing characters at line 1 column 4"));
    assert_eq!(post(b"[1,"), syntax("not JSON: EOF while parsing a value at line 1 column 3"));
    let nested = [b"{\"id\":".as_slice(), &b"[".repeat(1 << 20)].concat();
    assert_eq!(post(&nested), syntax("not JSON: recursion limit exceeded at line 1 column 133"));

    let shape = |id: Value| refused(400, id, -32600, "not a message of JSON-RPC 2.0");
    assert_eq!(post(b"5"), shape(Value::Null));
    assert_eq!(post(b"\xff"), syntax("not JSON: expected value at line 1 column 1"));
    assert_eq!(post(b"{}"), shape(Value::Null));
    assert_eq!(post(br#"{"jsonrpc": "2.0", "id": 3}"#), shape(json!(3)));
    assert_eq!(post(br#"{"jsonrpc": "1.0", "id": "a", "method": "ping"}"#), shape(json!("a")));
    assert_eq!(post(br#"{"jsonrpc": "2.0", "id": [1], "method": "ping"}"#), shape(Value::Null));
    assert_eq!(post(br#"{"jsonrpc": "2.0", "id": 1, "method": 5}"#), shape(json!(1)));
    assert_eq!(post(br#"{"jsonrpc": "2.0", "id": 1, "id": 1, "method": "ping"}"#), shape(Value::Null));
    let batch = refused(400, Value::Null, -32600, "a batch: send one message at a time");
    assert_eq!(post(br#" [{"jsonrpc": "2.0", "id": 1, "method": "ping"}]"#), batch);
}

#[test]
fn what_is_too_long_is_refused() {
    let fixture = Fixture::start(&["--bytes", "1000"]);
    let long = refused(413, Value::Null, -32600, "the message is too long, the limit is 1000 bytes");
    let body = [b"{\"id\": \"".as_slice(), &b"x".repeat(1 << 20), b"\"}"].concat();
    assert_eq!(told(&Request::post(fixture.address(), &body).send()), long);
    // Said to be long, and not even begun.
    let promise = Request::post(fixture.address(), b"").with("content-length", "1099511627776");
    assert_eq!(told(&promise.send()), long);
    let chunked = Request::post(fixture.address(), b"").without("content-length").with("transfer-encoding", "chunked");
    let chunked = [chunked.bytes(), b"400\r\n".to_vec(), b"x".repeat(0x400), b"\r\n0\r\n\r\n".to_vec()].concat();
    assert_eq!(told(&exchange(fixture.address(), &chunked)), long);
    // A client that sends all of it before it reads, and so would not read if the connection were closed before.
    let body = b"x".repeat(20 << 20);
    let mut stream = connect(fixture.address());
    stream.write_all(&Request::post(fixture.address(), &body).bytes()).unwrap();
    assert!(rest(&mut stream).starts_with(b"HTTP/1.1 413 Payload Too Large\r\n"));
    let head = list(&fixture).with("x", &"x".repeat(100_000)).send();
    assert_eq!(head.status, 431);
    assert_eq!(list(&fixture).send().status, 200);
}

/// The numbers are those of the revision of 2026-07-28 (transports, streamable HTTP; versioning).
#[test]
fn the_newest_revision_is_kept_to() {
    let fixture = Fixture::start(&[]);
    let code = |request: Request| {
        let answer = request.send();
        (answer.status, answer.message()["error"]["code"].clone(), answer.message()["id"].clone())
    };
    assert_eq!(code(Request::modern(fixture.address(), 1, "no/such", json!({}))), (404, json!(-32601), json!(1)));
    assert_eq!(code(list(&fixture).with("mcp-method", "prompts/list")), (400, json!(-32020), json!(7)));
    assert_eq!(code(list(&fixture).without("mcp-method")), (400, json!(-32020), json!(7)));
    assert_eq!(code(list(&fixture).with("mcp-protocol-version", LEGACY)), (400, json!(-32020), json!(7)));
    let unknown = String::from_utf8(list(&fixture).bytes()).unwrap().replace(MODERN, "2099-01-01");
    let unknown = exchange(fixture.address(), unknown.as_bytes());
    assert_eq!((unknown.status, &unknown.message()["error"]["code"]), (400, &json!(-32022)), "{unknown:?}");
    let tool = Request::modern(fixture.address(), 2, "tools/call", json!({"name": "no_such_tool"}));
    assert_eq!(code(tool), (200, json!(-32602), json!(2)));
}

#[test]
fn connections_that_were_never_begun_are_refused() {
    let fixture = Fixture::start(&[]);
    let address = fixture.address();
    let none = Request::legacy(address, "", Some(4), "tools/list", &json!({})).without("mcp-session-id").send();
    assert_eq!(told(&none), refused(400, json!(4), -32600, "Bad Request: Session ID is required"));
    let unknown = "there is no such connection\n    hint: begin one with `initialize`";
    let made_up = Request::legacy(address, "made-up", Some(4), "tools/list", &json!({}));
    assert_eq!(told(&made_up.send()), refused(404, json!(4), -32600, unknown));
    let stream = made_up.clone().method("GET").with("accept", "text/event-stream");
    assert_eq!(told(&stream.send()), refused(404, Value::Null, -32600, unknown));
}
