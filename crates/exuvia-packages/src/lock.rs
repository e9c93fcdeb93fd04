//! Lock files: which wheels a set of requirements came to, by name, version and hash.
//!
//! ```toml
//! version = 1
//! python = "3.14"
//! platform = "pyemscripten_2026_0_wasm32"
//! requirements = ["msgpack>=1"]
//!
//! [[package]]
//! name = "msgpack"
//! version = "1.2.4"
//! file = "msgpack-1.2.4-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
//! sha256 = "06a0657a4110d563255006b7cb7147432f67827144e429c2cdb1c967548d1817"
//! ```
//!
//! There are no addresses in it: where a wheel of this hash comes from is no matter. It is sorted by name, so that the
//! same answer gives the same file.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::PackagesError;
use crate::requirement::{PackageName, Requirement};
use crate::target::{PLATFORM, Target};
use crate::wheel::Wheel;
use crate::write::write_whole;

const FORMAT: u32 = 1;
const HEADER: &str = "# Written by exuvia: which wheels the requirements came to. Do not edit it.\n";
/// The largest lock file.
const LOCK_BYTES_MAX: u64 = 16 << 20;
const VERSION_BYTES_MAX: usize = 128;

/// Which wheels a set of requirements came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    version: u32,
    python: String,
    platform: String,
    requirements: Vec<Requirement>,
    #[serde(default, rename = "package", skip_serializing_if = "Vec::is_empty")]
    packages: Vec<LockedPackage>,
}

/// A package of a lock file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedPackage {
    /// Its name, normalised.
    pub name: PackageName,
    /// Its version, as its metadata writes it.
    pub version: String,
    /// The wheel's file name.
    pub file: String,
    /// The wheel's SHA-256, in hexadecimal digits.
    pub sha256: String,
}

impl Lock {
    /// Says that for this interpreter these requirements came to these packages.
    #[must_use]
    pub fn new(target: &Target, requirements: Vec<Requirement>, mut packages: Vec<LockedPackage>) -> Self {
        packages.sort();
        Self {
            version: FORMAT,
            python: target.series(),
            platform: PLATFORM.to_owned(),
            requirements: Requirement::sorted(requirements),
            packages,
        }
    }

    /// Returns the packages in the order of their names.
    #[must_use]
    pub fn packages(&self) -> &[LockedPackage] {
        &self.packages
    }

    /// Reads a lock file; `None` if it is not there.
    ///
    /// # Errors
    ///
    /// It is damaged, or for another interpreter.
    pub fn read(path: &Path, target: &Target) -> Result<Option<Self>, PackagesError> {
        let text = match fs::metadata(path) {
            Ok(metadata) if metadata.len() > LOCK_BYTES_MAX => return Err(unusable(path, "it is too large")),
            Ok(_) => fs::read_to_string(path).map_err(PackagesError::file(path))?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(PackagesError::file(path)(error)),
        };
        Self::parse(&text, target).map(Some).map_err(|problem| unusable(path, &problem))
    }

    /// Writes it into a file, whole or not at all.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), PackagesError> {
        write_whole(path, self.to_text().as_bytes()).map_err(PackagesError::file(path))
    }

    /// Checks that it was made for these requirements.
    ///
    /// # Errors
    ///
    /// It was made for others. `path` is the file that it was read from.
    pub fn check(&self, requirements: &[Requirement], path: &Path) -> Result<(), PackagesError> {
        if self.requirements == Requirement::sorted(requirements.iter().cloned()) {
            return Ok(());
        }
        let all = self.requirements.iter().chain(requirements);
        let other = all.filter(|each| self.requirements.contains(each) != requirements.contains(each));
        let other: Vec<String> = other.map(|each| format!("`{each}`")).collect();
        Err(unusable(path, &format!("it was made for other dependencies: they differ in {}", other.join(", "))))
    }

    pub(crate) fn to_text(&self) -> String {
        let text = toml::to_string(self).expect("texts, numbers and lists can be written as TOML");
        format!("{HEADER}{text}")
    }

    pub(crate) fn parse(text: &str, target: &Target) -> Result<Self, String> {
        let lock: Self = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        if lock.version != FORMAT {
            return Err(format!("its format is {}, known is {FORMAT}", lock.version));
        }
        if (lock.python.as_str(), lock.platform.as_str()) != (&target.series(), PLATFORM) {
            let own = format!("Python {} on `{PLATFORM}`", target.series());
            return Err(format!("it is for Python {} on `{}`, this is {own}", lock.python, lock.platform));
        }
        for package in &lock.packages {
            package.check()?;
        }
        match lock.packages.windows(2).find(|pair| pair[0].name >= pair[1].name) {
            Some([_, second]) => Err(format!("`{}` is not in its place", second.name)),
            _ => Ok(lock),
        }
    }
}

impl LockedPackage {
    /// Checks that its parts are what they should be, and belong together.
    pub(crate) fn check(&self) -> Result<(), String> {
        let Self { name, version, file, sha256 } = self;
        if sha256.len() != 64 || !sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(format!("`{name}` has no SHA-256"));
        }
        let is_version = |byte: u8| byte.is_ascii_alphanumeric() || b".+!_-".contains(&byte);
        if version.len() > VERSION_BYTES_MAX || !version.bytes().all(is_version) {
            return Err(format!("`{name}` has no version"));
        }
        let wheel = Wheel::named(file).map_err(|error| error.to_string())?;
        if wheel.name() != name || !wheel.is_version(version) {
            return Err(format!("`{file}` is no wheel of `{name}` {version}"));
        }
        Ok(())
    }
}

fn unusable(path: &Path, problem: &str) -> PackagesError {
    PackagesError::Lock { path: path.to_owned(), problem: problem.to_owned() }
}
