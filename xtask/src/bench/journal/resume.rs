//! The whole process that goes on with a session of the command line whose process was killed.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::Place;
use crate::bench::report::{OURS, Row};
use crate::bench::{launch, statistics};
use crate::{image, tools};

/// How long the history of a session is, at least.
pub(super) struct History {
    /// Its row.
    pub(super) row: &'static str,
    cells: u32,
}

impl History {
    /// Returns after how many cells its sessions are killed. How old the last checkpoint is then, and how much of the journal
    /// is not in the database yet, is chance, and must not be the same for all.
    fn moments(&self) -> impl Iterator<Item = u32> {
        let cells = self.cells;
        (0..MOMENTS).map(move |moment| cells + moment * cells / 20)
    }
}

/// How many sessions of a length are killed.
const MOMENTS: u32 = 5;

pub(super) const SHORT: History = History { row: "resume after kill, 100 cells", cells: 100 };
pub(super) const LONG: History = History { row: "resume after kill, 1,000 cells", cells: 1_000 };
/// What is beside the long one: the short one.
pub(super) const AFTER_SHORT: &str = "after 100 cells";
/// What is beside both: a session that begins, and is not recorded.
const NEW: &str = "a new session";
/// What the sessions are called.
const NAME: &str = "measured";

pub(super) fn measure(rounds: u32) -> Result<Vec<Row>> {
    let place = Place::new("resume")?;
    let program = launch::released("exuvia")?;
    if !program.is_file() {
        tools::say("without sessions that are killed: the command line is not built");
        return Ok(Vec::new());
    }
    let mut killed = Vec::new();
    for history in [SHORT, LONG] {
        tools::say(history.row);
        let sessions: Result<Vec<_>> = history.moments().map(|cells| Killed::record(&program, &place, cells)).collect();
        killed.push(sessions?);
    }
    let [mut short, mut long, mut new] = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..=rounds {
        for (after_short, after_long) in killed[0].iter().zip(&killed[1]) {
            let times = [after_short.resume()?, after_long.resume()?, begin(&program, &place)?];
            // The first round fills the caches.
            if round > 0 {
                for (all, time) in [&mut short, &mut long, &mut new].into_iter().zip(times) {
                    all.push(time);
                }
            }
        }
    }
    let [short, long, new] = [&mut short, &mut long, &mut new].map(|times| statistics::median(times) * 1e3);
    let mut rows = [SHORT, LONG].map(|history| Row::new("journal", history.row, "ms"));
    for (row, time) in rows.iter_mut().zip([short, long]) {
        row.set(OURS, time);
        row.set(NEW, new);
    }
    rows[1].set(AFTER_SHORT, short);
    Ok(rows.into())
}

/// A session that was killed at its prompt.
struct Killed<'a> {
    program: &'a Path,
    /// Its journal, as the killed process left it.
    journal: PathBuf,
    /// Where that is copied to.
    copy: PathBuf,
}

impl<'a> Killed<'a> {
    /// Runs so many cells, and kills the process when it has shown what the last one gave.
    fn record(program: &'a Path, place: &Place, cells: u32) -> Result<Self> {
        let [journal, copy] = ["left", "copy"].map(|name| place.path().join(format!("{name}-{cells}")));
        let killed = Self { program, journal, copy };
        let mut repl = command(program, &killed.journal, &["repl", "--session", NAME]);
        let mut repl = repl.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let ran = converse(&mut repl, cells);
        repl.kill()?;
        repl.wait()?;
        ran?;
        killed.check(cells)?;
        Ok(killed)
    }

    /// Refuses a session that does not know how many cells it had.
    fn check(&self, cells: u32) -> Result<()> {
        self.copy()?;
        let mut resume = command(self.program, &self.copy, &["resume", NAME]);
        let mut resume = resume.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        resume.stdin.take().context("it was asked for")?.write_all(b"len(x)\n")?;
        let output = resume.wait_with_output()?;
        ensure!(
            output.status.success() && output.stdout == format!("{cells}\n").as_bytes(),
            "the session of {cells} cells says {:?} ({})",
            String::from_utf8_lossy(&output.stdout),
            output.status
        );
        Ok(())
    }

    /// Goes on with a copy, and ends at once. Returns the seconds that the whole process took.
    fn resume(&self) -> Result<f64> {
        self.copy()?;
        seconds(&mut command(self.program, &self.copy, &["resume", NAME]))
    }

    /// Copies the journal: a session that was gone on with has ended.
    fn copy(&self) -> Result<()> {
        if self.copy.exists() {
            fs::remove_dir_all(&self.copy)?;
        }
        copy_folder(&self.journal, &self.copy)
    }
}

/// Types cells, and reads what each gives.
fn converse(repl: &mut Child, cells: u32) -> Result<()> {
    let mut stdin = repl.stdin.take().context("it was asked for")?;
    let mut stdout = BufReader::new(repl.stdout.take().context("it was asked for")?);
    let mut cell = "x = [0]; len(x)";
    for number in 1..=cells {
        writeln!(stdin, "{cell}")?;
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        ensure!(line == format!("{number}\n"), "cell {number} gives {line:?}");
        cell = "x.append(len(x)); len(x)";
    }
    Ok(())
}

/// Begins a session that is not recorded, and ends it at once.
fn begin(program: &Path, place: &Place) -> Result<f64> {
    seconds(&mut command(program, place.path(), &["repl", "--no-record"]))
}

fn command(program: &Path, journal: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env("EXUVIA_IMAGE", image::path()).env("EXUVIA_CACHE", image::cache());
    command.env("EXUVIA_JOURNAL", journal).env_remove("EXUVIA_DURABILITY");
    command
}

/// Returns how long a process takes that is given nothing and says nothing.
fn seconds(command: &mut Command) -> Result<f64> {
    command.stdin(Stdio::null());
    let started = Instant::now();
    let output = command.output()?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(
        output.status.success() && output.stdout.is_empty(),
        "`{command:?}` failed ({}):\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(seconds)
}

/// Copies a folder, and waits until it is on the disk: nobody who measures later waits for that.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            fs::File::open(&target)?.sync_all()?;
        }
    }
    Ok(())
}
