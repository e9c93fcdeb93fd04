//! `exuvia repl`: an interactive session.

mod editor;
mod keyboard;
mod lines;
mod session;
mod traceback;

use std::io::{self, IsTerminal as _};

use anyhow::Result;
use exuvia_core::Host;

use super::given::Given;
use super::options::SandboxOptions;
use super::resume::Begun;
use crate::interpreter::Interpreter;
use crate::lent::{Asked, Lent};
use crate::output;
use crate::packages::Furnished;
use crate::recording::Prepared;
use editor::Editor;
use keyboard::{Keyboard, TerminalHost};
use lines::Lines;
use session::Next;
pub(super) use session::Session;

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

pub(super) fn run(arguments: &Arguments) -> Result<u8> {
    let Begun { prepared, version, colours, .. } = prepared(&arguments.sandbox)?;
    let mut session = Session::begin(prepared, &arguments.sandbox.recording, colours)?;
    converse(&mut session, &version)
}

/// Prepares what a session at the prompt goes on with.
pub(super) fn again(mut arguments: Arguments, given: &Given) -> Result<Begun> {
    given.replace(&mut arguments.sandbox);
    prepared(&arguments.sandbox)
}

/// Prepares a session at the prompt.
pub(super) fn prepared(options: &SandboxOptions) -> Result<Begun> {
    let interpreter = Interpreter::find(options.image.as_deref())?;
    let lent = options.lent(Asked::Terminal)?;
    let furnished = options.packages.wanted(&lent).furnish(&interpreter)?;
    let version = interpreter.image().manifest().version.clone();
    let prepared = prepare(&furnished, options, &lent)?;
    Ok(Begun { prepared, version, colours: options.colours(), program: None })
}

/// Prepares the sandbox of a session whose cells read from the terminal, if there is one; else they have no input.
fn prepare(furnished: &Furnished, options: &SandboxOptions, lent: &Lent) -> Result<Prepared> {
    let interactive = io::stdin().is_terminal();
    let host = options.clone();
    let host = move || Ok(host.host().output(output::write));
    let wrap = move |live| -> Box<dyn Host> {
        if interactive { Box::new(TerminalHost::new(live, Keyboard::default())) } else { Box::new(live) }
    };
    let mut prepared = Prepared::new(furnished, lent, host, wrap);
    options.furnish(&mut prepared, false)?;
    Ok(prepared)
}

/// Runs cells from stdin, with a prompt if that is a terminal. Returns the exit status.
pub(super) fn converse(session: &mut Session, version: &str) -> Result<u8> {
    let mut source = if io::stdin().is_terminal() {
        output::say(&format!("Python {version}, sealed in Exuvia {}; Ctrl-D ends it", env!("CARGO_PKG_VERSION")));
        Source::Editor(Box::new(Editor::new(session)?))
    } else {
        Source::Lines(Lines::default())
    };
    while let Some(cell) = source.next(session)? {
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
