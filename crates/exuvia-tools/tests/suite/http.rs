//! HTTP endpoints as tools.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use exuvia_core::{ToolFailureKind, ToolLimits, ToolOutcome};
use exuvia_tools::{HttpTool, Output, ToolsError};
use serde_json::{Value as Json, json};

use super::server::{Server, answer};
use super::{call, told, toolbox};

const SECRET: &str = "s3cr/t\"value";

fn secrets(name: &str) -> Option<String> {
    (name == "KEY").then(|| SECRET.to_owned())
}

fn get(server: &Server) -> HttpTool {
    HttpTool::new("get", "Gets.", server.url("/"))
}

fn run(tool: HttpTool, arguments: &str) -> ToolOutcome {
    call(&toolbox(tool.build().unwrap()), "get", arguments)
}

fn parameters(names: &[&str]) -> Json {
    let properties: serde_json::Map<_, _> = names.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
    json!({ "type": "object", "properties": properties })
}

#[test]
fn arguments_and_secrets_are_put_into_a_request() {
    let server = Server::always(answer("200 OK", r#"{"items": [{"n": 1}]}"#));
    let tool = HttpTool::new("get", "Gets.", server.url("/v1/{city}/x-{day}?fix=a+%7Bb%7D&q={q}"))
        .method("POST")
        .parameters(parameters(&["city", "day", "q", "tags", "head", "absent", "value"]))
        .query("tag", "{tags}")
        .query("none", "{absent}")
        .query("key", "${secret:KEY}")
        .header("X-Head", "<{head}> $5")
        .header("Authorization", "Bearer ${secret:KEY}")
        .header("X-Absent", "{absent}")
        .body(json!({ "whole": "{value}", "part": "is {q}", "absent": "{absent}", "list": [1, "{absent}"] }))
        .secrets(secrets)
        .output(Output::Json)
        .pick("/items/0");
    let arguments = json!({
        "city": "a/../b?c#d e%2F", "day": 3, "q": "${secret:KEY}&x={q}", "tags": ["t&1", 2], "head": "é\"",
        "value": { "n": [1.5] },
    });
    assert_eq!(run(tool, &arguments.to_string()).unwrap(), r#"{"n":1}"#);
    let expected = [
        "POST /v1/a%2F..%2Fb%3Fc%23d%20e%252F/x-3?fix=a%20%7Bb%7D&q=%24%7Bsecret%3AKEY%7D%26x%3D%7Bq%7D&tag=t%261&tag=2\
         &key=s3cr%2Ft%22value HTTP/1.1",
        "x-head: <é\"> $5",
        "authorization: Bearer s3cr/t\"value",
        "content-type: application/json",
        "accept: */*",
        concat!("user-agent: exuvia/", env!("CARGO_PKG_VERSION")),
        &format!("host: {}", server.url("").trim_start_matches("http://")),
        "content-length: 91",
        "",
        r#"{"whole":{"n":[1.5]},"part":"is ${secret:KEY}&x={q}","list":[1]}"#,
    ];
    let request = server.requests().concat();
    let mut lines: Vec<&str> = request.split("\r\n").collect();
    let length = format!("content-length: {}", expected[9].len());
    let mut expected = expected;
    expected[7] = &length;
    // In no order that matters, but for the first and the last.
    lines[1..8].sort_unstable();
    expected[1..8].sort_unstable();
    assert_eq!(lines, expected);
}

#[test]
fn an_argument_stays_in_its_place() {
    let server = Server::always(answer("200 OK", ""));
    let tool = || {
        HttpTool::new("get", "", server.url("/users/{name}/keys"))
            .parameters(parameters(&["name", "head"]))
            .header("X-Head", "{head}")
    };
    for name in ["", ".", ".."] {
        let refused = (ToolFailureKind::Argument, "argument 'name' must not be empty, `.` or `..`".to_owned());
        assert_eq!(told(run(tool(), &json!({ "name": name }).to_string())), refused, "{name}");
    }
    let needed = (ToolFailureKind::Argument, "argument 'name' is needed in the URL".to_owned());
    assert_eq!(told(run(tool(), "{}")), needed);
    let refused = (ToolFailureKind::Argument, "argument 'head' has a character that cannot be in a header".to_owned());
    assert_eq!(told(run(tool(), r#"{"name": "a", "head": "a\r\nX-Evil: 1"}"#)), refused);
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn statuses_are_failures() {
    let told_of = |head: &str, body: &str| run(get(&Server::always(answer(head, body))), "{}").unwrap_err();
    let failure = told_of("404 Not Found", "no such thing\n");
    assert_eq!(failure.message, "the server answered 404 Not Found: no such thing");
    assert_eq!((failure.kind, failure.retry, failure.hint), (ToolFailureKind::Failed, false, None));
    let failure = told_of("429 Too Many Requests\r\nRetry-After: 7", "");
    assert_eq!(failure.message, "the server answered 429 Too Many Requests");
    assert_eq!((failure.retry, failure.hint.as_deref()), (true, Some("try again after 7 s")));
    let date = "Wed, 21 Oct 2026 07:28:00 GMT";
    let failure = told_of(&format!("503 Service Unavailable\r\nRetry-After: {date}"), "");
    assert_eq!((failure.retry, failure.hint), (true, Some(format!("try again after {date}"))));
    assert!(told_of("502 Bad Gateway", "").retry && told_of("504 Gateway Timeout", "").retry);
    assert!(!told_of("500 Internal Server Error", "").retry);
    assert_eq!(
        told_of("400 Bad Request", &"x".repeat(100_000)).message.len(),
        "the server answered 400 Bad Request: ".len() + 1_000
    );
}

#[test]
fn what_is_no_answer_is_a_failure() {
    let failure = |bytes: &[u8]| run(get(&Server::always(bytes)), "{}").unwrap_err();
    for broken in [
        &b""[..],
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let failure = failure(broken);
        assert_eq!((failure.kind, failure.retry), (ToolFailureKind::Failed, true), "{failure}");
        assert!(!failure.message.contains("127.0.0.1"), "{failure}");
    }
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(1_000));
    assert_eq!(failure(many.as_bytes()).kind, ToolFailureKind::Failed);
    assert_eq!(
        failure(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\xff").message,
        "the server answered what is not UTF-8"
    );
    let server = Server::always(answer("200 OK", "[1,"));
    let message = "the server answered what cannot be read as JSON: EOF while parsing a value at line 1 column 3";
    assert_eq!(run(get(&server).output(Output::Json), "{}").unwrap_err().message, message);
    let server = Server::always(answer("200 OK", "[1]"));
    let message = "the server's answer has nothing at `/1`";
    assert_eq!(run(get(&server).output(Output::Json).pick("/1"), "{}").unwrap_err().message, message);
    let deep = Server::always(answer("200 OK", &"[".repeat(100_000)));
    assert_eq!(run(get(&deep).output(Output::Json), "{}").unwrap_err().kind, ToolFailureKind::Failed);
}

#[test]
fn nobody_listening_is_a_failure_that_may_pass() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let failure = run(HttpTool::new("get", "", format!("http://127.0.0.1:{port}/")), "{}").unwrap_err();
    assert_eq!((failure.kind, failure.retry), (ToolFailureKind::Failed, true));
}

#[test]
fn a_long_answer_is_not_read_to_its_end() {
    let limits = ToolLimits { result_bytes: 100_000, ..ToolLimits::default() };
    let message = (ToolFailureKind::Limit, "the server answered more than 100000 bytes".to_owned());
    let announced = Server::always("HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n");
    assert_eq!(told(run(get(&announced).limits(limits.clone()), "{}")), message);
    let endless = Server::start(|_, stream| {
        _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'x'; 10_000]).is_ok() {}
    });
    assert_eq!(told(run(get(&endless).limits(limits), "{}")), message);
}

#[test]
fn a_slow_server_meets_the_time_limit() {
    let limits = ToolLimits { time: Some(Duration::from_millis(100)), ..ToolLimits::default() };
    let silent = Server::start(|_, stream| _ = stream.read(&mut [0]));
    let late = (ToolFailureKind::Timeout, "get() did not end within 0.1 s".to_owned());
    assert_eq!(told(run(get(&silent).limits(limits.clone()), "{}")), late);
    let halfway = Server::start(|_, stream| {
        _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        _ = stream.read(&mut [0]);
    });
    assert_eq!(told(run(get(&halfway).limits(limits), "{}")), late);
}

#[test]
fn redirects_are_followed_only_as_far_as_allowed() {
    let target = Server::always(answer("200 OK", "there"));
    let location = target.url("/there?a=1");
    let to_other = Server::always(answer(&format!("302 Found\r\nLocation: {location}"), ""));
    let refused = (ToolFailureKind::Failed, "the server answered 302 Found, a redirect".to_owned());
    assert_eq!(told(run(get(&to_other), "{}")), refused);
    assert_eq!(run(get(&to_other).redirects(1), "{}").unwrap(), r#""there""#);
    let with_secret = get(&to_other).redirects(1).header("X-Key", "${secret:KEY}").secrets(secrets);
    let refused = (ToolFailureKind::Failed, "the server answered a redirect to another host".to_owned());
    assert_eq!(told(run(with_secret, "{}")), refused);
    assert_eq!(target.requests().len(), 1);

    // Within a host a secret may follow.
    let own = Server::start(|request, stream| {
        let there = request.starts_with("GET /there ") && request.contains("x-key: s3cr");
        let head = if there { "200 OK".to_owned() } else { "307 Temporary Redirect\r\nLocation: there".to_owned() };
        _ = stream.write_all(answer(&head, "x").as_bytes());
    });
    let with_secret = || get(&own).header("X-Key", "${secret:KEY}").secrets(secrets);
    assert_eq!(run(with_secret().redirects(1), "{}").unwrap(), r#""x""#);

    let endless = Server::always(answer("301 Moved Permanently\r\nLocation: /", ""));
    let failure = run(get(&endless).redirects(3), "{}").unwrap_err();
    assert_eq!(failure.hint.as_deref(), Some("only 3 are followed"));
    assert_eq!(endless.requests().len(), 4);
    for elsewhere in ["file:///etc/passwd", "ftp://127.0.0.1/", "//", ""] {
        let server =
            Server::always(format!("HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n"));
        assert!(run(get(&server).redirects(2), "{}").is_err(), "{elsewhere}");
    }
}

#[test]
fn a_post_that_is_redirected_becomes_a_get_without_body() {
    let server = Server::start(|request, stream| {
        let answer = match request.split(' ').next() {
            Some("POST") => answer("303 See Other\r\nLocation: /done", ""),
            _ => answer("200 OK", &request.replace("\r\n", "|")),
        };
        _ = stream.write_all(answer.as_bytes());
    });
    let echoed = run(get(&server).method("POST").body(json!({ "a": 1 })).redirects(1), "{}").unwrap();
    assert!(echoed.starts_with("\"GET /done HTTP/1.1|") && echoed.ends_with("||\""), "{echoed}");
    assert!(!echoed.contains("content-"), "{echoed}");
}

#[test]
fn a_secret_that_is_echoed_is_redacted() {
    let echo = |head: &'static str| {
        Server::start(move |request, stream| {
            let (first, _) = request.split_once("\r\n").unwrap();
            let body = json!({ SECRET: [SECRET, first], "in": { "text": format!("<{SECRET}>") } });
            let head = format!("{head}\r\nRetry-After: {SECRET}\r\nLocation: /{SECRET}");
            _ = stream.write_all(answer(&head, &body.to_string()).as_bytes());
        })
    };
    let tool = |server: &Server| get(server).query("key", "${secret:KEY}").secrets(secrets);
    let redacted = r#"{"[redacted]":["[redacted]","GET /?key=[redacted] HTTP/1.1"],"in":{"text":"<[redacted]>"}}"#;
    assert_eq!(run(tool(&echo("200 OK")).output(Output::Json), "{}").unwrap(), redacted);
    assert_eq!(run(tool(&echo("200 OK")), "{}").unwrap(), json!(redacted).to_string());
    let failure = run(tool(&echo("503 Service Unavailable")), "{}").unwrap_err();
    assert_eq!(failure.message, format!("the server answered 503 Service Unavailable: {redacted}"));
    assert_eq!(failure.hint.as_deref(), Some("try again after [redacted]"));
    // Cut off in the middle of a secret.
    let padding = "x".repeat((16 << 10) - 4);
    let server = Server::always(answer("500 Internal Server Error", &format!("{padding}{SECRET}")));
    assert!(!run(tool(&server), "{}").unwrap_err().message.contains("s3c"));
    for status in ["302 Found", "500 Internal Server Error"] {
        let failure = run(tool(&echo(status)), "{}").unwrap_err();
        assert!(!format!("{failure:?}{failure}").contains("s3cr"), "{failure:?}");
    }
}

#[test]
fn a_secret_is_in_no_debug_output_and_no_declaration() {
    let server = Server::always(answer("200 OK", ""));
    let http = || get(&server).header("X-Key", "${secret:KEY} literal").secrets(secrets);
    let debug = format!("{:?}{:?}", http(), http().build().unwrap());
    let toolbox = toolbox(http().build().unwrap());
    let declared = serde_json::to_string(toolbox.declarations()).unwrap();
    let shown = format!("{debug}{toolbox:?}{:?}{declared}", toolbox.runner());
    assert!(!shown.contains("s3cr") && !shown.contains("literal") && !shown.contains("KEY"), "{shown}");
    let unknown = http().secrets(|_: &str| None);
    assert_eq!(told(run(unknown, "{}")).1, "the host does not know the secret `KEY`");
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn a_definition_that_contradicts_itself_is_refused() {
    let refused = |tool: HttpTool| match tool.build() {
        Err(ToolsError::Definition { problem, .. }) => problem,
        other => panic!("{other:?}"),
    };
    let new = |url: &str| HttpTool::new("get", "", url).parameters(parameters(&["x"]));
    let host = "must be written out, without places for arguments";
    for url in
        ["http://{x}/", "http://a.{x}.example.org/", "http://example.org:{x}/", "http://", "http://${secret:KEY}/"]
    {
        assert!(refused(new(url)).ends_with(host), "{url}");
    }
    assert!(refused(new("file:///etc/{x}")).ends_with("it begins with `https://` or `http://`"));
    assert!(refused(new("http://user:word@example.org/{x}")).starts_with("the URL has a password"));
    assert!(refused(new("http://example.org/{x}#y")).contains("fragment"));
    assert!(refused(new("http://example.org/")).contains("is used nowhere"));
    assert!(refused(new("http://example.org/{x}").redirects(11)).contains("the limit is 10"));
    assert!(refused(new("http://example.org/{x}").pick("/a")).contains("needs JSON"));
    assert!(refused(new("http://example.org/{x}").header("a b", "")).contains("no header's name"));
}
