//! Clients that come in numbers, go half-way, or stay.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::json;

use crate::client::{Request, connect, rest};
use crate::fixture::Fixture;

/// How many connections there may be (`http/listener.rs`).
const CONNECTIONS_MAX: usize = 512;

fn list(fixture: &Fixture) -> Request {
    Request::modern(fixture.address(), 1, "tools/list", json!({}))
}

/// Asks, and keeps the connection.
fn keeping(fixture: &Fixture) -> TcpStream {
    let mut stream = connect(fixture.address());
    stream.write_all(&list(fixture).with("connection", "keep-alive").bytes()).unwrap();
    let mut first = [0; 15];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    stream
}

#[test]
fn one_connection_too_many_is_told_so_and_the_others_go_on() {
    let fixture = Fixture::start(&[]);
    let mut kept: Vec<_> = (0..CONNECTIONS_MAX).map(|_| keeping(&fixture)).collect();
    let refused = rest(&mut connect(fixture.address()));
    let expected =
        "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(String::from_utf8(refused).unwrap(), expected);
    let last = kept.last_mut().unwrap();
    last.write_all(&list(&fixture).bytes()).unwrap();
    let answers = String::from_utf8(rest(last)).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), 1, "{answers}");
    // There is room for one again once the server has seen that one has gone.
    let status = || list(&fixture).send().status;
    assert!(std::iter::repeat_with(status).take(1_000).any(|status| status == 200));
}

#[test]
fn connections_that_have_asked_nothing_or_have_no_token_give_way() {
    let token = "alice-0123456789abcdef";
    let fixture = Fixture::start(&["--token", &format!("alice={token}")]);
    let mut admitted = connect(fixture.address());
    admitted.write_all(&list(&fixture).token(token).with("connection", "keep-alive").bytes()).unwrap();
    let mut first = [0; 15];
    admitted.read_exact(&mut first).unwrap();
    let mut idle: Vec<_> = (1..CONNECTIONS_MAX).map(|_| connect(fixture.address())).collect();
    let mut refused = connect(fixture.address());
    refused.write_all(&list(&fixture).with("connection", "keep-alive").bytes()).unwrap();
    refused.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 401 Un");
    // The oldest one has gone for it; the next ones go for those who come.
    assert_eq!(rest(&mut idle[0]), b"");
    for _ in 0..CONNECTIONS_MAX + 10 {
        assert_eq!(list(&fixture).token(token).send().status, 200);
    }
    admitted.write_all(&list(&fixture).token(token).bytes()).unwrap();
    assert!(
        String::from_utf8(rest(&mut admitted)).unwrap().contains("HTTP/1.1 200 OK\r\n"),
        "it has a token, and stays"
    );
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
