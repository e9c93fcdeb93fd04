//! Why the resolver gave no answer.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::requirement::{PackageName, Requirement};
use crate::target::PLATFORM;

/// How pip says that there is no version at all.
const NONE: &str = "(from versions: none)";
/// How pip says what a package needs, when it tells of a conflict.
const DEPENDS: &str = " depends on ";
/// What pip's advice begins with.
const ADVICE: &str = "To fix this";
/// How much of what pip says is shown.
const LINES_MAX: usize = 12;
const LINE_CHARACTERS_MAX: usize = 200;
/// How many versions are shown.
const VERSIONS_MAX: usize = 8;

/// Why the resolver gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// The Python that is to run pip cannot be started.
    #[error("`{}` cannot be started: {source}", program.display())]
    Python {
        /// Which program.
        program: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// That Python has no pip that we can use.
    #[error("`{}` {problem}", program.display())]
    Pip {
        /// Which Python.
        program: PathBuf,
        /// What is wrong with its pip.
        problem: &'static str,
    },
    /// There is no wheel that would do.
    #[error("{}for CPython {python} on `{PLATFORM}`{}", missing(.requirement, .said), quoted(.said))]
    NoWheel {
        /// What pip looked for.
        requirement: String,
        /// For which Python.
        python: String,
        /// What pip said.
        said: String,
    },
    /// pip failed otherwise.
    #[error("pip found no packages that will do{}", quoted(.said))]
    Failed {
        /// What it said.
        said: String,
    },
    /// pip took too long.
    #[error("pip was still running after {} s{}", time_max.as_secs(), quoted(.said))]
    Time {
        /// The limit.
        time_max: Duration,
        /// What it had said.
        said: String,
    },
    /// What pip reports cannot be used.
    #[error("what pip reports cannot be used: {0}")]
    Report(String),
    /// There are too many requirements.
    #[error("there are {count} requirements, the limit is {limit}")]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The folder in which pip was to run cannot be made.
    #[error("there is no folder to run pip in: {0}")]
    Folder(io::Error),
}

impl ResolveError {
    /// Returns the names of packages of which the index may have no wheel: one that there is none of in any version, or
    /// those that others which cannot be installed depend on.
    pub(crate) fn lacking(&self) -> Vec<PackageName> {
        let of = |text: &str| Some(text.parse::<Requirement>().ok()?.name().clone());
        match self {
            Self::NoWheel { requirement, said, .. } if said.contains(NONE) => of(requirement).into_iter().collect(),
            Self::Failed { said } => said.lines().filter_map(|line| of(line.split_once(DEPENDS)?.1)).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns what to do about it, if that is known.
    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Python { .. } => "install Python 3 with pip, or name one with EXUVIA_PYTHON".to_owned(),
            Self::Pip { program, .. } => format!("{} -m pip install --upgrade pip", program.display()),
            Self::NoWheel { said, .. } | Self::Failed { said } | Self::Time { said, .. } if is_cut_off(said) => {
                "pip does not reach its index: look at the network and at `pip config list`".to_owned()
            }
            Self::NoWheel { said, .. } if !said.contains(NONE) => "ask for one of these versions".to_owned(),
            Self::NoWheel { .. } => {
                "look at its name and versions; packages without a wheel for any platform (`any`) or \
                                     this one cannot be had"
                    .to_owned()
            }
            _ => return None,
        };
        Some(hint)
    }
}

/// Says what the index has not: the project, as far as pip can tell, or the version.
fn missing(requirement: &str, said: &str) -> String {
    let versions = said.lines().rev().find_map(|line| line.split_once("(from versions: ")?.1.strip_suffix(')'));
    match versions {
        Some(versions) if versions != "none" => {
            format!("there is no version `{requirement}`: the index has {} ", cut(versions))
        }
        _ => format!("the index has no project `{requirement}`, or none with a wheel "),
    }
}

/// Returns the end of a list of versions: the newest.
fn cut(versions: &str) -> String {
    let all: Vec<&str> = versions.split(", ").collect();
    let newest = &all[all.len().saturating_sub(VERSIONS_MAX)..];
    let older = if newest.len() < all.len() { "…, " } else { "" };
    format!("{older}{}", newest.join(", "))
}

/// Whether pip could not reach its index: it says only that there is nothing, and before that, that it tries again.
fn is_cut_off(said: &str) -> bool {
    ["Retrying (", "ConnectionError", "Could not fetch URL", "Temporary failure in name resolution"]
        .iter()
        .any(|sign| said.contains(sign))
}

/// Returns what matters of what pip said, each line marked: its errors, without the advice that speaks of its options; or
/// what it said last, where it calls nothing an error.
fn quoted(said: &str) -> String {
    let lines = || said.lines().filter(|line| !line.trim().is_empty());
    let mut shown = Vec::new();
    let mut is_error = false;
    for line in lines() {
        is_error = line.starts_with("ERROR:") || is_error && !line.starts_with(ADVICE);
        if is_error {
            shown.push(line);
        }
    }
    shown.truncate(LINES_MAX);
    if shown.is_empty() {
        shown = lines().collect();
        shown.drain(..shown.len().saturating_sub(LINES_MAX));
    }
    let marked = shown.iter().map(|line| {
        let end = line.char_indices().nth(LINE_CHARACTERS_MAX).map_or(line.len(), |(end, _)| end);
        format!("\n    pip: {}", &line[..end])
    });
    marked.collect()
}

#[cfg(test)]
mod tests {
    use super::{ResolveError, quoted};

    /// What pip 26.0 said, shortened.
    const CONFLICT: &str = "\
Collecting jinja2
ERROR: Cannot install jinja2==3.1.6 and jinja2==3.1.5 because these package versions have conflicting dependencies.

The conflict is caused by:
    jinja2 3.1.6 depends on MarkupSafe>=2.0
    jinja2 3.1.5 depends on MarkupSafe>=2.0

To fix this you could try to:
1. loosen the range of package versions you've specified

ERROR: ResolutionImpossible: for help visit a page
";

    #[test]
    fn what_matters_is_quoted() {
        let expected = "
    pip: ERROR: Cannot install jinja2==3.1.6 and jinja2==3.1.5 because these package versions have conflicting dependencies.
    pip: The conflict is caused by:
    pip:     jinja2 3.1.6 depends on MarkupSafe>=2.0
    pip:     jinja2 3.1.5 depends on MarkupSafe>=2.0
    pip: ERROR: ResolutionImpossible: for help visit a page";
        assert_eq!(quoted(CONFLICT), expected);
        assert_eq!(quoted("Traceback\n\n  line\n"), "\n    pip: Traceback\n    pip:   line");
        assert_eq!(quoted(&"ERROR: x\n".repeat(100)).lines().count(), 13);
        assert_eq!(quoted(&format!("ERROR: {}", "ü".repeat(1_000))).chars().count(), 10 + 200);
        assert_eq!(quoted(""), "");
    }

    #[test]
    fn what_the_index_lacks_is_found() {
        let lacking = |error: ResolveError| error.lacking().iter().map(ToString::to_string).collect::<Vec<_>>();
        let none = |requirement: &str, said: &str| ResolveError::NoWheel {
            requirement: requirement.to_owned(),
            python: "3.14".to_owned(),
            said: said.to_owned(),
        };
        assert_eq!(lacking(ResolveError::Failed { said: CONFLICT.to_owned() }), ["markupsafe", "markupsafe"]);
        assert_eq!(lacking(none("NumPy>=2 (from pandas)", "… (from versions: none)")), ["numpy"]);
        // There are others: it is the version that is wrong.
        assert_eq!(lacking(none("numpy>=99", "… (from versions: 1.0, 2.0)")), Vec::<String>::new());
    }
}
