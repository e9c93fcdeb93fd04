//! From the start of a process to its first line of output.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::journal::Place;
use super::report::Row;
use super::{peers, statistics};
use crate::{image, tools};

const PROGRAM: &str = "print(1)";
/// The rows of a program that carries its image.
const PACKED_FIRST: &str = "first start of the packed program";
const PACKED_LATER: &str = "later start of the packed program";
/// Every how many rounds the slow one has its turn.
const SLOW_EVERY: u32 = 24;

/// Returns a program that was built with optimisation, beside this one's own folder.
pub(super) fn released(name: &str) -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let profiles = this.parent().and_then(Path::parent).context("this program lies in no target folder")?;
    Ok(profiles.join("release").join(name))
}

/// Measures all in turns.
pub(super) fn measure(rounds: u32) -> Result<Row> {
    tools::say("process starts");
    let mut commands = vec![];
    let journal = Place::new("start")?;
    let exuvia = released("exuvia")?;
    if exuvia.is_file() {
        let mut command = Command::new(exuvia);
        command.args(["run", "-c", PROGRAM]).env("EXUVIA_IMAGE", image::path()).env("EXUVIA_CACHE", image::cache());
        // As users run it: recorded.
        command.env("EXUVIA_JOURNAL", journal.path()).env_remove("EXUVIA_DURABILITY");
        commands.push(("exuvia", 1, command));
    } else {
        tools::say("without the command line: it is not built");
    }
    for (name, options) in [("python3", &["-c", PROGRAM][..]), ("python3 -I", &["-I", "-c", PROGRAM])] {
        let mut command = Command::new(peers::python());
        command.args(options);
        commands.push((name, 1, command));
    }
    let mut pyodide = Command::new(peers::node()?);
    pyodide.arg(peers::pyodide_worker()).arg(peers::pyodide_package()?).arg("start");
    commands.push(("pyodide", SLOW_EVERY, pyodide));

    let mut times = vec![Vec::new(); commands.len()];
    for round in 0..=rounds {
        for ((_, every, command), times) in commands.iter_mut().zip(&mut times) {
            if round % *every == 0 {
                let seconds = first_line(command)?;
                // The first round fills the caches.
                if round > 0 {
                    times.push(seconds);
                }
            }
        }
    }
    let mut row = Row::new("start", "process start to first line", "ms");
    for ((name, _, _), times) in commands.iter().zip(&mut times).filter(|(_, times)| !times.is_empty()) {
        row.set(name, statistics::median(times) * 1e3);
    }
    Ok(row)
}

/// Measures a program that carries its image: how long its first start takes, which unpacks it, and how long later ones.
pub(super) fn packed(rounds: u32) -> Result<Vec<Row>> {
    tools::say("process starts of a program that carries its image");
    let (exuvia, journal) = (released("exuvia")?, Place::new("packed")?);
    let (mut firsts, mut laters) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let cache = Place::new("unpacked")?;
        let mut command = Command::new(&exuvia);
        command.args(["run", "-c", PROGRAM]).env_remove("EXUVIA_IMAGE").env("EXUVIA_CACHE", cache.path());
        command.env("EXUVIA_JOURNAL", journal.path()).env_remove("EXUVIA_DURABILITY");
        let first = first_line(&mut command)?;
        // The second start finds the image whole, and notes that.
        first_line(&mut command)?;
        let later = first_line(&mut command)?;
        // The first round fills the system's own caches.
        if round > 0 {
            firsts.push(first);
            laters.push(later);
        }
    }
    let rows = [(PACKED_FIRST, &mut firsts), (PACKED_LATER, &mut laters)].map(|(name, times)| {
        let mut row = Row::new("start", name, "ms");
        row.set("exuvia", statistics::median(times) * 1e3);
        row
    });
    Ok(rows.into())
}

fn first_line(command: &mut Command) -> Result<f64> {
    let started = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut line = String::new();
    let stdout = child.stdout.take().expect("it was asked for");
    BufReader::new(stdout).read_line(&mut line)?;
    let seconds = started.elapsed().as_secs_f64();
    let status = child.wait()?;
    ensure!(line == "1\n" && status.success(), "`{command:?}` failed ({status})");
    Ok(seconds)
}
