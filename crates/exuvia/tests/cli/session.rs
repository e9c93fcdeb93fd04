//! `exuvia session list` and `show`: sessions that are written here, event by event.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use exuvia_core::journal::{
    EngineIdentity, Event, GivenFile, Hash, MountPoint, Opened, Opening, PackageIdentity, Parent, Program, SessionId,
    Source, Store, Variable, Writer,
};
use exuvia_core::recording::Asked;
use exuvia_core::{
    ClockId, ErrorReport, FinishedCall, Frame, HostAnswer, Interrupt, MountAnswer, MountFault, MountMode,
    MountOperation, MountRequest, Outcome, Status, Stream, ToolFailure, Usage, Value,
};
use exuvia_journal::{LocalStore, SqliteOptions};
use pollster::block_on;
use serde_json::{Value as Json, json};

use crate::{Run, command, gives, run};

/// 2001-09-09 01:46:40 UTC.
const START: i64 = 1_000_000_000_000;

/// A folder in which sessions are kept.
pub(super) struct Journal {
    pub(super) folder: tempfile::TempDir,
}

impl Journal {
    pub(super) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Runs `exuvia session` with this journal.
    pub(super) fn session(&self, arguments: &[&str]) -> Run {
        self.session_with(arguments, b"")
    }

    pub(super) fn session_with(&self, arguments: &[&str], stdin: &[u8]) -> Run {
        let arguments = [&["session"], arguments].concat();
        run(command(&arguments).env("EXUVIA_JOURNAL", self.folder.path()), stdin)
    }

    pub(super) fn store(&self) -> LocalStore {
        LocalStore::open(self.folder.path(), SqliteOptions::default()).unwrap()
    }

    /// Writes a session whose events are some milliseconds apart.
    pub(super) fn write(&self, opening: Opening, events: Vec<Event>) {
        let at = opening.at;
        let store = self.store();
        let mut writer = block_on(store.create(opening)).unwrap();
        append(&mut *writer, at, events);
    }
}

pub(super) fn append(writer: &mut dyn Writer, at: i64, events: Vec<Event>) {
    let events: Vec<(i64, Event)> = events.into_iter().zip(1..).map(|(event, n)| (at + n * 10, event)).collect();
    block_on(writer.append(&events)).unwrap();
    block_on(writer.sync()).unwrap();
}

pub(super) fn opening(session: &str, name: Option<&str>, at: i64) -> Opening {
    let opened =
        Opened::new(EngineIdentity { name: "cpython".into(), version: "3.14.2".into() }, "0123456789abcdef", [1; 32]);
    Opening { session: SessionId::new(session).unwrap(), name: name.map(str::to_owned), opened, at }
}

pub(super) fn fork(session: &str, parent: &str, position: u64) -> Opening {
    let mut opening = opening(session, None, START + 60_000);
    opening.opened.parent = Some(Parent { session: SessionId::new(parent).unwrap(), position });
    opening
}

fn outcome(status: Status) -> Outcome {
    let usage = Usage { wall_time: Duration::from_millis(120), ..Usage::default() };
    Outcome { status, stdout: String::new(), stderr: String::new(), value: None, error: None, usage }
}

fn valued(repr: &str) -> Outcome {
    let value = Value {
        repr: repr.into(),
        type_name: "object".into(),
        json: None,
        rich: [("text/html".to_owned(), json!("<b>"))].into(),
        truncated: false,
    };
    Outcome { value: Some(value), ..outcome(Status::Finished) }
}

fn raised(type_name: &str, message: &str, frame: Frame) -> Outcome {
    let error = ErrorReport {
        type_name: type_name.into(),
        message: message.into(),
        notes: Vec::new(),
        frames: vec![frame],
        cause: None,
        context: None,
        group: Vec::new(),
        syntax: None,
        traceback: format!("Traceback (most recent call last):\n{type_name}: {message}\n"),
        limit: None,
    };
    Outcome { error: Some(Box::new(error)), ..outcome(Status::Raised) }
}

fn frame(file: &str, source: &str) -> Frame {
    Frame {
        file: file.into(),
        line: Some(1),
        end_line: None,
        column: None,
        end_column: None,
        function: "<module>".into(),
        source: Some(source.into()),
    }
}

fn started(cell: u32, source: &str) -> Event {
    Event::CellStarted { cell, source: Source::Cell(source.into()) }
}

fn ended(cell: u32, outcome: Outcome) -> Event {
    Event::CellEnded { cell, outcome: Box::new(outcome) }
}

fn written(stream: Stream, bytes: &[u8]) -> Event {
    Event::Output { stream, bytes: bytes.to_vec() }
}

/// A cell that writes a text: three events.
pub(super) fn cell(number: u32, text: &str) -> Vec<Event> {
    let source = started(number, &format!("print({text:?})"));
    vec![source, written(Stream::Stdout, text.as_bytes()), ended(number, outcome(Status::Finished))]
}

fn mount(operation: MountOperation) -> Asked {
    Asked::Mount(MountRequest { mount: 0, operation })
}

/// A session of all that there is, and a fork of it.
fn story(journal: &Journal) {
    let mut opening = opening("quiet-otter-1", Some("Ada's"), START);
    let opened = &mut opening.opened;
    opened.packages.push(PackageIdentity { name: "numpy".into(), version: "2.4.0".into(), hash: "00".into() });
    opened.mounts.push(MountPoint { path: "/data".into(), mode: MountMode::ReadWrite });
    opened.environment.push(Variable { name: "LANG".into(), value: Some("C".into()) });
    opened.environment.push(Variable { name: "TOKEN".into(), value: None });
    opened.files.push(GivenFile { path: "/workspace/p.py".into(), content: b"import os\n".to_vec() });
    let tool = |page: u32| Asked::Tool { tool: "fetch".into(), arguments: format!("{{\"page\": {page}}}") };
    let start = |call| Asked::Start { call, tool: "slow".into(), arguments: "{}".into() };
    let finished = |call| vec![FinishedCall { call, outcome: Ok("7".into()) }];
    let clock = (ClockId::Realtime, 1);
    let write = MountOperation::Write { path: b"a.txt".to_vec(), offset: 0, bytes: vec![0; 2_048] };
    let rename = MountOperation::Rename { from: b"a.txt".to_vec(), to: b"b/c.txt".to_vec() };
    let file = Source::Program { program: Program::File("/workspace/p.py".into()), arguments: vec!["-v".into()] };
    journal.write(
        opening,
        vec![
            started(1, "x = fetch(page=1)\nprint(x)\nx"),
            Event::Asked { asked: tool(1) },
            Event::Answered { asked: 2, answer: HostAnswer::Tool(Ok("[1, 2]".into())) },
            Event::Clocks(vec![clock, clock]),
            Event::Random { length: 16 },
            written(Stream::Stdout, b"[1, "),
            written(Stream::Stdout, b"2]\n"),
            ended(1, valued("[1, 2]")),
            // 9
            Event::Checkpoint { memory: Hash([7; 32]), files: None },
            started(2, "fetch(page=2)"),
            Event::Asked { asked: tool(2) },
            Event::Answered { asked: 11, answer: HostAnswer::Tool(Err(ToolFailure::failed("no such page"))) },
            written(Stream::Stderr, b"warning\n"),
            ended(2, raised("exuvia.ToolError", "no such page", frame("<cell 2>", "fetch(page=2)"))),
            // 15
            Event::Undone { cell: 1 },
            Event::CellStarted { cell: 2, source: file },
            Event::Asked { asked: start(1) },
            Event::Answered { asked: 17, answer: HostAnswer::Done },
            Event::Asked { asked: start(2) },
            Event::Answered { asked: 19, answer: HostAnswer::Done },
            Event::Call { asked: Asked::Wait { duration: None }, answer: HostAnswer::Finished(finished(1)) },
            Event::Asked { asked: mount(write) },
            Event::Answered { asked: 22, answer: HostAnswer::Mount(Ok(MountAnswer::Done)) },
            Event::Asked { asked: mount(rename) },
            Event::Answered { asked: 24, answer: HostAnswer::Mount(Err(MountFault::NotFound)) },
            Event::Call {
                asked: mount(MountOperation::List { path: Vec::new() }),
                answer: HostAnswer::Mount(Ok(MountAnswer::Entries(Vec::new()))),
            },
            Event::Call { asked: Asked::Input { length_max: 9 }, answer: HostAnswer::Bytes(b"yes\n".to_vec()) },
            Event::Interrupted { checks: 5, interrupt: Interrupt { signal: 2, message: "Ctrl-C".into() } },
            ended(2, outcome(Status::Exited { code: 3 })),
            // 30
            Event::Note { kind: "model".into(), data: json!({"tokens": 5}) },
            started(3, "await asyncio.sleep(1)"),
            Event::Call { asked: Asked::Wait { duration: None }, answer: HostAnswer::Finished(finished(2)) },
            Event::Asked { asked: tool(3) },
        ],
    );
    // Within the first cell, between a question and its answer.
    let answer = HostAnswer::Tool(Ok("[3]".into()));
    let rest = vec![Event::Answered { asked: 2, answer }, ended(1, outcome(Status::Finished))];
    journal.write(fork("quiet-otter-2", "quiet-otter-1", 3), [rest, cell(2, "forked\n")].concat());
}

const STORY: &str = "\
\x20 session    quiet-otter-1
  name       Ada's
  began      2001-09-09 01:46:40 UTC
  last used  2001-09-09 01:46:40 UTC
  size       SIZE, 34 events of its own
  fork       quiet-otter-2, which goes on from position 3
  engine     cpython 3.14.2
  image      0123456789abcdef
  packages   numpy 2.4.0
  limits     30.0 s for each cell, 512.0 MiB of memory
  mounts     /data (read and write)
  variables  LANG=C
             TOKEN (a secret, which is not kept)
  files      /workspace/p.py (10 B)

cell 1  2001-09-09 01:46:40 UTC  120 ms
  source     x = fetch(page=1)
             print(x)
             x
  call       fetch {\"page\": 1}
             → [1, 2]  10 ms
  stdout     [1, 2]
  value      [1, 2]
             (also as text/html)
  took in    2 looks at clocks, 16 random bytes
  checkpoint at position 9, memory 0707070707070707…

cell 2  2001-09-09 01:46:40 UTC  120 ms  undone
  source     fetch(page=2)
  call       fetch {\"page\": 2}
             failed: no such page  10 ms
  stderr     warning
  error      exuvia.ToolError: no such page
             <cell 2>, line 1, in <module>
                 fetch(page=2)

  undo       back to the end of cell 1

cell 2  2001-09-09 01:46:40 UTC  120 ms
  program    /workspace/p.py -v
  source     import os
  call       slow {} in the background
             → 7  40 ms
  call       slow {} in the background
             no answer yet
  change     write /data/a.txt, 2.0 KiB
  change     rename /data/a.txt → /data/b/c.txt  failed: there is no such file or directory
  stdin      yes
  interrupt  Ctrl-C
  exit       status 3
  took in    1 read of a mount
  note       model {\"tokens\":5}

cell 3  2001-09-09 01:46:40 UTC  has not ended
  source     await asyncio.sleep(1)
  call       slow, started before
             → 7
  call       fetch {\"page\": 3}
             no answer yet
";

const FORK: &str = "\
\x20 session    quiet-otter-2
  began      2001-09-09 01:47:40 UTC
  last used  2001-09-09 01:47:40 UTC
  size       SIZE, 6 events of its own
  forked     from quiet-otter-1 at position 3
  engine     cpython 3.14.2
  image      0123456789abcdef
  limits     30.0 s for each cell, 512.0 MiB of memory

cell 1  2001-09-09 01:46:40 UTC  120 ms
  source     x = fetch(page=1)
             print(x)
             x
  fork       quiet-otter-2 goes on from here: position 3 of quiet-otter-1
  call       fetch {\"page\": 1}
             → [3]  59.9 s

cell 2  2001-09-09 01:47:40 UTC  120 ms
  source     print(\"forked\\n\")
  stdout     forked
";

/// Replaces what depends on how SQLite lays out its pages.
fn without_size(run: Run) -> Run {
    let line = run.stdout.lines().find(|line| line.starts_with("  size ")).unwrap();
    let size = line["  size       ".len()..].split(',').next().unwrap();
    Run { stdout: run.stdout.replacen(size, "SIZE", 1), ..run }
}

#[test]
fn a_session_is_told_to_people() {
    let journal = Journal::new();
    story(&journal);
    assert_eq!(without_size(journal.session(&["show", "Ada's"])), gives(0, STORY, ""));
    assert_eq!(without_size(journal.session(&["show", "quiet-otter-2"])), gives(0, FORK, ""));
}

#[test]
fn a_session_is_told_to_programs() {
    let journal = Journal::new();
    story(&journal);
    let run = journal.session(&["show", "quiet-otter-1", "--json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let document: Json = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["session"], "quiet-otter-1");
    assert_eq!(document["created"], "2001-09-09T01:46:40.000Z");
    assert_eq!(document["forks"], json!([{"session": "quiet-otter-2", "position": 3}]));
    assert_eq!(document["damage"], Json::Null);
    assert_eq!(document["opened"]["environment"][1], json!({"name": "TOKEN", "value": null}));
    let types = |items: &Json| -> Vec<String> {
        items.as_array().unwrap().iter().map(|item| item["type"].as_str().unwrap().to_owned()).collect()
    };
    let items = &document["items"];
    assert_eq!(types(items), ["cell", "checkpoint", "cell", "undone", "cell", "note", "cell"]);
    let call = json!({
        "type": "call", "position": 2, "tool": "fetch", "arguments": "{\"page\": 1}", "background": false,
        "outcome": {"result": "[1, 2]"}, "seconds": 0.01,
    });
    let output = json!({"type": "output", "stream": "stdout", "text": "[1, 2]\n"});
    assert_eq!(items[0]["items"], json!([call, output]));
    assert_eq!(items[0]["outcome"]["value"]["repr"], "[1, 2]");
    assert_eq!((&items[2]["undone"], &items[4]["undone"]), (&json!(true), &json!(false)));
    assert_eq!(items[4]["source"], json!({"file": {"path": "/workspace/p.py", "arguments": ["-v"]}}));
    assert_eq!(items[6]["ended"], Json::Null);
}

#[test]
fn a_program_cannot_speak_to_the_terminal() {
    let journal = Journal::new();
    let evil = "\x1b]0;title\x07\u{9b}2J\r\u{202e}x\0";
    let text = format!("{evil}\ncell 9  forged\n");
    let mut events = vec![started(1, evil), written(Stream::Stdout, text.as_bytes())];
    events.push(written(Stream::Stderr, b"\xff\x1b[1m\n"));
    let tool = Asked::Tool { tool: "t".into(), arguments: format!("\"{evil}\"") };
    events.push(Event::Asked { asked: tool });
    events.push(Event::Answered { asked: 4, answer: HostAnswer::Tool(Err(ToolFailure::failed(evil))) });
    events.push(ended(1, Outcome { ..raised(evil, evil, frame(evil, evil)) }));
    events.push(Event::Note { kind: evil.into(), data: json!(evil) });
    journal.write(opening("evil", None, START), events);

    let harmful = |run: &Run| -> Vec<char> {
        let bidirectional = |character: char| ('\u{202a}'..='\u{202e}').contains(&character);
        let harmful = |character: &char| (character.is_control() && *character != '\n') || bidirectional(*character);
        run.stdout.chars().chain(run.stderr.chars()).filter(harmful).collect()
    };
    for options in [&[][..], &["--full"], &["--json"], &["--events"]] {
        let run = journal.session(&[&["show", "evil"], options].concat());
        assert_eq!((run.status, harmful(&run)), (0, vec![]), "{options:?}");
    }
    let shown = journal.session(&["show", "evil"]).stdout;
    let escaped = "\\x1b]0;title\\x07\\x9b2J\\r\\u202ex\\x00";
    let stdout = format!("\n  stdout     {escaped}\n             cell 9  forged\n  stderr     \\xff\\x1b[1m\n");
    assert!(shown.contains(&stdout), "{shown}");
    // What is escaped says the same.
    let document: Json = serde_json::from_str(&journal.session(&["show", "evil", "--json"]).stdout).unwrap();
    assert_eq!(document["items"][0]["items"][0]["text"], json!(text));
}

#[test]
fn long_texts_are_cut() {
    let journal = Journal::new();
    let lines: String = (1..=100).map(|number| format!("{number}\n")).collect();
    let long = "é".repeat(1_000);
    let events = [cell(1, &lines), cell(2, &long)].concat();
    journal.write(opening("long", None, START), events);
    let shown = journal.session(&["show", "long"]).stdout;
    let first: String = (1..=12).map(|number| format!("             {number}\n")).collect();
    let stdout = first.replacen("           ", "  stdout   ", 1) + "             … 88 more lines\n";
    assert!(shown.contains(&stdout), "{shown}");
    assert!(shown.contains(&format!("\n  stdout     {}…\n", "é".repeat(160))), "{shown}");
    let full = journal.session(&["show", "long", "--full"]).stdout;
    assert!(full.contains("             100\n") && full.contains(&long) && !full.contains('…'), "{full}");
}

#[test]
fn of_many_calls_the_first_and_the_last_are_shown() {
    let journal = Journal::new();
    let call = |number: u64| {
        let arguments = format!("#{number}");
        let asked = Event::Asked { asked: Asked::Tool { tool: "t".into(), arguments } };
        [asked, Event::Answered { asked: 2 * number, answer: HostAnswer::Tool(Ok(String::new())) }]
    };
    let events: Vec<Event> = [started(1, "")].into_iter().chain((1..=100).flat_map(call)).collect();
    journal.write(opening("many", None, START), events);
    let calls = |options: &[&str]| -> Vec<String> {
        let shown = journal.session(&[&["show", "many"], options].concat()).stdout;
        let line = |line: &str| line.strip_prefix("  call       t #").or(line.strip_prefix("  … ")).map(str::to_owned);
        shown.lines().filter_map(line).collect()
    };
    let numbers = |from: u64, to: u64| (from..=to).map(|number| number.to_string());
    let left_out = "         50 more calls and writes".to_owned();
    assert_eq!(calls(&[]), numbers(1, 40).chain([left_out]).chain(numbers(91, 100)).collect::<Vec<_>>());
    assert_eq!(calls(&["--full"]), numbers(1, 100).collect::<Vec<_>>());
}

#[test]
fn the_end_of_a_program_is_only_told_if_something_comes_of_it() {
    let journal = Journal::new();
    let program = Source::Program { program: Program::Code("1".into()), arguments: Vec::new() };
    let finish = |output: Vec<Event>| {
        let program = Event::CellStarted { cell: 1, source: program.clone() };
        let end = Event::CellStarted { cell: 2, source: Source::Finish };
        let first = vec![program, ended(1, outcome(Status::Finished)), end];
        [first, output, vec![ended(2, outcome(Status::Finished))]].concat()
    };
    journal.write(opening("quiet", None, START), finish(Vec::new()));
    journal.write(opening("loud", None, START), finish(vec![written(Stream::Stdout, b"bye\n")]));
    let cells = |session: &str| {
        let shown = journal.session(&["show", session]).stdout;
        shown.split_once("\n\n").unwrap().1.to_owned()
    };
    let first = "cell 1  2001-09-09 01:46:40 UTC  120 ms\n  program    -c\n  source     1\n";
    let end = "\nend of the program  2001-09-09 01:46:40 UTC  120 ms\n  stdout     bye\n";
    assert_eq!(cells("quiet"), first);
    assert_eq!(cells("loud"), format!("{first}{end}"));
}

#[test]
fn sessions_are_listed() {
    let journal = Journal::new();
    let none = "there are no sessions yet: `exuvia run` and `exuvia repl` record what they do\n";
    assert_eq!(journal.session(&["list"]), gives(0, "", none));
    assert_eq!(journal.session(&["list", "--json"]), gives(0, "[]\n", ""));

    story(&journal);
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    let store = journal.store();
    let mut writer = block_on(store.create(opening("now", Some("größer 漢字"), now - 7_230_000))).unwrap();
    append(&mut *writer, now - 7_230_000, (1..=70).flat_map(|number| cell(number, "x")).collect());

    let run = journal.session(&["list", "--json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let listed: Json = serde_json::from_str(&run.stdout).unwrap();
    let column = |key: &str| -> Vec<Json> { (0..3).map(|line| listed[line][key].clone()).collect() };
    assert_eq!(column("session"), ["now", "quiet-otter-2", "quiet-otter-1"]);
    assert_eq!(column("cells"), [70, 2, 3]);
    assert_eq!(column("events"), [211, 6, 34]);
    assert_eq!(listed[1]["parent"], json!({"session": "quiet-otter-1", "position": 3}));
    let open_in = format!("process {}", std::process::id());
    assert_eq!(column("open_in"), [json!(open_in), Json::Null, Json::Null]);

    let table = journal.session(&["list"]);
    assert_eq!((table.status, table.stderr.as_str()), (0, ""));
    // Sizes are SQLite's affair.
    let words: Vec<Vec<&str>> = table.stdout.lines().map(|line| line.split("  ").map(str::trim).collect()).collect();
    let words: Vec<Vec<&str>> =
        words.into_iter().map(|line| line.into_iter().filter(|word| !word.is_empty()).collect()).collect();
    assert_eq!(words[0], ["ID", "NAME", "LAST USED", "CELLS", "SIZE", "FORKED FROM", "OPEN IN"]);
    assert_eq!((&words[1][..4], words[1][5]), (&["now", "größer 漢字", "2 hours ago", "70"][..], &*open_in));
    assert_eq!((&words[2][..3], words[2][4]), (&["quiet-otter-2", "2001-09-09", "2"][..], "quiet-otter-1"));
    assert_eq!(&words[3][..4], ["quiet-otter-1", "Ada's", "2001-09-09", "3"]);
    assert!(table.stdout.lines().all(|line| line.trim_end() == line), "{}", table.stdout);
}
