//! `[limits]`: what a sandbox may use where the command line does not say.

use exuvia_tools::config::{ConfigFile, Spanned};
use serde::{Deserialize, Deserializer};

use crate::cli::options::values::{Size, Time, Written};

/// `[limits]`, with the names and the units of the command line's options; a `-` in a name is a `_`.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LimitsSection {
    timeout: Option<Written<Time>>,
    cpu_time: Option<Written<Time>>,
    memory: Option<Spanned<Written<Size>>>,
    output_limit: Option<Written<Size>>,
    files_limit: Option<Written<Size>>,
    file_count: Option<u32>,
    #[serde(deserialize_with = "open_files")]
    open_files: Option<u32>,
    #[serde(deserialize_with = "recursion_limit")]
    recursion_limit: Option<u32>,
}

/// The limits that a configuration says. `None`: it does not.
#[derive(Debug, Clone, Default)]
pub(crate) struct LentLimits {
    pub(crate) timeout: Option<Time>,
    pub(crate) cpu_time: Option<Time>,
    pub(crate) memory: Option<Size>,
    /// Where that is written, as a message begins.
    pub(crate) memory_place: String,
    pub(crate) output_limit: Option<Size>,
    pub(crate) files_limit: Option<Size>,
    pub(crate) file_count: Option<u32>,
    pub(crate) open_files: Option<u32>,
    pub(crate) recursion_limit: Option<u32>,
}

impl LimitsSection {
    pub(super) fn limits(self, file: &ConfigFile<'_>) -> LentLimits {
        let memory_place = self.memory.as_ref().map(|memory| {
            // What is wrong with it follows.
            file.error(memory.span(), Some("limits.memory".to_owned()), String::new()).to_string()
        });
        LentLimits {
            timeout: self.timeout.map(|time| time.0),
            cpu_time: self.cpu_time.map(|time| time.0),
            memory: self.memory.map(|memory| memory.into_inner().0),
            memory_place: memory_place.unwrap_or_default(),
            output_limit: self.output_limit.map(|size| size.0),
            files_limit: self.files_limit.map(|size| size.0),
            file_count: self.file_count,
            open_files: self.open_files,
            recursion_limit: self.recursion_limit,
        }
    }
}

fn open_files<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let files = u32::deserialize(deserializer)?;
    if files < 4 {
        let problem = format!(
            "the limit of open files is {files}, it must be at least 4: the three standard streams, and one to read a \
             program with"
        );
        return Err(serde::de::Error::custom(problem));
    }
    Ok(Some(files))
}

fn recursion_limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let depth = u32::deserialize(deserializer)?;
    if !(50..=100_000).contains(&depth) {
        let problem = format!("the recursion limit is {depth}, it must be 50 to 100000");
        return Err(serde::de::Error::custom(problem));
    }
    Ok(Some(depth))
}
