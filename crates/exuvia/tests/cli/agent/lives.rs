//! Agents whose processes are killed, and agents that go on from others.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value as Json, json};

use super::{events, script};
use crate::cli::interrupts::listens;
use crate::cli::recorded::Place;
use crate::run;

const REPLIES: [&str; 4] = [
    "text = 'First.'\ncode = 'x = [1]; print(\"one\")'",
    "expect = ['one']\ncode = 'import time; print(\"waiting\"); time.sleep(0.2); x.append(tick())'",
    "expect = ['waiting']\ncode = 'import random; x.append(len(x)); open(\"/workspace/x\", \"w\").write(str(x))'",
    "expect = ['/workspace/x']\ncode = 'final([x, open(\"/workspace/x\").read()])'",
];

/// Prepares an agent whose program calls a tool that must not be called twice.
fn prepared() -> Place {
    let place = Place::new();
    script(&place, "script", &REPLIES);
    place.write(
        "exuvia.toml",
        "[tools.tick]\ndescription = 'Ticks.'\ncommand = ['sh', '-c', 'echo tick >> ticks; echo 2']\noutput = 'json'\n",
    );
    place
}

fn arguments(name: &str) -> Vec<&str> {
    let first = ["agent", "do it", "--json", "--model", "scripted/script.toml", "--config", "exuvia.toml"];
    [&first[..], &["--session", name]].concat()
}

/// Starts an agent, and kills it when it has told so many lines. Returns whether it had more to tell.
pub(super) fn killed_after(place: &Place, arguments: &[&str], lines: usize) -> bool {
    let mut command = place.command(arguments);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    for _ in 0..lines {
        line.clear();
        if output.read_line(&mut line).unwrap() == 0 {
            child.wait().unwrap();
            return false;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    true
}

/// Returns how often a session's journal says this of its agent.
pub(super) fn count(place: &Place, name: &str, entry: &str) -> usize {
    let shown = place.exuvia(&["session", "show", "--events", name]).stdout;
    let events = shown.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let bodies = events.filter_map(|line| serde_json::from_str::<Json>(line["event"]["body"].as_str()?).ok());
    bodies.filter(|body| body["kind"] == "exuvia.agent" && body["data"]["json"]["entry"] == entry).count()
}

/// Wherever an agent is killed, it goes on to the same answer. Its model is not asked again for what it has said, and its
/// tools are not called again.
#[test]
fn an_agent_that_is_killed_goes_on() {
    let mut moments = 0;
    for lines in 1.. {
        let place = prepared();
        if !killed_after(&place, &arguments("it"), lines) {
            break;
        }
        moments = lines;
        let run = place.exuvia(&["agent", "--resume", "it", "--json"]);
        assert_eq!(run.status, 0, "killed after {lines}: {}", run.stderr);
        let last = events(&run.stdout).pop().unwrap();
        let ticks = std::fs::read_to_string(place.path("ticks")).unwrap_or_default();
        assert_eq!(ticks, "tick\n", "killed after {lines}");
        assert_eq!(last["answer"], json!([[1, 2, 2], "[1, 2, 2]"]), "killed after {lines}");
        assert_eq!(count(&place, "it", "replied"), REPLIES.len(), "killed after {lines}");
        // One question may have been asked and not answered when it was killed.
        assert!(count(&place, "it", "asked") <= REPLIES.len() + 1, "killed after {lines}");
        assert_eq!(place.exuvia(&["session", "verify", "it"]).status, 0);
    }
    assert!(moments > 15, "{moments}");
}

#[test]
fn an_agent_that_has_ended_says_so_again() {
    let place = prepared();
    assert!(!killed_after(&place, &arguments("it"), usize::MAX));
    let again = place.exuvia(&["agent", "--resume", "it"]);
    assert_eq!(again.status, 0);
    assert_eq!(again.stdout.replace([' ', '\n'], ""), r#"[[1,2,2],"[1,2,2]"]"#);
    assert_eq!(std::fs::read_to_string(place.path("ticks")).unwrap(), "tick\n");
}

/// Ctrl-C where nobody sits at a terminal ends the process, in a cell and while the model thinks; the agent goes on later.
#[test]
fn an_agent_is_interrupted_and_goes_on() {
    let thinks = "think = 600000\ntext = 'late'";
    let waits = r#"code = "import time\ntry: print('waiting'); time.sleep(600)\nexcept KeyboardInterrupt: print('caught'); raise""#;
    let next = [
        r#"expect = ["caught", "KeyboardInterrupt"]
text = "Interrupted.""#,
        "text = 'Now.'",
    ];
    for (first, mark, then, answer) in
        [(waits, "\"event\":\"output\"", next[0], "Interrupted."), (thinks, "\"asked\"", next[1], "Now.")]
    {
        let place = Place::new();
        let model = script(&place, "script", &[first]);
        let agent =
            place.command(&["agent", "do it", "--json", "--timeout", "0", "--session", "it", "--model", &model]);
        let mut agent = listens(agent);
        let mut child = agent.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains(mark) {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "it has ended");
        }
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        // It goes on telling until its end.
        std::io::copy(&mut output, &mut std::io::sink()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("go on with it: exuvia agent --resume "), "{told}");
        let replies: &[&str] = if first == waits { &["", then] } else { &[then] };
        let other = script(&place, "script", replies);
        let run = place.exuvia(&["agent", "--resume", "it", "--model", &other]);
        assert_eq!(run.stdout, format!("{answer}\n"), "{}", run.stderr);
    }
}

/// A fork goes on from the end of a step, with another model: what was before is not done again.
#[test]
fn an_agent_goes_on_from_a_step_with_another_model() {
    let place = prepared();
    assert!(!killed_after(&place, &arguments("it"), usize::MAX));
    let other = script(
        &place,
        "other",
        &[
            "",
            "",
            "expect = ['waiting']\ntext = 'Otherwise.'\ncode = 'final({\"seen\": x, \"files\": __import__(\"os\").listdir(\"/workspace\")})'",
        ],
    );
    let fork = place.exuvia(&["agent", "--fork", "it@2", "--model", &other, "--session", "other", "--json"]);
    assert_eq!(fork.status, 0, "{}", fork.stderr);
    assert_eq!(events(&fork.stdout).pop().unwrap()["answer"], json!({ "seen": [1, 2], "files": [] }));
    assert_eq!(std::fs::read_to_string(place.path("ticks")).unwrap(), "tick\n");
    // The first one is as it was, and both can be run again.
    for name in ["it", "other"] {
        assert_eq!(place.exuvia(&["replay", "--quiet", name]).status, 0);
    }
    let none = place.exuvia(&["agent", "--fork", "it@9"]);
    assert_eq!(none.status, 2);
    assert!(none.stderr.contains("has had 4 steps, and no step 9"), "{}", none.stderr);
}

/// A person may look at what an agent has in its sandbox, and go on with it by hand.
#[test]
fn what_an_agent_has_can_be_looked_at() {
    let place = prepared();
    assert!(!killed_after(&place, &arguments("it"), usize::MAX));
    assert_eq!(place.given(&["fork", "it", "--name", "mine"], "x\n").stdout, "[1, 2, 2]\n");
    assert_eq!(place.given(&["resume", "mine"], "x + [3]\n").stdout, "[1, 2, 2, 3]\n");
    let resumed = place.exuvia(&["resume", "it"]);
    assert_eq!((resumed.status, resumed.stderr.contains("exuvia agent --resume")), (2, true), "{}", resumed.stderr);
    let run = place.exuvia(&["run", "--session", "program", "-c", "1"]);
    assert_eq!(run.status, 0);
    let other = place.exuvia(&["agent", "--resume", "program"]);
    assert_eq!(other.status, 2);
    assert!(other.stderr.contains("was not begun with `exuvia agent`"), "{}", other.stderr);
}

/// What came from somebody else is lent nothing that it says itself, unless its user says that it may be.
#[test]
fn an_agent_that_was_imported_is_not_trusted() {
    let place = prepared();
    assert!(!killed_after(&place, &arguments("it"), usize::MAX));
    assert_eq!(place.exuvia(&["session", "export", "it", "-o", "it.session"]).status, 0);
    let elsewhere = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        run(command.env("EXUVIA_JOURNAL", place.path("elsewhere")), b"")
    };
    assert_eq!(elsewhere(&["session", "import", "it.session"]).status, 0);
    for how in ["--resume", "--fork"] {
        let refused = elsewhere(&["agent", how, "it"]);
        assert_eq!(refused.status, 2);
        assert!(refused.stderr.contains("was imported, and would be lent what it says itself"), "{}", refused.stderr);
    }
    assert_eq!(elsewhere(&["agent", "--resume", "it", "--trust"]).status, 0);
    assert_eq!(std::fs::read_to_string(place.path("ticks")).unwrap(), "tick\n");
}

#[test]
fn what_a_person_undoes_was_never_said() {
    let place = prepared();
    assert!(!killed_after(&place, &arguments("it"), usize::MAX));
    assert_eq!(place.exuvia(&["undo", "it", "--to", "2"]).status, 0);
    let other = script(&place, "script", &["", "", "expect = ['waiting']\ncode = 'final(x)'"]);
    let run = place.exuvia(&["agent", "--resume", "it", "--model", &other]);
    assert_eq!(run.stdout.replace([' ', '\n'], ""), "[1,2]", "{}", run.stderr);
}

#[test]
fn an_agent_is_told_as_an_account() {
    let place = Place::new();
    let model = script(
        &place,
        "script",
        &["text = 'First a look.'\ncode = '1 + 1'\ntokens = {fresh = 20, cached = 5, output = 7}", "text = 'It is 2.'"],
    );
    place.write("AGENTS.md", "Be brief.");
    let run = place.exuvia(&["agent", "add up\n\x1b[31mnow", "--model", &model, "--session", "it"]);
    assert_eq!(run.stdout, "It is 2.\n");
    let shown = place.exuvia(&["session", "show", "it"]).stdout;
    let (opening, account) = shown.split_once("\n\n").unwrap();
    assert!(opening.contains("exuvia.command"), "{opening}");
    // When it was, and how long it took, is chance.
    let plain = |line: &str| match line {
        line if line.starts_with("  remark     Today is ") => "  remark     Today is DAY. 50 steps at most.".to_owned(),
        line if line.starts_with("cell 1  ") => "cell 1  TIME".to_owned(),
        line => line.to_owned(),
    };
    let account: Vec<String> = account.lines().map(plain).collect();
    let expected = r#"  document   <document name="AGENTS.md">
             Be brief.
             </document>
  remark     Today is DAY. 50 steps at most.
  person     add up
             \x1b[31mnow
  asked      scripted/script
  reply      First a look.
  used       20 fresh, 5 cached, 7 written tokens

cell 1  TIME
  source     1 + 1
  value      2
  took in    1 look at a clock
  asked      scripted/script
  reply      It is 2.
  answer     It is 2.
  ended      done"#;
    assert_eq!(account.join("\n"), expected);
}
