//! What came of the cells that a journal has.

use std::ops::ControlFlow;
use std::sync::Arc;

use anyhow::Result;
use exuvia_core::journal::{Event, Segment, SessionId, Store};
use exuvia_core::{Outcome, Stream};

use crate::journal;

/// Those cells of a program that had ended when its session was resumed.
pub(super) struct Earlier<'a> {
    pub(super) session: &'a SessionId,
    /// The number of the last one.
    pub(super) last: u32,
    /// Whether their outcomes have what they printed, as those of a sandbox have that keeps it.
    pub(super) keeps_output: bool,
}

impl Earlier<'_> {
    /// Returns their outcomes.
    pub(super) fn outcomes(&self, store: &Arc<dyn Store>) -> Result<Vec<Outcome>> {
        let mut cells = Cells::default();
        let all = Segment { session: self.session.clone(), positions: 0..u64::MAX };
        let each = exuvia_session::each_event(store, &all, |recorded| {
            cells.take(recorded.event, self.keeps_output);
            ControlFlow::Continue(())
        });
        pollster::block_on(each).map_err(journal::failure)?;
        cells.ended.truncate(self.last as usize);
        Ok(cells.ended)
    }
}

/// The cells that stand, so far.
#[derive(Default)]
struct Cells {
    ended: Vec<Outcome>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Cells {
    fn take(&mut self, event: Event, keeps_output: bool) {
        match event {
            // One that follows a cell which was stopped, or undone, has its number.
            Event::CellStarted { cell, .. } => {
                self.ended.truncate(cell.saturating_sub(1) as usize);
                (self.stdout, self.stderr) = (Vec::new(), Vec::new());
            }
            Event::Undone { cell } => self.ended.truncate(cell as usize),
            Event::Output { stream: Stream::Stdout, bytes } if keeps_output => self.stdout.extend(bytes),
            Event::Output { stream: Stream::Stderr, bytes } if keeps_output => self.stderr.extend(bytes),
            Event::CellEnded { outcome, .. } => {
                let text = |bytes: &mut Vec<u8>| String::from_utf8_lossy(&std::mem::take(bytes)).into_owned();
                let (stdout, stderr) = (text(&mut self.stdout), text(&mut self.stderr));
                self.ended.push(Outcome { stdout, stderr, ..*outcome });
            }
            _ => {}
        }
    }
}
