//! Noticing that an agent goes in circles.

use std::collections::VecDeque;

use crate::{Outcome, Status};

/// How many cells a round may have that is noticed.
const ROUND_MAX: usize = 3;
/// How many times a round is counted.
pub(super) const TIMES_MAX: u32 = 5;
/// How many cells are looked at: the last ones.
const CELLS_MAX: usize = ROUND_MAX * TIMES_MAX as usize;

/// What the last cells were and came to, the latest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Repeats {
    cells: VecDeque<Seen>,
    /// How many cells there are in the round that comes again most often, and how often it comes.
    found: (usize, u32),
}

/// A cell, and what came of it, as hashes.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Its code, and how it failed, whatever the error's message is: there may be a number in it; or what it gave.
    deed: u64,
    /// The error with its message, or why it was stopped, whatever its code was; `None`: it has not failed.
    failure: Option<u64>,
}

impl Seen {
    fn of(code: &str, outcome: &Outcome) -> Self {
        match (&outcome.error, &outcome.status) {
            (Some(error), _) => Self {
                deed: hash(&["error", code, &error.type_name]),
                failure: Some(hash(&["error", &error.type_name, &error.message])),
            },
            (None, Status::Stopped { reason }) => {
                let reason = format!("{reason:?}");
                Self { deed: hash(&["stopped", code, &reason]), failure: Some(hash(&["stopped", &reason])) }
            }
            _ => {
                let value = outcome.value.as_ref().map_or("", |value| &value.repr);
                Self { deed: hash(&[code, &outcome.stdout, &outcome.stderr, value]), failure: None }
            }
        }
    }
}

impl Repeats {
    /// Notes a cell and what came of it. Returns how often in a row the same has come by now: of the same cell, or of a
    /// round of a few, or in the same error of any. A cell that comes to something else each time does not repeat itself:
    /// it may be waiting for something.
    pub(super) fn note(&mut self, code: &str, outcome: &Outcome) -> u32 {
        self.cells.truncate(CELLS_MAX - 1);
        self.cells.push_front(Seen::of(code, outcome));
        let failures = self.times_of(1, |seen| seen.failure);
        let rounds = (1..=ROUND_MAX).map(|round| (round, self.times_of(round, |seen| Some(seen.deed))));
        // Of rounds that come as often, the shortest one counts.
        self.found = rounds.fold((1, failures), |best, found| if found.1 > best.1 { found } else { best });
        self.found.1
    }

    /// Returns how often in a row a round of so many cells has come.
    fn times_of(&self, round: usize, of: impl Fn(&Seen) -> Option<u64>) -> u32 {
        let alike = self.cells.iter().zip(self.cells.iter().skip(round));
        let count = alike.take_while(|(later, earlier)| of(later).is_some() && of(later) == of(earlier)).count();
        u32::try_from(count / round + 1).unwrap_or(u32::MAX)
    }

    /// Returns how often in a row the same has come of the last cells.
    pub(super) fn times(&self) -> u32 {
        self.found.1
    }

    /// Returns how many cells there are in that.
    pub(super) fn round(&self) -> usize {
        self.found.0.max(1)
    }
}

/// FNV-1a: the same in every process. All that two texts of the same hash do is to look like one.
fn hash(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{ErrorReport, Usage};

    fn printed(text: &str) -> Outcome {
        let (stdout, stderr) = (text.to_owned(), String::new());
        Outcome { status: Status::Finished, stdout, stderr, value: None, error: None, usage: Usage::default() }
    }

    fn raised(kind: &str, message: &str) -> Outcome {
        let error: ErrorReport =
            serde_json::from_value(json!({ "type": kind, "message": message })).expect("it is an error");
        Outcome { status: Status::Raised, error: Some(Box::new(error)), ..printed("") }
    }

    /// Returns the times and the round after each cell.
    fn noted<'a>(cells: impl IntoIterator<Item = (&'a str, Outcome)>) -> Vec<(u32, usize)> {
        let mut repeats = Repeats::default();
        let note = |(code, outcome): (&str, Outcome)| (repeats.note(code, &outcome), repeats.round());
        cells.into_iter().map(note).collect()
    }

    #[test]
    fn the_same_cell_fails_with_another_number_each_time() {
        let cells = (0..5).map(|number| ("f()", raised("ValueError", &format!("at {number}"))));
        assert_eq!(noted(cells), [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)]);
        // Another error is something new.
        let kinds = ["ValueError", "KeyError", "TypeError"];
        assert_eq!(noted(kinds.map(|kind| ("f()", raised(kind, "no")))), [(1, 1), (1, 1), (1, 1)]);
    }

    #[test]
    fn the_same_error_comes_of_other_cells() {
        let cells = ["a", "b", "c"].map(|code| (code, raised("KeyError", "x")));
        assert_eq!(noted(cells), [(1, 1), (2, 1), (3, 1)]);
        let cells = [("a", "x"), ("b", "y"), ("c", "z")].map(|(code, message)| (code, raised("KeyError", message)));
        assert_eq!(noted(cells), [(1, 1), (1, 1), (1, 1)]);
    }

    #[test]
    fn a_round_of_some_cells_comes_again() {
        let cells = ["a", "b"].into_iter().cycle().take(10).map(|code| (code, printed(code)));
        let times: Vec<u32> = noted(cells).into_iter().map(|(times, _)| times).collect();
        assert_eq!(times, [1, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
        let cells = ["a", "b", "c"].into_iter().cycle().take(40).map(|code| (code, printed("")));
        let noted = noted(cells);
        assert_eq!((noted[7], noted[8], noted[14], noted[39]), ((2, 3), (3, 3), (5, 3), (5, 3)));
        // What was done in between that is new ends it.
        let mut repeats = Repeats::default();
        let codes = ["a", "b", "a", "b", "a", "b", "c", "a"];
        let times: Vec<u32> = codes.iter().map(|code| repeats.note(code, &printed(code))).collect();
        assert_eq!(times, [1, 1, 1, 2, 2, 3, 1, 1]);
    }

    #[test]
    fn whoever_waits_for_something_goes_on() {
        let polled = (0..20).map(|number| ("print(state())", printed(&format!("{number} %"))));
        assert!(noted(polled).iter().all(|(times, _)| *times == 1));
        let warned = (0..20).map(|number| ("look()", Outcome { stderr: format!("{number} %"), ..printed("") }));
        assert!(noted(warned).iter().all(|(times, _)| *times == 1));
        let between = (0..20).flat_map(|number| [("sleep(5)", printed("")), ("state()", printed(&number.to_string()))]);
        assert!(noted(between).iter().all(|(times, _)| *times == 1));
    }
}
