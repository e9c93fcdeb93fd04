//! What an agent costs: a model whose price is known, of a provider in this process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value as Json, json};

use super::events;
use crate::cli::recorded::Place;
use crate::run;

/// Up to 100,000 tokens of a prompt: $0.10 for a million of them, and $0.50 for a million of a reply's; beyond, five times that.
const MODEL: &str = "anthropic/claude-haiku-5-5";
/// The prompt of each reply, and the reply, in tokens.
const PROMPT: u64 = 40_000;
const REPLY: u64 = 10;
/// What one costs, in millionths of a dollar.
const REPLY_COSTS: u64 = 4_000 + 5;

/// Answers as Anthropic does: with the code of each step, of a subagent's steps or of its caller's.
fn provider(caller: &'static [&str], subagent: &'static [&str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || answer(stream.unwrap(), caller, subagent));
        }
    });
    address
}

fn answer(mut stream: TcpStream, caller: &[&str], subagent: &[&str]) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).unwrap() > 2 {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let request: Json = serde_json::from_slice(&body).unwrap();
    let steps = if request["system"].to_string().contains("A program of another agent") { subagent } else { caller };
    let messages = request["messages"].as_array().unwrap();
    let step = messages.iter().filter(|message| message["role"] == "assistant").count();
    let input = json!({ "code": steps[step] }).to_string();
    let events = [
        json!({ "type": "message_start", "message": { "id": "m", "type": "message", "role": "assistant", "content": [],
            "model": request["model"], "stop_reason": null, "usage": { "input_tokens": PROMPT, "output_tokens": 1 } } }),
        json!({ "type": "content_block_start", "index": 0,
            "content_block": { "type": "tool_use", "id": format!("t{step}"), "name": "python", "input": {} } }),
        json!({ "type": "content_block_delta", "index": 0,
            "delta": { "type": "input_json_delta", "partial_json": input } }),
        json!({ "type": "content_block_stop", "index": 0 }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "tool_use" }, "usage": { "output_tokens": REPLY } }),
        json!({ "type": "message_stop" }),
    ];
    let text: String =
        events.iter().map(|event| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap())).collect();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all((head + &text).as_bytes()).unwrap();
}

fn agent(place: &Place, address: &str, options: &[&str]) -> Vec<Json> {
    let arguments = [&["agent", "do it", "--json", "--model", MODEL, "--model-url", address], options].concat();
    let done = run(place.command(&arguments).env("EXUVIA_MODEL_KEY", "key"), b"");
    assert_eq!(done.status, 0, "{}", done.stderr);
    events(&done.stdout)
}

/// Four prompts of 40,000 tokens are none of 160,000, which would cost five times as much for each.
#[test]
fn what_a_subagent_costs_is_the_sum_of_its_replies() {
    let place = Place::new();
    let address = provider(&["final(task('look').answer)"], &["1", "2", "3", "final(7)"]);
    let told = agent(&place, &address, &["--cost", "0.05"]);
    assert_eq!(told.last().unwrap()["answer"], 7);
    let used: Vec<&Json> = told.iter().filter(|event| event["event"] == "used").collect();
    assert_eq!(used.len(), 1);
    assert_eq!(used[0]["tokens"], json!({ "fresh": 4 * PROMPT, "output": 4 * REPLY }));
    assert_eq!(used[0]["micro_dollars"], 4 * REPLY_COSTS);
}

/// What one subagent has cost, the next one cannot spend: $0.02 are five replies, one of them the caller's, and a last one.
#[test]
fn money_is_shared() {
    let place = Place::new();
    let steps = &["final([[one.answer, one.reason] for one in (task('a'), task('b'))])"];
    let address = provider(steps, &["1", "2", "final(3)", "4"]);
    let told = agent(&place, &address, &["--cost", "0.02"]);
    assert_eq!(told.last().unwrap()["answer"], json!([[3, "done"], ["", "money"]]));
    let used = told.iter().filter(|event| event["event"] == "used").map(|event| &event["micro_dollars"]);
    assert_eq!(used.collect::<Vec<_>>(), [3 * REPLY_COSTS, 2 * REPLY_COSTS]);
}
