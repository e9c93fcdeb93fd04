//! What a cell's outcome looks like to somebody who has to go on from it: a model, or a person at a terminal.
//!
//! All of it is the word of the program in the sandbox, made readable and bounded.

pub mod excerpt;
mod failure;
mod text;

use std::time::Duration;

pub use failure::{Circumstances, Failure};
pub use text::{end_line, write_cut, write_printed};

/// Returns a time as people read it: `0.004 s`, `12.3 s`.
#[must_use]
pub fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 1.0 { format!("{seconds:.3} s") } else { format!("{seconds:.1} s") }
}
