//! Calls that somebody has agreed to once and for all.
//!
//! What is agreed to is a tool of a configuration file as that file is: when anything in it changes, its user is asked again.
//! Each agreement is a file of `approvals` in the user's folder for state, named by a hash of both.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::folders;

/// The agreements about the tools of a configuration file.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    folder: PathBuf,
    /// The file, as messages name it, and what it says.
    path: PathBuf,
    text: String,
}

impl Remembered {
    /// Returns those of a file; `None`: there is nowhere to keep them.
    pub(super) fn of(path: &Path, text: &str) -> Option<Self> {
        let folder = folders::state()?.join("approvals");
        Some(Self { folder, path: path.to_owned(), text: text.to_owned() })
    }

    /// Returns whether calls of this tool were agreed to.
    pub(super) fn has(&self, tool: &str) -> bool {
        self.place(tool).is_file()
    }

    /// Keeps that calls of this tool are agreed to.
    pub(super) fn keep(&self, tool: &str) -> io::Result<()> {
        folders::create(&self.folder)?;
        let path = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        fs::write(self.place(tool), format!("{tool} of {}\n", path.display()))
    }

    /// Forgets it. Returns whether it was agreed to.
    pub(super) fn forget(&self, tool: &str) -> io::Result<bool> {
        match fs::remove_file(self.place(tool)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn place(&self, tool: &str) -> PathBuf {
        let mut hash = Sha256::new();
        hash.update((self.text.len() as u64).to_le_bytes());
        hash.update(&self.text);
        hash.update(tool);
        let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(digits)
    }
}
