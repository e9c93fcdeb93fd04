//! Agents that have other agents do something.
//!
//! A script has one list of replies for all: a subagent begins with the first one, as its caller does. So the first cell is
//! the same for both, and asks where it is.

use serde_json::{Value as Json, json};

use super::lives::{count, killed_after};
use super::{agent, events, script};
use crate::cli::recorded::Place;

/// The caller has a prompt for two others; each of them counts the lines of its file.
const CODE: &str = r#"
import os
if os.path.exists('/input/part'):
    open('/workspace/seen', 'w').write(open('/input/part').read().upper())
    final(len(open('/input/part').readlines()), artifacts=['/workspace/seen'])
else:
    from exuvia import parallel
    async def count(part):
        return await task.aio("count the lines", files={"part": part})
    answers = parallel(count, [b"a\nb\n", b"c\n"])
    final([[one.answer, one.reason, one.files[0].path, one.files[0].content.decode()] for one in answers])
"#;

fn reply(code: &str) -> String {
    format!("tokens = {{fresh = 10, output = 2}}\ncode = '''{code}'''")
}

#[test]
fn agents_do_tasks_for_an_agent() {
    let place = Place::new();
    let done = agent(&place, &[&reply(CODE)], &["--json", "--session", "it"]);
    assert_eq!(done.status, 0, "{}", done.stderr);
    let told = events(&done.stdout);
    let expected = json!([[2, "done", "/workspace/seen", "A\nB\n"], [1, "done", "/workspace/seen", "C\n"]]);
    assert_eq!(told.last().unwrap()["answer"], expected);
    // Their tokens are their caller's, too.
    let used: Vec<&Json> = told.iter().filter(|event| event["event"] == "used").map(|event| &event["tokens"]).collect();
    assert_eq!(used, [&json!({ "fresh": 10, "output": 2 }), &json!({ "fresh": 10, "output": 2 })]);
    // Each has a session of its own, which can be run again, as can their caller's.
    let begun: Vec<&str> = told.iter().filter(|event| event["event"] == "subagent").map(session).collect();
    assert_eq!(begun.len(), 2);
    for session in begun.into_iter().chain(["it"]) {
        assert_eq!(place.exuvia(&["replay", "--quiet", session]).status, 0);
    }
}

fn session(event: &Json) -> &str {
    event["session"].as_str().unwrap()
}

/// A subagent has no tools that change something but those that it is given by name, and none that ask or call further.
#[test]
fn a_subagent_has_fewer_rights() {
    let place = Place::new();
    place.write(
        "exuvia.toml",
        "[tools.look]\ndescription = 'Looks.'\ncommand = ['echo', 'seen']\nread_only = true\n\
         [tools.act]\ndescription = 'Acts.'\ncommand = ['sh', '-c', 'echo act >> acts']\n",
    );
    std::fs::create_dir(place.path("data")).unwrap();
    place.write("data/file", "before");
    let code = r#"
import os
names = ("look", "act", "task", "ask", "final", "llm", "todo", "note", "manual")
if os.path.exists('/input/called'):
    open('/data/file', 'w').write('after')
    final([name for name in names if name in globals()])
else:
    called = {"called": b""}
    answers = [task("x", files=called).answer, task("y", files=called, tools=["act"]).answer]
    try:
        task("z", tools=["rm"])
    except Exception as error:
        answers.append(str(error))
    final([answers, open('/data/file').read()])
"#;
    let options = ["--json", "--config", "exuvia.toml", "--mount", "data:/data:rw"];
    let done = agent(&place, &[&reply(code)], &options);
    assert_eq!(done.status, 0, "{}\n{}", done.stderr, done.stdout);
    let answer = events(&done.stdout).last().unwrap()["answer"].clone();
    let all = ["final", "llm", "todo", "note", "manual"];
    let [looks, acts] = [["look"], ["act"]].map(|own| [&own[..], &all].concat());
    let refused = "there is no tool `rm` to be lent: there are act, look";
    assert_eq!(answer, json!([[looks, acts, refused], "before"]));
    assert_eq!(std::fs::read_to_string(place.path("data/file")).unwrap(), "before");
}

/// What a subagent may use is part of what its caller may.
#[test]
fn a_subagent_is_bounded() {
    let place = Place::new();
    let code = r#"
import os
if os.path.exists('/input/called'):
    print(len(os.listdir('/workspace')))
else:
    one = task("x", files={"called": b""}, steps=2)
    final([one.answer, one.reason])
"#;
    let replies = [reply(code), "code = '1'".to_owned(), "text = 'This far.'".to_owned()];
    let replies: Vec<&str> = replies.iter().map(String::as_str).collect();
    let done = agent(&place, &replies, &["--json"]);
    assert_eq!(events(&done.stdout).last().unwrap()["answer"], json!(["This far.", "steps"]), "{}", done.stderr);
    for (call, problem) in [
        ("task(' ')", "the prompt says nothing"),
        ("task('x', steps=0)", "steps are from 1 to 200"),
        ("task('x', files={'../y': b''})", "\"../y\" is no name for a file in /input"),
    ] {
        let code = format!("try: {call}\nexcept Exception as error: final(str(error))");
        let done = agent(&place, &[&reply(&code)], &["--json"]);
        assert_eq!(events(&done.stdout).last().unwrap()["answer"], json!(problem), "{}", done.stderr);
    }
    // What subagents have used is gone.
    let code = r#"
try:
    task
except NameError:
    final(7)
else:
    answers = []
    for name in "abc":
        try:
            answers.append(task(name).answer)
        except Exception as error:
            answers.append(str(error))
    final(answers)
"#;
    let done = agent(&place, &[&reply(code)], &["--json", "--tokens", "35"]);
    let left = "nothing is left of the budget";
    assert_eq!(events(&done.stdout).last().unwrap()["answer"], json!([7, 7, left]), "{}", done.stderr);
}

/// Wherever its process is killed, an agent goes on with its subagents: none of them begins twice.
#[test]
fn subagents_go_on_after_their_callers_process_was_killed() {
    let code = r#"
import os, time
if os.path.exists('/input/called'):
    time.sleep(0.3)
    final(open('/input/called').read())
else:
    final([task("x", files={"called": b"1"}).answer, task("x", files={"called": b"1"}).answer])
"#;
    let begin = ["agent", "do it", "--json", "--session", "it", "--model", "scripted/script.toml"];
    let mut moments = 0;
    for lines in 1.. {
        let place = Place::new();
        script(&place, "script", &[&reply(code)]);
        if !killed_after(&place, &begin, lines) {
            break;
        }
        moments = lines;
        let resumed = place.exuvia(&["agent", "--resume", "it", "--json"]);
        assert_eq!(resumed.status, 0, "killed after {lines}: {}", resumed.stderr);
        assert_eq!(events(&resumed.stdout).last().unwrap()["answer"], json!(["1", "1"]), "killed after {lines}");
        let sessions: Json = serde_json::from_str(&place.exuvia(&["session", "list", "--json"]).stdout).unwrap();
        let sessions: Vec<&str> = sessions.as_array().unwrap().iter().map(session).collect();
        let subagents: Vec<&&str> = sessions.iter().filter(|id| id.starts_with("task-")).collect();
        assert_eq!(subagents.len(), 2, "killed after {lines}: {sessions:?}");
        for id in subagents {
            assert_eq!(count(&place, id, "replied"), 1, "killed after {lines}");
        }
    }
    assert!(moments > 8, "{moments}");
}

/// A caller whose time is up does not wait for a subagent that computes.
#[test]
fn a_callers_limit_is_kept_to() {
    let place = Place::new();
    let code = r#"
import os
if os.path.exists('/input/called'):
    while True: pass
else:
    try:
        task("x", files={"called": b""})
    except BaseException as error:
        print(type(error).__name__)
"#;
    let replies = [reply(code), "expect = ['TimeLimit']\ntext = 'over'".to_owned()];
    let replies: Vec<&str> = replies.iter().map(String::as_str).collect();
    let done = agent(&place, &replies, &["--json", "--timeout", "1s", "--cpu-time", "0"]);
    assert_eq!(events(&done.stdout).last().unwrap()["answer"], json!("over"), "{}", done.stderr);
}

/// There is room for all that may work at a time, and for their caller; the others wait.
#[test]
fn many_work_at_a_time() {
    let place = Place::new();
    let code = r#"
import os
if os.path.exists('/input/number'):
    final(int(open('/input/number').read()) ** 2)
else:
    from exuvia import parallel
    async def square(number):
        return (await task.aio("square it", files={"number": str(number).encode()})).answer
    final(parallel(square, range(20)))
"#;
    let done = agent(&place, &[&reply(code)], &["--json", "--session", "it"]);
    assert_eq!(done.status, 0, "{}\n{}", done.stderr, done.stdout);
    let squares: Vec<u32> = (0..20).map(|number| number * number).collect();
    assert_eq!(events(&done.stdout).last().unwrap()["answer"], json!(squares));
    assert_eq!(place.exuvia(&["replay", "--quiet", "it"]).status, 0);
}

/// All that work at a time draw from what is left: none of them has it for itself.
#[test]
fn a_budget_is_shared() {
    let place = Place::new();
    let code = r#"
import os
if os.path.exists('/input/called'):
    print(len(os.listdir('/workspace')))
else:
    from exuvia import parallel
    async def one(name):
        try:
            done = await task.aio(name, files={"called": b""})
            return [done.answer, done.reason]
        except Exception as error:
            return str(error)
    final(parallel(one, "abcdef"))
"#;
    let tokens = "tokens = {fresh = 40_000, output = 10}\ntext = 'So far.'";
    let replies: Vec<String> =
        [code, "x = 1", "x = 2", "x = 3"].iter().map(|code| format!("{tokens}\ncode = '''{code}'''")).collect();
    let replies: Vec<&str> = replies.iter().map(String::as_str).collect();
    let done = agent(&place, &replies, &["--json", "--tokens", "100K", "--session", "it"]);
    let told = events(&done.stdout);
    for answer in told.last().unwrap()["answer"].as_array().unwrap() {
        let is_partial = *answer == json!(["So far.", "tokens"]) || *answer == json!(["", "tokens"]);
        assert!(is_partial || *answer == json!("nothing is left of the budget"), "{answer} {}", done.stderr);
    }
    let used = told.iter().filter(|event| event["event"] == "used").map(|event| {
        let tokens = &event["tokens"];
        tokens["fresh"].as_u64().unwrap() + tokens["output"].as_u64().unwrap()
    });
    // The caller's first reply leaves some 60,000. Each of the six is asked once at most before that is gone, two of them
    // twice, and whoever has used all of it alone may answer: without an account, each would have used 120,030.
    let used: u64 = used.sum();
    assert!((80_020..=9 * 40_010).contains(&used), "{used}");
    assert_eq!(place.exuvia(&["replay", "--quiet", "it"]).status, 0);
}
