//! Which skills an agent has.

use std::path::PathBuf;

use anyhow::Result;
use exuvia_agent::skills::{Finding, Places, Refused, Severity, Skill, Source};

use crate::failure::{self, Failure};
use crate::printable::printable;
use crate::{folders, output};

/// Which skills an agent has.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Skills")]
pub(super) struct SkillOptions {
    /// Lend this skill: a folder with a SKILL.md, or one of such folders; it goes before others of its name
    #[arg(long, value_name = "FOLDER")]
    skill: Vec<PathBuf>,

    /// Lend neither the project's skills nor yours
    #[arg(long)]
    no_skills: bool,
}

impl SkillOptions {
    /// Whether there may be any. This follows from the command line alone, so it is the same whenever the session goes on.
    pub(super) fn are_wanted(&self) -> bool {
        !self.no_skills || !self.skill.is_empty()
    }

    /// Finds them. What was not named and is no skill is left out, and told.
    pub(super) fn find(&self) -> Result<Vec<Skill>> {
        let found = self.places().find();
        if let Some(refused) = found.refused.iter().find(|refused| refused.source == Source::Given) {
            return Err(fault(refused).into());
        }
        found.refused.iter().for_each(warn);
        Ok(found.skills)
    }

    /// Finds them for a session that goes on: it has been told of its skills, and can do without one that is gone.
    pub(super) fn find_again(&self) -> Vec<Skill> {
        let found = self.places().find();
        found.refused.iter().filter(|refused| refused.source == Source::Given).for_each(warn);
        found.skills
    }

    fn places(&self) -> Places {
        let given = self.skill.clone();
        if self.no_skills { Places { given, ..Places::default() } } else { places(given) }
    }
}

/// Returns where skills are looked for, beside those that are named.
pub(in crate::cli) fn places(given: Vec<PathBuf>) -> Places {
    Places { given, project: Some(PathBuf::new()), user: folders::skills() }
}

fn fault(refused: &Refused) -> Failure {
    let (problem, hint) = told(refused);
    Failure::usage(format!("`{}` is no skill: {problem}", refused.folder.display())).hint(hint)
}

fn warn(refused: &Refused) {
    let (problem, hint) = told(refused);
    let folder = refused.folder.display().to_string();
    output::say(&format!("the skill `{}` is left out: {problem}", printable(&folder)));
    failure::advise(&hint);
}

/// Says why something is no skill, and what to do.
fn told(refused: &Refused) -> (String, String) {
    let faults: Vec<&Finding> = refused.findings.iter().filter(|finding| finding.severity == Severity::Fault).collect();
    let Some(first) = faults.first() else { return (String::new(), String::new()) };
    let mut hint = first.hint.clone();
    if faults.len() > 1 {
        hint += &format!("; `exuvia skill check` tells of {} more", faults.len() - 1);
    }
    (printable(&place(first)).into_owned(), printable(&hint).into_owned())
}

/// Returns what is wrong, after where it is.
pub(in crate::cli) fn place(finding: &Finding) -> String {
    match finding.line {
        Some(line) => format!("SKILL.md:{line}: {}", finding.problem),
        None => finding.problem.clone(),
    }
}
