//! Runs modules in Node and returns what they did.

use std::{
    fmt::Write as _,
    io::Write as _,
    process::{Command, Stdio},
};

/// Runs each module's exported functions over many inputs, all in one Node
/// process, and returns one transcript for each module: results, exceptions with
/// their values, traps, the order of calls of imported functions, and the
/// memory and globals that were left.
pub(super) fn transcripts(modules: &[Vec<u8>]) -> Vec<String> {
    let mut input = String::new();
    for module in modules {
        for byte in module {
            write!(input, "{byte:02x}").expect("a string takes all that is written");
        }
        input.push('\n');
    }
    let mut node = Command::new("node")
        .args(["--input-type=module", "--eval", include_str!("../fixtures/run.mjs")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this test needs `node` (20 or newer) on the PATH");
    // Node reads all of its input before it writes.
    node.stdin.take().expect("the input is piped").write_all(input.as_bytes()).expect("node reads its input");
    let output = node.wait_with_output().expect("node ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "node failed: {errors}");
    let output = String::from_utf8(output.stdout).expect("the runner prints text");
    let transcripts: Vec<String> = output.split_terminator("=== end\n").map(str::to_owned).collect();
    assert_eq!(transcripts.len(), modules.len(), "node said: {errors}");
    transcripts
}
