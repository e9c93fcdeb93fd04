//! A system in a process of its own: a request and an answer per line, both JSON; see `xtask/bench/protocol.py`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::system::{Call, Run, Size, Snapshots, System};

/// What is known of a worker before it runs.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) is_slow: bool,
}

pub(super) struct Worker {
    kind: Kind,
    version: String,
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
struct Hello {
    version: String,
}

#[derive(Deserialize)]
struct Times {
    seconds: Vec<f64>,
}

#[derive(Deserialize)]
struct Time {
    seconds: f64,
}

#[derive(Deserialize)]
struct Timed {
    seconds: f64,
    value: String,
}

impl Worker {
    /// Starts the process and asks for its version.
    pub(super) fn start(kind: Kind, command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} cannot be started", kind.name))?;
        let requests = child.stdin.take().expect("it was asked for");
        let answers = BufReader::new(child.stdout.take().expect("it was asked for"));
        let mut worker = Self { kind, version: String::new(), child, requests, answers };
        let hello: Hello = worker.ask(&json!({ "op": "hello" }))?;
        worker.version = hello.version;
        Ok(worker)
    }

    fn ask<A: for<'a> Deserialize<'a>>(&mut self, request: &Value) -> Result<A> {
        writeln!(self.requests, "{request}").and_then(|()| self.requests.flush()).context("the worker has ended")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        if line.is_empty() {
            bail!("the worker has ended");
        }
        let answer: Value = serde_json::from_str(&line).context("the worker's answer cannot be read")?;
        if let Some(error) = answer["error"].as_str() {
            bail!("{error}");
        }
        Ok(serde_json::from_value(answer)?)
    }
}

impl System for Worker {
    fn name(&self) -> &str {
        self.kind.name
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn is_slow(&self) -> bool {
        self.kind.is_slow
    }

    fn load(&mut self, source: &str) -> Result<()> {
        self.ask::<Value>(&json!({ "op": "load", "source": source })).map(drop)
    }

    fn run(&mut self, size: Size) -> Result<Run> {
        let Timed { seconds, value } = self.ask(&json!({ "op": "run", "size": size.constant() }))?;
        Ok(Run { seconds, value })
    }

    fn fresh(&mut self, count: u32) -> Result<Vec<f64>> {
        Ok(self.ask::<Times>(&json!({ "op": "fresh", "count": count }))?.seconds)
    }

    fn calls(&mut self, call: Call, count: u32) -> Result<f64> {
        let Time { seconds } = self.ask(&json!({ "op": "calls", "call": call.name(), "count": count }))?;
        Ok(seconds / f64::from(count))
    }

    fn warm(&mut self, cells: &[String]) -> Result<Vec<f64>> {
        Ok(self.ask::<Times>(&json!({ "op": "warm", "cells": cells }))?.seconds)
    }

    fn snapshots(&mut self, source: &str, count: u32) -> Result<Snapshots> {
        self.ask(&json!({ "op": "snapshots", "source": source, "count": count }))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
