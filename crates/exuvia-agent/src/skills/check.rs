//! Looking a skill over, for whoever writes it.

use std::path::Path;

use cap_std::fs::Dir;
use exuvia_core::observation::excerpt::shown;

use super::document::{self, Document, Finding};
use super::find::folder_name;
use super::markdown::links;

/// How many lines a `SKILL.md` should have at most, by the specification.
const LINES_MAX: usize = 500;
/// How much of a link is repeated in a message, in bytes.
const LINK_BYTES_MAX: usize = 120;

/// Returns all that is wrong with the skill in a folder, or not as it should be.
#[must_use]
pub fn check(folder: &Path) -> Vec<Finding> {
    let dir = match document::open(folder) {
        Ok(dir) => dir,
        Err(finding) => return vec![finding],
    };
    let mut document = document::read(&dir, &folder_name(folder));
    let mut warnings = style(&document);
    warnings.extend(dead_links(&dir, &document));
    document.findings.extend(warnings);
    document.findings.sort_by_key(|finding| finding.line);
    document.findings
}

fn style(document: &Document) -> Vec<Finding> {
    if document.body_line <= 1 {
        // It could not be read that far.
        return Vec::new();
    }
    if document.body.trim().is_empty() {
        let hint = "write below the front matter what to do, step by step";
        return vec![Finding::warning(Some(document.body_line), "there are no instructions in it", hint)];
    }
    let lines = document.body_line - 1 + document.body.lines().count();
    if lines > LINES_MAX {
        let problem = format!("SKILL.md has {lines} lines, more than {LINES_MAX}");
        let hint =
            "a model reads all of it: move what is not always needed to files beside it, and say when to read them";
        return vec![Finding::warning(Some(LINES_MAX + 1), problem, hint)];
    }
    Vec::new()
}

/// Finds links to files that are not there.
fn dead_links(dir: &Dir, document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    let ends: Vec<usize> = document.body.match_indices('\n').map(|(place, _)| place).collect();
    for (target, place) in links(&document.body) {
        let Some(path) = path_of(&target) else { continue };
        let line = document.body_line + ends.partition_point(|end| *end < place);
        let (problem, hint) = if leads_out(&path) {
            ("leads out of the folder", "a skill has all its files in its folder: put it there")
        } else if dir.exists(&path) {
            continue;
        } else {
            ("leads to no file", "add the file, or take the link away: paths are relative to the skill's folder")
        };
        let target = shown(&target, LINK_BYTES_MAX);
        findings.push(Finding::warning(Some(line), format!("the link to `{target}` {problem}"), hint));
    }
    findings
}

/// Returns the path of a link to a file beside it; `None` if it is none.
fn path_of(target: &str) -> Option<String> {
    let scheme = target.split_once(':').is_some_and(|(scheme, _)| !scheme.contains(['/', '.', '#']));
    if scheme || target.starts_with(['/', '#', '?']) {
        return None;
    }
    let path = target.split(['#', '?']).next().unwrap_or_default();
    (!path.is_empty()).then(|| decoded(path))
}

fn leads_out(path: &str) -> bool {
    let mut depth = 0_usize;
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => match depth.checked_sub(1) {
                Some(above) => depth = above,
                None => return true,
            },
            _ => depth += 1,
        }
    }
    false
}

/// Resolves `%20` and the like. What is none stays as it is.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}
