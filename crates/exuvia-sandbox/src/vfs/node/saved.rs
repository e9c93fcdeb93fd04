//! Inodes as records.

use std::collections::BTreeMap;

use super::{Body, COOKIE_FIRST, Content, Directory, Entry, Mounted, Name, Node, Times, Timestamp, Told};
use crate::vfs::path::{NAME_BYTES_MAX, PATH_BYTES_MAX};
use crate::vfs::saved::wire::{Blob, BodyRecord, DirectoryRecord, EntryRecord, MountedRecord, NodeRecord};
use crate::vfs::saved::{Damage, within};

/// More holders than there can be of a node.
const PINS_MAX: u32 = u32::MAX / 2;

impl Node {
    pub(in crate::vfs) fn to_record(&self, inode: u64) -> NodeRecord<'_> {
        let body = match &self.body {
            Body::File(content) => BodyRecord::File(content.to_record()),
            Body::Directory(directory) => BodyRecord::Directory(directory.to_record()),
            Body::Symlink(target) => BodyRecord::Symlink(Blob(target)),
            Body::Special(special) => BodyRecord::Special(*special),
        };
        NodeRecord {
            inode,
            body,
            mode: self.mode,
            owner: self.owner,
            named: self.named,
            pins: self.pins,
            times: self.times,
            mounted: self.mounted.as_ref().map(Mounted::to_record),
        }
    }

    pub(in crate::vfs) fn from_record(record: NodeRecord<'_>) -> Result<Self, Damage> {
        let body = match record.body {
            BodyRecord::File(content) => Body::File(Content::from_record(content)?),
            BodyRecord::Directory(directory) => Body::Directory(Directory::from_record(directory)?),
            BodyRecord::Symlink(Blob(target)) if target.len() <= PATH_BYTES_MAX => Body::Symlink(target.into()),
            BodyRecord::Symlink(_) => return Err(Damage("the target of a link is too long")),
            BodyRecord::Special(special) => Body::Special(special),
        };
        if record.pins > PINS_MAX {
            return Err(Damage("too much holds a file"));
        }
        Ok(Self {
            body,
            mode: record.mode & 0o7777,
            owner: record.owner,
            named: record.named,
            pins: record.pins,
            times: record.times.checked()?,
            mounted: record.mounted.map(Mounted::from_record).transpose()?,
        })
    }
}

impl Directory {
    fn to_record(&self) -> DirectoryRecord<'_> {
        DirectoryRecord {
            parent: self.parent,
            name: Blob(&self.name),
            entries: self
                .entries
                .iter()
                .map(|(name, entry)| EntryRecord {
                    name: Blob(name),
                    node: entry.node,
                    is_directory: entry.is_directory,
                    cookie: entry.cookie,
                })
                .collect(),
            next_cookie: self.next_cookie,
            unlisted: self.unlisted,
            removed: self.removed.iter().map(|(name, told)| (Blob(name), *told)).collect(),
        }
    }

    fn from_record(record: DirectoryRecord<'_>) -> Result<Self, Damage> {
        let mut directory = Self::new(record.parent, record.name.0.into());
        for EntryRecord { name, node, is_directory, cookie } in record.entries {
            let name = name.checked()?;
            if !(COOKIE_FIRST..record.next_cookie).contains(&cookie) {
                return Err(Damage("an entry of a directory has no place in its order"));
            }
            let before = directory.order.insert(cookie, name.clone());
            let twice = directory.entries.insert(name, Entry { node, is_directory, cookie });
            if before.is_some() || twice.is_some() {
                return Err(Damage("an entry of a directory comes twice"));
            }
            directory.subdirectories += u32::from(is_directory);
        }
        directory.next_cookie = within(record.next_cookie.max(COOKIE_FIRST), "a directory has too many entries")?;
        directory.unlisted = record.unlisted;
        let removed = record.removed.into_iter().map(|(name, told)| Ok((name.checked()?, told.checked()?)));
        directory.removed = removed.collect::<Result<BTreeMap<_, _>, Damage>>()?;
        Ok(directory)
    }
}

impl Mounted {
    fn to_record(&self) -> MountedRecord<'_> {
        MountedRecord {
            mount: self.mount,
            parent: self.parent,
            name: Blob(&self.name),
            told: self.told,
            moved_from: self.moved_from.as_deref().map(Blob),
            changed: self.changed,
        }
    }

    fn from_record(record: MountedRecord<'_>) -> Result<Self, Damage> {
        Ok(Self {
            mount: record.mount,
            parent: record.parent,
            name: record.name.0.into(),
            told: record.told.map(Told::checked).transpose()?,
            moved_from: record.moved_from.map(|Blob(path)| path.into()),
            changed: record.changed,
        })
    }
}

impl Blob<'_> {
    /// Returns it as the name of an entry.
    fn checked(self) -> Result<Name, Damage> {
        let Self(name) = self;
        let fits = (1..=NAME_BYTES_MAX).contains(&name.len()) && !name.iter().any(|byte| matches!(byte, b'/' | 0));
        if fits && name != b"." && name != b".." {
            Ok(name.into())
        } else {
            Err(Damage("a directory has an impossible name"))
        }
    }
}

impl Told {
    fn checked(self) -> Result<Self, Damage> {
        within(self.size.unwrap_or(0), "a file of the host's is too long")?;
        Ok(self)
    }
}

impl Timestamp {
    pub(in crate::vfs) fn checked(self) -> Result<Self, Damage> {
        if self.nanoseconds < 1_000_000_000 { Ok(self) } else { Err(Damage("a time has too many nanoseconds")) }
    }
}

impl Times {
    fn checked(self) -> Result<Self, Damage> {
        for time in [self.accessed, self.modified, self.changed] {
            time.checked()?;
        }
        Ok(self)
    }
}
