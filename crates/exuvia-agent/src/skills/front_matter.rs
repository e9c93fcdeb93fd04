//! The YAML at the beginning of a `SKILL.md`.
//!
//! As much of YAML as it takes: texts, lists and maps of them. Each scalar is the text that is written, as in strictyaml,
//! by which the format's reference implementation reads: no `no` becomes false, no `1.10` a number. Anchors, aliases and
//! tags have no place in it, so nothing that is short can become long.

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

/// How deep lists and maps may lie in each other.
const DEPTH_MAX: usize = 8;

/// A key with its value.
#[derive(Debug, PartialEq)]
pub(super) struct Field {
    pub(super) key: String,
    /// The key's line, from 1.
    pub(super) line: usize,
    pub(super) value: Value,
}

/// A value.
#[derive(Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    List(Vec<Value>),
    Map(Vec<Field>),
}

/// What is wrong with a text that should be such YAML.
#[derive(Debug, PartialEq)]
pub(super) struct Problem {
    /// From 1.
    pub(super) line: usize,
    pub(super) text: String,
}

/// What is open where a document is read.
enum Open {
    List(Vec<Value>),
    Map { fields: Vec<Field>, key: Option<(String, usize)> },
}

/// Reads a map.
pub(super) fn parse(text: &str) -> Result<Vec<Field>, Problem> {
    let mut open: Vec<Open> = Vec::new();
    let mut whole = None;
    let mut first_line = 1;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| unreadable(&error))?;
        let line = span.start.line();
        if matches!(event, Event::DocumentStart(_)) {
            first_line = line;
        }
        refuse_extras(&event, line)?;
        let value = match event {
            Event::Scalar(text, style, ..) => {
                let is_nothing = style == ScalarStyle::Plain && text == "~";
                Value::Text(if is_nothing { String::new() } else { text.into_owned() })
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() == DEPTH_MAX => {
                return Err(Problem { line, text: format!("it is nested deeper than {DEPTH_MAX} levels") });
            }
            Event::SequenceStart(..) => {
                refuse_as_key(&open, line)?;
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                refuse_as_key(&open, line)?;
                open.push(Open::Map { fields: Vec::new(), key: None });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(values)) => Value::List(values),
                Some(Open::Map { fields, .. }) => Value::Map(fields),
                None => continue,
            },
            Event::DocumentStart(_) if whole.is_some() => {
                return Err(Problem { line, text: "there is a second document".to_owned() });
            }
            _ => continue,
        };
        match open.last_mut() {
            None => whole = Some(value),
            Some(Open::List(values)) => values.push(value),
            Some(Open::Map { fields, key }) => put(fields, key, value, line)?,
        }
    }
    match whole {
        None => Ok(Vec::new()),
        Some(Value::Map(fields)) => Ok(fields),
        Some(_) => Err(Problem { line: first_line, text: "it is no list of keys with values".to_owned() }),
    }
}

/// Takes a key, or the value of one.
fn put(fields: &mut Vec<Field>, key: &mut Option<(String, usize)>, value: Value, line: usize) -> Result<(), Problem> {
    if let Some((key, line)) = key.take() {
        fields.push(Field { key, line, value });
        return Ok(());
    }
    let Value::Text(name) = value else { return Ok(()) };
    if fields.iter().any(|field| field.key == name) {
        return Err(Problem { line, text: format!("the key `{name}` is there twice") });
    }
    *key = Some((name, line));
    Ok(())
}

/// Refuses a list or a map where a key is to be.
fn refuse_as_key(open: &[Open], line: usize) -> Result<(), Problem> {
    match open.last() {
        Some(Open::Map { key: None, .. }) => Err(Problem { line, text: "a key is no text".to_owned() }),
        _ => Ok(()),
    }
}

fn refuse_extras(event: &Event<'_>, line: usize) -> Result<(), Problem> {
    let (anchor, tag) = match event {
        Event::Alias(_) => (1, None),
        Event::Scalar(_, _, anchor, tag) | Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => {
            (*anchor, tag.as_ref())
        }
        _ => (0, None),
    };
    let what = match (anchor, tag) {
        (0, None) => return Ok(()),
        (0, Some(_)) => "a tag (`!`)",
        _ => "an anchor or alias (`&`, `*`)",
    };
    Err(Problem { line, text: format!("there is {what}, which has no place here") })
}

fn unreadable(error: &ScanError) -> Problem {
    Problem { line: error.marker().line(), text: error.info().to_owned() }
}
