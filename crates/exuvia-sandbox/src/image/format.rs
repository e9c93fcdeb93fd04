//! The image file: what it holds and how it is read.
//!
//! ```text
//! "EXUVIA IMAGE 1\n"          15 bytes
//! length of the manifest      u32, little-endian
//! manifest                    JSON, see `Manifest`
//! parts                       one after another, in the manifest's order
//! ```
//!
//! The image's identity is the SHA-256 of its manifest, which holds the SHA-256 of each part.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ImageError;
use super::initial::is_restorable;

const MAGIC: &[u8; 15] = b"EXUVIA IMAGE 1\n";
const MANIFEST_BYTES_MAX: usize = 1 << 20;
const MODULE: &str = "module";
const LIBRARY: &str = "library";

/// A booted interpreter frozen to a file: engine, version, preinstalled packages, memory.
///
/// Reading it costs little (it is mapped into memory); [`verify`](Self::verify) reads all of it.
#[derive(Debug, Clone)]
pub struct Image {
    manifest: Manifest,
    identity: Identity,
    parts: BTreeMap<String, Bytes>,
}

/// What an image says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The interpreter: `cpython`.
    pub engine: String,
    /// Its version: `3.14.2`.
    pub version: String,
    /// What it was made of: names and versions.
    pub sources: BTreeMap<String, String>,
    /// The modules that are imported already.
    pub modules: Vec<String>,
    /// The size of the frozen memory, in bytes.
    pub memory_bytes: u64,
    /// Where the 624 words of the state of Python's `random` lie, if that is imported: each sandbox is given its own.
    pub random_state: Option<u32>,
    /// The pages of the memory (4 KiB each) that every sandbox writes to at once, whatever it runs.
    pub hot_pages: Vec<PageRun>,
    /// The functions of native modules that are part of the image.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub native: Vec<NativeSymbol>,
    /// Whether the module's code changes nothing but its memory, its mutable globals and tables that are empty at first,
    /// so that an instance can be brought back to how it began.
    pub restorable: bool,
    /// Its parts, in the order in which they are stored.
    pub parts: Vec<Part>,
}

/// Pages of memory that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRun {
    /// The first one.
    pub first: u32,
    /// How many.
    pub count: u32,
}

/// A function of a native module that is part of an image, as `dlsym` finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NativeSymbol {
    /// The C library's handle of the module.
    pub handle: u32,
    /// The function's name.
    pub name: String,
    /// Its place in the function table.
    pub address: u32,
}

/// One part of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// `module`: the WebAssembly module with the frozen memory; `library`: the read-only files.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// What names an image: the SHA-256 of its manifest.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity(String);

impl Identity {
    /// Returns the 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the SHA-256 of these bytes in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Returns these bytes in hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// What an image is made of, for [`encode`].
pub(super) struct Contents {
    pub(super) engine: String,
    pub(super) version: String,
    pub(super) sources: BTreeMap<String, String>,
    pub(super) modules: Vec<String>,
    pub(super) memory_bytes: u64,
    pub(super) random_state: Option<u32>,
    pub(super) hot_pages: Vec<PageRun>,
    pub(super) native: Vec<NativeSymbol>,
    pub(super) module: Vec<u8>,
    pub(super) library: Vec<u8>,
}

/// Returns the bytes of an image file.
pub(super) fn encode(contents: Contents) -> Result<Vec<u8>, ImageError> {
    let parts = [(MODULE, contents.module), (LIBRARY, contents.library)].map(|(name, data)| (name, Bytes::from(data)));
    let manifest = Manifest {
        engine: contents.engine,
        version: contents.version,
        sources: contents.sources,
        modules: contents.modules,
        memory_bytes: contents.memory_bytes,
        random_state: contents.random_state,
        hot_pages: contents.hot_pages,
        native: contents.native,
        restorable: is_restorable(&parts[0].1)?,
        parts: parts
            .iter()
            .map(|(name, data)| Part { name: (*name).to_owned(), bytes: data.len() as u64, sha256: sha256(data) })
            .collect(),
    };
    let json = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
    let length = u32::try_from(json.len()).expect("a manifest is small");
    let mut file = Vec::new();
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(&json);
    for (_, data) in &parts {
        file.extend_from_slice(data);
    }
    Ok(file)
}

impl Image {
    /// Opens an image file. The file must not be changed while the image is in use: replace it by renaming another one.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is no image, or is cut short.
    pub fn open(path: &Path) -> Result<Self, ImageError> {
        let named = |source| ImageError::File { path: path.to_owned(), source };
        let file = File::open(path).map_err(named)?;
        #[expect(unsafe_code, reason = "mapping a file is how a large image opens in no time")]
        // SAFETY: the documentation asks that the file is not changed; a part that changes all the same gives other
        // bytes to a parser that checks them, or a guest other files to read.
        let map = unsafe { memmap2::Mmap::map(&file) }.map_err(named)?;
        Self::from_bytes(Bytes::from_owner(map))
    }

    /// Reads an image from memory.
    ///
    /// # Errors
    ///
    /// It is no image, or is cut short.
    pub fn from_bytes(file: Bytes) -> Result<Self, ImageError> {
        let damaged = |what: &str| ImageError::Damaged(what.to_owned());
        if !file.starts_with(MAGIC) {
            return Err(ImageError::Foreign);
        }
        let header = MAGIC.len() + 4;
        let length = file.get(MAGIC.len()..header).ok_or_else(|| damaged("it ends within its header"))?;
        let length = u32::from_le_bytes(length.try_into().expect("four bytes were taken")) as usize;
        if length > MANIFEST_BYTES_MAX {
            return Err(damaged("its manifest is too long"));
        }
        let json = file.get(header..header + length).ok_or_else(|| damaged("it ends within its manifest"))?;
        let identity = Identity(sha256(json));
        let manifest: Manifest = serde_json::from_slice(json)
            .map_err(|error| ImageError::Damaged(format!("its manifest cannot be read: {error}")))?;
        let mut parts = BTreeMap::new();
        let mut offset = header + length;
        for part in &manifest.parts {
            let end = usize::try_from(part.bytes).ok().and_then(|bytes| offset.checked_add(bytes));
            let end = end.filter(|&end| end <= file.len()).ok_or_else(|| damaged("it is cut short"))?;
            parts.insert(part.name.clone(), file.slice(offset..end));
            offset = end;
        }
        if offset != file.len() {
            return Err(damaged("something follows its last part"));
        }
        for name in [MODULE, LIBRARY] {
            if !parts.contains_key(name) {
                return Err(ImageError::Damaged(format!("it has no part `{name}`")));
            }
        }
        Ok(Self { manifest, identity, parts })
    }

    /// Returns what the image says about itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Returns the image's identity.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Reads all parts and compares them with their hashes.
    ///
    /// # Errors
    ///
    /// Names the first part that is not what the manifest says.
    pub fn verify(&self) -> Result<(), ImageError> {
        for part in &self.manifest.parts {
            let found = sha256(&self.parts[&part.name]);
            if found != part.sha256 {
                return Err(ImageError::Damaged(format!(
                    "its part `{}` has the hash {found}, its manifest says {}",
                    part.name, part.sha256
                )));
            }
        }
        Ok(())
    }

    /// The WebAssembly module with the frozen memory.
    pub(crate) fn module(&self) -> &Bytes {
        &self.parts[MODULE]
    }

    /// The read-only files, see [`super::archive`].
    pub(crate) fn library(&self) -> &Bytes {
        &self.parts[LIBRARY]
    }
}
