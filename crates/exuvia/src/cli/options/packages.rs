//! The options that say which packages a sandbox has.

use std::path::PathBuf;
use std::str::FromStr;

use exuvia_packages::Requirement;

use crate::lent::Lent;
use crate::packages::Wanted;

/// Which packages a sandbox has.
#[derive(clap::Args, Clone, Default)]
#[command(next_help_heading = "Packages")]
pub(crate) struct PackageOptions {
    /// Install these packages from PyPI, and what they need: `requests`, or `"pydantic>=2,<3",msgpack`; what was found
    /// for them is kept, and used from then on
    #[arg(long, value_name = "NAME[,NAME]...")]
    with: Vec<Names>,

    /// Import these modules before the program begins: an image that has them is made once, and starts as quickly as
    /// one without
    #[arg(long, value_name = "MODULE[,MODULE]...", value_delimiter = ',')]
    preload: Vec<String>,

    /// Look again for what --with or the script asks for, and take the newest
    #[arg(long)]
    upgrade: bool,

    #[command(flatten)]
    distribution: DistributionOption,
}

/// Where Pyodide's distribution is.
#[derive(clap::Args, Clone, Default)]
pub(crate) struct DistributionOption {
    /// Where files of Pyodide's distribution (numpy, pandas, ...) were downloaded to; also EXUVIA_DISTRIBUTION
    #[arg(long = "distribution", value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
}

/// Requirements with commas between them. A comma also stands between two conditions of one.
#[derive(Debug, Clone)]
struct Names(Vec<Requirement>);

impl PackageOptions {
    /// Returns whether any package or module is named.
    pub(crate) fn is_given(&self) -> bool {
        !self.with.is_empty() || !self.preload.is_empty()
    }

    /// Returns what a sandbox is to have, together with what a project has.
    pub(crate) fn wanted(&self, lent: &Lent) -> Wanted {
        let project = lent.packages().cloned();
        let preload = project.iter().flat_map(|project| &project.section.preload).chain(&self.preload);
        Wanted {
            requirements: self.with.iter().flat_map(|names| names.0.iter().cloned()).collect(),
            preload: preload.cloned().collect(),
            project,
            upgrade: self.upgrade,
            distribution: self.distribution.folder.clone(),
        }
    }
}

impl FromStr for Names {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut texts: Vec<String> = Vec::new();
        for piece in text.split(',') {
            match texts.last_mut() {
                Some(last) if goes_on(last, piece) => {
                    last.push(',');
                    last.push_str(piece);
                }
                _ => texts.push(piece.to_owned()),
            }
        }
        let requirements = texts.iter().map(|text| text.parse().map_err(|error| format!("{error}")));
        requirements.collect::<Result<_, _>>().map(Self)
    }
}

/// Whether what comes after a comma belongs to the requirement before it.
fn goes_on(before: &str, piece: &str) -> bool {
    let open = |bracket| before.matches(bracket).count();
    piece.trim_start().starts_with(['<', '>', '=', '!', '~']) || open('[') > open(']') || open('(') > open(')')
}
