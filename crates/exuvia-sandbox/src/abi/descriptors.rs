//! System calls about open files: opening, duplicating, flags, positions, waiting for readiness.

use std::time::Duration;

use exuvia_core::{HostAnswer, HostCall};
use wasmtime::{Caller, Linker};

use super::files::{directory, system_calls};
use super::mounts::complete;
use super::pointer::{self, path, read_u32, slice, write_i32, write_u32, write_u64};
use super::waiting;
use crate::guest::{Guest, HostFault, parts};
use crate::vfs::{
    Device, DuplicateFrom, DuplicateTo, Errno, Fault, FileType, OpenFlags, Place, Range, Result, SeekFrom, Stat,
    Target, Vfs,
};

const WASI: &str = "wasi_snapshot_preview1";

pub(super) fn register(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    system_calls! { linker,
        "__syscall_openat" (dir: i32, name: u32, flags: u32, varargs: u32) |memory, vfs| {
            let mode = if varargs == 0 { 0 } else { read_u32(memory, varargs)? };
            let place = Place { dir: directory(dir), path: path(memory, name)? };
            vfs.open(place, OpenFlags::from_bits(flags), mode)
        };
        "__syscall_dup" (fd: i32) |memory, vfs| {
            vfs.duplicate(fd, DuplicateFrom::default())
        };
        "__syscall_dup3" (fd: i32, new: i32, flags: u32) |memory, vfs| {
            if fd == new {
                return Err(Errno::Inval.into());
            }
            let close_on_exec = OpenFlags::from_bits(flags).contains(OpenFlags::CLOSE_ON_EXEC);
            vfs.duplicate_to(fd, DuplicateTo { number: new, close_on_exec })
        };
        "__syscall_pipe" (out: u32) |memory, vfs| {
            slice(memory, out, 8)?;
            let ends = vfs.pipe(OpenFlags::default())?;
            write_i32(memory, out, ends.read)?;
            write_i32(memory, out + 4, ends.write)?;
            Ok(0)
        };
        "__syscall_fcntl64" (fd: i32, command: i32, varargs: u32) |memory, vfs| {
            control(memory, vfs, fd, command, varargs)
        };
        "__syscall_ioctl" (fd: i32, request: u32, varargs: u32) |memory, vfs| {
            terminal(memory, vfs, fd, request, varargs)
        };
        "__syscall_fdatasync" (fd: i32) |memory, vfs| {
            vfs.sync(fd).map(|()| 0)
        };
        "__syscall_fadvise64" (fd: i32, _offset: i64, _length: i64, _advice: i32) |memory, vfs| {
            vfs.check_descriptor(fd).map(|()| 0)
        };
        "__syscall_fallocate" (fd: i32, mode: i32, offset: i64, length: i64) |memory, vfs| {
            if mode != 0 {
                return Err(Errno::Opnotsupp.into());
            }
            vfs.allocate(fd, Range { offset, length }).map(|()| 0)
        };
    }
    register_wasi(linker)?;
    register_poll(linker)?;
    // Whether a socket answers: none does, so the caller goes on to the file's own call.
    linker.func_wrap("env", "_try_fcntl64", |_fd: i32, _command: i32, _argument: i32, _result: i32| 0_i32)?;
    Ok(())
}

fn register_wasi(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap(WASI, "fd_close", |mut caller: Caller<'_, Guest>, fd: i32| {
        positive(caller.data_mut().vfs.close(fd))
    })?;
    linker.func_wrap_async(WASI, "fd_sync", |mut caller: Caller<'_, Guest>, (fd,): (i32,)| {
        Box::new(async move {
            let synced = complete(&mut caller, move |_, vfs| vfs.sync(fd)).await?;
            Ok::<i32, wasmtime::Error>(synced.map_or_else(Errno::number, |()| 0))
        })
    })?;
    linker.func_wrap(
        WASI,
        "fd_seek",
        |mut caller: Caller<'_, Guest>, fd: i32, offset: i64, whence: i32, out: u32| {
            let (memory, guest) = parts(&mut caller);
            positive(seek(memory, &mut guest.vfs, fd, offset, whence, out))
        },
    )?;
    linker.func_wrap(WASI, "fd_fdstat_get", |mut caller: Caller<'_, Guest>, fd: i32, out: u32| {
        let (memory, guest) = parts(&mut caller);
        positive(descriptor_status(memory, &mut guest.vfs, fd, out))
    })?;
    Ok(())
}

/// WASI's errors are positive.
fn positive(result: Result<()>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(Fault::Errno(errno)) => errno.number(),
        // None of these operations looks into a mount.
        Err(Fault::Needs(_)) => Errno::Io.number(),
    }
}

fn seek(memory: &mut [u8], vfs: &mut Vfs, fd: i32, offset: i64, whence: i32, out: u32) -> Result<()> {
    slice(memory, out, 8)?;
    let to = match whence {
        0 => SeekFrom::Start(offset),
        1 => SeekFrom::Current(offset),
        2 => SeekFrom::End(offset),
        3 => SeekFrom::Data(offset),
        4 => SeekFrom::Hole(offset),
        _ => return Err(Errno::Inval.into()),
    };
    let position = vfs.seek(fd, to)?;
    Ok(write_u64(memory, out, position)?)
}

/// Writes WASI's `fdstat`: the kind of file; the rights are not used.
fn descriptor_status(memory: &mut [u8], vfs: &mut Vfs, fd: i32, out: u32) -> Result<()> {
    let stat = vfs.stat(Target::Fd(fd))?;
    let place = pointer::slice_mut(memory, out, 24)?;
    place.fill(0);
    place[0] = match stat.file_type {
        FileType::CharacterDevice => 2,
        FileType::Directory => 3,
        FileType::Symlink => 7,
        FileType::Regular | FileType::Fifo => 4,
    };
    Ok(())
}

/// `fcntl`.
fn control(memory: &mut [u8], vfs: &mut Vfs, fd: i32, command: i32, varargs: u32) -> Result<i32> {
    const F_DUPFD: i32 = 0;
    const F_GETFD: i32 = 1;
    const F_SETFD: i32 = 2;
    const F_GETFL: i32 = 3;
    const F_SETFL: i32 = 4;
    const F_GETLK: i32 = 12;
    const F_SETLK: i32 = 13;
    const F_SETLKW: i32 = 14;
    const F_DUPFD_CLOEXEC: i32 = 1030;
    const F_UNLCK: [u8; 2] = [2, 0];
    vfs.check_descriptor(fd)?;
    match command {
        F_DUPFD | F_DUPFD_CLOEXEC => {
            let lowest = read_u32(memory, varargs)?.cast_signed();
            vfs.duplicate(fd, DuplicateFrom { lowest, close_on_exec: command == F_DUPFD_CLOEXEC })
        }
        F_GETFD => Ok(i32::from(vfs.close_on_exec(fd)?)),
        F_SETFD => {
            let flags = read_u32(memory, varargs)?;
            vfs.set_close_on_exec(fd, flags & 1 != 0).map(|()| 0)
        }
        F_GETFL => Ok(vfs.status_flags(fd)?.bits().cast_signed()),
        F_SETFL => {
            let flags = OpenFlags::from_bits(read_u32(memory, varargs)?);
            vfs.set_status_flags(fd, flags).map(|()| 0)
        }
        // There is one process, which never stands in its own way.
        F_GETLK => {
            let lock = read_u32(memory, varargs)?;
            pointer::slice_mut(memory, lock, 2)?.copy_from_slice(&F_UNLCK);
            Ok(0)
        }
        F_SETLK | F_SETLKW => Ok(0),
        _ => Err(Errno::Inval.into()),
    }
}

/// `ioctl`: all that is told of a terminal is that it is one, and its size.
fn terminal(memory: &mut [u8], vfs: &mut Vfs, fd: i32, request: u32, varargs: u32) -> Result<i32> {
    const TCGETS: u32 = 0x5401;
    const TIOCGWINSZ: u32 = 0x5413;
    const FIONREAD: u32 = 0x541b;
    const ROWS_AND_COLUMNS: [u16; 4] = [24, 80, 0, 0];
    let stat: Stat = vfs.stat(Target::Fd(fd))?;
    let is_terminal = stat.file_type == FileType::CharacterDevice && is_stream(&stat);
    match request {
        TIOCGWINSZ if is_terminal => {
            let out = read_u32(memory, varargs)?;
            let place = pointer::slice_mut(memory, out, 8)?;
            for (bytes, value) in place.chunks_exact_mut(2).zip(ROWS_AND_COLUMNS) {
                bytes.copy_from_slice(&value.to_le_bytes());
            }
            Ok(0)
        }
        TCGETS if is_terminal => {
            /// The size of `struct termios`.
            const TERMIOS_BYTES: u32 = 60;
            let out = read_u32(memory, varargs)?;
            pointer::slice_mut(memory, out, TERMIOS_BYTES)?.fill(0);
            Ok(0)
        }
        FIONREAD => Err(Errno::Inval.into()),
        _ => Err(Errno::Notty.into()),
    }
}

/// Whether a character device is one of the three streams: the others in `/dev` are numbered like Linux's memory
/// devices, whose major number is 1.
fn is_stream(stat: &Stat) -> bool {
    stat.device_number >> 8 != 1
}

fn register_poll(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        "env",
        "__syscall_poll",
        |mut caller: Caller<'_, Guest>, (descriptors, count, timeout): (u32, u32, i32)| {
            Box::new(async move {
                let looked =
                    complete(&mut caller, move |memory, vfs| Ok(poll(memory, vfs, descriptors, count)?)).await?;
                let ready = match looked {
                    Ok(0) if timeout != 0 => {
                        // Nothing in this file system becomes ready by itself, so all that is left is to wait.
                        let duration = u64::try_from(timeout).ok().map(Duration::from_millis);
                        match waiting::call(caller.data_mut(), HostCall::Wait { duration }).await? {
                            HostAnswer::Done => 0,
                            HostAnswer::Interrupted => -Errno::Intr.number(),
                            other => return Err(HostFault::wrong("wait", &other).into()),
                        }
                    }
                    Ok(ready) => ready,
                    Err(errno) => -errno.number(),
                };
                Ok::<i32, wasmtime::Error>(ready)
            })
        },
    )?;
    Ok(())
}

/// Fills in what each `struct pollfd` is ready for. Returns how many are ready for something.
fn poll(memory: &mut [u8], vfs: &Vfs, descriptors: u32, count: u32) -> pointer::Result<i32> {
    const POLLIN: u16 = 1;
    const POLLOUT: u16 = 4;
    const POLLERR: u16 = 8;
    const POLLHUP: u16 = 16;
    const POLLNVAL: u16 = 32;
    let size = count.checked_mul(8).ok_or(Errno::Inval)?;
    let records = pointer::slice_mut(memory, descriptors, size)?;
    let mut ready = 0;
    for record in records.chunks_exact_mut(8) {
        let fd = i32::from_le_bytes([record[0], record[1], record[2], record[3]]);
        let wanted = u16::from_le_bytes([record[4], record[5]]);
        let found = if fd < 0 {
            0
        } else {
            match vfs.readiness(fd) {
                Ok(state) => {
                    let readable = state.readable || state.device == Some(Device::Stdin);
                    let mut found = if readable { POLLIN } else { 0 };
                    found |= if state.writable { POLLOUT } else { 0 };
                    found |= if state.hang_up { POLLHUP } else { 0 };
                    found |= if state.error { POLLERR } else { 0 };
                    found & (wanted | POLLERR | POLLHUP)
                }
                Err(_) => POLLNVAL,
            }
        };
        record[6..8].copy_from_slice(&found.to_le_bytes());
        ready += i32::from(found != 0);
    }
    Ok(ready)
}

/// Writes how many bytes a call has moved.
pub(super) fn write_count(memory: &mut [u8], out: u32, count: usize) -> pointer::Result<()> {
    write_u32(memory, out, u32::try_from(count).map_err(|_| Errno::Overflow)?)
}
