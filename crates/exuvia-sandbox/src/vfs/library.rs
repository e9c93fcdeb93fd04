//! The standard library: a read-only tree that all sandboxes share.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;

use super::node::{Name, NodeId, Timestamp};
use super::path::{NAME_BYTES_MAX, PATH_BYTES_MAX, components};
use super::tree::NewBody;
use super::tree::{NewNode, ROOT, Tree};

/// Why a [`Library`] could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    /// The path is not one that a library can have.
    #[error("`{0}` is not a path of a library file: components must be 1 to 255 bytes, and not `.` or `..`")]
    Path(String),
    /// Two files have the same path, or one lies below another.
    #[error("`{0}` is in the library already, or lies below a file")]
    Taken(String),
    /// More nodes than can be numbered.
    #[error("the library has more than {LIBRARY_NODES_MAX} files and directories")]
    Size,
}

/// The largest number of files and directories in a library.
pub const LIBRARY_NODES_MAX: usize = 1 << 20;

/// One file of a [`Library`].
#[derive(Debug, Clone)]
pub struct LibraryFile {
    /// Where it goes below the library's root, such as `json/__init__.py`.
    pub path: Vec<u8>,
    /// What it holds. Kept as given, never copied.
    pub contents: Bytes,
    /// Whether its mode is 0755 rather than 0644.
    pub executable: bool,
}

/// The read-only files that all sandboxes of an image share, together with the tree that every
/// sandbox starts with. Built once; a sandbox holds it by `Arc`.
#[derive(Debug)]
pub struct Library {
    nodes: LazyLock<Vec<LibraryNode>, Box<dyn FnOnce() -> Vec<LibraryNode> + Send + Sync>>,
    modified: Timestamp,
    /// The library's place in the initial tree: the inode of the directory above it.
    pub(super) above: u64,
    pub(super) initial: Tree,
}

#[derive(Debug)]
pub(super) struct LibraryNode {
    pub(super) parent: u32,
    pub(super) name: Name,
    pub(super) body: LibraryBody,
}

#[derive(Debug)]
pub(super) enum LibraryBody {
    File {
        contents: Bytes,
        executable: bool,
    },
    /// Sorted by name.
    Directory(Vec<(Name, u32)>),
}

impl Library {
    /// Builds a library whose root is the directory `root` (absolute, such as
    /// `/usr/lib/python3.14`) and whose files were all last changed at `modified`.
    ///
    /// # Errors
    ///
    /// A path that is malformed or taken, or too many files.
    pub fn from_files(
        root: &[u8],
        modified: Timestamp,
        files: impl IntoIterator<Item = LibraryFile>,
    ) -> Result<Self, LibraryError> {
        let mut initial = Tree::initial();
        let (above, name) = make_place(&mut initial, root)?;
        let nodes = Growing::of(name, files)?.finish();
        Ok(Self { nodes: LazyLock::new(Box::new(|| nodes)), modified, above, initial })
    }

    /// Makes a library like [`from_files`](Self::from_files) whose files are only looked at when the first of them is:
    /// most programs need none. Files that do not fit together, or cannot be made, give an empty library then.
    ///
    /// # Errors
    ///
    /// A malformed `root`.
    pub fn lazy(
        root: &[u8],
        modified: Timestamp,
        files: impl FnOnce() -> Option<Vec<LibraryFile>> + Send + Sync + 'static,
    ) -> Result<Self, LibraryError> {
        let mut initial = Tree::initial();
        let (above, name) = make_place(&mut initial, root)?;
        let make = move || {
            let growing = files().and_then(|files| Growing::of(name.clone(), files).ok());
            growing.unwrap_or_else(|| Growing::new(name)).finish()
        };
        Ok(Self { nodes: LazyLock::new(Box::new(make)), modified, above, initial })
    }

    pub(super) fn get(&self, node: u32) -> Option<&LibraryNode> {
        self.nodes.get(usize::try_from(node).ok()?)
    }

    pub(super) fn modified(&self) -> Timestamp {
        self.modified
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns the entry of a directory with that name.
    pub(super) fn child(&self, directory: u32, name: &[u8]) -> Option<u32> {
        let entries = self.entries(directory);
        let at = entries.binary_search_by(|(entry, _)| entry.as_ref().cmp(name)).ok()?;
        entries.get(at).map(|(_, node)| *node)
    }

    /// Returns a directory's entries by name; none for a file.
    pub(super) fn entries(&self, directory: u32) -> &[(Name, u32)] {
        match self.get(directory).map(|node| &node.body) {
            Some(LibraryBody::Directory(entries)) => entries,
            _ => &[],
        }
    }
}

/// Makes the directories above the library's root, and its entry.
fn make_place(tree: &mut Tree, root: &[u8]) -> Result<(u64, Name), LibraryError> {
    let bad = || LibraryError::Path(String::from_utf8_lossy(root).into_owned());
    let mut names: Vec<&[u8]> = checked(root)?;
    let last = names.pop().filter(|_| root.starts_with(b"/")).ok_or_else(bad)?;
    let mut above = ROOT;
    for name in names {
        above = match tree.directory(above).map_err(|_| bad())?.get(name) {
            Some(NodeId::Memory(inode)) => inode,
            Some(_) => return Err(bad()),
            None => {
                let node = NewNode::system(NewBody::Directory, 0o755);
                tree.create(above, &name.into(), node).map_err(|_| bad())?
            }
        };
    }
    let name: Name = last.into();
    if tree.directory(above).map_err(|_| bad())?.get(last).is_some() {
        return Err(bad());
    }
    tree.attach(above, &name, NodeId::Library(0), true).map_err(|_| bad())?;
    tree.usage = super::tree::Usage::default();
    Ok((above, name))
}

/// Splits a path into names that may stand in a library.
fn checked(path: &[u8]) -> Result<Vec<&[u8]>, LibraryError> {
    let names: Vec<_> = components(path).collect();
    let fits =
        |name: &&[u8]| name.len() <= NAME_BYTES_MAX && **name != b"."[..] && **name != b".."[..] && !name.contains(&0);
    if names.is_empty() || path.len() > PATH_BYTES_MAX || !names.iter().all(fits) {
        return Err(LibraryError::Path(String::from_utf8_lossy(path).into_owned()));
    }
    Ok(names)
}

/// A library while files are being added.
struct Growing {
    nodes: Vec<(u32, Name, GrowingBody)>,
}

enum GrowingBody {
    File { contents: Bytes, executable: bool },
    Directory(BTreeMap<Name, u32>),
}

impl Growing {
    fn new(name: Name) -> Self {
        Self { nodes: vec![(0, name, GrowingBody::Directory(BTreeMap::new()))] }
    }

    fn of(name: Name, files: impl IntoIterator<Item = LibraryFile>) -> Result<Self, LibraryError> {
        let mut growing = Self::new(name);
        for file in files {
            growing.add(file)?;
        }
        Ok(growing)
    }

    fn add(&mut self, file: LibraryFile) -> Result<(), LibraryError> {
        let taken = || LibraryError::Taken(String::from_utf8_lossy(&file.path).into_owned());
        let mut names = checked(&file.path)?;
        let last = names.pop().ok_or_else(taken)?;
        let mut directory = 0;
        for name in names {
            directory = match self.entries(directory).ok_or_else(taken)?.get(name) {
                Some(node) => *node,
                None => self.insert(directory, name, GrowingBody::Directory(BTreeMap::new()))?,
            };
        }
        if self.entries(directory).ok_or_else(taken)?.contains_key(last) {
            return Err(taken());
        }
        let body = GrowingBody::File { contents: file.contents, executable: file.executable };
        self.insert(directory, last, body)?;
        Ok(())
    }

    fn entries(&mut self, directory: u32) -> Option<&mut BTreeMap<Name, u32>> {
        match self.nodes.get_mut(usize::try_from(directory).ok()?) {
            Some((_, _, GrowingBody::Directory(entries))) => Some(entries),
            _ => None,
        }
    }

    fn insert(&mut self, parent: u32, name: &[u8], body: GrowingBody) -> Result<u32, LibraryError> {
        let number = self.nodes.len();
        let node = u32::try_from(number).map_err(|_| LibraryError::Size)?;
        if number >= LIBRARY_NODES_MAX {
            return Err(LibraryError::Size);
        }
        let name: Name = name.into();
        if let Some(entries) = self.entries(parent) {
            entries.insert(name.clone(), node);
        }
        self.nodes.push((parent, name, body));
        Ok(node)
    }

    fn finish(self) -> Vec<LibraryNode> {
        let freeze = |(parent, name, body)| {
            let body = match body {
                GrowingBody::File { contents, executable } => LibraryBody::File { contents, executable },
                GrowingBody::Directory(entries) => LibraryBody::Directory(entries.into_iter().collect()),
            };
            LibraryNode { parent, name, body }
        };
        self.nodes.into_iter().map(freeze).collect()
    }
}
