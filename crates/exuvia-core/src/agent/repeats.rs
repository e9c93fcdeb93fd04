//! Noticing that an agent goes in circles.

use crate::{Outcome, Status};

/// What the last cells came to: how often the same, in a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Repeats {
    /// A hash of what the last one came to.
    last: Option<u64>,
    count: u32,
}

impl Repeats {
    /// Notes a cell and what came of it: of two that failed, the errors are compared, of others code and output. Returns
    /// how often in a row the same has come of them by now.
    pub(super) fn note(&mut self, code: &str, outcome: &Outcome) -> u32 {
        let hash = match (&outcome.error, &outcome.status) {
            (Some(error), _) => hash(["error", &error.type_name, &error.message]),
            (None, Status::Stopped { reason }) => hash(["stopped", &format!("{reason:?}"), ""]),
            _ => hash([code, &outcome.stdout, outcome.value.as_ref().map_or("", |value| &value.repr)]),
        };
        self.count = if self.last == Some(hash) { self.count.saturating_add(1) } else { 1 };
        self.last = Some(hash);
        self.count
    }

    /// Returns how often in a row the same has come of the last cells.
    pub(super) fn count(&self) -> u32 {
        self.count
    }
}

/// FNV-1a: the same in every process. All that two texts of the same hash do is to look like one.
fn hash(texts: [&str; 3]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
