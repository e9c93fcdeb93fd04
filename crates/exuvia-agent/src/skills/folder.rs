//! Skills as programs see them.

use std::collections::BTreeMap;

use exuvia_core::mount::{Mount, MountAnswer, MountEntry, MountFault, MountOperation, MountReply};
use exuvia_sandbox::Folder;

use super::Skill;

/// The folders of skills, each by its name, as one mount to read. Nothing outside of them can be read through it: see
/// [`Folder`].
#[derive(Debug, Default)]
pub struct SkillsFolder(BTreeMap<Vec<u8>, Folder>);

impl SkillsFolder {
    /// Opens the folders. One that is gone is not there for programs either.
    #[must_use]
    pub fn open(skills: &[Skill]) -> Self {
        let opened = |skill: &Skill| Some((skill.name.clone().into_bytes(), Folder::open(&skill.folder).ok()?));
        Self(skills.iter().filter_map(opened).collect())
    }

    /// Returns the folder in which a path is, and the path below that.
    fn find<'a>(&mut self, path: &'a [u8]) -> Result<(&mut Folder, &'a [u8]), MountFault> {
        let end = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
        let folder = self.0.get_mut(&path[..end]).ok_or(MountFault::NotFound)?;
        Ok((folder, path.get(end + 1..).unwrap_or_default()))
    }

    fn look(&mut self, operation: &MountOperation) -> Result<MountReply, MountFault> {
        let (folder, below) = match operation {
            MountOperation::List { path } if path.is_empty() => {
                let entries = self.0.keys().map(|name| MountEntry::directory(name.clone())).collect();
                return Ok(Ok(MountAnswer::Entries(entries)).into());
            }
            MountOperation::List { path } => {
                let (folder, path) = self.find(path)?;
                (folder, MountOperation::List { path: path.to_vec() })
            }
            MountOperation::Measure { path } => {
                let (folder, path) = self.find(path)?;
                (folder, MountOperation::Measure { path: path.to_vec() })
            }
            MountOperation::Read { path, offset, length } => {
                let (folder, path) = self.find(path)?;
                (folder, MountOperation::Read { path: path.to_vec(), offset: *offset, length: *length })
            }
            change if change.changes() => return Err(MountFault::ReadOnly),
            _ => return Err(MountFault::Unsupported),
        };
        Ok(folder.answer(&below))
    }
}

impl Mount for SkillsFolder {
    fn answer(&mut self, operation: &MountOperation) -> MountReply {
        self.look(operation).unwrap_or_else(|fault| Err(fault).into())
    }

    fn read_into(&mut self, path: &[u8], offset: u64, buffer: &mut [u8]) -> Option<Result<(), MountFault>> {
        match self.find(path) {
            Ok((folder, path)) => folder.read_into(path, offset, buffer),
            Err(fault) => Some(Err(fault)),
        }
    }
}
