//! System calls about names and attributes of files.
//!
//! Flags that the guest passes and that mean nothing here are ignored, as Linux does.

use wasmtime::{Caller, Linker};

use super::mounts::complete;
use super::pointer::{self, path, slice_mut};
use super::{layout, process};
use crate::guest::{Guest, parts};
use crate::vfs::{AccessMode, Dir, Errno, Fault, Ownership, Place, Renaming, Result, Target, TimeChanges, Vfs};

const AT_FDCWD: i32 = -100;
const AT_SYMLINK_NOFOLLOW: i32 = 0x100;
const AT_REMOVEDIR: i32 = 0x200;
const AT_EMPTY_PATH: i32 = 0x1000;

/// Adds a system call: an operation on memory and files that gives a number or an error, which becomes negative.
macro_rules! system_calls {
    ($linker:expr, $($name:literal ($($argument:ident: $ty:ty),*) |$memory:ident, $vfs:ident| $body:expr;)*) => {
        $($linker.func_wrap_async(
            "env",
            $name,
            |mut caller: Caller<'_, Guest>, ($($argument,)*): ($($ty,)*)| {
                Box::new(async move {
                    #[allow(unused_variables, reason = "some calls need only one of the two")]
                    let result = complete(&mut caller, move |$memory: &mut [u8], $vfs: &mut Vfs| -> Result<i32> {
                        $body
                    });
                    Ok::<i32, wasmtime::Error>(result.await?.unwrap_or_else(|errno| -errno.number()))
                })
            },
        )?;)*
    };
}
pub(super) use system_calls;

pub(super) fn register(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    register_attributes(linker)?;
    register_names(linker)?;
    register_directories(linker)?;
    linker.func_wrap("env", "__syscall_umask_js", |mut caller: Caller<'_, Guest>, mask: u32| {
        caller.data_mut().vfs.set_umask(mask)
    })?;
    Ok(())
}

/// Where a path starts.
pub(super) fn directory(fd: i32) -> Dir {
    if fd == AT_FDCWD { Dir::Cwd } else { Dir::Fd(fd) }
}

fn place(memory: &[u8], fd: i32, address: u32) -> pointer::Result<Place<'_>> {
    Ok(Place { dir: directory(fd), path: path(memory, address)? })
}

fn done(_: ()) -> i32 {
    0
}

fn register_attributes(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    system_calls! { linker,
        "__syscall_stat64" (name: u32, out: u32) |memory, vfs| {
            let stat = vfs.stat(Target::Follow(Place::cwd(path(memory, name)?)))?;
            Ok(done(layout::write_stat(memory, out, &stat)?))
        };
        "__syscall_lstat64" (name: u32, out: u32) |memory, vfs| {
            let stat = vfs.stat(Target::NoFollow(Place::cwd(path(memory, name)?)))?;
            Ok(done(layout::write_stat(memory, out, &stat)?))
        };
        "__syscall_fstat64" (fd: i32, out: u32) |memory, vfs| {
            let stat = vfs.stat(Target::Fd(fd))?;
            Ok(done(layout::write_stat(memory, out, &stat)?))
        };
        "__syscall_newfstatat" (dir: i32, name: u32, out: u32, flags: i32) |memory, vfs| {
            let stat = vfs.stat(target(memory, dir, name, flags)?)?;
            Ok(done(layout::write_stat(memory, out, &stat)?))
        };
        "__syscall_faccessat" (dir: i32, name: u32, mode: u32, _flags: i32) |memory, vfs| {
            let mode = AccessMode::from_bits(mode).ok_or(Errno::Inval)?;
            vfs.access(place(memory, dir, name)?, mode).map(done)
        };
        "__syscall_chmod" (name: u32, mode: u32) |memory, vfs| {
            vfs.set_mode(Target::Follow(Place::cwd(path(memory, name)?)), mode).map(done)
        };
        "__syscall_fchmod" (fd: i32, mode: u32) |memory, vfs| {
            vfs.set_mode(Target::Fd(fd), mode).map(done)
        };
        "__syscall_fchmodat2" (dir: i32, name: u32, mode: u32, flags: i32) |memory, vfs| {
            vfs.set_mode(target(memory, dir, name, flags)?, mode).map(done)
        };
        "__syscall_fchown32" (fd: i32, user: u32, group: u32) |memory, vfs| {
            vfs.set_owner(Target::Fd(fd), ownership(user, group)).map(done)
        };
        "__syscall_fchownat" (dir: i32, name: u32, user: u32, group: u32, flags: i32) |memory, vfs| {
            vfs.set_owner(target(memory, dir, name, flags)?, ownership(user, group)).map(done)
        };
        "__syscall_utimensat" (dir: i32, name: u32, times: u32, flags: i32) |memory, vfs| {
            let changes: TimeChanges = layout::read_time_changes(memory, times)?;
            // futimens() passes a null name.
            let target = if name == 0 { Target::Fd(dir) } else { target(memory, dir, name, flags)? };
            vfs.set_times(target, changes).map(done)
        };
        "__syscall_statfs64" (name: u32, _size: u32, out: u32) |memory, vfs| {
            let stat = vfs.stat_file_system(Target::Follow(Place::cwd(path(memory, name)?)))?;
            Ok(done(layout::write_statfs(memory, out, &stat)?))
        };
        "__syscall_fstatfs64" (fd: i32, _size: u32, out: u32) |memory, vfs| {
            let stat = vfs.stat_file_system(Target::Fd(fd))?;
            Ok(done(layout::write_statfs(memory, out, &stat)?))
        };
        "__syscall_truncate64" (name: u32, length: i64) |memory, vfs| {
            vfs.truncate(Target::Follow(Place::cwd(path(memory, name)?)), length).map(done)
        };
        "__syscall_ftruncate64" (fd: i32, length: i64) |memory, vfs| {
            vfs.truncate(Target::Fd(fd), length).map(done)
        };
    }
    Ok(())
}

/// What a path with `AT_…` flags names.
fn target(memory: &[u8], dir: i32, name: u32, flags: i32) -> pointer::Result<Target<'_>> {
    let place = place(memory, dir, name)?;
    Ok(match place {
        Place { dir: Dir::Fd(fd), path: b"" } if flags & AT_EMPTY_PATH != 0 => Target::Fd(fd),
        _ if flags & AT_SYMLINK_NOFOLLOW != 0 => Target::NoFollow(place),
        _ => Target::Follow(place),
    })
}

fn ownership(user: u32, group: u32) -> Ownership {
    let some = |id| (id != u32::MAX).then_some(id);
    Ownership { user: some(user), group: some(group) }
}

fn register_names(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    system_calls! { linker,
        "__syscall_mkdirat" (dir: i32, name: u32, mode: u32) |memory, vfs| {
            vfs.make_directory(place(memory, dir, name)?, mode).map(done)
        };
        "__syscall_mknodat" (dir: i32, name: u32, mode: u32, _device: u32) |memory, vfs| {
            const S_IFMT: u32 = 0o170_000;
            const S_IFREG: u32 = 0o100_000;
            use crate::vfs::OpenFlags;
            match mode & S_IFMT {
                // A regular file may be made this way too.
                0 | S_IFREG => {
                    let flags = OpenFlags::CREATE.bits() | OpenFlags::EXCLUSIVE.bits() | OpenFlags::WRITE_ONLY.bits();
                    let fd = vfs.open(place(memory, dir, name)?, OpenFlags::from_bits(flags), mode & 0o7777)?;
                    vfs.close(fd).map(done)
                }
                _ => vfs.make_special(place(memory, dir, name)?).map(done),
            }
        };
        "__syscall_unlinkat" (dir: i32, name: u32, flags: i32) |memory, vfs| {
            let place = place(memory, dir, name)?;
            match flags {
                0 => vfs.unlink(place).map(done),
                AT_REMOVEDIR => vfs.remove_directory(place).map(done),
                _ => Err(Errno::Inval.into()),
            }
        };
        "__syscall_rmdir" (name: u32) |memory, vfs| {
            vfs.remove_directory(Place::cwd(path(memory, name)?)).map(done)
        };
        "__syscall_renameat" (from_dir: i32, from: u32, to_dir: i32, to: u32) |memory, vfs| {
            let (from, to) = (place(memory, from_dir, from)?, place(memory, to_dir, to)?);
            vfs.rename(Renaming { from, to, keep_existing: false }).map(done)
        };
        "__syscall_symlinkat" (target: u32, dir: i32, name: u32) |memory, vfs| {
            vfs.make_symlink(path(memory, target)?, place(memory, dir, name)?).map(done)
        };
        "__syscall_readlinkat" (dir: i32, name: u32, out: u32, size: u32) |memory, vfs| {
            if size == 0 {
                return Err(Errno::Inval.into());
            }
            let target = vfs.read_link(place(memory, dir, name)?)?;
            let length = u32::try_from(target.len()).unwrap_or(u32::MAX).min(size);
            slice_mut(memory, out, length)?.copy_from_slice(&target[..length as usize]);
            Ok(length.cast_signed())
        };
    }
    Ok(())
}

fn register_directories(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    system_calls! { linker,
        "__syscall_chdir" (name: u32) |memory, vfs| {
            vfs.change_directory(Place::cwd(path(memory, name)?)).map(done)
        };
        "__syscall_fchdir" (fd: i32) |memory, vfs| {
            vfs.change_directory_to(fd).map(done)
        };
        "__syscall_getdents64" (fd: i32, out: u32, size: u32) |memory, vfs| {
            let place = slice_mut(memory, out, size)?;
            if place.len() < layout::DIRENT_BYTES {
                return Err(Errno::Inval.into());
            }
            let entries = vfs.read_directory(fd, place.len() / layout::DIRENT_BYTES)?;
            for (record, entry) in place.chunks_exact_mut(layout::DIRENT_BYTES).zip(&entries) {
                layout::write_dirent(record, entry)?;
            }
            i32::try_from(entries.len() * layout::DIRENT_BYTES).map_err(|_| Errno::Inval.into())
        };
    }
    linker.func_wrap("env", "__syscall_getcwd", |mut caller: Caller<'_, Guest>, out: u32, size: u32| {
        let (memory, guest) = parts(&mut caller);
        working_directory(memory, &guest.vfs, out, size).unwrap_or_else(|errno| -errno.number())
    })?;
    // Files belong to one user and there are no others.
    debug_assert_eq!(process::USER_ID.cast_unsigned(), crate::vfs::GUEST_ID);
    Ok(())
}

fn working_directory(memory: &mut [u8], vfs: &Vfs, out: u32, size: u32) -> pointer::Result<i32> {
    const ERANGE: i32 = 68;
    if size == 0 {
        return Err(Errno::Inval);
    }
    let mut path = match vfs.working_directory() {
        Ok(path) => path,
        Err(Fault::Errno(errno)) => return Err(errno),
        Err(Fault::Needs(_)) => return Err(Errno::Io),
    };
    path.push(0);
    let length = u32::try_from(path.len()).unwrap_or(u32::MAX);
    if length > size {
        return Ok(-ERANGE);
    }
    slice_mut(memory, out, length)?.copy_from_slice(&path);
    Ok(length.cast_signed())
}
