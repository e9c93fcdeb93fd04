//! `exuvia skill check`.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use exuvia_agent::skills::{self, DOCUMENT, Finding, Severity};
use serde::Serialize;

use crate::cli::session::print_json;
use crate::printable::printable;
use crate::{exit, output};

const NOTES: &str = "\
A fault is what the specification forbids; a warning is what it advises against, or what a model would stumble over. The \
exit status is 2 if there is a fault.";

/// Tell all that is wrong with skills
#[derive(clap::Args)]
#[command(after_help = NOTES)]
pub(super) struct Arguments {
    /// Folders with a SKILL.md, or folders of such folders
    #[arg(value_name = "FOLDER", required = true)]
    folders: Vec<PathBuf>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Checked<'a> {
    folder: Cow<'a, str>,
    valid: bool,
    findings: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    severity: &'static str,
    line: Option<usize>,
    problem: String,
    hint: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8> {
    let folders: Vec<PathBuf> = arguments.folders.iter().flat_map(|folder| skills::folders_in(folder)).collect();
    let checked: Vec<Checked<'_>> = folders.iter().map(|folder| checked(folder)).collect();
    if arguments.json {
        print_json(&checked)?;
    } else {
        let text: String = checked.iter().map(text).collect();
        output::print(text.as_bytes());
    }
    Ok(if checked.iter().all(|checked| checked.valid) { 0 } else { exit::USAGE })
}

fn checked(folder: &Path) -> Checked<'_> {
    let findings = skills::check(folder);
    let valid = findings.iter().all(|finding| finding.severity != Severity::Fault);
    Checked { folder: folder.to_string_lossy(), valid, findings: findings.into_iter().map(told).collect() }
}

fn told(Finding { severity, line, problem, hint }: Finding) -> Told {
    let severity = match severity {
        Severity::Fault => "fault",
        Severity::Warning => "warning",
    };
    Told { severity, line, problem, hint }
}

fn text(Checked { folder, findings, .. }: &Checked<'_>) -> String {
    if findings.is_empty() {
        return format!("{}: nothing is wrong\n", printable(folder));
    }
    let mut text = String::new();
    for Told { severity, line, problem, hint } in findings {
        let place = line.map(|line| format!("/{DOCUMENT}:{line}")).unwrap_or_default();
        let line = format!("{folder}{place}: {severity}: {problem}");
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}\n    hint: {}", printable(&line), printable(hint));
    }
    text
}
