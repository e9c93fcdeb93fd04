//! What a program has made or changed in mounts, as far as it is known here.

use exuvia_core::MountMode;

use super::{NodeId, PATH_BYTES_MAX, Vfs};
use crate::vfs::host::WalkEntry;
use crate::vfs::node::{Body, Node};

impl Vfs {
    /// Returns the files of mounts that are not as the host has told of them, because the program has made or changed them;
    /// mount by mount, each folder's files before those of the folders in it. At most `nodes_max` files and folders are
    /// looked at. Nothing is asked of the host: what it has not told yet the program has not changed, and what was
    /// forgotten since is left out.
    #[must_use]
    pub fn written(&self, nodes_max: usize) -> Vec<WalkEntry> {
        let mut written = Vec::new();
        let mut room = nodes_max;
        for mount in (0..self.mounts.next()).filter(|mount| self.mounts.mode(*mount) != MountMode::ReadOnly) {
            let Some(root) = self.mounts.root(mount) else { continue };
            let Ok(path) = self.path_of_directory(NodeId::Memory(root)) else { continue };
            let mut rest = vec![(root, path)];
            while let Some((inode, path)) = rest.pop() {
                let Ok(directory) = self.tree.directory(inode) else { continue };
                for (name, node) in directory.entries() {
                    let NodeId::Memory(inode) = node else { continue };
                    let Some(left) = room.checked_sub(1) else { return written };
                    room = left;
                    let Some(node) = self.tree.get(inode).filter(|node| node.mounted.is_some()) else { continue };
                    let below = || {
                        let fits = path.len() + 1 + name.len() <= PATH_BYTES_MAX;
                        fits.then(|| [&path[..], b"/", name].concat())
                    };
                    match &node.body {
                        Body::Directory(_) => rest.extend(below().map(|path| (inode, path))),
                        Body::File(_) if is_written(node) => {
                            let stat = self.stat_node(NodeId::Memory(inode)).ok();
                            let entry = below().zip(stat).map(|(path, stat)| WalkEntry { path, stat, target: None });
                            written.extend(entry);
                        }
                        Body::File(_) | Body::Symlink(_) | Body::Special(_) => {}
                    }
                }
            }
        }
        written
    }
}

/// Returns whether a file is the program's: whatever it writes changes the time.
fn is_written(node: &Node) -> bool {
    node.told().is_none_or(|told| told.modified != node.times.modified.to_nanoseconds())
}
