//! Compiled code: a cache beside an image.
//!
//! Loading compiled code is trusting it, so it is only taken from a folder that belongs to this user alone, under a name
//! that says what it was compiled from (the image's identity), by what, and with which settings and processor
//! features. Its hash is written beside it when it is installed, for those who want to check.

use std::fs::{self, File};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use wasmtime::{Engine, Module};

use super::format::sha256;
use super::{Image, ImageError, offers};

/// Returns the name of the file that holds an image's compiled code for this engine.
pub(crate) fn file_name(engine: &Engine, image: &Image) -> String {
    name_of(&(Settings(engine), offers::FORM), &image.identity().as_str()[..16])
}

/// Returns the name of the file with code that was compiled from what `key` names, in this way.
fn name_of(way: &impl Hash, key: &str) -> String {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(way);
    format!("{key}-{arch}-{os}-{hash:016x}.cwasm", arch = std::env::consts::ARCH, os = std::env::consts::OS)
}

/// All of an engine's settings that compiled code depends on.
struct Settings<'a>(&'a Engine);

impl Hash for Settings<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.precompile_compatibility_hash().hash(state);
    }
}

/// Compiles an image's module for this engine.
pub(crate) fn compile(engine: &Engine, image: &Image) -> Result<Vec<u8>, ImageError> {
    engine.precompile_module(&offers::compact(image.module())?).map_err(ImageError::Compile)
}

/// Compiles an image's module for this engine, without any cache.
pub(crate) fn compile_in_memory(engine: &Engine, image: &Image) -> Result<Module, ImageError> {
    Module::new(engine, offers::compact(image.module())?).map_err(ImageError::Compile)
}

/// Loads compiled code from a folder, or compiles it and installs it there.
pub(crate) fn load_or_compile(engine: &Engine, image: &Image, folder: &Path) -> Result<Module, ImageError> {
    let path = folder.join(file_name(engine, image));
    if let Some(module) = load(engine, folder, &path)? {
        return Ok(module);
    }
    install(folder, &path, &compile(engine, image)?)?;
    load(engine, folder, &path)?
        .ok_or_else(|| ImageError::File { path, source: io::Error::other("it is gone after it was written") })
}

/// Loads the code that was compiled from the module with this SHA-256; `None` if there is none.
pub(crate) fn load_named(engine: &Engine, hash: &str, folder: &Path) -> Result<Option<Module>, ImageError> {
    load(engine, folder, &folder.join(name_of(&Settings(engine), hash)))
}

/// Installs code that was compiled from the module with this SHA-256, and loads it.
pub(crate) fn install_named(engine: &Engine, hash: &str, folder: &Path, code: &[u8]) -> Result<Module, ImageError> {
    let path = folder.join(name_of(&Settings(engine), hash));
    install(folder, &path, code)?;
    load(engine, folder, &path)?
        .ok_or_else(|| ImageError::File { path, source: io::Error::other("it is gone after it was written") })
}

/// Loads compiled code; `None` if there is none or if it is not for this engine.
fn load(engine: &Engine, folder: &Path, path: &Path) -> Result<Option<Module>, ImageError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ImageError::File { path: path.to_owned(), source }),
    };
    for (path, metadata) in [(folder, fs::metadata(folder)), (path, file.metadata())] {
        let metadata = metadata.map_err(|source| ImageError::File { path: path.to_owned(), source })?;
        if !is_private(&metadata) {
            return Err(ImageError::Unsafe { path: path.to_owned() });
        }
    }
    #[expect(unsafe_code, reason = "compiled code is native code: running it is trusting it")]
    // SAFETY: the file was made by `install` from a module that this program compiled, and only this user could have
    // changed it since (checked on the opened file and its folder just now).
    let module = unsafe { Module::deserialize_open_file(engine, file) };
    Ok(module.ok())
}

/// Writes compiled code into the folder in one step, and its hash beside it.
pub(crate) fn install(folder: &Path, path: &Path, code: &[u8]) -> Result<(), ImageError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ImageError::File { path, source }
    };
    create_private_folder(folder).map_err(failed(folder))?;
    let digest = format!("{}\n", sha256(code));
    for (path, bytes) in [(path.with_extension("cwasm.sha256"), digest.as_bytes()), (path.to_owned(), code)] {
        write_whole(&path, bytes).map_err(failed(&path))?;
    }
    Ok(())
}

/// Compares installed code with the hash that was written beside it. Returns the file, or `None` if there is none.
pub(crate) fn verify(engine: &Engine, image: &Image, folder: &Path) -> Result<Option<PathBuf>, ImageError> {
    let path = folder.join(file_name(engine, image));
    let code = match fs::read(&path) {
        Ok(code) => code,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ImageError::File { path, source }),
    };
    let digest = path.with_extension("cwasm.sha256");
    let expected = fs::read_to_string(&digest).map_err(|source| ImageError::File { path: digest, source })?;
    if expected.trim() != sha256(&code) {
        return Err(ImageError::Code { path });
    }
    Ok(Some(path))
}

/// Writes a file beside its place and moves it there, so that nobody ever sees half of it.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let unfinished = path.with_file_name(name);
    let written = create_private_file(&unfinished).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let moved = written.and_then(|()| fs::rename(&unfinished, path));
    if moved.is_err() {
        // Nothing half-written stays; the first error is the one to tell.
        let _ = fs::remove_file(&unfinished);
    }
    moved
}

#[cfg(unix)]
pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn create_private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(unix)]
fn is_private(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    #[expect(unsafe_code, reason = "the standard library does not tell the user's number")]
    // SAFETY: `geteuid` has no preconditions and cannot fail.
    let user = unsafe { libc::geteuid() };
    metadata.uid() == user && metadata.mode() & 0o022 == 0
}
