//! `exuvia export --script`: the tasks of `examples/agent` once more, without any model.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value as Json, json};

use super::{agent, script};
use crate::cli::recorded::Place;
use crate::{Run, gives, run};

fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/agent").join(path)
}

/// Does the example of this name with its script, and exports that.
fn exported(place: &Place, name: &str, data: &str) -> String {
    let model = format!("scripted/{}", example(&format!("{name}/script.toml")).display());
    let input = place.path(data);
    let command = ["agent", "Say \"how\" many\\few", "--session", name, "--model", &model, "--input", &input];
    let run = run(&mut place.command(&command), b"");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(place.exuvia(&["export", name, "--script", "-o", "task.py"]), gives(0, "", ""));
    let text = fs::read_to_string(place.path("task.py")).unwrap();
    is_python(&text);
    let help = place.exuvia(&["run", "--no-record", "task.py", "--help"]);
    assert_eq!((help.status, help.stderr.as_str()), (0, ""));
    assert!(
        help.stdout.contains("Say \"how\" many\\few") && help.stdout.contains("--input NAME=PATH"),
        "{}",
        help.stdout
    );
    text
}

/// Has the machine's own Python read a script.
fn is_python(script: &str) {
    let check = "import ast, sys; ast.parse(sys.stdin.read())";
    let read = run(Command::new("python3").args(["-c", check]), script.as_bytes());
    assert_eq!(read, gives(0, "", ""), "{script}");
}

/// Runs a script. Returns what it printed as JSON.
fn answer(place: &Place, arguments: &[&str]) -> Json {
    let run = place.exuvia(&[&["run", "--no-record"], arguments].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// Copies the data of an example.
fn copied(place: &Place, from: &str) {
    let data = example(from);
    fs::copy(&data, place.path(data.file_name().unwrap().to_str().unwrap())).unwrap();
}

#[test]
fn the_same_analysis_on_next_months_file() {
    let place = Place::new();
    copied(&place, "mountains/mountains.csv");
    let text = exported(&place, "mountains", "mountains.csv");
    assert!(
        text.contains("# Heights come with a unit. I read the number before it.\n# This raised ValueError: could not")
    );
    // By hand: nine heights of 75,069 m in all, three of 81,326 ft; and then another of 4,806 m.
    assert_eq!(answer(&place, &["task.py"]), json!({ "peaks": 12, "mean_height_m": 8321.4 }));
    let rows = fs::read_to_string(place.path("mountains.csv")).unwrap();
    let other = format!("{rows}Mont Blanc,Alps,\"4,806 m\",1786\n");
    place.write("next.csv", &other);
    let expected = json!({ "peaks": 13, "mean_height_m": 8051.0 });
    for arguments in [
        &["task.py", "--input", "next.csv"][..],
        &["task.py", "--input", "mountains.csv=next.csv"],
        &["--input", "mountains.csv=next.csv", "task.py"],
        &["--mount", "data:/input", "task.py"],
    ] {
        fs::create_dir_all(place.path("data")).unwrap();
        place.write("data/mountains.csv", &other);
        assert_eq!(answer(&place, arguments), expected, "{arguments:?}");
    }
    // Where the files are gone, a replay needs none of them.
    let again = ["run", "--session", "again", "--input", "mountains.csv=next.csv", "task.py"];
    assert_eq!(place.exuvia(&again).status, 0);
    for name in ["next.csv", "task.py"] {
        fs::remove_file(place.path(name)).unwrap();
    }
    assert_eq!(place.exuvia(&["replay", "again", "--quiet"]).status, 0);
}

#[test]
fn an_archive() {
    let place = Place::new();
    copied(&place, "logs/logs.zip");
    exported(&place, "logs", "logs.zip");
    let given = answer(&place, &["task.py"]);
    assert_eq!(given["skipped_lines"], 1);
    let line = "203.0.113.99 - - [16/Sep/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 502 1 \"-\" \"curl\"\n";
    let mut writer = zip::ZipWriter::new(fs::File::create(place.path("other.zip")).unwrap());
    writer.start_file("a.log", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut writer, format!("{}broken\n", line.repeat(3)).as_bytes()).unwrap();
    writer.finish().unwrap();
    let expected = json!({ "address": "203.0.113.99", "errors": 3, "skipped_lines": 1 });
    assert_eq!(answer(&place, &["task.py", "--input", "other.zip"]), expected);
    assert_ne!(given, expected);
}

#[test]
fn files_that_belong_to_the_answer() {
    let place = Place::new();
    copied(&place, "expenses/expenses.xlsx");
    exported(&place, "expenses", "expenses.xlsx");
    let row = |category: &str, sum: f64, limit: f64, share: f64| json!({ "category": category, "sum": sum, "limit": limit, "share": share });
    let expected = json!([row("Travel", 457.9, 400., 1.145), row("Books", 96.9, 120., 0.807)]);
    assert_eq!(answer(&place, &["--out", "results", "task.py"]), expected);
    assert!(fs::read_to_string(place.path("results/budget.csv")).unwrap().starts_with("category,sum,limit,share\r\n"));
    // What it writes beside itself stays in the sandbox.
    assert!(!fs::exists(place.path("budget.csv")).unwrap());
}

#[test]
fn a_folder() {
    let place = Place::new();
    let target = place.path("garden");
    for (name, text) in [("index.md", "# A\n[b](b.md) [none](c.md)\n"), ("b.md", "# B\n[a](index.md#a)\n")] {
        fs::create_dir_all(&target).unwrap();
        place.write(&format!("garden/{name}"), text);
    }
    exported(&place, "notes", "garden");
    assert_eq!(answer(&place, &["task.py"]), json!(["index.md: c.md"]));
    place.write("garden/b.md", "# Other\n[a](index.md#b)\n");
    assert_eq!(answer(&place, &["task.py"]), json!(["b.md: index.md#b", "index.md: c.md"]));
}

#[test]
fn a_database() {
    let place = Place::new();
    copied(&place, "library/library.sqlite");
    exported(&place, "library", "library.sqlite");
    let row = |book: &str, reader: &str, days: u32| json!({ "book": book, "reader": reader, "days": days });
    assert_eq!(answer(&place, &["task.py"]), json!([row("Middlemarch", "Ada", 76), row("Walden", "Ada", 17)]));
    let change = "import shutil, sqlite3
shutil.copy('/data/library.sqlite', '/tmp/l')
db = sqlite3.connect('/tmp/l')
db.execute(\"update loans set back = '2026-09-02' where book = 2\")
db.commit(); db.close()
shutil.copy('/tmp/l', '/data/library.sqlite')";
    let mount = format!("{}:/data:rw", place.path("."));
    assert_eq!(place.exuvia(&["run", "--mount", &mount, "-c", change]).stderr, "");
    assert_eq!(answer(&place, &["task.py"]), json!([row("Walden", "Ada", 17)]));
}

/// Exports the only session of a place.
fn exported_session(place: &Place) -> String {
    let list = place.exuvia(&["session", "list", "--json"]).stdout;
    let sessions: Json = serde_json::from_str(&list).unwrap();
    let id = sessions[0]["session"].as_str().unwrap();
    let exported = place.exuvia(&["session", "export", id, "--script"]);
    assert_eq!((exported.status, exported.stderr.as_str()), (0, ""));
    is_python(&exported.stdout);
    place.write("task.py", &exported.stdout);
    exported.stdout
}

fn cell(code: &str) -> String {
    format!("text = 'Then.'\ncode = '''\n{code}\n'''")
}

#[test]
fn what_cells_had_done_before_they_failed_is_done() {
    let place = Place::new();
    let cells = [
        "found = []\nfinal('too early')\nfor number in (1, 2, 'three', 4):\n    found.append(number + 0)\nnever = True",
        "seen = 1; text = \"\"\"a\n  b\"\"\"\nraise KeyError(\"# no\\\\n\")\nfinal('never')",
        "def broken(:",
        "import sys; kept = 'k'; sys.exit(3)",
        "todo(['[x] all'])\nawait __import__('asyncio').sleep(0)\nprint('talk')\nfinal([found, seen, text, kept, 'never' in globals()])",
    ];
    let replies: Vec<String> = cells.iter().map(|code| cell(code)).collect();
    let done = agent(&place, &replies.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    assert_eq!(done.status, 0, "{}", done.stderr);
    let text = exported_session(&place);
    assert!(text.contains("# What comes after that did not run:\n#   never = True\n"), "{text}");
    let ran = place.exuvia(&["run", "--no-record", "task.py"]);
    // The same as the agent's.
    assert_eq!(serde_json::from_str::<Json>(&done.stdout).unwrap(), json!([[1, 2], 1, "a\n  b", "k", false]));
    assert_eq!(ran, Run { status: 0, stdout: done.stdout, stderr: "talk\n".to_owned() }, "{text}");
    // Nor does it need Exuvia.
    place.write("own.py", &text);
    let own = run(Command::new("python3").arg(place.path("own.py")), b"");
    assert_eq!(own, ran);
}

#[test]
fn what_a_model_answered_is_answered_again() {
    let place = Place::new();
    let replies = [
        cell(
            "from exuvia import parallel\nfrom exuvia.tools import llm\nword = open('/input/word').read()\nfirst = llm(f'What is {word}?')\nprint(parallel(llm, ['b', 'c']))",
        ),
        cell("try:\n    ask('Why?')\nexcept PermissionError as error:\n    print(error)\nfinal(first.upper())")
            + "\n[[inference]]\nprompt = 'What is'\ntext = 'tree'\n[[inference]]\nprompt = 'b'\ntext = 'B'\n[[inference]]\nprompt = 'c'\ntext = 'C'",
    ];
    place.write("word", "oak");
    let done = agent(&place, &replies.iter().map(String::as_str).collect::<Vec<_>>(), &["--input", "word"]);
    assert_eq!((done.status, done.stdout.as_str()), (0, "TREE\n"), "{}", done.stderr);
    let text = exported_session(&place);
    assert!(text.contains("    # {\"prompt\": \"What is oak?\", "), "{text}");
    let ran = place.exuvia(&["run", "--no-record", "task.py"]);
    let denied = "nobody is there to ask: decide by yourself, and say in the answer what you have assumed";
    assert_eq!(ran, gives(0, "TREE\n", &format!("['B', 'C']\n{denied}\n")));
    // Another question has no answer.
    place.write("other", "elm");
    let ran = place.exuvia(&["run", "--no-record", "task.py", "--input", "other"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    let last = ran.stderr.lines().last().unwrap();
    assert_eq!(
        last,
        "RuntimeError: llm() was not asked this when the script was recorded, so it has no answer here: have the agent do \
         the task with this data. It was asked {\"prompt\": \"What is elm?\"}"
    );
}

/// What other agents have done, and what was looked up, is answered as it was.
#[test]
fn what_others_did_is_not_done_again() {
    let place = Place::new();
    let code = "import os
if os.path.exists('/input/part'):
    open('/workspace/whole', 'w').write(open('/input/part').read().upper())
    final({'lines': 2}, artifacts=['/workspace/whole'])
else:
    note('the part is small')
    done = task('count the lines', files={'part': b'a\\nb'})
    page = manual('threads')[0]
    final([done.answer['lines'], done.files[0].content.decode(), done.reason, page.source])";
    let done = agent(&place, &[&cell(code)], &["--session", "it", "--json"]);
    let answer = json!([2, "A\nB", "done", "manual: waiting"]);
    assert_eq!(super::events(&done.stdout).last().unwrap()["answer"], answer, "{}", done.stderr);
    assert_eq!(place.exuvia(&["export", "it", "--script", "-o", "task.py"]), gives(0, "", ""));
    is_python(&fs::read_to_string(place.path("task.py")).unwrap());
    assert_eq!(self::answer(&place, &["task.py"]), answer);
}

#[test]
fn tools_are_lent_again_and_secrets_are_not_told() {
    let place = Place::new();
    let config = "[tools.count_lines]\ndescription = \"Counts the lines of a text.\"\nparameters = { text = \"str\" }\n\
                  returns = \"int\"\ncommand = [\"wc\", \"-l\"]\nstdin = \"{text}\"\noutput = \"json\"\n";
    place.write("exuvia.toml", config);
    fs::create_dir(place.path("data")).unwrap();
    let reply = cell("import os\nfinal(count_lines('a\\nb\\n') + len(os.environ['TOKEN']))");
    let model = script(&place, "script", &[&reply]);
    let options =
        ["--config", "exuvia.toml", "--secret-env", "TOKEN", "--env", "PLACE=hidden", "--mount", "data:/data"];
    let command = [&["agent", "count", "--model", &model][..], &options].concat();
    let done = run(place.command(&command).env("TOKEN", "hunter2"), b"");
    assert_eq!((done.status, done.stdout.as_str()), (0, "9\n"), "{}", done.stderr);
    let text = exported_session(&place);
    assert!(!text.contains("hunter2") && !text.contains("hidden"), "{text}");
    let line = "exuvia run --config exuvia.toml --mount FOLDER:/data --env PLACE=VALUE --secret-env TOKEN FILE";
    assert!(text.contains(line), "{text}");
    let options = ["run", "--config", "exuvia.toml", "--secret-env", "TOKEN", "--no-record", "task.py"];
    let ran = run(place.command(&options).env("TOKEN", "hunter22"), b"");
    assert_eq!(ran, gives(0, "10\n", ""));
    let bare = place.exuvia(&["run", "--no-record", "task.py"]);
    assert_eq!(bare.status, 1);
    assert!(bare.stderr.ends_with("lend what it needs, with `exuvia run --config FILE`\n"), "{}", bare.stderr);
}

#[test]
fn an_input_that_is_not_there_is_told() {
    let place = Place::new();
    copied(&place, "mountains/mountains.csv");
    exported(&place, "mountains", "mountains.csv");
    fs::remove_file(place.path("mountains.csv")).unwrap();
    let ran = place.exuvia(&["run", "--no-record", "task.py"]);
    let expected = "task.py: error: the input mountains.csv is not at /workspace/mountains.csv: lend it with `exuvia run \
                    --input mountains.csv=FILE ...`, or name a file in the folder of this script with --input \
                    mountains.csv=PATH\n";
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.ends_with(expected), "{}", ran.stderr);
    let ran = run(Command::new("python3").arg(place.path("task.py")), b"");
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    let ran = place.exuvia(&["run", "--no-record", "task.py", "--input", "rivers.csv="]);
    assert_eq!(ran.status, 2);
    assert_eq!(place.exuvia(&["run", "--input", "nowhere.csv", "task.py"]).status, 2);
}

#[test]
fn programs_that_ran_are_scripts_already() {
    let place = Place::new();
    place.write("one.py", "# /// script\n# dependencies = [\"x\"]\n# ///\n\"\"\"Doc.\"\"\"\nfrom __future__ import annotations\nimport sys\nprint(__doc__, sys.argv[1:])\n");
    assert_eq!(place.exuvia(&["run", "--session", "one", "one.py", "a b"]), gives(0, "Doc. ['a b']\n", ""));
    fs::remove_file(place.path("one.py")).unwrap();
    let exported = place.exuvia(&["export", "one", "--script"]);
    assert_eq!((exported.status, exported.stderr.as_str()), (0, ""));
    assert!(exported.stdout.contains("# Run it with: exuvia run FILE 'a b'\n"), "{}", exported.stdout);
    assert!(exported.stdout.contains("# dependencies = []\n") && !exported.stdout.contains("[\"x\"]"));
    place.write("again.py", &exported.stdout);
    assert_eq!(place.exuvia(&["run", "again.py", "c"]), gives(0, "Doc. ['c']\n", ""));
    // At the prompt.
    let session = place.given(&["repl", "--session", "two"], "x = 6\nprint(x * 7)\n");
    assert_eq!(session.status, 0, "{}", session.stderr);
    let exported = place.exuvia(&["export", "two", "--script", "-o", "-"]);
    place.write("two.py", &exported.stdout);
    assert_eq!(place.exuvia(&["run", "two.py"]), gives(0, "42\n", ""));
    // A module is not in the journal.
    assert_eq!(place.exuvia(&["run", "--session", "three", "-m", "this"]).status, 0);
    let refused = place.exuvia(&["export", "three", "--script"]);
    assert_eq!(refused.status, 2);
    assert!(
        refused.stderr.contains("` ran the module `this`, whose text is not in its journal\n"),
        "{}",
        refused.stderr
    );
    assert_eq!(place.exuvia(&["export", "one", "--script", "--with-checkpoints"]).status, 2);
}
