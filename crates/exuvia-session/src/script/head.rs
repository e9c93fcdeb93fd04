//! What a script says of itself: metadata (PEP 723), documentation, inputs.

use std::fmt::Write as _;

use exuvia_core::agent::SKILLS_FOLDER;
use exuvia_core::journal::{MountPoint, Variable};

use super::{FINAL_TOOL, Whole, text};

/// Where inputs are in a sandbox.
const INPUT: &str = "/input/";
/// Where files belong that are results.
const OUTPUT: &str = "/output";
/// Variables that say something of a terminal, and nothing of a task.
const OF_TERMINALS: [&str; 3] = ["TERM", "NO_COLOR", "FORCE_COLOR"];
/// How much of a task is documentation, in bytes.
const TASK_BYTES_MAX: usize = 8 << 10;

impl Whole<'_> {
    pub(super) fn metadata(&self) -> String {
        let opened = &self.account.opened;
        let mut text = String::from("# /// script\n");
        let mut version = opened.engine.version.splitn(3, '.');
        let (major, minor) = (version.next().unwrap_or("3"), version.next().unwrap_or("0"));
        let _ = writeln!(text, "# requires-python = \">={major}.{minor}\"");
        let packages = opened.packages.iter().map(|package| format!("\"{}=={}\"", package.name, package.version));
        let _ = writeln!(text, "# dependencies = [{}]", packages.collect::<Vec<_>>().join(", "));
        let _ = writeln!(text, "# [tool.exuvia]\n# image = {}", text::quoted(&opened.image));
        if self.account.program.is_none() {
            // Cells write where the script lies.
            text.push_str("# workspace = \"overlay\"\n");
        }
        let inputs: Vec<String> = self.input_names().iter().map(|name| text::quoted(name)).collect();
        if !inputs.is_empty() {
            let _ = writeln!(text, "# inputs = [{}]", inputs.join(", "));
        }
        text.push_str("# ///\n");
        if self.account.program.is_some() {
            text::comment(&mut text, "# ", &format!("Run it with: {}", self.command()));
            text::comment(&mut text, "# ", &self.needs());
            text.push('\n');
        }
        text
    }

    pub(super) fn documentation(&self) -> String {
        let account = self.account;
        let mut text = String::new();
        if let Some(task) = &account.task {
            let _ = writeln!(text, "{}\n", text::wrapped(&text::shown(task.trim(), TASK_BYTES_MAX)));
        }
        let who = if account.is_agent { "What an agent did" } else { "What was run" };
        let _ = writeln!(text, "{who} in session {}, cell by cell. It runs again without any model:\n", self.session);
        let _ = writeln!(text, "    {}", self.command());
        let needs = self.needs();
        if !needs.is_empty() {
            let _ = write!(text, "\n{needs}");
        }
        if self.uses(FINAL_TOOL) {
            text.push_str("\nThe answer goes to stdout, what the cells print to stderr.\n");
        }
        let answered: Vec<String> = self.answered().iter().map(|name| format!("{name}()")).collect();
        if !answered.is_empty() {
            let _ = writeln!(
                text,
                "\nIt asks nobody: what {} answered then stands here. Where other data lead to other questions, it ends\n\
                 with an error that says so.",
                answered.join(" and ")
            );
        }
        text::documentation(&text)
    }

    /// Returns the inputs as Python has them, if there are any: where they are, by their names.
    pub(super) fn inputs(&self) -> Option<String> {
        let input = |name: &&str| {
            let beside = self.options.inputs.get(*name).map_or(*name, String::as_str);
            format!("{}: {}", text::quoted(name), text::quoted(beside))
        };
        let inputs: Vec<String> = self.input_names().iter().map(input).collect();
        (!inputs.is_empty()).then(|| format!("{{{}}}", inputs.join(", ")))
    }

    /// Returns the names of the files and folders that the session began with at `/input`.
    fn input_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let below = self.account.opened.files.iter().filter_map(|file| file.path.strip_prefix(INPUT));
        for name in below.filter_map(|path| path.split('/').next()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Returns the command that runs the script.
    fn command(&self) -> String {
        let opened = &self.account.opened;
        let mut words = vec!["exuvia run".to_owned()];
        if !opened.packages.is_empty() {
            words.push("--with-script".to_owned());
        }
        if !self.lent_tools().is_empty() {
            words.push("--config exuvia.toml".to_owned());
        }
        words.extend(self.folders().map(|mount| match mount.path.as_str() {
            OUTPUT => "--out FOLDER".to_owned(),
            path => format!("--mount {}", text::shell(&format!("FOLDER:{path}"))),
        }));
        words.extend(self.variables().map(|variable| match variable.value {
            None => format!("--secret-env {}", text::shell(&variable.name)),
            Some(_) => format!("--env {}", text::shell(&format!("{}=VALUE", variable.name))),
        }));
        words.push(self.options.file.as_deref().map_or_else(|| "FILE".to_owned(), text::shell));
        if let [name, ..] = self.input_names()[..] {
            words.push(format!("[--input {}]", text::shell(&format!("{name}=PATH"))));
        }
        words.extend(self.account.arguments.iter().map(|argument| text::shell(argument)));
        words.join(" ")
    }

    /// Returns what has to be lent to the script, in words.
    fn needs(&self) -> String {
        let mut needs = Vec::new();
        needs.extend(self.lent_tools().iter().map(|tool| format!("the tool `{tool}` of a configuration file")));
        needs.extend(self.folders().map(|mount| format!("the folder {}", mount.path.escape_default())));
        if needs.is_empty() { String::new() } else { format!("It needs {}.\n", needs.join(", ")) }
    }

    /// Returns the mounts, but for the folder of a program's own file, and for skills that nothing was read of.
    fn folders(&self) -> impl Iterator<Item = &MountPoint> {
        let has_skills = self.account.pieces.iter().any(|piece| piece.source.contains(SKILLS_FOLDER));
        let is_needed = move |mount: &&MountPoint| match mount.path.as_str() {
            "/workspace" => false,
            SKILLS_FOLDER => has_skills,
            _ => true,
        };
        self.account.opened.mounts.iter().filter(is_needed)
    }

    fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.account.opened.environment.iter().filter(|variable| !OF_TERMINALS.contains(&&*variable.name))
    }
}
