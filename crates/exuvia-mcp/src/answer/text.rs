//! The answer as text: what was printed, the value, what went wrong, and where one is.

use std::fmt::Write as _;

use exuvia_core::Stream;
use exuvia_core::observation::{Failure, end_line, seconds, write_cut, write_printed};

use super::media::Media;
use super::{Facts, OUTPUT, VALUE};
use crate::call::Ran;
use crate::resources::{Part, Place, Uri};

/// Writes the text.
pub(super) fn of(ran: &Ran, failure: Option<&Failure>, media: &Media, facts: &Facts<'_>) -> String {
    let mut text = String::new();
    if let Some(notice) = &ran.notice {
        let _ = writeln!(text, "{}", super::told(notice));
    }
    write_printed(&mut text, &ran.outcome, OUTPUT, |stream| {
        let whole = whole(
            facts,
            ran,
            match stream {
                Stream::Stdout => Part::Stdout,
                Stream::Stderr => Part::Stderr,
            },
        );
        match &ran.settled.whole {
            Some(path) => format!("open('{path}'), or {whole}"),
            None => whole,
        }
    });
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
    if ran.settled.files.len() > super::linked(ran).count() {
        let _ = writeln!(text, "{} files were made or changed", ran.settled.files.len());
    }
    let time = seconds(ran.outcome.usage.wall_time);
    let _ = write!(text, "session: {} · cell {} · {time}", facts.session, ran.settled.cell);
    text
}

/// Returns the resource that has all of something.
fn whole(facts: &Facts<'_>, ran: &Ran, part: Part) -> String {
    // What counts for nothing is in no journal that is read.
    if ran.settled.is_undone {
        return "they are gone with the cell".to_owned();
    }
    let uri = Uri { session: facts.session.to_string(), place: Place::Part { cell: ran.settled.cell, part } };
    format!("resource {uri}")
}
