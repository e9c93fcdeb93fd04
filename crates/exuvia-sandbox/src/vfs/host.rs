//! What the host does with the tree: put files in, attach mounts, take files out.

use bytes::Bytes;
use exuvia_core::MountMode;

use super::Vfs;
use super::content::Content;
use super::errno::Errno;
use super::node::{Body, Directory, Kind, Name, Node, NodeId};
use super::path::{NAME_BYTES_MAX, PATH_BYTES_MAX, components};
use super::stat::Stat;
use super::tree::{NewBody, NewNode, ROOT};

/// Why the host could not do something with the tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// Not an absolute path of sensible names.
    #[error("`{0}` is not a path of a file: it must start with `/`, without `.`, `..` and names over 255 bytes")]
    Path(String),
    /// The file system said no.
    #[error("`{path}`: {errno}")]
    Errno {
        /// The path.
        path: String,
        /// Why.
        errno: Errno,
    },
}

/// One file found by [`Vfs::walk`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkEntry {
    /// The absolute path.
    pub path: Vec<u8>,
    /// What is known of it.
    pub stat: Stat,
    /// Where it leads, if it is a symbolic link.
    pub target: Option<Vec<u8>>,
}

impl Vfs {
    /// Puts a file of the guest's into the tree, with the directories above it, replacing a file
    /// that is there. Its bytes are kept as given, and counted against the limits. Symbolic links
    /// in the path are not followed.
    ///
    /// # Errors
    ///
    /// A malformed path, no room, or something in the way.
    pub fn add_file(&mut self, path: &[u8], contents: &Bytes, mode: u32) -> Result<(), HostError> {
        let (names, last) = split(path)?;
        self.put_file(&names, last, contents, mode).map_err(|errno| refused(path, errno))
    }

    fn put_file(&mut self, names: &[&[u8]], last: &[u8], contents: &Bytes, mode: u32) -> Result<(), Errno> {
        if contents.len() as u64 > self.tree.limits.file_bytes {
            return Err(Errno::Fbig);
        }
        let parent = self.make_directories(names)?;
        let content = Content::from_bytes(contents);
        let Some(node) = self.tree.directory(parent)?.get(last) else {
            let node = self.node_of_guest(NewBody::File(content), mode);
            return self.tree.create(parent, &last.into(), node).map(|_| ());
        };
        let NodeId::Memory(inode) = node else { return Err(Errno::Rofs) };
        if self.tree.get(inode).is_some_and(|node| node.mounted.is_some()) {
            return Err(Errno::Rofs);
        }
        match self.kind(node)? {
            Kind::File => {}
            Kind::Directory => return Err(Errno::Isdir),
            Kind::Symlink | Kind::Special(_) => return Err(Errno::Exist),
        }
        let replaced = self.tree.edit(inode, |before, free| {
            let room = free.saturating_add(before.charged());
            let fits = content.charged() <= room;
            if fits {
                *before = content;
            }
            fits
        })?;
        if !replaced {
            return Err(Errno::Nospc);
        }
        if let Some(node) = self.tree.get_mut(inode) {
            node.mode = mode & 0o7777;
            node.times.note_write(self.now);
        }
        Ok(())
    }

    /// Puts a directory of the guest's into the tree, with those above it; fine if it is there.
    ///
    /// # Errors
    ///
    /// As [`add_file`](Self::add_file).
    pub fn add_directory(&mut self, path: &[u8]) -> Result<(), HostError> {
        let (mut names, last) = split(path)?;
        names.push(last);
        self.make_directories(&names).map_err(|errno| refused(path, errno))?;
        Ok(())
    }

    /// Attaches a mount at a path where nothing is yet, or an empty directory, and returns its number: the first is 0.
    /// Meant for before
    /// the guest runs: if the directory is the working directory the mount becomes it, but open
    /// descriptors stay on the directory that is covered.
    ///
    /// # Errors
    ///
    /// As [`add_file`](Self::add_file).
    pub fn mount(&mut self, path: &[u8], mode: MountMode) -> Result<u32, HostError> {
        let refuse = |errno| refused(path, errno);
        let (names, last) = split(path)?;
        let parent = self.make_directories(&names).map_err(refuse)?;
        let name: Name = last.into();
        let covered = self.tree.directory(parent).map_err(refuse)?.get(last);
        if let Some(node) = covered {
            let NodeId::Memory(inode) = node else { return Err(refuse(Errno::Busy)) };
            if self.mounts.is_root(inode) {
                return Err(refuse(Errno::Busy));
            }
            if self.tree.directory(inode).map_err(refuse)?.len() > 0 {
                return Err(refuse(Errno::Notempty));
            }
            self.tree.unlink(parent, last, self.now).map_err(refuse)?;
        }
        let (mount, inode) = self.add_mount(parent, &name, mode).map_err(refuse)?;
        let root = NodeId::Memory(inode);
        if covered == Some(self.cwd) {
            self.pin(root);
            let before = std::mem::replace(&mut self.cwd, root);
            self.unpin(before);
        }
        Ok(mount)
    }

    /// Returns how many bytes a file of memory or the library has.
    ///
    /// # Errors
    ///
    /// There is none; it is a mount's, or no file.
    pub fn file_bytes(&self, path: &[u8]) -> Result<u64, HostError> {
        let refuse = |errno| refused(path, errno);
        let node = self.host_resolve(path).map_err(refuse)?;
        let is_own = match node {
            NodeId::Memory(inode) => matches!(self.tree.get(inode).map(|node| &node.body), Some(Body::File(_))),
            NodeId::Library(_) => matches!(self.kind(node).map_err(refuse)?, Kind::File),
        };
        if is_own { self.length(node).map_err(refuse) } else { Err(refuse(Errno::Inval)) }
    }

    /// Returns a file's contents, whatever its permissions. The guest's symbolic links are
    /// followed, within its tree. A guest can make a file of the largest size out of nothing but
    /// holes: `bytes_max` is what the host is ready to hold.
    ///
    /// # Errors
    ///
    /// `EFBIG` for a file of more than `bytes_max` bytes; `EXDEV` for a file of a mount, which the
    /// host has itself; `EISDIR`; a missing file.
    pub fn read_file(&self, path: &[u8], bytes_max: u64) -> Result<Bytes, HostError> {
        let refuse = |errno| refused(path, errno);
        let node = self.host_resolve(path).map_err(refuse)?;
        if self.length(node).map_err(refuse)? > bytes_max {
            return Err(refuse(Errno::Fbig));
        }
        match (node, self.kind(node).map_err(refuse)?) {
            (_, Kind::Directory) => Err(refuse(Errno::Isdir)),
            (NodeId::Memory(inode), Kind::File) => match self.tree.get(inode).map(|node| &node.body) {
                Some(Body::File(content)) => content.to_bytes().ok_or(refuse(Errno::Fbig)),
                _ => Err(refuse(Errno::Noent)),
            },
            (NodeId::Library(number), _) => match self.library.get(number).map(|node| &node.body) {
                Some(super::library::LibraryBody::File { contents, .. }) => Ok(contents.clone()),
                _ => Err(refuse(Errno::Noent)),
            },
            _ => Err(refuse(Errno::Inval)),
        }
    }

    /// Returns what is in a directory of the memory tree, with everything below it, each
    /// directory before its entries and entries by name. The library and mounts are left out;
    /// so is what lies deeper than the longest path.
    ///
    /// # Errors
    ///
    /// A missing directory, or one outside memory.
    pub fn walk(&self, path: &[u8]) -> Result<impl Iterator<Item = WalkEntry> + '_, HostError> {
        let refuse = |errno| refused(path, errno);
        let node = self.host_resolve(path).map_err(refuse)?;
        let NodeId::Memory(inode) = node else { return Err(refuse(Errno::Xdev)) };
        if self.mount_of(inode).is_some() {
            return Err(refuse(Errno::Xdev));
        }
        self.tree.directory(inode).map_err(refuse)?;
        let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |last| last + 1);
        let prefix = path.get(..end).unwrap_or_default().to_vec();
        Ok(Walk { vfs: self, path: prefix, levels: vec![(inode, Name::default())] })
    }

    /// Follows a path without permission checks and without needing a mount's content.
    pub(super) fn host_resolve(&self, path: &[u8]) -> Result<NodeId, Errno> {
        let mut cursor = super::path::Cursor::new(path)?;
        let mut current = NodeId::Memory(ROOT);
        let mut name = Vec::new();
        while cursor.next(&mut name).is_some() {
            let child = match (name.as_slice(), current) {
                (b".", _) => continue,
                (b"..", _) => self.parent(current)?,
                (_, NodeId::Memory(inode)) if self.mount_of(inode).is_some() => return Err(Errno::Xdev),
                (name, NodeId::Memory(inode)) => self.tree.directory(inode)?.get(name).ok_or(Errno::Noent)?,
                (name, NodeId::Library(node)) => NodeId::Library(self.library.child(node, name).ok_or(Errno::Noent)?),
            };
            if self.kind(child)? == Kind::Symlink {
                let target = self.link_target(child)?;
                if target.starts_with(b"/") {
                    current = NodeId::Memory(ROOT);
                }
                cursor.follow(target)?;
            } else {
                current = child;
            }
        }
        Ok(current)
    }

    fn make_directories(&mut self, names: &[&[u8]]) -> Result<u64, Errno> {
        let mut at = ROOT;
        for name in names {
            at = match self.tree.directory(at)?.get(name) {
                Some(NodeId::Memory(inode)) if self.mount_of(inode).is_none() => inode,
                Some(_) => return Err(Errno::Rofs),
                None => {
                    let node = self.node_of_guest(NewBody::Directory, 0o755);
                    self.tree.create(at, &(*name).into(), node)?
                }
            };
        }
        self.tree.directory(at)?;
        Ok(at)
    }

    fn node_of_guest(&self, body: NewBody, mode: u32) -> NewNode {
        self.new_node(body, mode & 0o7777)
    }
}

/// Splits the host's path into the names above and the last one.
fn split(path: &[u8]) -> Result<(Vec<&[u8]>, &[u8]), HostError> {
    let mut names: Vec<_> = components(path).collect();
    let fits =
        |name: &&[u8]| name.len() <= NAME_BYTES_MAX && **name != b"."[..] && **name != b".."[..] && !name.contains(&0);
    let valid = path.starts_with(b"/") && path.len() <= PATH_BYTES_MAX && names.iter().all(fits);
    match names.pop() {
        Some(last) if valid => Ok((names, last)),
        _ => Err(HostError::Path(String::from_utf8_lossy(path).into_owned())),
    }
}

fn refused(path: &[u8], errno: Errno) -> HostError {
    HostError::Errno { path: String::from_utf8_lossy(path).into_owned(), errno }
}

/// A walk that is under way. It holds one path, whatever the size of the tree.
struct Walk<'a> {
    vfs: &'a Vfs,
    path: Vec<u8>,
    /// The directories being listed, outermost first, each with the last name taken from it.
    levels: Vec<(u64, Name)>,
}

impl Iterator for Walk<'_> {
    type Item = WalkEntry;

    fn next(&mut self) -> Option<WalkEntry> {
        loop {
            let (inode, last) = self.levels.last_mut()?;
            let directory = self.vfs.tree.directory(*inode).ok()?;
            let Some((name, node)) = directory.after_name(last) else {
                self.levels.pop();
                let above = self.path.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
                self.path.truncate(above);
                continue;
            };
            *last = name.clone();
            let NodeId::Memory(inode) = node else { continue };
            if self.vfs.mount_of(inode).is_some() {
                continue;
            }
            let stat = self.vfs.stat_node(node).ok()?;
            if self.path.len() + 1 + name.len() > PATH_BYTES_MAX {
                continue;
            }
            let mut path = self.path.clone();
            path.push(b'/');
            path.extend_from_slice(name);
            let body = self.vfs.tree.get(inode).map(|node: &Node| &node.body);
            let target = match body {
                Some(Body::Symlink(target)) => Some(target.to_vec()),
                _ => None,
            };
            if let Some(Body::Directory(Directory { .. })) = body {
                self.levels.push((inode, Name::default()));
                self.path.clone_from(&path);
            }
            return Some(WalkEntry { path, stat, target });
        }
    }
}
