//! Wheels (PEP 427): what their names say, and the files in them.

mod archive;
mod fault;
mod record;
mod tags;

use std::collections::BTreeMap;

use bytes::Bytes;
use pep440_rs::Version;

use crate::error::PackagesError;
use crate::requirement::PackageName;
use crate::target::Target;

pub use fault::WheelFault;

/// The longest file name of a wheel.
const NAME_BYTES_MAX: usize = 255;

/// A wheel, as far as its file name tells: `NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wheel {
    file: String,
    name: PackageName,
    version: Version,
    tags: tags::Tags,
}

impl Wheel {
    /// Reads a wheel's file name.
    ///
    /// # Errors
    ///
    /// It is not the name of a wheel.
    pub fn named(file: &str) -> Result<Self, PackagesError> {
        let form = || PackagesError::wheel(file, WheelFault::Name);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+!".contains(&byte);
        if file.len() > NAME_BYTES_MAX || !file.bytes().all(is_plain) {
            return Err(form());
        }
        let parts: Vec<&str> = file.strip_suffix(".whl").ok_or_else(form)?.split('-').collect();
        let (name, version, tags) = match parts[..] {
            [name, version, python, abi, platform] => (name, version, [python, abi, platform]),
            [name, version, build, python, abi, platform] if build.starts_with(|c: char| c.is_ascii_digit()) => {
                (name, version, [python, abi, platform])
            }
            _ => return Err(form()),
        };
        Ok(Self {
            file: file.to_owned(),
            name: name.parse().map_err(|_| form())?,
            version: version.replace('_', "-").parse().map_err(|_| form())?,
            tags: tags::Tags::new(tags),
        })
    }

    /// Returns the package's name.
    #[must_use]
    pub fn name(&self) -> &PackageName {
        &self.name
    }

    /// Returns whether it is of this version, however that is written.
    #[must_use]
    pub fn is_version(&self, version: &str) -> bool {
        version.parse::<Version>().is_ok_and(|version| version == self.version)
    }

    /// Checks that it is for this interpreter.
    ///
    /// # Errors
    ///
    /// It is for another one, or for another platform.
    pub fn check(&self, target: &Target) -> Result<(), PackagesError> {
        if self.tags.suit(target) {
            return Ok(());
        }
        let fault = WheelFault::Foreign { tags: self.tags.to_string(), version: target.series() };
        Err(PackagesError::wheel(&self.file, fault))
    }

    /// Reads the wheel's content: its files by their paths below `site-packages`, in their order. Programs, headers and
    /// other data that an installer puts elsewhere are left out.
    ///
    /// # Errors
    ///
    /// It is damaged, has a name that leads out, is larger than a wheel may be, or is of another package than it says.
    pub fn files(&self, content: Bytes) -> Result<BTreeMap<String, Bytes>, PackagesError> {
        self.read(content).map_err(|fault| PackagesError::wheel(&self.file, fault))
    }

    fn read(&self, content: Bytes) -> Result<BTreeMap<String, Bytes>, WheelFault> {
        let files = archive::read(content)?;
        let metadata = self.metadata_folder(&files)?;
        record::verify(&files, &metadata)?;
        let data = format!("{}.data/", metadata.trim_end_matches(".dist-info"));
        let mut placed = BTreeMap::new();
        for (path, content) in files {
            let place = match path.strip_prefix(&data) {
                None => path.as_str(),
                Some(inner) => match inner.split_once('/') {
                    Some(("purelib" | "platlib", place)) => place,
                    _ => continue,
                },
            };
            let place = place.to_owned();
            if placed.insert(place.clone(), content).is_some() {
                return Err(WheelFault::Twice(place));
            }
        }
        archive::check_folders(placed.keys().map(String::as_str))?;
        Ok(placed)
    }

    /// Finds `NAME-VERSION.dist-info`, and looks whether that and the format's version are right.
    fn metadata_folder(&self, files: &BTreeMap<String, Bytes>) -> Result<String, WheelFault> {
        let folders = files.keys().filter_map(|path| path.split_once('/')).map(|(folder, _)| folder);
        let mut folders = folders.filter_map(|folder| folder.strip_suffix(".dist-info"));
        let stem = folders.next().ok_or(WheelFault::NoMetadata)?.to_owned();
        if folders.any(|other| other != stem) {
            return Err(WheelFault::NoMetadata);
        }
        let own = stem.split_once('-').is_some_and(|(name, version)| {
            name.parse::<PackageName>().is_ok_and(|name| name == self.name) && self.is_version(version)
        });
        if !own {
            return Err(WheelFault::OtherPackage(stem));
        }
        let folder = format!("{stem}.dist-info");
        let format = files.get(&format!("{folder}/WHEEL")).ok_or(WheelFault::NoMetadata)?;
        let format = std::str::from_utf8(format).map_err(|_| WheelFault::NoMetadata)?;
        let version = format.lines().find_map(|line| line.strip_prefix("Wheel-Version:")).unwrap_or_default().trim();
        if version.split('.').next() != Some("1") {
            return Err(WheelFault::Format(version.to_owned()));
        }
        Ok(folder)
    }
}

/// Checks that files of several wheels fit together.
pub(crate) fn check_folders(files: &BTreeMap<String, Bytes>) -> Result<(), PackagesError> {
    archive::check_folders(files.keys().map(String::as_str)).map_err(|fault| PackagesError::Conflict(Box::new(fault)))
}

#[cfg(test)]
mod tests;
