//! What came of the cells that a journal has.

use std::sync::Arc;

use anyhow::Result;
use exuvia_core::journal::{Event, SessionId, Store};
use exuvia_core::{Outcome, Stream};

use crate::journal;

/// How many events are read at a time.
const EVENTS_AT_A_TIME: usize = 256;

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
        let mut position = 0;
        loop {
            let page = store.read(self.session, position, EVENTS_AT_A_TIME);
            let page = pollster::block_on(page).map_err(journal::failure)?;
            if page.is_empty() {
                break;
            }
            position += page.len() as u64;
            page.into_iter().for_each(|recorded| cells.take(recorded.event, self.keeps_output));
        }
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
