//! The pages of a sandbox's memory: those it needs at once, and those it has written to.

use std::ops::Range;

use wasmtime::{Memory, Store};

use crate::guest::Guest;
use crate::image::PageRun;

/// Makes these pages of the memory present and writable, in one step for each run of them, rather than page by page as
/// the guest stumbles over them: a fault costs several times what the copy of a page does. Where the system cannot do
/// that (Linux before 5.14, others), nothing happens, and the pages come when they are touched.
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

/// Returns the ranges of the memory that may have been written to since it was made, in whole pages. `None` if the
/// system cannot tell (Linux before 6.7, others), or if they have more than `bytes_max` bytes.
#[cfg(target_os = "linux")]
pub(super) fn written(store: &Store<Guest>, memory: &Memory, bytes_max: usize) -> Option<Vec<Range<usize>>> {
    let base = memory.data_ptr(store) as usize;
    let end = base + memory.data_size(store);
    let mut ranges = Vec::new();
    let mut bytes = 0;
    scan::written(base..end, |found| {
        bytes += found.len();
        ranges.push(found.start - base..found.end - base);
        bytes <= bytes_max
    })
    .filter(|()| bytes <= bytes_max)
    .map(|()| ranges)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn written(_store: &Store<Guest>, _memory: &Memory, _bytes_max: usize) -> Option<Vec<Range<usize>>> {
    None
}

/// The kernel's scan of a process's pages: `ioctl_pagemap_scan(2)`.
#[cfg(target_os = "linux")]
mod scan {
    use std::fs::File;
    use std::ops::Range;
    use std::os::fd::AsRawFd as _;
    use std::sync::OnceLock;

    /// `PAGEMAP_SCAN`: `_IOWR('f', 16, struct pm_scan_arg)`.
    const REQUEST: libc::c_ulong = 0xc060_6610;
    const FILE: u64 = 1 << 2;
    const PRESENT: u64 = 1 << 3;
    const SWAPPED: u64 = 1 << 4;
    /// How many ranges are taken at a time.
    const REGIONS: usize = 256;

    /// `struct pm_scan_arg`.
    #[repr(C)]
    #[derive(Default)]
    struct Arguments {
        size: u64,
        flags: u64,
        start: u64,
        end: u64,
        walk_end: u64,
        regions: u64,
        regions_length: u64,
        pages_max: u64,
        inverted: u64,
        all_of: u64,
        any_of: u64,
        told: u64,
    }

    /// `struct page_region`.
    #[repr(C)]
    #[derive(Clone, Copy, Default)]
    struct Region {
        start: u64,
        end: u64,
        categories: u64,
    }

    /// Shows the ranges of addresses whose pages are not the mapped file's, be they present or swapped out: in a private
    /// mapping those that were written to. The page of zeros is among them, as it may stand for pages that were filled
    /// with zeros. Ends early when `show` says so. Returns `None` if the system cannot tell.
    pub(super) fn written(range: Range<usize>, mut show: impl FnMut(Range<usize>) -> bool) -> Option<()> {
        let pagemap = pagemap()?;
        let mut regions = [Region::default(); REGIONS];
        let mut start = range.start as u64;
        while start < range.end as u64 {
            let mut arguments = Arguments {
                size: size_of::<Arguments>() as u64,
                start,
                end: range.end as u64,
                regions: regions.as_mut_ptr() as u64,
                regions_length: REGIONS as u64,
                inverted: FILE,
                all_of: FILE,
                any_of: PRESENT | SWAPPED,
                ..Arguments::default()
            };
            #[expect(unsafe_code, reason = "the standard library does not tell")]
            // SAFETY: the kernel writes to `arguments`, which has its layout, and no more than `regions_length` regions.
            let count = unsafe { libc::ioctl(pagemap.as_raw_fd(), REQUEST, &raw mut arguments) };
            let found = regions.get(..usize::try_from(count).ok()?)?;
            for region in found {
                if !show(usize::try_from(region.start).ok()?..usize::try_from(region.end).ok()?) {
                    return Some(());
                }
            }
            if arguments.walk_end <= start {
                return None;
            }
            start = arguments.walk_end;
        }
        Some(())
    }

    /// This process's own map of pages. A process that was forked off may not use the one that its parent has opened.
    fn pagemap() -> Option<&'static File> {
        static PAGEMAP: OnceLock<Option<(u32, File)>> = OnceLock::new();
        let process = std::process::id();
        let opened = PAGEMAP.get_or_init(|| Some((process, File::open("/proc/self/pagemap").ok()?)));
        opened.as_ref().filter(|(owner, _)| *owner == process).map(|(_, file)| file)
    }
}
