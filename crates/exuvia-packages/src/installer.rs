//! From requirements to files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::distribution::Distribution;
use crate::error::PackagesError;
use crate::lock::{Lock, LockedPackage};
use crate::requirement::Requirement;
use crate::resolver::{ResolveError, Resolver};
use crate::store::{Store, content_key};
use crate::target::PLATFORM;
use crate::wheel::Wheel;

/// The most bytes that all files of all packages hold together.
const CONTENT_BYTES_MAX: u64 = 2 << 30;

/// Finds, fetches and reads wheels, and keeps what it found out in a folder.
#[derive(Debug, Clone)]
pub struct Installer {
    resolver: Resolver,
    distribution: Distribution,
    store: Store,
    resolutions: PathBuf,
}

/// A step that takes time, for those who watch it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchStep {
    /// The resolver looks for packages.
    Resolving {
        /// For how many requirements.
        requirements: usize,
    },
    /// Wheels are fetched.
    Fetching {
        /// How many.
        wheels: usize,
    },
}

impl Installer {
    /// An installer that keeps wheels and resolutions in this folder. What is in there can be found out again: it may be
    /// emptied at any time.
    #[must_use]
    pub fn new(resolver: Resolver, distribution: Distribution, folder: &Path) -> Self {
        Self {
            resolver,
            distribution,
            store: Store::new(folder.join("wheels")),
            resolutions: folder.join("resolutions"),
        }
    }

    /// Finds the wheels that requirements come to, as it was found out before if it was.
    ///
    /// # Errors
    ///
    /// Those of [`resolve`](Self::resolve).
    pub fn resolve_once(
        &self,
        requirements: &[Requirement],
        watch: impl FnMut(FetchStep),
    ) -> Result<Lock, PackagesError> {
        let path = self.resolution(requirements);
        // One that cannot be read is made anew: it is nothing that somebody wrote.
        match Lock::read(&path, &self.resolver.target) {
            Ok(Some(lock)) if lock.check(requirements, &path).is_ok() => Ok(lock),
            _ => self.resolve_anew(requirements, watch),
        }
    }

    /// Finds the wheels that requirements come to, whatever was found out before, and notes it.
    ///
    /// # Errors
    ///
    /// Those of [`resolve`](Self::resolve).
    pub fn resolve_anew(
        &self,
        requirements: &[Requirement],
        watch: impl FnMut(FetchStep),
    ) -> Result<Lock, PackagesError> {
        let lock = self.resolve(requirements, &[], watch)?;
        std::fs::create_dir_all(&self.resolutions).map_err(PackagesError::file(&self.resolutions))?;
        lock.write(&self.resolution(requirements))?;
        Ok(lock)
    }

    /// Asks the resolver for the wheels that requirements come to. Those of `kept` are to stay at their versions, as far
    /// as that is possible.
    ///
    /// # Errors
    ///
    /// The resolver cannot be run or finds no answer; or what it finds is not for this interpreter.
    pub fn resolve(
        &self,
        requirements: &[Requirement],
        kept: &[LockedPackage],
        mut watch: impl FnMut(FetchStep),
    ) -> Result<Lock, PackagesError> {
        let requirements = Requirement::sorted(requirements.iter().cloned());
        let mut packages = Vec::new();
        if !requirements.is_empty() {
            watch(FetchStep::Resolving { requirements: requirements.len() });
            let links = self.distribution.links()?;
            let links = links.as_ref().map(tempfile::TempDir::path);
            let found = match self.resolver.resolve(&requirements, kept, links) {
                // What was kept may be in the way.
                Err(ResolveError::NoWheel { .. } | ResolveError::Failed { .. }) if !kept.is_empty() => {
                    self.resolver.resolve(&requirements, &[], links)
                }
                other => other,
            };
            let found = found.map_err(|error| self.explain(error))?;
            for found in found {
                // The index and the user's own folders may have another wheel of the same name.
                if links.zip(found.local.as_deref()).is_some_and(|(links, path)| path.starts_with(links)) {
                    Distribution::check(&found.package)?;
                }
                Wheel::named(&found.package.file)?.check(&self.resolver.target)?;
                packages.push(found.package);
            }
        }
        Ok(Lock::new(&self.resolver.target, requirements, packages))
    }

    /// Reads the files of a lock file's wheels by their paths below `site-packages`; those that are not in the store are
    /// fetched before. Where two packages bring the same file, the later one's is taken, in the order of their names.
    ///
    /// # Errors
    ///
    /// A wheel cannot be fetched, has another hash, is for another interpreter, or is damaged: see
    /// [`WheelFault`](crate::WheelFault).
    pub fn files(&self, lock: &Lock, watch: impl FnMut(FetchStep)) -> Result<BTreeMap<String, Bytes>, PackagesError> {
        let mut wheels = BTreeMap::new();
        let mut missing = Vec::new();
        for package in lock.packages() {
            Wheel::named(&package.file)?.check(&self.resolver.target)?;
            match self.store.get(package)? {
                Some(content) => drop(wheels.insert(package, content)),
                None => missing.push(package),
            }
        }
        wheels.extend(self.fetch(&missing, watch)?);
        let mut files = BTreeMap::new();
        let mut bytes = 0_u64;
        for (package, content) in wheels {
            for (path, content) in Wheel::named(&package.file)?.files(content)? {
                bytes += content.len() as u64;
                if bytes > CONTENT_BYTES_MAX {
                    return Err(PackagesError::TooLarge { limit: CONTENT_BYTES_MAX });
                }
                files.insert(path, content);
            }
        }
        crate::wheel::check_folders(&files)?;
        Ok(files)
    }

    fn fetch<'a>(
        &self,
        missing: &[&'a LockedPackage],
        mut watch: impl FnMut(FetchStep),
    ) -> Result<Vec<(&'a LockedPackage, Bytes)>, PackagesError> {
        let mut fetched = Vec::new();
        let mut elsewhere = Vec::new();
        for &package in missing {
            match self.distribution.path(package) {
                Some(path) => fetched.push((package, self.store.put(package, &path)?)),
                None => elsewhere.push(package),
            }
        }
        if elsewhere.is_empty() {
            return Ok(fetched);
        }
        watch(FetchStep::Fetching { wheels: elsewhere.len() });
        let folder = tempfile::Builder::new().prefix("exuvia-wheels-").tempdir();
        let folder = folder.map_err(PackagesError::file(&std::env::temp_dir()))?;
        self.resolver.fetch(&elsewhere, folder.path()).map_err(|error| self.explain(error))?;
        for package in elsewhere {
            fetched.push((package, self.store.put(package, &folder.path().join(&package.file))?));
        }
        Ok(fetched)
    }

    /// Says where a package can be had that the index has no wheel of.
    fn explain(&self, error: ResolveError) -> PackagesError {
        let present = self.distribution.present();
        let mut missing: Vec<_> = error.lacking().iter().flat_map(Distribution::needed).collect();
        missing.retain(|file| !present.contains(file));
        missing.sort_by_key(|file| file.name);
        missing.dedup();
        PackagesError::resolve(error, missing)
    }

    /// Returns where the resolution of requirements is noted. It depends on what the distribution's folder has, too.
    fn resolution(&self, requirements: &[Requirement]) -> PathBuf {
        let (requirements, present) = (Requirement::sorted(requirements.iter().cloned()), self.distribution.present());
        let target = [self.resolver.target.version(), PLATFORM];
        let requirements = requirements.iter().map(Requirement::as_str);
        let present = present.iter().map(|file| file.file);
        let key = content_key(target.into_iter().chain(requirements).chain(["distribution"]).chain(present));
        self.resolutions.join(format!("{key}.lock"))
    }
}
