//! HTML as Markdown.
//!
//! A page is a stranger's, and HTML lets a few kilobytes mean a great deal: elements in each other without end, which overflow
//! stacks; formatting that is begun anew in each paragraph, so that a tree grows with the square of its text; thousands of
//! attributes, each compared with all. So the parser is fed in small pieces, and how large and how deep its tree is, and
//! how long it takes, is looked at between them. Whatever reads the tree afterwards knows that it is small and flat.

use std::time::{Duration, Instant};

use dom_query::{Document, NodeRef};
use dom_smoothie::{Config, Readability};
use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::{StrTendril, TendrilSink as _};
use reqwest::Url;

/// How many nodes a page's tree has at most.
const NODES_MAX: usize = 300_000;
/// How deep it is at most. Browsers make it no deeper than 512.
const DEPTH_MAX: usize = 256;
/// How long reading it may take.
const TIME_MAX: Duration = Duration::from_secs(10);
/// How much is read at a time, at most, in bytes. A piece ends with a tag, if there is one.
const PIECE_BYTES: usize = 1_024;
/// The longest title, in characters.
const TITLE_CHARACTERS_MAX: usize = 300;
/// What says nothing to those who read.
const SILENT: &str = "script, style, noscript, template, iframe, object, embed, svg, canvas, form button, input, select, \
                      textarea, link, meta";
/// What a page has around its content.
const AROUND: &str =
    "nav, header[role=banner], footer, aside, [role=navigation], [role=search], [hidden], [aria-hidden=true]";
/// Signs that a heading is an address: they are there to be clicked on.
const ANCHORS: [&str; 5] = ["¶", "#", "§", "🔗", "link"];

/// A page, as those who read it want it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) title: String,
    pub(crate) markdown: String,
}

/// What a page is too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TooMuch {
    Nodes,
    Depth,
    Time,
}

impl std::fmt::Display for TooMuch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nodes => write!(f, "it has more than {NODES_MAX} parts"),
            Self::Depth => write!(f, "its parts are nested deeper than {DEPTH_MAX}"),
            Self::Time => write!(f, "reading it takes more than {} s", TIME_MAX.as_secs()),
        }
    }
}

/// Makes Markdown of a page: of its content, or of all of it. Links lead from where it was.
pub(crate) fn read(html: &str, url: &Url, whole: bool) -> Result<Page, TooMuch> {
    let document = parse(html)?;
    let base = document.base_uri().and_then(|base| url.join(&base).ok()).unwrap_or_else(|| url.clone());
    let title = title(&document);
    document.select(SILENT).remove();
    settle(&document, &base);
    if !whole && let Some(page) = content(&document, &base, &title) {
        return Ok(page);
    }
    if !whole {
        document.select(AROUND).remove();
    }
    Ok(Page { title, markdown: markdown(&document) })
}

/// Parses a page, as far as that is not too much.
fn parse(html: &str) -> Result<Document, TooMuch> {
    let mut parser = parse_document(Document::default(), ParseOpts::default());
    let begun = Begun::now();
    let mut rest = html;
    while !rest.is_empty() {
        let most = rest.floor_char_boundary(PIECE_BYTES);
        let length = rest[..most].find('>').map_or(most, |end| end + 1);
        let (piece, after) = rest.split_at(length);
        rest = after;
        parser.process(StrTendril::from_slice(piece));
        let document = &parser.tokenizer.sink.sink;
        if document.tree.len() > NODES_MAX {
            return Err(TooMuch::Nodes);
        }
        if newest_depth(document.root()) > DEPTH_MAX {
            return Err(TooMuch::Depth);
        }
        if begun.is_too_long_ago() {
            return Err(TooMuch::Time);
        }
    }
    let document = parser.finish();
    if depth(&document) > DEPTH_MAX { Err(TooMuch::Depth) } else { Ok(document) }
}

/// When reading a page began: it is given so much time, and what comes of it is a tool's answer.
struct Begun(Instant);

impl Begun {
    #[expect(clippy::disallowed_methods, reason = "it bounds what a stranger's page costs, and no sandbox sees it")]
    fn now() -> Self {
        Self(Instant::now())
    }

    #[expect(clippy::disallowed_methods, reason = "as above")]
    fn is_too_long_ago(&self) -> bool {
        self.0.elapsed() > TIME_MAX
    }
}

/// Returns how deep the newest part of a tree is.
fn newest_depth(root: NodeRef<'_>) -> usize {
    std::iter::successors(root.last_child(), NodeRef::last_child).take(DEPTH_MAX + 1).count()
}

/// Returns how deep a tree is. It calls nothing that calls itself.
fn depth(document: &Document) -> usize {
    let (mut deepest, mut todo) = (0, vec![(document.root(), 0)]);
    while let Some((node, depth)) = todo.pop() {
        deepest = deepest.max(depth);
        todo.extend(node.children_it(false).map(|child| (child, depth + 1)));
    }
    deepest
}

fn title(document: &Document) -> String {
    let of = |selector: &str| {
        let text = document.select_single(selector).text();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let title = Some(of("title")).filter(|title| !title.is_empty()).unwrap_or_else(|| of("h1"));
    title.chars().take(TITLE_CHARACTERS_MAX).collect()
}

/// Makes a tree such that its Markdown says what the page does: links and pictures with their whole addresses, definitions
/// apart from what they define, headings without what is there to be clicked on.
fn settle(document: &Document, base: &Url) {
    for heading in document.select("h1 a, h2 a, h3 a, h4 a, h5 a, h6 a, dt a").nodes() {
        let text = heading.text();
        if text.trim().is_empty() || ANCHORS.contains(&text.trim()) {
            heading.remove_from_parent();
        } else if heading.attr("href").is_some_and(|target| target.starts_with('#')) {
            heading.remove_attr("href");
        }
    }
    for (selector, attribute) in [("a[href]", "href"), ("img[src]", "src")] {
        for node in document.select(selector).nodes() {
            let address = node.attr(attribute).and_then(|address| base.join(&address).ok());
            match address.filter(|address| matches!(address.scheme(), "http" | "https" | "mailto")) {
                Some(address) => node.set_attr(attribute, address.as_str()),
                None => node.remove_attr(attribute),
            }
        }
    }
    document.select("img:not([src])").remove();
    document.select("dt").rename("p");
    document.select("dd").rename("blockquote");
}

/// Returns a page's content, if there is any that can be told from what is around it.
fn content(document: &Document, base: &Url, title: &str) -> Option<Page> {
    // What looks for it changes the tree.
    let html = document.html();
    let copy = parse(&html).ok()?;
    let config = Config { disable_json_ld: true, keep_classes: true, ..Config::default() };
    let article = Readability::with_document(copy, Some(base.as_str()), Some(config)).ok()?.parse().ok()?;
    let found = parse(&article.content).ok()?;
    let markdown = markdown(&found);
    let title = if title.is_empty() { article.title.clone() } else { title.to_owned() };
    (!markdown.trim().is_empty()).then_some(Page { title, markdown })
}

/// Returns a tree as Markdown, with one empty line at most between what it consists of.
fn markdown(document: &Document) -> String {
    let text = document.md(None);
    let mut markdown = String::new();
    let mut empty = true;
    let mut in_code = false;
    for line in text.lines() {
        in_code ^= line.trim_start().starts_with("```");
        let is_empty = line.trim().is_empty();
        if !(is_empty && empty) || in_code {
            markdown.push_str(line);
            markdown.push('\n');
        }
        empty = is_empty;
    }
    markdown.truncate(markdown.trim_end().len());
    markdown.push('\n');
    markdown
}
