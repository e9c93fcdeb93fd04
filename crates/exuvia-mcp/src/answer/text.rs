//! The answer as text: what was printed, the value, what went wrong, and where one is.

use std::fmt::Write as _;

use super::error::Failure;
use super::media::Media;
use super::{Facts, OUTPUT, VALUE, seconds};
use crate::call::Ran;
use crate::output::{Room, cut};
use crate::resources::{Part, Place, Uri};

/// Writes the text.
pub(super) fn of(ran: &Ran, failure: Option<&Failure>, media: &Media, facts: &Facts<'_>) -> String {
    let mut text = String::new();
    printed(&mut text, ran, facts);
    if let Some(value) = &ran.outcome.value {
        end_line(&mut text);
        match media.markdown {
            Some(markdown) => write_cut(&mut text, markdown, VALUE, &whole(facts, ran, Part::Rich("text/markdown"))),
            None => {
                text.push_str("→ ");
                write_cut(&mut text, &value.repr, VALUE, &whole(facts, ran, Part::Value));
            }
        }
        for line in &media.lines {
            end_line(&mut text);
            text.push_str(line);
        }
    }
    if let Some(failure) = failure {
        end_line(&mut text);
        failure.write(&mut text);
    }
    end_line(&mut text);
    if ran.files.len() > super::linked(ran).count() {
        let _ = writeln!(text, "{} files were made or changed", ran.files.len());
    }
    let time = seconds(ran.outcome.usage.wall_time);
    let _ = write!(text, "session: {} · cell {} · {time}", facts.session, ran.cell);
    text
}

/// Writes what was printed: stdout, and then stderr, which share the room.
fn printed(text: &mut String, ran: &Ran, facts: &Facts<'_>) {
    let (stdout, stderr) = (&ran.outcome.stdout, &ran.outcome.stderr);
    let [out, err] = OUTPUT.shared(stdout.len(), stderr.len());
    for (printed, room, part) in [(stdout, out, Part::Stdout), (stderr, err, Part::Stderr)] {
        end_line(text);
        let all = match &ran.whole {
            Some(path) => format!("open('{path}'), or {}", whole(facts, ran, part)),
            None => whole(facts, ran, part),
        };
        write_cut(text, printed, room, &all);
    }
}

fn write_cut(text: &mut String, from: &str, room: Room, all: &str) {
    let cut = cut(from, room);
    text.push_str(cut.head);
    if cut.left_out > 0 {
        end_line(text);
        let _ = writeln!(text, "… {} bytes left out: {all} …", cut.left_out);
        text.push_str(cut.tail);
    }
}

/// Returns the resource that has all of something.
fn whole(facts: &Facts<'_>, ran: &Ran, part: Part) -> String {
    // What counts for nothing is in no journal that is read.
    if ran.is_undone {
        return "they are gone with the cell".to_owned();
    }
    let uri = Uri { session: facts.session.to_string(), place: Place::Part { cell: ran.cell, part } };
    format!("resource {uri}")
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}
