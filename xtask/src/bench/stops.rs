//! How far beyond its limit and the grace a program runs that never comes to one of the interpreter's checks, or that
//! catches whatever is raised in it.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use exuvia_core::{Limits, Status};

use super::exuvia;
use super::report::{OURS, Row};
use crate::tools;

/// The row that is aimed at.
pub(super) const OVERSHOOT: &str = "hard stop, worst overshoot";

const WALL_TIME: Duration = Duration::from_millis(200);
const PROGRAMS: &[&str] = &[
    "sum(range(10 ** 12))",
    "10 ** 10 ** 8",
    "import re; re.match('(a+)+$', 'a' * 60 + 'b')",
    "max(iter(int, 1))",
    "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
];

/// Stops each program in each round; returns the worst that there was.
pub(super) fn measure(rounds: u32) -> Result<Row> {
    tools::say("hard stops");
    let engine = exuvia::engine(4)?;
    let limits = Limits { wall_time: Some(WALL_TIME), ..Limits::default() };
    let allowed = WALL_TIME + limits.grace;
    let mut worst = Duration::ZERO;
    for _ in 0..rounds {
        for program in PROGRAMS {
            let mut sandbox = engine.sandbox().limits(limits.clone()).build()?;
            let began = Instant::now();
            let outcome = sandbox.run(program)?;
            let took = began.elapsed();
            let limited = outcome.error.as_ref().is_some_and(|error| error.limit.is_some());
            let stopped = limited || matches!(outcome.status, Status::Stopped { .. });
            ensure!(stopped, "`{program}` was not stopped: {:?}", outcome.status);
            worst = worst.max(took.saturating_sub(allowed));
        }
    }
    let mut row = Row::new("stop", OVERSHOOT, "ms");
    row.set(OURS, worst.as_secs_f64() * 1e3);
    Ok(row)
}
