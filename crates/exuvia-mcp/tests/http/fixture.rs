//! The server that is tested.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A running fixture. It ends with this.
pub(crate) struct Fixture {
    pub(crate) process: Child,
    url: String,
}

impl Fixture {
    pub(crate) fn start(options: &[&str]) -> Self {
        let program = program();
        let mut command = Command::new(&program);
        command.args(options).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap_or_else(|error| {
            panic!("{}: {error}\n    hint: `cargo build --workspace --examples` builds it", program.display())
        });
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { process, url: url.trim_end().to_owned() }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns its host and port.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").and_then(|url| url.strip_suffix("/mcp")).unwrap()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Examples are beside the folder in which tests are.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("examples/conformance")
}
