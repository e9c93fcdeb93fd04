//! Asking the person at the terminal.

use std::fs;
use std::process::Command;

use serde_json::json;

use super::recorded::Place;
use crate::{Run, run};

/// Runs a program at a terminal of its own: each step waits for what is to be on the terminal, and types something. It prints
/// all that was on the terminal, and ends as the program does.
const AT_A_TERMINAL: &str = r#"
import json, os, pty, signal, sys
steps = json.loads(sys.argv[1])
signal.alarm(120)
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
text, seen = b"", 0
while True:
    try:
        read = os.read(terminal, 4096)
    except OSError:
        break
    if not read:
        break
    text += read
    while steps and (found := text.find(steps[0][0].encode(), seen)) >= 0:
        seen = found + len(steps[0][0].encode())
        os.write(terminal, steps.pop(0)[1].encode())
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.write(text.decode().replace("\r\n", "\n"))
sys.exit(status if not steps else 99)
"#;

const ASKED: &str = "[n]o: ";
const WISH: &str = "what should it know? Enter: go on; Ctrl-C: end\n> ";

/// Runs the program at a terminal, where this is typed when that is there.
fn at_a_terminal(place: &Place, arguments: &[&str], steps: &[(&str, &str)]) -> Run {
    // A terminal has its ends of lines in its own way.
    let steps: Vec<_> = steps.iter().map(|(there, typed)| [there.replace('\n', "\r\n"), (*typed).to_owned()]).collect();
    let ours = place.command(&[]);
    let mut command = Command::new("python3");
    command.args(["-c", AT_A_TERMINAL, &json!(steps).to_string(), env!("CARGO_BIN_EXE_exuvia")]).args(arguments);
    command.envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("XDG_STATE_HOME", place.path("state")).env("NO_COLOR", "1").current_dir(place.path(""));
    run(&mut command, b"")
}

const CONFIG: &str = "
[tools.change]
description = 'Changes.'
parameters = { text = 'str' }
command = ['sh', './change.sh', '{text}']
needs_approval = true
";

fn prepared(place: &Place, folder: &str) {
    fs::create_dir_all(place.path(folder)).unwrap();
    place.write(&format!("{folder}/exuvia.toml"), CONFIG);
    place.write(&format!("{folder}/change.sh"), "echo \"$1\" >> done\n");
}

const CODE: &str =
    "from exuvia.tools import change\ntry: change('x'); print('made')\nexcept PermissionError as error: print(error)";

fn arguments(config: &str) -> [&str; 6] {
    ["run", "--no-record", "--config", config, "-c", CODE]
}

/// What is agreed to for ever is what was there to be agreed to: neither a copy elsewhere, nor another program of that name.
#[test]
fn an_agreement_is_about_one_file_and_what_it_runs() {
    let place = Place::new();
    for folder in ["one", "other"] {
        prepared(&place, folder);
    }
    let made = |config: &str| {
        let mut command = place.command(&arguments(config));
        let run = run(command.env("XDG_STATE_HOME", place.path("state")), b"");
        run.stdout == "made\n"
    };
    assert!(!made("one/exuvia.toml"));
    let asked = at_a_terminal(&place, &arguments("one/exuvia.toml"), &[(ASKED, "maybe\n"), (ASKED, "r\n")]);
    assert!(asked.status == 0 && asked.stdout.ends_with("[n]o: r\nmade\n"), "{asked:?}");
    assert!(made("one/exuvia.toml") && !made("other/exuvia.toml"));
    // However it is named.
    assert!(made("other/../one/exuvia.toml"));
    place.write("one/change.sh", "rm -rf everything\n");
    assert!(!made("one/exuvia.toml"));
    place.write("one/change.sh", "echo \"$1\" >> done\n");
    assert!(made("one/exuvia.toml"));
    let mut forget = place.command(&["tools", "--forget", "--config", "one/exuvia.toml"]);
    assert_eq!(run(forget.env("XDG_STATE_HOME", place.path("state")), b"").stdout, "change\n");
    assert!(!made("one/exuvia.toml"));
}

const REPLIES: &str = r#"
[[reply]]
code = "change('one')"

[[reply]]
expect = ["KeyboardInterrupt", "r"]
code = """
try:
    change('two')
    final('made')
except PermissionError as error:
    final(str(error))
"""
"#;

/// Whoever interrupts a program while it asks is asked something else: what they type then is no answer to the program.
#[test]
fn a_question_that_nobody_asks_any_more_has_no_answer() {
    let place = Place::new();
    prepared(&place, ".");
    place.write("script.toml", REPLIES);
    let arguments = ["agent", "do it", "--config", "exuvia.toml", "--model", "scripted/script.toml", "--session", "it"];
    let steps = [(ASKED, "\x03"), (WISH, "r\n"), (ASKED, "n\n")];
    let done = at_a_terminal(&place, &arguments, &steps);
    assert_eq!(done.status, 0, "{}", done.stdout);
    assert!(done.stdout.contains("\nchange() is not allowed: whoever was asked said no\n"), "{}", done.stdout);
    assert!(!fs::exists(place.path("done")).unwrap());
    assert!(!fs::exists(place.path("state/exuvia/approvals")).unwrap());
    let shown = place.exuvia(&["session", "show", "it"]).stdout;
    assert!(shown.contains("  person     r\n"), "{shown}");
}

/// The same of a question of an agent's; and of several calls that are asked about at a time, each has its own answer.
#[test]
fn each_question_has_its_own_answer() {
    let place = Place::new();
    prepared(&place, ".");
    let replies = r#"
[[reply]]
code = "ask('Which year?')"

[[reply]]
expect = ["KeyboardInterrupt", "It is 2000."]
code = """
from exuvia import parallel
async def tried(text):
    try:
        await change.aio(text)
        return 'made'
    except PermissionError:
        return 'not made'
final(parallel(tried, ['one', 'two', 'three']))
"""
"#;
    place.write("script.toml", replies);
    let question = |text: &str| {
        format!(
            "change({{\"text\":\"{text}\"}})\nallow it? [y]es, [a]lways in this session, [r]emember for later ones, {ASKED}"
        )
    };
    let [one, two, three] = ["one", "two", "three"].map(question);
    let steps = [
        ("the agent asks: Which year?\n> ", "19\x03"),
        (WISH, "It is 2000.\n"),
        (&one, "y\n"),
        (&two, "n\n"),
        (&three, "y\n"),
    ];
    let arguments = ["agent", "do it", "--config", "exuvia.toml", "--model", "scripted/script.toml"];
    let done = at_a_terminal(&place, &arguments, &steps);
    assert_eq!(done.status, 0, "{}", done.stdout);
    assert!(done.stdout.ends_with("\n[\n  \"made\",\n  \"not made\",\n  \"made\"\n]\n"), "{}", done.stdout);
    let mut made: Vec<_> = fs::read_to_string(place.path("done")).unwrap().lines().map(str::to_owned).collect();
    made.sort();
    assert_eq!(made, ["one", "three"]);
}

/// An answer may be a program's word: a terminal shows it, and does not obey it. Elsewhere it is what it is.
#[test]
fn an_answer_does_nothing_to_a_terminal() {
    let place = Place::new();
    place.write("script.toml", "[[reply]]\ntext = \"a\\u001b[31m\\u202eb\\nc\\td\"\n");
    let arguments = ["agent", "do it", "--model", "scripted/script.toml"];
    assert_eq!(place.exuvia(&arguments).stdout, "a\u{1b}[31m\u{202e}b\nc\td\n");
    let shown = at_a_terminal(&place, &arguments, &[]).stdout;
    assert!(shown.ends_with("\na\\x1b[31m\\u202eb\nc\td\n"), "{shown}");
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
}
