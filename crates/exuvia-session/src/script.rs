//! All that was run in a session, as one script that runs again without anybody who thinks of it.
//!
//! The cells that stand come one after the other, as they were written; what was undone, or was stopped from outside, is
//! not in it. One that awaits something at its top level, or has a feature of `__future__`, is run from a string by a few
//! lines at the beginning.
//!
//! Of a cell that raised something, what it had done until then may be what later cells build on. So the statements before
//! the one that raised are in the script as they are, that one is run and what it raises is passed over, and those after it,
//! which did not run, are comments. One that was interrupted may go on without end: it is a comment, too.
//!
//! Of an agent's session the task is the script's documentation, and what its model said is comments. `final` prints the
//! answer; `todo` and `note` do nothing; `llm`, `ask`, `manual` and `task`, which need somebody who answers, give the answers
//! that are recorded, by what they are asked. Inputs are arguments. Other tools, and mounts, have to be lent to the script as
//! they were to the session.
//!
//! What a journal has may come from a stranger: nothing of it gets into the script but as Python that ran in a sandbox, as a
//! literal, or as a comment.

mod account;
mod head;
mod piece;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use exuvia_core::agent::{FINAL_TOOL, NOTE_TOOL, TASK_TOOL, TODO_TOOL};
use exuvia_core::journal::{GivenFile, SessionId, Store};
use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::error::SessionError;
use account::{Account, Answered};

/// Looks at cells and calls, in a sandbox of its own: that of the session is its program's.
const LOOK: &str = include_str!("script/look.py");
/// Where they are given to it.
const LOOKED_AT: &str = "/tmp/session.json";
/// Reads a script's command line: without inputs, and with them.
const BEGIN: &str = include_str!("script/begin.py");
const INPUTS: &str = include_str!("script/inputs.py");
/// Runs cells from strings; and keeps what they print.
const CELL: &str = include_str!("script/cell.py");
const KEEPS: &str = include_str!("script/keeps.py");
/// Makes JSON of things; names calls, here and in a script; answers them; takes the answer of all.
const PLAIN: &str = include_str!("script/plain.py");
const KEY: &str = include_str!("script/key.py");
const RECORDED: &str = include_str!("script/recorded.py");
const FINAL: &str = include_str!("script/final.py");
/// Stands for what reminded the model of what was to be done.
const TODO: &str = "def todo(items):\n    \"\"\"Reminds nobody.\"\"\"\n";
/// The same of the notes.
const NOTE: &str = "def note(text):\n    \"\"\"Reminds nobody.\"\"\"\n";
/// How much a script has at most, in bytes.
const BYTES_MAX: usize = 8 << 20;
/// Functions of an agent's programs that need somebody who answers.
const ANSWERED: [&str; 4] = ["llm", "ask", "manual", TASK_TOOL];
/// How much of a call's arguments stands beside its answer, in bytes.
const ARGUMENTS_BYTES_MAX: usize = 100;

/// How a script is made.
#[derive(Debug, Clone, Default)]
pub struct ScriptOptions {
    /// How the script's file is called where it says how it is run. Default: `FILE`.
    pub file: Option<String>,
    /// Where inputs are, by their names, seen from the script's folder. Default: beside the script, by that name.
    pub inputs: BTreeMap<String, String>,
    /// How long the interpreter may look at the cells. Default: as long as it takes.
    pub time: Option<Duration>,
}

/// Why there is no script.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// The session cannot be read, or nobody can look at it.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// It is longer than scripts may be.
    #[error("the script has more than {bytes_max} bytes, the limit")]
    TooLarge {
        /// How long they may be.
        bytes_max: usize,
    },
    /// What ran is not in the journal.
    #[error("session `{session}` ran {program}, whose text is not in its journal")]
    Elsewhere {
        /// The session.
        session: SessionId,
        /// What ran.
        program: String,
    },
    /// The interpreter has not said what it was asked.
    #[error("the cells cannot be made into a script")]
    Unlooked,
}

/// What has to be known of a cell.
#[derive(Debug, Deserialize)]
struct Looked {
    /// Whether it means the same as a part of a script.
    is_plain: bool,
    /// How many of its lines had been run when something was raised in it.
    ended: usize,
    /// What had been run of what shares a line with what was under way.
    head: String,
    /// How many lines those are with what was under way.
    reached: usize,
    /// The names that it uses.
    names: BTreeSet<String>,
}

/// What has to be known of a session.
#[derive(Debug, Deserialize)]
struct LookedAll {
    cells: Vec<Option<Looked>>,
    keys: Vec<String>,
}

/// Returns all that was run in a session, as one script. The session may be open, here or elsewhere. `environment` has the
/// interpreter that looks at the cells, and nothing else of it is used; its output must be [kept](Environment::capture).
///
/// # Errors
///
/// [`ScriptError::Session`], [`ScriptError::TooLarge`]; [`ScriptError::Elsewhere`] if what ran was a file in a folder, and not
/// all of it was read.
pub async fn script(
    store: &Arc<dyn Store>,
    session: &SessionId,
    environment: &Environment,
    options: &ScriptOptions,
) -> Result<String, ScriptError> {
    let account = Account::of(store, session).await?;
    let looked = look(environment, &account, options.time).await?;
    let script = Whole { session, account: &account, looked: &looked, options }.write();
    if script.len() > BYTES_MAX {
        return Err(ScriptError::TooLarge { bytes_max: BYTES_MAX });
    }
    Ok(script)
}

/// Has Python look at cells and calls.
async fn look(environment: &Environment, account: &Account, time: Option<Duration>) -> Result<LookedAll, ScriptError> {
    #[derive(Serialize)]
    struct Told<'a> {
        cells: Vec<(u32, &'a str, Option<piece::Place>)>,
        calls: Vec<(&'a str, &'a str)>,
    }
    let cells = account.pieces.iter().map(|piece| (piece.number, &*piece.source, piece.place())).collect();
    let calls = account.answers.iter().map(|answer| (&*answer.tool, &*answer.arguments)).collect();
    let told = serde_json::to_vec(&Told { cells, calls }).expect("it is made of texts and numbers");
    let mut opened = environment.opened([0; 32]);
    opened.limits.wall_time = time;
    opened.files = vec![GivenFile { path: LOOKED_AT.to_owned(), content: told }];
    let mut sandbox = environment.sandbox(&opened).build_async().await.map_err(SessionError::from)?;
    let outcome = sandbox.run_async(&format!("{PLAIN}\n\n{KEY}\n\n{LOOK}")).await.map_err(SessionError::from)?;
    let looked: Option<LookedAll> = serde_json::from_str(&outcome.stdout).ok();
    let is_whole =
        |looked: &LookedAll| looked.cells.len() == account.pieces.len() && looked.keys.len() == account.answers.len();
    looked.filter(is_whole).ok_or(ScriptError::Unlooked)
}

/// All that a script is made of.
struct Whole<'a> {
    session: &'a SessionId,
    account: &'a Account,
    looked: &'a LookedAll,
    options: &'a ScriptOptions,
}

impl Whole<'_> {
    fn write(&self) -> String {
        let mut script = self.metadata();
        if let Some(program) = &self.account.program {
            // Its own documentation, and features of `__future__`, come first in what follows.
            script.push_str(&text::without_metadata(program));
        } else {
            script.push_str(&self.documentation());
            match self.inputs() {
                Some(inputs) => section(&mut script, &format!("{INPUTS}\n\n_begin({inputs})\n")),
                None => section(&mut script, BEGIN),
            }
        }
        let pieces = || self.account.pieces.iter().zip(&self.looked.cells);
        if pieces().any(|(piece, looked)| looked.as_ref().is_some_and(|looked| piece.needs_frame(looked))) {
            section(&mut script, CELL);
        }
        if self.account.pieces.iter().any(|piece| piece.keeps.is_some()) {
            section(&mut script, &format!("\n{KEEPS}"));
        }
        self.functions(&mut script);
        let has_final = self.uses(FINAL_TOOL);
        for (piece, looked) in pieces() {
            piece.write(&mut script, looked.as_ref(), has_final);
        }
        if !self.account.said.is_empty() {
            script.push_str("\n# %% in the end\n");
            self.account.said.iter().for_each(|said| text::comment(&mut script, "# ", &text::wrapped(said)));
        }
        if has_final {
            script.push_str("\n_end()\n");
        }
        script
    }

    /// Returns whether cells use a function that only an agent has.
    fn uses(&self, name: &str) -> bool {
        self.account.is_agent && self.names().contains(name) && self.declares(name)
    }

    fn declares(&self, name: &str) -> bool {
        self.account.opened.tools.iter().any(|tool| tool.name == name)
    }

    /// Returns the names that cells use.
    fn names(&self) -> BTreeSet<&str> {
        self.looked.cells.iter().flatten().flat_map(|looked| &looked.names).map(String::as_str).collect()
    }

    /// Returns the tools that have to be lent to the script.
    fn lent_tools(&self) -> Vec<&str> {
        let (names, is_agent) = (self.names(), self.account.is_agent);
        let is_own =
            |name: &str| is_agent && (ANSWERED.contains(&name) || [FINAL_TOOL, TODO_TOOL, NOTE_TOOL].contains(&name));
        let tools = self.account.opened.tools.iter().map(|tool| tool.name.as_str());
        tools.filter(|name| names.contains(name) && !is_own(name)).collect()
    }

    /// Returns the functions that give recorded answers.
    fn answered(&self) -> Vec<&'static str> {
        ANSWERED.into_iter().filter(|name| self.uses(name)).collect()
    }

    /// Writes what stands for the tools.
    fn functions(&self, script: &mut String) {
        let (answered, has_final) = (self.answered(), self.uses(FINAL_TOOL));
        let [has_todo, has_note] = [TODO_TOOL, NOTE_TOOL].map(|name| self.uses(name));
        if has_final || !answered.is_empty() {
            section(script, PLAIN);
        }
        if has_final {
            section(script, &format!("\n{FINAL}"));
        }
        if has_todo {
            section(script, &format!("\n{TODO}"));
        }
        if has_note {
            section(script, &format!("\n{NOTE}"));
        }
        if !answered.is_empty() {
            section(script, &format!("\n{KEY}\n\n{RECORDED}"));
        }
        let own: Vec<&str> = [(has_final, FINAL_TOOL), (has_todo, TODO_TOOL), (has_note, NOTE_TOOL)]
            .into_iter()
            .filter_map(|(has, name)| has.then_some(name))
            .chain(answered.iter().copied())
            .collect();
        for name in answered {
            let defaults: Vec<String> = self
                .account
                .parameters(name)
                .iter()
                .map(|(name, default)| format!("{}: {}", text::quoted(name), text::expression(default)))
                .collect();
            let _ = writeln!(script, "\n{name} = _recorded({name:?}, {{{}}}, {{", defaults.join(", "));
            self.answers(script, name);
            script.push_str("})\n");
        }
        // Cells may look for them there.
        if !own.is_empty() && self.names().contains("exuvia") {
            let own: Vec<String> = own.iter().map(|name| format!("{name}={name}")).collect();
            let _ = writeln!(script, "\nimport exuvia.tools\n\nvars(exuvia.tools).update({})", own.join(", "));
        }
        let lent = self.lent_tools();
        if !lent.is_empty() {
            let lent = lent.join(", ");
            let _ = writeln!(
                script,
                "\ntry:\n    from exuvia.tools import {lent}\nexcept ImportError as error:\n    raise SystemExit(f\"{{error}}: \
                 lend what it needs, with `exuvia run --config FILE`\")"
            );
        }
    }

    /// Writes the answers that a function gave, by what it was asked.
    fn answers(&self, script: &mut String, name: &str) {
        let mut answers: Vec<(&str, Vec<&Answered>)> = Vec::new();
        for (answer, key) in
            self.account.answers.iter().zip(&self.looked.keys).filter(|(answer, _)| answer.tool == name)
        {
            match answers.iter_mut().find(|(other, _)| other == key) {
                Some((_, same)) => same.push(answer),
                None => answers.push((key, vec![answer])),
            }
        }
        for (key, same) in answers {
            text::comment(script, "    # ", &text::shown(&same[0].arguments, ARGUMENTS_BYTES_MAX));
            let told = same.iter().map(|answer| {
                let (kind, text) = answer.told();
                format!("({}, {})", text::quoted(kind), text::quoted(text))
            });
            let _ = writeln!(script, "    {}: [{}],", text::quoted(key), told.collect::<Vec<_>>().join(", "));
        }
    }
}

/// Adds lines of ours.
fn section(script: &mut String, source: &str) {
    if !script.ends_with("\n\n") {
        script.push('\n');
    }
    script.push_str(source);
}
