//! What can go wrong with packages.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use crate::distribution::{DistributionFile, RELEASE};
use crate::resolver::ResolveError;
use crate::wheel::WheelFault;

/// What can go wrong with packages, by who must act.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackagesError {
    /// Somebody asked for something that is no requirement.
    #[error("`{text}` is no requirement: {problem}")]
    Requirement {
        /// What was written.
        text: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A script's metadata is not written as PEP 723 says.
    #[error("the script's metadata cannot be used: {0}")]
    Metadata(String),
    /// The configuration file cannot be changed.
    #[error("`{}` cannot be changed: {problem}", path.display())]
    Project {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The lock file is not there, is damaged, or is for something else.
    #[error("`{}` cannot be used: {problem}", path.display())]
    Lock {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The resolver gave no answer.
    #[error("{error}")]
    Resolve {
        /// Why.
        error: Box<ResolveError>,
        /// Wheels of Pyodide's distribution that would help, if there are any, and that are not in its folder.
        distribution: Vec<DistributionFile>,
    },
    /// A wheel cannot be used.
    #[error("the wheel `{file}` cannot be used: {fault}")]
    Wheel {
        /// Its file name.
        file: String,
        /// What is wrong with it.
        fault: Box<WheelFault>,
    },
    /// The packages' files are too many bytes.
    #[error("the packages' files have more than {limit} bytes together")]
    TooLarge {
        /// How many there may be.
        limit: u64,
    },
    /// Two packages cannot be installed beside each other.
    #[error("the packages cannot be installed together: {0}")]
    Conflict(Box<WheelFault>),
    /// A file of this machine cannot be read or written.
    #[error("`{}` cannot be used: {source}", path.display())]
    File {
        /// Which file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl PackagesError {
    pub(crate) fn wheel(file: &str, fault: WheelFault) -> Self {
        Self::Wheel { file: file.to_owned(), fault: Box::new(fault) }
    }

    pub(crate) fn resolve(error: ResolveError, distribution: Vec<DistributionFile>) -> Self {
        Self::Resolve { error: Box::new(error), distribution }
    }

    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// Returns what to do about it, if that is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Resolve { error, distribution } if distribution.is_empty() => error.hint(),
            Self::Resolve { distribution, .. } => Some(downloads(distribution)),
            Self::Lock { .. } => Some("make it with `exuvia lock`".to_owned()),
            _ => None,
        }
    }
}

fn downloads(files: &[DistributionFile]) -> String {
    let mut text = format!(
        "Pyodide's distribution {RELEASE} has it: download these files, and name their folder with --distribution"
    );
    for file in files {
        let _ = write!(text, "\n          {}  sha256 {}", file.file, file.sha256);
    }
    text
}
