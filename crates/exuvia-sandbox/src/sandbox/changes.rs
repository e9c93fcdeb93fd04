//! What a program has changed in an overlay.

use exuvia_core::{Change, Changed};

use super::Sandbox;
use crate::abi::ask;
use crate::error::SandboxError;
use crate::guest::Guest;
use crate::vfs::{self, ChangedNode, Fault, FileType, Vfs};

/// How much of a file is fetched at a time.
const PIECE_BYTES: usize = 256 * 1024;

impl Sandbox {
    /// Returns what the program has changed in the overlay with this number (the first mount is 0), with all contents:
    /// each directory before what is in it, by name. What was removed and made again as something else comes twice.
    ///
    /// It asks the host for those parts of changed files that are the host's. Do so between cells.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Config`] if it is no overlay, the changes have more than `bytes_max` bytes, or the host cannot
    /// read what was not changed.
    pub fn changes(&mut self, mount: u32, bytes_max: u64) -> Result<Vec<Change>, SandboxError> {
        pollster::block_on(self.changes_async(mount, bytes_max))
    }

    /// Returns what [`changes`](Self::changes) does, and holds no thread while the host is asked.
    ///
    /// # Errors
    ///
    /// Those of [`changes`](Self::changes).
    pub async fn changes_async(&mut self, mount: u32, bytes_max: u64) -> Result<Vec<Change>, SandboxError> {
        let guest = self.store.data_mut();
        let found = complete(guest, |vfs| vfs.changes(mount)).await?;
        let sizes = found.iter().filter_map(|found| found.after.as_ref()).map(|node| node.stat.size);
        let bytes = sizes.fold(0, u64::saturating_add);
        if bytes > bytes_max {
            return Err(SandboxError::Config(format!("the changes have {bytes} bytes, the limit is {bytes_max}")));
        }
        let mut changes = Vec::new();
        for found in found {
            let after = match &found.after {
                None => None,
                Some(node) => Some(content(guest, node).await?),
            };
            changes.push(Change { path: found.path, before: found.before, after });
        }
        Ok(changes)
    }
}

async fn content(guest: &mut Guest, node: &ChangedNode) -> Result<Changed, SandboxError> {
    let mode = node.stat.permissions;
    match (node.stat.file_type, &node.target) {
        (FileType::Directory, _) => return Ok(Changed::Directory { mode }),
        (_, Some(target)) => return Ok(Changed::Symlink(target.clone())),
        _ => {}
    }
    let mut content = Vec::new();
    loop {
        let offset = content.len() as u64;
        let piece = complete(guest, |vfs| {
            let mut piece = vec![0; PIECE_BYTES];
            let count = vfs.read_changed(node, offset, &mut piece)?;
            piece.truncate(count);
            Ok(piece)
        });
        let piece = piece.await?;
        if piece.is_empty() {
            return Ok(Changed::File { content, mode });
        }
        content.extend_from_slice(&piece);
    }
}

async fn complete<R>(
    guest: &mut Guest,
    mut operation: impl FnMut(&mut Vfs) -> vfs::Result<R>,
) -> Result<R, SandboxError> {
    loop {
        match operation(&mut guest.vfs) {
            Ok(result) => return Ok(result),
            Err(Fault::Errno(errno)) => {
                return Err(SandboxError::Config(format!("the overlay's changes cannot be listed: {errno}")));
            }
            Err(Fault::Needs(request)) => {
                if !ask(guest, request).await.map_err(super::internal)? {
                    return Err(SandboxError::Config("listing the overlay's changes was interrupted".to_owned()));
                }
            }
        }
    }
}
