//! Commands whose arguments would be run as code: what a program in the sandbox chooses must not become a script.

use crate::template::{Piece, Template};

/// A program that runs code which stands among its arguments.
struct Interpreter {
    /// What its name begins with; a version may follow.
    names: &'static [&'static str],
    /// The options before the code: letters of short ones.
    letters: &'static [char],
    /// Long ones.
    long: &'static [&'static str],
    /// Letters of options whose value is the next argument.
    valued: &'static [char],
    /// How the code comes by further arguments.
    hint: &'static str,
}

const INTERPRETERS: &[Interpreter] = &[
    Interpreter {
        names: &["sh", "bash", "dash", "zsh", "ksh", "ash"],
        letters: &['c'],
        long: &[],
        valued: &['o', 'O'],
        hint: r#"["sh", "-c", "… \"$1\"", "sh", "{NAME}"]"#,
    },
    Interpreter {
        names: &["python", "pypy"],
        letters: &['c'],
        long: &[],
        valued: &['W', 'X'],
        hint: r#"["python3", "-c", "… sys.argv[1]", "{NAME}"]"#,
    },
    Interpreter {
        names: &["perl"],
        letters: &['e', 'E'],
        long: &[],
        valued: &[],
        hint: r#"["perl", "-e", "… $ARGV[0]", "{NAME}"]"#,
    },
    Interpreter {
        names: &["ruby"],
        letters: &['e'],
        long: &[],
        valued: &[],
        hint: r#"["ruby", "-e", "… ARGV[0]", "{NAME}"]"#,
    },
    Interpreter {
        names: &["node", "nodejs"],
        letters: &['e', 'p'],
        long: &["--eval", "--print"],
        valued: &['r'],
        hint: r#"["node", "-e", "… process.argv[1]", "{NAME}"]"#,
    },
];

/// Refuses a command in which an argument of a call would be a part of code. Wherever an interpreter's name stands is
/// looked at, for others (`env`, `timeout`, `busybox`) run it for somebody.
pub(super) fn refuse(argv: &[&Template]) -> Result<(), String> {
    for (place, program) in argv.iter().enumerate() {
        let Some((name, interpreter)) = literal(program).and_then(interpreter) else { continue };
        let Some(parameter) = interpreter.code(&argv[place + 1..]).and_then(|code| code.arguments().next()) else {
            continue;
        };
        let hint = interpreter.hint.replace("NAME", parameter);
        return Err(format!("what is put into `{{{parameter}}}` would be run as code by `{name}`: write `{hint}`"));
    }
    Ok(())
}

impl Interpreter {
    /// Returns the argument that is code, if there is one.
    fn code<'a>(&self, arguments: &[&'a Template]) -> Option<&'a Template> {
        let mut announced = false;
        let mut arguments = arguments.iter();
        while let Some(&argument) = arguments.next() {
            let head = match argument.pieces.first() {
                Some(Piece::Literal(text)) => text.as_str(),
                _ => "",
            };
            let is_option = head.starts_with(['-', '+']) && head.len() > 1;
            if !is_option {
                return announced.then_some(argument);
            }
            let is_announcing = self.announces(head);
            announced |= is_announcing;
            if is_announcing && literal(argument).is_none() {
                // The code stands in the same argument.
                return Some(argument);
            }
            if !head.starts_with("--") && head.ends_with(self.valued) {
                arguments.next();
            }
        }
        None
    }

    fn announces(&self, option: &str) -> bool {
        match option.strip_prefix("--") {
            Some(_) => self.long.iter().any(|long| option.split('=').next() == Some(long)),
            None => option.contains(self.letters),
        }
    }
}

fn literal(template: &Template) -> Option<&str> {
    match template.pieces.as_slice() {
        [Piece::Literal(text)] => Some(text),
        _ => None,
    }
}

/// Returns an interpreter by the name of its program.
fn interpreter(program: &str) -> Option<(&str, &'static Interpreter)> {
    let name = program.rsplit('/').next().unwrap_or(program);
    let family = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    INTERPRETERS.iter().find(|interpreter| interpreter.names.contains(&family)).map(|found| (name, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(command: &[&str]) -> Result<(), String> {
        let templates: Vec<Template> = command.iter().map(|argument| Template::parse(argument).unwrap()).collect();
        refuse(&templates.iter().collect::<Vec<_>>())
    }

    #[test]
    fn an_argument_that_would_be_code_is_refused() {
        let hint =
            r#"what is put into `{p}` would be run as code by `sh`: write `["sh", "-c", "… \"$1\"", "sh", "{p}"]`"#;
        assert_eq!(verdict(&["sh", "-c", "ls {p}"]).unwrap_err(), hint);
        for command in [
            &["/bin/bash", "-ec", "{p}"][..],
            &["bash", "-c", "-e", "{p}"],
            &["bash", "-euo", "pipefail", "-c", "{p}"],
            &["bash", "--norc", "-lc", "x", "a"],
            &["busybox", "sh", "-c", "ls {p}"],
            &["env", "A=1", "zsh", "-c", "{p}"],
            &["python3.12", "-Ic", "print({p})"],
            &["python", "-c{p}"],
            &["perl", "-ne", "{p}"],
            &["ruby", "-e", "puts {p}"],
            &["node", "--eval={p}"],
            &["node", "-p", "{p}"],
        ] {
            let uses = command.iter().any(|argument| argument.contains("{p}"));
            assert_eq!(verdict(command).is_err(), uses, "{command:?}");
        }
    }

    #[test]
    fn an_argument_that_is_none_is_allowed() {
        for command in [
            &["sh", "-c", "ls \"$1\"", "sh", "{p}"][..],
            &["sh", "script.sh", "-c", "{p}"],
            &["python3", "script.py", "-c", "{p}"],
            &["python3", "-m", "module", "{p}"],
            &["grep", "-c", "{p}"],
            &["perl", "-e", "print $ARGV[0]", "{p}"],
        ] {
            assert_eq!(verdict(command), Ok(()), "{command:?}");
        }
    }
}
