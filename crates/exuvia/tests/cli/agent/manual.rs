//! `manual`: what it finds, and whether it is so.

use serde_json::{Value as Json, json};

use super::{agent, answer, events};
use crate::cli::recorded::Place;

/// Cells that try out what the manual says.
const TRUTHS: [&str; 10] = [
    r#"
import asyncio, concurrent.futures, http.client, importlib, multiprocessing, os, queue, runpy, socket, sqlite3, subprocess
import sys, threading, time, urllib.request
from exuvia import parallel
def raises(function, *arguments):
    try:
        function(*arguments)
    except BaseException as error:
        return type(error).__name__
for name in ("json csv sqlite3 zipfile tarfile gzip lzma xml html.parser re decimal statistics zoneinfo asyncio unittest "
             "collections pathlib shutil hashlib secrets xml.etree.ElementTree").split():
    importlib.import_module(name)
for name in "ctypes curses readline tkinter dbm venv ensurepip pip".split():
    assert raises(importlib.import_module, name) == "ModuleNotFoundError", name
import hashlib
assert not hasattr(hashlib, "pbkdf2_hmac") and sys.maxsize == 2**31 - 1 and 2**200 > 0
assert sys.platform == "emscripten" and time.tzname == ("UTC", "UTC") and os.cpu_count() == 1
assert set(os.environ) <= {"NO_COLOR"}
assert raises(socket.socket) == "PermissionError" and raises(urllib.request.urlopen, "http://x.example") == "URLError"
assert raises(http.client.HTTPConnection("x.example").request, "GET", "/") == "gaierror"
assert raises(subprocess.run, "ls") == raises(os.system, "ls") == raises(os.fork) == "OSError"
assert raises(multiprocessing.Process(target=print).start) == "OSError"
assert raises(concurrent.futures.ProcessPoolExecutor) == "NotImplementedError"
assert os.getcwd() == "/workspace" and {"input", "output", "skills", "tools", "tmp"} <= set(os.listdir("/"))
assert open("/input/given.txt").read() == "given" and "llm.pyi" in os.listdir("/tools")
for path in ["x.txt", "/tmp/x.txt", "/output/x.txt"]:
    assert open(path, "w").write("x") == 1
assert os.path.exists("/workspace/x.txt") and not os.path.exists("/etc")
assert raises(open, "/x", "w") == "PermissionError" and raises(open, "/usr/x", "w") == raises(open, "/skills/x", "w") == "OSError"
assert raises(input) == "EOFError" and raises(threading.Event().wait) == raises(queue.Queue().get) == "RuntimeError"
ran = []
thread = threading.Thread(target=ran.append, args=(1,))
thread.start()
thread.join()
assert ran == [1] and list(concurrent.futures.ThreadPoolExecutor(3).map(abs, [-1, 2])) == [1, 2]
"#,
    r#"
order = []
async def one(number):
    order.append(number)
    await asyncio.sleep(0)
    order.append(-number)
    return number * number
assert parallel(one, [1, 2, 3]) == [1, 4, 9] and order == [1, 2, 3, -1, -2, -3]
order.clear()
assert parallel(one, [1, 2], limit=1) == [1, 4] and order == [1, -1, 2, -2]
assert parallel(abs, [-1, 2]) == [1, 2]
assert asyncio.run(one(5)) == 25
"#,
    r#"
assert await parallel.aio(one, [2]) == [4] and await asyncio.gather(one(1), one(2)) == [1, 4]
async with asyncio.TaskGroup() as group:
    group.create_task(one(3))
assert raises(asyncio.run, one(5)) == "RuntimeError"
async def fails(number):
    if number == 1:
        raise ValueError(number)
    await asyncio.sleep(600)
assert raises(parallel, fails, [0, 1, 2]) == "ValueError"
async def ask_all(query):
    return (await manual.aio(query))[0].source
assert parallel(ask_all, ["files", "threads"]) == ["manual: files", "manual: waiting"]
assert [part.title for part in parallel(manual, ["network"])[0]][0].startswith("The sandbox")
from exuvia.tools import manual as same
assert same is manual
import exuvia
assert raises(manual) == raises(manual, 3) == "TypeError" and raises(ask, "Who?") == "PermissionError"
assert issubclass(exuvia.ToolTimeout, exuvia.ToolError) and issubclass(exuvia.ToolInterrupted, exuvia.ToolError)
"#,
    r#"
open("script.py", "w").write("import sys\nargument = sys.argv[1]\nif __name__ == '__main__': sys.exit(3)")
sys.argv = ["script.py", "x"]
assert raises(runpy.run_path, "script.py", None, "__main__") == "SystemExit"
assert runpy.run_path("script.py", run_name="module")["argument"] == "x"
database = sqlite3.connect("/tmp/data.db")
database.execute("create table a (b)")
assert database.execute("select name, sql from sqlite_master").fetchall() == [("a", "CREATE TABLE a (b)")]
assert raises(bytearray, 900 << 20) == "MemoryError"
def deep(levels):
    return 0 if levels == 0 else deep(levels - 1)
assert raises(deep, 1_000) == "RecursionError"
sys.setrecursionlimit(2_000)
assert deep(1_500) == 0
z = 1
"#,
    "z = 2\nsys.exit(0)",
    "assert z == 2\nz = 3\nopen('kept', 'w').write('x')\ntry:\n    while True: pass\nexcept Exception: z = 'caught'",
    "assert z == 3 and os.path.exists('kept')\nz = 4\nopen('undone', 'w').write('x')\nwhile True:\n  try:\n    while True: pass\n  except: pass",
    "assert z == 3 and not os.path.exists('undone')\nfinal(1)\nraise LookupError",
    "print('1234567890' * 2000)",
    "from glob import glob\nassert len(open(glob('/tmp/outputs/*')[0]).read()) == 20_001\nfinal('so')",
];

/// Returns what `final` was given by a cell of this code.
fn value(place: &Place, code: &str, options: &[&str]) -> Json {
    let (status, answer) = answer(place, &[&format!("code = '''\n{code}'''")], options);
    assert_eq!(status, 0);
    answer
}

/// Each question with the section that must come first.
#[test]
fn the_manual_answers_what_is_asked() {
    let place = Place::new();
    for (question, page, title) in [
        ("threads", "waiting", "Doing several things, waiting › Threads, threading, ThreadPoolExecutor, queue"),
        ("How do I run a shell command?", "sandbox", "The sandbox › Processes, subprocess, shell commands"),
        ("subprocess.run", "sandbox", "The sandbox › Processes, subprocess, shell commands"),
        ("download a URL with requests", "sandbox", "The sandbox › Network, HTTP, sockets, requests, urllib"),
        ("pip install pandas", "sandbox", "The sandbox › Packages, pip install"),
        ("MemoryError", "limits", "Limits and errors › Memory limit"),
        ("parallel calls", "waiting", "Doing several things, waiting › Many calls of tools at a time: parallel"),
        ("where do I write output files", "files", "Files › Where files are"),
        ("show a plot", "files", "Files › Pictures, images, plots"),
        ("run a script of a skill", "agent", "Working as an agent › Skills"),
        ("asyncio.run", "waiting", "Doing several things, waiting › await at the top level, asyncio"),
        (
            "ToolError retry",
            "tools",
            "Functions of the host › When a tool fails: ToolError, PermissionError, TypeError",
        ),
    ] {
        let code = format!("part = manual({question:?})[0]\nfinal([part.source, part.title])\n");
        assert_eq!(value(&place, &code, &[]), json!([format!("manual: {page}"), title]), "{question}");
    }
}

#[test]
fn skills_and_tools_are_found() {
    let place = Place::new();
    std::fs::create_dir_all(place.path(".agents/skills/iban/references")).unwrap();
    let skill = "---\nname: iban\ndescription: Checks account numbers.\n---\n# Banks\n\n## Modulus\n\nDivide by ninety-seven.\n";
    place.write(".agents/skills/iban/SKILL.md", skill);
    let long = format!(
        "Before.\n# Lengths\n```\n# no heading\n```\nNorwegian ones are short.\n# Long\n{}",
        "zebra ".repeat(1_000)
    );
    place.write(".agents/skills/iban/references/lengths.md", &long);
    place.write(".agents/skills/iban/references/data.txt", "zebra");
    place.write(
        "exuvia.toml",
        "[tools.exchange]\ndescription = 'Converts currencies.'\nparameters = { amount = 'float' }\ncommand = ['echo', '{amount}']\n",
    );
    let code = r#"
found = []
for query in ["ninety seven", "account numbers", "norwegian", "currency currencies"]:
    part = manual(query)[0]
    found.append([part.title, part.source, part.text])
zebra = manual("ZEBRAS")
final([found, len(zebra), len(zebra[0].text), zebra[0].text[-70:]])
"#;
    let path = "/skills/iban/references/lengths.md";
    let (cut, end) = ("zebra ".repeat(1_500 / 6), format!("\n… it goes on: see {path}"));
    let stub = "def exchange(amount: float) -> str:\n    \"\"\"Converts currencies.\"\"\"\n";
    let all = format!("{cut}{end}");
    let tail: String = all.chars().skip(all.chars().count() - 70).collect();
    assert_eq!(
        value(&place, code, &["--config", "exuvia.toml"]),
        json!([
            [
                ["Banks › Modulus", "/skills/iban/SKILL.md", "Divide by ninety-seven."],
                ["Skill iban", "/skills/iban/SKILL.md", "Checks account numbers."],
                ["Lengths", path, "```\n# no heading\n```\nNorwegian ones are short."],
                ["exchange(amount: float) -> str", "help(exchange)", stub],
            ],
            1,
            all.chars().count(),
            tail,
        ])
    );
}

/// Where nothing is found, all there is is listed.
#[test]
fn the_manual_lists_what_it_has() {
    let place = Place::new();
    let code = r#"
found = [manual(query) for query in ["", "how do I", "xyzzy"]]
final([[len(parts), parts[0].title, parts[0].text.splitlines()[:2], len(parts[0].text)] for parts in found])
"#;
    let first = "- The sandbox › What is there (manual: sandbox)";
    let answer = value(&place, code, &[]);
    let head = |text: &str, row: usize| json!([1, "Contents", [text, first], answer[row][3]]);
    let nothing = "Nothing was found. There is:";
    assert_eq!(answer, json!([head("There is:", 0), head(nothing, 1), head(nothing, 2)]));
    assert!(answer.as_array().unwrap().iter().all(|row| row[3].as_u64().unwrap() < 6_100));
}

/// What the manual says of the sandbox, tried out: each part of it says what it must come to.
#[test]
fn what_the_manual_says_is_so() {
    let place = Place::new();
    place.write("given.txt", "given");
    let replies: Vec<String> = TRUTHS.iter().map(|code| format!("code = '''\n{code}'''")).collect();
    let replies: Vec<&str> = replies.iter().map(String::as_str).collect();
    let options = ["--json", "--timeout", "2", "--input", "given.txt", "--out", "out"];
    let run = agent(&place, &replies, &options);
    let ended: Vec<String> = events(&run.stdout)
        .iter()
        .filter(|event| event["event"] == "outcome")
        .map(|event| {
            let outcome = &event["outcome"];
            let error = &outcome["error"];
            // What the assertion was that failed, if one did.
            let line = error["frames"].as_array().and_then(|frames| frames.last()?["source"].as_str());
            match error["type"].as_str() {
                Some("AssertionError") => format!("not so: {}", line.unwrap_or_default()),
                Some(name) => name.to_owned(),
                None => outcome["status"].as_str().unwrap_or_default().to_owned(),
            }
        })
        .collect();
    let finished = "finished";
    let expected = [
        finished,
        finished,
        finished,
        finished,
        "exited",
        "exuvia.TimeLimit",
        "stopped",
        "LookupError",
        finished,
        finished,
    ];
    assert_eq!(ended, expected, "{}", run.stderr);
    assert_eq!(events(&run.stdout).pop().unwrap()["answer"], "so");
}
