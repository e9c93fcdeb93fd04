//! Images with packages in them that are imported already.
//!
//! Each lies in a folder of its own in the cache, with its compiled code. The folder's name says what it was made from.
//! It appears whole or not at all, however many processes make it at a time; of many, those that were used last stay.

use std::fs::{self, File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use anyhow::Result;
use exuvia_packages::{Lock, content_key};
use exuvia_sandbox::{DeriveStep, Engine, Image, ImageError, Packages, Preparation, derive};

use crate::failure::{self, Failure};
use crate::interpreter::Interpreter;
use crate::{folders, output};

/// How many are kept. Each takes some 150 MB with its code.
const KEPT_MAX: usize = 8;
/// Where they are in the cache.
const FOLDER: &str = "derived";
const IMAGE: &str = "image.exuvia";

/// Makes the engine of the image that has these packages installed and these modules imported. `install` installs the
/// packages for the image that it is derived from; it is only called if the image was not made before.
pub(super) fn engine(
    base: &Interpreter,
    lock: &Lock,
    modules: &[String],
    install: impl FnOnce() -> Result<(Engine, Packages)>,
) -> Result<Engine> {
    let all = base.cache().join(FOLDER);
    let folder = all.join(key(base, lock, modules));
    let path = folder.join(IMAGE);
    if Image::open(&path).is_err() {
        // What is there and cannot be opened is in the way.
        let _ = fs::remove_dir_all(&folder);
        let started = Instant::now();
        output::progress("making an image with these packages, which is done once");
        let (engine, packages) = install()?;
        let image = make(&engine, &packages, modules)?;
        write(&all, &folder, &image).map_err(|error| {
            let message = format!("the image cannot be written to `{}`", all.display());
            Failure::new(format!("{message}: {}", failure::reason(&error)))
        })?;
        remove_old(&all, &folder);
        output::progress(&format!("the image was made in {:.1} s", started.elapsed().as_secs_f64()));
    }
    // When it was used last, so that it stays. Where that cannot be noted, it is made again some day.
    let used = FileTimes::new().set_modified(SystemTime::now());
    let _ = File::open(&folder).and_then(|folder| folder.set_times(used));
    base.derived(&path, &folder)?.engine()
}

fn make(engine: &Engine, packages: &Packages, modules: &[String]) -> Result<Vec<u8>> {
    let preparation = Preparation { modules: modules.to_vec(), program: String::new() };
    let watch = |step| {
        output::progress(match step {
            DeriveStep::Importing => "importing what is to be there",
            DeriveStep::Freezing => "freezing the memory",
        });
    };
    derive(engine, packages, &preparation, watch).map_err(|error| match error {
        ImageError::Boot(problem) => Failure::usage(unimportable(modules, &problem))
            .hint("look at --preload and at `preload` in the configuration file")
            .into(),
        error => error.into(),
    })
}

/// Says which module cannot be imported: the traceback tells where, if that is not here.
fn unimportable(modules: &[String], problem: &str) -> String {
    let problem = problem.trim_end();
    let last = problem.lines().last().unwrap_or_default();
    match modules.iter().find(|module| last == format!("ModuleNotFoundError: No module named '{module}'")) {
        Some(module) => format!("`{module}` cannot be preloaded: there is no such module"),
        None => format!("what is to be preloaded cannot be imported: {problem}"),
    }
}

/// Returns the name of the folder: a hash of what the image is made from.
fn key(base: &Interpreter, lock: &Lock, modules: &[String]) -> String {
    // Another version of this program may make it otherwise.
    let made_by = [env!("CARGO_PKG_VERSION"), base.image().identity().as_str()];
    let packages = lock.packages().iter().map(|package| package.sha256.as_str());
    let modules = modules.iter().map(String::as_str);
    content_key(made_by.into_iter().chain(packages).chain(["modules"]).chain(modules))
}

/// Puts an image into its folder, which appears whole.
fn write(all: &Path, folder: &Path, image: &[u8]) -> io::Result<()> {
    folders::create(all)?;
    let unfinished = tempfile::Builder::new().prefix(".making-").tempdir_in(all)?;
    let file = unfinished.path().join(IMAGE);
    fs::write(&file, image)?;
    File::open(&file)?.sync_all()?;
    let unfinished = unfinished.keep();
    let moved = fs::rename(&unfinished, folder);
    if moved.is_err() {
        fs::remove_dir_all(&unfinished)?;
    }
    match moved {
        // Another process has made the same meanwhile.
        Err(_) if folder.join(IMAGE).is_file() => Ok(()),
        other => other,
    }
}

/// Removes the images that were not used for longest, so that the cache does not grow for ever.
fn remove_old(all: &Path, own: &Path) {
    let Ok(entries) = fs::read_dir(all) else { return };
    let mut folders: Vec<(SystemTime, PathBuf)> = entries
        .flatten()
        .filter(|entry| entry.path() != own)
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    folders.sort();
    let count = folders.len().saturating_sub(KEPT_MAX - 1);
    for (_, folder) in folders.drain(..count) {
        // A process that runs from it has it open already.
        let _ = fs::remove_dir_all(folder);
    }
}
