//! The cells of a session, read from its journal.

use std::ops::ControlFlow;
use std::sync::Arc;

use exuvia_core::journal::{Event, SessionId, Source, Store};
use exuvia_core::{Outcome, Stream};

use crate::error::SessionError;
use crate::timeline::{each, timeline};

/// A cell that has come to its end and stands, as the journal has it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedCell {
    /// Its number, from 1.
    pub number: u32,
    /// What ran.
    pub source: Source,
    /// What was written to stdout.
    pub stdout: Vec<u8>,
    /// What was written to stderr.
    pub stderr: Vec<u8>,
    /// What came of it. Its output stands beside it.
    pub outcome: Outcome,
}

/// Shows the cells of a session that stand, one after the other, until `take` has seen enough. The session may be open,
/// here or elsewhere.
///
/// # Errors
///
/// [`SessionError::Store`].
pub async fn cells(
    store: &Arc<dyn Store>,
    session: &SessionId,
    mut take: impl FnMut(RecordedCell) -> ControlFlow<()>,
) -> Result<(), SessionError> {
    let mut running: Option<(u32, Source, Vec<u8>, Vec<u8>)> = None;
    let mut flow = ControlFlow::Continue(());
    for part in timeline(store, session, None).await? {
        each(store, &part, |recorded| {
            match recorded.event {
                Event::CellStarted { cell, source } => running = Some((cell, source, Vec::new(), Vec::new())),
                Event::Output { stream, bytes } => {
                    if let Some((_, _, stdout, stderr)) = &mut running {
                        match stream {
                            Stream::Stdout => stdout.extend(bytes),
                            Stream::Stderr => stderr.extend(bytes),
                        }
                    }
                }
                Event::CellEnded { outcome, .. } => {
                    if let Some((number, source, stdout, stderr)) = running.take() {
                        flow = take(RecordedCell { number, source, stdout, stderr, outcome: *outcome });
                    }
                }
                _ => {}
            }
            flow
        })
        .await?;
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}
