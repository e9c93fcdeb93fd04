//! The records that saved files are made of. A change of any of them is a new version of the format of checkpoints.

use exuvia_core::MountMode;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::vfs::descriptor::Object;
use crate::vfs::flags::{Access, OpenFlags};
use crate::vfs::node::{NodeId, Owner, Special, Times, Timestamp, Told};
use crate::vfs::tree::Usage;

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) struct FilesRecord<'a> {
    #[serde(borrow)]
    pub(in crate::vfs) tree: TreeRecord<'a>,
    #[serde(borrow)]
    pub(in crate::vfs) mounts: MountsRecord<'a>,
    pub(in crate::vfs) descriptors: DescriptorsRecord,
    pub(in crate::vfs) cwd: NodeId,
    pub(in crate::vfs) umask: u32,
    pub(in crate::vfs) clock: Timestamp,
    pub(in crate::vfs) now: Timestamp,
    pub(in crate::vfs) terminals: [bool; 3],
}

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) struct TreeRecord<'a> {
    /// In ascending order of the inodes.
    #[serde(borrow)]
    pub(in crate::vfs) nodes: Vec<NodeRecord<'a>>,
    pub(in crate::vfs) next: u64,
    /// How many files count: the initial tree's do not, and what is removed from an overlay does.
    pub(in crate::vfs) inodes: u64,
    pub(in crate::vfs) outside: Usage,
}

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) struct NodeRecord<'a> {
    pub(in crate::vfs) inode: u64,
    #[serde(borrow)]
    pub(in crate::vfs) body: BodyRecord<'a>,
    pub(in crate::vfs) mode: u32,
    pub(in crate::vfs) owner: Owner,
    pub(in crate::vfs) named: bool,
    pub(in crate::vfs) pins: u32,
    pub(in crate::vfs) times: Times,
    #[serde(borrow)]
    pub(in crate::vfs) mounted: Option<MountedRecord<'a>>,
}

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) enum BodyRecord<'a> {
    #[serde(borrow)]
    File(ContentRecord<'a>),
    #[serde(borrow)]
    Directory(DirectoryRecord<'a>),
    #[serde(borrow)]
    Symlink(Blob<'a>),
    Special(Special),
}

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) struct ContentRecord<'a> {
    pub(in crate::vfs) length: u64,
    pub(in crate::vfs) beneath: u64,
    /// Number and bytes, in ascending order.
    #[serde(borrow)]
    pub(in crate::vfs) chunks: Vec<(u64, Blob<'a>)>,
}

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) struct DirectoryRecord<'a> {
    pub(in crate::vfs) parent: u64,
    #[serde(borrow)]
    pub(in crate::vfs) name: Blob<'a>,
    /// In ascending order of the names.
    #[serde(borrow)]
    pub(in crate::vfs) entries: Vec<EntryRecord<'a>>,
    pub(in crate::vfs) next_cookie: u64,
    pub(in crate::vfs) unlisted: bool,
    #[serde(borrow)]
    pub(in crate::vfs) removed: Vec<(Blob<'a>, Told)>,
}

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) struct EntryRecord<'a> {
    #[serde(borrow)]
    pub(in crate::vfs) name: Blob<'a>,
    pub(in crate::vfs) node: NodeId,
    pub(in crate::vfs) is_directory: bool,
    pub(in crate::vfs) cookie: u64,
}

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) struct MountedRecord<'a> {
    pub(in crate::vfs) mount: u32,
    pub(in crate::vfs) parent: u64,
    #[serde(borrow)]
    pub(in crate::vfs) name: Blob<'a>,
    pub(in crate::vfs) told: Option<Told>,
    #[serde(borrow)]
    pub(in crate::vfs) moved_from: Option<Blob<'a>>,
    pub(in crate::vfs) changed: bool,
}

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) struct DescriptorsRecord {
    /// What each descriptor is of, and its close-on-exec flag.
    pub(in crate::vfs) table: Vec<Option<(u64, bool)>>,
    pub(in crate::vfs) descriptions: Vec<DescriptionRecord>,
    pub(in crate::vfs) pipes: Vec<PipeRecord>,
    pub(in crate::vfs) next: u64,
}

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) struct DescriptionRecord {
    pub(in crate::vfs) number: u64,
    pub(in crate::vfs) object: Object,
    pub(in crate::vfs) flags: OpenFlags,
    pub(in crate::vfs) access: Access,
    pub(in crate::vfs) position: u64,
}

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) struct PipeRecord {
    pub(in crate::vfs) number: u64,
    pub(in crate::vfs) bytes: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) struct MountsRecord<'a> {
    /// The inode of each mount's root, and its mode.
    pub(in crate::vfs) mounts: Vec<(u64, MountMode)>,
    /// When a directory's listing was last used, and its inode.
    pub(in crate::vfs) listed: Vec<(u64, u64)>,
    #[serde(borrow)]
    pub(in crate::vfs) blocks: Vec<BlockRecord<'a>>,
    pub(in crate::vfs) tick: u64,
    pub(in crate::vfs) settled: u64,
}

#[derive(Serialize, Deserialize)]
pub(in crate::vfs) struct BlockRecord<'a> {
    pub(in crate::vfs) file: u64,
    pub(in crate::vfs) number: u64,
    pub(in crate::vfs) used: u64,
    #[serde(borrow)]
    pub(in crate::vfs) bytes: Blob<'a>,
}

/// Bytes that are read without a copy.
#[derive(Debug, Clone, Copy)]
pub(in crate::vfs) struct Blob<'a>(pub(in crate::vfs) &'a [u8]);

impl Serialize for Blob<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Blob<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(BlobVisitor)
    }
}

struct BlobVisitor;

impl<'de> Visitor<'de> for BlobVisitor {
    type Value = Blob<'de>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("bytes")
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(Blob(bytes))
    }
}
