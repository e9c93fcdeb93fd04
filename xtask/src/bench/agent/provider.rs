//! What a provider is sent: how much of each request was in the one before, so that the provider need not read it again.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use exuvia_agent::Agent;
use exuvia_model::{Patience, Provider, RemoteModel};
use exuvia_tools::HttpClient;
use serde_json::json;

use super::{arguments, done, home, store, task};
use crate::bench::journal::{Place, World};
use crate::bench::report::{OURS, Row};

/// The row.
pub(in crate::bench) const PREFIX: &str = "of a request that was in the one before";

/// How many steps are looked at.
const STEPS: usize = 50;
/// How the requests of one provider begin, and in which form it answers.
const WIRES: [(Provider, &str); 2] = [(Provider::Anthropic, ""), (Provider::OpenAiChat, "/v1")];

pub(super) fn measure(runtime: &tokio::runtime::Runtime, world: &World, place: &Place) -> Result<Vec<Row>> {
    let mut least = f64::INFINITY;
    for (provider, path) in WIRES {
        let server = Server::start(provider)?;
        let client = HttpClient::default();
        let client = client.get().map_err(|failure| anyhow::anyhow!(failure.message))?.clone();
        let address = format!("{}{path}", server.address);
        let model = RemoteModel::new((provider, "m"), "key".to_owned(), Some(&address), client, Patience::default());
        let name = format!("wire-{}", provider.name());
        let home = home(world, store(place, &name)?, Arc::new(model));
        let mut agent = runtime.block_on(Agent::open(home, world.opening(&name)?))?;
        agent.begin(&task())?;
        done(&runtime.block_on(agent.run(&|_| {}))?)?;
        let requests = server.requests.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(requests.len() == STEPS + 1, "there were {} requests", requests.len());
        let (mut same, mut all) = (0, 0);
        for pair in requests.windows(2) {
            same += same_bytes(&pair[0], &pair[1]);
            all += pair[0].len();
        }
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let share = same as f64 / all as f64 * 100.0;
        least = least.min(share);
    }
    let mut row = Row::new("agent", PREFIX, "%");
    row.set(OURS, least);
    Ok(vec![row])
}

/// Returns how many bytes of a request are there again in the next one: at its beginning, and at its end, where parameters
/// stand that follow the messages.
fn same_bytes(before: &[u8], after: &[u8]) -> usize {
    let head = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let rest = before.len().min(after.len()) - head;
    let tail = before.iter().rev().zip(after.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
    head + tail
}

/// A server that speaks as a provider does.
struct Server {
    address: String,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Server {
    fn start(provider: Provider) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("there is no port")?;
        let address = format!("http://{}", listener.local_addr()?);
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        // It ends with the process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Whoever cannot be answered has gone.
                let _gone = answer(provider, stream, &log);
            }
        });
        Ok(Self { address, requests })
    }
}

fn answer(provider: Provider, mut stream: TcpStream, log: &Mutex<Vec<Vec<u8>>>) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line)? > 0 && line != "\r\n" {
        if let Some(text) = line.to_lowercase().strip_prefix("content-length: ") {
            length = text.trim().parse()?;
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let step = {
        let mut requests = log.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(body);
        requests.len() - 1
    };
    let events = match provider {
        Provider::Anthropic => anthropic(step),
        _ => chat(step),
    };
    let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close";
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
    Ok(())
}

fn anthropic(step: usize) -> Vec<String> {
    let message = json!({ "id": "m", "type": "message", "role": "assistant", "model": "m", "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": { "input_tokens": 10, "output_tokens": 1 } });
    let (block, delta, stop) = if step < STEPS {
        let arguments = arguments(u32::try_from(step).unwrap_or_default());
        (
            json!({ "type": "tool_use", "id": format!("t{step}"), "name": "python", "input": {} }),
            json!({ "type": "input_json_delta", "partial_json": arguments }),
            "tool_use",
        )
    } else {
        (json!({ "type": "text", "text": "" }), json!({ "type": "text_delta", "text": "done" }), "end_turn")
    };
    let events = [
        json!({ "type": "message_start", "message": message }),
        json!({ "type": "content_block_start", "index": 0, "content_block": block }),
        json!({ "type": "content_block_delta", "index": 0, "delta": delta }),
        json!({ "type": "content_block_stop", "index": 0 }),
        json!({ "type": "message_delta", "delta": { "stop_reason": stop, "stop_sequence": null }, "usage": { "output_tokens": 9 } }),
        json!({ "type": "message_stop" }),
    ];
    events.iter().map(ToString::to_string).collect()
}

fn chat(step: usize) -> Vec<String> {
    let chunk = |delta: serde_json::Value, finish: Option<&str>| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
        json!({ "id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice] })
            .to_string()
    };
    let (delta, finish) = if step < STEPS {
        let function = json!({ "name": "python", "arguments": arguments(u32::try_from(step).unwrap_or_default()) });
        let call = json!({ "index": 0, "id": format!("t{step}"), "type": "function", "function": function });
        (json!({ "role": "assistant", "tool_calls": [call] }), "tool_calls")
    } else {
        (json!({ "role": "assistant", "content": "done" }), "stop")
    };
    vec![chunk(delta, None), chunk(json!({}), Some(finish)), "[DONE]".to_owned()]
}
