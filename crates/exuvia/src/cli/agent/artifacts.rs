//! The files that belong to an answer.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path, PathBuf};

use exuvia_agent::Agent;
use exuvia_core::MountMode;
use exuvia_core::agent::Ending;
use exuvia_core::journal::MountPoint;

use crate::failure;
use crate::lent::OUTPUT;
use crate::printable::printable;

/// What a report is called in the folder of `--out`.
const REPORT: &str = "report.md";

/// The folder of `--out`.
pub(super) struct OutputFolder {
    pub(super) path: PathBuf,
    /// Whether something is written to it at all.
    pub(super) is_kept_to: bool,
}

/// What has become of the files that belong to an answer.
#[derive(Default)]
pub(super) struct Kept {
    /// Where they are: on this machine, or in the sandbox if there is no folder for them.
    pub(super) files: Vec<KeptFile>,
    /// Why some are nowhere.
    pub(super) complaints: Vec<String>,
}

/// A file that belongs to an answer.
pub(super) struct KeptFile {
    pub(super) place: String,
    /// What it was in the sandbox, if it is called something else now.
    pub(super) was: Option<String>,
}

impl Kept {
    /// Leaves them where they are.
    pub(super) fn in_sandbox(ending: &Ending) -> Self {
        let files = ending.artifacts.iter().map(|path| KeptFile { place: path.clone(), was: None });
        Self { files: files.collect(), ..Self::default() }
    }

    /// Writes them, and the report, into a folder. What the program chose are names in that folder, and nothing else.
    pub(super) async fn in_folder(agent: &mut Agent, ending: &Ending, folder: &Path) -> Self {
        let mut kept = Self::default();
        let mut names = Names::default();
        let mut reader = agent.session().file_reader();
        let opened = agent.session().opened();
        let bytes_max = opened.limits.file_bytes;
        let is_output = |mount: &MountPoint| mount.path == OUTPUT && mount.mode == MountMode::ReadWrite;
        let is_mounted = opened.mounts.iter().any(is_output);
        let here = reader.working_directory().unwrap_or_default();
        let mut seen = BTreeSet::new();
        let artifacts: Vec<&String> = ending.artifacts.iter().filter(|path| seen.insert(*path)).collect();
        let there = |path: &str| if is_mounted { there_already(&here, path) } else { None };
        // What is there already keeps its name.
        artifacts.iter().filter_map(|path| there(path)).for_each(|name| names.take(&name));
        for path in artifacts {
            if let Some(name) = there(path) {
                let place = folder.join(name);
                if place.is_file() {
                    kept.files.push(KeptFile { place: place.display().to_string(), was: None });
                } else {
                    kept.complain(path, "it is not there any more");
                }
                continue;
            }
            let Some(own) = Path::new(path).file_name().and_then(|name| name.to_str()) else {
                kept.complain(path, "it has no name for a file");
                continue;
            };
            match reader.read(path, bytes_max).await {
                Some(content) => kept.write(folder, (&names.free(own), own), &content, path),
                None => kept.complain(path, "it cannot be read, or is larger than --files-limit"),
            }
        }
        if let Some(report) = &ending.report {
            let text = format!("{}\n", report.trim_end());
            kept.write(folder, (&names.free(REPORT), REPORT), text.as_bytes(), "the report");
        }
        kept
    }

    fn write(&mut self, folder: &Path, (name, own): (&str, &str), content: &[u8], what: &str) {
        let place = folder.join(name);
        match std::fs::write(&place, content) {
            Ok(()) => {
                let was = (name != own).then(|| what.to_owned());
                self.files.push(KeptFile { place: place.display().to_string(), was });
            }
            Err(error) => self.complain_of(&place, &error),
        }
    }

    fn complain(&mut self, path: &str, problem: &str) {
        self.complaints.push(format!("the artifact `{}` was not kept: {problem}", printable(path)));
    }

    fn complain_of(&mut self, place: &Path, error: &io::Error) {
        let place = place.display().to_string();
        self.complaints.push(format!("`{}` cannot be written: {}", printable(&place), failure::reason(error)));
    }
}

/// Returns what a file of the sandbox is called in the folder of `--out`, if that is where it is.
fn there_already(here: &str, path: &str) -> Option<PathBuf> {
    let absolute = Path::new(here).join(path);
    let name = absolute.strip_prefix(OUTPUT).ok()?;
    // Through a link, `..` may lead anywhere.
    name.components().all(|part| matches!(part, Component::Normal(_))).then(|| name.components().collect())
}

/// The names that are taken in a folder, as a file system that does not tell small letters from capitals sees them, with how
/// often each was wanted.
#[derive(Default)]
struct Names(BTreeMap<String, u32>);

impl Names {
    fn take(&mut self, name: &Path) {
        self.0.insert(name.to_string_lossy().to_lowercase(), 1);
    }

    /// Takes a name that is free: this one, or one like it.
    fn free(&mut self, name: &str) -> String {
        let (stem, end) = match name.rfind('.') {
            Some(dot) if dot > 0 => name.split_at(dot),
            _ => (name, ""),
        };
        loop {
            let count = self.0.entry(name.to_lowercase()).or_default();
            *count += 1;
            if *count == 1 {
                return name.to_owned();
            }
            let other = format!("{stem}-{count}{end}");
            if let Entry::Vacant(free) = self.0.entry(other.to_lowercase()) {
                free.insert(1);
                return other;
            }
        }
    }
}
