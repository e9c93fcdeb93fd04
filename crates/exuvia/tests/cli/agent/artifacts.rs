//! The files that belong to an answer, and the folder of `--out`.

use std::fs;

use serde_json::json;

use super::{agent, answer, events, script, told};
use crate::cli::recorded::Place;

/// Returns what is in a folder, by name, with what the files hold.
fn listing(place: &Place, folder: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(place.path(folder)).unwrap().map(|entry| entry.unwrap());
    let shown = |entry: fs::DirEntry| {
        let content = fs::read_to_string(entry.path()).unwrap_or_else(|_| "a folder".to_owned());
        (entry.file_name().into_string().unwrap(), content)
    };
    let mut all: Vec<_> = entries.map(shown).collect();
    all.sort();
    all
}

fn listed(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(name, content)| ((*name).to_owned(), (*content).to_owned())).collect()
}

/// Whatever is there for the person, an agent that may only look leaves it as it is.
#[test]
fn nothing_is_changed_in_the_folder_of_an_agent_that_may_only_look() {
    let code = r#"
code = """
import os
there = os.listdir('/output')
for name in there:
    os.remove('/output/' + name)
open('/output/new.txt', 'w').write('new')
open('/tmp/other.txt', 'w').write('other')
final([there, os.listdir('/output')], artifacts=['/output/new.txt', '/tmp/other.txt'])
"""
"#;
    for mode in [&["--dry-run"][..], &["--approve", "read-only"]] {
        let place = Place::new();
        fs::create_dir(place.path("out")).unwrap();
        place.write("out/keep.txt", "kept");
        let replies = [code, "text = 'A report.'"];
        let options = [mode, &["--out", "out", "--report", "--session", "it"]].concat();
        let done = agent(&place, &replies, &options);
        assert_eq!(done.status, 0, "{}", done.stderr);
        assert_eq!(done.stdout.replace([' ', '\n'], ""), r#"[["keep.txt"],["new.txt"]]"#);
        assert!(done.stderr.contains("nothing was written to `out`: this agent changes nothing\n"), "{}", done.stderr);
        assert_eq!(listing(&place, "out"), listed(&[("keep.txt", "kept")]));
        assert_eq!(place.exuvia(&["replay", "--quiet", "it"]).status, 0);
        let forked = place.exuvia(&["agent", "--fork", "it@1", "--session", "other"]);
        assert_eq!((forked.status, forked.stdout), (0, done.stdout), "{}", forked.stderr);
        assert_eq!(listing(&place, "out"), listed(&[("keep.txt", "kept")]));
        // Nor is a folder made, and nobody is told that something is kept.
        let run = agent(&place, &[code], &[mode, &["--out", "none", "--json"]].concat());
        assert_eq!(events(&run.stdout).last().unwrap()["answer"], json!([[], ["new.txt"]]), "{}", run.stderr);
        assert!(!fs::exists(place.path("none")).unwrap());
        let prompt = |options: &[&str]| {
            let print = ["agent", "do it", "--out", "out", "--print-prompt"];
            place.exuvia(&[&print[..], options].concat()).stdout
        };
        assert!(!prompt(mode).contains("are kept for the person"));
        assert!(prompt(&[]).contains("those in `/output` are kept for the person"));
    }
}

/// The folder that a session could write to when it began is not written to once it may only look.
#[test]
fn an_agent_that_goes_on_may_only_look_from_then_on() {
    let place = Place::new();
    let begun =
        agent(&place, &["code = 'open(\"/output/a\", \"w\").write(\"a\")'"], &["--out", "out", "--session", "it"]);
    assert_eq!(begun.status, 125, "{}", begun.stderr);
    let code = r#"
code = """
import os
told = []
for change in (lambda: os.remove('/output/a'), lambda: open('/output/b', 'w')):
    try: change()
    except OSError as error: told.append(error.strerror)
final([told, open('/output/a').read()], artifacts=['/output/a'])
"""
"#;
    let other = script(&place, "other", &["", code]);
    let done = place.exuvia(&["agent", "--resume", "it", "--model", &other, "--dry-run"]);
    let refused = "Read-only file system";
    let expected = json!([[refused, refused], "a"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&done.stdout).unwrap(), expected, "{}", done.stderr);
    assert_eq!(listing(&place, "out"), listed(&[("a", "a")]));
    assert_eq!(place.exuvia(&["replay", "--quiet", "it"]).status, 0);
}

/// Wherever a program has its files, they can belong to its answer.
#[test]
fn artifacts_are_where_the_program_finds_them() {
    let place = Place::new();
    for folder in ["data", "notes", "shown", "out"] {
        fs::create_dir(place.path(folder)).unwrap();
    }
    place.write("notes/old.txt", "an old note");
    place.write("shown/read.txt", "shown");
    place.write("out/there.txt", "from before");
    let code = r#"
code = """
import os
def write(path, text):
    open(path, 'w').write(text)
os.makedirs('/output/deep')
write('/output/deep/x.txt', 'x')
write('/data/y.txt', 'y')
write('/notes/new.txt', 'a new note')
write('/notes/old.txt', 'an OLD')
write('rel.txt', 'relative')
os.chdir('/tmp')
write('rel2.txt', 'relative, too')
os.symlink('/data/y.txt', '/tmp/link.txt')
paths = ['/output/deep/x.txt', '/data/y.txt', '/notes/new.txt', '/notes/old.txt', '/shown/read.txt',
         '/workspace/rel.txt', 'rel2.txt', 'link.txt', '/output/there.txt', '../output/./deep/x.txt']
final('done', artifacts=paths)
"""
"#;
    let missing = "code = 'final(1, artifacts=[\"/output/no.txt\", \"rel.csv\", \"/data\", \"/data/no.txt\"])'";
    let refused =
        "expect = ['The answer was not taken: there is no file /output/no.txt, rel.csv, /data, /data/no.txt']";
    let second = format!("{refused}\n{code}");
    let mounts = ["--mount", "data:/data:rw", "--mount", "notes:/notes:overlay", "--mount", "shown:/shown"];
    let options = [&["--out", "out", "--session", "it", "--json"], &mounts[..]].concat();
    let done = agent(&place, &[missing, &second], &options);
    assert_eq!(done.status, 0, "{}", done.stderr);
    let last = events(&done.stdout).pop().unwrap();
    let written = [
        "deep/x.txt",
        "y.txt",
        "new.txt",
        "old.txt",
        "read.txt",
        "rel.txt",
        "rel2.txt",
        "link.txt",
        "there.txt",
        "x.txt",
    ];
    assert_eq!(last["written"], json!(written.map(|name| format!("out/{name}"))), "{}", done.stderr);
    let expected = [
        ("deep", "a folder"),
        ("link.txt", "y"),
        ("new.txt", "a new note"),
        ("old.txt", "an OLD"),
        ("read.txt", "shown"),
        ("rel.txt", "relative"),
        ("rel2.txt", "relative, too"),
        ("there.txt", "from before"),
        ("x.txt", "x"),
        ("y.txt", "y"),
    ];
    assert_eq!(listing(&place, "out"), listed(&expected));
    assert_eq!(listing(&place, "out/deep"), listed(&[("x.txt", "x")]));
    // What was found is written down: neither a replay nor an agent that has ended looks again for it.
    fs::remove_file(place.path("data/y.txt")).unwrap();
    assert_eq!(place.exuvia(&["replay", "--quiet", "it"]).status, 0);
    let again = place.exuvia(&["agent", "--resume", "it"]);
    assert_eq!((again.status, again.stdout.as_str()), (125, "done\n"));
    let gone = "error: the artifact `/data/y.txt` was not kept: it cannot be read, or is larger than --files-limit\n";
    assert!(again.stderr.contains(gone), "{}", again.stderr);
}

/// The model is told of what its code has written, also where that is a folder of the person's.
#[test]
fn files_that_are_written_in_mounts_are_told() {
    let place = Place::new();
    for folder in ["data", "notes", "out"] {
        fs::create_dir(place.path(folder)).unwrap();
    }
    place.write("data/old.txt", "old");
    place.write("data/read.txt", "read");
    place.write("notes/old.txt", "old");
    let first = r#"
code = """
import os
print(os.listdir('/data'), open('/data/read.txt').read())
open('/data/new.txt', 'w').write('new')
open('/data/old.txt', 'a').write('er')
open('/notes/old.txt', 'w').write('o')
os.mkdir('/output/deep')
open('/output/deep/x', 'w').write('x')
"""
"#;
    let second = r#"code = "open('/data/new.txt', 'a').write('er'); final(1)""#;
    let mounts = ["--mount", "data:/data:rw", "--mount", "notes:/notes:overlay", "--out", "out"];
    let done = agent(&place, &[first, second], &[&["--session", "it", "--json"], &mounts[..]].concat());
    assert_eq!(done.status, 0, "{}", done.stderr);
    let lines: Vec<String> = told(&done.stdout)
        .iter()
        .flat_map(|text| text.lines().filter_map(|line| line.strip_prefix("files written: ")))
        .map(|line| {
            let mut files: Vec<&str> = line.split_inclusive(") ").map(str::trim).collect();
            files.sort_unstable();
            files.join(", ")
        })
        .collect();
    let expected = [
        "/data/new.txt (3 bytes), /data/old.txt (5 bytes), /notes/old.txt (1 bytes), /output/deep/x (1 bytes)",
        "/data/new.txt (5 bytes)",
    ];
    assert_eq!(lines, expected);
    assert_eq!(place.exuvia(&["replay", "--quiet", "it"]).status, 0);
}

#[test]
fn artifacts_of_subagents_may_lie_in_mounts() {
    let place = Place::new();
    fs::create_dir(place.path("data")).unwrap();
    let code = r#"
code = """
import os
if os.path.exists('/input/called'):
    open('/data/x.txt', 'w').write('from far')
    final(1, artifacts=['/data/x.txt'])
else:
    final([[file.path, file.content.decode()] for file in task('x', files={'called': b''}).files])
"""
"#;
    let given = answer(&place, &[code], &["--mount", "data:/data:rw"]);
    assert_eq!(given, (0, json!([["/data/x.txt", "from far"]])));
    assert_eq!(listing(&place, "data"), []);
}

/// What a program chooses is a name in the folder of `--out`, and no path out of it.
#[test]
fn artifacts_stay_in_their_folder() {
    let place = Place::new();
    let code = r#"
code = """
import os
open('/tmp/escaped', 'w').write('a')
open('/tmp/..escaped', 'w').write('b')
os.mkdir('/output/deep')
final(2, artifacts=['/output/../tmp/escaped', '/output/deep/../../tmp/..escaped'])
"""
"#;
    let run = agent(&place, &[code], &["--out", "out"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, "2\n"), "{}", run.stderr);
    assert_eq!(listing(&place, "out"), listed(&[("..escaped", "b"), ("deep", "a folder"), ("escaped", "a")]));
    for name in ["escaped", "..escaped", "tmp"] {
        assert!(!fs::exists(place.path(name)).unwrap(), "{name}");
    }
}

#[test]
fn artifacts_of_one_name_are_kept_apart() {
    let place = Place::new();
    let code = r#"
code = """
import os
for folder, name in (('/tmp/a', 'x.csv'), ('/tmp/b', 'x.csv'), ('/tmp/c', 'X.CSV'), ('/tmp', 'report.md')):
    os.makedirs(folder, exist_ok=True)
    open(f'{folder}/{name}', 'w').write(folder)
open('/output/x-2.csv', 'w').write('there')
paths = ['/tmp/a/x.csv', '/tmp/b/x.csv', '/tmp/c/X.CSV', '/tmp/a/x.csv', '/tmp/report.md', '/output/x-2.csv']
final(1, artifacts=paths)
"""
"#;
    let run = agent(&place, &[code, "text = 'The report.'"], &["--out", "out", "--report"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, "1\n"), "{}", run.stderr);
    let expected = [
        ("X-4.CSV", "/tmp/c"),
        ("report-2.md", "The report.\n"),
        ("report.md", "/tmp"),
        ("x-2.csv", "there"),
        ("x-3.csv", "/tmp/b"),
        ("x.csv", "/tmp/a"),
    ];
    assert_eq!(listing(&place, "out"), listed(&expected));
    for line in [
        "file: out/x.csv\n",
        "file: out/x-3.csv, which was /tmp/b/x.csv\n",
        "file: out/report.md\n",
        "file: out/report-2.md, which was the report\n",
    ] {
        assert!(run.stderr.contains(line), "{line}: {}", run.stderr);
    }
}

/// The answer is what the person has waited for: it is told, whatever becomes of the files.
#[test]
fn an_answer_is_told_also_where_its_files_cannot_be_kept() {
    let place = Place::new();
    fs::create_dir_all(place.path("out/x.txt")).unwrap();
    let code = "code = 'open(\"x.txt\", \"w\").write(\"x\"); open(\"y.txt\", \"w\").write(\"y\"); final(\"forty-two\", artifacts=[\"x.txt\", \"y.txt\"])'";
    let run = agent(&place, &[code], &["--out", "out"]);
    assert_eq!((run.status, run.stdout.as_str()), (125, "forty-two\n"));
    assert!(run.stderr.ends_with("error: `out/x.txt` cannot be written: is a directory\n"), "{}", run.stderr);
    assert_eq!(listing(&place, "out"), listed(&[("x.txt", "a folder"), ("y.txt", "y")]));
    let run = agent(&place, &[code], &["--out", "out", "--json"]);
    let last = events(&run.stdout).pop().unwrap();
    assert_eq!((run.status, &last["answer"], &last["written"]), (125, &json!("forty-two"), &json!(["out/y.txt"])));
    assert!(!told(&run.stdout).iter().any(|text| text.contains("was not taken")));
}
