//! Pyodide's distribution: wheels that its makers build for this interpreter (numpy, pandas, matplotlib, …), most of
//! which are on no index. Their names and hashes come with the interpreter; the files are the user's to download, into a
//! folder.

use std::collections::{BTreeSet, VecDeque};
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::error::PackagesError;
use crate::lock::LockedPackage;
use crate::requirement::PackageName;
use crate::wheel::WheelFault;

/// The release of Pyodide that the list is of.
pub(crate) const RELEASE: &str = "314.0.7";

/// A line for each wheel, sorted: name, version, file name, SHA-256, and the names that it depends on. It is made from
/// the `pyodide-lock.json` that comes with the interpreter, by the test below.
const FILES: &str = include_str!("distribution/files.txt");

/// A wheel of Pyodide's distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionFile {
    /// The package's name, normalised.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The file's name.
    pub file: &'static str,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: &'static str,
    /// The names of the packages that it needs, with spaces between them.
    depends: &'static str,
}

/// Pyodide's distribution, and the folder with the files that were downloaded of it.
#[derive(Debug, Clone, Default)]
pub struct Distribution {
    folder: Option<PathBuf>,
}

impl Distribution {
    /// The distribution with its files in this folder, if there is one.
    #[must_use]
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// Returns all wheels of the distribution, in the order of their names.
    pub fn files() -> impl Iterator<Item = DistributionFile> {
        FILES.lines().filter_map(|line| {
            let mut words = line.splitn(5, ' ');
            let (name, version, file, sha256) = (words.next()?, words.next()?, words.next()?, words.next()?);
            Some(DistributionFile { name, version, file, sha256, depends: words.next().unwrap_or_default() })
        })
    }

    /// Returns the wheels of this package and of all that it needs, as far as they are for this platform alone: the
    /// others are on every index.
    #[must_use]
    pub fn needed(name: &PackageName) -> Vec<DistributionFile> {
        let mut names = BTreeSet::new();
        let mut rest = VecDeque::from([name.as_str()]);
        while let Some(name) = rest.pop_front() {
            if names.insert(name)
                && let Some(file) = Self::files().find(|file| file.name == name)
            {
                rest.extend(file.depends.split(' '));
            }
        }
        Self::files().filter(|file| names.contains(file.name) && !file.file.ends_with("-any.whl")).collect()
    }

    /// Returns the wheels that are in the folder.
    pub(crate) fn present(&self) -> Vec<DistributionFile> {
        let Some(folder) = &self.folder else { return Vec::new() };
        Self::files().filter(|file| folder.join(file.file).is_file()).collect()
    }

    /// Makes a folder with links to the distribution's wheels and to nothing else, for the resolver; `None` if there are
    /// none.
    pub(crate) fn links(&self) -> Result<Option<TempDir>, PackagesError> {
        let Some(folder) = &self.folder else { return Ok(None) };
        let folder = folder.canonicalize().map_err(PackagesError::file(folder))?;
        let links = tempfile::Builder::new().prefix("exuvia-links-").tempdir();
        let links = links.map_err(PackagesError::file(&folder))?;
        for file in self.present() {
            let link = links.path().join(file.file);
            symlink(folder.join(file.file), &link).map_err(PackagesError::file(&link))?;
        }
        Ok(Some(links))
    }

    /// Returns the file of a package, if it is one of the distribution and in the folder.
    pub(crate) fn path(&self, package: &LockedPackage) -> Option<PathBuf> {
        let path = self.folder.as_ref()?.join(&package.file);
        let listed = Self::files().any(|file| file.file == package.file && file.sha256 == package.sha256);
        (listed && path.is_file()).then_some(path)
    }

    /// Checks that a wheel that was found in the folder is the one that the distribution has under its name.
    pub(crate) fn check(package: &LockedPackage) -> Result<(), PackagesError> {
        match Self::files().find(|file| file.file == package.file) {
            Some(file) if file.sha256 != package.sha256 => {
                let fault = WheelFault::Hash { found: package.sha256.clone(), wanted: file.sha256.to_owned() };
                Err(PackagesError::wheel(&package.file, fault))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use serde_json::Value;

    use super::{Distribution, FILES, RELEASE};
    use crate::requirement::PackageName;
    use crate::target::{PLATFORM, Target};
    use crate::wheel::Wheel;

    /// `EXUVIA_REVIEW=1` writes the list anew, after the interpreter was updated.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "whoever updates the interpreter asks for a new list")]
    fn the_list_is_that_of_the_interpreter() {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let path = workspace.join("guest/node_modules/pyodide/pyodide-lock.json");
        let lock = fs::read(path).expect("the interpreter was fetched: run `cargo xtask image`");
        let lock: Value = serde_json::from_slice(&lock).unwrap();
        let info = &lock["info"];
        let platform = format!("pyemscripten_{}_{}", info["abi_version"], info["arch"]).replace('"', "");
        assert_eq!(platform, PLATFORM);
        let package = fs::read(workspace.join("guest/package.json")).unwrap();
        let package: Value = serde_json::from_slice(&package).unwrap();
        assert_eq!(package["dependencies"]["pyodide"], RELEASE);
        let name = |text: &str| text.parse::<PackageName>().unwrap().to_string();
        let mut lines = Vec::new();
        for package in lock["packages"].as_object().unwrap().values() {
            let text = |key: &str| package[key].as_str().unwrap();
            if text("file_name").ends_with(".whl") {
                let mut words =
                    vec![name(text("name")), text("version").into(), text("file_name").into(), text("sha256").into()];
                words.extend(package["depends"].as_array().unwrap().iter().map(|each| name(each.as_str().unwrap())));
                lines.push(words.join(" ") + "\n");
            }
        }
        lines.sort();
        if std::env::var_os("EXUVIA_REVIEW").is_some() {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/distribution/files.txt");
            fs::write(file, lines.concat()).unwrap();
        }
        assert_eq!(lines.concat(), FILES);
    }

    #[test]
    fn every_wheel_is_for_this_interpreter() {
        let target = Target::new("3.14.2").unwrap();
        for file in Distribution::files() {
            let wheel = Wheel::named(file.file).unwrap();
            wheel.check(&target).unwrap();
            assert_eq!((wheel.name().as_str(), wheel.is_version(file.version)), (file.name, true));
        }
    }

    #[test]
    fn what_a_package_needs_of_this_platform_is_named() {
        let names: Vec<&str> =
            Distribution::needed(&"pandas".parse().unwrap()).into_iter().map(|file| file.name).collect();
        // Beside numpy, pandas needs only packages in pure Python.
        assert_eq!(names, ["numpy", "pandas"]);
        assert_eq!(Distribution::needed(&"no-such-package".parse().unwrap()), []);
    }
}
