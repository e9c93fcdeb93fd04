//! `exuvia mcp --http` with many clients: sessions that all work at the same time, and more of them of which most are put
//! away.
//!
//! Each session counts, and each answer is compared with what its client has counted: an answer of another session, or of
//! an earlier state of this one, would be another number.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::journal::Place;
use super::report::{OURS, Row};
use super::{launch, statistics};
use crate::{image, tools};

/// How many clients work at the same time.
const CLIENTS: u32 = 200;
/// The row of calls that failed, or were answered with what is not theirs. Such a client goes.
pub(super) const ERRORS: &str = "200 HTTP sessions, errors";
/// How many sessions have a sandbox while all of these work.
const AWAKE_ALL: u32 = 256;
/// How many have one where most are put away.
const AWAKE_FEW: u32 = 64;
/// By how many clients those are begun.
const BEGINNERS: u32 = 8;
/// How many of them come back.
const BACK: usize = 200;

/// How much is measured.
#[derive(Clone, Copy)]
pub(super) struct Load {
    /// For how long all clients work.
    pub(super) time: Duration,
    /// How many sessions there are where most are put away.
    pub(super) sessions: u32,
}

/// Measures both.
pub(super) fn measure(load: Load) -> Result<Vec<Row>> {
    let mut rows = busy(load.time)?;
    rows.extend(put_away(load.sessions)?);
    Ok(rows)
}

/// Each client calls again as soon as it has an answer.
fn busy(time: Duration) -> Result<Vec<Row>> {
    tools::say(&format!("{CLIENTS} sessions over HTTP for {} s", time.as_secs()));
    let server = Server::start(AWAKE_ALL)?;
    let begin = |_| Client::begin(&server.address);
    let mut clients = (0..CLIENTS).map(begin).collect::<Result<Vec<_>>>()?;
    // What a session needs it has by its second call.
    clients.iter_mut().try_for_each(Client::count)?;
    let before = server.memory()?;
    let until = Instant::now() + time;
    let counted = thread::scope(|scope| {
        let count = |mut client: Client| {
            scope.spawn(move || {
                let mut times = Vec::new();
                while Instant::now() < until {
                    let started = Instant::now();
                    client.count()?;
                    times.push(started.elapsed().as_secs_f64());
                }
                anyhow::Ok(times)
            })
        };
        let running: Vec<_> = clients.into_iter().map(count).collect();
        running.into_iter().map(|client| client.join().expect("a client does not panic")).collect::<Vec<_>>()
    });
    let errors = counted.iter().filter(|times| times.is_err()).count();
    for error in counted.iter().filter_map(|times| times.as_ref().err()) {
        tools::say(&format!("  {error:#}"));
    }
    let mut times: Vec<f64> = counted.into_iter().flatten().flatten().collect();
    ensure!(!times.is_empty(), "no call was answered");
    let name = |what: &str| format!("{CLIENTS} HTTP sessions, {what}");
    Ok(vec![
        row(&name("calls"), "1/s", times.len() as f64 / time.as_secs_f64()),
        row(&name("median"), "ms", statistics::median(&mut times) * 1e3),
        row(&name("p99"), "ms", statistics::percentile(&mut times, 99) * 1e3),
        row(ERRORS, "", errors as f64),
        row(&name("memory at first"), "MiB", before),
        row(&name("memory at last"), "MiB", server.memory()?),
        row(&name("threads"), "", server.entries("task")?),
        row(&name("open files"), "", server.entries("fd")?),
    ])
}

/// Sessions that nobody uses become checkpoints, and come back.
fn put_away(sessions: u32) -> Result<Vec<Row>> {
    tools::say(&format!("{sessions} sessions over HTTP, {AWAKE_FEW} of them awake"));
    let server = Server::start(AWAKE_FEW)?;
    let started = Instant::now();
    let begun = thread::scope(|scope| {
        let begin = |_| {
            let address = &server.address;
            scope.spawn(move || {
                (0..sessions / BEGINNERS).map(|_| Client::begin(address).map(Parked::from)).collect::<Result<Vec<_>>>()
            })
        };
        let beginners: Vec<_> = (0..BEGINNERS).map(begin).collect();
        beginners.into_iter().map(|client| client.join().expect("a client does not panic")).collect::<Result<Vec<_>>>()
    });
    let parked: Vec<Parked> = begun?.into_iter().flatten().collect();
    let beginning = started.elapsed().as_secs_f64() / f64::from(sessions);
    let memory = server.memory()?;
    let mut times = Vec::new();
    // The oldest ones: they have been away for longest.
    for parked in parked.into_iter().take(BACK) {
        let mut client = parked.back(&server.address)?;
        let started = Instant::now();
        client.count()?;
        times.push(started.elapsed().as_secs_f64());
    }
    let name = |what: &str| format!("{sessions} HTTP sessions, {what}");
    Ok(vec![
        row(&name("begun and put away, each"), "ms", beginning * 1e3),
        row(&name(&format!("memory with {AWAKE_FEW} awake")), "MiB", memory),
        row(&name("coming back, median"), "ms", statistics::median(&mut times) * 1e3),
        row(&name("coming back, p99"), "ms", statistics::percentile(&mut times, 99) * 1e3),
    ])
}

fn row(name: &str, unit: &'static str, value: f64) -> Row {
    let mut row = Row::new("http", name, unit);
    row.set(OURS, value);
    row
}

/// A running server, with a journal of its own.
struct Server {
    process: Child,
    address: String,
    _journal: Place,
}

impl Server {
    fn start(awake: u32) -> Result<Self> {
        let journal = Place::new("http")?;
        let mut command = Command::new(launch::released("exuvia")?);
        command.args(["mcp", "--http", "0", "--no-token", "--awake", &awake.to_string()]);
        command.env("EXUVIA_IMAGE", image::path()).env("EXUVIA_CACHE", image::cache());
        command.env("EXUVIA_JOURNAL", journal.path()).env_remove("EXUVIA_DURABILITY");
        let mut process = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stderr.as_mut().expect("it was asked for")).read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on http://").and_then(|url| url.strip_suffix("/mcp"));
        let address = address.with_context(|| format!("the server said: {line}"))?.to_owned();
        Ok(Self { process, address, _journal: journal })
    }

    /// Returns what it needs of the machine's memory, in MiB; of what it shares with others its part.
    fn memory(&self) -> Result<f64> {
        let account = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.process.id()))?;
        let line =
            account.lines().find_map(|line| line.strip_prefix("Pss:")).context("there is no account of memory")?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1024.0)
    }

    /// Returns how many entries a folder has that the system shows of it.
    fn entries(&self, folder: &str) -> Result<f64> {
        Ok(fs::read_dir(format!("/proc/{}/{folder}", self.process.id()))?.count() as f64)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A client with a connection that it keeps, and a session that counts.
struct Client {
    stream: BufReader<TcpStream>,
    address: String,
    session: String,
    counted: u64,
}

/// A client that has gone, and its session.
struct Parked {
    session: String,
    counted: u64,
}

impl Client {
    fn connect(address: &str, session: &str, counted: u64) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), address: address.to_owned(), session: session.to_owned(), counted })
    }

    /// Begins a session.
    fn begin(address: &str) -> Result<Self> {
        let mut client = Self::connect(address, "new", 0)?;
        let begun = client.python("count = 0")?;
        client.session = begun["session"].as_str().with_context(|| format!("{begun}"))?.to_owned();
        Ok(client)
    }

    /// Counts one further, and compares.
    fn count(&mut self) -> Result<()> {
        let answer = self.python("count += 1\ncount")?;
        self.counted += 1;
        let value = answer["value"]["repr"].as_str();
        ensure!(value == Some(&self.counted.to_string()), "{} was counted, not {answer}", self.counted);
        Ok(())
    }

    /// Calls the tool, and returns its structured answer.
    fn python(&mut self, code: &str) -> Result<Value> {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let arguments = json!({"code": code, "session": self.session});
        let params = json!({"name": "python", "arguments": arguments, "_meta": meta});
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\naccept: application/json, \
             text/event-stream\r\nmcp-protocol-version: 2026-07-28\r\nmcp-method: tools/call\r\nmcp-name: python\r\n\
             content-length: {}\r\n\r\n",
            self.address,
            message.len()
        );
        self.stream.get_mut().write_all([head, message].concat().as_bytes())?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            ensure!(self.stream.read_line(&mut line)? > 0, "the server has closed the connection");
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim_end().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        let mut answer: Value = serde_json::from_slice(&body)?;
        ensure!(answer["result"]["isError"] != json!(true), "{answer}");
        Ok(answer["result"]["structuredContent"].take())
    }
}

impl From<Client> for Parked {
    fn from(client: Client) -> Self {
        Self { session: client.session, counted: client.counted }
    }
}

impl Parked {
    /// Connects again, for a session that begins where it was left.
    fn back(self, address: &str) -> Result<Client> {
        Client::connect(address, &self.session, self.counted)
    }
}
