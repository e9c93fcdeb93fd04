//! The options that `run` and `repl` share: what a sandbox is given and what it may use.

mod limits;
mod packages;
pub(crate) mod values;

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
use limits::LimitArguments;
pub(crate) use packages::{DistributionOption, PackageOptions};

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
    limits: LimitArguments,
}

/// What a sandbox is lent of this machine.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Lent")]
struct LentOptions {
    /// Lend the program the tools and folders of this configuration file; its limits hold where no option says otherwise
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

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Auto,
    Always,
    Never,
}

impl SandboxOptions {
    /// Returns the limits: what the command line does not say, the configuration may. `kept` says whether all output is kept
    /// in memory.
    pub(crate) fn limits(&self, lent: &Lent, kept: bool) -> Limits {
        self.limits.limits(lent.limits(), kept)
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
        let Prepared { environment, opened, lent } = prepared;
        environment.capture = kept;
        opened.seed = self.seed()?;
        let memory_bytes_min = environment.engine.image().manifest().memory_bytes;
        self.limits.check_memory(lent.limits(), memory_bytes_min)?;
        opened.limits = self.limits(lent, kept);
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
