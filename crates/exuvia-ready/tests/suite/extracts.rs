//! `extract`.

use std::future::ready;
use std::sync::{Arc, Mutex};

use exuvia_core::ToolFailure;
use exuvia_core::ToolFailureKind::{Argument, Denied, Failed, Limit};
use exuvia_tools::{Inference, InferenceFuture, Toolbox};
use serde_json::{Value as Json, json};

use super::server::{Server, answer};
use super::{call, told, tools};

/// A model that finds the numbers behind `No.` in what it is told, and adds those that were found.
#[derive(Default)]
struct Counter(Mutex<Vec<(String, Option<Json>)>>);

impl Inference for Counter {
    fn infer(&self, prompt: String, schema: Option<Json>) -> InferenceFuture {
        self.0.lock().unwrap().push((prompt.clone(), schema));
        let numbers = |text: &str, sign: &str| -> u64 {
            text.split(sign)
                .skip(1)
                .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u64>().ok())
                .sum()
        };
        let answer = match prompt.split_once("<answers>") {
            Some((_, answers)) => json!({ "sum": numbers(answers, "\"sum\":") }),
            None if prompt.contains("fails") => return Box::pin(ready(Err(ToolFailure::failed("no model today")))),
            None => match numbers(&prompt, "No. ") {
                0 => json!({ "found": false, "answer": null }),
                sum => json!({ "found": true, "answer": { "sum": sum } }),
            },
        };
        Box::pin(ready(Ok(answer)))
    }
}

fn extractor(more: &str) -> (Toolbox, Arc<Counter>) {
    let model = Arc::new(Counter::default());
    let text = format!("[tools.extract]\nready = 'extract'\n{more}");
    (tools(&text, Some(Arc::clone(&model) as Arc<dyn Inference>)).unwrap(), model)
}

fn schema() -> Json {
    json!({ "type": "object", "properties": { "sum": { "type": "integer" } }, "required": ["sum"] })
}

#[test]
fn a_short_text_is_asked_about_once() {
    let (toolbox, model) = extractor("");
    let arguments = json!({ "text_or_url": "No. 4 and No. 5", "question": "How many?", "schema": schema() });
    assert_eq!(call(&toolbox, "extract", &arguments).unwrap(), json!({ "sum": 9 }));
    let asked = model.0.lock().unwrap();
    let [(prompt, Some(given))] = &asked[..] else { panic!("{asked:?}") };
    assert!(prompt.starts_with("How many?\n\n") && prompt.ends_with("<text>\nNo. 4 and No. 5\n</text>"), "{prompt}");
    assert!(!prompt.contains("part 1"), "{prompt}");
    assert_eq!(given["properties"]["answer"]["anyOf"], json!([schema(), { "type": "null" }]));
}

#[test]
fn a_long_text_is_read_in_parts_that_are_put_together() {
    let (toolbox, model) = extractor("chunk_tokens = 200\n");
    let lines: String =
        (1..=40).map(|number| format!("{}\n\nThis is No. {number}.\n\n", "Nothing in here. ".repeat(20))).collect();
    let arguments = json!({ "text_or_url": lines, "question": "How many?", "schema": schema() });
    assert_eq!(call(&toolbox, "extract", &arguments).unwrap(), json!({ "sum": 820 }));
    let asked = model.0.lock().unwrap();
    let parts: Vec<&str> = asked
        .iter()
        .filter_map(|(prompt, _)| Some(prompt.split_once("<text>\n")?.1.strip_suffix("\n</text>").unwrap()))
        .collect();
    assert!((10..=100).contains(&parts.len()), "{}", parts.len());
    assert_eq!(parts.concat(), lines);
    let merges: Vec<_> = asked.iter().filter(|(prompt, _)| prompt.contains("<answers>")).collect();
    assert!(!merges.is_empty() && merges.iter().all(|(_, given)| *given == Some(schema())));
}

#[test]
fn a_page_is_fetched() {
    let page = "<title>T</title><p>No. 7 is on this page, and a few words more are there to be read.</p>";
    let server = Server::always(answer("200 OK\r\nContent-Type: text/html", page));
    let (toolbox, model) = extractor("hosts = ['127.0.0.1']\n");
    let arguments = json!({ "text_or_url": server.url("/p"), "question": "How many?" });
    assert_eq!(call(&toolbox, "extract", &arguments).unwrap(), json!({ "sum": 7 }));
    assert!(model.0.lock().unwrap()[0].0.contains(&format!("source: {}\n", server.url("/p"))));
    let (toolbox, _) = extractor("");
    assert_eq!(told(call(&toolbox, "extract", &arguments)), (Denied, "extract() may fetch no pages".to_owned()));
    let (toolbox, _) = extractor("hosts = ['docs.example.org']\n");
    assert_eq!(told(call(&toolbox, "extract", &arguments)).0, Denied);
}

#[test]
fn what_is_not_there_is_none() {
    let (toolbox, _) = extractor("chunk_tokens = 200\n");
    for text in ["", "Nothing.", &"Nothing. ".repeat(500)] {
        let arguments = json!({ "text_or_url": text, "question": "How many?" });
        assert_eq!(call(&toolbox, "extract", &arguments).unwrap(), Json::Null);
    }
    let arguments = json!({ "text_or_url": "x", "question": "It fails" });
    assert_eq!(told(call(&toolbox, "extract", &arguments)), (Failed, "no model today".to_owned()));
    let long = json!({ "text_or_url": "word ".repeat(50_000), "question": "How many?" });
    let message = "the text has 101 parts or more of 200 tokens, the limit is 100";
    assert_eq!(told(call(&toolbox, "extract", &long)), (Limit, message.to_owned()));
    let without = tools("[tools.extract]\nready = 'extract'\n", None).unwrap();
    assert_eq!(told(call(&without, "extract", &arguments)).1, "extract() needs a model, and there is none here");
    let wrong = tools("[tools.extract]\nready = 'extract'\nchunk_tokens = 10\n", None).unwrap_err();
    assert!(wrong.ends_with("`chunk_tokens` is 10, it must be 200 to 100000"), "{wrong}");
}

#[test]
fn where_there_is_nothing_to_read_nobody_is_asked() {
    let (toolbox, model) = extractor("");
    for text in ["", " \n\t"] {
        let arguments = json!({ "text_or_url": text, "question": "How many?" });
        assert_eq!(call(&toolbox, "extract", &arguments).unwrap(), Json::Null);
    }
    // Nor with a schema that is none.
    for schema in [json!({ "type": "nonsense" }), json!({ "$ref": "#/$defs/nowhere" }), json!(true), json!("x")] {
        let arguments = json!({ "text_or_url": "No. 4", "question": "How many?", "schema": schema });
        let (kind, message) = told(call(&toolbox, "extract", &arguments));
        assert_eq!(kind, Argument, "{message}");
        assert!(message.starts_with("extract() argument 'schema': "), "{message}");
    }
    assert!(model.0.lock().unwrap().is_empty());
}

#[test]
fn a_part_that_was_not_read_is_told_beside_what_was_found() {
    let (toolbox, _) = extractor("chunk_tokens = 200\n");
    let filler = "Nothing in here. ".repeat(60);
    let text = format!("This is No. 4.\n\n{filler}\n\nThis one fails.\n\n{filler}\n\nThis is No. 5.\n\n{filler}");
    let arguments = json!({ "text_or_url": text, "question": "How many?", "schema": schema() });
    let failure = call(&toolbox, "extract", &arguments).unwrap_err();
    assert_eq!(failure.kind, Failed);
    assert!(failure.message.starts_with("1 of "), "{failure}");
    assert!(
        failure.message.contains(" parts could not be read: part ") && failure.message.ends_with(": no model today")
    );
    assert_eq!(failure.hint.as_deref(), Some(r#"found in other parts: {"sum":4} {"sum":5}"#));
}
