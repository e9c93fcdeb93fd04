//! File operations that may have to ask the host what is in a mount.

use bytes::Bytes;
use exuvia_core::{HostAnswer, HostCall, MountAnswer, MountEntryKind as EntryKind, MountFault};
use wasmtime::Caller;

use super::waiting;
use crate::guest::{Guest, HostFault, parts};
use crate::vfs::{self, Errno, Fault, MountEntry, MountEntryKind, MountReply, MountRequest, Timestamp, Vfs};

/// The most answers of the host that one operation may need. A path has at most 2,048 components, and leads through at
/// most 40 links; each step needs one listing.
const ANSWERS_MAX: usize = 100_000;

/// Does a file operation; each time it needs something of a mount, asks the host and does it again. An operation has no
/// effect before it has all it needs.
pub(super) async fn complete<R>(
    caller: &mut Caller<'_, Guest>,
    operation: impl Fn(&mut [u8], &mut Vfs) -> vfs::Result<R>,
) -> wasmtime::Result<Result<R, Errno>> {
    for _ in 0..ANSWERS_MAX {
        let (memory, guest) = parts(caller);
        match operation(memory, &mut guest.vfs) {
            Ok(result) => return Ok(Ok(result)),
            Err(Fault::Errno(errno)) => return Ok(Err(errno)),
            Err(Fault::Needs(request)) => {
                let reply = ask(guest, &request).await?;
                let Some(reply) = reply else { return Ok(Err(Errno::Intr)) };
                if guest.vfs.supply(&request, reply).is_err() {
                    return Ok(Err(Errno::Io));
                }
            }
        }
    }
    Ok(Err(Errno::Io))
}

/// Asks the host; `None` if an interrupt came first.
async fn ask(guest: &mut Guest, request: &MountRequest) -> wasmtime::Result<Option<Result<MountReply, Errno>>> {
    let call = match request {
        MountRequest::List { mount, path } => exuvia_core::MountRequest::List { mount: mount.0, path: path.clone() },
        MountRequest::Read { mount, path, offset, length } => exuvia_core::MountRequest::Read {
            mount: mount.0,
            path: path.clone(),
            offset: *offset,
            length: u32::try_from(*length).unwrap_or(u32::MAX),
        },
    };
    match waiting::call(guest, HostCall::Mount(&call)).await? {
        HostAnswer::Mount(Ok(MountAnswer::Entries(entries))) => {
            Ok(Some(Ok(MountReply::List(entries.into_iter().map(entry).collect()))))
        }
        HostAnswer::Mount(Ok(MountAnswer::Bytes(bytes))) => Ok(Some(Ok(MountReply::Read(Bytes::from(bytes))))),
        HostAnswer::Mount(Err(fault)) => Ok(Some(Err(errno(fault)))),
        HostAnswer::Interrupted => Ok(None),
        other => Err(HostFault::wrong("mount", &other).into()),
    }
}

fn entry(entry: exuvia_core::MountEntry) -> MountEntry {
    MountEntry {
        name: entry.name,
        kind: match entry.kind {
            EntryKind::File => MountEntryKind::File { size: entry.size },
            EntryKind::Directory => MountEntryKind::Directory,
            EntryKind::Symlink(target) => MountEntryKind::Symlink { target },
        },
        modified: Timestamp::from_nanoseconds(entry.modified),
        mode: entry.mode,
    }
}

fn errno(fault: MountFault) -> Errno {
    match fault {
        MountFault::NotFound => Errno::Noent,
        MountFault::Denied => Errno::Acces,
        MountFault::TooLarge | MountFault::Unreadable => Errno::Io,
    }
}
