//! The packages whose own test suites the sandbox runs (source distributions from PyPI), and wheels with native modules
//! for the sandbox's interpreter: all pinned by their hashes.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::{tools, workspace};

#[derive(Deserialize)]
struct Packages {
    package: Vec<Package>,
}

/// What is needed of an entry of `cases/packages/packages.toml`, or of a source in `cases/packages/wheels.toml`.
#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    sdist: String,
    sha256: String,
    folder: String,
}

#[derive(Deserialize)]
struct Wheels {
    wheel: Vec<Wheel>,
    source: Vec<Package>,
}

/// An entry of `cases/packages/wheels.toml`.
#[derive(Deserialize)]
struct Wheel {
    name: String,
    version: String,
    file: String,
    sha256: String,
}

/// What pip is told of the interpreter that wheels are for.
const PLATFORM: [&str; 7] = [
    "--only-binary=:all:",
    "--python-version=3.14",
    "--implementation=cp",
    "--abi=cp314",
    "--abi=abi3",
    "--abi=none",
    "--platform=pyemscripten_2026_0_wasm32",
];

/// Fetches and unpacks what is not there yet.
pub(crate) fn fetch() -> Result<()> {
    let list = fs::read_to_string(workspace().join("cases/packages/packages.toml"))?;
    let packages: Packages = toml::from_str(&list).context("cases/packages/packages.toml")?;
    fetch_sources(&packages.package)?;
    fetch_wheels()
}

fn fetch_wheels() -> Result<()> {
    let root = workspace();
    let list = fs::read_to_string(root.join("cases/packages/wheels.toml"))?;
    let wheels: Wheels = toml::from_str(&list).context("cases/packages/wheels.toml")?;
    let folder = root.join("target/packages/wheels");
    fs::create_dir_all(&folder)?;
    for wheel in &wheels.wheel {
        if !folder.join(&wheel.name).is_dir() {
            tools::say(&format!("fetching {} {}", wheel.name, wheel.version));
            fetch_wheel(wheel, &folder).with_context(|| {
                format!("the wheel `{}` cannot be fetched\n    hint: Python's pip must reach its index", wheel.file)
            })?;
        }
    }
    fetch_sources(&wheels.source)
}

fn fetch_wheel(wheel: &Wheel, folder: &Path) -> Result<()> {
    let archive = folder.join(&wheel.file);
    if !archive.is_file() {
        let requirement = format!("{}=={}", wheel.name, wheel.version);
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "download", "--quiet", "--no-deps"]).args(PLATFORM).arg(&requirement);
        tools::run(pip.arg("--dest").arg(folder))?;
    }
    let content = fs::read(&archive)?;
    let digest = tools::hex(&Sha256::digest(&content));
    ensure!(digest == wheel.sha256, "`{}` has the hash {digest}, wanted is {}", wheel.file, wheel.sha256);
    // Unpacked beside its place and moved there, so that half of it is never taken for all.
    let unfinished = folder.join("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    zip::ZipArchive::new(std::io::Cursor::new(content))?.extract(&unfinished)?;
    fs::rename(&unfinished, folder.join(&wheel.name))?;
    Ok(())
}

fn fetch_sources(packages: &[Package]) -> Result<()> {
    let folder = workspace().join("target/packages");
    fs::create_dir_all(&folder)?;
    for package in packages {
        if !folder.join(&package.folder).is_dir() {
            tools::say(&format!("fetching {} {}", package.name, package.version));
            fetch_one(package, &folder).with_context(|| {
                format!("the package `{}` cannot be fetched\n    hint: Python's pip must reach its index", package.name)
            })?;
        }
    }
    Ok(())
}

fn fetch_one(package: &Package, folder: &Path) -> Result<()> {
    let archive = folder.join(&package.sdist);
    if !archive.is_file() {
        let requirement = format!("{}=={}", package.name, package.version);
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", &package.name, &requirement]);
        tools::run(pip.arg("--dest").arg(folder))?;
    }
    let digest = tools::hex(&Sha256::digest(fs::read(&archive)?));
    ensure!(digest == package.sha256, "`{}` has the hash {digest}, wanted is {}", package.sdist, package.sha256);
    // Unpacked beside its place and moved there, so that half of it is never taken for all.
    let unfinished = folder.join("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    fs::create_dir_all(&unfinished)?;
    tools::run(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&unfinished))?;
    fs::rename(unfinished.join(&package.folder), folder.join(&package.folder))?;
    Ok(())
}
