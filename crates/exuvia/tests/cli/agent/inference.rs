//! `llm`: what a program asks a model, and what comes back.

use serde_json::{Value as Json, json};

use super::{answer, events};
use crate::cli::recorded::Place;

/// A reply with code that tries calls of `llm`, and gives what each returns or raises.
fn tries(calls: &[&str]) -> String {
    let calls: Vec<String> = calls.iter().map(|call| format!("lambda: {call}")).collect();
    let code = format!(
        "S = {{'type': 'object', 'properties': {{'n': {{'type': 'integer'}}}}, 'required': ['n']}}\nseen = []\n\
         for call in [{}]:\n    try: seen.append(call())\n    \
         except Exception as error: seen.append(f'{{type(error).__name__}}: {{error}}')\nfinal(seen)",
        calls.join(", ")
    );
    format!("code = {}\n", json!(code))
}

fn inference(prompt: &str, text: &str, more: &str) -> String {
    format!("[[inference]]\nprompt = {}\ntext = {}\ntokens = {{ fresh = 1 }}\n{more}\n", json!(prompt), json!(text))
}

/// Returns what the calls gave, and how often the model was asked for it.
fn tried(calls: &[&str], inferences: &[String]) -> (Vec<String>, usize) {
    let place = Place::new();
    let script = [tries(calls), inferences.concat()].concat();
    let run = super::agent(&place, &[&script], &["--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let events = events(&run.stdout);
    let seen = events.last().unwrap()["answer"].as_array().unwrap().iter().map(|one| match one {
        Json::String(text) => text.clone(),
        value => value.to_string(),
    });
    (seen.collect(), events.iter().filter(|event| event["event"] == "used").count())
}

#[test]
fn an_answer_fits_its_schema() {
    let calls =
        ["llm('plain', schema=S)", "llm('fenced', schema=S)", "llm('late', schema=S)", "llm('never', schema=S)"];
    let inferences = [
        inference("plain", r#"{"n": 1}"#, ""),
        inference("fenced", "Here it is:\n```json\n{\"n\": 2}\n```\n", ""),
        inference("late", r#"{"n": "three"}"#, ""),
        inference("never", "I would rather not.", ""),
        // What it is told of its fault, and the schema again.
        inference("does not fit: 'n': expected an integer, got 'three' (str). ", r#"{"n": 3}"#, ""),
        inference(
            r#"it is no JSON: I would rather not.. Answer again, with JSON alone that fits this schema:
{"type":"object""#,
            r#"{"m": 4}"#,
            "",
        ),
    ];
    let expected = [
        r#"{"n":1}"#,
        r#"{"n":2}"#,
        r#"{"n":3}"#,
        "ToolError: the model's answer does not fit the schema: missing 'n'",
    ];
    let (seen, asked) = tried(&calls, &inferences);
    assert_eq!((&seen[..], asked), (&expected.map(str::to_owned)[..], 6));
}

#[test]
fn half_an_answer_is_none() {
    let calls = ["llm('long')", "llm('long', schema=S)", "llm('no')", "llm('odd')", "llm('mute')"];
    let inferences = [
        inference("long", r#"{"n": 1}"#, "stop = 'length'"),
        inference("no", "That is not for me.", "stop = 'refused'"),
        inference("odd", "all of it", "stop = { other = 'eos' }"),
        inference("mute", "", "stop = { other = 'eos' }"),
    ];
    let (seen, asked) = tried(&calls, &inferences);
    let cut = "ToolError: the model's answer was cut off: it is longer than it may be";
    assert!(seen[..2].iter().all(|one| one.starts_with(cut)), "{seen:?}");
    let refused = "ToolError: the model refuses to answer: That is not for me.";
    assert_eq!(seen[2..], [refused, "all of it", "ToolError: the model said nothing, and ended with \"eos\""]);
    assert_eq!(asked, 5);
}

#[test]
fn what_is_no_schema_is_not_asked_for() {
    let calls = [
        "llm('x', schema='x')",
        "llm('x', schema=True)",
        "llm('x', schema={'type': 'nonsense'})",
        "llm('x', schema={'type': 'object', 'properties': {'a': {'type': 'nonsense'}}})",
        "llm('x', schema={'$ref': '#/$defs/nowhere'})",
    ];
    let (seen, asked) = tried(&calls, &[inference("x", "{}", "")]);
    assert_eq!(asked, 0);
    assert!(seen.iter().all(|one| one.starts_with("TypeError: llm() argument 'schema': ")), "{seen:?}");
    let got = |value: &str| format!("TypeError: llm() argument 'schema': expected None or a dict, got {value}");
    assert_eq!(seen[..2], [got("'x' (str)"), got("True (bool)")]);
    assert!(seen[3].contains("`properties.a.type`: "), "{}", seen[3]);
}

#[test]
fn pictures_are_known_by_how_they_begin() {
    let calls = [
        "llm('see', images=[b'\\x89PNG', b'\\xff\\xd8\\xff', b'GIF89a', b'RIFF\\0\\0\\0\\0WEBP'], files={'a.gif': b'GIF87a'})",
        "llm('see', images=[b'\\x89PNG', b'BM\\0\\0'])",
        "llm('see', images=[b'RIFF\\0\\0\\0\\0WAVE'])",
    ];
    let (seen, asked) = tried(&calls, &[inference("see", "five", "")]);
    let wrong = |index: u32| {
        format!("TypeError: llm() argument 'images[{index}]': expected the bytes of a PNG, JPEG, GIF or WebP file")
    };
    assert_eq!((seen, asked), (vec!["five".to_owned(), wrong(1), wrong(0)], 1));
}

/// A model that is asked in vain is no reason for the run to end.
#[test]
fn a_fault_can_be_dealt_with() {
    let place = Place::new();
    let code = "code = \"llm('x', schema={'type': 'object', 'required': ['a']})\"\n";
    let next =
        format!("expect = [\"does not fit the schema: missing 'a'\"]\ntext = 'sorry'\n{}", inference("", "{}", ""));
    assert_eq!(answer(&place, &[code, &next], &[]), (0, json!("sorry")));
}
