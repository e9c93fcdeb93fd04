//! All that was run in a session, as one script that runs again without anybody who thinks of it.
//!
//! The cells that stand come one after the other, as they were written. One that awaits something at its top level, has a
//! feature of `__future__`, or has raised something is run from a string by a few lines at the beginning, so that what
//! comes after it runs, too. One that was interrupted ends where it was: its statements that had not ended are comments.

mod literal;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::sync::Arc;

use exuvia_core::journal::{Opened, Source};
use exuvia_core::{Outcome, Status};
use exuvia_session::{RecordedCell, cells, output_path, outputs_named_in};
use serde::Deserialize;

use crate::call::computing;
use crate::maker::Prepared;
use crate::output::Tail;
use crate::refusal::Refusal;
use crate::sessions::{Sessions, Slot};
use literal::literal;

/// Looks at cells, in a sandbox of its own: that of the session is its program's.
const LOOK: &str = include_str!("script/cells.py");
/// What runs cells from strings.
const FRAME: &str = include_str!("script/frame.py");
/// Where the cells are given to it.
const CELLS: &str = "/tmp/cells.json";
/// How much a script has at most, in bytes.
const BYTES_MAX: usize = 8 << 20;

/// What has to be known of a cell.
#[derive(Debug, Deserialize)]
struct Looked {
    /// Whether it means the same as a part of a script.
    is_plain: bool,
    /// How many of its lines had been run when it was interrupted.
    ended: usize,
}

/// A cell that becomes a part of a script.
struct Piece {
    number: u32,
    source: String,
    raised: Option<String>,
    /// Where it was interrupted: in which line, from 1.
    interrupted: Option<u64>,
    /// The file in which all that it printed was, if a later cell names that.
    keeps: Option<String>,
}

/// Returns a session's script.
pub(crate) async fn of(sessions: &Sessions, slot: &Slot) -> Result<String, Refusal> {
    let store = sessions.store().await;
    let (read, id) = (Arc::clone(&store), slot.id().clone());
    let (mut pieces, bytes) = computing(move || async move {
        let (mut pieces, mut bytes) = (Vec::new(), 0);
        let read = cells(&read, &id, |cell| {
            if let Some(piece) = Piece::of(cell) {
                bytes += piece.source.len();
                pieces.push(piece);
            }
            if bytes > BYTES_MAX { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        read.await.map(|()| (pieces, bytes))
    })
    .await?;
    if bytes > BYTES_MAX {
        return Err(Refusal::TooLarge { what: "the script", bytes_max: BYTES_MAX });
    }
    keep_outputs(&mut pieces);
    let opened = match store.read(slot.id(), 0, 1).await.map_err(exuvia_session::SessionError::from)?.pop() {
        Some(exuvia_core::journal::Recorded { event: exuvia_core::journal::Event::Opened(opened), .. }) => opened,
        _ => Box::new(sessions.offer().await.clone()),
    };
    let looked = look(sessions, &pieces).await?;
    Ok(script(&opened, &pieces, &looked))
}

/// Finds the cells whose output a later one reads where an answer has said that it is.
fn keep_outputs(pieces: &mut [Piece]) {
    let mut named = BTreeSet::new();
    for piece in pieces.iter_mut().rev() {
        piece.keeps = named.contains(&piece.number).then(|| output_path(piece.number));
        named.extend(outputs_named_in(&piece.source));
    }
}

/// Has Python look at cells.
async fn look(sessions: &Sessions, pieces: &[Piece]) -> Result<Vec<Option<Looked>>, Refusal> {
    let Prepared { environment, .. } = sessions.prepare(&Tail::default()).await?;
    let told: Vec<_> = pieces.iter().map(|piece| (piece.number, &piece.source, piece.interrupted)).collect();
    let told = serde_json::to_vec(&told).expect("it is made of texts and numbers");
    let mut opened = environment.opened([0; 32]);
    opened.limits.wall_time = Some(sessions.options().timeout);
    opened.files = vec![exuvia_core::journal::GivenFile { path: CELLS.to_owned(), content: told }];
    let outcome = computing(move || async move {
        let mut sandbox = environment.sandbox(&opened).build_async().await?;
        sandbox.run_async(LOOK).await
    })
    .await
    .map_err(exuvia_session::SessionError::from)?;
    let looked: Option<Vec<_>> = serde_json::from_str(&outcome.stdout).ok();
    looked.filter(|looked| looked.len() == pieces.len()).ok_or(Refusal::NoScript)
}

impl Piece {
    fn of(cell: RecordedCell) -> Option<Self> {
        let Source::Cell(source) = cell.source else { return None };
        let Outcome { status, error, .. } = cell.outcome;
        let interrupted =
            error.as_ref().filter(|error| error.limit.is_some() || error.type_name == "KeyboardInterrupt");
        let file = format!("<cell {}>", cell.number);
        let line = interrupted.map(|error| {
            let frame = error.frames.iter().find(|frame| frame.file == file);
            frame.and_then(|frame| frame.line).unwrap_or(1)
        });
        // The name is the program's word: it becomes a part of a script.
        let name = |name: &str| {
            name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')).take(100).collect()
        };
        let raised = match (status, error) {
            (Status::Exited { .. }, _) => Some("SystemExit".to_owned()),
            (_, Some(error)) => Some(name(&error.type_name)),
            _ => None,
        };
        Some(Self { number: cell.number, source, raised, interrupted: line, keeps: None })
    }

    fn write(&self, script: &mut String, looked: Option<&Looked>) {
        let _ = writeln!(script, "\n# %% cell {}", self.number);
        match looked {
            None => {
                let _ = writeln!(script, "# It is not Python:");
                comment(script, self.source.lines());
            }
            Some(looked) if self.interrupted.is_some() => {
                let mut lines = self.source.lines();
                let ended: Vec<&str> = lines.by_ref().take(looked.ended).collect();
                if !ended.is_empty() {
                    self.run(script, &ended.join("\n"), looked.is_plain, None);
                }
                let _ = writeln!(script, "# It was interrupted here ({}):", self.raised.as_deref().unwrap_or_default());
                comment(script, lines);
            }
            Some(looked) => self.run(script, &self.source, looked.is_plain, self.raised.as_deref()),
        }
    }

    fn run(&self, script: &mut String, source: &str, is_plain: bool, raised: Option<&str>) {
        if is_plain && raised.is_none() && self.keeps.is_none() && is_harmless(source) {
            script.push_str(source.trim_end());
            script.push('\n');
            return;
        }
        let raises = raised.map(|raised| format!(", raises={raised:?}")).unwrap_or_default();
        let keeps = self.keeps.as_ref().map(|path| format!(", keeps={path:?}")).unwrap_or_default();
        let _ = writeln!(script, "_cell({}, {}{raises}{keeps})", self.number, literal(source));
    }
}

/// Whether a source means the same where it stands in a file: line ends as they are read, no metadata of its own.
fn is_harmless(source: &str) -> bool {
    !source.contains(['\r', '\0', '\x0c', '\x1a']) && !source.lines().any(|line| line.starts_with("# ///"))
}

/// Writes the script.
fn script(opened: &Opened, pieces: &[Piece], looked: &[Option<Looked>]) -> String {
    let mut script = metadata(opened);
    let needs_frame = |(piece, looked): (&Piece, &Option<Looked>)| {
        let looked = looked.as_ref();
        let is_part = |looked: &Looked| {
            looked.is_plain && piece.raised.is_none() && piece.keeps.is_none() && is_harmless(&piece.source)
        };
        looked.is_some_and(|looked| !is_part(looked))
    };
    if pieces.iter().zip(looked).any(needs_frame) {
        script.push('\n');
        script.push_str(FRAME);
    }
    for (piece, looked) in pieces.iter().zip(looked) {
        piece.write(&mut script, looked.as_ref());
    }
    script
}

/// Writes the metadata (PEP 723), and how the script is run.
fn metadata(opened: &Opened) -> String {
    let mut text = String::from("# /// script\n");
    let mut version = opened.engine.version.splitn(3, '.');
    let (major, minor) = (version.next().unwrap_or("3"), version.next().unwrap_or("0"));
    let _ = writeln!(text, "# requires-python = \">={major}.{minor}\"");
    let packages = opened.packages.iter().map(|package| format!("\"{}=={}\"", package.name, package.version));
    let _ = writeln!(text, "# dependencies = [{}]", packages.collect::<Vec<_>>().join(", "));
    let _ = writeln!(text, "# [tool.exuvia]\n# image = \"{}\"\n# ///", opened.image);
    let mut needs = Vec::new();
    needs.extend(opened.tools.iter().map(|tool| format!("the function `{}`", tool.name)));
    needs.extend(opened.mounts.iter().map(|mount| format!("the folder {}", mount.path.escape_default())));
    if needs.is_empty() {
        text.push_str("# Run it with: exuvia run --with-script - < FILE\n");
    } else {
        let _ = writeln!(text, "# Run it with: exuvia run --with-script --config exuvia.toml - < FILE");
        let _ = writeln!(text, "# It needs {}.", needs.join(", "));
    }
    text
}

fn comment<'a>(script: &mut String, lines: impl Iterator<Item = &'a str>) {
    for line in lines {
        // A form feed or a lone carriage return would end the comment.
        let line: String = line.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect();
        let _ = writeln!(script, "#   {line}");
    }
}
