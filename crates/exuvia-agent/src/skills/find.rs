//! Finding skills.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::document::{self, Finding};
use super::{DOCUMENT, FOLDER};

/// The folders of a project in which skills are, the one that counts first.
const PROJECT: [&str; 3] = [".exuvia/skills", ".agents/skills", ".claude/skills"];
/// How many entries of a folder are looked at.
const ENTRIES_MAX: usize = 1_000;

/// Where skills are looked for.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Folders that somebody has named: each is a skill, or has skills in it.
    pub given: Vec<PathBuf>,
    /// A project (empty: the folder of this process): skills are in its `.exuvia/skills`, `.agents/skills` and `.claude/skills`.
    pub project: Option<PathBuf>,
    /// The user's own folder of skills.
    pub user: Option<PathBuf>,
}

/// Where a skill comes from, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Somebody has named it.
    Given,
    /// It belongs to the project.
    Project,
    /// It is the user's own.
    User,
}

/// A skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skill {
    /// What it is called, as its folder is.
    pub name: String,
    /// What it does, and when to use it.
    pub description: String,
    /// Where it is on this machine.
    pub folder: PathBuf,
    /// Where it comes from.
    pub source: Source,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Skills {
    /// The skills that there are, by name: of several with one name the nearest.
    pub skills: Vec<Skill>,
    /// Those that are not there, since a nearer one has their name.
    pub hidden: Vec<Hidden>,
    /// Those that are none.
    pub refused: Vec<Refused>,
}

/// A skill that a nearer one hides.
#[derive(Debug, Clone)]
pub struct Hidden {
    /// The skill.
    pub skill: Skill,
    /// Where the one is that hides it.
    pub by: PathBuf,
}

/// A folder that looks like a skill and is none.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Where it is.
    pub folder: PathBuf,
    /// Where it comes from.
    pub source: Source,
    /// Why.
    pub findings: Vec<Finding>,
}

impl Skill {
    /// Returns where its `SKILL.md` is in a sandbox.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{FOLDER}/{}/{DOCUMENT}", self.name)
    }
}

impl Places {
    /// Looks for skills.
    #[must_use]
    pub fn find(&self) -> Skills {
        let mut found = Search::default();
        for folder in &self.given {
            found.given(folder);
        }
        if let Some(project) = &self.project {
            let is_current = project.as_os_str().is_empty();
            // Where that cannot be told, nothing is taken from it.
            if let Ok(root) = fs::canonicalize(if is_current { Path::new(".") } else { project }) {
                for place in PROJECT {
                    found.below(&project.join(place), (Source::Project, Some(&root)));
                }
            }
        }
        if let Some(user) = &self.user {
            found.below(user, (Source::User, None));
        }
        found.skills.skills = found.by_name.into_values().collect();
        found.skills
    }
}

/// What was found so far.
#[derive(Default)]
struct Search {
    by_name: BTreeMap<String, Skill>,
    skills: Skills,
}

impl Search {
    /// Takes a folder that somebody has named.
    fn given(&mut self, folder: &Path) {
        for skill in folders_in(folder) {
            self.take(&skill, Source::Given);
        }
    }

    /// Takes the skills in a folder, if it is there; `root`: none that lies elsewhere, where a link has led to.
    fn below(&mut self, folder: &Path, (source, root): (Source, Option<&Path>)) {
        for skill in subfolders(folder) {
            let real = fs::canonicalize(&skill);
            if root.is_some_and(|root| !real.is_ok_and(|real| real.starts_with(root))) {
                let finding =
                    Finding::fault(None, "it is a link that leads out of the project", "name it with --skill");
                self.skills.refused.push(Refused { folder: skill, source, findings: vec![finding] });
                continue;
            }
            self.take(&skill, source);
        }
    }

    fn take(&mut self, folder: &Path, source: Source) {
        let refused = |findings| Refused { folder: folder.to_owned(), source, findings };
        let dir = match document::open(folder) {
            Ok(dir) => dir,
            Err(finding) => return self.skills.refused.push(refused(vec![finding])),
        };
        let mut document = document::read(&dir, &folder_name(folder));
        let is_valid = document.is_valid();
        let (Some(name), Some(description), true) = (document.name.take(), document.description.take(), is_valid)
        else {
            return self.skills.refused.push(refused(document.findings));
        };
        let skill = Skill { name, description, folder: folder.to_owned(), source };
        match self.by_name.get(&skill.name) {
            None => drop(self.by_name.insert(skill.name.clone(), skill)),
            Some(nearer) if nearer.source == Source::Given && source == Source::Given => {
                // To name two is a mistake: neither is nearer.
                let problem = format!("`{}` is called `{}`, too", nearer.folder.display(), skill.name);
                let finding = Finding::fault(None, problem, "name one of them only");
                self.skills.refused.push(refused(vec![finding]));
            }
            Some(nearer) => self.skills.hidden.push(Hidden { by: nearer.folder.clone(), skill }),
        }
    }
}

/// Returns the folders that are meant by one: itself if there is a `SKILL.md` in it, else those in it in which there is one,
/// else itself all the same.
#[must_use]
pub fn folders_in(folder: &Path) -> Vec<PathBuf> {
    if folder.join(DOCUMENT).symlink_metadata().is_ok() {
        return vec![folder.to_owned()];
    }
    let folders = subfolders(folder);
    if folders.is_empty() { vec![folder.to_owned()] } else { folders }
}

/// Returns the folders with a `SKILL.md` in a folder, in the order of their names.
fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(ENTRIES_MAX);
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.join(DOCUMENT).symlink_metadata().is_ok()).collect();
    folders.sort();
    folders
}

/// Returns a folder's own name, also if it is written as `.`.
pub(super) fn folder_name(folder: &Path) -> String {
    let own = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    let real = || Some(fs::canonicalize(folder).ok()?.file_name()?.to_string_lossy().into_owned());
    own.or_else(real).unwrap_or_default()
}
