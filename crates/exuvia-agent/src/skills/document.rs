//! A `SKILL.md`: its front matter and its text, with what is wrong with them.

use std::io::Read as _;
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use exuvia_core::observation::excerpt::shown;

use super::front_matter::{self, Field, Value};
use super::{DESCRIPTION_MAX, DOCUMENT, name_fault};

/// The largest `SKILL.md`, in bytes.
const BYTES_MAX: u64 = 1 << 20;
/// The longest front matter, in bytes.
const FRONT_MATTER_BYTES_MAX: usize = 64 << 10;
/// The longest `compatibility`, in characters.
const COMPATIBILITY_MAX: usize = 500;
/// How much of what is written is repeated in a message, in bytes.
const SHOWN_BYTES_MAX: usize = 80;
/// What stands before and after the front matter.
const FENCE: &str = "---";
/// The keys that the format has.
const KEYS: [&str; 6] = ["name", "description", "license", "compatibility", "metadata", "allowed-tools"];

/// Something about a skill that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Where in its `SKILL.md`, from 1; `None`: in no line of it.
    pub line: Option<usize>,
    /// What, in a sentence. It may repeat what the file says: whoever shows it on a terminal escapes it.
    pub problem: String,
    /// What to do about it.
    pub hint: String,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The folder is no skill.
    Fault,
    /// It is one, but not as good as it could be.
    Warning,
}

impl Finding {
    pub(super) fn fault(line: Option<usize>, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { severity: Severity::Fault, line, problem: problem.into(), hint: hint.into() }
    }

    pub(super) fn warning(line: Option<usize>, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::fault(line, problem, hint) }
    }
}

/// What a `SKILL.md` says, as far as it can be read.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) body: String,
    /// The line in which the body begins, from 1.
    pub(super) body_line: usize,
    pub(super) findings: Vec<Finding>,
}

/// Opens a folder, out of which no path leads then.
pub(super) fn open(folder: &Path) -> Result<Dir, Finding> {
    let problem = |why: &str| Finding::fault(None, why, "name a folder with a SKILL.md");
    Dir::open_ambient_dir(folder, ambient_authority()).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => problem("there is no such folder"),
        std::io::ErrorKind::NotADirectory => problem("it is no folder"),
        _ => Finding::fault(None, format!("it cannot be opened: {}", reason(&error)), "look at its permissions"),
    })
}

/// Reads the `SKILL.md` of a folder of this name.
pub(super) fn read(dir: &Dir, folder_name: &str) -> Document {
    match text(dir) {
        Ok(text) => parse(&text, folder_name),
        Err(finding) => Document { findings: vec![finding], ..Document::default() },
    }
}

fn text(dir: &Dir) -> Result<String, Finding> {
    let unreadable = |error: std::io::Error| {
        let other = ["skill.md", "Skill.md", "SKILL.MD"].into_iter().find(|name| dir.exists(name));
        match (error.kind(), other) {
            (std::io::ErrorKind::NotFound, Some(other)) => {
                Finding::fault(None, format!("its file is called {other}"), "call it SKILL.md")
            }
            (std::io::ErrorKind::NotFound, None) => {
                Finding::fault(None, "there is no SKILL.md in it", "`exuvia skill new` makes a folder with one")
            }
            _ => {
                let hint = "it must be a file of the folder's own, that may be read";
                Finding::fault(None, format!("SKILL.md cannot be read: {}", reason(&error)), hint)
            }
        }
    };
    // What is no file (a pipe, say) is not opened: that might take for ever.
    if !dir.metadata(DOCUMENT).map_err(unreadable)?.is_file() {
        return Err(Finding::fault(None, "SKILL.md is no file", "make it one"));
    }
    let mut bytes = Vec::new();
    let file = dir.open(DOCUMENT).map_err(unreadable)?;
    file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > BYTES_MAX {
        let hint = "move what is not always needed to files beside it";
        return Err(Finding::fault(None, "SKILL.md has more than 1 MiB", hint));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        Finding::fault(Some(line), "SKILL.md is no text in UTF-8", "save it as UTF-8")
    })
}

/// Reads a `SKILL.md` in a folder of this name.
pub(super) fn parse(text: &str, folder_name: &str) -> Document {
    let mut document = Document { body_line: 1, ..Document::default() };
    let text = match text.strip_prefix('\u{feff}') {
        Some(text) => {
            let hint = "save it without one: not every agent reads it so";
            document.findings.push(Finding::warning(Some(1), "SKILL.md begins with a byte order mark", hint));
            text
        }
        None => text,
    };
    let (yaml, body) = match split(text) {
        Ok(parts) => parts,
        Err(finding) => {
            document.findings.push(finding);
            return document;
        }
    };
    document.body_line = yaml.lines().count() + 3;
    body.clone_into(&mut document.body);
    if yaml.len() > FRONT_MATTER_BYTES_MAX {
        let problem = format!("the front matter has {} bytes, the limit is {FRONT_MATTER_BYTES_MAX}", yaml.len());
        document.findings.push(Finding::fault(Some(1), problem, "move text below its second `---`"));
        return document;
    }
    match front_matter::parse(yaml) {
        Ok(fields) => document.take(fields, folder_name),
        Err(problem) => {
            let hint = "put text that has `: `, `#` or quotes in it in double quotes, or below `>`, indented";
            // The first line is the fence.
            let line = Some(problem.line + 1);
            let problem = format!("the front matter cannot be read as YAML: {}", shown(&problem.text, 200));
            document.findings.push(Finding::fault(line, problem, hint));
        }
    }
    document
}

/// Splits a text into its front matter and what follows.
fn split(text: &str) -> Result<(&str, &str), Finding> {
    let is_fence = |line: &str| line.trim_end() == FENCE;
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if !is_fence(first) {
        let hint = "begin it with a line of `---`, `name:` and `description:`, and another line of `---`";
        return Err(Finding::fault(Some(1), "SKILL.md does not begin with front matter", hint));
    }
    let mut end = first.len();
    for line in lines {
        if is_fence(line) {
            return Ok((&text[first.len()..end], &text[end + line.len()..]));
        }
        end += line.len();
    }
    Err(Finding::fault(Some(1), "the front matter does not end", "put a line of `---` below it"))
}

impl Document {
    fn take(&mut self, fields: Vec<Field>, folder_name: &str) {
        for field in &fields {
            let line = Some(field.line + 1);
            match (field.key.as_str(), &field.value) {
                ("name", value) => self.take_name(value, line, folder_name),
                ("description", value) => self.take_description(value, line),
                ("compatibility", Value::Text(text)) => {
                    let hint = "say in 1 to 500 characters what it needs, or leave the key out";
                    self.check_length("compatibility", text, COMPATIBILITY_MAX, (line, hint));
                }
                ("license", Value::Text(_)) | ("allowed-tools", Value::Text(_)) => {}
                ("allowed-tools", Value::List(tools)) if tools.iter().all(|tool| matches!(tool, Value::Text(_))) => {}
                ("allowed-tools", _) => self.wrong(line, "`allowed-tools` is neither a text nor a list of texts"),
                ("metadata", Value::Map(pairs)) => {
                    let others: Vec<&Field> =
                        pairs.iter().filter(|pair| !matches!(pair.value, Value::Text(_))).collect();
                    for pair in others {
                        let key = shown(&pair.key, SHOWN_BYTES_MAX);
                        self.wrong(Some(pair.line + 1), format!("`{key}` of `metadata` is no text"));
                    }
                }
                ("metadata", _) => self.wrong(line, "`metadata` is no map of texts"),
                ("license" | "compatibility", _) => self.wrong(line, format!("`{}` is no text", field.key)),
                (other, _) => {
                    let problem = format!("the format has no key `{}`", shown(other, SHOWN_BYTES_MAX));
                    let hint = format!("put it below `metadata`: the keys are {}", KEYS.join(", "));
                    self.findings.push(Finding::warning(line, problem, hint));
                }
            }
        }
        for (key, hint) in [
            ("name", format!("add `name: {}`, as the folder is called", shown(folder_name, SHOWN_BYTES_MAX))),
            ("description", "say what it does and when to use it, in `description:`".to_owned()),
        ] {
            if !fields.iter().any(|field| field.key == key) {
                self.findings.push(Finding::fault(Some(1), format!("there is no `{key}`"), hint));
            }
        }
    }

    fn take_name(&mut self, value: &Value, line: Option<usize>, folder_name: &str) {
        let Value::Text(name) = value else { return self.wrong(line, "`name` is no text") };
        let written = shown(name, SHOWN_BYTES_MAX);
        if let Some((problem, rule)) = name_fault(name) {
            self.findings.push(Finding::fault(line, format!("`{written}` can be no skill's name: {problem}"), rule));
        } else if name != folder_name {
            let problem = format!("it says its name is `{written}`, its folder is called `{folder_name}`");
            self.findings.push(Finding::fault(line, problem, "call both the same"));
        } else {
            if !name.is_ascii() {
                let problem = format!("`{written}` has letters beyond a to z in it");
                self.findings.push(Finding::warning(line, problem, "do without them: not every agent takes them"));
            }
            self.name = Some(name.clone());
        }
    }

    fn take_description(&mut self, value: &Value, line: Option<usize>) {
        let Value::Text(text) = value else { return self.wrong(line, "`description` is no text") };
        let hint = "say in 1 to 1024 characters what it does and when to use it";
        if self.check_length("description", text, DESCRIPTION_MAX, (line, hint)) {
            self.description = Some(text.clone());
        }
    }

    fn check_length(&mut self, key: &str, text: &str, max: usize, (line, hint): (Option<usize>, &str)) -> bool {
        let characters = text.chars().count();
        let problem = match characters {
            _ if text.trim().is_empty() => format!("`{key}` is empty"),
            _ if characters > max => format!("`{key}` has {characters} characters, the limit is {max}"),
            _ => return true,
        };
        self.findings.push(Finding::fault(line, problem, hint));
        false
    }

    fn wrong(&mut self, line: Option<usize>, problem: impl Into<String>) {
        self.findings.push(Finding::fault(line, problem, "see https://agentskills.io/specification"));
    }

    /// Whether there is nothing because of which it is no skill.
    pub(super) fn is_valid(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity == Severity::Warning)
    }
}

/// Returns what the operating system said, without its number.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.as_str(), |(text, _)| text).to_lowercase()
}
