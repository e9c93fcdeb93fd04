//! The arguments of a program, made from those of a call.

mod code;

use exuvia_core::{ToolFailure, ToolFailureKind};
use serde_json::Value as Json;

use super::Group;
use crate::definition::written;
use crate::template::{Piece, Template};

/// The most arguments that lists may become.
const ARGUMENTS_MAX: usize = 10_000;

/// A command with places in it.
pub(super) struct Argv {
    groups: Vec<Vec<Template>>,
}

impl Argv {
    pub(super) fn parse(command: &[Group]) -> Result<Self, String> {
        let parse = |group: &Group| group.0.iter().map(|argument| Template::parse(argument)).collect();
        let groups: Vec<Vec<Template>> = command.iter().map(parse).collect::<Result<_, String>>()?;
        let argv = Self { groups };
        match argv.templates().next().map(|program| program.pieces.as_slice()) {
            Some([Piece::Literal(_)]) => {}
            Some(_) => return Err("its program is chosen by an argument: write its name".to_owned()),
            None => return Err("its command is empty".to_owned()),
        }
        code::refuse(&argv.templates().collect::<Vec<_>>())?;
        for template in argv.templates() {
            let conditions = template.pieces.iter().filter(|piece| matches!(piece, Piece::Condition(_))).count();
            if conditions > 0 && template.pieces.len() > 1 {
                return Err("`{name?}` must be an element of its own, in a group with what depends on it".to_owned());
            }
        }
        Ok(argv)
    }

    pub(super) fn templates(&self) -> impl Iterator<Item = &Template> {
        self.groups.iter().flatten()
    }

    /// Puts the arguments of a call of this tool in.
    pub(super) fn expand(&self, tool: &str, arguments: &Json) -> Result<Vec<String>, ToolFailure> {
        let mut argv = Vec::new();
        // After this one nothing is an option, by the convention of POSIX (Utility Syntax Guidelines, 10).
        let mut options_ended = false;
        for group in &self.groups {
            if group.iter().any(|template| is_absent(template, arguments)) {
                continue;
            }
            for template in group {
                for argument in expand(template, arguments) {
                    check(template, &argument, options_ended).map_err(|(name, problem)| {
                        let message = format!("{tool}() argument '{name}' {problem}");
                        ToolFailure::new(ToolFailureKind::Argument, message)
                    })?;
                    argv.push(argument);
                    if argv.len() > ARGUMENTS_MAX {
                        let message = format!("the lists are longer than {ARGUMENTS_MAX} items together");
                        return Err(ToolFailure::new(ToolFailureKind::Limit, message));
                    }
                }
                options_ended |= matches!(template.pieces.as_slice(), [Piece::Literal(text)] if text == "--");
            }
        }
        Ok(argv)
    }
}

/// Says whether a value that a template needs is absent.
fn is_absent(template: &Template, arguments: &Json) -> bool {
    template.pieces.iter().any(|piece| match piece {
        Piece::Argument(name) => matches!(arguments.get(name), None | Some(Json::Null)),
        Piece::Condition(name) => matches!(arguments.get(name), None | Some(Json::Null | Json::Bool(false))),
        Piece::Literal(_) | Piece::Secret(_) => false,
    })
}

/// Returns the arguments that a template becomes: one, or one for each item of the first list in it.
fn expand(template: &Template, arguments: &Json) -> Vec<String> {
    if matches!(template.pieces.as_slice(), [Piece::Condition(_)]) {
        return Vec::new();
    }
    let list = template.arguments().find_map(|name| match arguments.get(name) {
        Some(Json::Array(items)) => Some((name, items)),
        _ => None,
    });
    match list {
        Some((name, items)) => items.iter().map(|item| fill(template, arguments, Some((name, item)))).collect(),
        None => vec![fill(template, arguments, None)],
    }
}

fn fill(template: &Template, arguments: &Json, item: Option<(&str, &Json)>) -> String {
    let value = |name: &str| match item {
        Some((of, item)) if of == name => written(Some(item)),
        _ => written(arguments.get(name)),
    };
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Argument(name) => value(name).unwrap_or_default(),
        Piece::Condition(_) | Piece::Secret(_) => String::new(),
    });
    pieces.collect()
}

/// Puts arguments into a text that is no argument of a program. What is absent is nothing.
pub(super) fn expand_text(template: &Template, arguments: &Json) -> String {
    fill(template, arguments, None)
}

/// Sees to it that a value does no more than be a value. Returns which argument is wrong and why.
fn check<'a>(template: &'a Template, argument: &str, options_ended: bool) -> Result<(), (&'a str, &'static str)> {
    let begins_with_value = matches!(template.pieces.first(), Some(Piece::Argument(_)));
    let problem = if argument.contains('\0') {
        "must not contain a NUL character"
    } else if begins_with_value && argument.starts_with('-') && !options_ended {
        "must not begin with '-'"
    } else {
        return Ok(());
    };
    Err((template.arguments().next().unwrap_or("?"), problem))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn argv(command: &[&[&str]], arguments: Json) -> Result<Vec<String>, String> {
        let groups: Vec<Group> =
            command.iter().map(|group| Group(group.iter().map(|&argument| argument.to_owned()).collect())).collect();
        Argv::parse(&groups)?.expand("tool", &arguments).map_err(|failure| failure.message)
    }

    #[test]
    fn values_become_arguments() {
        let command: &[&[&str]] = &[&["p"], &["--city={city}"], &["-n", "{days}"], &["-v", "{verbose?}"], &["{files}"]];
        let all = json!({ "city": "a b;$(c)", "days": 3, "verbose": true, "files": ["x", "", "y"] });
        assert_eq!(argv(command, all).unwrap(), ["p", "--city=a b;$(c)", "-n", "3", "-v", "x", "", "y"]);
        let few = json!({ "city": null, "verbose": false, "files": [] });
        assert_eq!(argv(command, few).unwrap(), ["p"]);
        assert_eq!(argv(&[&["p"], &["-t={t}"]], json!({ "t": [1, [2]] })).unwrap(), ["p", "-t=1", "-t=[2]"]);
    }

    #[test]
    fn a_value_never_becomes_an_option() {
        let refused = Err("tool() argument 'x' must not begin with '-'".to_owned());
        for value in [json!("-rf"), json!("--output=/x"), json!(["a", "-"]), json!(-1)] {
            assert_eq!(argv(&[&["p"], &["{x}"]], json!({ "x": value })), refused, "{value}");
            assert_eq!(argv(&[&["p"], &["{x}.txt"]], json!({ "x": value })), refused, "{value}");
        }
        assert_eq!(argv(&[&["p"], &["--"], &["{x}"]], json!({ "x": "-rf" })).unwrap(), ["p", "--", "-rf"]);
        assert_eq!(argv(&[&["p"], &["-x{x}"]], json!({ "x": "-rf" })).unwrap(), ["p", "-x-rf"]);
        // A value cannot end the options either.
        assert_eq!(
            argv(&[&["p"], &["{y}"], &["{x}"]], json!({ "y": "--", "x": "-rf" })).unwrap_err(),
            "tool() argument 'y' must not begin with '-'"
        );
        assert_eq!(argv(&[&["p"], &["{x}{y}"]], json!({ "x": "", "y": "-rf" })), refused);
        assert_eq!(
            argv(&[&["p"], &["a{x}"]], json!({ "x": "\0" })).unwrap_err(),
            "tool() argument 'x' must not contain a NUL character"
        );
    }

    #[test]
    fn a_command_that_is_none_is_refused() {
        for command in [&[][..], &[&["{x}"][..]], &[&["p{x}"]], &[&["p"], &["a{x?}"]]] {
            assert!(argv(command, json!({})).is_err(), "{command:?}");
        }
    }
}
