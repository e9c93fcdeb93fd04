//! How long is waited, how long a reply may be, and what is not asked again.

use serde_json::json;

use super::*;

fn body(request: &str) -> Json {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// Asks a server once, as a provider that answers with an error, and returns what it was asked.
async fn sent(provider: Provider, window: Window, request: ModelRequest) -> Json {
    let server = Server::always(answer("400 Bad Request", "{}"));
    let model = model(provider, &server, patience()).window(window);
    model.ask(request, &|_| {}).await.expect_err("it refuses");
    body(&server.requests().remove(0))
}

fn asked_by_program(schema: Option<Json>) -> ModelRequest {
    ModelRequest { messages: vec![Arc::new(Message::user(Origin::Program, "hello"))], tool: None, schema, ..request() }
}

/// The date is that of RFC 9110's examples, 784,111,777 s after the beginning of 1970.
#[tokio::test]
async fn who_names_a_date_is_left_alone_until_then() {
    let busy = |headers: &str| Server::always(answer(&format!("429 Too Many Requests\r\n{headers}"), ""));
    let date = "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT";
    let clock = || SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 7_200);
    let server = busy(date);
    let failure = model(Provider::Anthropic, &server, patience()).clock(clock).ask(request(), &|_| {}).await;
    let failure = failure.expect_err("it is busy");
    assert_eq!(failure.retry_after, Some(Duration::from_secs(7_200)));
    assert_eq!(failure.message, "it is asked too much; it wants to be left alone for 120 min");
    assert_eq!(server.requests().len(), 1);
    let (reply, heard) = asked(Provider::OpenAiChat, &busy("retry-after-ms: 2"), patience()).await;
    assert!(reply.is_err());
    assert_eq!(heard, ["again in 2ms: it is asked too much"]);
}

#[tokio::test]
async fn what_does_not_help_is_not_done_again() {
    let quota =
        r#"{"error":{"message":"You exceeded your quota","type":"insufficient_quota","code":"insufficient_quota"}}"#;
    let credit =
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}"#;
    let login = "<html>Log in</html>";
    let json = "200 OK\r\nContent-Type: application/json";
    let cases = [
        ("429 Too Many Requests", quota, Kind::Quota, "the account has nothing left to spend: You exceeded your quota"),
        ("402 Payment Required", "", Kind::Quota, "the account has nothing left to spend"),
        (
            "400 Bad Request",
            credit,
            Kind::Quota,
            "the account has nothing left to spend: Your credit balance is too low",
        ),
        (
            "200 OK\r\nContent-Type: text/html",
            login,
            Kind::Unknown,
            "what answers there is no model: text/html: <html>Log in</html>",
        ),
        (json, r#"{"id":1}"#, Kind::Unknown, r#"what answers there is no model: application/json: {"id":1}"#),
        (json, r#"{"error":{"message":"no such key","code":401}}"#, Kind::Key, "it does not take the key: no such key"),
    ];
    for (status, body, kind, message) in cases {
        let server = Server::always(answer(status, body));
        let failure = failure(&server).await;
        assert_eq!((failure.kind, failure.message.as_str()), (kind, message));
        assert_eq!(server.requests().len(), 1, "{message}");
    }
    // What may help is.
    for (body, kind, message) in [
        (r#"{"error":{"message":"upstream","code":502}}"#, Kind::Unavailable, "it has failed: upstream"),
        (r#"{"error":"not today"}"#, Kind::Unavailable, "it answers with an error: not today"),
    ] {
        let server = Server::always(answer(json, body));
        let failure = failure(&server).await;
        assert_eq!((failure.kind, failure.message.as_str(), server.requests().len()), (kind, message, 2));
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_asked_for_again() {
    let long = chunk(&format!(r#"{{"content":"{}"}}"#, "x".repeat(10_000)), "null");
    let server = Server::always(stream(&vec![long.as_str(); 200]));
    let failure = failure(&server).await;
    assert_eq!((failure.kind, server.requests().len()), (Kind::Endless, 1));
}

#[tokio::test]
async fn a_reply_is_as_long_as_its_owner_says() {
    let said = |context, output| Window { context, output };
    let none = Window::default();
    for (provider, place) in [
        (Provider::Anthropic, "/max_tokens"),
        (Provider::OpenAi, "/max_output_tokens"),
        (Provider::Compatible, "/max_tokens"),
        (Provider::Gemini, "/generationConfig/maxOutputTokens"),
        (Provider::Ollama, "/options/num_predict"),
    ] {
        for (window, expected) in
            [(none, 16_384), (said(None, Some(500)), 500), (said(Some(100_000), Some(2_000)), 2_000)]
        {
            let body = sent(provider, window, request()).await;
            assert_eq!(body.pointer(place), Some(&expected.into()), "{provider:?}: {body}");
        }
    }
    // What was said takes its part of the context; something is always left.
    let mut long = request();
    long.messages = vec![Arc::new(Message::user(Origin::Person, "x".repeat(30_000)))];
    let body = sent(Provider::Ollama, said(Some(16_000), None), long.clone()).await;
    let left = body["options"]["num_predict"].as_u64().unwrap();
    assert!((5_000..6_000).contains(&left), "{left}");
    assert_eq!(body["options"]["num_ctx"], 16_000);
    let body = sent(Provider::Ollama, said(Some(4_000), None), long).await;
    assert_eq!((&body["options"]["num_predict"], &body["options"]["num_ctx"]), (&1_024.into(), &4_000.into()));
    assert_eq!(sent(Provider::Ollama, none, request()).await["options"].get("num_ctx"), None);
}

#[tokio::test]
async fn nothing_is_kept_of_what_is_asked_once() {
    let once = sent(Provider::Anthropic, Window::default(), asked_by_program(None)).await.to_string();
    assert!(!once.contains("cache_control"), "{once}");
    let often = sent(Provider::Anthropic, Window::default(), request()).await.to_string();
    assert!(often.contains("cache_control"), "{often}");
}

#[tokio::test]
async fn a_schema_is_sent_so_that_it_says_the_same() {
    let schema = json!({
        "type": "object", "required": ["name"],
        "properties": { "name": { "type": "string" }, "age": { "type": "integer" } },
    });
    for (provider, place, is_told) in [
        (Provider::Anthropic, "/output_config/format/schema", false),
        (Provider::OpenAi, "/text/format/schema", true),
        (Provider::OpenAiChat, "/response_format/json_schema/schema", true),
        (Provider::Gemini, "/generationConfig/responseJsonSchema", false),
        (Provider::Ollama, "/format", false),
    ] {
        let body = sent(provider, Window::default(), asked_by_program(Some(schema.clone()))).await;
        assert_eq!(body.pointer(place).map(|sent| &sent["required"]), Some(&json!(["name"])), "{provider:?}: {body}");
        assert_eq!(body.to_string().contains("fits this JSON Schema"), is_told, "{provider:?}: {body}");
    }
}

#[tokio::test]
async fn pictures_are_sent_as_what_they_are() {
    for media_type in ["image/png", "image/jpeg", "image/gif", "image/webp"] {
        let content =
            exuvia_core::agent::Content::Image { media_type: media_type.to_owned(), base64: "AAAA".to_owned() };
        let parts = vec![Part { origin: Origin::Program, content }, Part::text(Origin::Program, "What is it?")];
        let request = ModelRequest { messages: vec![Arc::new(Message::User { parts })], ..asked_by_program(None) };
        let body = sent(Provider::Anthropic, Window::default(), request).await;
        assert_eq!(body["messages"][0]["content"][0]["source"]["media_type"], media_type);
    }
}

#[test]
fn what_is_kept_leaves_room_for_a_reply() {
    let kept = |context, output| Window { context, output }.kept();
    // 200,000 - 16,384; three quarters of 32,000; 64,000 - 4,000.
    assert_eq!(kept(Some(200_000), None), Some(183_616));
    assert_eq!((kept(Some(32_000), None), kept(Some(64_000), Some(4_000))), (Some(24_000), Some(60_000)));
    assert_eq!(kept(None, Some(4_000)), None);
    for kept in [0, 1, 20_000, 120_000, u32::MAX / 2] {
        let around = Window::around(kept).kept().unwrap();
        assert!((kept..=kept + 1).contains(&around), "{kept}: {around}");
    }
}
