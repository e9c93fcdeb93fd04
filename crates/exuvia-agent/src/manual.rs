//! `manual`: programs that look up how things are done here.
//!
//! What can be found is a short manual of the sandbox itself (files of `manual/` in this crate's sources), the Markdown of
//! the skills, and the stubs of the tools. It is read when a program first asks.

mod index;
mod sections;

use std::sync::{Arc, Mutex, PoisonError};

use exuvia_core::tool::python;
use exuvia_core::{ToolDeclaration, ToolFailure, ToolLimits};
use exuvia_tools::Tool;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::skills::{Skill, pages};
use index::Index;

/// The pages of our own, by name.
const PAGES: [(&str, &str); 7] = [
    ("sandbox", include_str!("manual/sandbox.md")),
    ("waiting", include_str!("manual/waiting.md")),
    ("files", include_str!("manual/files.md")),
    ("data", include_str!("manual/data.md")),
    ("tools", include_str!("manual/tools.md")),
    ("agent", include_str!("manual/agent.md")),
    ("limits", include_str!("manual/limits.md")),
];
/// How many sections an answer has.
const SECTIONS_MAX: usize = 5;
/// How much of a section an answer has, in bytes.
const TEXT_BYTES_MAX: usize = 1_500;
/// How long the list of all there is may be, in bytes.
const CONTENTS_BYTES_MAX: usize = 6_000;
/// How much of the skills is read, in bytes.
const SKILLS_BYTES_MAX: usize = 32 << 20;
/// How much of a question counts, in bytes.
const QUERY_BYTES_MAX: usize = 1_000;
/// How often a program may ask in the life of its sandbox.
const CALLS_MAX: u64 = 10_000;

/// A part of a text, below one heading.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Section {
    /// Its heading, after those above it.
    pub title: String,
    /// Where it is: a path in the sandbox, or a page of the manual.
    pub source: String,
    /// What it says.
    pub text: String,
}

/// What there is to be looked up. A clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Manual(Arc<Mutex<Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    skills: Vec<Skill>,
    tools: Vec<ToolDeclaration>,
    /// All of it, once somebody has asked.
    index: Option<Arc<Index>>,
}

impl Manual {
    /// Says which skills and tools are to be found in it, beside what it says itself.
    pub fn hold(&self, skills: &[Skill], tools: &[ToolDeclaration]) {
        let shelf = Shelf { skills: skills.to_vec(), tools: tools.to_vec(), index: None };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = shelf;
    }

    /// Returns the sections that say most about this, the best first. If there are none, one that lists all there is.
    #[must_use]
    pub fn look_up(&self, query: &str) -> Vec<Section> {
        let query = &query[..query.floor_char_boundary(QUERY_BYTES_MAX)];
        let index = self.index();
        let found = index.search(query, SECTIONS_MAX);
        if found.is_empty() {
            return vec![index.contents(query, CONTENTS_BYTES_MAX)];
        }
        found.into_iter().map(|section| sections::cut(section, TEXT_BYTES_MAX)).collect()
    }

    fn index(&self) -> Arc<Index> {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = &shelf.index {
            return Arc::clone(index);
        }
        let mut all = Vec::new();
        for (name, text) in PAGES {
            all.extend(sections::split(text, &format!("manual: {name}")));
        }
        let mut room = SKILLS_BYTES_MAX;
        for skill in &shelf.skills {
            let title = format!("Skill {}", skill.name);
            all.push(Section { title, source: skill.path(), text: skill.description.clone() });
            for page in pages(skill, &mut room) {
                all.extend(sections::split(&page.text, &page.path));
            }
        }
        for tool in &shelf.tools {
            let title = python::head(tool);
            all.push(Section { title, source: format!("help({})", tool.name), text: python::stub(tool) });
        }
        let index = Arc::new(Index::new(all));
        shelf.index = Some(Arc::clone(&index));
        index
    }
}

/// What `manual` takes.
#[derive(Deserialize, JsonSchema)]
struct Arguments {
    /// What you want to know, in a few words.
    query: String,
}

pub(crate) fn tool(manual: &Manual) -> Tool {
    let description = "Look up how things are done here: the sandbox's own manual, skills, and tools. Returns sections, the \
                       best first: `for part in manual(\"threads\"): print(part.title, part.source, part.text)`.";
    let manual = manual.clone();
    let look_up = move |Arguments { query }| {
        let manual = manual.clone();
        async move { Ok::<_, ToolFailure>(manual.look_up(&query)) }
    };
    let limits = ToolLimits { calls: Some(CALLS_MAX), ..ToolLimits::default() };
    Tool::function("manual", description, look_up).read_only().idempotent().limits(limits).on_runtime()
}
