//! HTTP endpoints as files.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use exuvia_core::MountFault;
use exuvia_tools::{HttpFiles, HttpFilesBuilder, ToolsError};

use super::server::{Server, answer};

const SECRET: &str = "s3cr/t\"value";

fn file(server: &Server) -> HttpFilesBuilder {
    let secrets = |name: &str| (name == "KEY").then(|| SECRET.to_owned());
    HttpFiles::builder().file("it", server.url("/v1/it?unit=a+b")).secrets(secrets)
}

fn fetch(files: HttpFilesBuilder, bytes_max: usize) -> Result<Vec<u8>, MountFault> {
    pollster::block_on(files.build().unwrap().fetch("it", bytes_max))
}

#[test]
fn a_file_is_what_its_endpoint_answers() {
    let content = b"\x00\xff\xfe binary \r\n";
    let mut bytes = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", content.len()).into_bytes();
    bytes.extend_from_slice(content);
    let server = Server::always(bytes);
    assert_eq!(fetch(file(&server), content.len()), Ok(content.to_vec()));
    let request = server.requests().concat();
    assert!(request.starts_with("GET /v1/it?unit=a%20b HTTP/1.1\r\n") && request.ends_with("\r\n\r\n"), "{request}");
    assert_eq!(fetch(file(&Server::always(answer("204 No Content", ""))), 0), Ok(Vec::new()));
    let none = pollster::block_on(file(&server).build().unwrap().fetch("other", 10));
    assert_eq!(none, Err(MountFault::NotFound));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn what_is_no_answer_is_a_fault() {
    for (bytes, fault) in [
        (answer("404 Not Found", "x"), MountFault::NotFound),
        (answer("410 Gone", "x"), MountFault::NotFound),
        (answer("401 Unauthorized", "x"), MountFault::Denied),
        (answer("403 Forbidden", "x"), MountFault::Denied),
        (answer("408 Request Timeout", "x"), MountFault::TimedOut),
        (answer("504 Gateway Timeout", "x"), MountFault::TimedOut),
        (answer("500 Internal Server Error", "x"), MountFault::Remote),
        (answer("304 Not Modified", ""), MountFault::Remote),
        (answer("302 Found\r\nLocation: /elsewhere", ""), MountFault::Remote),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_owned(), MountFault::BrokenOff),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n".to_owned(), MountFault::BrokenOff),
        ("garbage\r\n\r\n".to_owned(), MountFault::Garbled),
        (String::new(), MountFault::Garbled),
        (answer("200 OK", "12345678901"), MountFault::TooLarge),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n".to_owned(),
            MountFault::TooLarge,
        ),
    ] {
        assert_eq!(fetch(file(&Server::always(bytes.as_str())), 10), Err(fault), "{bytes}");
    }
    let of = |url: &str| fetch(HttpFiles::builder().file("it", url), 10);
    assert_eq!(of("http://127.0.0.1:1/"), Err(MountFault::Refused));
    // Linux connects nothing to the address of everybody.
    assert_eq!(of("http://255.255.255.255/"), Err(MountFault::Unreachable));
    // TLS is wanted from somebody who answers in the clear.
    let clear = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", clear.local_addr().unwrap());
    let answers = thread::spawn(move || {
        let mut stream = clear.accept().unwrap().0;
        let asked = stream.read(&mut [0; 4_096]).unwrap();
        stream.write_all(answer("200 OK", "x").as_bytes()).unwrap();
        asked
    });
    assert_eq!(of(&url), Err(MountFault::Garbled));
    assert!(answers.join().unwrap() > 0);
}

#[test]
fn what_is_too_large_is_not_fetched_to_its_end() {
    let server = Server::start(|_, stream| {
        _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n");
        // Until whoever asked has gone.
        _ = stream.read(&mut [0]);
    });
    assert_eq!(fetch(file(&server), 1 << 20), Err(MountFault::TooLarge));
}

#[test]
fn secrets_are_put_in_and_taken_out() {
    let echo = Server::start(|request, stream| _ = stream.write_all(answer("200 OK", request).as_bytes()));
    let with_secret = |server: &Server| {
        HttpFiles::builder()
            .file("it", server.url("/?key=${secret:KEY}"))
            .header("Authorization", "Bearer ${secret:KEY}")
            .secrets(|name: &str| (name == "KEY").then(|| SECRET.to_owned()))
    };
    let content = String::from_utf8(fetch(with_secret(&echo), 10_000).unwrap()).unwrap();
    let sent = echo.requests().concat();
    assert!(sent.starts_with("GET /?key=s3cr%2Ft%22value HTTP/1.1\r\n"), "{sent}");
    assert!(sent.contains("\r\nauthorization: Bearer s3cr/t\"value\r\n"), "{sent}");
    let redacted = sent.replace(SECRET, "[redacted]").replace("s3cr%2Ft%22value", "[redacted]");
    assert_eq!(content, redacted);

    let files = with_secret(&echo).build().unwrap();
    let shown = format!("{:?}{files:?}", with_secret(&echo));
    assert!(!shown.contains("s3cr") && !shown.contains("KEY"), "{shown}");
    assert_eq!(files.check_secrets(), Ok(()));
    let unknown = with_secret(&echo).secrets(|_: &str| None).build().unwrap();
    assert_eq!(unknown.check_secrets().unwrap_err().message, "the host does not know the secret `KEY`");
    assert_eq!(pollster::block_on(unknown.fetch("it", 10_000)), Err(MountFault::Denied));
    assert_eq!(echo.requests().len(), 1);
}

#[test]
fn a_redirect_leads_a_secret_nowhere_else() {
    let elsewhere = Server::always(answer("200 OK", "elsewhere"));
    let target = elsewhere.url("/");
    let server = Server::start(move |request, stream| {
        let head = match request.split(' ').nth(1) {
            Some("/away") => format!("302 Found\r\nLocation: {target}"),
            Some("/here") => "302 Found\r\nLocation: /there".to_owned(),
            _ => "200 OK".to_owned(),
        };
        _ = stream.write_all(answer(&head, "there").as_bytes());
    });
    let to = |path: &str| file(&server).file("it", server.url(path)).redirects(1);
    let with_secret = |path: &str| to(path).header("X-Key", "${secret:KEY}");
    assert_eq!(fetch(to("/away"), 10), Ok(b"elsewhere".to_vec()));
    assert_eq!(fetch(with_secret("/here"), 10), Ok(b"there".to_vec()));
    assert_eq!(fetch(with_secret("/away"), 10), Err(MountFault::Remote));
    assert_eq!(elsewhere.requests().len(), 1);
}

#[test]
fn a_definition_that_cannot_be_is_refused() {
    let refused = |name: &str, url: &str| match HttpFiles::builder().file(name, url).build() {
        Err(ToolsError::File { problem, .. }) => problem,
        other => panic!("{other:?}"),
    };
    for name in ["", ".", "..", "a/b", "a\0b", &"x".repeat(256)] {
        assert!(refused(name, "http://localhost/").starts_with("it cannot be a file's name"), "{name}");
    }
    assert!(refused("it", "ftp://localhost/").ends_with("it begins with `https://` or `http://`"));
    assert!(refused("it", "http://localhost/{x}").starts_with("`{x}` names no parameter"));
    assert!(refused("it", "http://user:word@localhost/").starts_with("the URL has a password"));
}
