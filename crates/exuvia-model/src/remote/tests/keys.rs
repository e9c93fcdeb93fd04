//! Providers that repeat the key.

use super::*;

/// Returns whether anything of the key is in a text that is no matter of chance.
fn has_key(text: &str) -> bool {
    text.contains(&KEY[..4])
}

#[tokio::test]
async fn a_key_is_taken_out_before_a_message_is_cut() {
    for before in [0, 270, 278, 285, 290, 299, 300] {
        let said = format!("{} Bearer {KEY} is not known", "y".repeat(before));
        let body = serde_json::json!({ "error": { "message": said } }).to_string();
        for body in [body, said] {
            let failure = failure(&Server::always(answer("401 Unauthorized", &body))).await;
            assert!(!has_key(&failure.message), "{before}: {failure}");
            assert!(before > 0 || failure.message.ends_with(" Bearer [key] is not known"), "{failure}");
        }
    }
    let events = format!("data: {{\"error\": \"{KEY}\"\n\n");
    let failure = failure(&Server::always(answer("200 OK\r\nContent-Type: text/event-stream", &events))).await;
    assert!(!has_key(&failure.message), "{failure}");
    let page = failure_of_page(&format!("{}{KEY}", "y".repeat(290))).await;
    assert!(!has_key(&page.message), "{page}");
}

async fn failure_of_page(page: &str) -> ModelFailure {
    failure(&Server::always(answer("200 OK\r\nContent-Type: text/html", page))).await
}

#[tokio::test]
async fn a_key_is_taken_out_of_an_answer() {
    for cut in 1..KEY.len() {
        let (first, rest) = KEY.split_at(cut);
        let call = |arguments: &str| {
            let arguments = Json::from(arguments);
            format!(
                r#"{{"tool_calls":[{{"index":0,"id":"c1","type":"function","function":{{"name":"python","arguments":{arguments}}}}}]}}"#
            )
        };
        let server = Server::always(stream(&[
            &chunk(&format!(r#"{{"content":"Yours is {first}"}}"#), "null"),
            &chunk(&format!(r#"{{"content":"{rest}, is it"}}"#), "null"),
            &chunk(&call(&format!(r#"{{"code":"print('{first}"#)), "null"),
            &chunk(&call(&format!(r#"{rest}')"}}"#)), "null"),
            &chunk("{}", r#""tool_calls""#),
            "[DONE]",
        ]));
        let heard = Mutex::new(String::new());
        let listener = |delta: Delta<'_>| match delta {
            Delta::Text(text) | Delta::Arguments(text) | Delta::Reasoning(text) => heard.lock().unwrap().push_str(text),
            Delta::Again { failure, .. } => panic!("{failure}"),
        };
        let reply =
            model(Provider::OpenAiChat, &server, patience()).ask(request(), &listener).await.expect("it answers");
        assert_eq!(reply.text, "Yours is [key], is it");
        assert_eq!(reply.calls[0].arguments, r#"{"code":"print('[key]')"}"#);
        // What may be the beginning of a key is told where nothing follows that makes it one.
        assert_eq!(*heard.lock().unwrap(), r#"Yours is [key], is it{"code":"print('[key]')"}"#);
        let kept = serde_json::to_string(&reply).unwrap();
        assert!(kept.contains("Yours is [key]") && !kept.contains(first.get(..8).unwrap_or(rest)), "{kept}");
    }
}

#[tokio::test]
async fn a_beginning_that_is_no_key_is_told() {
    let server = Server::always(stream(&[
        &chunk(r#"{"content":"ask a sk-sec"}"#, "null"),
        &chunk(r#"{"content":"tion, and yes"}"#, r#""stop""#),
        "[DONE]",
    ]));
    let (reply, heard) = asked(Provider::OpenAiChat, &server, patience()).await;
    assert_eq!(reply.expect("it answers").text, "ask a sk-section, and yes");
    assert_eq!(heard, ["ask a ", "sk-section, and ye", "s"]);
}
