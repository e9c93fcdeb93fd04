//! What programs have given to `final`.

use crate::Status;
use crate::agent::Final;

/// What was given, and what counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Finals {
    /// What was given last in the cell that runs.
    given: Option<Final>,
    /// What was given by a cell that came to its end.
    accepted: Option<Final>,
}

impl Finals {
    /// Takes the arguments of a call.
    pub(super) fn give(&mut self, arguments: &str) {
        self.given = serde_json::from_str(arguments).ok();
    }

    /// Notes that the cell has ended: an answer of one that failed does not count.
    pub(super) fn cell_ended(&mut self, status: &Status) {
        let given = self.given.take();
        self.accepted = given.filter(|_| matches!(status, Status::Finished | Status::Exited { code: 0 }));
    }

    /// Forgets what was given.
    pub(super) fn forget(&mut self) {
        self.accepted = None;
    }

    /// Returns what counts.
    pub(super) fn accepted(&self) -> Option<&Final> {
        self.accepted.as_ref()
    }
}
