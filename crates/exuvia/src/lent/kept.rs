//! Folders that are not changed, whoever asks for it.

use exuvia_core::mount::{Mount, MountFault, MountOperation, MountReply};
use exuvia_sandbox::Folder;

/// A folder that is as it was.
pub(super) struct Kept(pub(super) Folder);

impl Mount for Kept {
    fn answer(&mut self, operation: &MountOperation) -> MountReply {
        if operation.changes() { Err(MountFault::ReadOnly).into() } else { self.0.answer(operation) }
    }

    fn read_into(&mut self, path: &[u8], offset: u64, buffer: &mut [u8]) -> Option<Result<(), MountFault>> {
        self.0.read_into(path, offset, buffer)
    }
}
