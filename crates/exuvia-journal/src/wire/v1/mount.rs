//! What was asked of mounts, and what they answered.

use std::io;

use exuvia_core::journal::StoreError;
use exuvia_core::{MountAnswer, MountEntry, MountEntryKind, MountFault, MountMode, MountOperation};
use serde::{Deserialize, Serialize};

use super::super::{Fetch, Unreadable};
use super::call::same_variants;
use super::payload::{Bytes, Encoder};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Operation<'a> {
    List { path: Bytes<'a> },
    Measure { path: Bytes<'a> },
    Read { path: Bytes<'a>, offset: u64, length: u32 },
    Write { path: Bytes<'a>, offset: u64, bytes: Bytes<'a> },
    SetSize { path: Bytes<'a>, size: u64 },
    Create { path: Bytes<'a>, mode: u32 },
    MakeDirectory { path: Bytes<'a>, mode: u32 },
    MakeSymlink { path: Bytes<'a>, target: Bytes<'a> },
    Unlink { path: Bytes<'a> },
    RemoveDirectory { path: Bytes<'a> },
    Rename { from: Bytes<'a>, to: Bytes<'a> },
    SetMode { path: Bytes<'a>, mode: u32 },
    SetTimes { path: Bytes<'a>, accessed: Option<i64>, modified: Option<i64> },
    Sync { path: Bytes<'a> },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum MountOutcome<'a> {
    Entries(Vec<Entry<'a>>),
    Size(u64),
    Bytes(Bytes<'a>),
    Done,
    Fault(Fault),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry<'a> {
    name: Bytes<'a>,
    kind: EntryKind<'a>,
    size: u64,
    modified: i64,
    mode: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum EntryKind<'a> {
    File,
    Unmeasured,
    Directory,
    Symlink(Bytes<'a>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    ReadOnly,
    ReadWrite,
    Overlay,
}

impl<'a> Operation<'a> {
    pub(super) fn encode(operation: &'a MountOperation, encoder: &mut Encoder) -> Result<Self, StoreError> {
        use MountOperation as Core;
        Ok(match operation {
            Core::List { path } => Self::List { path: encoder.bytes(path)? },
            Core::Measure { path } => Self::Measure { path: encoder.bytes(path)? },
            Core::Read { path, offset, length } => {
                Self::Read { path: encoder.bytes(path)?, offset: *offset, length: *length }
            }
            Core::Write { path, offset, bytes } => {
                Self::Write { path: encoder.bytes(path)?, offset: *offset, bytes: encoder.bytes(bytes)? }
            }
            Core::SetSize { path, size } => Self::SetSize { path: encoder.bytes(path)?, size: *size },
            Core::Create { path, mode } => Self::Create { path: encoder.bytes(path)?, mode: *mode },
            Core::MakeDirectory { path, mode } => Self::MakeDirectory { path: encoder.bytes(path)?, mode: *mode },
            Core::MakeSymlink { path, target } => {
                Self::MakeSymlink { path: encoder.bytes(path)?, target: encoder.bytes(target)? }
            }
            Core::Unlink { path } => Self::Unlink { path: encoder.bytes(path)? },
            Core::RemoveDirectory { path } => Self::RemoveDirectory { path: encoder.bytes(path)? },
            Core::Rename { from, to } => Self::Rename { from: encoder.bytes(from)?, to: encoder.bytes(to)? },
            Core::SetMode { path, mode } => Self::SetMode { path: encoder.bytes(path)?, mode: *mode },
            Core::SetTimes { path, accessed, modified } => {
                Self::SetTimes { path: encoder.bytes(path)?, accessed: *accessed, modified: *modified }
            }
            Core::Sync { path } => Self::Sync { path: encoder.bytes(path)? },
        })
    }

    pub(super) fn decode(self, fetch: &mut Fetch<'_>) -> Result<MountOperation, Unreadable> {
        use MountOperation as Core;
        Ok(match self {
            Self::List { path } => Core::List { path: path.decode(fetch)? },
            Self::Measure { path } => Core::Measure { path: path.decode(fetch)? },
            Self::Read { path, offset, length } => Core::Read { path: path.decode(fetch)?, offset, length },
            Self::Write { path, offset, bytes } => {
                Core::Write { path: path.decode(fetch)?, offset, bytes: bytes.decode(fetch)? }
            }
            Self::SetSize { path, size } => Core::SetSize { path: path.decode(fetch)?, size },
            Self::Create { path, mode } => Core::Create { path: path.decode(fetch)?, mode },
            Self::MakeDirectory { path, mode } => Core::MakeDirectory { path: path.decode(fetch)?, mode },
            Self::MakeSymlink { path, target } => {
                Core::MakeSymlink { path: path.decode(fetch)?, target: target.decode(fetch)? }
            }
            Self::Unlink { path } => Core::Unlink { path: path.decode(fetch)? },
            Self::RemoveDirectory { path } => Core::RemoveDirectory { path: path.decode(fetch)? },
            Self::Rename { from, to } => Core::Rename { from: from.decode(fetch)?, to: to.decode(fetch)? },
            Self::SetMode { path, mode } => Core::SetMode { path: path.decode(fetch)?, mode },
            Self::SetTimes { path, accessed, modified } => {
                Core::SetTimes { path: path.decode(fetch)?, accessed, modified }
            }
            Self::Sync { path } => Core::Sync { path: path.decode(fetch)? },
        })
    }
}

impl<'a> MountOutcome<'a> {
    pub(super) fn encode(outcome: &'a exuvia_core::MountOutcome, encoder: &mut Encoder) -> Result<Self, StoreError> {
        Ok(match outcome {
            Ok(MountAnswer::Entries(entries)) => {
                Self::Entries(entries.iter().map(|entry| Entry::encode(entry, encoder)).collect::<Result<_, _>>()?)
            }
            Ok(MountAnswer::Size(size)) => Self::Size(*size),
            Ok(MountAnswer::Bytes(bytes)) => Self::Bytes(encoder.bytes(bytes)?),
            Ok(MountAnswer::Done) => Self::Done,
            Err(fault) => Self::Fault(Fault::encode(*fault)?),
        })
    }

    pub(super) fn decode(self, fetch: &mut Fetch<'_>) -> Result<exuvia_core::MountOutcome, Unreadable> {
        Ok(match self {
            Self::Entries(entries) => {
                let entries = entries.into_iter().map(|entry| entry.decode(fetch));
                Ok(MountAnswer::Entries(entries.collect::<Result<_, _>>()?))
            }
            Self::Size(size) => Ok(MountAnswer::Size(size)),
            Self::Bytes(bytes) => Ok(MountAnswer::Bytes(bytes.decode(fetch)?)),
            Self::Done => Ok(MountAnswer::Done),
            Self::Fault(fault) => Err(fault.decode()),
        })
    }
}

impl<'a> Entry<'a> {
    fn encode(entry: &'a MountEntry, encoder: &mut Encoder) -> Result<Self, StoreError> {
        let kind = match &entry.kind {
            MountEntryKind::File => EntryKind::File,
            MountEntryKind::Unmeasured => EntryKind::Unmeasured,
            MountEntryKind::Directory => EntryKind::Directory,
            MountEntryKind::Symlink(target) => EntryKind::Symlink(encoder.bytes(target)?),
        };
        let name = encoder.bytes(&entry.name)?;
        Ok(Self { name, kind, size: entry.size, modified: entry.modified, mode: entry.mode })
    }

    fn decode(self, fetch: &mut Fetch<'_>) -> Result<MountEntry, Unreadable> {
        let kind = match self.kind {
            EntryKind::File => MountEntryKind::File,
            EntryKind::Unmeasured => MountEntryKind::Unmeasured,
            EntryKind::Directory => MountEntryKind::Directory,
            EntryKind::Symlink(target) => MountEntryKind::Symlink(target.decode(fetch)?),
        };
        let name = self.name.decode(fetch)?;
        Ok(MountEntry { name, kind, size: self.size, modified: self.modified, mode: self.mode })
    }
}

/// Writes the faults and their conversions. Core may have more of them than this version can write.
macro_rules! faults {
    ($($fault:ident),+ $(,)?) => {
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(super) enum Fault {
            $($fault),+
        }

        impl Fault {
            fn encode(fault: MountFault) -> Result<Self, StoreError> {
                match fault {
                    $(MountFault::$fault => Ok(Self::$fault),)+
                    unknown => Err(StoreError::Io {
                        what: "a mount's fault cannot be written to a journal".to_owned(),
                        error: io::Error::other(unknown),
                    }),
                }
            }

            fn decode(self) -> MountFault {
                match self {
                    $(Self::$fault => MountFault::$fault),+
                }
            }
        }
    };
}

faults!(
    NotFound,
    Denied,
    TooLarge,
    Unreadable,
    Exists,
    NotDirectory,
    IsDirectory,
    NotEmpty,
    NoSpace,
    ReadOnly,
    OtherDevice,
    BadName,
    TimedOut,
    Unsupported,
    Refused,
    Unreachable,
    BrokenOff,
    Garbled,
    Remote,
);

same_variants!(Mode, MountMode: ReadOnly, ReadWrite, Overlay);
