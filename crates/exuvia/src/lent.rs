//! What a sandbox is lent of this machine: folders, and the tools of a configuration file.
//!
//! Nothing is lent that the command line does not name. A configuration file is never looked for: a folder that came
//! from somebody else must not be able to lend the sandbox its own choice of programs.

mod approver;
mod mount;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use exuvia_core::MountMode;
use exuvia_core::tool::ToolDeclaration;
use exuvia_sandbox::{Folder, LiveHostBuilder, SandboxBuilder};
use exuvia_tools::Toolbox;
use exuvia_tools::config::{ConfigContext, ConfigFile, PolicySection, ToolsSection};
use serde::Deserialize;

use crate::failure::Failure;
pub(crate) use mount::MountSpec;
use mount::MountsSection;

/// Where `--out` is in the sandbox.
const OUTPUT: &str = "/output";

/// What a sandbox is lent.
#[derive(Clone, Default)]
pub(crate) struct Lent {
    toolbox: Option<Toolbox>,
    mounts: Vec<MountSpec>,
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
}

impl Lent {
    /// Reads the configuration, if one is named, and looks at the folders.
    pub(crate) fn load(config: Option<&Path>, mounts: &[MountSpec], out: Option<&Path>) -> Result<Self> {
        let mut lent = match config {
            Some(path) => Self::configured(path)?,
            None => Self::default(),
        };
        lent.mounts.extend(mounts.iter().cloned());
        if let Some(folder) = out {
            fs::create_dir_all(folder).map_err(|error| Failure::unreadable(folder, &error))?;
            lent.mounts.push(MountSpec {
                folder: folder.to_owned(),
                path: OUTPUT.to_owned(),
                mode: MountMode::ReadWrite,
            });
        }
        Ok(lent)
    }

    fn configured(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
        let file = ConfigFile { path, text: &text };
        let wrong = |error: &dyn std::fmt::Display| Failure::usage(error.to_string());
        let sections: Sections = file.parse().map_err(|error| wrong(&error))?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        // Relative to this process's own folder, an empty path would name nothing.
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        let context = ConfigContext {
            folder: folder.clone(),
            variables: Arc::new(|name: &str| std::env::var(name).ok()),
            client: exuvia_tools::HttpClient::default(),
        };
        let tools = sections.tools.tools(&file, &context).map_err(|error| wrong(&error))?;
        let policy = sections.policy.policy(&file).map_err(|error| wrong(&error))?;
        let mut builder = Toolbox::builder().tools(tools).policy(policy);
        if let Some(approver) = approver::Terminal::find() {
            builder = builder.approver(approver);
        }
        let toolbox = builder.build().map_err(|error| wrong(&error))?;
        Ok(Self { toolbox: Some(toolbox), mounts: sections.mounts.mounts(&folder) })
    }

    /// Returns the tools' declarations.
    pub(crate) fn declarations(&self) -> &[ToolDeclaration] {
        self.toolbox.as_ref().map_or(&[], Toolbox::declarations)
    }

    /// Lends it all to a sandbox and to the host that answers it. Whatever the host has mounted before comes first.
    pub(crate) fn lend(
        &self,
        mut host: LiveHostBuilder,
        mut builder: SandboxBuilder,
    ) -> Result<(LiveHostBuilder, SandboxBuilder)> {
        for MountSpec { folder, path, mode } in &self.mounts {
            host = host.mount(Folder::open(folder).map_err(|error| Failure::unreadable(folder, &error))?);
            builder = builder.mount(path, *mode);
        }
        if let Some(toolbox) = &self.toolbox {
            host = host.tools(toolbox.runner());
            builder = builder.tools(toolbox.declarations());
        }
        Ok((host, builder))
    }
}
