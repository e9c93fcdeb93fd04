//! Mounts: directories in a sandbox's file system that its host answers for.
//!
//! The sandbox asks for what its program needs, when it needs it, with a [`MountRequest`]; whoever answers for the mount
//! implements [`Mount`]. Paths are below the mount's root: names with `/` between them, no `.` and no `..`, empty for the
//! root, any bytes but NUL. They never lead through a symbolic link of the mount: links are followed by the sandbox, in
//! its own tree.
//!
//! A hostile program chooses which requests are made, in any order and as often as it likes. That a mount is read-only
//! is the sandbox's doing: it makes none of the requests that change something.
//!
//! A mount that is made up:
//!
//! ```
//! use exuvia_core::mount::{Mount, MountAnswer, MountEntry, MountFault, MountOperation, MountReply};
//!
//! /// Has a file for each of the first hundred numbers, which holds its square.
//! struct Squares;
//!
//! impl Squares {
//!     fn square(path: &[u8]) -> Result<String, MountFault> {
//!         let number: Option<u32> = std::str::from_utf8(path).ok().and_then(|name| name.parse().ok());
//!         number.filter(|number| *number < 100).map(|number| format!("{}\n", number * number)).ok_or(MountFault::NotFound)
//!     }
//! }
//!
//! impl Mount for Squares {
//!     fn answer(&mut self, operation: &MountOperation) -> MountReply {
//!         let answer = match operation {
//!             MountOperation::List { path } if path.is_empty() => {
//!                 let name = |number: u32| number.to_string();
//!                 let size = |number: u32| Squares::square(name(number).as_bytes()).map_or(0, |text| text.len() as u64);
//!                 let entry = |number| MountEntry::file(name(number), size(number));
//!                 Ok(MountAnswer::Entries((0..100).map(entry).collect()))
//!             }
//!             MountOperation::Read { path, offset, length } => Squares::square(path).map(|text| {
//!                 let bytes = text.bytes().skip(*offset as usize).take(*length as usize);
//!                 MountAnswer::Bytes(bytes.collect())
//!             }),
//!             _ => Err(MountFault::Unsupported),
//!         };
//!         answer.into()
//!     }
//! }
//!
//! let seven = MountOperation::Read { path: b"7".to_vec(), offset: 0, length: 3 };
//! let MountReply::Now(answer) = Squares.answer(&seven) else { unreachable!("it never has to wait") };
//! assert_eq!(answer, Ok(MountAnswer::Bytes(b"49\n".to_vec())));
//! ```

use std::future::Future;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

/// What the program may do with a mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MountMode {
    /// Read it.
    #[default]
    ReadOnly,
    /// Read and change it: each change is made by the host before the program goes on.
    ReadWrite,
    /// Read it, and change what it sees of it: changes stay in the sandbox, where they can be listed.
    Overlay,
}

/// What the host is asked about one of a sandbox's mounts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MountRequest {
    /// Which mount: its position in the order in which they were given to the sandbox.
    pub mount: u32,
    /// What to do.
    pub operation: MountOperation,
}

/// One operation on a mount.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MountOperation {
    /// What is in this directory? Answer: [`MountAnswer::Entries`].
    List {
        /// The directory.
        path: Vec<u8>,
    },
    /// How large is this file, which was listed as [`Unmeasured`](MountEntryKind::Unmeasured)?
    /// Answer: [`MountAnswer::Size`].
    Measure {
        /// The file.
        path: Vec<u8>,
    },
    /// What do these bytes of this file hold? Answer: [`MountAnswer::Bytes`] of exactly this length.
    Read {
        /// The file.
        path: Vec<u8>,
        /// The first byte.
        offset: u64,
        /// How many, at most 4 MiB; never past the end that was told.
        length: u32,
    },
    /// Writes to a file that exists. Answer, as of everything below: [`MountAnswer::Done`], when all of it is done.
    Write {
        /// The file.
        path: Vec<u8>,
        /// Where the first byte goes; beyond the file's end, zeros come between.
        offset: u64,
        /// What to write, at most 1 MiB.
        bytes: Vec<u8>,
    },
    /// Cuts or extends a file.
    SetSize {
        /// The file.
        path: Vec<u8>,
        /// Its new size.
        size: u64,
    },
    /// Makes an empty file under a name that is free.
    Create {
        /// The file.
        path: Vec<u8>,
        /// Its permission bits, a part of `0o755`.
        mode: u32,
    },
    /// Makes a directory under a name that is free.
    MakeDirectory {
        /// The directory.
        path: Vec<u8>,
        /// Its permission bits, a part of `0o755`.
        mode: u32,
    },
    /// Makes a symbolic link under a name that is free.
    MakeSymlink {
        /// The link.
        path: Vec<u8>,
        /// Where it leads: a relative path that only descends, without `..`.
        target: Vec<u8>,
    },
    /// Removes a file or link.
    Unlink {
        /// The file.
        path: Vec<u8>,
    },
    /// Removes an empty directory.
    RemoveDirectory {
        /// The directory.
        path: Vec<u8>,
    },
    /// Renames a file, link or directory. A file or link, or an empty directory, that has the new name is replaced.
    Rename {
        /// Its path.
        from: Vec<u8>,
        /// Its new path.
        to: Vec<u8>,
    },
    /// Sets the permission bits.
    SetMode {
        /// The file or directory; never a link.
        path: Vec<u8>,
        /// The permission bits, a part of `0o755`.
        mode: u32,
    },
    /// Sets the times of the last read and the last change.
    SetTimes {
        /// The file, directory or link.
        path: Vec<u8>,
        /// Nanoseconds since 1970; `None`: it stays.
        accessed: Option<i64>,
        /// Nanoseconds since 1970; `None`: it stays.
        modified: Option<i64>,
    },
    /// Makes sure that what was written to a file survives a failure of the machine.
    Sync {
        /// The file or directory.
        path: Vec<u8>,
    },
}

impl MountOperation {
    /// Returns whether it changes something.
    #[must_use]
    pub fn changes(&self) -> bool {
        !matches!(self, Self::List { .. } | Self::Measure { .. } | Self::Read { .. } | Self::Sync { .. })
    }
}

/// What a mount answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MountAnswer {
    /// The entries of a directory, without `.` and `..`, in any order.
    Entries(Vec<MountEntry>),
    /// A file's size in bytes.
    Size(u64),
    /// Bytes of a file.
    Bytes(Vec<u8>),
    /// It was done.
    Done,
}

/// One entry of a mounted directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountEntry {
    /// Its name: 1 to 255 bytes, none of them `/` or NUL.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: MountEntryKind,
    /// Its size in bytes, if it is a file.
    pub size: u64,
    /// When it was changed, in nanoseconds since 1970.
    pub modified: i64,
    /// Its permission bits (`0o777`); the program counts as the owner.
    pub mode: u32,
}

impl MountEntry {
    /// Describes a readable file of this size, as old as time.
    #[must_use]
    pub fn file(name: impl Into<Vec<u8>>, size: u64) -> Self {
        Self { name: name.into(), kind: MountEntryKind::File, size, modified: 0, mode: 0o644 }
    }

    /// Describes a directory, as old as time.
    #[must_use]
    pub fn directory(name: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), kind: MountEntryKind::Directory, size: 0, modified: 0, mode: 0o755 }
    }
}

/// What an entry of a mounted directory is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MountEntryKind {
    /// A regular file.
    File,
    /// A regular file whose size takes an effort to know: it is asked for ([`MountOperation::Measure`]) when a program
    /// first looks its name up, and not when it lists the directory.
    Unmeasured,
    /// A directory.
    Directory,
    /// A symbolic link to this path, resolved in the sandbox's own tree.
    Symlink(Vec<u8>),
}

/// Why a mount could not answer. The program sees the error number that is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MountFault {
    /// There is no such file or directory (any more): `ENOENT`.
    #[error("there is no such file or directory")]
    NotFound,
    /// The host may not do it: `EACCES`.
    #[error("the host may not do that")]
    Denied,
    /// It has more entries or bytes than a mount may have: `EFBIG`.
    #[error("it is too large")]
    TooLarge,
    /// Reading or writing failed: `EIO`.
    #[error("it cannot be read or written")]
    Unreadable,
    /// The name is taken: `EEXIST`.
    #[error("the name is taken")]
    Exists,
    /// A directory was wanted: `ENOTDIR`.
    #[error("it is no directory")]
    NotDirectory,
    /// Something else than a directory was wanted: `EISDIR`.
    #[error("it is a directory")]
    IsDirectory,
    /// The directory has entries: `ENOTEMPTY`.
    #[error("the directory is not empty")]
    NotEmpty,
    /// The disk or a quota is full: `ENOSPC`.
    #[error("no space is left")]
    NoSpace,
    /// It can only be read: `EROFS`.
    #[error("it can only be read")]
    ReadOnly,
    /// The two places lie on different disks: `EXDEV`.
    #[error("the places lie on different disks")]
    OtherDevice,
    /// A name that the host's file system cannot have: `ENAMETOOLONG`.
    #[error("the host cannot have such a name")]
    BadName,
    /// It took too long: `ETIMEDOUT`.
    #[error("it took too long")]
    TimedOut,
    /// The mount does nothing of that kind: `EOPNOTSUPP`.
    #[error("the mount does nothing of that kind")]
    Unsupported,
    /// Nobody listens where it is to be fetched from: `ECONNREFUSED`.
    #[error("nobody listens there")]
    Refused,
    /// Where it is to be fetched from cannot be found or reached: `EHOSTUNREACH`.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The answer ended before it was whole: `ECONNRESET`.
    #[error("the answer broke off")]
    BrokenOff,
    /// What was answered cannot be understood: `EPROTO`.
    #[error("the answer cannot be understood")]
    Garbled,
    /// It was answered that it cannot be had, for reasons of the other side's: `EREMOTEIO`.
    #[error("the server does not give it")]
    Remote,
}

/// What came of one operation.
pub type MountOutcome = Result<MountAnswer, MountFault>;

/// An answer now, or the promise of one.
pub enum MountReply {
    /// The answer.
    Now(MountOutcome),
    /// The answer comes later; until then the sandbox waits without holding a thread. An interrupt drops the future.
    Later(Pin<Box<dyn Future<Output = MountOutcome> + Send>>),
}

impl From<MountOutcome> for MountReply {
    fn from(outcome: MountOutcome) -> Self {
        Self::Now(outcome)
    }
}

impl std::fmt::Debug for MountReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Now(outcome) => f.debug_tuple("Now").field(outcome).finish(),
            Self::Later(_) => f.write_str("Later(..)"),
        }
    }
}

/// Whoever answers for a mount.
///
/// What it answers is checked like a stranger's word: an answer of the wrong kind or length, a name that no directory can
/// have, or a name that comes twice is an `EIO` for the program.
pub trait Mount: Send {
    /// Does one operation.
    fn answer(&mut self, operation: &MountOperation) -> MountReply;

    /// Reads straight into the program's memory, for mounts that can do so at once: fills all of `buffer`, as
    /// [`MountOperation::Read`] would. `None`: it is to be asked in the usual way, as it also is when it is recorded.
    fn read_into(&mut self, _path: &[u8], _offset: u64, _buffer: &mut [u8]) -> Option<Result<(), MountFault>> {
        None
    }
}

/// What a program has changed at one path of an overlay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The path below the mount's root.
    pub path: Vec<u8>,
    /// What the host said was there, when the program first saw it; `None`: nothing.
    pub before: Option<Original>,
    /// What is there now; `None`: nothing.
    pub after: Option<Changed>,
}

impl Change {
    /// Returns in one word what has happened: `added`, `modified` or `removed`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "added",
            (Some(_), Some(_)) => "modified",
            (Some(_), None) => "removed",
        }
    }
}

/// What a host has said of a file, by which it can tell whether it has changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// Whether it is a directory.
    pub directory: bool,
    /// Its size in bytes, if it is a file.
    pub size: u64,
    /// When it was changed, in nanoseconds since 1970.
    pub modified: i64,
}

/// What a changed path holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// A file.
    File {
        /// All of its bytes.
        content: Vec<u8>,
        /// Its permission bits.
        mode: u32,
    },
    /// A directory; what is in it has changes of its own.
    Directory {
        /// Its permission bits.
        mode: u32,
    },
    /// A symbolic link to this path. It is the program's word, and may lead anywhere.
    Symlink(Vec<u8>),
}
