//! Why there is no whole answer.

use std::error::Error;
use std::io;

use exuvia_core::{MountFault, ToolFailure, ToolFailureKind};

/// Why there is no whole answer: in words for who calls a tool, as one of few faults for who reads a file.
pub(super) enum Unanswered {
    /// There is nothing to ask with.
    Client(ToolFailure),
    /// The server could not be asked, or its answer cannot be read.
    Broken(reqwest::Error),
    /// The server says to ask elsewhere, which is not done.
    Elsewhere(ToolFailure),
    /// The answer has more bytes than this.
    TooLong(usize),
}

impl From<Unanswered> for ToolFailure {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Client(failure) | Unanswered::Elsewhere(failure) => failure,
            Unanswered::Broken(error) => broken(error),
            Unanswered::TooLong(bytes_max) => {
                let message = format!("the server answered more than {bytes_max} bytes");
                Self::new(ToolFailureKind::Limit, message).hint("ask for less at a time")
            }
        }
    }
}

impl From<Unanswered> for MountFault {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Client(_) => Self::Unreadable,
            Unanswered::Elsewhere(_) => Self::Remote,
            Unanswered::TooLong(_) => Self::TooLarge,
            Unanswered::Broken(error) if error.is_timeout() => Self::TimedOut,
            Unanswered::Broken(error) if error.is_connect() => match system(&error) {
                Some(io::ErrorKind::ConnectionRefused) => Self::Refused,
                // What rustls makes of a server whose certificate or protocol it does not accept.
                Some(io::ErrorKind::InvalidData) => Self::Garbled,
                Some(io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof) => Self::BrokenOff,
                _ => Self::Unreachable,
            },
            Unanswered::Broken(error) if error.is_body() || error.is_decode() => Self::BrokenOff,
            Unanswered::Broken(error) if system(&error).is_some() => Self::BrokenOff,
            Unanswered::Broken(_) => Self::Garbled,
        }
    }
}

/// Says why there is no answer: all causes, without the URL, which may have a secret.
fn broken(error: reqwest::Error) -> ToolFailure {
    let error = error.without_url();
    let mut message = format!("the server cannot be asked: {error}");
    for cause in causes(&error) {
        message.push_str(": ");
        message.push_str(&cause.to_string());
    }
    ToolFailure::failed(message).retryable()
}

/// Returns what the operating system said, if it said something.
fn system(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut said = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>())?;
    // One may be wrapped in another, which is no cause then but what that one holds.
    while let Some(within) = said.get_ref().and_then(|within| within.downcast_ref()) {
        said = within;
    }
    Some(said.kind())
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}
