//! `exuvia skill new`.

use std::fs;
use std::io;
use std::path::PathBuf;

use anyhow::Result;
use exuvia_agent::skills::{DESCRIPTION_MAX, DOCUMENT, name_fault};

use crate::failure::Failure;
use crate::output;

/// Words that are no texts in YAML, at least in some versions of it.
const NO_TEXTS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

/// Make a skill: a folder with a SKILL.md to be filled in
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// What it is called: lowercase letters, digits and hyphens
    name: String,

    /// What it does and when to use it: by this a model chooses it
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// The folder in which its folder is made
    #[arg(long = "in", value_name = "FOLDER", default_value = ".agents/skills")]
    place: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8> {
    let name = &arguments.name;
    if let Some((problem, rule)) = name_fault(name) {
        return Err(Failure::usage(format!("`{name}` can be no skill's name: {problem}")).hint(rule).into());
    }
    let description = arguments.description.clone().unwrap_or_else(|| {
        format!("Does what {name} is about. Use when … (say here what it does, and when a model is to use it).")
    });
    let characters = description.chars().count();
    if description.trim().is_empty() || characters > DESCRIPTION_MAX {
        let failure = Failure::usage(format!("the description has {characters} characters"));
        return Err(failure.hint(format!("it takes 1 to {DESCRIPTION_MAX}, not spaces alone")).into());
    }
    let folder = arguments.place.join(name);
    fs::create_dir_all(&arguments.place).map_err(|error| Failure::unreadable(&arguments.place, &error))?;
    fs::create_dir(&folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let failure = Failure::usage(format!("`{}` is there already", folder.display()));
            failure.hint("choose another name, or another folder with --in")
        }
        _ => Failure::unreadable(&folder, &error),
    })?;
    let path = folder.join(DOCUMENT);
    fs::write(&path, document(name, &description)?).map_err(|error| Failure::unreadable(&path, &error))?;
    output::print(format!("{}\n", path.display()).as_bytes());
    output::say(&format!("write in it what to do; `exuvia skill check {}` looks it over", folder.display()));
    Ok(0)
}

/// Returns a `SKILL.md` to be filled in.
fn document(name: &str, description: &str) -> Result<String> {
    // A string of JSON is one of YAML.
    let description = serde_json::to_string(description)?;
    let title = name.replace('-', " ");
    // What some readers take for a number or a truth value is put in quotes.
    let is_plain = name.starts_with(char::is_alphabetic) && !NO_TEXTS.contains(&name);
    let quoted = if is_plain { name.to_owned() } else { format!("\"{name}\"") };
    Ok(format!(
        "---\nname: {quoted}\ndescription: {description}\n---\n\n# {title}\n\n\
         1. What to look at first.\n\
         2. What to do, step by step. Python that is always the same goes into files beside this one, such as \
         `scripts/{name}.py`, and is run from there.\n\
         3. What to check before the answer is given.\n"
    ))
}
