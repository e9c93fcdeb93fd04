//! The pages of a sandbox's memory: those it needs at once, and those it leaves behind.
//!
//! **At its start**: giving a sandbox the pages that it writes to at once, in one step for each run of them, rather than page by page as
//! it stumbles over them: a fault costs several times what the copy of a page does.
//!
//! **At its end**: the runtime copies back what the kernel's scan says was written to. It asks for pages that are present,
//! and so misses one that was swapped out; left as it is, the next sandbox could read it. Where there is swap at all,
//! everything is therefore given up here first.

use wasmtime::{Memory, Store};

use crate::guest::Guest;
use crate::image::PageRun;

/// Makes these pages of the memory present and writable. Where the system cannot do that (Linux before 5.14, others),
/// nothing happens, and the pages come when they are touched.
#[cfg(target_os = "linux")]
pub(super) fn prefault(store: &Store<Guest>, memory: &Memory, runs: &[PageRun]) {
    const PAGE_BYTES: usize = 4_096;
    let length = memory.data_size(store);
    let base = memory.data_ptr(store);
    for run in runs {
        let (start, bytes) = (run.first as usize * PAGE_BYTES, run.count as usize * PAGE_BYTES);
        if start + bytes > length {
            return;
        }
        #[expect(unsafe_code, reason = "there is no safe way to ask for pages")]
        // SAFETY: the range lies within the linear memory, whose owner is alive, and nobody else uses it now.
        // Populating pages changes none of their content.
        let status = unsafe { libc::madvise(base.add(start).cast(), bytes, libc::MADV_POPULATE_WRITE) };
        if status != 0 {
            return;
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn prefault(_store: &Store<Guest>, _memory: &Memory, _runs: &[PageRun]) {}

/// Gives up all that was written to the memory, if some of it may have been swapped out. The memory's owner must be
/// about to drop it.
#[cfg(target_os = "linux")]
pub(super) fn discard(store: &Store<Guest>, memory: &Memory) {
    if !has_swap() {
        return;
    }
    #[expect(unsafe_code, reason = "there is no safe way to give up pages")]
    // SAFETY: the range is the linear memory, which nobody uses any more; after this it reads as the image does, which
    // is what its next owner expects.
    let status = unsafe { libc::madvise(memory.data_ptr(store).cast(), memory.data_size(store), libc::MADV_DONTNEED) };
    assert_eq!(status, 0, "the pages of a mapped range can be given up");
}

#[cfg(not(target_os = "linux"))]
pub(super) fn discard(_store: &Store<Guest>, _memory: &Memory) {}

/// Whether the system has swap space now; if it cannot be told, yes. What was swapped out is brought back before swap
/// space is taken away, so the present is what counts.
#[cfg(target_os = "linux")]
fn has_swap() -> bool {
    let mut info = std::mem::MaybeUninit::<libc::sysinfo>::zeroed();
    #[expect(unsafe_code, reason = "the standard library does not tell")]
    // SAFETY: `info` is a place for the answer, and all zeros are a value of its type.
    unsafe {
        libc::sysinfo(info.as_mut_ptr()) != 0 || info.assume_init().totalswap > 0
    }
}
