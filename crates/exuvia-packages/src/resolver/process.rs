//! Running pip.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use super::{ResolveError, Resolver};

/// What our program is called in the folder where it runs.
pub(super) const PROGRAM_FILE: &str = "resolve.py";
/// How much is kept of what pip says.
const SAID_BYTES_MAX: usize = 64 << 10;
/// The exit statuses of our program that are not pip's.
const PROBLEMS: [(i32, &str); 3] = [
    (90, "has no pip"),
    (91, "has a pip that is too old: 23 is the first that will do"),
    (92, "has a pip that is made otherwise than those that are known, so that it cannot be used for another platform"),
];
/// What pip says last when it finds no wheel.
const NO_WHEEL: &str = "No matching distribution found for ";

/// Runs pip in a folder, without a shell.
pub(super) fn run(resolver: &Resolver, folder: &Path, arguments: &[OsString]) -> Result<(), ResolveError> {
    let markers = serde_json::to_string(&resolver.target.markers()).expect("texts can be written as JSON");
    let mut command = Command::new(&resolver.python);
    command.arg(folder.join(PROGRAM_FILE)).arg(markers).args(arguments).current_dir(folder);
    // A cache of bytecode would be written into the folder of our program.
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONIOENCODING", "utf-8:replace");
    let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let failed = |source| ResolveError::Python { program: resolver.python.clone(), source };
    let mut child = started.map_err(failed)?;
    let (said, in_time) = listen(&mut child, resolver)?;
    if !in_time {
        let _ = child.kill();
        let _ = child.wait();
        return Err(ResolveError::Time { time_max: resolver.time_max, said });
    }
    let status = child.wait().map_err(failed)?;
    if status.success() {
        return Ok(());
    }
    if let Some((_, problem)) = PROBLEMS.iter().find(|(code, _)| status.code() == Some(*code)) {
        return Err(ResolveError::Pip { program: resolver.python.clone(), problem });
    }
    match said.lines().rev().find_map(|line| line.split_once(NO_WHEEL)) {
        Some((_, requirement)) => {
            let python = resolver.target.series();
            Err(ResolveError::NoWheel { requirement: requirement.to_owned(), python, said })
        }
        None => Err(ResolveError::Failed { said }),
    }
}

/// Reads what pip says until it has ended. Returns the end of that, and whether it ended in time.
fn listen(child: &mut Child, resolver: &Resolver) -> Result<(String, bool), ResolveError> {
    let Some(mut stderr) = child.stderr.take() else { return Ok((String::new(), true)) };
    let (sender, receiver) = mpsc::channel::<Vec<u8>>();
    thread::Builder::new()
        .name("exuvia-pip".to_owned())
        .spawn(move || {
            let mut piece = [0; 4_096];
            // Nobody listens any more when the time is over.
            while let Ok(count @ 1..) = read(&mut stderr, &mut piece) {
                if sender.send(piece[..count].to_vec()).is_err() {
                    break;
                }
            }
        })
        .map_err(|source| ResolveError::Python { program: resolver.python.clone(), source })?;
    let mut said: Vec<u8> = Vec::new();
    let mut left = resolver.time_max;
    let in_time = loop {
        #[expect(clippy::disallowed_methods, reason = "a program of the host has a limit of real time")]
        let before = std::time::Instant::now();
        match receiver.recv_timeout(left) {
            Ok(piece) => said.extend(piece),
            Err(RecvTimeoutError::Disconnected) => break true,
            Err(RecvTimeoutError::Timeout) => break false,
        }
        said.drain(..said.len().saturating_sub(SAID_BYTES_MAX));
        #[expect(clippy::disallowed_methods, reason = "a program of the host has a limit of real time")]
        let passed = before.elapsed();
        left = left.saturating_sub(passed);
    };
    Ok((String::from_utf8_lossy(&said).into_owned(), in_time))
}

fn read(stderr: &mut impl Read, piece: &mut [u8]) -> io::Result<usize> {
    loop {
        match stderr.read(piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
