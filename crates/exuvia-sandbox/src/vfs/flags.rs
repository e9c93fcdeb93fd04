//! The flags with which a file is opened.

use serde::{Deserialize, Serialize};

/// Flags of `open`, with the bit values of the guest's C library (musl's generic ones).
///
/// Built from whatever the guest passed: unknown bits are kept, and ignored like Linux does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OpenFlags(u32);

impl OpenFlags {
    /// Open for reading (the absence of the two next ones).
    pub const READ_ONLY: Self = Self(0);
    /// Open for writing.
    pub const WRITE_ONLY: Self = Self(1);
    /// Open for both.
    pub const READ_WRITE: Self = Self(2);
    /// Create the file if it does not exist.
    pub const CREATE: Self = Self(0o100);
    /// With [`CREATE`](Self::CREATE): fail if the name is taken, even by a dangling link.
    pub const EXCLUSIVE: Self = Self(0o200);
    /// Cut the file to nothing.
    pub const TRUNCATE: Self = Self(0o1000);
    /// Every write goes to the end.
    pub const APPEND: Self = Self(0o2000);
    /// A pipe answers `EAGAIN` rather than wait.
    pub const NON_BLOCKING: Self = Self(0o4000);
    /// Fail if it is not a directory.
    pub const DIRECTORY: Self = Self(0o200_000);
    /// Fail if the last component is a symbolic link.
    pub const NO_FOLLOW: Self = Self(0o400_000);
    /// Close on `exec`: kept and reported, nothing ever executes.
    pub const CLOSE_ON_EXEC: Self = Self(0o2_000_000);
    /// Only a handle to a place in the tree: no reading, no writing.
    pub const PATH: Self = Self(0o10_000_000);
    /// A file without a name in the given directory (includes [`DIRECTORY`](Self::DIRECTORY)).
    pub const TEMPORARY: Self = Self(0o20_200_000);

    const ACCESS_MODE: u32 = 3;
    /// What `fcntl(F_SETFL)` may change.
    const CHANGEABLE: Self = Self(Self::APPEND.0 | Self::NON_BLOCKING.0);
    /// What has a meaning only while opening, and is not reported afterwards.
    const OPENING: u32 = Self::CREATE.0 | Self::EXCLUSIVE.0 | Self::TRUNCATE.0 | Self::CLOSE_ON_EXEC.0 | 0o400; // O_NOCTTY

    /// Takes the bits as the guest passed them.
    #[must_use]
    pub fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Returns the bits as the guest knows them.
    #[must_use]
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Returns whether all bits of `other` are set.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns what is to be done with the file, or `None` for the meaningless mode 3.
    pub(super) fn access(self) -> Option<Access> {
        match self.0 & Self::ACCESS_MODE {
            0 => Some(Access { read: true, write: false }),
            1 => Some(Access { read: false, write: true }),
            2 => Some(Access { read: true, write: true }),
            _ => None,
        }
    }

    /// Returns what `fcntl(F_GETFL)` reports.
    pub(super) fn status(self) -> Self {
        Self(self.0 & !Self::OPENING)
    }

    /// Returns these flags with the changeable ones taken from `other`.
    pub(super) fn with_status(self, other: Self) -> Self {
        Self(self.0 & !Self::CHANGEABLE.0 | other.0 & Self::CHANGEABLE.0)
    }

    /// Returns only the flags that count together with [`PATH`](Self::PATH).
    pub(super) fn of_path_handle(self) -> Self {
        let kept = Self::PATH.0 | Self::DIRECTORY.0 | Self::NO_FOLLOW.0 | Self::CLOSE_ON_EXEC.0;
        Self(self.0 & kept)
    }
}

impl std::ops::BitOr for OpenFlags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What a descriptor, or a question about permissions, wants to do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Access {
    pub(super) read: bool,
    pub(super) write: bool,
}
