//! Skills, by the [Agent Skills](https://agentskills.io/specification) format: folders with instructions for tasks of a
//! kind, and what belongs to them.
//!
//! A skill is a folder with a `SKILL.md`: YAML between two lines of `---`, with the skill's name and what it is for, then
//! Markdown. A model is told names and descriptions; it reads the rest when a task fits ([`SkillsFolder`] shows it to its
//! programs, below [`FOLDER`]).
//!
//! A skill may come from a stranger. It is read as such: within bounds, and nothing outside of its folder. What it says
//! reaches the model as the words of whoever asked for it, though, so a skill is to be trusted as far as the task itself;
//! its scripts are programs in the sandbox like any other.

mod check;
mod document;
mod find;
mod folder;
mod front_matter;
mod markdown;
mod pages;

pub use check::check;
pub use document::{Finding, Severity};
pub use find::{Hidden, Places, Refused, Skill, Skills, Source, folders_in};
pub use folder::SkillsFolder;
pub(crate) use markdown::{Heading, headings};
pub(crate) use pages::pages;

/// Where skills are in a sandbox: each is a folder of its name.
pub const FOLDER: &str = exuvia_core::agent::SKILLS_FOLDER;
/// The file that makes a folder a skill.
pub const DOCUMENT: &str = "SKILL.md";

/// The longest name, in characters.
const NAME_MAX: usize = 64;
/// The longest description, in characters.
pub const DESCRIPTION_MAX: usize = 1_024;

/// Returns what is wrong with a skill's name, and what to do about it; `None`: nothing.
#[must_use]
pub fn name_fault(name: &str) -> Option<(String, &'static str)> {
    const RULE: &str = "a name is 1 to 64 lowercase letters and digits, with single hyphens between them";
    let is_plain = |character: char| character.is_alphanumeric() && character.to_lowercase().eq([character]);
    let problem = if name.is_empty() {
        "it is empty".to_owned()
    } else if name.chars().count() > NAME_MAX {
        format!("it has {} characters, the limit is {NAME_MAX}", name.chars().count())
    } else if let Some(other) = name.chars().find(|character| *character != '-' && !is_plain(*character)) {
        format!("it has a {other:?} in it")
    } else if name.starts_with('-') || name.ends_with('-') {
        "it begins or ends with a hyphen".to_owned()
    } else if name.contains("--") {
        "it has two hyphens in a row".to_owned()
    } else {
        return None;
    };
    Some((problem, RULE))
}
