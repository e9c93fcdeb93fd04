//! The folder where wheels are kept, by their hashes.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::error::PackagesError;
use crate::lock::LockedPackage;
use crate::wheel::WheelFault;
use crate::write::write_whole;

/// A folder of wheels. It may be emptied at any time; then they are fetched again.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    /// A store in this folder, which is made when there is something to keep.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Returns a wheel; `None` if it is not there, or is not what it was.
    pub(crate) fn get(&self, package: &LockedPackage) -> Result<Option<Bytes>, PackagesError> {
        let path = self.path(package);
        let content = match fs::read(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(PackagesError::file(&path)(error)),
        };
        Ok((sha256(&content) == package.sha256).then(|| content.into()))
    }

    /// Keeps a wheel that lies in a file, if it has the right hash.
    pub(crate) fn put(&self, package: &LockedPackage, file: &Path) -> Result<Bytes, PackagesError> {
        let content = fs::read(file).map_err(PackagesError::file(file))?;
        let found = sha256(&content);
        if found != package.sha256 {
            let fault = WheelFault::Hash { found, wanted: package.sha256.clone() };
            return Err(PackagesError::wheel(&package.file, fault));
        }
        fs::create_dir_all(&self.folder).map_err(PackagesError::file(&self.folder))?;
        let path = self.path(package);
        write_whole(&path, &content).map_err(PackagesError::file(&path))?;
        Ok(content.into())
    }

    fn path(&self, package: &LockedPackage) -> PathBuf {
        self.folder.join(format!("{}.whl", package.sha256))
    }
}

/// Returns the SHA-256 in hexadecimal digits.
pub(crate) fn sha256(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// Returns a name for what is made from these texts, in this order: a hash that no other texts have.
#[must_use]
pub fn content_key<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
