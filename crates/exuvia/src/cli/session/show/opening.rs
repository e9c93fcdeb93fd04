//! What a session was opened with.

use exuvia_core::journal::Opened;
use exuvia_core::{Limits, MountMode};
use serde::Serialize;

use crate::cli::session::text::Text;
use crate::cli::session::times;

/// What a session was opened with, as JSON has it.
#[derive(Serialize)]
pub(super) struct OpenedForm<'a> {
    engine: Named<'a>,
    image: &'a str,
    packages: Vec<Package<'a>>,
    seed: String,
    limits: LimitsForm,
    mounts: Vec<Mount<'a>>,
    tools: &'a [exuvia_core::ToolDeclaration],
    arguments: &'a [String],
    environment: Vec<Variable<'a>>,
    files: Vec<File<'a>>,
    working_directory: Option<&'a str>,
    terminals: [bool; 3],
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
struct Package<'a> {
    name: &'a str,
    version: &'a str,
    hash: &'a str,
}

#[derive(Serialize)]
struct LimitsForm {
    wall_seconds: Option<f64>,
    cpu_seconds: Option<f64>,
    memory_bytes: u64,
    output_bytes: Option<u64>,
    file_bytes: u64,
    files: u32,
    open_files: u32,
    recursion: u32,
}

#[derive(Serialize)]
struct Mount<'a> {
    path: &'a str,
    mode: MountMode,
}

#[derive(Serialize)]
struct Variable<'a> {
    name: &'a str,
    /// `None`: a secret.
    value: Option<&'a str>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    bytes: usize,
}

impl<'a> From<&'a Opened> for OpenedForm<'a> {
    fn from(opened: &'a Opened) -> Self {
        let packages = opened.packages.iter();
        Self {
            engine: Named { name: &opened.engine.name, version: &opened.engine.version },
            image: &opened.image,
            packages: packages
                .map(|package| Package { name: &package.name, version: &package.version, hash: &package.hash })
                .collect(),
            seed: opened.seed.iter().map(|byte| format!("{byte:02x}")).collect(),
            limits: LimitsForm::from(&opened.limits),
            mounts: opened.mounts.iter().map(|mount| Mount { path: &mount.path, mode: mount.mode }).collect(),
            tools: &opened.tools,
            arguments: &opened.arguments,
            environment: opened
                .environment
                .iter()
                .map(|variable| Variable { name: &variable.name, value: variable.value.as_deref() })
                .collect(),
            files: opened.files.iter().map(|file| File { path: &file.path, bytes: file.content.len() }).collect(),
            working_directory: opened.working_directory.as_deref(),
            terminals: opened.terminals,
        }
    }
}

impl From<&Limits> for LimitsForm {
    fn from(limits: &Limits) -> Self {
        Self {
            wall_seconds: limits.wall_time.map(|time| time.as_secs_f64()),
            cpu_seconds: limits.cpu_time.map(|time| time.as_secs_f64()),
            memory_bytes: limits.memory_bytes,
            // What nobody can write is no limit.
            output_bytes: (limits.output_bytes < u64::MAX).then_some(limits.output_bytes),
            file_bytes: limits.file_bytes,
            files: limits.files,
            open_files: limits.open_files,
            recursion: limits.recursion,
        }
    }
}

/// Tells people what a session was opened with.
pub(super) fn describe(text: &mut Text, opened: &Opened) {
    text.field("engine", &format!("{} {}", opened.engine.name, opened.engine.version));
    text.field("image", &opened.image);
    text.fields("packages", opened.packages.iter().map(|package| format!("{} {}", package.name, package.version)));
    let limits = &opened.limits;
    let time = limits.wall_time.map(|time| format!("{} for each cell", times::duration(time)));
    let cpu_time = limits.cpu_time.map(|time| format!("{} of processor time", times::duration(time)));
    let memory = format!("{} of memory", times::bytes(limits.memory_bytes));
    text.field("limits", &time.into_iter().chain(cpu_time).chain([memory]).collect::<Vec<_>>().join(", "));
    text.fields("mounts", opened.mounts.iter().map(|mount| format!("{} ({})", mount.path, mode(mount.mode))));
    text.fields("tools", opened.tools.iter().map(|tool| tool.name.clone()));
    text.fields(
        "variables",
        opened.environment.iter().map(|variable| match &variable.value {
            Some(value) => format!("{}={value}", variable.name),
            None => format!("{} (a secret, which is not kept)", variable.name),
        }),
    );
    let file =
        |file: &exuvia_core::journal::GivenFile| format!("{} ({})", file.path, times::bytes(file.content.len() as u64));
    text.fields("files", opened.files.iter().map(file));
    text.field_if("folder", opened.working_directory.as_deref());
}

fn mode(mode: MountMode) -> &'static str {
    match mode {
        MountMode::ReadOnly => "read-only",
        MountMode::ReadWrite => "read and write",
        MountMode::Overlay => "overlay",
    }
}
