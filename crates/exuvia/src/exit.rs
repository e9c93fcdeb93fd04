//! What the exit statuses mean.

use exuvia_core::{Outcome, Status, StopReason};

/// An exception that was not caught.
pub(crate) const RAISED: u8 = 1;
/// A replay did something else than what is recorded.
pub(crate) const DIVERGED: u8 = 1;
/// The command line is wrong, or names a file that is not there.
pub(crate) const USAGE: u8 = 2;
/// A limit was met.
pub(crate) const LIMIT: u8 = 124;
/// Exuvia itself failed.
pub(crate) const FAILURE: u8 = 125;
/// Ctrl-C, as shells tell `SIGINT`.
pub(crate) const INTERRUPTED: u8 = 130;
/// `os.abort`, as shells tell `SIGABRT`.
pub(crate) const ABORTED: u8 = 134;
/// A crash, as shells tell `SIGSEGV`.
pub(crate) const CRASHED: u8 = 139;
/// Nobody reads stdout any more, as shells tell `SIGPIPE`.
pub(crate) const BROKEN_PIPE: u8 = 141;

/// Returns the exit status that an outcome stands for.
pub(crate) fn status(outcome: &Outcome) -> u8 {
    match outcome.status {
        Status::Finished => 0,
        Status::Exited { code } => code,
        Status::Raised => match &outcome.error {
            Some(error) if error.limit.is_some() => LIMIT,
            // CPython ends itself with the signal then, whoever raised it.
            Some(error) if error.type_name == "KeyboardInterrupt" => INTERRUPTED,
            _ => RAISED,
        },
        Status::Stopped { reason } => match reason {
            StopReason::Time | StopReason::Cpu | StopReason::Memory => LIMIT,
            StopReason::Cancelled => INTERRUPTED,
            StopReason::Abort => ABORTED,
            StopReason::Stack | StopReason::Trap => CRASHED,
        },
    }
}
