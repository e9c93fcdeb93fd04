//! Texts in sections.

use super::Section;
use crate::skills::{Heading, headings};

/// Splits Markdown at its headings. What has no words is left out.
pub(super) fn split(text: &str, source: &str) -> Vec<Section> {
    let headings = headings(text);
    let ends = headings.iter().skip(1).map(|next| next.range.start).chain([text.len()]);
    let mut above: Vec<&Heading> = Vec::new();
    let mut sections = Vec::new();
    let before = headings.first().map_or(text.len(), |first| first.range.start);
    push(&mut sections, String::new(), source, &text[..before]);
    for (heading, end) in headings.iter().zip(ends) {
        above.retain(|other| other.level < heading.level);
        above.push(heading);
        let title: Vec<&str> = above.iter().map(|heading| heading.title.trim()).collect();
        push(&mut sections, title.join(" › "), source, &text[heading.range.end.min(end)..end]);
    }
    sections
}

fn push(sections: &mut Vec<Section>, title: String, source: &str, text: &str) {
    let text = text.trim();
    if !text.is_empty() {
        sections.push(Section { title, source: source.to_owned(), text: text.to_owned() });
    }
}

/// Returns as much of a section as an answer has room for.
pub(super) fn cut(section: &Section, bytes_max: usize) -> Section {
    let mut section = section.clone();
    if section.text.len() > bytes_max {
        section.text.truncate(section.text.floor_char_boundary(bytes_max));
        let note = format!("\n… it goes on: see {}", section.source);
        section.text.push_str(&note);
    }
    section
}
