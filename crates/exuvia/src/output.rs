//! The terminal: what goes to stdout and stderr, and in which colours.

use std::env;
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use exuvia_core::Stream;

use crate::exit;
use crate::failure;

/// After how long somebody who sees no progress is told what is being waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Writes data to stdout.
pub(crate) fn print(bytes: &[u8]) {
    write(Stream::Stdout, bytes);
}

/// Writes a line of talk to stderr.
pub(crate) fn say(line: &str) {
    // Where stderr is gone there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Writes a line of talk to stderr if somebody may be watching.
pub(crate) fn progress(line: &str) {
    if io::stderr().is_terminal() {
        say(line);
    }
}

/// Does something that may take long. If it does, says so on stderr, also where nobody may be watching: who waits for
/// the first output is to know why it does not come. A terminal has been told already.
pub(crate) fn patience<T>(line: &'static str, work: impl FnOnce() -> T) -> T {
    let (done, wait) = mpsc::channel::<()>();
    if !io::stderr().is_terminal() {
        let tell = move || {
            if wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                say(line);
            }
        };
        // Without the thread it is done all the same.
        let _ = thread::Builder::new().name("exuvia-patience".to_owned()).spawn(tell);
    }
    let result = work();
    drop(done);
    result
}

/// Passes on what the program writes, at once: Python has buffered it as far as it should be.
///
/// When nobody reads stdout any more, this process ends there and then as one does that `SIGPIPE` ends; nothing that
/// the program in the sandbox could still do would be seen by anybody.
pub(crate) fn write(stream: Stream, bytes: &[u8]) {
    match stream {
        Stream::Stdout => {
            let mut stdout = io::stdout().lock();
            if let Err(error) = stdout.write_all(bytes).and_then(|()| stdout.flush()) {
                drop(stdout);
                give_up(&error);
            }
        }
        Stream::Stderr => {
            let _ = io::stderr().lock().write_all(bytes);
        }
    }
}

/// Writes what is left to stdout.
pub(crate) fn flush() {
    let _ = io::stdout().lock().flush();
}

fn give_up(error: &io::Error) {
    let status = if error.kind() == ErrorKind::BrokenPipe {
        exit::BROKEN_PIPE
    } else {
        failure::complain(&format!("stdout cannot be written to: {}", failure::reason(error)), None);
        exit::FAILURE
    };
    std::process::exit(i32::from(status));
}

/// Why a text stands out.
#[derive(Clone, Copy)]
pub(crate) enum Emphasis {
    Error,
    Hint,
}

/// Returns a text for stderr, in colour if that is a terminal and colours are welcome.
pub(crate) fn emphasize(text: &str, emphasis: Emphasis) -> String {
    if !io::stderr().is_terminal() || !colours_welcome() {
        return text.to_owned();
    }
    let code = match emphasis {
        Emphasis::Error => "1;31",
        Emphasis::Hint => "1;36",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

/// Whether the environment says nothing against colours.
pub(crate) fn colours_welcome() -> bool {
    env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && env::var_os("TERM").is_none_or(|term| term != "dumb")
}
