//! The options that `run` and `repl` share: what a sandbox is given and what it may use.

mod packages;
pub(super) mod values;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use anyhow::Result;
use exuvia_core::Limits;
use exuvia_core::journal::Variable;
use exuvia_sandbox::{Clock, LiveHost, LiveHostBuilder, RandomStream};

use crate::failure::Failure;
use crate::lent::{Asked, Lent, MountSpec, Terms};
use crate::output;
use crate::recording::{Prepared, RecordOptions, new_seed};
pub(crate) use packages::{DistributionOption, PackageOptions};
use values::{Size, Time};

/// What `--output-limit` is where the whole output is kept.
const KEPT_OUTPUT_BYTES_MAX: u64 = 16 << 20;
/// What is told to the program about a terminal whose name it need not know.
const TERM: &str = "xterm-256color";

/// What a sandbox is given.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Sandbox")]
pub(crate) struct SandboxOptions {
    /// Set an environment variable of the program; it sees none of yours
    #[arg(long, value_name = "NAME=VALUE", value_parser = values::variable)]
    env: Vec<(String, String)>,

    /// Pass on this environment variable of yours, and never write its value down: to replay or resume the session, it
    /// has to be set again, and it runs again from its beginning
    #[arg(long, value_name = "NAME")]
    secret_env: Vec<String>,

    /// Make all randomness repeat: the same seed gives the same random numbers
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// What time it is in the program: `real`, or `fixed:` and a moment such as `fixed:2026-01-31T12:00:00Z`, from
    /// which time goes on only as the program waits and looks; 1970 to 2261
    #[arg(long, value_name = "CLOCK", default_value = "real", value_parser = values::clock)]
    clock: Clock,

    /// Whether output is coloured; `auto`: on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Colour,

    /// Use this interpreter image; also EXUVIA_IMAGE
    #[arg(long, value_name = "FILE")]
    pub(crate) image: Option<PathBuf>,

    #[command(flatten)]
    lent: LentOptions,

    #[command(flatten)]
    pub(crate) packages: PackageOptions,

    #[command(flatten)]
    pub(crate) recording: RecordOptions,

    #[command(flatten)]
    limits: LimitOptions,
}

/// What a sandbox is lent of this machine.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Lent")]
struct LentOptions {
    /// Lend the program the tools and folders of this configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Show the program a folder: `FOLDER:/PATH` read-only, `FOLDER:/PATH:rw` to be changed too, or
    /// `FOLDER:/PATH:overlay`, where its changes stay in the sandbox
    #[arg(long, value_name = "FOLDER:/PATH[:MODE]")]
    mount: Vec<MountSpec>,

    /// Keep what the program writes to /output in this folder, which is made if it is not there
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// What a sandbox may use.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Limits")]
struct LimitOptions {
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

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Auto,
    Always,
    Never,
}

impl SandboxOptions {
    /// Returns the limits; `kept` says whether all output is kept in memory.
    pub(crate) fn limits(&self, kept: bool) -> Limits {
        let options = &self.limits;
        let output_bytes = match options.output_limit {
            Some(size) => size.0,
            None if kept => KEPT_OUTPUT_BYTES_MAX,
            None => 0,
        };
        Limits {
            wall_time: options.timeout.limit(),
            cpu_time: options.cpu_time.limit(),
            memory_bytes: options.memory.0,
            output_bytes: if output_bytes == 0 { u64::MAX } else { output_bytes },
            file_bytes: options.files_limit.0,
            files: options.file_count,
            open_files: options.open_files,
            recursion: options.recursion_limit,
            ..Limits::default()
        }
    }

    /// Takes over what is no part of a session: its image's file, and colours.
    pub(crate) fn take_over(&mut self, other: &Self) {
        self.color = other.color;
        if other.image.is_some() {
            self.image.clone_from(&other.image);
        }
    }

    /// Begins to make the host.
    pub(crate) fn host(&self) -> LiveHostBuilder {
        LiveHost::builder().clock(self.clock)
    }

    /// Returns what random bytes follow from.
    fn seed(&self) -> Result<[u8; 32]> {
        self.seed.map_or_else(new_seed, |seed| Ok(RandomStream::seed(seed)))
    }

    /// Returns what the sandbox is lent.
    pub(crate) fn lent(&self, asked: Asked) -> Result<Lent> {
        self.lent_on(asked.into())
    }

    /// Returns what the sandbox is lent, on these terms.
    pub(crate) fn lent_on(&self, terms: Terms) -> Result<Lent> {
        Lent::load(self.lent.config.as_deref(), &self.lent.mount, self.lent.out.as_deref(), terms)
    }

    /// Returns what a sandbox is lent that another one on these options has made: its changes go nowhere.
    pub(crate) fn lent_within(&self, terms: Terms) -> Result<Lent> {
        Lent::load(self.lent.config.as_deref(), &self.lent.mount, None, terms)
    }

    /// Returns the file of `--config`.
    pub(crate) fn config(&self) -> Option<&Path> {
        self.lent.config.as_deref()
    }

    /// Returns the folder of `--out`.
    pub(crate) fn output_folder(&self) -> Option<&Path> {
        self.lent.out.as_deref()
    }

    /// Says with what the sandbox begins: limits, seed, terminals, environment. A sandbox whose output is kept has no
    /// terminal to write to.
    pub(crate) fn furnish(&self, prepared: &mut Prepared, kept: bool) -> Result<()> {
        let Prepared { environment, opened, .. } = prepared;
        environment.capture = kept;
        opened.seed = self.seed()?;
        opened.limits = self.limits(kept);
        opened.terminals = if kept {
            [io::stdin().is_terminal(), false, false]
        } else {
            [io::stdin().is_terminal(), io::stdout().is_terminal(), io::stderr().is_terminal()]
        };
        let mut set = |name: &str, value: Option<&str>| {
            opened.environment.push(Variable { name: name.to_owned(), value: value.map(str::to_owned) });
        };
        if opened.terminals[1] || opened.terminals[2] {
            set("TERM", Some(TERM));
        }
        match self.color {
            Colour::Always => set("FORCE_COLOR", Some("1")),
            Colour::Auto if output::colours_welcome() => {}
            Colour::Auto | Colour::Never => set("NO_COLOR", Some("1")),
        }
        // The user's own come last and so have the last word.
        self.env.iter().for_each(|(name, value)| set(name, Some(value)));
        self.secret_env.iter().for_each(|name| set(name, None));
        environment.secrets = self.secrets()?;
        Ok(())
    }

    /// Returns the secret variables of the program, with what they are here.
    pub(crate) fn secrets(&self) -> Result<BTreeMap<String, String>> {
        let value = |name: &String| match std::env::var(name) {
            Ok(value) => Ok((name.clone(), value)),
            Err(_) => {
                let failure = Failure::usage(format!("`{name}` is not set, or no text"));
                Err(failure.hint("--secret-env passes on a variable of this process").into())
            }
        };
        self.secret_env.iter().map(value).collect()
    }

    /// Whether what we print on stderr about the program is coloured.
    pub(crate) fn colours(&self) -> bool {
        match self.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => io::stderr().is_terminal() && output::colours_welcome(),
        }
    }
}
