//! `exuvia resume`: going on with a session whose process has ended.

mod outcomes;

use std::sync::Arc;

use anyhow::Result;
use clap::Parser as _;
use exuvia_core::journal::{Event, Opened, SessionId, Source, Store};
use exuvia_session::{Resumed, Session};

use super::given::Given;
use super::{Command, agent, mcp, repl, run};
use crate::failure::Failure;
use crate::journal;
use crate::printable::printable;
use crate::recording::{CommandLine, Prepared, Runner, now, told};
use outcomes::Earlier;

/// How many events a session has at most before its first cell: how it was opened, and what is noted of that.
const EVENTS_BEFORE_A_CELL_MAX: usize = 8;

const NOTES: &str = "\
A program that was under way goes on where its process ended, at whatever moment that was, and what it had printed is not \
printed again. A session at its prompt, or one that `exuvia fork` made, goes on with cells from stdin. What the session \
was lent is lent again: its command line is in its journal. A tool call that had begun and not ended is made again if \
the tool is declared idempotent, else the program sees `exuvia.ToolInterrupted`.";

/// Go on with a session whose process has ended
#[derive(clap::Args)]
#[command(after_help = NOTES)]
pub(crate) struct Arguments {
    /// The session: its name, its id, or how its id begins
    session: String,

    /// Print what was printed before, too
    #[arg(long)]
    from_start: bool,

    #[command(flatten)]
    given: Given,

    #[command(flatten)]
    trust: Trust,
}

/// Whether a session that came from a file is lent what it says.
#[derive(clap::Args, Clone)]
pub(super) struct Trust {
    /// Lend a session that was imported what its own command line says: folders, tools, all of it
    #[arg(long)]
    trust: bool,
}

impl Trust {
    /// Refuses a session that somebody else has begun, unless its user says that it may be trusted.
    pub(super) fn check(&self, store: &Arc<dyn Store>, id: &SessionId) -> Result<()> {
        if self.trust || journal::is_begun_here(id)? {
            return Ok(());
        }
        let command = CommandLine::of(store, id)?.map(|command| command.arguments.join(" ")).unwrap_or_default();
        let problem =
            format!("session `{id}` was imported, and would be lent what it says itself: {}", printable(&command));
        Err(Failure::usage(problem).hint("if that may be, say so with --trust; `exuvia replay` lends nothing").into())
    }
}

/// How a session was begun, and with what it goes on.
pub(super) struct Begun {
    pub(super) prepared: Prepared,
    pub(super) version: String,
    pub(super) colours: bool,
    /// What is done at its end, if it is one program.
    pub(super) program: Option<run::Commanded>,
}

impl Begun {
    /// Returns the program, if a session is that: a fork of it goes on at a prompt.
    fn program_of(&self, opened: &Opened) -> Option<&run::Commanded> {
        self.program.as_ref().filter(|_| opened.parent.is_none())
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<u8> {
    let store = journal::store(None)?;
    let id = find(&store, &arguments.session)?;
    arguments.trust.check(&store, &id)?;
    if CommandLine::is_of_agent(&store, &id)? {
        let failure = Failure::usage(format!("session `{id}` is an agent's"));
        let hint =
            format!("`exuvia agent --resume {id}` goes on with it, `exuvia fork {id}` opens what it has at a prompt");
        return Err(failure.hint(hint).into());
    }
    let begun = begun(&store, &id, &arguments.given)?;
    if begun.program_of(&opened(&store, &id)?).is_none() {
        reopen(&store, &id)?;
    }
    let environment = begun.prepared.environment.clone();
    let resumed = Session::resume(Arc::clone(&store), environment, &id, arguments.from_start);
    let (session, resumed) = pollster::block_on(resumed).map_err(told)?;
    go_on(&store, begun, session, resumed)
}

/// Finds a session.
pub(super) fn find(store: &Arc<dyn Store>, wanted: &str) -> Result<SessionId> {
    Ok(pollster::block_on(store.find(wanted)).map_err(journal::failure)?)
}

/// Returns with what a session begins.
pub(super) fn opened(store: &Arc<dyn Store>, id: &SessionId) -> Result<Opened> {
    let first = pollster::block_on(store.read(id, 0, 1)).map_err(journal::failure)?.pop();
    exuvia_session::opened_of(id, first.map(|first| first.event)).map_err(told)
}

/// Prepares what a session was begun with, from the command line that its journal has and what it is given here. This
/// process is in that folder then.
pub(super) fn begun(store: &Arc<dyn Store>, id: &SessionId, given: &Given) -> Result<Begun> {
    let Some(command) = CommandLine::of(store, id)? else { return Err(without_command(store, id)?.into()) };
    std::env::set_current_dir(&command.folder).map_err(|error| Failure::unreadable(&command.folder, &error))?;
    let line = std::iter::once("exuvia".to_owned()).chain(command.arguments);
    let parsed = super::Arguments::try_parse_from(line)
        .map_err(|error| Failure::new(format!("the session's command line cannot be used any more: {error}")))?;
    match parsed.command {
        Command::Run(arguments) => run::again(arguments, given),
        Command::Repl(arguments) => repl::again(arguments, given),
        Command::Mcp(arguments) => mcp::again(arguments, given),
        Command::Agent(arguments) => agent::again(*arguments, given),
        _ => Err(Failure::new(format!("session `{id}` was begun with another command")).into()),
    }
}

/// Tells why a session has no command line.
fn without_command(store: &Arc<dyn Store>, id: &SessionId) -> Result<Failure> {
    let ran = pollster::block_on(exuvia_session::last_cell(store, id)).map_err(told)?;
    Ok(match ran {
        None if journal::is_begun_here(id)? => {
            Failure::usage(format!("session `{id}` ended before anything ran in it"))
                .hint(format!("`exuvia session rm {id}` removes it"))
        }
        _ => Failure::usage(format!("session `{id}` was not begun with `exuvia run`, `agent`, `repl` or `mcp`"))
            .hint("the program that made it can go on with it"),
    })
}

/// Takes back that a session at its prompt was ended: what it held is there again.
fn reopen(store: &Arc<dyn Store>, id: &SessionId) -> Result<()> {
    if let Some(cell) = last_open_cell(store, id)? {
        pollster::block_on(exuvia_session::undo(store, id, Some(cell), now())).map_err(told)?;
    }
    Ok(())
}

/// Returns the cell from whose end a fork goes on if none is named: the last one that is not a program's end.
pub(super) fn last_open_cell(store: &Arc<dyn Store>, id: &SessionId) -> Result<Option<u32>> {
    let last = pollster::block_on(exuvia_session::last_cell(store, id)).map_err(told)?;
    Ok(match last {
        Some((cell, Source::Finish)) => Some(cell - 1),
        _ => None,
    })
}

/// Goes on with a session that was resumed: a program to its end, all others with cells from stdin. Returns the exit
/// status.
pub(super) fn go_on(store: &Arc<dyn Store>, begun: Begun, mut session: Session, resumed: Resumed) -> Result<u8> {
    let limits = session.opened().limits.clone();
    if let Some(program) = begun.program_of(session.opened()) {
        let stands = resumed.continued.is_some() || session.cells() > 0;
        return if stands {
            end_program(store, program, session, resumed)
        } else {
            begin_program(store, program, session)
        };
    }
    if !session.sandbox().is_alive() {
        return Err(ended(&session).into());
    }
    let runner = Runner::Recorded(Box::new(session));
    let mut session = repl::Session::of(runner, limits, begun.colours);
    if let Some((_, outcome)) = resumed.continued
        && let Some(status) = session.shown(&outcome)?
    {
        return Ok(status);
    }
    repl::converse(&mut session, &begun.version)
}

/// Runs a program whose process ended before it could begin. One that was stopped, or undone, has begun.
fn begin_program(store: &Arc<dyn Store>, program: &run::Commanded, session: Session) -> Result<u8> {
    let id = session.id().clone();
    let first = pollster::block_on(store.read(&id, 0, EVENTS_BEFORE_A_CELL_MAX)).map_err(journal::failure)?;
    let again = format!("`exuvia fork {id} --at 0` goes on from before it");
    if first.iter().any(|recorded| matches!(recorded.event, Event::CellStarted { .. })) {
        let failure = Failure::usage(format!("the program of session `{id}` was stopped from outside, or undone"));
        return Err(failure.hint(again).into());
    }
    if program.came_on_stdin() {
        let failure =
            Failure::usage(format!("session `{id}` ended before its program, which came on stdin, could begin"));
        return Err(failure.hint(again).into());
    }
    program.run(&mut Runner::Recorded(Box::new(session)))
}

/// Ends a program as `exuvia run` does: its outcome is made of those of all its cells, whichever process they ended in.
/// What is done at its end is done, too, unless that is noted.
fn end_program(store: &Arc<dyn Store>, program: &run::Commanded, mut session: Session, resumed: Resumed) -> Result<u8> {
    let has_ended = !session.sandbox().is_alive() && resumed.continued.is_none();
    if has_ended && !program.has_conclusion() {
        return Err(ended(&session).into());
    }
    let last = resumed.continued.as_ref().map_or(session.cells(), |(cell, _)| cell.saturating_sub(1));
    let earlier = Earlier { session: session.id(), last, keeps_output: program.keeps_output() };
    let (mut all, is_concluded) = earlier.outcomes(store)?;
    if has_ended && is_concluded {
        return Err(ended(&session).into());
    }
    all.extend(resumed.continued.map(|(_, outcome)| outcome));
    let mut runner = Runner::Recorded(Box::new(session));
    if runner.is_alive() {
        all.push(runner.perform(Source::Finish)?);
    }
    let outcome = all.into_iter().reduce(run::combine).expect("the program was resumed, or has just come to its end");
    program.conclude(&mut runner, &outcome)
}

fn ended(session: &Session) -> Failure {
    let failure = Failure::usage(format!("the program of session `{}` has ended", session.id()));
    failure.hint(format!("go on from one of its cells with `exuvia fork {} --at CELL`", session.id()))
}
