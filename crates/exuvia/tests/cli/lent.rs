//! What a program is lent: tools of a configuration file, and folders.

use std::fs;
use std::path::Path;

use crate::{Run, exuvia, gives};

const CONFIG: &str = r#"
[mounts]
"/data" = "data"
"/notes" = { folder = "notes", mode = "overlay" }

[tools.count_words]
description = "Counts the words of a text."
parameters = { text = "str" }
command = ["wc", "-w"]
stdin = "{text}"
output = "json"

[tools.greet]
description = "Greets.\n\nTwice, if asked."
parameters = { name = { type = "str", description = "Whom." }, more = "int | None" }
command = ["echo", "hello", "--", "{name}", ["{more}"]]
help = ["sh", "-c", "echo x >> asked; echo 'usage: greet NAME [MORE]'"]
needs_approval = true

[policy]
[[policy.rules]]
tool = "greet"
arguments = { name = "mallory" }
action = "deny"
reason = "not her"

[[policy.rules]]
tool = "greet"
arguments = { name = "A*" }
action = "allow"
"#;

/// A folder with a configuration, data and notes.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["data", "notes"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("exuvia.toml"), CONFIG).unwrap();
    fs::write(folder.path().join("data/words.txt"), "one two three").unwrap();
    fs::write(folder.path().join("notes/old.txt"), "old").unwrap();
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn run_configured(config: &Path, code: &str) -> Run {
    exuvia(&["run", "--config", text(config), "-c", code])
}

fn run(folder: &Path, options: &[&str], code: &str) -> Run {
    let config = folder.join("exuvia.toml");
    exuvia(&[&["run", "--config", text(&config)], options, &["-c", code]].concat())
}

#[test]
fn a_program_calls_tools_and_reads_mounts() {
    let folder = project();
    let code = "\
from exuvia.tools import count_words, greet
from exuvia import parallel
print(count_words(open('/data/words.txt').read()))
print(parallel(count_words, ['a b', 'c', '', 'd e f']))
print(greet('Ada'), end='')
for call in (lambda: greet('mallory'), lambda: greet('Bob'), lambda: greet(7), lambda: count_words(),
             lambda: greet('Ada', 2**64)):
    try:
        call()
    except (PermissionError, TypeError) as error:
        print(type(error).__name__, error)
open('/notes/old.txt', 'w').write('new')
print(open('/notes/old.txt').read())
try:
    open('/data/words.txt', 'w')
except OSError as error:
    print(error)
";
    let out = "\
3
[2, 1, 0, 3]
hello -- Ada
PermissionError greet() is not allowed: not her
PermissionError greet() is not allowed: it needs approval, and nobody is there to ask
TypeError greet() argument 'name': expected a string, got 7 (int)
TypeError count_words() missing 1 required positional argument: 'text'
TypeError greet() argument 'more': an integer of more than 64 bits, which JSON does not carry exactly
new
[Errno 69] Read-only file system: '/data/words.txt'
";
    assert_eq!(run(folder.path(), &[], code), gives(0, out, ""));
    assert_eq!(fs::read_to_string(folder.path().join("notes/old.txt")).unwrap(), "old");
}

#[test]
fn folders_are_lent_on_the_command_line() {
    let folder = project();
    let (notes, out) = (folder.path().join("notes"), folder.path().join("made/out"));
    let mount = format!("{}:/notes:rw", text(&notes));
    let code = "\
import os
open('/notes/new.txt', 'w').write('written')
os.remove('/notes/old.txt')
os.makedirs('/output/deep')
open('/output/deep/result.bin', 'wb').write(bytes(1_000_000))
print(os.listdir('/notes'))
";
    let run = exuvia(&["run", "--mount", &mount, "--out", text(&out), "-c", code]);
    assert_eq!(run, gives(0, "['new.txt']\n", ""));
    assert_eq!(fs::read_to_string(notes.join("new.txt")).unwrap(), "written");
    assert!(!notes.join("old.txt").exists());
    assert_eq!(fs::read(out.join("deep/result.bin")).unwrap(), vec![0; 1_000_000]);
}

#[test]
fn tools_are_listed() {
    let folder = project();
    let config = folder.path().join("exuvia.toml");
    let listed = exuvia(&["tools", "--config", text(&config)]);
    assert_eq!(listed, gives(0, "count_words  Counts the words of a text.\ngreet        Greets. (asks)\n", ""));
    let stubs = exuvia(&["tools", "--config", text(&config), "--stubs"]);
    let end = "\n\ndef greet(name: str, more: int | None = None) -> str:\n    \"\"\"Greets.\n\n    Twice, if asked.\n\n    \
               Args:\n        name: Whom.\n\n    greet.help() tells more.\n\n    Each call has to be approved.\"\"\"\n";
    assert!(stubs.stdout.ends_with(end), "{}", stubs.stdout);
    let json = exuvia(&["tools", "--config", text(&config), "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json[1]["needs_approval"], true);
}

#[test]
fn what_cannot_be_lent_is_said() {
    let folder = project();
    let config = folder.path().join("exuvia.toml");
    let missing = folder.path().join("missing");
    let run = exuvia(&["run", "--mount", &format!("{}:/x", text(&missing)), "-c", "1"]);
    let message = format!("error: `{}` cannot be opened: no such file or directory\n", missing.display());
    assert_eq!(run, gives(2, "", &message));
    for bad in ["/tmp", "/tmp:", "/tmp:x", "/tmp:/x:write", ":/x"] {
        let run = exuvia(&["run", "--mount", bad, "-c", "1"]);
        assert_eq!(run.status, 2, "{bad}");
        assert!(run.stderr.contains("is no mount: write FOLDER:/PATH"), "{}", run.stderr);
    }
    let data = folder.path().join("data");
    for (paths, problem) in [
        (&["/usr"][..], "nothing can be mounted at `/usr`: the interpreter's own files are there"),
        (&["/usr/lib/x"], "nothing can be mounted at `/usr/lib/x`: the interpreter's own files are there"),
        (&["/dev"], "nothing can be mounted at `/dev`: something is there already"),
        (
            &["/a/../b"],
            "`/a/../b` cannot be put into the sandbox: write an absolute path, without `.`, `..` and names over 255 bytes",
        ),
        (&["/a", "/a"], "nothing can be mounted at `/a`: something else is mounted there"),
        (&["/a", "/a/b"], "nothing can be mounted at `/a/b`: it lies within another mount"),
    ] {
        let mounts: Vec<String> = paths.iter().map(|path| format!("--mount={}:{path}", text(&data))).collect();
        let mut arguments = vec!["run"];
        arguments.extend(mounts.iter().map(String::as_str));
        let message = format!("error: {problem}\n");
        assert_eq!(exuvia(&[&arguments[..], &["-c", "1"]].concat()), gives(2, "", &message));
        assert_eq!(exuvia(&[&arguments[..], &["--no-record", "-c", "1"]].concat()), gives(2, "", &message));
        if let [path] = paths {
            fs::write(&config, format!("[mounts]\n\"{path}\" = \"data\"\n")).unwrap();
            let message = format!("error: {}:2: `mounts.{path}`: {problem}\n", text(&config));
            assert_eq!(run_configured(&config, "1"), gives(2, "", &message));
        }
    }
    fs::write(&config, "[mounts]\n\"/x\" = \"data\"\n\"/y\" = \"missing\"\n").unwrap();
    let message = format!(
        "error: {}:3: `mounts./y`: `{}` cannot be opened: no such file or directory\n",
        text(&config),
        missing.display()
    );
    assert_eq!(run_configured(&config, "1"), gives(2, "", &message));
    for (text_of_file, problem) in [
        ("[tool]\n", ":1: unknown field `tool`, expected one of `tools`, `policy`, `mounts`, `packages`"),
        (
            "[mounts]\n\"/x\" = 3\n",
            ":2: invalid type: integer `3`, expected a folder, a table of `folder` and `mode` (`ro`, `rw`, `overlay`), or \
             a table of `http` and, if need be, `headers`, `redirects`, `timeout`, `file_bytes`",
        ),
        (
            "[mounts]\n\n\"/x\" = { folder = \".\", mode = \"write\" }\n",
            ":3: `write` is no mode: write `ro`, `rw` or `overlay`",
        ),
        ("[mounts]\n\"/x\" = { fodler = \".\" }\n", ":2: unknown field `fodler`, expected `folder` or `mode`"),
        ("[mounts]\n\"/x\" = { mode = \"rw\" }\n", ":2: missing field `folder`"),
        ("\n[tools.x]\ndescription = \"\"\n", ":2: `tools.x`: it has neither a `command` nor a `url`: add one"),
    ] {
        fs::write(&config, text_of_file).unwrap();
        let run = exuvia(&["tools", "--config", text(&config)]);
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains(problem), "{}", run.stderr);
    }
}

#[test]
fn a_programs_own_help_is_only_asked_for_when_somebody_looks() {
    let folder = project();
    let asked = folder.path().join("asked");
    let code = "\
from exuvia.tools import count_words, greet
print(greet('Ada'), greet.__doc__.splitlines()[0], count_words.help())
";
    assert_eq!(run(folder.path(), &[], code), gives(0, "hello -- Ada\n Greets. Counts the words of a text.\n", ""));
    assert!(!asked.exists());
    let code = "\
from exuvia.tools import greet
print(greet.help() == greet.help(), greet.help(), end='')
help(greet)
";
    let shown = run(folder.path(), &[], code);
    let end = "    Each call has to be approved.\n\nusage: greet NAME [MORE]\n\n";
    assert!(
        shown.stdout.starts_with("True usage: greet NAME [MORE]\nHelp on function greet in module exuvia.tools:\n")
    );
    assert!(shown.stdout.ends_with(end), "{}", shown.stdout);
    assert_eq!(fs::read_to_string(asked).unwrap(), "x\n");
}

/// What the README shows.
#[test]
fn the_example_runs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/tools");
    let before = fs::read_to_string(folder.join("exuvia.toml")).unwrap();
    let (config, program) = (folder.join("exuvia.toml"), folder.join("sales.py"));
    let run = exuvia(&["run", "--config", text(&config), text(&program)]);
    // CPython 3.11 with the same packages; 0 + 1 + … + 49 = 1225.
    let printed = "60 orders in 61 lines\n\
                   most was sold of kettle: 1521.00; the next report is due on 2026-05-01\n\
                   1225 lines counted in 50 calls\n";
    assert_eq!((run.status, run.stdout.as_str()), (0, printed), "{}", run.stderr);
    assert_eq!(fs::read_to_string(folder.join("exuvia.toml")).unwrap(), before);
    assert!(!folder.join("sales.msgpack").exists(), "an overlay was written through");
}

/// Runs a program at a terminal of its own, and types an answer whenever it is asked. It prints what is on the terminal.
const AT_A_TERMINAL: &str = r#"
import os, pty, sys
answers = sys.argv[1].split()
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
text, asked = b"", 0
while True:
    try:
        read = os.read(terminal, 4096)
    except OSError:
        break
    if not read:
        break
    text += read
    if text.count(b"[n]o: ") > asked:
        os.write(terminal, answers[asked].encode() + b"\n")
        asked += 1
os.waitpid(pid, 0)
sys.stdout.write(text.decode().replace("\r\n", "\n"))
"#;

#[test]
fn whoever_agrees_is_not_asked_again() {
    let folder = project();
    let config = folder.path().join("exuvia.toml");
    let code = "from exuvia.tools import greet\nfor n in range(2):\n    try: print(greet('Bob'), end='')\n    except PermissionError as error: print(error)";
    let at_a_terminal = |answers: &str, arguments: &[&str]| {
        let mut command = std::process::Command::new("python3");
        command.args(["-c", AT_A_TERMINAL, answers, env!("CARGO_BIN_EXE_exuvia")]).args(arguments);
        let ours = crate::command(&[]);
        command.envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
        crate::run(command.env("XDG_STATE_HOME", folder.path().join("state")), b"").stdout
    };
    let run = ["run", "--no-record", "--config", text(&config), "-c", code];
    let asked = "the program wants to call greet({\"name\":\"Bob\",\"more\":null})\n\
                 allow it? [y]es, [a]lways in this session, [r]emember for later ones, [n]o: ";
    let (denied, hello) = ("greet() is not allowed: whoever was asked said no\n", "hello -- Bob\n");
    let no = format!("{asked}n\n{denied}");
    assert_eq!(at_a_terminal("n n", &run), format!("{no}{no}"));
    assert_eq!(at_a_terminal("y n", &run), format!("{asked}y\n{hello}{no}"));
    assert_eq!(at_a_terminal("a", &run), format!("{asked}a\n{hello}{hello}"));
    assert_eq!(at_a_terminal("r", &run), format!("{asked}r\n{hello}{hello}"));
    // From now on it is not asked, at a terminal or not, as long as the file is as it was.
    assert_eq!(at_a_terminal("", &run), format!("{hello}{hello}"));
    assert_eq!(at_a_terminal("", &["tools", "--forget", "--config", text(&config)]), "greet\n");
    assert_eq!(at_a_terminal("r", &run), format!("{asked}r\n{hello}{hello}"));
    fs::write(&config, format!("{CONFIG}\n# changed\n")).unwrap();
    assert_eq!(at_a_terminal("n n", &run), format!("{no}{no}"));
}
