//! A task, and what a model is told with it.

use std::fmt::Write as _;

use exuvia_core::MountMode;
use exuvia_core::agent::{Begun, Budget, Interface, Origin, Part, Reminder};
use exuvia_core::journal::{MountPoint, Opened, SessionId};
use exuvia_core::tool::python;
use serde_json::{Value as Json, json};

use crate::prompts::{PromptError, Prompts};
use crate::skills::{self, Skill};

/// How many skills a model is told of.
const SKILLS_MAX: usize = 100;
/// How much it is told of them, in bytes.
const SKILLS_BYTES_MAX: usize = 32 << 10;

/// What a document ends with, but for the last character, before which there may be spaces.
const DOCUMENT_END: &str = "</document";

/// Something to be done.
#[derive(Debug, Clone, Default)]
pub struct Task {
    /// What, in the person's words.
    pub text: String,
    /// How the model gives code.
    pub interface: Interface,
    /// Whether a reply without code ends the run, its text being the answer. Else only `final` does.
    pub reply_ends: bool,
    /// What it may use.
    pub budget: Budget,
    /// How it is to be done: instructions beside the model's own; empty: none.
    pub role: String,
    /// The agent whose program wants it done, if one does.
    pub caller: Option<SessionId>,
    /// Whether nothing is done but planned.
    pub is_dry_run: bool,
    /// Files that were given for it.
    pub inputs: Vec<Input>,
    /// What the folder that it is about says of itself, such as `AGENTS.md`.
    pub documents: Vec<Document>,
    /// From how many tokens on the conversation is left out but for a summary; `None`: never.
    pub context_tokens: Option<u64>,
    /// What the model is reminded of, and when.
    pub reminders: Vec<Reminder>,
    /// Whether the model writes a report once it has its answer.
    pub is_reported: bool,
    /// Whether the model is to make a plan before it does anything else.
    pub is_planned: bool,
    /// The skills that the sandbox is shown (see [`SkillsFolder`](skills::SkillsFolder)).
    pub skills: Vec<Skill>,
}

/// A file that was given for a task.
#[derive(Debug, Clone)]
pub struct Input {
    /// Where it is in the sandbox.
    pub path: String,
    /// What kind of file it is, in a word or two.
    pub kind: String,
    /// How many bytes it has.
    pub bytes: u64,
}

/// A text that a model is given to read.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is called.
    pub name: String,
    /// What it says.
    pub text: String,
}

impl Task {
    /// Returns what a run begins with, and what the model is told first, in a session of this opening; `now` is the time, in
    /// milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// A template cannot be filled in.
    pub fn told(&self, prompts: &Prompts, opened: &Opened, now: i64) -> Result<(Begun, Vec<Part>), PromptError> {
        let system = prompts.render("system", self.surroundings(opened))?;
        let tool = match self.interface {
            Interface::Calls => Some(prompts.render("tool", json!({}))?),
            Interface::Text => None,
        };
        let begun = Begun {
            task: self.text.clone(),
            system,
            interface: self.interface,
            tool,
            reply_ends: self.reply_ends,
            report: self.is_reported,
            budget: self.budget,
            context_tokens: self.context_tokens,
            reminders: self.reminders.clone(),
            caller: self.caller.clone(),
        };
        let documents = self.documents.iter().map(|Document { name, text }| {
            let text = inside(text.trim_end());
            Part::text(Origin::Document, format!("<document name={name:?}>\n{text}\n{DOCUMENT_END}>"))
        });
        let inputs: Vec<Json> = self.inputs.iter().map(Input::shown).collect();
        let task = json!({
            "inputs": inputs,
            "date": date(now),
            "steps": self.budget.steps,
            "dry_run": self.is_dry_run,
            "plan": self.is_planned,
        });
        let context = Part::text(Origin::Host, prompts.render("task", task)?);
        let person = Part::text(Origin::Person, self.text.clone());
        Ok((begun, documents.chain([context, person]).collect()))
    }

    fn surroundings(&self, opened: &Opened) -> Json {
        let packages: Vec<&str> = opened.packages.iter().map(|package| package.name.as_str()).collect();
        let tools: Vec<Json> = opened
            .tools
            .iter()
            .map(|tool| {
                let description = tool.description.lines().next().unwrap_or_default();
                json!({ "name": tool.name, "signature": python::head(tool), "description": description })
            })
            .collect();
        let mounts: Vec<Json> = opened
            .mounts
            .iter()
            .filter(|mount| mount.path != skills::FOLDER)
            .map(|mount| {
                let mode = match mount.mode {
                    MountMode::ReadOnly => "to read",
                    MountMode::ReadWrite => "to read and write",
                    MountMode::Overlay => "to read and write; your changes stay in the sandbox",
                };
                json!({ "path": mount.path, "mode": mode })
            })
            .collect();
        // Where its changes stay in the sandbox, nothing is kept for anybody.
        let is_output = |mount: &&MountPoint| mount.path == "/output" && mount.mode == MountMode::ReadWrite;
        let output = opened.mounts.iter().find(is_output).map(|mount| &mount.path);
        let (skills, skills_left_out) = self.skills_told();
        json!({
            "skills": skills,
            "skills_left_out": skills_left_out,
            "interface": self.interface,
            "reply_ends": self.reply_ends,
            "role": self.role.trim(),
            "is_called": self.caller.is_some(),
            "python": opened.engine.version,
            "packages": packages,
            "tools": tools,
            "mounts": mounts,
            "output": output,
            "memory": size(opened.limits.memory_bytes),
            "seconds": opened.limits.wall_time.map(|time| time.as_secs()),
            "cpu_seconds": opened.limits.cpu_time.map(|time| time.as_secs()),
        })
    }

    /// Returns what the model is told of the skills, as far as there is room, and of how many it is told nothing.
    fn skills_told(&self) -> (Vec<Json>, usize) {
        let mut room = SKILLS_BYTES_MAX;
        let mut told = Vec::new();
        for skill in self.skills.iter().take(SKILLS_MAX) {
            // One line each, so that none looks like more than one.
            let words: Vec<&str> = skill.description.split_whitespace().collect();
            let description: String = words.join(" ").chars().filter(|character| !character.is_control()).collect();
            let path = skill.path();
            let Some(left) = room.checked_sub(path.len() + skill.name.len() + description.len()) else { break };
            room = left;
            told.push(json!({ "name": skill.name, "path": path, "description": description }));
        }
        let left_out = self.skills.len() - told.len();
        (told, left_out)
    }
}

impl Input {
    fn shown(&self) -> Json {
        json!({ "path": escaped(&self.path), "kind": escaped(&self.kind), "size": size(self.bytes) })
    }
}

/// Returns a document's text without anything that looks like its end, after which something else would seem to speak.
fn inside(text: &str) -> String {
    let small = text.to_ascii_lowercase();
    let mut inside = String::with_capacity(text.len());
    let mut from = 0;
    for (place, _) in small.match_indices(DOCUMENT_END) {
        inside.push_str(&text[from..place]);
        inside.push_str("&lt;");
        from = place + 1;
    }
    inside.push_str(&text[from..]);
    inside
}

/// Returns a name on one line, as Python would write it in a string: whoever gave it must not be able to say something to
/// the model in the host's name.
fn escaped(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for character in name.chars() {
        let is_harmful = character.is_control()
            || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if is_harmful {
            // Writing to a string does not fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Returns a size as people read it: `12 bytes`, `3.4 KiB`, `512 MiB`.
pub(super) fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "it is shown with one digit after the point")]
    let of = |unit: u64| bytes as f64 / unit as f64;
    let text = match bytes {
        0..1_024 => return format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{:.1} KiB", of(1 << 10)),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", of(1 << 20)),
        _ => format!("{:.1} GiB", of(1 << 30)),
    };
    text.replace(".0 ", " ")
}

/// Returns the day, in UTC, of a time in milliseconds since 1970: `2026-01-31`.
fn date(now: i64) -> String {
    jiff::Timestamp::from_millisecond(now).unwrap_or_default().to_string().chars().take(10).collect()
}
