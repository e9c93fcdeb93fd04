//! What the user of a session gives it that is no part of its journal: its image and its packages.

use std::path::PathBuf;

use super::options::{PackageOptions, SandboxOptions};

/// What a session is given here. Each stands for what the session's own command line says of it.
#[derive(clap::Args)]
pub(super) struct Given {
    /// Use this interpreter image; also EXUVIA_IMAGE
    #[arg(long, value_name = "FILE")]
    pub(super) image: Option<PathBuf>,

    #[command(flatten)]
    pub(super) packages: PackageOptions,
}

impl Given {
    /// Puts it in the place of what a session's command line says. Returns whether its packages were replaced.
    pub(super) fn replace(&self, options: &mut SandboxOptions) -> bool {
        if let Some(image) = &self.image {
            options.image = Some(image.clone());
        }
        let is_given = self.packages.is_given();
        if is_given {
            options.packages = self.packages.clone();
        }
        is_given
    }
}
