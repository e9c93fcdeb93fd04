//! Why a call is not done.

use exuvia_core::journal::SessionId;
use exuvia_core::observation::excerpt::shown;
use exuvia_session::{ScriptError, SessionError};

use crate::maker::MakerError;

/// How much of the name of a session that is not there is shown, in bytes.
const WANTED_BYTES_MAX: usize = 64;

/// Why a call is not done. What it says is for the model that made it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// There is none of this name, or it is somebody else's: nobody is told which.
    #[error(
        "there is no session `{}`{}: leave `session` out, or say \"new\" to begin one",
        shown(wanted, WANTED_BYTES_MAX),
        listed(.yours)
    )]
    Unknown { wanted: String, yours: Vec<SessionId> },
    /// As many calls wait as may.
    #[error("too many calls wait {0}: call again later")]
    Busy(&'static str),
    /// Nobody waits for it any more.
    #[error("the call was cancelled")]
    Cancelled,
    #[error(transparent)]
    Script(#[from] ScriptError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("{0}")]
    Maker(MakerError),
}

fn listed(sessions: &[SessionId]) -> String {
    if sessions.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = sessions.iter().map(SessionId::as_str).collect();
    format!("; yours are {}", names.join(", "))
}
