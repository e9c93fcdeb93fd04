//! `exuvia replay`: running a session again, and comparing.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use exuvia_core::journal::{SessionId, Source, Store};
use exuvia_sandbox::LiveHost;
use exuvia_session::{Environment, Meter, Passed, Replay, ReplayOptions, Replayed};
use serde::Serialize;

use super::given::Given;
use super::resume;
use crate::interpreter::Interpreter;
use crate::lent::Lent;
use crate::recording::{Prepared, told};
use crate::{journal, output};

/// How often a long replay tells how far it is.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(500);

const NOTES: &str = "\
No tool runs, no folder is read and nothing is written: all answers come from the journal. Every host call, every byte of \
output, every outcome and the memory at every checkpoint is compared with it.

A session that was imported gets no packages but those that are named here, with --with and --preload as when it was \
begun: its file does not choose what is fetched. They have to be the same, to the byte.

Exit status: 0 if all is as recorded, 1 with the first difference if it is not.";

/// Run a session again from its journal, and compare
#[derive(clap::Args)]
#[command(after_help = NOTES)]
pub(crate) struct Arguments {
    /// The session: its name, its id, or how its id begins
    session: String,

    /// Stop after this cell
    #[arg(long, value_name = "CELL")]
    until: Option<u32>,

    /// Begin with the checkpoint that was taken at this position, or the last one before it
    #[arg(long, value_name = "POSITION")]
    from: Option<u64>,

    /// Do not print what the session printed
    #[arg(long, short)]
    quiet: bool,

    /// Print what came of it as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    given: Given,
}

/// What came of a replay, for programs.
#[derive(Serialize)]
struct Report<'a> {
    session: &'a str,
    cells: u32,
    events: u64,
    left_out: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinished: Option<u32>,
    memory: &'a str,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8> {
    let store = journal::store(None)?;
    let id = resume::find(&store, &arguments.session)?;
    let environment = environment(&store, &id, &arguments.given)?;
    let mut options = ReplayOptions { until: arguments.until, from: arguments.from, ..ReplayOptions::default() };
    // What is printed again tells how far it is, too.
    let (ends, ended) = mpsc::channel();
    if !arguments.quiet && !arguments.json {
        options.output = Some(Box::new(output::write));
    } else if io::stderr().is_terminal() {
        options.meter = Some(Box::new(move |meter| drop(thread::spawn(move || tell(&meter, &ended)))));
    }
    let replay = Replay::new(Arc::clone(&store), environment, id.clone());
    let replayed = pollster::block_on(replay.run(options, |_| {}));
    drop(ends);
    let replayed = replayed.map_err(told)?;
    if arguments.json {
        let Replayed { cells, events, left_out, unfinished, memory } = &replayed;
        let (cells, events, left_out, unfinished) = (*cells, *events, *left_out, *unfinished);
        let report = Report { session: id.as_str(), cells, events, left_out, unfinished, memory };
        output::print((serde_json::to_string(&report)? + "\n").as_bytes());
    } else {
        let last = pollster::block_on(exuvia_session::last_cell(&store, &id)).map_err(told)?;
        output::say(&summary(&replayed, matches!(last, Some((_, Source::Finish)))));
    }
    Ok(0)
}

/// Tells how far a replay is, until that has ended.
fn tell(meter: &Meter, ended: &Receiver<()>) {
    while ended.recv_timeout(PROGRESS_INTERVAL) == Err(RecvTimeoutError::Timeout) {
        let Passed { cell, events, events_all } = meter.look();
        output::progress(&format!("cell {cell}, event {events} of {events_all}"));
    }
}

/// Returns what a session runs in. A session that was imported is believed nothing: it gets the image and the packages
/// that its user names here. One that was begun here gets what its own command line names, if it needs more than the
/// image.
fn environment(store: &Arc<dyn Store>, id: &SessionId, given: &Given) -> Result<Environment> {
    if !journal::is_begun_here(id)? {
        return Ok(bare(given)?.environment);
    }
    let opened = resume::opened(store, id)?;
    let has_secrets = opened.environment.iter().any(|variable| variable.value.is_none());
    if !given.packages.is_given() && opened.packages.is_empty() && !has_secrets {
        let prepared = bare(given)?;
        // One that was begun with another image may name it on its command line.
        if prepared.opened.image == opened.image {
            return Ok(prepared.environment);
        }
    }
    Ok(resume::begun(store, id, given)?.prepared.environment)
}

/// Prepares the image and the packages that are named here, with nothing lent.
fn bare(given: &Given) -> Result<Prepared> {
    let lent = Lent::default();
    let furnished = given.packages.wanted(&lent).furnish(&Interpreter::find(given.image.as_deref())?)?;
    let nobody = || Ok(LiveHost::builder());
    Ok(Prepared::new(&furnished, &lent, nobody, |live| Box::new(live)))
}

fn summary(replayed: &Replayed, has_finished: bool) -> String {
    let Replayed { cells, events, left_out, unfinished, .. } = replayed;
    let plural = |count: u64, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let mut all = format!("{} and {} as recorded", plural(u64::from(*cells), "cell"), plural(*events, "event"));
    if *left_out > 0 {
        let are = if *left_out == 1 { "is" } else { "are" };
        all += &format!("; {} of cells that were stopped or undone {are} left out", plural(*left_out, "event"));
    }
    if let Some(cell) = unfinished {
        all += &if has_finished {
            "; the journal ends at the end of the program".to_owned()
        } else {
            format!("; the journal ends in cell {cell}")
        };
    }
    all
}
