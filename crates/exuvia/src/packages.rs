//! Packages for a sandbox: what is asked for on the command line, by a project and by a script, and how that gets there.

mod derived;

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use exuvia_core::journal::PackageIdentity;
use exuvia_packages::{
    Distribution, FetchStep, Installer, Lock, PackagesError, PackagesSection, Requirement, Resolver, ScriptMetadata,
    Target,
};
use exuvia_sandbox::{Engine, InstallStep, Packages};

use crate::failure::{self, Failure};
use crate::interpreter::Interpreter;
use crate::{folders, output};

/// The longest that the resolver may take.
const RESOLVER_TIME_MAX: Duration = Duration::from_secs(600);
/// The resolver's Python, where nobody names another one.
const PYTHON: &str = "python3";
/// A native module of this size takes long enough to compile to be told of.
const SLOW_MODULE_BYTES: usize = 100_000;

/// What a sandbox is to have installed.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// What was asked for by hand or by a script.
    pub(crate) requirements: Vec<Requirement>,
    /// What a project has.
    pub(crate) project: Option<ProjectPackages>,
    /// The modules that are to be imported before the program begins.
    pub(crate) preload: Vec<String>,
    /// Whether what was found out before is to be found out again.
    pub(crate) upgrade: bool,
    /// The folder with Pyodide's distribution; else the project's or the environment's.
    pub(crate) distribution: Option<PathBuf>,
}

/// What a configuration file says of packages.
#[derive(Debug, Clone)]
pub(crate) struct ProjectPackages {
    pub(crate) section: PackagesSection,
    /// The file.
    pub(crate) config: PathBuf,
}

/// An engine, and the packages that its sandboxes have beside the image's.
#[derive(Clone)]
pub(crate) struct Furnished {
    pub(crate) engine: Engine,
    pub(crate) packages: Option<Packages>,
    /// Which they are, those of the image's that were asked for among them.
    pub(crate) identities: Vec<PackageIdentity>,
}

impl ProjectPackages {
    /// Returns where the lock file of a configuration file is: `exuvia.lock` beside `exuvia.toml`.
    pub(crate) fn lock_path(config: &Path) -> PathBuf {
        config.with_extension("lock")
    }

    /// Returns the folder with Pyodide's distribution that the file names.
    pub(crate) fn distribution(&self) -> Option<PathBuf> {
        Some(self.config.parent()?.join(self.section.distribution.as_ref()?))
    }

    /// Reads the lock file, which must be for what the configuration file says.
    fn lock(&self, target: &Target) -> Result<Lock> {
        let requirements = &self.section.dependencies;
        if requirements.is_empty() {
            return Ok(Lock::new(target, Vec::new(), Vec::new()));
        }
        let path = Self::lock_path(&self.config);
        let Some(lock) = Lock::read(&path, target).map_err(|error| self.hint(&error))? else {
            let problem = format!("`{}` is not there: it says which packages are meant", path.display());
            return Err(Failure::usage(problem).hint(self.command()).into());
        };
        lock.check(requirements, &path).map_err(|error| self.hint(&error))?;
        Ok(lock)
    }

    fn hint(&self, error: &PackagesError) -> Failure {
        Failure::usage(error.to_string()).hint(self.command())
    }

    fn command(&self) -> String {
        format!("make it with `exuvia lock --config {}`", self.config.display())
    }
}

impl Wanted {
    /// Adds what a script says that it needs.
    pub(crate) fn add_script(&mut self, metadata: &ScriptMetadata, interpreter: &Interpreter) -> Result<()> {
        let target = target(interpreter)?;
        if let Some(versions) = &metadata.requires_python {
            match target.satisfies(versions) {
                Some(true) => {}
                Some(false) => {
                    let problem = format!("the script needs Python {versions}, this is {}", target.version());
                    return Err(Failure::usage(problem).into());
                }
                None => {
                    let problem =
                        format!("the script's metadata cannot be used: `{versions}` names no versions of Python");
                    return Err(Failure::usage(problem).into());
                }
            }
        }
        self.requirements.extend(metadata.dependencies.iter().cloned());
        Ok(())
    }

    /// Makes the engine, with everything installed that is wanted. What was done before is not done again.
    pub(crate) fn furnish(self, interpreter: &Interpreter) -> Result<Furnished> {
        if self.is_nothing() {
            return Ok(Furnished { engine: interpreter.engine()?, packages: None, identities: Vec::new() });
        }
        let target = target(interpreter)?;
        let project = self.project.as_ref().and_then(ProjectPackages::distribution);
        let installer = installer(&target, self.distribution.clone().or(project), interpreter.cache())?;
        let lock = self.lock(&installer, &target)?;
        if lock.packages().is_empty() && self.preload.is_empty() {
            return Ok(Furnished { engine: interpreter.engine()?, packages: None, identities: Vec::new() });
        }
        let identities = lock.packages().iter().map(|package| PackageIdentity {
            name: package.name.to_string(),
            version: package.version.clone(),
            hash: package.sha256.clone(),
        });
        let identities = identities.collect();
        let install = || install(&installer, &lock, interpreter);
        if self.preload.is_empty() {
            let (engine, packages) = install()?;
            return Ok(Furnished { engine, packages: Some(packages), identities });
        }
        let engine = derived::engine(interpreter, &lock, &self.preload, install)?;
        Ok(Furnished { engine, packages: None, identities })
    }

    fn is_nothing(&self) -> bool {
        let project = self.project.as_ref().is_none_or(|project| project.section.dependencies.is_empty());
        project && self.requirements.is_empty() && self.preload.is_empty()
    }

    /// Returns the wheels that all this comes to.
    fn lock(&self, installer: &Installer, target: &Target) -> Result<Lock> {
        let nothing = || Lock::new(target, Vec::new(), Vec::new());
        let project = self.project.as_ref().map_or_else(|| Ok(nothing()), |project| project.lock(target))?;
        if self.requirements.is_empty() {
            return Ok(project);
        }
        // What the project has is meant as it is locked.
        let mut requirements = self.requirements.clone();
        for package in project.packages() {
            requirements.push(format!("{}=={}", package.name, package.version).parse()?);
        }
        let lock = if self.upgrade {
            installer.resolve_anew(&requirements, watch)
        } else {
            installer.resolve_once(&requirements, watch)
        };
        Ok(lock.map_err(Failure::from)?)
    }
}

/// Installs wheels for the sandboxes of an image.
fn install(installer: &Installer, lock: &Lock, interpreter: &Interpreter) -> Result<(Engine, Packages)> {
    let files = installer.files(lock, watch).map_err(Failure::from)?;
    let engine = interpreter.engine()?;
    let builder = Packages::builder(&engine).cache(interpreter.cache());
    let builder = files.into_iter().fold(builder, |builder, (path, content)| builder.file(path, content));
    let packages = builder.install(|step| progress(&step))?;
    Ok((engine, packages))
}

/// Makes an installer that keeps what it has in the cache. The folder with Pyodide's distribution is the named one or
/// the environment's.
pub(crate) fn installer(target: &Target, distribution: Option<PathBuf>, cache: &Path) -> Result<Installer> {
    // Compiled code is only taken from a folder that nobody else may write to, so it is not left to the user's mask.
    folders::create(cache).map_err(|error| {
        Failure::new(format!("the cache `{}` cannot be made: {}", cache.display(), failure::reason(&error)))
    })?;
    let distribution = distribution.or_else(|| variable("EXUVIA_DISTRIBUTION"));
    // It is started in another folder: a path must not depend on where we are, and a name is looked for along `PATH`.
    let absolute = |path: PathBuf| match path.components().count() {
        0 | 1 => path,
        _ => std::path::absolute(&path).unwrap_or(path),
    };
    let python = variable("EXUVIA_PYTHON").map_or_else(|| PYTHON.into(), absolute);
    let resolver = Resolver { python, target: target.clone(), time_max: RESOLVER_TIME_MAX };
    Ok(Installer::new(resolver, Distribution::new(distribution), cache))
}

/// Returns what packages must be for.
pub(crate) fn target(interpreter: &Interpreter) -> Result<Target> {
    let version = &interpreter.image().manifest().version;
    let none = || Failure::new(format!("packages cannot be found for an interpreter of version `{version}`"));
    Ok(Target::new(version).ok_or_else(none)?)
}

/// Tells of a step of the resolver.
pub(crate) fn watch(step: FetchStep) {
    output::progress(&match step {
        FetchStep::Resolving { .. } => "looking for packages, which is done once".to_owned(),
        FetchStep::Fetching { wheels } => format!("fetching {wheels} {}", plural(wheels, "wheel")),
    });
}

fn progress(step: &InstallStep<'_>) {
    match *step {
        InstallStep::Compiling { path, bytes } if bytes >= SLOW_MODULE_BYTES => {
            output::progress(&format!("compiling `{path}` for this machine, which is done once"));
        }
        InstallStep::CompilingPython { modules } => {
            output::progress(&format!("compiling {modules} {} of Python", plural(modules, "module")));
        }
        InstallStep::Compiling { .. } | InstallStep::Cached { .. } => {}
    }
}

/// Returns a noun as it stands after a number.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    format!("{noun}{}", if count == 1 { "" } else { "s" })
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
