//! Clients that come in numbers, go half-way, or stay.

use std::io::{Read as _, Write as _};

use serde_json::json;

use crate::client::{Request, connect, rest};
use crate::fixture::Fixture;

/// How many connections there may be (`http/listener.rs`).
const CONNECTIONS_MAX: usize = 512;

fn list(fixture: &Fixture) -> Request {
    Request::modern(fixture.address(), 1, "tools/list", json!({}))
}

#[test]
fn one_connection_too_many_is_told_so_and_the_others_go_on() {
    let fixture = Fixture::start(&[]);
    let mut idle: Vec<_> = (0..CONNECTIONS_MAX).map(|_| connect(fixture.address())).collect();
    let refused = rest(&mut connect(fixture.address()));
    let expected =
        "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(String::from_utf8(refused).unwrap(), expected);
    let last = idle.last_mut().unwrap();
    last.write_all(&list(&fixture).bytes()).unwrap();
    assert!(rest(last).starts_with(b"HTTP/1.1 200 OK\r\n"));
    // There is room for one again once the server has seen that one has gone.
    let status = || list(&fixture).send().status;
    assert!(std::iter::repeat_with(status).take(1_000).any(|status| status == 200));
}

#[test]
fn a_client_that_goes_half_way_harms_nobody() {
    let fixture = Fixture::start(&[]);
    let request = list(&fixture).bytes();
    let ends = [1, 20, request.len() / 2, request.len() - 1, request.len()];
    for end in ends {
        connect(fixture.address()).write_all(&request[..end]).unwrap();
    }
    connect(fixture.address()).write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").unwrap();
    assert_eq!(list(&fixture).send().status, 200);
}

#[test]
fn streams_end_with_the_server() {
    let mut fixture = Fixture::start(&[]);
    let begun = Request::initialize(fixture.address()).send();
    let connection = begun.header("mcp-session-id").unwrap();
    let ready = Request::legacy(fixture.address(), connection, None, "notifications/initialized", &json!({}));
    assert_eq!(ready.send().status, 202);
    let mut stream = connect(fixture.address());
    let open = Request::legacy(fixture.address(), connection, None, "x", &json!({}));
    stream.write_all(&open.method("GET").with("accept", "text/event-stream").bytes()).unwrap();
    let mut first = [0; 15];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    // A connection that says nothing does not hold it up, either.
    let _silent = connect(fixture.address());
    drop(fixture.process.stdin.take());
    rest(&mut stream);
    assert!(fixture.process.wait().unwrap().success());
}
