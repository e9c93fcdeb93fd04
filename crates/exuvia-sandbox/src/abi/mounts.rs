//! File operations that may have to ask the host about a mount.

use exuvia_core::{HostAnswer, HostCall, MountRequest};
use wasmtime::Caller;

use super::waiting;
use crate::guest::{Guest, HostFault, parts};
use crate::vfs::{self, Errno, Fault, Vfs};

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
                if !ask(guest, request).await? {
                    return Ok(Err(Errno::Intr));
                }
            }
        }
    }
    Ok(Err(Errno::Io))
}

/// Asks the host, and tells the file system what it says; `false` if an interrupt came first.
pub(crate) async fn ask(guest: &mut Guest, request: MountRequest) -> wasmtime::Result<bool> {
    match waiting::call(guest, HostCall::Mount(&request)).await? {
        HostAnswer::Mount(outcome) => {
            // What is wrong with an answer becomes the error of the operation.
            let _bad = guest.vfs.supply(request, outcome);
            Ok(true)
        }
        HostAnswer::Interrupted => Ok(false),
        other => Err(HostFault::wrong("mount", &other).into()),
    }
}
