//! Error numbers, and the two ways in which an operation of the file system can fail.

use exuvia_core::MountRequest;

/// What an operation of the file system answers.
pub type Result<T> = std::result::Result<T, Fault>;

/// Why an operation of the file system did not complete.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The operation failed; the guest gets the number.
    #[error(transparent)]
    Errno(#[from] Errno),
    /// The operation needs something from the host first. It has had no effect: answer the
    /// request with [`Vfs::supply`](super::Vfs::supply) and call the same operation again.
    #[error("the host must answer {0:?} first")]
    Needs(MountRequest),
}

macro_rules! errnos {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)*) => {
        /// An error number as the guest's C library knows it: WASI's numbering, not Linux's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
        #[repr(u16)]
        pub enum Errno {
            $($(#[$doc])* #[error($text)] $name = $number,)*
        }

        impl Errno {
            /// Returns the error with this number, or `None` for one that no file operation gives.
            #[must_use]
            pub fn from_number(number: i32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

errnos! {
    /// `EACCES`: the mode bits do not allow it.
    Acces = 2, "permission denied";
    /// `EAGAIN`: a non-blocking pipe has nothing to read or no room.
    Again = 6, "resource temporarily unavailable";
    /// `EBADF`: not an open descriptor, or not open for this.
    Badf = 8, "bad file descriptor";
    /// `EBUSY`: a mount point, or the root.
    Busy = 10, "device or resource busy";
    /// `ECONNREFUSED`: nobody listens where a file is fetched from; only ever supplied by the host.
    Connrefused = 14, "connection refused";
    /// `ECONNRESET`: what is fetched broke off; only ever supplied by the host.
    Connreset = 15, "connection reset";
    /// `EDEADLK`: a blocking pipe operation that nobody could ever end.
    Deadlk = 16, "operation would wait for ever";
    /// `EEXIST`: the name is taken.
    Exist = 20, "file exists";
    /// `EFAULT`: an address outside of the guest's memory; given by the caller, never here.
    Fault = 21, "bad address";
    /// `EFBIG`: beyond the largest size a file may have.
    Fbig = 22, "file too large";
    /// `EHOSTUNREACH`: where a file is fetched from cannot be reached; only ever supplied by the host.
    Hostunreach = 23, "host is unreachable";
    /// `EINTR`: interrupted; only ever supplied by the host.
    Intr = 27, "interrupted";
    /// `EINVAL`: an argument that makes no sense.
    Inval = 28, "invalid argument";
    /// `EIO`: the host's answer was missing or malformed.
    Io = 29, "input or output error";
    /// `EISDIR`: a directory where a file was wanted.
    Isdir = 31, "is a directory";
    /// `ELOOP`: more than [`LINKS_MAX`](super::LINKS_MAX) symbolic links in one path.
    Loop = 32, "too many levels of symbolic links";
    /// `EMFILE`: no free descriptor.
    Mfile = 33, "too many open files";
    /// `ENAMETOOLONG`: a path or a name over its limit.
    Nametoolong = 37, "file name too long";
    /// `ENFILE`: a table of the host is full; only ever supplied by the host.
    Nfile = 41, "too many open files in system";
    /// `ENODEV`: not a kind of file that has storage.
    Nodev = 43, "no such device";
    /// `ENOENT`: no such name.
    Noent = 44, "no such file or directory";
    /// `ENOMEM`: no room for what the host supplied.
    Nomem = 48, "out of memory";
    /// `ENOSPC`: the byte or file limit is reached.
    Nospc = 51, "no space left on device";
    /// `ENOSYS`: not implemented.
    Nosys = 52, "function not implemented";
    /// `ENOTDIR`: a file where a directory was wanted.
    Notdir = 54, "not a directory";
    /// `ENOTEMPTY`: the directory still has entries.
    Notempty = 55, "directory not empty";
    /// `ENOTTY`: not a terminal.
    Notty = 59, "not a terminal";
    /// `ENXIO`: no such device, or no data there.
    Nxio = 60, "no such device or address";
    /// `EOVERFLOW`: a number that does not fit.
    Overflow = 61, "value too large";
    /// `EPERM`: not the owner, or never allowed.
    Perm = 63, "operation not permitted";
    /// `EPIPE`: nobody reads the pipe.
    Pipe = 64, "broken pipe";
    /// `EPROTO`: what was fetched cannot be understood; only ever supplied by the host.
    Proto = 65, "protocol error";
    /// `EROFS`: the standard library and mounts are read-only.
    Rofs = 69, "read-only file system";
    /// `ESPIPE`: pipes and streams have no position.
    Spipe = 70, "illegal seek";
    /// `ESTALE`: the host's file is gone; only ever supplied by the host.
    Stale = 72, "stale file handle";
    /// `ETIMEDOUT`: the host took too long; only ever supplied by the host.
    Timedout = 73, "timed out";
    /// `EXDEV`: a rename between file systems.
    Xdev = 75, "cross-device link";
    /// `EOPNOTSUPP`: not supported by this kind of file.
    Opnotsupp = 138, "operation not supported";
    /// `EREMOTEIO`: a server does not give what is fetched; only ever supplied by the host.
    Remoteio = 147, "remote input or output error";
}

impl Errno {
    /// Returns the number as the guest's C library defines it: positive, below 256.
    #[must_use]
    pub fn number(self) -> i32 {
        i32::from(self as u16)
    }
}
