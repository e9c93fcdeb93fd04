//! The image in this program, and how it gets out of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;
use exuvia_sandbox::Image;

use crate::failure::{self, Failure};
use crate::whole::Unfinished;
use crate::{folders, output};

/// The image in this program, packed with zstd; put there by the build script if it was there to be put.
const EMBEDDED: Option<Embedded> = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// An image and, if there is some, its compiled code.
#[derive(Clone, Copy)]
pub(super) struct Embedded {
    identity: &'static str,
    image: &'static [u8],
    compiled: Option<&'static [u8]>,
}

impl Embedded {
    /// Returns the image in this program, if there is one.
    pub(super) fn find() -> Result<Option<Self>> {
        packed().map(|packed| packed.or(EMBEDDED))
    }

    /// Opens the image, after it was unpacked into the cache if it is not there yet.
    ///
    /// The file's name is the image's identity and it appears whole or not at all, so what is there is not hashed
    /// again; that it has its whole length is looked at when it is opened.
    pub(super) fn unpack(self, cache: &Path) -> Result<(Image, PathBuf)> {
        let path = cache.join(format!("{}.exuvia", self.identity));
        if let Ok(image) = Image::open(&path)
            && image.identity().as_str() == self.identity
        {
            return Ok((image, path));
        }
        let started = Instant::now();
        output::progress(&format!("unpacking the interpreter into `{}`, which is done once", cache.display()));
        self.write(cache, &path).map_err(|error| {
            let message = format!("the interpreter cannot be unpacked into `{}`", cache.display());
            Failure::new(format!("{message}: {}", failure::reason(&error)))
                .hint("set EXUVIA_CACHE to a folder that you may write to")
        })?;
        output::progress(&format!("unpacked in {:.1} s", started.elapsed().as_secs_f64()));
        Ok((super::open(&path)?, path))
    }

    /// Takes away what was unpacked and is damaged, with the code that was compiled from it.
    pub(super) fn discard(path: &Path, compiled: Option<&Path>) {
        // Who cannot remove it is told of the damage again.
        for path in std::iter::once(path).chain(compiled) {
            let _stays = fs::remove_file(path);
        }
    }

    /// Returns the compiled code.
    pub(super) fn compiled(self) -> Option<Result<Vec<u8>>> {
        let code = zstd::decode_all(self.compiled?);
        Some(code.map_err(|error| {
            Failure::new(format!("the compiled code in this program is damaged: {}", failure::reason(&error))).into()
        }))
    }

    /// Writes the image beside its place and moves it there: several processes may do so at a time.
    fn write(self, cache: &Path, path: &Path) -> io::Result<()> {
        folders::create(cache)?;
        let mut unfinished = Unfinished::beside(path)?;
        zstd::stream::copy_decode(self.image, unfinished.file())?;
        unfinished.put(path)
    }
}

/// While Exuvia itself is being worked on, a folder with what the build script packs makes a program one that carries it.
#[cfg(debug_assertions)]
fn packed() -> Result<Option<Embedded>> {
    let Some(folder) = std::env::var_os("EXUVIA_EMBED_DIR").map(PathBuf::from) else { return Ok(None) };
    let read = |name: &str| -> Result<&'static [u8]> {
        let path = folder.join(name);
        Ok(fs::read(&path).map_err(|error| Failure::unreadable(&path, &error))?.leak())
    };
    let identity = std::str::from_utf8(read("identity")?)?.trim();
    let compiled = Some(read("compiled.cwasm.zst")?);
    Ok(Some(Embedded { identity, image: read("cpython.exuvia.zst")?, compiled }))
}

#[cfg(not(debug_assertions))]
#[expect(clippy::unnecessary_wraps, reason = "where this program is being worked on there may be a packed image")]
fn packed() -> Result<Option<Embedded>> {
    Ok(None)
}
