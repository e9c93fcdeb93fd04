//! What programs are, and what they change in mounts.

use exuvia_core::journal::{GivenFile, Program, Source};
use exuvia_core::{HostAnswer, MountFault, MountOperation, MountRequest};
use serde::Serialize;

/// A source as JSON has it.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SourceForm<'a> {
    Cell(&'a str),
    File { path: &'a str, arguments: &'a [String] },
    Code { text: &'a str, arguments: &'a [String] },
    Module { name: &'a str, arguments: &'a [String] },
    Stdin { text: &'a str, arguments: &'a [String] },
    Finish,
}

impl<'a> From<&'a Source> for SourceForm<'a> {
    fn from(source: &'a Source) -> Self {
        match source {
            Source::Cell(text) => Self::Cell(text),
            Source::Program { program, arguments } => match program {
                Program::File(path) => Self::File { path, arguments },
                Program::Code(text) => Self::Code { text, arguments },
                Program::Module(name) => Self::Module { name, arguments },
                Program::Stdin(text) => Self::Stdin { text, arguments },
            },
            Source::Finish => Self::Finish,
        }
    }
}

/// Returns the text of a program that is one of these files.
pub(super) fn program_file(source: &Source, files: &[GivenFile]) -> Option<Vec<u8>> {
    let Source::Program { program: Program::File(path), .. } = source else { return None };
    files.iter().find(|file| file.path == *path).map(|file| file.content.clone())
}

/// A change in a mount.
#[derive(Serialize)]
pub(in super::super) struct Change {
    pub(in super::super) position: u64,
    /// What was done, in a word.
    pub(in super::super) operation: &'static str,
    pub(in super::super) path: String,
    /// The new path, or where a link leads.
    pub(in super::super) to: Option<String>,
    /// How many bytes were written.
    pub(in super::super) bytes: Option<u64>,
    /// `None`: that was not recorded.
    pub(in super::super) outcome: Option<Changing>,
}

/// What came of a change.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Changing {
    Done,
    Interrupted,
    Failure(MountFault),
}

impl Change {
    pub(super) fn new(position: u64, mounts: &[String], request: MountRequest) -> Self {
        let mount = usize::try_from(request.mount).ok().and_then(|mount| mounts.get(mount)).map_or("?", String::as_str);
        let within = |path: &[u8]| format!("{}/{}", mount.trim_end_matches('/'), String::from_utf8_lossy(path));
        let change = |operation, path: &[u8]| Self {
            position,
            operation,
            path: within(path),
            to: None,
            bytes: None,
            outcome: None,
        };
        match &request.operation {
            MountOperation::List { path } => change("list", path),
            MountOperation::Measure { path } => change("measure", path),
            MountOperation::Read { path, length, .. } => {
                Self { bytes: Some(u64::from(*length)), ..change("read", path) }
            }
            MountOperation::Write { path, bytes, .. } => {
                Self { bytes: Some(bytes.len() as u64), ..change("write", path) }
            }
            MountOperation::SetSize { path, size } => Self { bytes: Some(*size), ..change("truncate", path) },
            MountOperation::Create { path, .. } => change("create", path),
            MountOperation::MakeDirectory { path, .. } => change("mkdir", path),
            MountOperation::MakeSymlink { path, target } => {
                Self { to: Some(String::from_utf8_lossy(target).into_owned()), ..change("symlink", path) }
            }
            MountOperation::Unlink { path } => change("unlink", path),
            MountOperation::RemoveDirectory { path } => change("rmdir", path),
            MountOperation::Rename { from, to } => Self { to: Some(within(to)), ..change("rename", from) },
            MountOperation::SetMode { path, .. } => change("chmod", path),
            MountOperation::SetTimes { path, .. } => change("utime", path),
            MountOperation::Sync { path } => change("fsync", path),
        }
    }

    pub(super) fn answered(&mut self, answer: HostAnswer) {
        self.outcome = match answer {
            HostAnswer::Mount(Ok(_)) => Some(Changing::Done),
            HostAnswer::Mount(Err(fault)) => Some(Changing::Failure(fault)),
            HostAnswer::Interrupted => Some(Changing::Interrupted),
            _ => None,
        };
    }
}
