//! Conversations that become too long for their model.

use serde_json::{Value as Json, json};

use super::lives::{count, killed_after};
use super::{agent, events, script, told};
use crate::cli::recorded::Place;
use crate::run;

/// Replies of a model that is told to sum up after its fourth, with what it must have been told then.
fn replies() -> Vec<String> {
    let codes = [
        r#"todo(["[x] look", "add up"]); note("rows are doubled"); amounts = [3, 4]"#,
        "amounts.append(missing)",
        "open('/workspace/half', 'w').write('3')",
        "amounts.append(35)",
    ];
    let tokens = [500, 600, 700, 5_000];
    let reply = |(code, tokens)| format!("tokens = {{fresh = {tokens}, output = 10}}\ncode = '''{code}'''");
    let mut replies: Vec<String> = codes.iter().zip(tokens).map(reply).collect();
    let summary = "the amounts are in `amounts`; next: add them up";
    replies.push(format!("expect = ['Write down, in text']\ntext = '{summary}'\ncode = 'amounts.clear()'"));
    let expected = [
        "do it",
        "Your list:\n- [x] look\n- add up\n",
        "Your notes:\n- rows are doubled\n",
        "- cell 2: NameError: name 'missing' is not defined\n  in \"amounts.append(missing)\"\n",
        "- `/workspace/half` (1 bytes)\n",
        "This is what you have written down:",
        summary,
    ];
    let expected: Vec<String> = expected.iter().map(|text| json!(text).to_string()).collect();
    replies.push(format!("expect = [{}]\ncode = 'amounts'", expected.join(", ")));
    replies.push("expect = ['[3, 4, 35]']\ncode = 'final(sum(amounts))'".to_owned());
    replies
}

#[test]
fn a_long_conversation_is_left_out_but_for_what_matters() {
    let place = Place::new();
    let replies = replies();
    let replies: Vec<&str> = replies.iter().map(String::as_str).collect();
    let done = agent(&place, &replies, &["--json", "--context", "3K", "--session", "it"]);
    assert_eq!(done.status, 0, "{}", done.stderr);
    let told = events(&done.stdout);
    assert_eq!(told.iter().filter(|event| event["event"] == "compacted").count(), 1);
    assert_eq!(told.last().unwrap()["answer"], json!(42));
    // What the model says of itself is marked as its own words.
    let compacted = told.iter().find(|event| event["event"] == "compacted").unwrap();
    let origins: Vec<&Json> = compacted["parts"].as_array().unwrap().iter().map(|part| &part["origin"]).collect();
    assert_eq!(origins, [&json!("host"), &json!("model")]);
    assert_eq!(place.exuvia(&["replay", "--quiet", "it"]).status, 0);
    // Without a limit, it is all told.
    let all: Vec<&str> = [&replies[..4], &["code = 'final(sum(amounts))'"]].concat();
    let done = agent(&place, &all, &["--json", "--context", "0"]);
    assert_eq!(events(&done.stdout).last().unwrap()["answer"], json!(42));
    assert!(!done.stdout.contains("compacted"));
}

/// Wherever its process is killed, an agent goes on: with the summary, if it had one.
#[test]
fn an_agent_that_is_killed_while_it_sums_up_goes_on() {
    let replies = replies();
    let replies: Vec<&str> = replies.iter().map(String::as_str).collect();
    let begin = ["agent", "do it", "--json", "--session", "it", "--context", "3K", "--model", "scripted/script.toml"];
    let place = Place::new();
    script(&place, "script", &replies);
    let whole = run(&mut place.command(&begin), b"").stdout;
    let compacted = whole.lines().position(|line| line.contains(r#""event":"compacted""#)).unwrap();
    for moment in compacted - 3..=compacted + 2 {
        let place = Place::new();
        script(&place, "script", &replies);
        assert!(killed_after(&place, &begin, moment));
        let resumed = place.exuvia(&["agent", "--resume", "it", "--json"]);
        assert_eq!(resumed.status, 0, "killed after {moment}: {}", resumed.stderr);
        assert_eq!(events(&resumed.stdout).last().unwrap()["answer"], json!(42), "killed after {moment}");
        assert_eq!(count(&place, "it", "replied"), replies.len(), "killed after {moment}");
        assert_eq!(count(&place, "it", "compacted"), 1, "killed after {moment}");
    }
}

/// A model that cannot read all of it goes on with what is known without it.
#[test]
fn what_a_model_cannot_read_is_left_out() {
    let place = Place::new();
    let script = r#"context_bytes = 6000
        [[reply]]
        code = "x = 42; note('x is the answer'); print('y' * 4000)"
        [[reply]]
        code = "print('z' * 4000)"
        [[reply]]
        expect = ["x is the answer"]
        code = "final(x)"
    "#;
    place.write("short.toml", script);
    let done = place.exuvia(&["agent", "do it", "--json", "--model", "scripted/short.toml"]);
    assert_eq!(done.status, 0, "{}", done.stderr);
    assert_eq!(events(&done.stdout).last().unwrap()["answer"], json!(42));
    // A task that is too long in itself is told so.
    place.write("long.txt", &"do it ".repeat(2_000));
    let refused = place.exuvia(&["agent", "--file", "long.txt", "--model", "scripted/short.toml"]);
    assert_eq!(refused.status, 125);
    assert!(refused.stderr.contains("the model gave no answer: the conversation has 1"), "{}", refused.stderr);
}

#[test]
fn a_plan_is_made_first() {
    let place = Place::new();
    let replies = ["code = 'todo([\"look\"])'", "code = 'final(1)'"];
    let planned = agent(&place, &replies, &["--json", "--plan"]);
    assert!(told(&planned.stdout)[0].contains("First make a plan"), "{}", planned.stdout);
    let direct = agent(&place, &replies, &["--json"]);
    assert!(!told(&direct.stdout)[0].contains("plan"), "{}", direct.stdout);
}
