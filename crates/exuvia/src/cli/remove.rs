//! `exuvia remove`: packages that a project no longer needs.

use std::path::PathBuf;

use anyhow::Result;
use exuvia_packages::PackageName;

use super::lock::{Change, Locking};

/// Remove packages from a project, and lock what is left
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What to remove
    #[arg(value_name = "NAME", required = true)]
    names: Vec<PackageName>,

    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "exuvia.toml")]
    config: PathBuf,

    /// Where files of Pyodide's distribution (numpy, pandas, ...) were downloaded to; also EXUVIA_DISTRIBUTION
    #[arg(long, value_name = "FOLDER")]
    distribution: Option<PathBuf>,
}

pub(super) fn run(arguments: Arguments) -> Result<u8> {
    let Arguments { names, config, distribution } = arguments;
    Locking { config, distribution, upgrade: false }.run(Change::Remove(names))
}
