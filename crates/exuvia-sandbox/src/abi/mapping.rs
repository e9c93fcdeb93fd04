//! Files mapped into memory. There is no paging here: a mapping is a copy, which the glue module allocates, and which is
//! written back when it is flushed or ends.

use wasmtime::{Caller, Linker};

use super::mounts::complete;
use super::pointer::{slice, slice_mut};
use crate::guest::{Guest, parts};
use crate::vfs::{Errno, Fault, FileType, Io, Target, Vfs};

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
    linker.func_wrap(
        "exuvia",
        "map_write",
        |mut caller: Caller<'_, Guest>, fd: i32, offset: i64, address: u32, length: u32| {
            let (memory, guest) = parts(&mut caller);
            flush(memory, &mut guest.vfs, fd, offset, address, length).map_or_else(|errno| -errno.number(), |()| 0)
        },
    )?;
    Ok(())
}

/// Writes a mapping back, as far as the file reaches: a mapping never makes a file longer.
fn flush(memory: &[u8], vfs: &mut Vfs, fd: i32, offset: i64, address: u32, length: u32) -> Result<(), Errno> {
    let plain = |fault| match fault {
        Fault::Errno(errno) => errno,
        Fault::Needs(_) => Errno::Io,
    };
    let size = vfs.stat(Target::Fd(fd)).map_err(plain)?.size;
    let room = size.saturating_sub(u64::try_from(offset).map_err(|_| Errno::Inval)?);
    let length = length.min(u32::try_from(room).unwrap_or(u32::MAX));
    match vfs.write_at(fd, slice(memory, address, length)?, offset).map_err(plain)? {
        Io::Done(_) => Ok(()),
        Io::Device(_) => Err(Errno::Acces),
    }
}
