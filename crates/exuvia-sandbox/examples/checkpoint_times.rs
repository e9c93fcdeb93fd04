//! How long checkpoints, restoring and forks take, beside copies of as many bytes in the same run.
//!
//! `cargo run --release --example checkpoint_times -- target/image/cpython.exuvia`

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use exuvia_sandbox::{Checkpoint, Engine, EngineOptions, Image, LiveHost, Sandbox, SandboxBuilder};

const ROUNDS: usize = 41;
const SESSIONS: &[(&str, &str)] = &[
    ("small", "import json; x = {n: str(n) for n in range(100)}; f = lambda n: x[n]"),
    ("20 MB of objects", "x = [(n, str(n)) for n in range(210_000)]"),
    ("20 MB of random bytes", "import os; x = [os.urandom(1000) for n in range(20_000)]"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let image = std::env::args().nth(1).unwrap_or_else(|| "target/image/cpython.exuvia".to_owned());
    let image = Path::new(&image);
    let options = EngineOptions { cache: Some(image.with_file_name("compiled")), ..EngineOptions::default() };
    let engine = Engine::new(&Image::open(image)?, &options)?;
    for (name, cell) in SESSIONS {
        measure(&engine, name, cell)?;
    }
    Ok(())
}

fn builder(engine: &Engine) -> Result<SandboxBuilder, Box<dyn Error>> {
    Ok(engine.sandbox().host(LiveHost::builder().seed(1).build(engine)?))
}

fn measure(engine: &Engine, name: &str, cell: &str) -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout();
    let mut sandbox = builder(engine)?.build()?;
    sandbox.run(cell)?;
    let checkpoint = sandbox.checkpoint()?;
    let bytes = checkpoint.to_bytes();
    writeln!(out, "{name}: {} bytes differ, {} compressed", checkpoint.changed_bytes(), bytes.len())?;
    let source = vec![1_u8; checkpoint.changed_bytes()];
    let mut target = source.clone();
    let mut report =
        |what: &str, [median, most]: [f64; 2]| writeln!(out, "  {what:24} {median:8.3} ms, at most {most:8.3}");
    report("copy of as many bytes", timed(|| target.copy_from_slice(&source)))?;
    report("checkpoint", timed(|| sandbox.checkpoint()))?;
    report("to_bytes", timed(|| checkpoint.to_bytes()))?;
    let read = || Checkpoint::from_bytes(engine, &bytes);
    report("memory_hash", timed(|| read().map(|read| read.memory_hash().len())))?;
    report("from_bytes", timed(read))?;
    let restored = |checkpoint: &Checkpoint| -> Result<Sandbox, Box<dyn Error>> {
        Ok(builder(engine)?.checkpoint(checkpoint).build()?)
    };
    report("restore", timed(|| restored(&checkpoint)))?;
    report("from_bytes and restore", timed(|| restored(&read()?)))?;
    report("fork", timed(|| builder(engine).map(|builder| sandbox.fork(builder))))?;
    Ok(())
}

/// Returns the median and the largest time of a call, in milliseconds.
#[expect(clippy::disallowed_methods, reason = "this program measures")]
fn timed<R>(mut call: impl FnMut() -> R) -> [f64; 2] {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            let result = call();
            let time = begun.elapsed().as_secs_f64() * 1e3;
            // What is made is dropped outside of the time.
            drop(result);
            time
        })
        .collect();
    times.sort_by(f64::total_cmp);
    [times[ROUNDS / 2], times[ROUNDS - 1]]
}
