//! What a model is told of a cell: output, value, error, files; compact, and bounded.

use std::fmt::Write as _;

use exuvia_core::agent::{Content, Observed, Origin, Part, Problem};
use exuvia_core::journal::Opened;
use exuvia_core::observation::excerpt::{Room, shown};
use exuvia_core::observation::{Circumstances, Failure, end_line, seconds, write_cut, write_printed};
use exuvia_core::{Outcome, Value};
use exuvia_session::Settled;

/// How much of what a cell prints is told, of stdout and stderr together.
const OUTPUT: Room = Room { head: 6 << 10, tail: 2 << 10 };
/// The same, in bytes.
pub(crate) const OUTPUT_BYTES_MAX: usize = OUTPUT.head + OUTPUT.tail;
/// How much of a value's `repr` is told.
const VALUE: Room = Room { head: 3 << 10, tail: 1 << 10 };
/// How many files that a cell has made or changed are named.
const FILES_MAX: usize = 20;
/// How much of a file's path is told, in bytes.
const PATH_BYTES_MAX: usize = 200;
/// The largest picture that is shown to a model, in bytes of base64.
const IMAGE_BYTES_MAX: usize = 4 << 20;
/// How much of a name that a model has made up is told to it, in bytes.
const NAME_BYTES_MAX: usize = 100;

/// Returns what the model is told of a cell.
pub(crate) fn cell(observed: &Observed, settled: &Settled, opened: &Opened) -> Vec<Part> {
    let outcome = &*observed.outcome;
    let mut text = String::new();
    write_printed(&mut text, outcome, OUTPUT, |_| match &settled.whole {
        Some(path) => format!("all of it is in {path}"),
        None => "they are gone".to_owned(),
    });
    let image = outcome.value.as_ref().and_then(image);
    if let Some(value) = &outcome.value {
        end_line(&mut text);
        text.push_str("→ ");
        write_cut(&mut text, &value.repr, VALUE, "print parts of it, or write it to a file");
    }
    let circumstances = Circumstances {
        limits: &opened.limits,
        packages: &opened.packages,
        more_time: None,
        is_undone: settled.is_undone,
    };
    if let Some(failure) = Failure::of(outcome, &circumstances) {
        end_line(&mut text);
        failure.write(&mut text);
    }
    files(&mut text, settled);
    end_line(&mut text);
    if is_silent(outcome) && text.is_empty() {
        text.push_str("(no output)\n");
    }
    let _ = write!(text, "[cell {} · {}]", observed.cell, seconds(outcome.usage.wall_time));
    let text = Part::text(Origin::Program, text);
    [Some(text), image].into_iter().flatten().collect()
}

/// Returns the picture that a value is, if it is one that is not too large.
fn image(value: &Value) -> Option<Part> {
    let (media_type, base64) = ["image/png", "image/jpeg"].into_iter().find_map(|media_type| {
        let base64 = value.rich.get(media_type)?.as_str()?;
        (base64.len() <= IMAGE_BYTES_MAX).then_some((media_type, base64))
    })?;
    let content = Content::Image { media_type: media_type.to_owned(), base64: base64.to_owned() };
    Some(Part { origin: Origin::Program, content })
}

fn files(text: &mut String, settled: &Settled) {
    if settled.files.is_empty() {
        return;
    }
    end_line(text);
    text.push_str("files written:");
    for file in settled.files.iter().take(FILES_MAX) {
        let _ = write!(text, " {} ({} bytes)", shown(&file.path, PATH_BYTES_MAX), file.bytes);
    }
    let more = settled.files.len().saturating_sub(FILES_MAX);
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
}

fn is_silent(outcome: &Outcome) -> bool {
    outcome.stdout.is_empty() && outcome.stderr.is_empty() && outcome.value.is_none()
}

/// Returns what the model is told of something that is not done.
pub(crate) fn problem(problem: &Problem) -> Part {
    let text = match problem {
        Problem::Tool(name) => {
            let name = shown(name, NAME_BYTES_MAX);
            format!("There is no tool `{name}`. The only one is `python`; everything else is a function in its code.")
        }
        Problem::Arguments(problem) => {
            let problem = shown(problem, NAME_BYTES_MAX);
            format!("The arguments cannot be read: {problem}. `python` takes one, `code`, a string of Python.")
        }
        Problem::Empty => "There was no code in it, so nothing was run.".to_owned(),
        Problem::TooLong { bytes, bytes_max } => {
            format!("The code has {bytes} bytes, the limit is {bytes_max}: nothing was run. Do it in smaller steps.")
        }
        Problem::TooMany => "These were too many calls at a time: this one was not made.".to_owned(),
        Problem::CutOff => "The code was cut off before its end, so nothing was run. Write less at a time.".to_owned(),
        Problem::Answered => {
            "An earlier call of the same reply has given the answer with `final`, so this one was not run.".to_owned()
        }
        Problem::FirstOnly(others) => {
            let blocks = if *others == 1 { "block" } else { "blocks" };
            format!("Only the first block of code was run; {others} more {blocks} of the same reply did not count.")
        }
    };
    Part::text(Origin::Host, text)
}

/// Returns what the model is told of an answer that is not taken, since these files are not there.
pub(crate) fn unaccepted(missing: &[String]) -> Part {
    let missing: Vec<_> = missing.iter().take(FILES_MAX).map(|path| shown(path, PATH_BYTES_MAX)).collect();
    let text = format!("The answer was not taken: there is no file {} to go with it.", missing.join(", "));
    Part::text(Origin::Host, text)
}
