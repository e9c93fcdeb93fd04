//! Running a cell in its turn.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use exuvia_core::{Outcome, Status};
use exuvia_sandbox::FileEntry;
use exuvia_session::{Session, SessionError};

use super::Cancellation;
use crate::answer::is_cut;
use crate::refusal::Refusal;
use crate::resources::{FILES_MAX, FOLDERS};
use crate::sessions::{Awake, OWNER, Sessions, Visit, computing_in};

/// Where the whole of what a cell has printed is put, if its answer has but a part; its number and `.txt` follow.
const OUTPUT: &str = "/tmp/outputs/cell-";

/// A cell that is to be run.
pub(super) struct Job {
    pub(super) sessions: Arc<Sessions>,
    pub(super) visit: Visit,
    pub(super) code: String,
    pub(super) timeout: Duration,
    pub(super) cpu_time: Option<Duration>,
    pub(super) cancellation: Cancellation,
}

/// A cell that has run.
pub(crate) struct Ran {
    /// Its number.
    pub(crate) cell: u32,
    pub(crate) outcome: Outcome,
    /// Whether it counts for nothing, since it has ended its sandbox: the session is as it was before.
    pub(crate) is_undone: bool,
    /// The file in which all that it has printed is.
    pub(crate) whole: Option<String>,
    /// The files that it has made or changed.
    pub(crate) files: Vec<FileEntry>,
}

impl Ran {
    /// Returns whether it missed a name at the beginning of a session: whoever wrote it may have meant another one.
    pub(super) fn is_new_and_lost(&self) -> bool {
        let error = self.outcome.error.as_ref();
        self.cell == 1 && error.is_some_and(|error| error.type_name == "NameError")
    }
}

impl Job {
    /// Runs the cell in its turn. It leaves the line if it is cancelled before that.
    pub(super) async fn run(self) -> Result<Ran, Refusal> {
        let Self { sessions, visit, code, timeout, cpu_time, cancellation } = self;
        let mut turn = tokio::select! {
            biased;
            () = cancellation.cancelled() => return Err(Refusal::Cancelled),
            turn = visit.turn() => turn?,
        };
        let permit = tokio::select! {
            biased;
            () = cancellation.cancelled() => return Err(Refusal::Cancelled),
            permit = sessions.permits().acquire(visit.tenant()) => permit?,
        };
        sessions.wake(&visit, &mut turn).await?;
        visit.tail().clear();
        let aimed = cancellation.clone();
        let (mut turn, ran) =
            computing_in(turn, async move |awake| perform(awake, &code, (timeout, cpu_time), &aimed).await).await;
        drop(permit);
        cancellation.aim(None);
        if matches!(ran, Err(Refusal::Session(_))) {
            // What is in its journal is what the next call goes on with.
            sessions.drop_session(&mut turn).await;
        }
        ran
    }
}

async fn perform(
    awake: &mut Awake,
    code: &str,
    (wall_time, cpu_time): (Duration, Option<Duration>),
    cancellation: &Cancellation,
) -> Result<Ran, Refusal> {
    let Awake { session, files } = awake;
    session.ready().await?;
    session.sandbox().limit_time(Some(wall_time), cpu_time);
    let before = files.take().unwrap_or_else(|| list(session));
    cancellation.aim(Some(session.interrupter()));
    if cancellation.is_cancelled() {
        // Whoever cancels it from here on interrupts it.
        return Err(Refusal::Cancelled);
    }
    let outcome = session.run(code).await?;
    let ran = settle(session, outcome, before, files).await?;
    if cancellation.is_cancelled() {
        session.note(OWNER, serde_json::json!({ "cancelled": ran.cell }))?;
    }
    Ok(ran)
}

/// Undoes a cell that has ended its sandbox. Of others, keeps all that they have printed, and finds what they have written.
async fn settle(
    session: &mut Session,
    outcome: Outcome,
    before: Vec<FileEntry>,
    files: &mut Option<Vec<FileEntry>>,
) -> Result<Ran, SessionError> {
    let cell = session.cells();
    let is_stopped = matches!(outcome.status, Status::Stopped { .. });
    let mut ran = Ran { cell, outcome, is_undone: is_stopped, whole: None, files: Vec::new() };
    if is_stopped {
        return Ok(ran);
    }
    if !session.sandbox().is_alive() {
        // `os._exit` ends a process; a session is none.
        session.undo(cell - 1).await?;
        ran.is_undone = true;
        return Ok(ran);
    }
    if is_cut(&ran.outcome) {
        let path = output_path(cell);
        let all = [ran.outcome.stdout.as_bytes(), ran.outcome.stderr.as_bytes()].concat();
        // Where there is no room, the journal has it.
        ran.whole = session.give(&path, all).is_ok().then_some(path);
    }
    let after = list(session);
    let before: HashSet<&FileEntry> = before.iter().collect();
    let is_new = |file: &&FileEntry| !before.contains(file) && ran.whole.as_ref() != Some(&file.path);
    ran.files = after.iter().filter(is_new).cloned().collect();
    *files = Some(after);
    Ok(ran)
}

/// Returns where all that a cell has printed is put.
pub(crate) fn output_path(cell: u32) -> String {
    format!("{OUTPUT}{cell}.txt")
}

/// Returns the cells whose output a source names.
pub(crate) fn outputs_named_in(source: &str) -> impl Iterator<Item = u32> {
    source.match_indices(OUTPUT).filter_map(|(at, _)| {
        let rest = &source[at + OUTPUT.len()..];
        let digits = rest.len() - rest.trim_start_matches(|character: char| character.is_ascii_digit()).len();
        rest[..digits].parse().ok()
    })
}

/// Returns the files of a session that are its own, sorted by path.
fn list(session: &mut Session) -> Vec<FileEntry> {
    let sandbox = session.sandbox();
    FOLDERS.iter().flat_map(|folder| sandbox.files(folder, FILES_MAX)).collect()
}
