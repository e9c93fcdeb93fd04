//! Inodes of the in-memory tree, and what every file says about itself.

mod saved;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::flags::Access;

/// The name of a directory entry: 1 to 255 bytes, no `/`, no NUL, not `.` or `..`.
pub(super) type Name = Arc<[u8]>;

/// The user and the group as which the guest runs and owns its files.
pub const GUEST_ID: u32 = 1000;

/// Cookies of a directory's entries start after those of `.` (1) and `..` (2).
pub(super) const COOKIE_FIRST: u64 = 3;

/// One inode, wherever it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum NodeId {
    /// In the tree, which mounts are a part of.
    Memory(u64),
    Library(u32),
}

/// A point in time, as `struct timespec` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Timestamp {
    /// Seconds since 1970-01-01 00:00 UTC; may be negative.
    pub seconds: i64,
    /// Nanoseconds in the second: 0 to 999,999,999.
    pub nanoseconds: u32,
}

impl Timestamp {
    /// Converts from nanoseconds since 1970-01-01 00:00 UTC.
    #[must_use]
    pub fn from_nanoseconds(nanoseconds: i64) -> Self {
        let rest = nanoseconds.rem_euclid(1_000_000_000);
        Self {
            seconds: nanoseconds.div_euclid(1_000_000_000),
            nanoseconds: u32::try_from(rest).expect("a remainder is below a billion"),
        }
    }

    /// Returns nanoseconds since 1970-01-01 00:00 UTC, as far as they can be counted.
    #[must_use]
    pub fn to_nanoseconds(self) -> i64 {
        self.seconds.saturating_mul(1_000_000_000).saturating_add(i64::from(self.nanoseconds))
    }

    /// Returns the time this much later, which must be less than a second.
    pub(super) fn after(self, nanoseconds: u32) -> Self {
        let sum = self.nanoseconds + nanoseconds;
        let carry = sum / 1_000_000_000;
        Self { seconds: self.seconds.saturating_add(i64::from(carry)), nanoseconds: sum % 1_000_000_000 }
    }
}

/// The three times of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Times {
    pub(super) accessed: Timestamp,
    pub(super) modified: Timestamp,
    pub(super) changed: Timestamp,
}

impl Times {
    pub(super) fn all(now: Timestamp) -> Self {
        Self { accessed: now, modified: now, changed: now }
    }

    /// Notes that contents were read. Like Linux's `relatime`, the access time moves only if it
    /// is not newer than the last modification or change, or is a day old.
    pub(super) fn note_read(&mut self, now: Timestamp) {
        const DAY_SECONDS: i64 = 24 * 60 * 60;
        let old = now.seconds.saturating_sub(self.accessed.seconds) >= DAY_SECONDS;
        if self.accessed <= self.modified || self.accessed <= self.changed || old {
            self.accessed = now;
        }
    }

    /// Notes that contents were changed.
    pub(super) fn note_write(&mut self, now: Timestamp) {
        self.modified = now;
        self.changed = now;
    }
}

/// Who a file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Owner {
    /// User and group 0: directories that are there from the start.
    System,
    Guest,
}

impl Owner {
    pub(super) fn id(self) -> u32 {
        match self {
            Self::System => 0,
            Self::Guest => GUEST_ID,
        }
    }

    /// Returns whether the mode bits let the guest read and write as asked.
    pub(super) fn allows(self, mode: u32, access: Access) -> bool {
        let bits = self.guest_bits(mode);
        (!access.read || bits & 4 != 0) && (!access.write || bits & 2 != 0)
    }

    /// Returns whether the mode bits let the guest execute a file or search a directory.
    pub(super) fn allows_search(self, mode: u32) -> bool {
        self.guest_bits(mode) & 1 != 0
    }

    fn guest_bits(self, mode: u32) -> u32 {
        match self {
            Self::System => mode,
            Self::Guest => mode >> 6,
        }
    }
}

/// One of the guest's three standard streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stream {
    /// Descriptor 0 at the start.
    Stdin,
    /// Descriptor 1 at the start.
    Stdout,
    /// Descriptor 2 at the start.
    Stderr,
}

/// A file in `/dev`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Special {
    Null,
    Zero,
    Full,
    Random,
    Tty,
    Stream(Stream),
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileType {
    /// Bytes.
    Regular,
    /// Names.
    Directory,
    /// Another path.
    Symlink,
    /// A device in `/dev`, or a stream that is a terminal.
    CharacterDevice,
    /// A pipe, or a stream that is not a terminal.
    Fifo,
}

impl FileType {
    /// Returns the `S_IFMT` bits of `st_mode`.
    #[must_use]
    pub fn mode_bits(self) -> u32 {
        match self {
            Self::Regular => 0o100_000,
            Self::Directory => 0o040_000,
            Self::Symlink => 0o120_000,
            Self::CharacterDevice => 0o020_000,
            Self::Fifo => 0o010_000,
        }
    }
}

/// What a node is, with what is needed to go on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Directory,
    Symlink,
    Special(Special),
}

/// An inode in memory.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) body: Body,
    /// Permission bits, 12 of them.
    pub(super) mode: u32,
    pub(super) owner: Owner,
    /// Whether a directory entry (or being the root) keeps it.
    pub(super) named: bool,
    /// How many open descriptions, working directories and removed children keep it.
    pub(super) pins: u32,
    pub(super) times: Times,
    /// What it is to the host, if it is in a mount.
    pub(super) mounted: Option<Mounted>,
}

impl Node {
    /// Returns what the host has told of it, if it is the host's.
    pub(super) fn told(&self) -> Option<Told> {
        self.mounted.as_ref().and_then(|mounted| mounted.told)
    }
}

/// What a node in a mount is to the host.
#[derive(Debug, Clone)]
pub(super) struct Mounted {
    /// The mount's number.
    pub(super) mount: u32,
    /// Where it is in the tree: the directory above it, and its name there.
    pub(super) parent: u64,
    pub(super) name: Name,
    /// What the host has told of it; `None`: the guest has made it, in an overlay, and the host does not know it.
    pub(super) told: Option<Told>,
    /// Its path with the host, if it is another than its path in the tree: it was renamed, in an overlay.
    pub(super) moved_from: Option<Arc<[u8]>>,
    /// Whether its mode or times were changed, in an overlay.
    pub(super) changed: bool,
}

/// What the host has told of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    /// The number that the guest is shown. It derives from the path, so that a file keeps it when it was forgotten
    /// meanwhile.
    pub(super) inode: u64,
    /// Its size; `None`: not measured yet.
    pub(super) size: Option<u64>,
    /// Nanoseconds since 1970.
    pub(super) modified: i64,
    pub(super) directory: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Body {
    File(Content),
    Directory(Directory),
    Symlink(Arc<[u8]>),
    Special(Special),
}

/// The entries of a directory in memory.
///
/// They are listed in the order in which they came, each under a cookie that it keeps, so that
/// a listing that is under way neither repeats nor misses an entry that stays.
#[derive(Debug, Clone)]
pub(super) struct Directory {
    /// The directory's own place: the root is its own parent.
    pub(super) parent: u64,
    pub(super) name: Name,
    entries: BTreeMap<Name, Entry>,
    order: BTreeMap<u64, Name>,
    next_cookie: u64,
    subdirectories: u32,
    /// Whether the host has not told yet what is in it.
    pub(super) unlisted: bool,
    /// What the host has here, and the guest has removed or replaced, in an overlay.
    pub(super) removed: BTreeMap<Name, Told>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    node: NodeId,
    is_directory: bool,
    cookie: u64,
}

impl Directory {
    pub(super) fn new(parent: u64, name: Name) -> Self {
        Self {
            parent,
            name,
            entries: BTreeMap::new(),
            order: BTreeMap::new(),
            next_cookie: COOKIE_FIRST,
            subdirectories: 0,
            unlisted: false,
            removed: BTreeMap::new(),
        }
    }

    /// Forgets what the host has told, and returns the nodes that were its entries.
    pub(super) fn forget_listing(&mut self) -> Vec<NodeId> {
        self.order.clear();
        self.next_cookie = COOKIE_FIRST;
        self.subdirectories = 0;
        self.unlisted = true;
        std::mem::take(&mut self.entries).into_values().map(|entry| entry.node).collect()
    }

    /// Returns all entries by name.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&Name, NodeId)> {
        self.entries.iter().map(|(name, entry)| (name, entry.node))
    }

    pub(super) fn get(&self, name: &[u8]) -> Option<NodeId> {
        self.entries.get(name).map(|entry| entry.node)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns how many entries are directories.
    pub(super) fn subdirectories(&self) -> u32 {
        self.subdirectories
    }

    /// Adds an entry, or makes the one of that name lead elsewhere.
    pub(super) fn set(&mut self, name: &Name, node: NodeId, is_directory: bool) {
        let before = self.entries.get(name);
        let cookie = before.map_or(self.next_cookie, |entry| entry.cookie);
        self.subdirectories -= u32::from(before.is_some_and(|entry| entry.is_directory));
        self.subdirectories += u32::from(is_directory);
        if cookie == self.next_cookie {
            self.next_cookie += 1;
            self.order.insert(cookie, name.clone());
        }
        self.entries.insert(name.clone(), Entry { node, is_directory, cookie });
    }

    pub(super) fn remove(&mut self, name: &[u8]) -> Option<NodeId> {
        let entry = self.entries.remove(name)?;
        self.order.remove(&entry.cookie);
        self.subdirectories -= u32::from(entry.is_directory);
        Some(entry.node)
    }

    /// Returns the first entry whose cookie is greater than `cookie`.
    pub(super) fn after(&self, cookie: u64) -> Option<(u64, &Name, NodeId)> {
        let (cookie, name) = self.order.range(cookie.checked_add(1)?..).next()?;
        Some((*cookie, name, self.get(name)?))
    }

    /// Returns the first entry whose name sorts after `name`; all entries sort after the empty one.
    pub(super) fn after_name(&self, name: &[u8]) -> Option<(&Name, NodeId)> {
        use std::ops::Bound;
        let after = (Bound::Excluded(name), Bound::Unbounded);
        let (name, entry) = self.entries.range::<[u8], _>(after).next()?;
        Some((name, entry.node))
    }
}
