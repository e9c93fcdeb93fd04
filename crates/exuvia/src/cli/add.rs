//! `exuvia add`: packages for a project.

use std::path::PathBuf;

use anyhow::Result;
use exuvia_packages::Requirement;

use super::lock::{Change, Locking};
use super::options::DistributionOption;

const NOTES: &str = "\
The packages are written into the configuration file, and the wheels that they come to, with their hashes, into the lock \
file beside it: exuvia.lock for exuvia.toml. `exuvia run --config FILE` installs those.";

/// Add packages to a project, and lock them
#[derive(clap::Args)]
#[command(after_help = NOTES)]
pub(crate) struct Arguments {
    /// What to add, such as `requests` or `pydantic>=2,<3`
    #[arg(value_name = "NAME", required = true)]
    names: Vec<Requirement>,

    /// The configuration file; it is made if it is not there
    #[arg(long, value_name = "FILE", default_value = "exuvia.toml")]
    config: PathBuf,

    #[command(flatten)]
    distribution: DistributionOption,
}

pub(super) fn run(arguments: Arguments) -> Result<u8> {
    let Arguments { names, config, distribution } = arguments;
    Locking { config, distribution: distribution.folder, upgrade: false }.run(Change::Add(names))
}
