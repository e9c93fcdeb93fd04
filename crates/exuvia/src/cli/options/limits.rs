//! What a sandbox may use: the command line's options, and what a configuration says where those do not.

use std::ops::Deref;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use exuvia_core::Limits;

use super::values::{Size, Time};
use crate::failure::Failure;
use crate::lent::LentLimits;

/// What `--output-limit` is where the whole output is kept.
const KEPT_OUTPUT_BYTES_MAX: u64 = 16 << 20;

/// What a sandbox may use.
#[derive(Args, Clone)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitOptions {
    /// Stop the program after this much time, waiting included: seconds, or `500ms`, `1.5s`, `5m`, `1h`; 0: never
    #[arg(long, value_name = "TIME", default_value = "0")]
    timeout: Time,

    /// Stop the program after this much processor time; 0: never
    #[arg(long, value_name = "TIME", default_value = "0")]
    cpu_time: Time,

    /// The most memory: bytes, or `64K`, `512M`, `2G`; the interpreter itself needs 34M
    #[arg(long, value_name = "SIZE", default_value = "512M")]
    memory: Size,

    /// The most output; 0: any amount [default: 16M where it is kept for --json, else 0]
    #[arg(long, value_name = "SIZE")]
    output_limit: Option<Size>,

    /// The most that all files which the program writes hold together
    #[arg(long, value_name = "SIZE", default_value = "256M")]
    files_limit: Size,

    /// The most files, folders and links that the program may make
    #[arg(long, value_name = "N", default_value_t = 65_536)]
    file_count: u32,

    /// The most files that may be open at a time, the three standard streams included: 4 or more
    #[arg(long, value_name = "N", default_value_t = 1_024)]
    open_files: u32,

    /// How deep Python functions may call each other: 50 to 100000
    #[arg(long, value_name = "N", default_value_t = Limits::RECURSION)]
    recursion_limit: u32,
}

/// The options, and which of them the command line gives.
#[derive(Clone)]
pub(super) struct LimitArguments {
    options: LimitOptions,
    /// The names of those that are given; all others are as they are by default.
    given: Vec<String>,
}

impl FromArgMatches for LimitArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let is_given = |name: &str| matches.value_source(name) == Some(ValueSource::CommandLine);
        let names = matches.ids().map(clap::Id::as_str).filter(|name| is_given(name)).map(str::to_owned);
        Ok(Self { given: names.collect(), options: LimitOptions::from_arg_matches(matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for LimitArguments {
    fn augment_args(command: Command) -> Command {
        LimitOptions::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        LimitOptions::augment_args_for_update(command)
    }
}

impl Deref for LimitArguments {
    type Target = LimitOptions;

    fn deref(&self) -> &LimitOptions {
        &self.options
    }
}

impl LimitArguments {
    /// Returns the limits; `kept` says whether all output is kept in memory.
    pub(super) fn limits(&self, lent: &LentLimits, kept: bool) -> Limits {
        let output_bytes = match self.or("output_limit", self.output_limit, lent.output_limit.map(Some)) {
            Some(size) => size.0,
            None if kept => KEPT_OUTPUT_BYTES_MAX,
            None => 0,
        };
        Limits {
            wall_time: self.or("timeout", self.timeout, lent.timeout).limit(),
            cpu_time: self.or("cpu_time", self.cpu_time, lent.cpu_time).limit(),
            memory_bytes: self.or("memory", self.memory, lent.memory).0,
            output_bytes: if output_bytes == 0 { u64::MAX } else { output_bytes },
            file_bytes: self.or("files_limit", self.files_limit, lent.files_limit).0,
            files: self.or("file_count", self.file_count, lent.file_count),
            open_files: self.or("open_files", self.open_files, lent.open_files),
            recursion: self.or("recursion_limit", self.recursion_limit, lent.recursion_limit),
            ..Limits::default()
        }
    }

    /// Returns what counts of an option: what was given, what was configured, what it is by default.
    fn or<T>(&self, name: &str, told: T, configured: Option<T>) -> T {
        configured.filter(|_| !self.given.iter().any(|given| given == name)).unwrap_or(told)
    }

    /// Refuses less memory than the interpreter itself needs, where the configuration says so.
    pub(super) fn check_memory(&self, lent: &LentLimits, bytes_min: u64) -> Result<(), Failure> {
        let is_given = self.given.iter().any(|given| given == "memory");
        match lent.memory {
            Some(size) if !is_given && size.0 < bytes_min => {
                let needed = bytes_min.div_ceil(1 << 20);
                Err(Failure::usage(format!("the interpreter alone needs {needed} MiB")).at(&lent.memory_place))
            }
            _ => Ok(()),
        }
    }
}
