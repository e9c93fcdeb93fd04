//! Listing directories, and the working directory.

use super::Vfs;
use super::errno::{Errno, Result};
use super::node::{COOKIE_FIRST, FileType, Name, NodeId};
use super::path::{PATH_BYTES_MAX, Place};
use super::resolve::Rule;

/// The cookies of `.` and `..`.
const COOKIE_DOT: u64 = 1;
const COOKIE_DOT_DOT: u64 = 2;

/// One entry of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// The inode it leads to.
    pub inode: u64,
    /// Where the listing goes on after this entry (`d_off`): pass it to
    /// [`Vfs::seek`](super::Vfs::seek) to get there again. Below `i64::MAX`.
    pub cookie: u64,
    /// What it is; a link is a link.
    pub file_type: FileType,
    /// Its name: 1 to 255 bytes without `/` and NUL.
    pub name: Vec<u8>,
}

impl Vfs {
    /// Returns the next entries of an open directory, at most `count`, and moves its position
    /// past them; none at the end.
    ///
    /// `.` and `..` come first. In memory the others follow in the order in which they were
    /// made, in the library by name; those that a host has listed are made by name. An entry that stays is listed exactly once,
    /// whatever is added or removed meanwhile.
    ///
    /// # Errors
    ///
    /// `EBADF`, `ENOTDIR`, and `ENOENT` for a removed directory.
    pub fn read_directory(&mut self, fd: i32, count: usize) -> Result<Vec<DirectoryEntry>> {
        let open = self.descriptors.usable(fd)?;
        let position = open.position;
        let node = open.node().filter(|node| self.is_directory(*node)).ok_or(Errno::Notdir)?;
        if let NodeId::Memory(inode) = node {
            self.is_alive(inode)?;
        }
        let (entries, at) = self.attempt(|vfs| {
            let mut at = position;
            let mut entries = Vec::new();
            while entries.len() < count {
                let Some((cookie, name, child)) = vfs.next_entry(node, at)? else { break };
                let stat = vfs.stat_node(child)?;
                entries.push(DirectoryEntry { inode: stat.inode, cookie, file_type: stat.file_type, name });
                at = cookie;
            }
            Ok((entries, at))
        })?;
        self.descriptors.get_mut(fd)?.position = at;
        self.note_read(node);
        Ok(entries)
    }

    /// Returns the first entry whose cookie is greater than `cookie`.
    fn next_entry(&mut self, node: NodeId, cookie: u64) -> Result<Option<(u64, Vec<u8>, NodeId)>> {
        if cookie < COOKIE_DOT {
            return Ok(Some((COOKIE_DOT, b".".to_vec(), node)));
        }
        if cookie < COOKIE_DOT_DOT {
            return Ok(Some((COOKIE_DOT_DOT, b"..".to_vec(), self.parent(node)?)));
        }
        if let NodeId::Memory(inode) = node {
            self.list(inode)?;
            let entry = self.tree.directory(inode)?.after(cookie);
            return Ok(entry.map(|(cookie, name, child)| (cookie, name.to_vec(), child)));
        }
        // A read-only directory: the cookie is the number of the entry by name.
        let next = cookie.saturating_add(1).max(COOKIE_FIRST);
        let at = usize::try_from(next - COOKIE_FIRST).unwrap_or(usize::MAX);
        let entry = |name: &Name, child| (next, name.to_vec(), child);
        match node {
            NodeId::Library(directory) => {
                let found = self.library.entries(directory).get(at);
                Ok(found.map(|(name, child)| entry(name, NodeId::Library(*child))))
            }
            NodeId::Memory(_) => Ok(None),
        }
    }

    /// Changes the working directory.
    ///
    /// # Errors
    ///
    /// `ENOTDIR`, `EACCES`, or what is wrong with the path.
    pub fn change_directory(&mut self, place: Place<'_>) -> Result<()> {
        let node = self.lookup(place, Rule::Follow)?;
        self.enter(node)
    }

    /// Makes an open directory the working directory (`fchdir`).
    ///
    /// # Errors
    ///
    /// `EBADF`, `ENOTDIR`, `EACCES`.
    pub fn change_directory_to(&mut self, fd: i32) -> Result<()> {
        let node = self.descriptors.get(fd)?.node().ok_or(Errno::Notdir)?;
        self.enter(node)
    }

    fn enter(&mut self, node: NodeId) -> Result<()> {
        if !self.is_directory(node) {
            return Err(Errno::Notdir.into());
        }
        self.may_search(node)?;
        self.pin(node);
        let before = std::mem::replace(&mut self.cwd, node);
        self.unpin(before);
        Ok(())
    }

    /// Returns the absolute path of the working directory.
    ///
    /// # Errors
    ///
    /// `ENOENT` if it was removed, `ENAMETOOLONG` if its path has more than 4095 bytes.
    pub fn working_directory(&self) -> Result<Vec<u8>> {
        if let NodeId::Memory(inode) = self.cwd {
            self.is_alive(inode)?;
        }
        Ok(self.path_of_directory(self.cwd)?)
    }

    /// Returns the absolute path of a directory.
    pub(super) fn path_of_directory(&self, directory: NodeId) -> std::result::Result<Vec<u8>, Errno> {
        let mut names: Vec<&[u8]> = Vec::new();
        let mut length = 0;
        let mut at = directory;
        loop {
            let parent = self.parent(at)?;
            if parent == at {
                break;
            }
            let name = self.name_of(at)?;
            length += name.len() + 1;
            if length > PATH_BYTES_MAX {
                return Err(Errno::Nametoolong);
            }
            names.push(name);
            at = parent;
        }
        let mut path = Vec::with_capacity(length.max(1));
        for name in names.iter().rev() {
            path.push(b'/');
            path.extend_from_slice(name);
        }
        if path.is_empty() {
            path.push(b'/');
        }
        Ok(path)
    }
}
