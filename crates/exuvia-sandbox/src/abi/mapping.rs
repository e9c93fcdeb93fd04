//! Files mapped into memory. There is no paging here: a mapping is a copy, which the glue module allocates, and which is
//! written back when it is flushed or ends.

use wasmtime::{Caller, Linker};

use super::mounts::complete;
use super::pointer::{slice, slice_mut};
use crate::guest::Guest;
use crate::vfs::{Errno, FileType, Io, Result, Target, Vfs};

pub(super) fn register(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        "exuvia",
        "map_read",
        |mut caller: Caller<'_, Guest>, (fd, offset, address, length): (i32, i64, u32, u32)| {
            Box::new(async move {
                let mut done = 0;
                while done < length {
                    let read = complete(&mut caller, move |memory: &mut [u8], vfs: &mut Vfs| {
                        if vfs.stat(Target::Fd(fd))?.file_type != FileType::Regular {
                            return Err(Errno::Acces.into());
                        }
                        let start = address.checked_add(done).ok_or(Errno::Fault)?;
                        let place = slice_mut(memory, start, length - done)?;
                        vfs.read_at(fd, place, offset.saturating_add(i64::from(done)))
                    });
                    match read.await? {
                        // What lies behind the end of the file is zero, as the memory was given.
                        Ok(Io::Done(0)) => break,
                        Ok(Io::Done(read)) => done += u32::try_from(read).unwrap_or(u32::MAX),
                        Ok(Io::Device(_)) => return Ok(-Errno::Acces.number()),
                        Err(errno) => return Ok(-errno.number()),
                    }
                }
                Ok::<i32, wasmtime::Error>(0)
            })
        },
    )?;
    linker.func_wrap_async(
        "exuvia",
        "map_write",
        |mut caller: Caller<'_, Guest>, (fd, offset, address, length): (i32, i64, u32, u32)| {
            Box::new(async move {
                let mut done = 0;
                while done < length {
                    let written = complete(&mut caller, move |memory: &mut [u8], vfs: &mut Vfs| {
                        let start = address.checked_add(done).ok_or(Errno::Fault)?;
                        flush(memory, vfs, fd, offset.saturating_add(i64::from(done)), start, length - done)
                    });
                    match written.await? {
                        Ok(0) => break,
                        Ok(written) => done += written,
                        Err(errno) => return Ok(-errno.number()),
                    }
                }
                Ok::<i32, wasmtime::Error>(0)
            })
        },
    )?;
    Ok(())
}

/// Writes a mapping back, as far as the file reaches: a mapping never makes a file longer. Returns how much was written
/// at once.
fn flush(memory: &[u8], vfs: &mut Vfs, fd: i32, offset: i64, address: u32, length: u32) -> Result<u32> {
    let size = vfs.stat(Target::Fd(fd))?.size;
    let room = size.saturating_sub(u64::try_from(offset).map_err(|_| Errno::Inval)?);
    let length = length.min(u32::try_from(room).unwrap_or(u32::MAX));
    match vfs.write_at(fd, slice(memory, address, length)?, offset)? {
        Io::Done(written) => Ok(u32::try_from(written).unwrap_or(u32::MAX)),
        Io::Device(_) => Err(Errno::Acces.into()),
    }
}
