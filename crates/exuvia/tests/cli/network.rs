//! Files that are fetched from HTTP endpoints.

use std::fs;
use std::io::{Read as _, Write as _};

use crate::server::{Server, answer};
use crate::{Run, command, gives, run};

const SECRET: &str = "0123456789abcdef";

/// Runs code with these mounts, and with the secret in our environment.
fn with_mounts(mounts: &str, code: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("exuvia.toml");
    fs::write(&config, format!("[mounts]\n{mounts}\n")).unwrap();
    run(command(&["run", "--config", config.to_str().unwrap(), "-c", code]).env("IP_TOKEN", SECRET), b"")
}

#[test]
fn a_file_is_fetched_when_it_is_read_and_kept() {
    let server = Server::start(|request, stream| {
        _ = match request.split(' ').nth(1) {
            Some("/ip") => stream.write_all(answer("200 OK", "192.0.2.7\n").as_bytes()),
            // Whatever was sent, secret and all.
            Some("/echo") => stream.write_all(answer("200 OK", request).as_bytes()),
            Some("/broken") => stream.write_all(answer("500 Internal Server Error", request).as_bytes()),
            Some("/large") => stream.write_all(answer("200 OK", &"x".repeat(2_000)).as_bytes()),
            Some("/half") => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
            // Until whoever asked has gone.
            Some("/slow") => stream.read(&mut [0]).map(drop),
            _ => stream.write_all(answer("404 Not Found", "").as_bytes()),
        };
    });
    let names = ["ip", "echo", "missing", "broken", "large", "half", "slow"];
    let mut files: Vec<String> =
        names.iter().map(|name| format!("{name} = '{}'", server.url(&format!("/{name}")))).collect();
    files.push("nobody = 'http://127.0.0.1:1/'".to_owned());
    let mounts = format!(
        "'/network' = {{ http = {{ {} }}, headers = {{ Authorization = 'Bearer ${{secret:IP_TOKEN}}' }}, \
         timeout = '500ms', file_bytes = '1K' }}",
        files.join(", ")
    );
    let code = "\
import os
print(sorted(os.listdir('/network')))
print(open('/network/ip').read(), os.path.getsize('/network/ip'), open('/network/ip', 'rb').read())
print([line for line in open('/network/echo').read().splitlines() if line.startswith('authorization')])
for name in ('missing', 'broken', 'large', 'half', 'nobody', 'slow', 'unknown'):
    try:
        open('/network/' + name)
    except OSError as error:
        print(name, error.strerror)
for change in (lambda: open('/network/ip', 'w'), lambda: open('/network/new', 'w'), lambda: os.unlink('/network/ip')):
    try:
        change()
    except OSError as error:
        print(error.strerror)
";
    let out = "\
['broken', 'echo', 'half', 'ip', 'large', 'missing', 'nobody', 'slow']
192.0.2.7
 10 b'192.0.2.7\\n'
['authorization: Bearer [redacted]']
missing No such file or directory
broken Remote I/O error
large File too large
half Connection reset by peer
nobody Connection refused
slow Operation timed out
unknown No such file or directory
Read-only file system
Read-only file system
Read-only file system
";
    assert_eq!(with_mounts(&mounts, code), gives(0, out, ""));
    let mut asked: Vec<String> = server.requests();
    asked.sort();
    let paths: Vec<&str> = asked.iter().filter_map(|request| request.split(' ').nth(1)).collect();
    assert_eq!(paths, ["/broken", "/echo", "/half", "/ip", "/large", "/missing", "/slow"]);
    assert!(asked.iter().all(|request| request.contains(&format!("\r\nauthorization: Bearer {SECRET}\r\n"))));
}

#[test]
fn without_a_time_limit_a_file_takes_as_long_as_the_program_may() {
    let server = Server::always(answer("200 OK", "x"));
    let mounts = format!("'/n' = {{ http = {{ a = '{}' }}, timeout = 0 }}", server.url("/"));
    assert_eq!(with_mounts(&mounts, "print(open('/n/a').read())"), gives(0, "x\n", ""));
}

#[test]
fn what_cannot_be_fetched_from_is_said_before_the_program_runs() {
    let header = "headers = { X = '${secret:UNKNOWN_TOKEN}' }";
    let missing = with_mounts(&format!("'/n' = {{ http = {{ a = 'http://localhost/' }}, {header} }}"), "print(1)");
    let message = "exuvia.toml:2: `mounts./n`: the host does not know the secret `UNKNOWN_TOKEN`\n    \
                   hint: whoever runs the host sets `UNKNOWN_TOKEN` in its environment\n";
    assert_eq!((missing.status, missing.stdout.as_str()), (2, ""));
    assert!(missing.stderr.starts_with("error: ") && missing.stderr.ends_with(message), "{}", missing.stderr);
    for (mount, problem) in [
        ("{ http = { a = 'file:///etc/passwd' } }", "`mounts./n`: `a`: `file:///etc/passwd` is no URL"),
        ("{ http = { 'a/b' = 'http://localhost/' } }", "`mounts./n`: `a/b`: it cannot be a file's name"),
        ("{ http = { a = 'http://localhost/' }, timeout = 'x' }", "`mounts./n`: `timeout`: `x` is no time"),
        ("{ http = { a = 'http://localhost/' }, mode = 'rw' }", "unknown field `mode`, expected one of `http`"),
    ] {
        let run = with_mounts(&format!("'/n' = {mount}"), "print(1)");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains(":2: ") && run.stderr.contains(problem), "{}", run.stderr);
    }
}
