//! Providers that misbehave: a real server on loopback writes what it is told to.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use exuvia_core::agent::{Call, Message, Origin, Part, Stop, Tokens};
use serde_json::Value as Json;

use super::*;

#[allow(dead_code, reason = "other tests have uses for more of it")]
#[path = "../../../exuvia-tools/tests/suite/server.rs"]
mod server;

use server::{Server, answer};

mod bounds;
mod keys;

const KEY: &str = "sk-secret-0123456789";

fn patience() -> Patience {
    let moment = Duration::from_millis(1);
    let second = Duration::from_secs(1);
    Patience {
        begin: second,
        idle: second,
        whole: second * 5,
        bytes: 1 << 20,
        attempts: 2,
        pause: moment,
        pause_max: second,
    }
}

fn model(provider: Provider, server: &Server, patience: Patience) -> RemoteModel {
    let client = exuvia_tools::HttpClient::default();
    let client = client.get().expect("there is a client").clone();
    let path = if matches!(provider, Provider::Anthropic | Provider::Gemini | Provider::Ollama) { "" } else { "/v1" };
    RemoteModel::new((provider, "m"), KEY.to_owned(), Some(&server.url(path)), client, patience)
}

fn request() -> ModelRequest {
    ModelRequest {
        system: "be brief".into(),
        messages: vec![Arc::new(Message::user(Origin::Person, "hello"))],
        tool: Some("runs Python".into()),
        schema: None,
        output_tokens_max: None,
        replies: 0,
    }
}

/// Asks a server that answers like this, as Anthropic's messages and as OpenAI's chat completions.
async fn asked(
    provider: Provider,
    server: &Server,
    patience: Patience,
) -> (Result<ModelReply, ModelFailure>, Vec<String>) {
    let heard = Mutex::new(Vec::new());
    let listener = |delta: Delta<'_>| {
        let text = match delta {
            Delta::Text(text) => text.to_owned(),
            Delta::Again { failure, wait } => format!("again in {wait:?}: {}", failure.message),
            Delta::Reasoning(_) | Delta::Arguments(_) => return,
        };
        heard.lock().unwrap().push(text);
    };
    let reply = model(provider, server, patience).ask(request(), &listener).await;
    (reply, heard.into_inner().unwrap())
}

async fn failure(server: &Server) -> ModelFailure {
    asked(Provider::OpenAiChat, server, patience()).await.0.expect_err("it fails")
}

fn stream(events: &[&str]) -> String {
    let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    answer("200 OK\r\nContent-Type: text/event-stream", &body)
}

/// A chunk of a chat completion.
fn chunk(delta: &str, finish: &str) -> String {
    format!(
        r#"{{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{{"index":0,"delta":{delta},"finish_reason":{finish}}}]}}"#
    )
}

#[tokio::test]
async fn a_reply_comes_piece_by_piece() {
    let usage = r#"{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":7,"total_tokens":107,"prompt_tokens_details":{"cached_tokens":80}}}"#;
    let server = Server::always(stream(&[
        &chunk(r#"{"role":"assistant","content":"It "}"#, "null"),
        &chunk(r#"{"content":"can"}"#, "null"),
        &chunk(
            r#"{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"python","arguments":"{\"code\":"}}]}"#,
            "null",
        ),
        &chunk(r#"{"tool_calls":[{"index":0,"function":{"arguments":"\"1+1\"}"}}]}"#, "null"),
        &chunk("{}", r#""tool_calls""#),
        usage,
        "[DONE]",
    ]));
    let (reply, heard) = asked(Provider::OpenAiChat, &server, patience()).await;
    let reply = reply.expect("it answers");
    assert_eq!(heard, ["It ", "can"]);
    let call = Call { id: "c1".into(), name: "python".into(), arguments: r#"{"code":"1+1"}"#.into() };
    assert_eq!((reply.text.as_str(), &reply.calls[..], &reply.stop), ("It can", &[call][..], &Stop::Calls));
    assert_eq!(reply.tokens, Tokens { fresh: 20, cached: 80, kept: 0, output: 7 });
    let sent = server.requests().remove(0);
    assert!(sent.to_lowercase().contains(&format!("authorization: bearer {KEY}")), "{sent}");
    let body: Json = serde_json::from_str(sent.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body["tools"][0]["function"]["name"], "python");
    assert_eq!(body["messages"][0]["content"][0]["text"], "be brief");
}

/// What a provider wants back comes back as it was, in its place; what another one wants is not shown to it.
#[tokio::test]
async fn what_was_said_is_said_again_as_it_was() {
    let events = [
        r#"{"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"cache_read_input_tokens":90,"cache_creation_input_tokens":7,"output_tokens":1}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
        r#"{"type":"ping"}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2lnbmVk"}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t1","name":"python","input":{}}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"code\": \"2\"}"}}"#,
        r#"{"type":"content_block_stop","index":1}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":9}}"#,
        r#"{"type":"message_stop"}"#,
    ];
    let server = Server::always(stream(&events));
    let first = asked(Provider::Anthropic, &server, patience()).await.0.expect("it answers");
    assert_eq!(
        (first.reasoning.as_str(), first.tokens.fresh, first.tokens.cached, first.tokens.kept),
        ("hm", 10, 90, 7)
    );
    let mut next = request();
    next.messages.push(Arc::new(Message::Model(Box::new(first))));
    let parts = vec![Part::text(Origin::Program, "→ 2")];
    next.messages.push(Arc::new(Message::Observed { call: Some("t1".into()), parts }));
    let listener = |_: Delta<'_>| {};
    // As if it had gone through a journal.
    next.messages = next
        .messages
        .iter()
        .map(|message| Arc::new(serde_json::from_str(&serde_json::to_string(message).unwrap()).unwrap()))
        .collect();
    model(Provider::Anthropic, &server, patience()).ask(next.clone(), &listener).await.expect("it answers");
    let body = |request: &str| -> Json { serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap() };
    let requests = server.requests();
    let (one, two) = (body(&requests[0]), body(&requests[1]));
    let turn = &two["messages"][1]["content"];
    assert_eq!((&turn[0]["thinking"], &turn[0]["signature"]), (&"hm".into(), &"c2lnbmVk".into()));
    assert_eq!((&turn[1]["type"], &turn[1]["id"]), (&"tool_use".into(), &"t1".into()));
    assert_eq!(two["messages"][2]["content"][0]["tool_use_id"], "t1");
    assert_eq!((&one["system"], &one["tools"]), (&two["system"], &two["tools"]));
    // Its cache is told where the part ends that stays.
    assert!(requests[1].contains("cache_control"));
    let other = Server::always(stream(&[&chunk(r#"{"content":"ok"}"#, r#""stop""#), "[DONE]"]));
    model(Provider::OpenAiChat, &other, patience()).ask(next, &listener).await.expect("it answers");
    let other = other.requests().remove(0);
    assert!(!other.contains("c2lnbmVk") && other.contains(r#""tool_call_id":"t1""#), "{other}");
}

#[tokio::test]
async fn who_is_busy_is_asked_again() {
    let count = Arc::new(AtomicUsize::new(0));
    let asked_before = Arc::clone(&count);
    let server = Server::start(move |_, stream| {
        let body = r#"{"error":{"message":"slow down","type":"rate_limit_error"}}"#;
        let text = match asked_before.fetch_add(1, Ordering::Relaxed) {
            0 => answer("429 Too Many Requests\r\nRetry-After: 0", body),
            _ => self::stream(&[&chunk(r#"{"content":"now"}"#, r#""stop""#), "[DONE]"]),
        };
        _ = stream.write_all(text.as_bytes());
    });
    let (reply, heard) = asked(Provider::OpenAiChat, &server, patience()).await;
    assert_eq!(reply.expect("it answers").text, "now");
    assert_eq!(heard, ["again in 0ns: it is asked too much: slow down", "now"]);
}

#[tokio::test]
async fn who_wants_to_be_left_alone_for_long_is() {
    let server = Server::always(answer("429 Too Many Requests\r\nRetry-After: 3600", "{}"));
    let failure = failure(&server).await;
    assert_eq!((failure.kind, failure.retry_after), (Kind::Busy, Some(Duration::from_secs(3_600))));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_wrong_key_is_said_so_and_not_shown() {
    let body = format!(r#"{{"error":{{"message":"Incorrect API key provided: {KEY}"}}}}"#);
    let server = Server::always(answer("401 Unauthorized", &body));
    let failure = failure(&server).await;
    assert_eq!(failure.kind, Kind::Key);
    assert_eq!(failure.message, "it does not take the key: Incorrect API key provided: [key]");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn refusals_are_told_in_the_providers_words() {
    let refusals = [
        ("400 Bad Request", r#"{"error":{"message":"too long"}}"#, Kind::Request, "it refuses the request: too long"),
        (
            "404 Not Found",
            r#"{"error":"model m not found"}"#,
            Kind::Unknown,
            "there is no such model or address: model m not found",
        ),
        ("500 Oops", "<html>", Kind::Unavailable, "it has failed: <html>"),
        ("529 Overloaded", "", Kind::Busy, "it is overloaded"),
    ];
    for (status, body, kind, message) in refusals {
        let failure = failure(&Server::always(answer(status, body))).await;
        assert_eq!((failure.kind, failure.message.as_str()), (kind, message));
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_none() {
    let whole = stream(&[&chunk(r#"{"content":"It is"}"#, "null")]);
    // Orderly, in the middle of its length, and before anything.
    let cuts = [whole.clone(), whole[..whole.len() - 20].to_owned(), String::new()];
    for cut in cuts {
        let failure = failure(&Server::always(cut.clone())).await;
        assert!(failure.is_transient(), "{cut}: {failure:?}");
    }
    let code = r#"{"tool_calls":[{"index":0,"id":"c1","function":{"name":"python","arguments":"{\"code\":\"import os\\nos.rem"}}]}"#;
    let server = Server::always(stream(&[&chunk(code, "null"), &chunk("{}", r#""length""#), "[DONE]"]));
    let reply = asked(Provider::OpenAiChat, &server, patience()).await.0.expect("it answers");
    // What is there of the code is not taken for all of it.
    assert_eq!(reply.calls[0].arguments, "{\"code\":\"import os\\nos.rem");
    assert_eq!(reply.stop, Stop::Length);
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error() {
    let events: [&[u8]; 3] =
        [b"data: {\"choices\": [\n\n", b"data: {\"choices\":[{\"delta\":{\"content\":\"\xff\"}}]}\n\n", b"<html>\n\n"];
    for event in events {
        let mut text =
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {}\r\n\r\n", event.len());
        text = text.replace("Connection", "X");
        let server = Server::always([text.as_bytes(), event].concat());
        let failure = failure(&server).await;
        assert_eq!(failure.kind, Kind::Malformed, "{failure:?}");
    }
}

#[tokio::test]
async fn a_call_whose_id_changes_is_one_call_or_two_and_never_half() {
    let piece = |id: &str, name: &str, arguments: &str| {
        chunk(
            &format!(
                r#"{{"tool_calls":[{{"index":0,"id":"{id}","function":{{"name":{name},"arguments":{arguments}}}}}]}}"#
            ),
            "null",
        )
    };
    let server = Server::always(stream(&[
        &piece("c1", r#""python""#, r#""{\"code\":""#),
        &piece("c2", "null", r#""\"1\"}""#),
        &chunk("{}", r#""tool_calls""#),
        "[DONE]",
    ]));
    let reply = asked(Provider::OpenAiChat, &server, patience()).await.0.expect("it answers");
    assert_eq!(reply.calls.len(), 1);
    assert_eq!(reply.calls[0].arguments, r#"{"code":"1"}"#);
}

#[tokio::test]
async fn an_answer_without_end_is_ended() {
    let endless = |wait: u64| {
        move |_: &str, stream: &mut TcpStream| {
            let piece = format!("data: {}\n\n", chunk(&format!(r#"{{"content":"{}"}}"#, "x".repeat(10_000)), "null"));
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
            let mut written = stream.write_all(head.as_bytes());
            while written.is_ok() {
                written = stream.write_all(piece.as_bytes());
                std::thread::park_timeout(Duration::from_millis(wait));
            }
        }
    };
    let long = failure(&Server::start(endless(0))).await;
    assert_eq!((long.kind, long.message.as_str()), (Kind::Endless, "its answer is longer than 1048576 bytes"));
    let slow = Patience { whole: Duration::from_millis(200), attempts: 1, ..patience() };
    let slow = asked(Provider::OpenAiChat, &Server::start(endless(20)), slow).await.0.expect_err("it has no end");
    assert_eq!(slow.kind, Kind::Timeout);
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for_for_ever() {
    let silent = |head: &'static str| {
        Server::start(move |_, stream| {
            _ = stream.write_all(head.as_bytes());
            std::thread::park_timeout(Duration::from_secs(5));
        })
    };
    let moment = Duration::from_millis(50);
    let patience = Patience { begin: moment, idle: moment, attempts: 1, ..patience() };
    for head in ["", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"] {
        let failure = asked(Provider::OpenAiChat, &silent(head), patience).await.0.expect_err("it says nothing");
        assert_eq!(failure.kind, Kind::Timeout);
    }
}

#[tokio::test]
async fn nobody_is_there() {
    let server = Server::always("");
    let mut patience = patience();
    patience.attempts = 1;
    let client = exuvia_tools::HttpClient::default().get().expect("there is a client").clone();
    // The discard port.
    let address = Some("http://127.0.0.1:9");
    let model = RemoteModel::new((Provider::Anthropic, "m"), KEY.to_owned(), address, client, patience);
    let failure = model.ask(request(), &|_| {}).await.expect_err("nobody is there");
    assert_eq!(failure.kind, Kind::Unavailable);
    assert!(failure.message.starts_with("it cannot be reached: "), "{failure}");
    assert!(server.requests().is_empty());
}

#[test]
fn a_key_is_never_shown() {
    let server = Server::always("");
    let model = model(Provider::Gemini, &server, patience());
    assert_eq!(format!("{model:?}"), r#"RemoteModel { name: "gemini/m", .. }"#);
}

#[test]
fn an_address_is_one_of_http() {
    for right in ["http://127.0.0.1:8080/v1", "https://example.org", "http://[::1]:9/"] {
        assert!(is_address(right), "{right}");
    }
    for wrong in
        ["", "not-a-url", "127.0.0.1:8080", "localhost:8080/v1", "ftp://h/", "http://", "http://h/?a=b", "http://h/#a"]
    {
        assert!(!is_address(wrong), "{wrong}");
    }
}
