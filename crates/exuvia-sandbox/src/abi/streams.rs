//! Reading and writing: files, pipes, the standard streams, random bytes.

use exuvia_core::{HostAnswer, HostCall, Stream};
use wasmtime::{Caller, Linker};

use super::descriptors::write_count;
use super::mounts::complete;
use super::pointer::{self, read_u32, slice, slice_mut};
use super::{process, waiting};
use crate::guest::{CHUNK_BYTES_MAX, Guest, HostFault, parts};
use crate::vfs::{Device, Errno, Io, Vfs};

const WASI: &str = "wasi_snapshot_preview1";
/// The most pieces that one call may name (`IOV_MAX`).
const PIECES_MAX: u32 = 1_024;

/// Where in a file: at the descriptor's position, which moves, or at this one.
type At = Option<i64>;

pub(super) fn register(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        WASI,
        "fd_read",
        |mut caller: Caller<'_, Guest>, (fd, pieces, count, out): (i32, u32, u32, u32)| {
            Box::new(async move { transfer(&mut caller, Direction::Read, fd, (pieces, count), None, out).await })
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "fd_pread",
        |mut caller: Caller<'_, Guest>, (fd, pieces, count, offset, out): (i32, u32, u32, i64, u32)| {
            Box::new(
                async move { transfer(&mut caller, Direction::Read, fd, (pieces, count), Some(offset), out).await },
            )
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "fd_write",
        |mut caller: Caller<'_, Guest>, (fd, pieces, count, out): (i32, u32, u32, u32)| {
            Box::new(async move { transfer(&mut caller, Direction::Write, fd, (pieces, count), None, out).await })
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "fd_pwrite",
        |mut caller: Caller<'_, Guest>, (fd, pieces, count, offset, out): (i32, u32, u32, i64, u32)| {
            Box::new(
                async move { transfer(&mut caller, Direction::Write, fd, (pieces, count), Some(offset), out).await },
            )
        },
    )?;
    Ok(())
}

/// Returns where the pieces of a vectored call lie: address and length. All of them are within the memory.
fn read_pieces(memory: &[u8], pieces: u32, count: u32) -> pointer::Result<Vec<(u32, u32)>> {
    if count > PIECES_MAX {
        return Err(Errno::Inval);
    }
    let list = slice(memory, pieces, count * 8)?;
    let mut found = Vec::with_capacity(count as usize);
    for piece in list.chunks_exact(8) {
        let (address, length) = (read_u32(piece, 0)?, read_u32(piece, 4)?);
        slice(memory, address, length)?;
        found.push((address, length));
    }
    Ok(found)
}

/// Where the bytes of a transfer go.
#[derive(Clone, Copy)]
enum Direction {
    /// From a file to the guest's memory.
    Read,
    /// From the guest's memory to a file.
    Write,
}

/// Reads or writes pieces one after the other, and tells how much in all.
async fn transfer(
    caller: &mut Caller<'_, Guest>,
    direction: Direction,
    fd: i32,
    pieces: (u32, u32),
    at: At,
    out: u32,
) -> wasmtime::Result<i32> {
    let (memory, _) = parts(caller);
    let pieces = match read_pieces(memory, pieces.0, pieces.1) {
        Ok(pieces) => pieces,
        Err(errno) => return Ok(errno.number()),
    };
    let mut total = 0;
    'pieces: for (mut address, mut length) in pieces {
        // A file of a mount is read block by block, and what is long is written to it in parts.
        loop {
            let at = at.map(|offset| offset.saturating_add(i64::try_from(total).unwrap_or(i64::MAX)));
            let done = match direction {
                Direction::Read => read_piece(caller, fd, address, length, at).await?,
                Direction::Write => write_piece(caller, fd, address, length, at).await?,
            };
            match done {
                Ok(done) => {
                    total += done;
                    let step = u32::try_from(done).unwrap_or(u32::MAX);
                    (address, length) = (address.saturating_add(step), length.saturating_sub(step));
                    if length == 0 {
                        break;
                    }
                    if done == 0 || !caller.data().vfs.is_mounted(fd) {
                        break 'pieces;
                    }
                }
                // What was done before the error is told first.
                Err(_) if total > 0 => break 'pieces,
                Err(errno) => return Ok(errno.number()),
            }
        }
    }
    let (memory, _) = parts(caller);
    Ok(write_count(memory, out, total).map_or_else(Errno::number, |()| 0))
}

/// Reads a long piece of a file of a mount straight into the guest's memory, if it can be had that way.
fn read_directly(memory: &mut [u8], guest: &mut Guest, fd: i32, at: At) -> Option<Result<usize, Errno>> {
    let part = guest.vfs.direct_read(fd, at, memory.len())?;
    match guest.host.read_mount(part.mount, &part.path, part.offset, &mut memory[..part.length])? {
        Ok(()) => {
            guest.host_calls += 1;
            if at.is_none() {
                guest.vfs.skip(fd, part.length);
            }
            Some(Ok(part.length))
        }
        // The usual way tells what is wrong.
        Err(_) => None,
    }
}

async fn read_piece(
    caller: &mut Caller<'_, Guest>,
    fd: i32,
    address: u32,
    length: u32,
    at: At,
) -> wasmtime::Result<Result<usize, Errno>> {
    let (memory, guest) = parts(caller);
    if let Ok(place) = slice_mut(memory, address, length)
        && let Some(read) = read_directly(place, guest, fd, at)
    {
        return Ok(read);
    }
    let io = complete(caller, move |memory: &mut [u8], vfs: &mut Vfs| {
        let place = slice_mut(memory, address, length)?;
        match at {
            None => vfs.read(fd, place),
            Some(offset) => vfs.read_at(fd, place, offset),
        }
    });
    let device = match io.await? {
        Ok(Io::Done(read)) => return Ok(Ok(read)),
        Ok(Io::Device(device)) => device,
        Err(errno) => return Ok(Err(errno)),
    };
    match device {
        Device::Stdin => read_stdin(caller, address, length).await,
        Device::Random => {
            let (memory, guest) = parts(caller);
            match slice_mut(memory, address, length) {
                Ok(place) => process::random(guest, place).map(|()| Ok(length as usize)),
                Err(errno) => Ok(Err(errno)),
            }
        }
        Device::Stdout | Device::Stderr => Ok(Err(Errno::Badf)),
    }
}

async fn read_stdin(
    caller: &mut Caller<'_, Guest>,
    address: u32,
    length: u32,
) -> wasmtime::Result<Result<usize, Errno>> {
    let length_max = length.min(u32::try_from(CHUNK_BYTES_MAX).expect("a chunk is small"));
    if length_max == 0 {
        return Ok(Ok(0));
    }
    match waiting::call(caller.data_mut(), HostCall::Input { length_max }).await? {
        HostAnswer::Bytes(bytes) if bytes.len() <= length_max as usize => {
            let (memory, _) = parts(caller);
            let length = u32::try_from(bytes.len()).expect("its length was just compared");
            Ok(slice_mut(memory, address, length).map(|place| {
                place.copy_from_slice(&bytes);
                bytes.len()
            }))
        }
        HostAnswer::Interrupted => Ok(Err(Errno::Intr)),
        other => Err(HostFault::wrong("input", &other).into()),
    }
}

async fn write_piece(
    caller: &mut Caller<'_, Guest>,
    fd: i32,
    address: u32,
    length: u32,
    at: At,
) -> wasmtime::Result<Result<usize, Errno>> {
    let io = complete(caller, move |memory: &mut [u8], vfs: &mut Vfs| {
        let bytes = slice(memory, address, length)?;
        match at {
            None => vfs.write(fd, bytes),
            Some(offset) => vfs.write_at(fd, bytes, offset),
        }
    });
    let stream = match io.await? {
        Ok(Io::Done(written)) => return Ok(Ok(written)),
        Ok(Io::Device(Device::Stdout)) => Stream::Stdout,
        Ok(Io::Device(Device::Stderr)) => Stream::Stderr,
        // What is written to the source of randomness is gone.
        Ok(Io::Device(Device::Random)) => return Ok(Ok(length as usize)),
        Ok(Io::Device(Device::Stdin)) => return Ok(Err(Errno::Badf)),
        Err(errno) => return Ok(Err(errno)),
    };
    let (memory, guest) = parts(caller);
    let bytes = slice(memory, address, length).expect("the pieces were found within the memory");
    guest.write_output(stream, bytes)?;
    Ok(Ok(bytes.len()))
}
