//! `search_web`.

use exuvia_core::ToolFailureKind::Failed;
use serde_json::json;

use super::server::{Server, answer};
use super::{call, told, tools};

fn searcher(server: &Server, more: &str) -> exuvia_tools::Toolbox {
    let url = server.url("/search?format=json");
    tools(&format!("[tools.search_web]\nready = 'search_web'\nurl = '{url}'\n{more}"), None).unwrap()
}

#[test]
fn engines_of_several_kinds_are_asked() {
    // As SearXNG, Brave and a service that is asked with POST say it.
    let searx =
        r#"{"results": [{"title": "Tides", "url": "https://a.example/", "content": "Twice a day.", "score": 1}]}"#;
    let brave =
        r#"{"web": {"results": [{"title": "Tides", "url": "https://a.example/", "description": "Twice a day."}]}}"#;
    let other =
        r#"[{"name": "Tides", "link": "https://a.example/", "snippet": "Twice a day."}, {"name": "no address"}, 3]"#;
    let expected = json!([{ "title": "Tides", "url": "https://a.example/", "text": "Twice a day." }]);
    for (body, more, line) in [
        (searx, "query = { q = '{query}' }\npick = '/results'\n", "GET /search?format=json&q=high%20tide%26x"),
        (
            brave,
            "query = { q = '{query}' }\npick = '/web/results'\nheaders = { X-Key = '${secret:KEY}' }\n",
            "GET /search?format=json&q=high%20tide%26x",
        ),
        (other, "method = 'POST'\nbody = { query = '{query}', max = 5 }\n", "POST /search?format=json"),
    ] {
        let server = Server::always(answer("200 OK\r\nContent-Type: application/json", body));
        let toolbox = searcher(&server, more);
        assert_eq!(call(&toolbox, "search_web", &json!({ "query": "high tide&x" })).unwrap(), expected);
        let request = &server.requests()[0];
        assert!(request.starts_with(line), "{request}");
        assert_eq!(more.contains("KEY"), request.contains("x-key: s3cr3t-of-the-host"));
        assert!(toolbox.declarations()[0].read_only);
        if more.contains("POST") {
            assert!(request.ends_with(r#"{"query":"high tide&x","max":5}"#), "{request}");
        }
    }
}

#[test]
fn what_is_found_is_bounded() {
    let many: Vec<_> =
        (0..50).map(|number| json!({ "url": format!("https://a/{number}"), "text": "t".repeat(5_000) })).collect();
    let server = Server::always(answer("200 OK", &json!(many).to_string()));
    let found =
        call(&searcher(&server, "query = { q = '{query}' }\n"), "search_web", &json!({ "query": "x" })).unwrap();
    let found = found.as_array().unwrap();
    assert_eq!(
        (found.len(), found[0]["text"].as_str().unwrap().len(), &found[19]["url"]),
        (20, 1_000, &json!("https://a/19"))
    );
}

#[test]
fn what_goes_wrong_is_told() {
    let server = Server::always(answer("200 OK", r#"{"results": {}}"#));
    let toolbox = searcher(&server, "query = { q = '{query}' }\n");
    let outcome = call(&toolbox, "search_web", &json!({ "query": "x" }));
    assert_eq!(told(outcome), (Failed, "the search engine's answer is no list".to_owned()));
    let section = "[tools.t]\nready = 'search_web'\n";
    for (text, problem) in [
        (section.to_owned(), "it has no `url`: name the search engine's, with `{query}` where that goes"),
        (
            format!("{section}url = 'http://a/'\n"),
            "its parameter `query` is used nowhere: put `{query}` where it belongs, or remove it",
        ),
        (
            format!("{section}url = 'http://a/{{query}}'\nhosts = ['a']\n"),
            "`hosts` says nothing to `search_web`: remove it",
        ),
    ] {
        assert_eq!(tools(&text, None).unwrap_err(), format!("exuvia.toml:1: `tools.t`: {problem}"));
    }
}
