//! What a sandbox is lent: folders of this machine, and the tools, endpoints and limits of a configuration file.
//!
//! Nothing is lent that the command line does not name. A configuration file is never looked for: a folder that came
//! from somebody else must not be able to lend the sandbox its own choice of programs.

mod approver;
mod kept;
mod limits;
mod mount;
mod remembered;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use exuvia_agent::skills::SkillsFolder;
use exuvia_core::MountMode;
use exuvia_core::journal::MountPoint;
use exuvia_core::tool::ToolDeclaration;
use exuvia_packages::PackagesSection;
use exuvia_ready::ReadyTools;
use exuvia_sandbox::{Engine, FetchLimits, FetchMount, Folder, LiveHostBuilder};
use exuvia_tools::config::{ConfigContext, ConfigFile, LimitedFiles, PolicySection, ToolsSection};
use exuvia_tools::{Action, Approval, ApprovalFuture, Inference, Policy, Rule, Tool, Toolbox, ToolboxBuilder};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::failure::{self, Failure};
use crate::packages::ProjectPackages;
use kept::Kept;
pub(crate) use limits::LentLimits;
use limits::LimitsSection;
pub(crate) use mount::MountSpec;
use mount::{MountsSection, Source};
use remembered::Remembered;

/// Where `--out` is in the sandbox.
pub(crate) const OUTPUT: &str = "/output";

/// What a sandbox is lent.
#[derive(Clone, Default)]
pub(crate) struct Lent {
    toolbox: Option<Toolbox>,
    mounts: Vec<MountSpec>,
    packages: Option<ProjectPackages>,
    limits: LentLimits,
}

/// Who is asked about calls of which the policy says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Whoever sits at the terminal of this process, if there is one.
    Terminal,
    /// Nobody: such calls are refused.
    Nobody,
    /// Nobody: such calls are made.
    Agreed,
}

/// How far a sandbox is lent something, and what beside what the configuration says.
pub(crate) struct Terms {
    pub(crate) asked: Asked,
    /// Tools that it is lent in any case.
    pub(crate) tools: Vec<Tool>,
    /// What it is shown in any case, after all else: what has a number among the mounts keeps it.
    pub(crate) mounts: Vec<MountSpec>,
    /// The model that tools may ask.
    pub(crate) inference: Option<Arc<dyn Inference>>,
    /// Why nothing may be changed: then calls that are not known to change nothing are refused with this, and changes in
    /// folders stay in the sandbox.
    pub(crate) reads_only: Option<&'static str>,
    /// Which of the configuration's tools it is lent.
    pub(crate) configured: Configured,
    /// Whether changes in folders stay in the sandbox.
    pub(crate) keeps_changes: bool,
}

/// Tools of a configuration.
pub(crate) enum Configured {
    All,
    /// Those that change nothing.
    ReadOnly,
    Named(Vec<String>),
}

impl From<Asked> for Terms {
    fn from(asked: Asked) -> Self {
        Self {
            asked,
            tools: Vec::new(),
            mounts: Vec::new(),
            inference: None,
            reads_only: None,
            configured: Configured::All,
            keeps_changes: false,
        }
    }
}

impl Terms {
    /// Begins to make the toolbox of a configuration's tools and policy.
    fn toolbox(self, mut tools: Vec<Tool>, mut policy: Policy, remembered: Option<Remembered>) -> ToolboxBuilder {
        tools.retain(|tool| match &self.configured {
            Configured::All => true,
            Configured::ReadOnly => tool.declaration().read_only,
            Configured::Named(names) => names.contains(&tool.declaration().name),
        });
        if let Some(reason) = self.reads_only {
            let changing = self.tools.iter().chain(&tools).filter(|tool| !tool.declaration().read_only);
            for tool in changing {
                policy = policy.first_rule(Rule::new(&tool.declaration().name, Action::deny(reason)));
            }
        }
        let builder = Toolbox::builder().tools(self.tools).tools(tools).policy(policy);
        match self.asked {
            Asked::Nobody => builder,
            Asked::Agreed => builder.approver(|_| -> ApprovalFuture { Box::pin(std::future::ready(Approval::Once)) }),
            Asked::Terminal => match approver::Terminal::find(remembered) {
                Some(approver) => builder.approver(approver),
                None => builder,
            },
        }
    }
}

/// A folder of this machine whose changes stay in the sandbox.
pub(crate) struct Overlay<'a> {
    /// Its number among the mounts that are lent.
    pub(crate) number: u32,
    /// Where it is in the sandbox.
    pub(crate) path: &'a str,
    pub(crate) folder: &'a Path,
}

/// A configuration file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sections {
    #[serde(default)]
    tools: ToolsSection,
    #[serde(default)]
    policy: PolicySection,
    #[serde(default)]
    mounts: MountsSection,
    #[serde(default)]
    packages: PackagesSection,
    #[serde(default)]
    limits: LimitsSection,
    /// What is said of agents is theirs to read.
    #[serde(default, rename = "agent")]
    _agent: IgnoredAny,
    #[serde(default, rename = "models")]
    _models: IgnoredAny,
}

impl Lent {
    /// Reads the configuration, if one is named, and looks at the folders.
    pub(crate) fn load(
        config: Option<&Path>,
        mounts: &[MountSpec],
        out: Option<&Path>,
        mut terms: Terms,
    ) -> Result<Self> {
        let keeps_changes = terms.reads_only.is_some() || terms.keeps_changes;
        let last = std::mem::take(&mut terms.mounts);
        let mut lent = match config {
            Some(path) => Self::configured(path, terms)?,
            None if terms.tools.is_empty() => Self::default(),
            None => {
                let toolbox = terms.toolbox(Vec::new(), Policy::default(), None).build();
                let toolbox = toolbox.map_err(|error| Failure::new(error.to_string()))?;
                Self { toolbox: Some(toolbox), ..Self::default() }
            }
        };
        lent.mounts.extend(mounts.iter().cloned());
        lent.mounts.extend(out.map(|folder| output(folder, keeps_changes)).transpose()?);
        if keeps_changes {
            for mount in lent.mounts.iter_mut().filter(|mount| mount.mode == MountMode::ReadWrite) {
                mount.mode = MountMode::Overlay;
            }
        }
        for mount in last {
            if let Some(other) = lent.mounts.iter().find(|other| other.path == mount.path) {
                let failure =
                    Failure::usage(format!("nothing can be mounted at `{}`: the skills are there", mount.path));
                let hint = "mount it elsewhere, or leave the skills out with --no-skills";
                return Err(failure.hint(hint).at(&other.place).into());
            }
            lent.mounts.push(mount);
        }
        Ok(lent)
    }

    fn configured(path: &Path, terms: Terms) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
        let file = ConfigFile { path, text: &text };
        let wrong = |error: &dyn std::fmt::Display| Failure::usage(error.to_string());
        let sections: Sections = file.parse().map_err(|error| wrong(&error))?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        // Relative to this process's own folder, an empty path would name nothing.
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        let context = ConfigContext {
            folder,
            variables: Arc::new(|name: &str| std::env::var(name).ok()),
            client: exuvia_tools::HttpClient::default(),
            ready: Arc::new(ReadyTools { inference: terms.inference.clone() }),
        };
        let tools = sections.tools.tools(&file, &context).map_err(|error| wrong(&error))?;
        let policy = sections.policy.policy(&file).map_err(|error| wrong(&error))?;
        let mounts = sections.mounts.mounts(&file, &context).map_err(|error| wrong(&error))?;
        let remembered = Remembered::of(&file);
        let toolbox = terms.toolbox(tools, policy, remembered).build().map_err(|error| wrong(&error))?;
        let packages = ProjectPackages { section: sections.packages, config: path.to_owned() };
        let limits = sections.limits.limits(&file);
        Ok(Self { toolbox: Some(toolbox), mounts, packages: Some(packages), limits })
    }

    /// Forgets which calls of a configuration's tools were agreed to for later sessions. Returns of which tools.
    pub(crate) fn forget(&self, config: &Path) -> Result<Vec<&str>> {
        let text = fs::read_to_string(config).map_err(|error| Failure::unreadable(config, &error))?;
        let Some(remembered) = Remembered::of(&ConfigFile { path: config, text: &text }) else { return Ok(Vec::new()) };
        let mut forgotten = Vec::new();
        for ToolDeclaration { name, .. } in self.declarations() {
            let failed = |error| Failure::new(format!("it cannot be forgotten: {}", failure::reason(&error)));
            if remembered.forget(name).map_err(failed)? {
                forgotten.push(name.as_str());
            }
        }
        Ok(forgotten)
    }

    /// Returns the tools' declarations.
    pub(crate) fn declarations(&self) -> &[ToolDeclaration] {
        self.toolbox.as_ref().map_or(&[], Toolbox::declarations)
    }

    /// Returns the overlays.
    pub(crate) fn overlays(&self) -> impl Iterator<Item = Overlay<'_>> {
        (0..).zip(&self.mounts).filter_map(|(number, mount)| match (&mount.source, mount.mode) {
            (Source::Folder(folder), MountMode::Overlay) => Some(Overlay { number, path: &mount.path, folder }),
            _ => None,
        })
    }

    /// Returns what the configuration says of packages.
    pub(crate) fn packages(&self) -> Option<&ProjectPackages> {
        self.packages.as_ref()
    }

    /// Returns what the configuration says of limits.
    pub(crate) fn limits(&self) -> &LentLimits {
        &self.limits
    }

    /// Returns where the mounts are seen, in order.
    pub(crate) fn mount_points(&self) -> Vec<MountPoint> {
        let points =
            self.mounts.iter().map(|MountSpec { path, mode, .. }| MountPoint { path: path.clone(), mode: *mode });
        points.collect()
    }

    /// Returns where the mount at this path is written, as a message begins.
    pub(crate) fn place(&self, path: &str) -> &str {
        // Of two at one path, the later one cannot be.
        let mount = self.mounts.iter().rfind(|mount| mount.path == path);
        mount.map_or("", |mount| &mount.place)
    }

    /// Has a host answer for all that is lent. Whatever it has mounted before comes first.
    pub(crate) fn host(&self, engine: &Engine, mut host: LiveHostBuilder) -> Result<LiveHostBuilder> {
        for MountSpec { source, mode, place, .. } in &self.mounts {
            host = match source {
                Source::Folder(folder) => {
                    let opened = Folder::open(folder).map_err(|error| Failure::unreadable(folder, &error).at(place))?;
                    // A session that goes on may take it for one that it can write to.
                    if *mode == MountMode::ReadWrite { host.mount(opened) } else { host.mount(Kept(opened)) }
                }
                Source::Skills(skills) => host.mount(SkillsFolder::open(skills)),
                Source::Http(files) => host.mount(fetched(engine, files).map_err(|failure| failure.at(place))?),
            };
        }
        Ok(match &self.toolbox {
            Some(toolbox) => host.tools(toolbox.runner()),
            None => host,
        })
    }
}

/// Returns what `--out` lends: the folder, which is made if it is not there, unless nothing may be changed.
fn output(folder: &Path, keeps_changes: bool) -> Result<MountSpec> {
    let source = if keeps_changes && !folder.exists() {
        Source::Skills(Vec::new())
    } else {
        fs::create_dir_all(folder).map_err(|error| Failure::unreadable(folder, &error))?;
        Source::Folder(folder.to_owned())
    };
    Ok(MountSpec { source, path: OUTPUT.to_owned(), mode: MountMode::ReadWrite, place: String::new() })
}

/// Makes a mount of files that are fetched. A secret that is missing is told here: a program that reads one of the files
/// is told nothing but an error's number.
fn fetched(engine: &Engine, limited: &LimitedFiles) -> Result<FetchMount, Failure> {
    let LimitedFiles { files, time, bytes_max } = limited.clone();
    files.check_secrets().map_err(|failure| Failure::usage(failure.message).hint(failure.hint.unwrap_or_default()))?;
    let limits = FetchLimits { bytes: bytes_max, time: time.unwrap_or(Duration::MAX) };
    let names: Vec<String> = files.names().map(str::to_owned).collect();
    Ok(FetchMount::new(engine, names, limits, move |name: &str, bytes_max| files.fetch(name, bytes_max)))
}
