//! Events as they are kept.

use std::io::{self, Write};

use anyhow::Result;
use exuvia_core::journal::{SessionId, Store};
use flate2::write::GzDecoder;

use crate::cli::session::wait;
use crate::printable::printable_json;
use crate::{journal, output};

/// Prints what an exported file of a session holds.
pub(super) fn print(store: &dyn Store, session: &SessionId) -> Result<()> {
    let mut lines = GzDecoder::new(Lines::default());
    wait(store.export(session, false, &mut lines)).map_err(journal::failure)?;
    lines.finish()?;
    Ok(())
}

/// Prints lines of JSON, each when it is whole.
#[derive(Default)]
struct Lines {
    begun: Vec<u8>,
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        if let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') {
            let rest = self.begun.split_off(self.begun.len() - bytes.len() + end + 1);
            let whole = String::from_utf8(std::mem::replace(&mut self.begun, rest)).map_err(io::Error::other)?;
            output::print(printable_json(&whole).as_bytes());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
