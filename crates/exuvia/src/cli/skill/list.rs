//! `exuvia skill list`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anyhow::Result;
use exuvia_agent::skills::{Hidden, Refused, Severity, Skill, Skills, Source};
use exuvia_core::observation::excerpt::shown;
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use crate::cli::agent::skills::{place, places};
use crate::cli::session::print_json;
use crate::output;
use crate::printable::printable;

/// How much of a description is shown, in bytes.
const DESCRIPTION_BYTES_MAX: usize = 100;
/// How many columns the list has.
const COLUMNS: usize = 4;

/// List the skills that an agent would have in this folder, with those that are hidden or invalid
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// With this skill, too: a folder with a SKILL.md, or one of such folders
    #[arg(long, value_name = "FOLDER")]
    skill: Vec<PathBuf>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    name: String,
    description: Option<&'a str>,
    folder: Cow<'a, str>,
    from: &'static str,
    /// The folder of the nearer one that has its name.
    hidden_by: Option<Cow<'a, str>>,
    /// Why it is none.
    problem: Option<String>,
}

pub(super) fn run(arguments: Arguments) -> Result<u8> {
    let found = places(arguments.skill).find();
    let lines = lines(&found);
    if arguments.json {
        print_json(&lines)?;
    } else if lines.is_empty() {
        output::say("there are no skills: `exuvia skill new NAME` makes one");
    } else {
        output::print(table(&lines).as_bytes());
    }
    Ok(0)
}

fn lines(found: &Skills) -> Vec<Line<'_>> {
    fn line<'a>(skill: &'a Skill, hidden_by: Option<&'a Path>) -> Line<'a> {
        let Skill { name, description, folder, source } = skill;
        let (name, description) = (name.clone(), Some(description.as_str()));
        let (folder, hidden_by) = (folder.to_string_lossy(), hidden_by.map(Path::to_string_lossy));
        Line { name, description, folder, from: from(*source), hidden_by, problem: None }
    }
    let standing = found.skills.iter().map(|skill| line(skill, None));
    let hidden = found.hidden.iter().map(|Hidden { skill, by }| line(skill, Some(by)));
    let refused = found.refused.iter().map(|Refused { folder, source, findings }| {
        let fault = findings.iter().find(|finding| finding.severity == Severity::Fault);
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
        let (folder, from, problem) = (folder.to_string_lossy(), from(*source), fault.map(place));
        Line { name, description: None, folder, from, hidden_by: None, problem }
    });
    standing.chain(hidden).chain(refused).collect()
}

fn from(source: Source) -> &'static str {
    match source {
        Source::Given => "command line",
        Source::Project => "project",
        Source::User => "user",
    }
}

fn table(lines: &[Line<'_>]) -> String {
    let mut rows = vec![["NAME", "FROM", "FOLDER", "WHAT IT IS FOR"].map(str::to_owned)];
    for line in lines {
        let what = match (&line.hidden_by, &line.problem, line.description) {
            (Some(by), ..) => format!("(hidden by {by})"),
            (None, Some(problem), _) => format!("(invalid: {problem})"),
            (None, None, description) => shown(description.unwrap_or_default(), DESCRIPTION_BYTES_MAX).into_owned(),
        };
        let row = [line.name.clone(), line.from.to_owned(), line.folder.to_string(), what];
        rows.push(row.map(|cell| printable(&cell).into_owned()));
    }
    let widths: [usize; COLUMNS] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or(0));
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell}{}  ", " ".repeat(width - cell.width())));
        let line: String = cells.collect();
        text += line.trim_end();
        text.push('\n');
    }
    text
}
