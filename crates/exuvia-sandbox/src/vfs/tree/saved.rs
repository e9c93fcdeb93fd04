//! The tree as a record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Body, FileLimits, Node, NodeId, ROOT, Tree, Usage};
use crate::vfs::saved::wire::TreeRecord;
use crate::vfs::saved::{Damage, within};

impl Tree {
    pub(in crate::vfs) fn to_record(&self) -> TreeRecord<'_> {
        TreeRecord {
            nodes: self.nodes.iter().map(|(inode, node)| node.to_record(*inode)).collect(),
            next: self.next,
            inodes: self.usage.inodes,
            outside: self.outside,
        }
    }

    pub(in crate::vfs) fn from_record(record: TreeRecord<'_>) -> Result<Self, Damage> {
        let mut tree = Self {
            nodes: BTreeMap::new(),
            next: within(record.next, "there are too many files")?,
            usage: Usage::default(),
            outside: record.outside,
            told: 0,
            limits: FileLimits::default(),
        };
        for record in record.nodes {
            let inode = record.inode;
            if inode >= tree.next {
                return Err(Damage("a file has an impossible number"));
            }
            let node = Node::from_record(record)?;
            tree.count(&node);
            if tree.nodes.insert(inode, Arc::new(node)).is_some() {
                return Err(Damage("a file comes twice"));
            }
        }
        tree.usage.inodes = within(record.inodes, "there are too many files")?;
        tree.check()?;
        Ok(tree)
    }

    /// Checks what holds between nodes.
    fn check(&self) -> Result<(), Damage> {
        if self.directory(ROOT).is_err() {
            return Err(Damage("it has no files"));
        }
        for (inode, node) in &self.nodes {
            let Body::Directory(directory) = &node.body else { continue };
            if node.mounted.as_ref().is_some_and(|mounted| mounted.parent != directory.parent) {
                return Err(Damage("a directory of a mount is in two places"));
            }
            for (name, child) in directory.entries() {
                let NodeId::Memory(child) = child else { continue };
                let Some(child) = self.get(child).filter(|child| child.named) else {
                    return Err(Damage("an entry leads nowhere"));
                };
                if let Body::Directory(below) = &child.body
                    && (below.parent, &below.name) != (*inode, name)
                {
                    return Err(Damage("a directory is in two places"));
                }
            }
        }
        self.check_parents()
    }

    /// Checks that no way up goes in a circle.
    fn check_parents(&self) -> Result<(), Damage> {
        let mut sound = BTreeSet::from([ROOT]);
        for inode in self.nodes.keys() {
            let mut passed = BTreeSet::new();
            let mut at = *inode;
            while !sound.contains(&at) {
                let Ok(directory) = self.directory(at) else { break };
                if !passed.insert(at) {
                    return Err(Damage("a directory is within itself"));
                }
                at = directory.parent;
            }
            sound.append(&mut passed);
        }
        Ok(())
    }
}
