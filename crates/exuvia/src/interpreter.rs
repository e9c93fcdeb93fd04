//! Where the interpreter comes from: an image file, or what is embedded in this program.

mod checked;
mod embedded;

use std::env;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;
use exuvia_sandbox::{Engine, EngineOptions, Image};

use crate::failure::Failure;
use crate::{folders, output};
use embedded::Embedded;

/// How many sandboxes there is room for. A small pool is made faster than a large one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// The most sandboxes at a time.
    pub(crate) sandboxes_max: u32,
    /// The most instances that are kept for new ones.
    pub(crate) spares_max: u32,
}

impl Default for Room {
    /// One sandbox, and its successor while it is taken away, each of which may need a second memory for its exceptions.
    fn default() -> Self {
        Self { sandboxes_max: 4, spares_max: 1 }
    }
}

/// What to do where there is no image.
const NO_IMAGE: &str = "name another one with --image, or build it with `cargo xtask image`";

/// An image and what belongs to it on this machine.
pub(crate) struct Interpreter {
    image: Image,
    /// The image's file.
    path: PathBuf,
    origin: Origin,
    /// What it was unpacked from.
    embedded: Option<Embedded>,
    /// Where its compiled code is kept.
    cache: PathBuf,
    room: Room,
}

/// Who said that this image is to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Origin {
    /// `--image` or `EXUVIA_IMAGE`.
    Named,
    /// It came with this program.
    Embedded,
    /// It lies in the workspace where this program was built.
    Workspace,
    /// It was made from another one, with packages.
    Derived,
}

impl Interpreter {
    /// Finds the image: `--image`, else `EXUVIA_IMAGE`, else the one in this program.
    pub(crate) fn find(option: Option<&Path>) -> Result<Self> {
        let room = Room::default();
        let variable = || env::var_os("EXUVIA_IMAGE").filter(|path| !path.is_empty()).map(PathBuf::from);
        if let Some(path) = option.map(Path::to_owned).or_else(variable) {
            let image = open(&path)?;
            return Ok(Self { image, path, origin: Origin::Named, embedded: None, cache: cache()?, room });
        }
        if let Some(embedded) = Embedded::find()? {
            let cache = cache()?;
            let (image, path) = embedded.unpack(&cache)?;
            return Ok(Self { image, path, origin: Origin::Embedded, embedded: Some(embedded), cache, room });
        }
        if let Some((path, cache)) = workspace() {
            let image = open(&path)?;
            return Ok(Self { image, path, origin: Origin::Workspace, embedded: None, cache, room });
        }
        let failure = Failure::new("this program has no interpreter image of its own");
        Err(failure.hint("build one with `cargo xtask image`, and name it with --image or EXUVIA_IMAGE").into())
    }

    /// Opens an image that was derived from this one. Its compiled code is kept in a folder of its own.
    pub(crate) fn derived(&self, path: &Path, cache: &Path) -> Result<Self> {
        let (path, cache) = (path.to_owned(), cache.to_owned());
        Ok(Self { image: open(&path)?, path, origin: Origin::Derived, embedded: None, cache, room: self.room })
    }

    /// Has its engines make room for other numbers of sandboxes.
    pub(crate) fn with_room(self, room: Room) -> Self {
        Self { room, ..self }
    }

    /// Makes the engine. The first time, its code is put into the cache, which may take a while.
    pub(crate) fn engine(&self) -> Result<Engine> {
        let options = self.options();
        let compiled = Engine::compiled_file(&self.image, &options)?;
        checked::check(&self.image, &self.path, compiled.as_deref(), &self.cache)
            .map_err(|error| self.damaged(error))?;
        if compiled.is_some() {
            return Ok(Engine::new(&self.image, &options)?);
        }
        let started = Instant::now();
        if let Some(code) = self.embedded.and_then(Embedded::compiled) {
            Engine::install_compiled(&self.image, &code?, &self.cache)?;
        } else {
            output::progress("compiling the interpreter for this machine, which is done once");
        }
        let engine = output::patience("still compiling the interpreter for this machine, which is done once", || {
            Engine::new(&self.image, &options)
        })?;
        output::progress(&format!("the interpreter is ready after {:.1} s", started.elapsed().as_secs_f64()));
        Ok(engine)
    }

    /// What was unpacked is taken away if it is damaged, since this program has it whole.
    fn damaged(&self, error: anyhow::Error) -> anyhow::Error {
        if self.embedded.is_none() {
            return error;
        }
        Embedded::discard(&self.path, Engine::compiled_file(&self.image, &self.options()).ok().flatten().as_deref());
        Failure::new(error.to_string()).hint("it was removed: run this again, which unpacks it anew").into()
    }

    /// Whether its code is in the cache already.
    pub(crate) fn is_compiled(&self) -> Result<bool> {
        Ok(Engine::is_compiled(&self.image, &self.options())?)
    }

    pub(crate) fn image(&self) -> &Image {
        &self.image
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    pub(crate) fn cache(&self) -> &Path {
        &self.cache
    }

    fn options(&self) -> EngineOptions {
        let Room { sandboxes_max, spares_max } = self.room;
        EngineOptions { sandboxes_max, cache: Some(self.cache.clone()), spares_max }
    }
}

fn open(path: &Path) -> Result<Image> {
    if path.is_dir() {
        let failure = Failure::usage(format!("the image `{}` is a folder", path.display()));
        let inside = path.join("cpython.exuvia");
        let hint =
            if inside.is_file() { format!("name the file in it: {}", inside.display()) } else { NO_IMAGE.into() };
        return Err(failure.hint(hint).into());
    }
    Image::open(path).map_err(|error| match error {
        exuvia_sandbox::ImageError::File { path, source } => {
            let reason = crate::failure::reason(&source);
            let failure = Failure::new(format!("the image `{}` cannot be opened: {reason}", path.display()));
            failure.hint(NO_IMAGE).into()
        }
        error => Failure::new(format!("the image `{}` cannot be used: {error}", path.display()))
            .hint("name another one with --image, or build it again with `cargo xtask image`")
            .into(),
    })
}

fn cache() -> Result<PathBuf> {
    let none = || Failure::new("there is no place for compiled code: neither EXUVIA_CACHE nor HOME is set");
    Ok(folders::cache().ok_or_else(|| none().hint("set EXUVIA_CACHE to a folder of yours"))?)
}

/// While Exuvia itself is being worked on: the image that `cargo xtask image` has built, with its compiled code.
#[cfg(debug_assertions)]
fn workspace() -> Option<(PathBuf, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?.join("target/image");
    let path = folder.join("cpython.exuvia");
    path.is_file().then(|| (path, folder.join("compiled")))
}

#[cfg(not(debug_assertions))]
fn workspace() -> Option<(PathBuf, PathBuf)> {
    None
}
