//! Headings and links of Markdown.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// The most headings, or links, that are looked at in a text.
const COUNT_MAX: usize = 10_000;

/// A heading.
#[derive(Debug, PartialEq)]
pub(crate) struct Heading {
    /// 1 to 6.
    pub(crate) level: usize,
    pub(crate) title: String,
    /// Where it stands, in bytes.
    pub(crate) range: Range<usize>,
}

/// Returns the headings of a text, in order.
pub(crate) fn headings(text: &str) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    let mut is_open = false;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if headings.len() < COUNT_MAX => {
                headings.push(Heading { level: level as usize, title: String::new(), range });
                is_open = true;
            }
            Event::End(TagEnd::Heading(_)) => is_open = false,
            Event::Text(part) | Event::Code(part) if is_open => {
                if let Some(heading) = headings.last_mut() {
                    heading.title.push_str(&part);
                }
            }
            _ => {}
        }
    }
    headings
}

/// Returns where the links and pictures of a text lead, each with the byte at which it stands.
pub(super) fn links(text: &str) -> Vec<(String, usize)> {
    let link = |(event, range): (Event<'_>, Range<usize>)| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some((dest_url.into_string(), range.start))
        }
        _ => None,
    };
    Parser::new(text).into_offset_iter().filter_map(link).take(COUNT_MAX).collect()
}
