//! `exuvia lock`: which wheels a project's packages come to; and what `add` and `remove` share with it.

use std::path::PathBuf;

use anyhow::Result;
use exuvia_packages::{Lock, LockedPackage, PackageName, Project, Requirement};

use super::options::DistributionOption;
use crate::failure::Failure;
use crate::interpreter::Interpreter;
use crate::output;
use crate::packages::{self, ProjectPackages, plural};

/// Lock a project's packages: note which wheels they come to
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "exuvia.toml")]
    config: PathBuf,

    /// Take the newest of all packages; else those that are locked stay as far as they can
    #[arg(long)]
    upgrade: bool,

    #[command(flatten)]
    distribution: DistributionOption,
}

pub(super) fn run(arguments: Arguments) -> Result<u8> {
    let Arguments { config, upgrade, distribution } = arguments;
    if !config.is_file() {
        return Err(Failure::usage(format!("`{}` is not there", config.display())).into());
    }
    Locking { config, distribution: distribution.folder, upgrade }.run(Change::Nothing)
}

/// What is to be changed in a project before it is locked.
pub(super) enum Change {
    Add(Vec<Requirement>),
    Remove(Vec<PackageName>),
    Nothing,
}

/// How a project is locked.
pub(super) struct Locking {
    pub(super) config: PathBuf,
    pub(super) distribution: Option<PathBuf>,
    pub(super) upgrade: bool,
}

impl Locking {
    /// Changes a project and locks it. If that fails, both files are as they were.
    pub(super) fn run(self, change: Change) -> Result<u8> {
        let interpreter = Interpreter::find(None)?;
        let target = packages::target(&interpreter)?;
        let mut project = Project::open(&self.config).map_err(Failure::from)?;
        let added = match &change {
            Change::Add(requirements) => requirements.as_slice(),
            Change::Remove(_) | Change::Nothing => &[],
        };
        self.apply(&mut project, &change)?;
        let section = project.section().map_err(Failure::from)?;
        let wanted = ProjectPackages { section, config: self.config.clone() };

        let path = ProjectPackages::lock_path(&self.config);
        // A lock file that cannot be used is written anew: there is nothing to keep of it.
        let before = Lock::read(&path, &target).ok().flatten();
        let before = before.as_ref().map_or(&[][..], Lock::packages);
        let stays = |package: &&LockedPackage| !added.iter().any(|added| *added.name() == package.name);
        let kept: Vec<LockedPackage> =
            if self.upgrade { Vec::new() } else { before.iter().filter(stays).cloned().collect() };

        let distribution = self.distribution.clone().or_else(|| wanted.distribution());
        let installer = packages::installer(&target, distribution, interpreter.cache())?;
        let lock = installer.resolve(&wanted.section.dependencies, &kept, packages::watch).map_err(Failure::from)?;
        lock.write(&path).map_err(Failure::from)?;
        if !matches!(change, Change::Nothing) {
            project.write().map_err(Failure::from)?;
        }
        tell(before, lock.packages());
        let count = lock.packages().len();
        output::say(&format!("locked {count} {} in `{}`", plural(count, "package"), path.display()));
        Ok(0)
    }

    fn apply(&self, project: &mut Project, change: &Change) -> Result<()> {
        match change {
            Change::Add(requirements) => {
                for requirement in requirements {
                    project.add(requirement).map_err(Failure::from)?;
                }
            }
            Change::Remove(names) => {
                for name in names {
                    if !project.remove(name).map_err(Failure::from)? {
                        let problem = format!("`{name}` is none of the dependencies in `{}`", self.config.display());
                        return Err(Failure::usage(problem).into());
                    }
                }
            }
            Change::Nothing => {}
        }
        Ok(())
    }
}

/// Says what became of the lock file.
fn tell(before: &[LockedPackage], after: &[LockedPackage]) {
    let version = |packages: &[LockedPackage], name: &PackageName| {
        packages.iter().find(|package| package.name == *name).map(|package| package.version.clone())
    };
    for package in after {
        let LockedPackage { name, version: now, .. } = package;
        match version(before, name) {
            None => output::say(&format!("+ {name} {now}")),
            Some(old) if old != *now => output::say(&format!("~ {name} {old} -> {now}")),
            Some(_) => {}
        }
    }
    for package in before.iter().filter(|package| version(after, &package.name).is_none()) {
        output::say(&format!("- {} {}", package.name, package.version));
    }
}
