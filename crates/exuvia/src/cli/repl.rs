//! `exuvia repl`: an interactive session.

mod editor;
mod keyboard;
mod lines;
mod session;
mod traceback;

use std::io::{self, IsTerminal as _};

use anyhow::Result;

use super::options::SandboxOptions;
use crate::interpreter::Interpreter;
use crate::output;
use editor::Editor;
use lines::Lines;
use session::{Next, Session};

const NOTES: &str = "\
Ctrl-C interrupts what is running and keeps the session; Ctrl-D ends it. Limits are for each cell. When stdin is no \
terminal, the cells are read from it and there is no prompt.";

/// Start an interactive session
#[derive(clap::Args)]
#[command(after_help = NOTES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    sandbox: SandboxOptions,
}

pub(super) fn run(arguments: Arguments) -> Result<u8> {
    let interpreter = Interpreter::find(arguments.sandbox.image.as_deref())?;
    let lent = arguments.sandbox.lent()?;
    let furnished = arguments.sandbox.packages.wanted(&lent).furnish(&interpreter)?;
    let interactive = io::stdin().is_terminal();
    let mut session = Session::begin(furnished, arguments.sandbox, lent, interactive)?;
    let mut source = if interactive {
        let version = &interpreter.image().manifest().version;
        output::say(&format!("Python {version}, sealed in Exuvia {}; Ctrl-D ends it", env!("CARGO_PKG_VERSION")));
        Source::Editor(Box::new(Editor::new(&session)?))
    } else {
        Source::Lines(Lines::default())
    };
    while let Some(cell) = source.next(&session)? {
        if let Next::End(status) = session.run(&cell)? {
            return Ok(status);
        }
    }
    session.end()
}

/// Where the cells come from.
enum Source {
    Editor(Box<Editor>),
    Lines(Lines),
}

impl Source {
    /// Returns the next cell; `None` at the end.
    fn next(&mut self, session: &Session) -> Result<Option<String>> {
        match self {
            Self::Editor(editor) => editor.next(),
            Self::Lines(lines) => lines.next(session),
        }
    }
}
