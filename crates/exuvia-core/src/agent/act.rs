//! What a model's reply asks for.

use serde::Deserialize;

use super::PYTHON_TOOL;
use super::entry::Interface;
use super::message::{Call, ModelReply};

/// The longest code of a cell, in bytes.
const CODE_BYTES_MAX: usize = 1 << 20;
/// How many calls of one reply are looked at; further ones are refused.
const CALLS_MAX: usize = 32;
/// What begins and ends code in a text: as many of one of these, or more.
const FENCES: [char; 2] = ['`', '~'];
const FENCE_LENGTH_MIN: usize = 3;

/// Something that a reply asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Run this cell.
    Cell {
        /// The id of the call that wants it; `None`: it was code in a text.
        call: Option<String>,
        /// The code.
        code: String,
    },
    /// Nothing that can be done: the model is told so.
    Refuse {
        /// The id of the call; `None`: it is about the text.
        call: Option<String>,
        /// What is wrong.
        problem: Problem,
    },
}

/// Why something that a model asks for is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// There is no such tool.
    Tool(String),
    /// The arguments are not what the tool takes.
    Arguments(String),
    /// There is no code in it.
    Empty,
    /// The code is longer than a cell may be.
    TooLong {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        bytes_max: usize,
    },
    /// There were more calls in one reply than are made.
    TooMany,
    /// The reply was cut off before its code was at its end.
    CutOff,
    /// Further pieces of code in the same text, so many, were not run.
    FirstOnly(usize),
    /// An earlier call of the same reply has given the answer.
    Answered,
}

impl Act {
    /// Returns the id of the call that asks for it.
    #[must_use]
    pub fn call(&self) -> Option<&str> {
        match self {
            Self::Cell { call, .. } | Self::Refuse { call, .. } => call.as_deref(),
        }
    }
}

/// Returns what a reply asks for, in order; nothing, if it asks for nothing.
pub(super) fn acts(reply: &ModelReply, interface: Interface) -> Vec<Act> {
    match interface {
        Interface::Calls => reply.calls.iter().enumerate().map(|(index, call)| called(call, index)).collect(),
        Interface::Text => in_text(&reply.text),
    }
}

fn called(call: &Call, index: usize) -> Act {
    #[derive(Deserialize)]
    struct Arguments {
        code: String,
    }
    let id = Some(call.id.clone());
    let refuse = |problem| Act::Refuse { call: id.clone(), problem };
    if index >= CALLS_MAX {
        return refuse(Problem::TooMany);
    }
    if call.name != PYTHON_TOOL {
        return refuse(Problem::Tool(call.name.clone()));
    }
    match serde_json::from_str::<Arguments>(&call.arguments) {
        Ok(Arguments { code }) => checked(id.clone(), code),
        Err(error) if error.is_eof() => refuse(Problem::CutOff),
        Err(error) => refuse(Problem::Arguments(error.to_string())),
    }
}

fn checked(call: Option<String>, code: String) -> Act {
    let bytes = code.len();
    let problem = match bytes {
        _ if code.trim().is_empty() => Problem::Empty,
        _ if bytes > CODE_BYTES_MAX => Problem::TooLong { bytes, bytes_max: CODE_BYTES_MAX },
        _ => return Act::Cell { call, code },
    };
    Act::Refuse { call, problem }
}

/// Returns the first piece of code in a text. Further ones are not run, since whoever wrote them had not seen what the
/// first one would do.
fn in_text(text: &str) -> Vec<Act> {
    let mut blocks = blocks(text);
    let Some(first) = blocks.next() else { return Vec::new() };
    let others = blocks.count();
    let act = match first {
        Block { code, is_closed: true } => checked(None, code),
        Block { .. } => Act::Refuse { call: None, problem: Problem::CutOff },
    };
    let others = (others > 0).then_some(Act::Refuse { call: None, problem: Problem::FirstOnly(others) });
    [act].into_iter().chain(others).collect()
}

/// Code between fences.
struct Block {
    code: String,
    is_closed: bool,
}

/// Returns what stands between fences that name Python or nothing: CommonMark's fenced code blocks.
fn blocks(text: &str) -> impl Iterator<Item = Block> {
    let mut lines = text.lines();
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            let opening = line.trim_start();
            let Some(mark) = opening.chars().next().filter(|first| FENCES.contains(first)) else { continue };
            let rest = opening.trim_start_matches(mark);
            let fence = &opening[..opening.len() - rest.len()];
            // Three backquotes and more are a fence and no code in a line only where none come after them.
            if fence.len() < FENCE_LENGTH_MIN || (mark == '`' && rest.contains(mark)) {
                continue;
            }
            let indentation = line.len() - opening.len();
            let language = rest.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
            let (mut code, mut is_closed) = (String::new(), false);
            for line in lines.by_ref() {
                let closing = line.trim();
                is_closed = closing.starts_with(fence) && closing.trim_start_matches(mark).is_empty();
                if is_closed {
                    break;
                }
                // As many spaces are taken away as the fence has before it.
                let spaces = line.len() - line.trim_start_matches(' ').len();
                code.push_str(&line[spaces.min(indentation)..]);
                code.push('\n');
            }
            if ["", "python", "python3", "py", "ipython"].contains(&language.as_str()) {
                return Some(Block { code, is_closed });
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<Act> {
        acts(&ModelReply { text: text.to_owned(), ..ModelReply::default() }, Interface::Text)
    }

    fn cell(code: &str) -> Act {
        Act::Cell { call: None, code: code.to_owned() }
    }

    fn refuse(problem: Problem) -> Act {
        Act::Refuse { call: None, problem }
    }

    fn call(name: &str, arguments: &str) -> Vec<Act> {
        let call = Call { id: "c1".to_owned(), name: name.to_owned(), arguments: arguments.to_owned() };
        acts(&ModelReply { calls: vec![call], ..ModelReply::default() }, Interface::Calls)
    }

    #[test]
    fn code_stands_between_fences() {
        assert_eq!(text("It is 4."), []);
        assert_eq!(text("First:\n```python\nx = 1\n\nx\n```\nThen."), [cell("x = 1\n\nx\n")]);
        assert_eq!(text("```\n1\n```"), [cell("1\n")]);
        assert_eq!(text("- so:\n  ```py\n  if x:\n      y\n  ```"), [cell("if x:\n    y\n")]);
        assert_eq!(text("````python\na = '''\n```\n'''\n````"), [cell("a = '''\n```\n'''\n")]);
        assert_eq!(text("```json\n{}\n```\n```python\n2\n```"), [cell("2\n")]);
        assert_eq!(text("``` is a fence, and `x` is not"), []);
    }

    /// CommonMark has fences of tildes, too, which are not closed by backquotes.
    #[test]
    fn fences_may_be_of_tildes() {
        assert_eq!(text("~~~python\nx = 1\n~~~\n"), [cell("x = 1\n")]);
        assert_eq!(text("~~~~\na = '''\n```\n~~~\n'''\n~~~~~"), [cell("a = '''\n```\n~~~\n'''\n")]);
        assert_eq!(text("~~~ python `x`\n1\n~~~"), [cell("1\n")]);
        assert_eq!(text("```python\n~~~\n"), [refuse(Problem::CutOff)]);
        assert_eq!(text("~~~json\n```python\n1\n```\n~~~\n"), []);
        assert_eq!(text("~~so~~ it is"), []);
    }

    #[test]
    fn of_two_pieces_of_code_the_first_one_runs() {
        let two = "```python\n1\n```\nThat gives 1, so:\n```python\n2\n```";
        assert_eq!(text(two), [cell("1\n"), refuse(Problem::FirstOnly(1))]);
    }

    #[test]
    fn code_that_is_cut_off_does_not_run() {
        assert_eq!(text("```python\nimport os\nos.remo"), [refuse(Problem::CutOff)]);
        assert_eq!(text("```python\n  \n```"), [refuse(Problem::Empty)]);
        let cut = Act::Refuse { call: Some("c1".to_owned()), problem: Problem::CutOff };
        assert_eq!(call("python", r#"{"code": "import os\nos.rem"#), [cut]);
    }

    #[test]
    fn a_call_is_checked() {
        let id = || Some("c1".to_owned());
        assert_eq!(call("python", r#"{"code": "1+1"}"#), [Act::Cell { call: id(), code: "1+1".to_owned() }]);
        assert_eq!(call("bash", "{}"), [Act::Refuse { call: id(), problem: Problem::Tool("bash".to_owned()) }]);
        let [Act::Refuse { problem: Problem::Arguments(problem), .. }] = &call("python", r#"{"cmd": "1"}"#)[..] else {
            panic!("it is refused")
        };
        assert_eq!(problem, "missing field `code` at line 1 column 12");
        let long = format!(r#"{{"code": "{}"}}"#, "x".repeat(CODE_BYTES_MAX + 1));
        let problem = Problem::TooLong { bytes: CODE_BYTES_MAX + 1, bytes_max: CODE_BYTES_MAX };
        assert_eq!(call("python", &long), [Act::Refuse { call: id(), problem }]);
    }
}
