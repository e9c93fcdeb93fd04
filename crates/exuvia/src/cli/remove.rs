//! `exuvia remove`: packages that a project no longer needs.

use std::path::PathBuf;

use anyhow::Result;
use exuvia_packages::PackageName;

use super::lock::{Change, Locking};
use super::options::DistributionOption;

/// Remove packages from a project, and lock what is left
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What to remove
    #[arg(value_name = "NAME", required = true)]
    names: Vec<PackageName>,

    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "exuvia.toml")]
    config: PathBuf,

    #[command(flatten)]
    distribution: DistributionOption,
}

pub(super) fn run(arguments: Arguments) -> Result<u8> {
    let Arguments { names, config, distribution } = arguments;
    Locking { config, distribution: distribution.folder, upgrade: false }.run(Change::Remove(names))
}
