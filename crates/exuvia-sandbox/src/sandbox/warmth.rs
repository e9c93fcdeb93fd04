//! The pages of memory that cells commonly write to.
//!
//! A page is copied when it is first written to. Where the system has mapped it for reading before, as it does with the
//! neighbours of each page that is read, all processors that run this process are made to forget it, and waited for.
//! With many sandboxes on several processors that takes longer than all else that their first cells do. So an engine that
//! has made some finds out once which pages those are, and makes them present in those it makes from then on, if they are to
//! be [warm](super::SandboxBuilder::warm).
//!
//! It finds out with a sandbox of its own, in which cells of its own run: what programs do makes no difference to others.
//! Which pages are present is no part of what a program computes.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use exuvia_core::Status;

use super::SandboxBuilder;
use super::pages::written;
use crate::image::PageRun;

/// How many warm sandboxes an engine makes before it finds out: a program that needs a few would only lose time.
const FIRST: u64 = 8;
/// The most that is made present, in bytes.
const BYTES_MAX: usize = 4 << 20;
const PAGE_BYTES: usize = 4_096;
/// How often the cells are run: each that is run leaves something behind.
const TIMES: usize = 2;

/// Cells that do some work: data and text, functions and classes, exceptions, files.
const CELLS: [&str; 4] = [
    "x = 3\nfor i in range(8):\n    print(f'row {i} of step {x}: {i * x:08}')\nx * 2",
    r#"
rows = [{"name": f"row {i}", "value": i * 1.5, "even": i % 2 == 0} for i in range(40)]
for row in rows[:8]:
    print(f"{row['name']}: {row['value']:08.2f}")
sum(row["value"] for row in rows)
"#,
    r#"
def mean(values):
    values = list(values)
    return sum(values) / len(values)

class Table:
    def __init__(self, rows):
        self.rows = rows

    def column(self, name):
        return [row[name] for row in self.rows]

try:
    mean([])
except ZeroDivisionError as error:
    print(f"{error!r}")
table = Table(rows)
mean(table.column("value")), ", ".join(table.column("name"))[:60]
"#,
    r#"
import json
with open("/tmp/rows.json", "w") as file:
    json.dump(rows, file)
with open("/tmp/rows.json") as file:
    found = [row for row in json.load(file) if row["even"]]
print(len(found), sorted({row["name"] for row in found})[:3])
"#,
];

/// What an engine knows of it.
#[derive(Default)]
pub(crate) struct Warmth {
    /// How many warm sandboxes it was asked for.
    asked: AtomicU64,
    /// The pages, once they are known.
    pages: OnceLock<Vec<PageRun>>,
}

impl Warmth {
    /// Returns the pages, if they are known.
    pub(super) fn pages(&self) -> Option<&[PageRun]> {
        self.pages.get().map(Vec::as_slice)
    }

    /// Notes that a warm sandbox is to be made, and finds out which pages those are, if it is time. They are looked for in a
    /// sandbox that is made like this one.
    pub(super) fn learn(&self, probe: impl FnOnce() -> SandboxBuilder) {
        if self.asked.fetch_add(1, Ordering::Relaxed) == FIRST
            && let Some(pages) = find(probe())
        {
            // Nobody else does it.
            let _first = self.pages.set(pages);
        }
    }
}

/// Returns the pages that are written to by the cells. `None` if the system cannot tell, or there is no room for a sandbox.
fn find(probe: SandboxBuilder) -> Option<Vec<PageRun>> {
    let mut sandbox = probe.build().ok()?;
    for _ in 0..TIMES {
        for cell in CELLS {
            let outcome = sandbox.run(cell).ok()?;
            if outcome.status != Status::Finished {
                return None;
            }
        }
    }
    let ranges = written(&sandbox.store, &sandbox.handles.memory, BYTES_MAX)?;
    let runs = ranges.into_iter().map(|range| {
        let [first, count] = [range.start, range.len()].map(|bytes| u32::try_from(bytes / PAGE_BYTES).ok());
        Some(PageRun { first: first?, count: count? })
    });
    Some(joined(runs.collect::<Option<Vec<_>>>()?))
}

/// Takes gaps of a page along.
fn joined(runs: Vec<PageRun>) -> Vec<PageRun> {
    let mut joined: Vec<PageRun> = Vec::with_capacity(runs.len());
    for run in runs {
        match joined.last_mut() {
            Some(last) if run.first <= last.first + last.count + 1 => last.count = run.first + run.count - last.first,
            _ => joined.push(run),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_of_a_page_are_taken_along() {
        let run = |first, count| PageRun { first, count };
        let runs = Vec::from([run(1, 2), run(3, 1), run(5, 1), run(8, 4)]);
        assert_eq!(joined(runs), [run(1, 5), run(8, 4)]);
    }
}
