//! All help, compared with a text that somebody has read.

use crate::{exuvia, gives};

const COMMANDS: &[&[&str]] = &[
    &[],
    &["run"],
    &["agent"],
    &["repl"],
    &["resume"],
    &["replay"],
    &["fork"],
    &["undo"],
    &["export"],
    &["session"],
    &["session", "list"],
    &["session", "show"],
    &["session", "verify"],
    &["session", "rename"],
    &["session", "rm"],
    &["session", "prune"],
    &["session", "export"],
    &["session", "import"],
    &["skill"],
    &["skill", "list"],
    &["skill", "check"],
    &["skill", "new"],
    &["mcp"],
    &["add"],
    &["remove"],
    &["lock"],
    &["tools"],
    &["image"],
    &["image", "show"],
    &["image", "verify"],
    &["completions"],
];

/// Where the reviewed text is. `EXUVIA_REVIEW=1` writes it anew.
const REVIEWED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/help.txt");

#[test]
fn all_help_is_as_reviewed() {
    let mut text = String::new();
    for command in COMMANDS {
        let run = exuvia(&[*command, &["--help"]].concat());
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        let line = ["$ exuvia", &command.join(" "), "--help"].join(" ").replace("  ", " ");
        text.push_str(&format!("{line}\n{}\n", run.stdout));
    }
    if std::env::var_os("EXUVIA_REVIEW").is_some() {
        std::fs::write(REVIEWED, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(REVIEWED).unwrap_or_default());
}

#[test]
fn every_command_is_in_the_review() {
    let help = exuvia(&["--help"]).stdout;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let listed: Vec<&str> = listed.map(|line| line.split_whitespace().next().unwrap()).collect();
    let mut reviewed: Vec<&str> = COMMANDS.iter().filter_map(|command| command.first().copied()).collect();
    reviewed.dedup();
    assert_eq!(listed, reviewed);
}

#[test]
fn an_unknown_option_is_a_wrong_command_line() {
    let usage = "\
Usage: exuvia run [OPTIONS] FILE [ARGUMENTS]...
       exuvia run [OPTIONS] - [ARGUMENTS]...
       exuvia run [OPTIONS] -c CODE [ARGUMENTS]...
       exuvia run [OPTIONS] -m MODULE [ARGUMENTS]...
";
    let message = format!(
        "error: unexpected argument '--bogus' found\n\n  tip: to pass '--bogus' as a value, use '-- --bogus'\n\n\
         {usage}\nFor more information, try '--help'.\n"
    );
    assert_eq!(exuvia(&["run", "--bogus", "program.py"]), gives(2, "", &message));
}

#[test]
fn a_program_must_be_named() {
    assert_eq!(exuvia(&["run"]).status, 2);
    assert_eq!(exuvia(&[]).status, 2);
}
