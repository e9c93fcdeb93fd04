//! How the guest's C library lays out structures in memory (Emscripten's musl, 32 bits).

use super::pointer::{self, read_i64, read_u32, slice_mut, write_u32, write_u64};
use crate::vfs::{DirectoryEntry, Errno, FileSystemStat, FileType, Stat, TimeChange, TimeChanges, Timestamp};

/// The size of one record of `getdents64`; Emscripten's are all of one size.
pub(super) const DIRENT_BYTES: usize = 280;
const STAT_BYTES: u32 = 96;
const STATFS_BYTES: u32 = 68;
const UTIME_NOW: u32 = 0x3fff_ffff;
const UTIME_OMIT: u32 = 0x3fff_fffe;

/// Writes a `struct stat`.
pub(super) fn write_stat(memory: &mut [u8], out: u32, stat: &Stat) -> pointer::Result<()> {
    slice_mut(memory, out, STAT_BYTES)?.fill(0);
    write_u32(memory, out, stat.device)?;
    write_u32(memory, out + 4, stat.mode())?;
    write_u32(memory, out + 8, stat.links)?;
    write_u32(memory, out + 12, stat.user)?;
    write_u32(memory, out + 16, stat.group)?;
    write_u32(memory, out + 20, stat.device_number)?;
    write_u64(memory, out + 24, stat.size)?;
    write_u32(memory, out + 32, stat.block_size)?;
    write_u32(memory, out + 36, u32::try_from(stat.blocks).unwrap_or(u32::MAX))?;
    for (offset, time) in [(40, stat.accessed), (56, stat.modified), (72, stat.changed)] {
        write_u64(memory, out + offset, time.seconds.cast_unsigned())?;
        write_u32(memory, out + offset + 8, time.nanoseconds)?;
    }
    write_u64(memory, out + 88, stat.inode)
}

/// Writes a `struct statfs`.
pub(super) fn write_statfs(memory: &mut [u8], out: u32, stat: &FileSystemStat) -> pointer::Result<()> {
    const ST_RDONLY: u32 = 1;
    slice_mut(memory, out, STATFS_BYTES)?.fill(0);
    write_u32(memory, out + 4, stat.block_size)?;
    write_u64(memory, out + 8, stat.blocks)?;
    write_u64(memory, out + 16, stat.blocks_free)?;
    write_u64(memory, out + 24, stat.blocks_free)?;
    write_u64(memory, out + 32, stat.files)?;
    write_u64(memory, out + 40, stat.files_free)?;
    write_u32(memory, out + 48, stat.device)?;
    write_u32(memory, out + 56, stat.name_bytes_max)?;
    write_u32(memory, out + 60, stat.block_size)?;
    write_u32(memory, out + 64, if stat.read_only { ST_RDONLY } else { 0 })
}

/// Writes one record of `getdents64` into its place.
pub(super) fn write_dirent(place: &mut [u8], entry: &DirectoryEntry) -> pointer::Result<()> {
    let record: &mut [u8; DIRENT_BYTES] = place.try_into().map_err(|_| Errno::Fault)?;
    record.fill(0);
    record[0..8].copy_from_slice(&entry.inode.to_le_bytes());
    record[8..16].copy_from_slice(&entry.cookie.to_le_bytes());
    record[16..18].copy_from_slice(&(DIRENT_BYTES as u16).to_le_bytes());
    record[18] = match entry.file_type {
        FileType::Fifo => 1,
        FileType::CharacterDevice => 2,
        FileType::Directory => 4,
        FileType::Regular => 8,
        FileType::Symlink => 10,
    };
    // One byte stays for the terminating NUL.
    let name = record[19..DIRENT_BYTES - 1].get_mut(..entry.name.len()).ok_or(Errno::Overflow)?;
    name.copy_from_slice(&entry.name);
    Ok(())
}

/// Reads the two `struct timespec` of `utimensat`; null means now.
pub(super) fn read_time_changes(memory: &[u8], address: u32) -> pointer::Result<TimeChanges> {
    if address == 0 {
        return Ok(TimeChanges { accessed: TimeChange::Now, modified: TimeChange::Now });
    }
    let modified = address.checked_add(16).ok_or(Errno::Fault)?;
    Ok(TimeChanges { accessed: read_time(memory, address)?, modified: read_time(memory, modified)? })
}

fn read_time(memory: &[u8], address: u32) -> pointer::Result<TimeChange> {
    let seconds = read_i64(memory, address)?;
    let nanoseconds = read_u32(memory, address.checked_add(8).ok_or(Errno::Fault)?)?;
    match nanoseconds {
        UTIME_NOW => Ok(TimeChange::Now),
        UTIME_OMIT => Ok(TimeChange::Omit),
        0..1_000_000_000 => Ok(TimeChange::Set(Timestamp { seconds, nanoseconds })),
        _ => Err(Errno::Inval),
    }
}

#[cfg(test)]
mod tests {
    use super::{DIRENT_BYTES, write_dirent};
    use crate::vfs::{DirectoryEntry, Errno, FileType};

    #[test]
    fn the_longest_name_fits_and_a_longer_one_is_refused() {
        let mut place = [1; DIRENT_BYTES];
        let mut entry = DirectoryEntry { inode: 7, cookie: 3, file_type: FileType::Regular, name: vec![b'n'; 255] };
        write_dirent(&mut place, &entry).expect("255 bytes fit");
        assert_eq!(place[19 + 254], b'n');
        assert_eq!(place[19 + 255], 0);
        entry.name = vec![b'n'; 261];
        assert_eq!(write_dirent(&mut place, &entry), Err(Errno::Overflow));
    }
}
