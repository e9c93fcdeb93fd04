//! The Markdown of a skill.

use std::io::Read as _;

use cap_std::fs::Dir;

use super::{DOCUMENT, FOLDER, Skill, document};

/// How many files of a skill are read.
const FILES_MAX: usize = 200;
/// How many bytes of a file are read.
const FILE_BYTES_MAX: u64 = 256 << 10;
/// How deep folders are looked through.
const DEPTH_MAX: usize = 4;
/// How many entries of a folder are looked at.
const ENTRIES_MAX: usize = 1_000;

/// A file with Markdown.
#[derive(Debug)]
pub(crate) struct Page {
    /// Where it is in a sandbox.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Returns the Markdown of a skill, the `SKILL.md` (without its front matter) first. What cannot be read is left out, and
/// what there is no room for, which becomes less, in bytes.
pub(crate) fn pages(skill: &Skill, room: &mut usize) -> Vec<Page> {
    let mut pages = Vec::new();
    let Ok(dir) = document::open(&skill.folder) else { return pages };
    let body = document::read(&dir, &skill.name).body;
    push(Page { path: skill.path(), text: body }, room, &mut pages);
    gather(&dir, &format!("{FOLDER}/{}", skill.name), DEPTH_MAX, room, &mut pages);
    pages
}

fn gather(dir: &Dir, path: &str, depth: usize, room: &mut usize, pages: &mut Vec<Page>) {
    let entries = dir.entries().into_iter().flatten().flatten().take(ENTRIES_MAX);
    let mut entries: Vec<_> =
        entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry))).collect();
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (name, entry) in entries {
        let Ok(kind) = entry.file_type() else { continue };
        let inside = format!("{path}/{name}");
        if kind.is_dir() && depth > 0 && !name.starts_with('.') {
            if let Ok(below) = entry.open_dir() {
                gather(&below, &inside, depth - 1, room, pages);
            }
        } else if kind.is_file() && name.ends_with(".md") && name != DOCUMENT && pages.len() < FILES_MAX {
            let mut bytes = Vec::new();
            let read = entry.open().and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes));
            if read.is_ok() {
                push(Page { path: inside, text: String::from_utf8_lossy(&bytes).into_owned() }, room, pages);
            }
        }
    }
}

fn push(page: Page, room: &mut usize, pages: &mut Vec<Page>) {
    if let Some(left) = room.checked_sub(page.text.len()) {
        *room = left;
        pages.push(page);
    }
}
