//! Models over HTTP: a server of npm's that speaks as five providers do (`cargo xtask model-server`).

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value as Json, json};

use super::{events, told};
use crate::cli::recorded::Place;
use crate::{Run, run};

const KEY: &str = "key-of-this-test";

/// The providers, with the path at which each begins.
const PROVIDERS: [(&str, &str); 6] = [
    ("anthropic", ""),
    ("openai", "/v1"),
    ("openai-chat", "/v1"),
    ("gemini", ""),
    ("ollama", ""),
    ("compatible", "/v1"),
];

/// The server, with what it answers.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(place: &Place, fixtures: &Json) -> Self {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/model-server/node_modules/@copilotkit/aimock");
        assert!(script.exists(), "{} is missing\n    hint: `cargo xtask model-server` installs it", script.display());
        let fixtures = place.write("fixtures.json", &fixtures.to_string());
        let mut node = Command::new("node");
        // A script of Node's that was started by another name than its own does nothing.
        node.arg(script.canonicalize().unwrap().join("dist/cli.js")).env("AIMOCK_API_KEYS", KEY);
        node.args(["--port", "0", "--host", "127.0.0.1", "--fixtures", &fixtures, "--strict"]);
        let mut child = node.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening on ") {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "it has ended");
        }
        let address = line.trim().rsplit(' ').next().unwrap().to_owned();
        // What it says else is nobody's concern, and must not fill its pipe.
        std::thread::spawn(move || output.lines().for_each(drop));
        Self { child, address }
    }

    fn agent(&self, place: &Place, (provider, path): (&str, &str), options: &[&str]) -> Run {
        let (model, url) = (format!("{provider}/m"), format!("{}{path}", self.address));
        let arguments = [&["agent", "sum it", "--json", "--model", &model, "--model-url", &url], options].concat();
        run(place.command(&arguments).env("EXUVIA_MODEL_KEY", KEY), b"")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn call(id: &str, code: &str) -> Json {
    json!([{ "id": id, "name": "python", "arguments": { "code": code } }])
}

fn fixtures() -> Json {
    json!({ "fixtures": [
        {
            "match": { "userMessage": "sum it", "hasToolResult": false },
            "response": {
                "content": "First the file.", "reasoning": "It may be dirty.", "reasoningSignature": "c2ln",
                "toolCalls": call("t1", "print(open('/input/numbers').read())"),
                "usage": { "input_tokens": 100, "output_tokens": 20 },
            },
        },
        {
            "match": { "toolResultContains": "35" },
            "response": {
                "toolCalls": call("t2", "final(sum(int(line) for line in open('/input/numbers')))"),
                "usage": { "input_tokens": 150, "output_tokens": 30 },
            },
        },
    ] })
}

#[test]
fn an_agent_works_with_each_provider() {
    let place = Place::new();
    place.write("numbers", "3\n4\n35\n");
    let server = Server::start(&place, &fixtures());
    for provider in PROVIDERS {
        let run = server.agent(&place, provider, &["--input", "numbers"]);
        assert_eq!(run.status, 0, "{provider:?}: {}", run.stderr);
        let events = events(&run.stdout);
        assert_eq!(events.last().unwrap()["answer"], 42, "{provider:?}");
        let replies: Vec<&Json> = events.iter().filter(|event| event["event"] == "replied").collect();
        assert_eq!((replies.len(), &replies[0]["reply"]["text"]), (2, &json!("First the file.")), "{provider:?}");
        // Ollama's tokens are none with this server.
        if provider.0 != "ollama" {
            assert_eq!(replies[0]["reply"]["tokens"], json!({ "fresh": 100, "output": 20 }), "{provider:?}");
        }
        assert!(!run.stdout.contains(KEY) && !run.stderr.contains(KEY));
    }
    // Neither is the key in any journal.
    let exported = place.exuvia(&["session", "show", "--events", &session(&place)]).stdout;
    assert!(exported.contains("exuvia.agent") && !exported.contains(KEY));
}

fn session(place: &Place) -> String {
    let sessions: Json = serde_json::from_str(&place.exuvia(&["session", "list", "--json"]).stdout).unwrap();
    sessions[0]["session"].as_str().unwrap().to_owned()
}

#[test]
fn an_agent_goes_on_with_another_provider() {
    let place = Place::new();
    place.write("numbers", "3\n4\n35\n");
    let server = Server::start(&place, &fixtures());
    let first = server.agent(&place, PROVIDERS[0], &["--input", "numbers", "--session", "it"]);
    assert_eq!(first.status, 0, "{}", first.stderr);
    let url = format!("{}/v1", server.address);
    let fork = ["agent", "--fork", "it@1", "--model", "openai/other", "--model-url", &url, "--json"];
    let run = run(place.command(&fork).env("EXUVIA_MODEL_KEY", KEY), b"");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let asked: Vec<Json> = events(&run.stdout).into_iter().filter(|event| event["event"] == "asked").collect();
    assert_eq!(asked, [json!({ "event": "asked", "model": "openai/other" })]);
    assert_eq!(events(&run.stdout).pop().unwrap()["answer"], 42);
}

#[test]
fn a_provider_that_is_busy_cut_off_or_slow() {
    let place = Place::new();
    place.write("numbers", "3\n4\n35\n");
    let mut all = fixtures();
    let list = all["fixtures"].as_array_mut().unwrap();
    let first = list[0].clone();
    let fault = |fault: Json| {
        let mut fixture = first.clone();
        fixture.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
        fixture["match"]["sequenceIndex"] = json!(0);
        fixture
    };
    let cases = [
        json!({ "response": { "error": { "message": "slow down", "type": "rate_limit_error" }, "status": 429, "retryAfter": 0 } }),
        json!({ "truncateAfterChunks": 2, "latency": 5 }),
        json!({ "response": { "error": { "message": "overloaded", "type": "overloaded_error" }, "status": 529 } }),
    ];
    for case in cases {
        let mut all = json!({ "fixtures": [fault(case.clone())] });
        all["fixtures"].as_array_mut().unwrap().extend(list.clone());
        for provider in [PROVIDERS[0], PROVIDERS[2]] {
            let server = Server::start(&place, &all);
            let run = server.agent(&place, provider, &["--input", "numbers"]);
            assert_eq!(run.status, 0, "{case} {provider:?}: {}", run.stderr);
            assert_eq!(events(&run.stdout).pop().unwrap()["answer"], 42);
        }
    }
    let slow = json!({ "streamingProfile": { "ttft": 300, "tps": 200 } });
    let mut fixture = first.clone();
    fixture.as_object_mut().unwrap().extend(slow.as_object().unwrap().clone());
    list[0] = fixture;
    let server = Server::start(&place, &all);
    let run = server.agent(&place, PROVIDERS[0], &["--input", "numbers"]);
    assert_eq!((run.status, told(&run.stdout).len()), (0, 4), "{}", run.stderr);
}

#[test]
fn a_wrong_key_is_said_so() {
    let place = Place::new();
    let server = Server::start(&place, &fixtures());
    let url = server.address.clone();
    let arguments = ["agent", "sum it", "--model", "anthropic/m", "--model-url", &url, "--session", "it"];
    let run = run(place.command(&arguments).env("EXUVIA_MODEL_KEY", "sk-another-key"), b"");
    assert_eq!((run.status, run.stdout.as_str()), (125, ""));
    let end = "error: the model gave no answer: it does not take the key: Invalid API key\n    hint: look at the key in the \
               environment: see `exuvia agent --help`\n";
    assert!(run.stderr.ends_with(end), "{}", run.stderr);
    // With the right one it goes on.
    place.write("numbers", "");
    let again = ["agent", "--resume", "it", "--json"];
    let run = crate::run(place.command(&again).env("EXUVIA_MODEL_KEY", KEY), b"");
    assert!(run.stdout.contains("First the file."), "{}", run.stderr);
}

/// A key may come from a program that the configuration names.
#[test]
fn a_program_may_have_the_key() {
    let place = Place::new();
    place.write("numbers", "3\n4\n35\n");
    place.write("key", &format!("{KEY}\n"));
    let server = Server::start(&place, &fixtures());
    let model =
        format!("[models.m]\nmodel = 'anthropic/m'\nurl = '{}'\nkey_command = ['cat', 'key']\n", server.address);
    place.write("exuvia.toml", &model);
    let arguments = ["agent", "sum it", "--json", "--model", "m", "--config", "exuvia.toml", "--input", "numbers"];
    let done = place.exuvia(&arguments);
    assert_eq!(events(&done.stdout).pop().unwrap()["answer"], 42, "{}", done.stderr);
}

/// Where a provider says that it cannot read so much, the conversation is left out but for what is known of it.
#[test]
fn what_is_too_long_for_a_provider_is_left_out() {
    let place = Place::new();
    place.write("numbers", "3\n4\n35\n");
    let mut all = fixtures();
    let list = all["fixtures"].as_array_mut().unwrap();
    let said = "prompt is too long: 210113 tokens > 200000 maximum";
    list[1]["response"] = json!({ "error": { "message": said, "type": "invalid_request_error" }, "status": 400 });
    let code = "final(sum(int(line) for line in open('/input/numbers')))";
    let anew = json!({ "match": { "userMessage": "was left out" }, "response": { "toolCalls": call("t9", code) } });
    list.insert(0, anew);
    let server = Server::start(&place, &all);
    for provider in [PROVIDERS[0], PROVIDERS[2]] {
        let done = server.agent(&place, provider, &["--input", "numbers"]);
        assert_eq!(done.status, 0, "{provider:?}: {}", done.stderr);
        let told = events(&done.stdout);
        assert_eq!(told.iter().filter(|event| event["event"] == "compacted").count(), 1, "{provider:?}");
        assert_eq!(told.last().unwrap()["answer"], 42, "{provider:?}");
    }
}
