//! Packages that were installed for the sandboxes of one image.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use wasmtime::{Module, ModuleExport};

use super::error::{LinkError, ModuleFault};
use super::frozen::INITIALISER;
use super::interpreter::Interpreter;
use super::prelink::{Import, Linked, link};
use crate::engine::Engine;
use crate::image::archive::LibraryFile;
use crate::image::{Identity, ImageError, archive, compile_packages, compiled, hexadecimal, sha256};
use crate::vfs::Library;

/// Where packages lie, below `/usr`.
pub(crate) const SITE_PACKAGES: &str = "lib/python3.14/site-packages";
/// The most native modules at a time.
const MODULES_MAX: usize = 4_096;
/// What the files of native modules begin with.
const WASM_MAGIC: &[u8] = b"\0asm";
/// The first line of what a native module's file holds in a sandbox, before the hash.
const TOKEN: &str = "exuvia native module ";
/// The most bytes of such a file.
pub(super) const TOKEN_BYTES_MAX: usize = 4_096 + 256;

/// Packages that were installed for the sandboxes of one image: read-only files in `site-packages`, and native modules,
/// compiled and ready to load. Cloning them is cheap.
///
/// In a sandbox, a native module's file holds no WebAssembly but two lines that name it: nothing there could run it but
/// this host, which knows it by its hash.
#[derive(Clone)]
pub struct Packages {
    inner: Arc<Inner>,
}

struct Inner {
    image: Identity,
    interpreter: Interpreter,
    files: Vec<(String, Bytes)>,
    library: Arc<Library>,
    modules: Vec<NativeModule>,
    /// The modules by their paths below [`SITE_PACKAGES`].
    paths: HashMap<String, usize>,
    /// A hash of all files, made when it is first asked for.
    fingerprint: OnceLock<String>,
}

/// A native module that can be loaded.
pub(crate) struct NativeModule {
    /// Where its file is, below [`SITE_PACKAGES`].
    pub(super) path: String,
    /// The SHA-256 of its file as it came.
    pub(super) sha256: String,
    pub(crate) linked: Linked,
    pub(super) compiled: Module,
    /// Where that is which it imports of the interpreter, in the order of its imports; `None` for others.
    pub(super) offers: Vec<Option<Offer>>,
}

/// Where an interpreter has what it offers.
pub(super) enum Offer {
    /// Among its exports.
    Export(ModuleExport),
    /// In the table of all its functions.
    Function(u32),
}

/// A step of an installation, for those who watch it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstallStep<'a> {
    /// A native module is compiled, which takes seconds for a large one.
    Compiling {
        /// Its file, below `site-packages`.
        path: &'a str,
        /// Its size in bytes.
        bytes: usize,
    },
    /// Python's modules are compiled to bytecode.
    CompilingPython {
        /// How many.
        modules: usize,
    },
    /// A native module was compiled before.
    Cached {
        /// Its file, below `site-packages`.
        path: &'a str,
    },
}

/// Installs packages; see [`Packages::builder`].
pub struct PackagesBuilder {
    engine: Engine,
    cache: Option<PathBuf>,
    files: BTreeMap<String, Bytes>,
}

impl Packages {
    /// Begins an installation for the sandboxes of this engine's image.
    #[must_use]
    pub fn builder(engine: &Engine) -> PackagesBuilder {
        PackagesBuilder { engine: engine.clone(), cache: None, files: BTreeMap::new() }
    }

    /// Returns the paths of the native modules, below `site-packages`.
    pub fn native_modules(&self) -> impl Iterator<Item = &str> {
        self.inner.modules.iter().map(|module| module.path.as_str())
    }

    pub(crate) fn image(&self) -> &Identity {
        &self.inner.image
    }

    /// Returns a hash of the names and contents of all files.
    pub(crate) fn fingerprint(&self) -> &str {
        self.inner.fingerprint.get_or_init(|| {
            let mut hash = Sha256::new();
            for (path, content) in &self.inner.files {
                for part in [path.as_bytes(), content] {
                    hash.update((part.len() as u64).to_le_bytes());
                    hash.update(part);
                }
            }
            hexadecimal(&hash.finalize())
        })
    }

    pub(crate) fn library(&self) -> &Arc<Library> {
        &self.inner.library
    }

    /// The files by their paths below `/usr`, native modules as they are in a sandbox.
    pub(crate) fn files(&self) -> &[(String, Bytes)] {
        &self.inner.files
    }

    /// Returns the paths, below `/usr`, of the native modules that Python can import.
    pub(crate) fn extension_modules(&self) -> impl Iterator<Item = String> {
        let modules = self.inner.modules.iter();
        let importable =
            modules.filter(|module| module.linked.functions.keys().any(|name| name.starts_with(INITIALISER)));
        importable.map(|module| format!("{SITE_PACKAGES}/{}", module.path))
    }

    pub(super) fn wasm(&self, module: usize) -> &[u8] {
        &self.inner.modules[module].linked.wasm
    }

    pub(super) fn interpreter(&self) -> &Interpreter {
        &self.inner.interpreter
    }

    pub(crate) fn module(&self, index: usize) -> &NativeModule {
        &self.inner.modules[index]
    }

    /// Returns the module that the content of a file in a sandbox names.
    pub(super) fn named(&self, content: &[u8]) -> Option<usize> {
        let text = std::str::from_utf8(content).ok()?;
        let (hash, path) = text.strip_prefix(TOKEN)?.strip_suffix('\n')?.split_once('\n')?;
        let index = *self.inner.paths.get(path)?;
        (self.inner.modules[index].sha256 == hash).then_some(index)
    }

    /// Returns the library of this name that a module needs: it is looked for along the module's runtime path and in its
    /// own folder.
    pub(super) fn library_of(&self, module: usize, name: &str) -> Option<usize> {
        let module = &self.inner.modules[module];
        let own = module.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let folders = module.linked.runtime_paths.iter().filter_map(|path| match path.strip_prefix("$ORIGIN") {
            Some(rest) => join(own, rest),
            None => None,
        });
        folders
            .chain(std::iter::once(own.to_owned()))
            .find_map(|folder| self.inner.paths.get(&join(&folder, name)?).copied())
    }
}

impl PackagesBuilder {
    /// Sets the folder for compiled code, which only its owner may write to. Default: none, so that native modules are
    /// compiled each time.
    #[must_use]
    pub fn cache(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cache = Some(folder.into());
        self
    }

    /// Adds a file at a path below `site-packages`.
    #[must_use]
    pub fn file(mut self, path: impl Into<String>, content: impl Into<Bytes>) -> Self {
        self.files.insert(path.into(), content.into());
        self
    }

    /// Adds all files of a folder, such as an unpacked wheel. Links are not followed.
    ///
    /// # Errors
    ///
    /// The folder or a file in it cannot be read, or has a name that is no text.
    pub fn folder(mut self, folder: &Path) -> Result<Self, LinkError> {
        self.add_folder(folder, "")?;
        Ok(self)
    }

    fn add_folder(&mut self, folder: &Path, place: &str) -> Result<(), LinkError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| LinkError::Read { path, source }
        };
        for entry in fs::read_dir(folder).map_err(failed(folder))? {
            let entry = entry.map_err(failed(folder))?;
            let path = entry.path();
            let name = entry
                .file_name()
                .into_string()
                .map_err(|name| LinkError::Files(format!("the name `{}` is no text", name.display())))?;
            let place = if place.is_empty() { name } else { format!("{place}/{name}") };
            let kind = entry.file_type().map_err(failed(&path))?;
            if kind.is_dir() {
                self.add_folder(&path, &place)?;
            } else if kind.is_file() {
                self.files.insert(place, fs::read(&path).map_err(failed(&path))?.into());
            }
        }
        Ok(())
    }

    /// Installs the packages: translates, links and compiles native modules that are not in the cache.
    ///
    /// # Errors
    ///
    /// A native module cannot be used, files do not fit together, or the cache cannot be used.
    pub fn install(self, mut watch: impl FnMut(InstallStep<'_>)) -> Result<Packages, LinkError> {
        let image = self.engine.image();
        let interpreter = Interpreter::read(image.module())?;
        let mut modules = Vec::new();
        let mut files = Vec::new();
        for (path, content) in &self.files {
            let mut shown = content.clone();
            if content.starts_with(WASM_MAGIC) && path.ends_with(".so") {
                if modules.len() == MODULES_MAX {
                    return Err(LinkError::Files(format!("there are more than {MODULES_MAX} native modules")));
                }
                let module = self.module(path, content, &interpreter, &mut watch)?;
                shown = format!("{TOKEN}{}\n{path}\n", module.sha256).into();
                modules.push(module);
            }
            files.push((format!("{SITE_PACKAGES}/{path}"), shown));
        }
        let bytecode = self.bytecode(&files, &mut watch)?;
        files.extend(bytecode);
        let library = archive::library_with(image.library().clone(), files.clone())
            .map_err(|error| LinkError::Files(error.to_string()))?;
        let paths = modules.iter().enumerate().map(|(index, module)| (module.path.clone(), index)).collect();
        let image = image.identity().clone();
        let library = Arc::new(library);
        Ok(Packages {
            inner: Arc::new(Inner { image, interpreter, files, library, modules, paths, fingerprint: OnceLock::new() }),
        })
    }

    /// Compiles the packages' Python to bytecode, or takes what was compiled before.
    fn bytecode(
        &self,
        files: &[LibraryFile],
        watch: &mut impl FnMut(InstallStep<'_>),
    ) -> Result<Vec<LibraryFile>, LinkError> {
        let sources: Vec<LibraryFile> = files.iter().filter(|(path, _)| path.ends_with(".py")).cloned().collect();
        if sources.is_empty() {
            return Ok(sources);
        }
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| LinkError::Read { path, source }
        };
        let key =
            sha256(&[self.engine.image().identity().as_str().as_bytes(), &archive::encode(sources.clone())?].concat());
        let kept = self.cache.as_ref().map(|folder| folder.join(format!("{key}.bytecode")));
        if let Some(kept) = &kept
            && kept.is_file()
        {
            return Ok(archive::files(&fs::read(kept).map_err(unreadable(kept))?.into())?);
        }
        watch(InstallStep::CompilingPython { modules: sources.len() });
        let compiled = compile_packages(&self.engine, SITE_PACKAGES, &sources)?;
        if let Some(kept) = &kept {
            let content = archive::encode(compiled.clone())?;
            let folder = self.cache.as_deref().unwrap_or(kept);
            compiled::create_private_folder(folder).map_err(unreadable(folder))?;
            compiled::write_whole(kept, &content).map_err(unreadable(kept))?;
        }
        Ok(compiled)
    }

    fn module(
        &self,
        path: &str,
        content: &[u8],
        interpreter: &Interpreter,
        watch: &mut impl FnMut(InstallStep<'_>),
    ) -> Result<NativeModule, LinkError> {
        let unusable = |fault| LinkError::Module { path: path.to_owned(), fault };
        let linked = link(content, interpreter).map_err(unusable)?;
        let main = self.engine.pre().module();
        let engine = main.engine();
        let key = sha256(&linked.wasm);
        let cached = match &self.cache {
            Some(folder) => compiled::load_named(engine, &key, folder)?,
            None => None,
        };
        let compiled = if let Some(module) = cached {
            watch(InstallStep::Cached { path });
            module
        } else {
            watch(InstallStep::Compiling { path, bytes: content.len() });
            let refused = |error: wasmtime::Error| unusable(ModuleFault::Compile(format!("{error:#}")));
            match &self.cache {
                Some(folder) => {
                    let code = engine.precompile_module(&linked.wasm).map_err(refused)?;
                    compiled::install_named(engine, &key, folder, &code)?
                }
                None => Module::new(engine, &linked.wasm).map_err(refused)?,
            }
        };
        let offer = |name: &str| {
            let function = interpreter.function(name).map(|function| Offer::Function(function.offer));
            let offer = function.or_else(|| main.get_export_index(name).map(Offer::Export));
            offer.ok_or_else(|| LinkError::Image(ImageError::Module(format!("`{name}` is not exported"))))
        };
        let offers = linked.imports.iter().map(|import| match import {
            Import::Interpreter(name) => offer(name).map(Some),
            _ => Ok(None),
        });
        let offers = offers.collect::<Result<_, _>>()?;
        Ok(NativeModule { path: path.to_owned(), sha256: sha256(content), linked, compiled, offers })
    }
}

impl std::fmt::Debug for Packages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packages").field("image", &self.inner.image).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for PackagesBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PackagesBuilder").field("files", &self.files.len()).finish_non_exhaustive()
    }
}

/// Joins two relative paths, resolving `.` and `..`; `None` if the result lies above `site-packages`.
fn join(folder: &str, rest: &str) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for name in folder.split('/').chain(rest.split('/')) {
        match name {
            "" | "." => {}
            ".." => {
                names.pop()?;
            }
            name => names.push(name),
        }
    }
    Some(names.join("/"))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn paths_are_joined_and_stay_below_their_root() {
        let joined = |folder, rest| join(folder, rest);
        assert_eq!(joined("flint/types", "/../../python_flint.libs").as_deref(), Some("python_flint.libs"));
        assert_eq!(joined("", "libgmp.so").as_deref(), Some("libgmp.so"));
        assert_eq!(joined("a/./b", "c").as_deref(), Some("a/b/c"));
        assert_eq!(joined("a", "/../.."), None);
    }
}
