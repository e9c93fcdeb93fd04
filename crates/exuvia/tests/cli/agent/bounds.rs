//! Models that misbehave, limits, and what is wrong on the command line.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{agent, answer, events, told};
use crate::cli::recorded::Place;
use crate::gives;

const FINAL: &str = "code = 'final(42)'";

#[test]
fn a_reply_without_code_is_the_answer() {
    let place = Place::new();
    assert_eq!(answer(&place, &["text = 'It is 4.'"], &[]), (0, json!("It is 4.")));
    let (status, answer) = answer(&place, &["text = 'It is 4.'", FINAL], &["--final-only"]);
    assert_eq!((status, answer), (0, json!(42)));
}

#[test]
fn broken_code_is_told_with_its_place() {
    let place = Place::new();
    let run = agent(
        &place,
        &[r#"code = "x = (1,\n""#, "expect = ['SyntaxError', 'line 1', 'x = (1,']\ncode = 'final(42)'"],
        &["--json"],
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    let syntax = &told(&run.stdout)[2];
    assert!(
        syntax.starts_with("SyntaxError: '(' was never closed\n  cell 1, line 1\n    x = (1,\n        ^\n"),
        "{syntax}"
    );
}

#[test]
fn two_pieces_of_code_and_tools_that_are_not_there() {
    let place = Place::new();
    let two = "text = '''\n```python\nprint(1)\n```\nThat gives 1.\n```python\nprint(2)\n```\n'''";
    let run = agent(&place, &[two, "text = '```python\\nfinal(42)\\n```'"], &["--json", "--interface", "text"]);
    assert_eq!((run.status, told(&run.stdout)[2].lines().next()), (0, Some("1")));
    assert_eq!(
        told(&run.stdout)[3],
        "Only the first block of code was run; 1 more block of the same reply did not count."
    );
    let calls =
        r#"calls = [{id = "a", name = "bash", arguments = "{}"}, {id = "b", name = "python", arguments = "{"}]"#;
    let run = agent(&place, &[calls, FINAL], &["--json"]);
    let refusals = [
        "There is no tool `bash`. The only one is `python`; everything else is a function in its code.",
        "The code was cut off before its end, so nothing was run. Write less at a time.",
    ];
    assert_eq!((run.status, &told(&run.stdout)[2..4]), (0, &refusals.map(str::to_owned)[..]));
}

/// The answer is the answer, whatever else the same reply wants.
#[test]
fn what_comes_after_the_answer_is_not_run() {
    let place = Place::new();
    let calls = r#"calls = [{id = "a", name = "python", arguments = '{"code": "final(42)"}'},
        {id = "b", name = "python", arguments = '{"code": "print(1)"}'}]"#;
    let report = "expect = ['Your answer is taken', 'so this one was not run']\ntext = 'It is 42.'";
    let run = agent(&place, &[calls, report], &["--json", "--final-only", "--report"]);
    let events = events(&run.stdout);
    assert_eq!((run.status, &events.last().unwrap()["answer"]), (0, &json!(42)), "{}", run.stderr);
    assert_eq!(events.iter().filter(|event| event["event"] == "cell").count(), 1);
}

#[test]
fn long_output_is_cut_and_all_of_it_is_in_a_file() {
    let place = Place::new();
    let script = [
        "code = 'for i in range(10_000): print(i)'",
        r#"expect = ["0\n1\n", "bytes left out: all of it is in /tmp/outputs/cell-1.txt", "9999"]
           code = "final(len(open('/tmp/outputs/cell-1.txt').read()))""#,
    ];
    // 10 of one digit, 90 of two, 900 of three, 9,000 of four, and as many ends of lines.
    assert_eq!(answer(&place, &script, &[]), (0, json!(10 + 180 + 2_700 + 36_000 + 10_000)));
}

#[test]
fn who_goes_in_circles_is_told_so_and_then_ended() {
    let place = Place::new();
    let again = "code = 'missing'";
    let run = agent(&place, &[again, again, again, again, again, "text = 'I could not.'"], &["--json"]);
    let last = events(&run.stdout).pop().unwrap();
    assert_eq!((run.status, &last["reason"], &last["answer"]), (1, &json!("loop"), &json!("I could not.")));
    let told = told(&run.stdout);
    assert_eq!(told.iter().filter(|text| text.contains("cells came to the same")).count(), 2);
}

/// A circle may be of several cells, and an error may have another number in it each time; who waits goes on.
#[test]
fn circles_of_several_cells_are_noticed() {
    let place = Place::new();
    let numbered = "code = 'seen = globals().get(\"seen\", 0) + 1; raise ValueError(f\"at {seen}\")'";
    let mut replies = vec![numbered; 5];
    replies.push("expect = ['You repeat yourself']\ntext = 'I could not.'");
    let run = agent(&place, &replies, &["--json"]);
    assert_eq!((run.status, &events(&run.stdout).pop().unwrap()["reason"]), (1, &json!("loop")));
    let mut replies = ["code = 'print(1)'", "code = 'print(2)'"].repeat(5);
    replies.push("text = 'I could not.'");
    let run = agent(&place, &replies, &["--json"]);
    assert_eq!((run.status, &events(&run.stdout).pop().unwrap()["reason"]), (1, &json!("loop")));
    let remarks: Vec<String> = told(&run.stdout).into_iter().filter(|text| text.contains("came to the same")).collect();
    assert!(remarks[0].starts_with("The last 6 cells were the same 2, 3 times over, and came to the same."));
    assert_eq!(remarks.len(), 2);
    let polled = "code = 'seen = globals().get(\"seen\", 0) + 1; print(seen)'";
    let mut replies = vec![polled; 12];
    replies.push("code = 'final(seen)'");
    assert_eq!(answer(&place, &replies, &[]), (0, json!(12)));
}

#[test]
fn a_limit_leaves_room_for_what_is_there() {
    let place = Place::new();
    let script = ["code = 'x = 1'", "code = 'x += 1'", "expect = ['The limit of 2 steps']\ntext = 'Half of it.'"];
    let run = agent(&place, &script, &["--steps", "2"]);
    assert_eq!((run.status, run.stdout.as_str()), (124, "Half of it.\n"));
    assert!(
        run.stderr
            .ends_with("error: the task ended at its limit of steps\n    hint: go on with --resume and more --steps\n"),
        "{}",
        run.stderr
    );
    let tokens = "code = 'x = 1'\ntokens = {fresh = 600, output = 500}";
    let run = agent(&place, &[tokens, "expect = ['1000 tokens']\ncode = 'final(\"half\")'"], &["--tokens", "1000"]);
    assert_eq!((run.status, run.stdout.as_str()), (124, "half\n"));
    let none = agent(&place, &[FINAL], &["--steps", "0"]);
    assert_eq!((none.status, none.stdout.as_str()), (2, ""), "{}", none.stderr);
}

/// Whoever ended for want of steps goes on with more of them, and its list and variables are there.
#[test]
fn a_limit_can_be_raised_afterwards() {
    let place = Place::new();
    let script = [
        "code = 'x = 1'",
        "expect = ['The limit of 1 step']\ncode = 'final(\"half\")'",
        "expect = ['You may go on with the task']\ncode = 'x += 1'",
        "code = 'final(x)'",
    ];
    let run = agent(&place, &script, &["--session", "it", "--steps", "1"]);
    assert_eq!((run.status, run.stdout.as_str()), (124, "half\n"));
    let forked = place.exuvia(&["agent", "--fork", "it", "--session", "forked", "--steps", "4"]);
    assert_eq!((forked.status, forked.stdout.as_str()), (0, "2\n"), "{}", forked.stderr);
    // As much as it has used already is no more.
    let resumed = place.exuvia(&["agent", "--resume", "it", "--tokens", "1M"]);
    assert_eq!((resumed.status, resumed.stdout.as_str()), (124, "half\n"), "{}", resumed.stderr);
    let resumed = place.exuvia(&["agent", "--resume", "it", "--steps", "10"]);
    assert_eq!((resumed.status, resumed.stdout.as_str()), (0, "2\n"), "{}", resumed.stderr);
    assert_eq!(place.exuvia(&["agent", "--resume", "it", "--steps", "20"]).stdout, "2\n");
    assert_eq!(place.exuvia(&["replay", "it"]).status, 0);
    assert!(place.exuvia(&["session", "show", "it"]).stdout.contains("10 steps"));
}

/// What is said once is not said again: it would count for nothing.
#[test]
fn what_an_agent_began_with_is_not_said_again() {
    let place = Place::new();
    assert_eq!(agent(&place, &["text = 'done'"], &["--session", "it"]).status, 0);
    for again in ["--resume", "--fork"] {
        for option in
            [&["--out", "out"][..], &["--input", "x=y"], &["--context", "1K"], &["--plan"], &["--print-prompt"]]
        {
            let run = place.exuvia(&[&["agent", again, "it"], option].concat());
            assert!(run.status == 2 && run.stderr.contains("cannot be used with"), "{option:?}: {}", run.stderr);
        }
    }
}

#[test]
fn time_is_up_while_a_cell_runs_or_the_model_thinks() {
    let place = Place::new();
    let script = [
        r#"code = "x = 5\nimport time; time.sleep(300)""#,
        "expect = ['TimeLimit', 'The limit of 1.0 s']\ncode = 'final(x)'",
    ];
    let begun = Instant::now();
    let run = agent(&place, &script, &["--time", "1s"]);
    assert_eq!((run.status, run.stdout.as_str()), (124, "5\n"), "{}", run.stderr);
    // It is asked twice: for an answer it would have been too late.
    let run = agent(&place, &["think = 2_000\ntext = 'half'"], &["--time", "1s"]);
    assert_eq!((run.status, run.stdout.as_str()), (124, "half\n"), "{}", run.stderr);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn a_cell_that_ends_its_sandbox_is_undone() {
    let place = Place::new();
    let script = [
        "code = 'x = 1'",
        "code = 'import os; x = 2; os._exit(3)'",
        "expect = ['this cell was undone']\ncode = 'final(x)'",
    ];
    assert_eq!(answer(&place, &script, &[]), (0, json!(1)));
}

#[test]
fn a_cell_that_takes_too_long_is_interrupted() {
    let place = Place::new();
    let script = [r#"code = "x = 1\nwhile True: pass""#, "expect = ['TimeLimit', 'smaller steps']\ncode = 'final(x)'"];
    assert_eq!(answer(&place, &script, &["--timeout", "200ms"]), (0, json!(1)));
}

#[test]
fn artifacts_must_be_there() {
    let place = Place::new();
    let script = [
        "code = 'final(1, artifacts=[\"/workspace/a.txt\"])'",
        "expect = ['The answer was not taken: there is no file /workspace/a.txt']\ncode = 'open(\"/workspace/a.txt\", \"w\").write(\"a\"); final(2, artifacts=[\"/workspace/a.txt\"])'",
    ];
    let run = agent(&place, &script, &["--out", "out"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, "2\n"));
    assert_eq!(std::fs::read_to_string(place.path("out/a.txt")).unwrap(), "a");
}

#[test]
fn a_folder_says_of_itself_what_the_model_should_know() {
    let place = Place::new();
    place.write("AGENTS.md", "Numbers here are in thousands.");
    let run = agent(&place, &["expect = ['in thousands', 'do it']\ntext = 'ok'"], &["--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let said = events(&run.stdout).into_iter().find(|event| event["event"] == "said").unwrap();
    let origins: Vec<_> =
        said["message"]["parts"].as_array().unwrap().iter().map(|part| part["origin"].clone()).collect();
    assert_eq!(origins, ["document", "host", "person"]);
}

/// What a prompt of somebody's own cannot do is told before anything is done.
#[test]
fn prompts_are_tried_out() {
    let place = Place::new();
    std::fs::create_dir(place.path("prompts")).unwrap();
    place.write("prompts/README.md", "These are {{ ours");
    let model = super::script(&place, "script", &["text = 'ok'"]);
    let own = ["agent", "do it", "--model", &model, "--prompts", "prompts"];
    let whole = [
        ("idle", "{{ interface ~ cut_off }}"),
        ("loop", "{{ count * round }}"),
        ("todo", "{{ items[0] ~ items | length }}"),
        ("closing", "{{ reason ~ limit }}"),
        ("compact", "Sum up."),
        ("report", "Report."),
        (
            "compacted",
            "{{ more_files + 1 }}{% for a in attempts %}{{ a.cell + a.times }}{{ a.code ~ a.reason }}{% endfor %}",
        ),
    ];
    for (name, right) in whole {
        let file = format!("prompts/{name}.md");
        place.write(&file, right);
        assert_eq!(place.exuvia(&own).status, 0, "{name}");
        for wrong in ["{{ missing.name }}", "{{ 1 // 0 }}", "{% for a in 1 %}{% endfor %}"] {
            place.write(&file, wrong);
            for last in [&[][..], &["--print-prompt"]] {
                let refused = place.exuvia(&[&own, last].concat());
                let expected = format!("error: {file}: the prompt `{name}` cannot be used: ");
                assert_eq!(refused.status, 2, "{name} {wrong}: {}", refused.stderr);
                assert!(refused.stderr.starts_with(&expected), "{}", refused.stderr);
            }
        }
        std::fs::remove_file(place.path(&file)).unwrap();
    }
    // Each of the ways in which one is needed is tried.
    place.write("prompts/closing.md", "{% if reason == 'loop' %}{{ missing.name }}{% endif %}");
    assert_eq!(place.exuvia(&own).status, 2);
}

#[test]
fn prompts_can_be_replaced() {
    let place = Place::new();
    std::fs::create_dir(place.path("prompts")).unwrap();
    place.write("prompts/system.md", "Be {{ python }}.");
    place.write("prompts/tool.md", "Runs.");
    let model = super::script(&place, "script", &["text = 'ok'"]);
    let print = ["agent", "do it", "--model", &model, "--prompts", "prompts", "--print-prompt"];
    let run = place.exuvia(&print);
    assert!(run.stdout.starts_with("Be 3.14.2.\n\n── tool `python`\nRuns.\n\n── task\nToday is "), "{}", run.stdout);
    let tokens = run.stderr.strip_suffix(" tokens or so, as OpenAI's models count\n").map(str::parse::<usize>);
    // Some thirty words and signs.
    assert!(matches!(tokens, Some(Ok(20..60))), "{}", run.stderr);
    place.write("prompts/system.md", "{{ unclosed");
    assert_eq!(place.exuvia(&print).status, 2);
    place.write("prompts/system.md", "");
    place.write("prompts/other.md", "");
    let other = "error: prompts/other.md: the prompt `other` cannot be used: there is none of this name; there are system, tool, \
                 task, idle, loop, todo, closing, allowed, compact, compacted, report\n";
    assert_eq!(place.exuvia(&print), gives(2, "", other));
}

/// A prompt of one's own begins with ours; for that, there need be no task.
#[test]
fn prompts_are_printed_without_a_task() {
    let place = Place::new();
    let whole = place.exuvia(&["agent", "--print-prompt"]);
    assert!(whole.status == 0 && whole.stdout.starts_with("You solve tasks by writing Python."), "{whole:?}");
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../exuvia-agent/src/prompts/system.md");
    let source = std::fs::read_to_string(source).unwrap();
    assert_eq!(place.exuvia(&["agent", "--print-prompt=system"]), gives(0, &source, ""));
    std::fs::create_dir(place.path("prompts")).unwrap();
    place.write("prompts/system.md", &format!("Be quick.\n{source}"));
    let own = place.exuvia(&["agent", "--prompts", "prompts", "--print-prompt"]);
    assert_eq!(own.stdout, format!("Be quick.\n{}", whole.stdout));
    let other = place.exuvia(&["agent", "--print-prompt=other"]);
    assert!(other.status == 2 && other.stderr.contains("there is none of this name; there are system, "), "{other:?}");
    // Nothing is run for that.
    for how in ["--resume", "--fork"] {
        let run = place.exuvia(&["agent", how, "it", "--print-prompt"]);
        assert!(run.status == 2 && run.stderr.contains("cannot be used with"), "{run:?}");
    }
}

#[test]
fn what_is_wrong_on_the_command_line_is_said() {
    let place = Place::new();
    let wrong = |arguments: &[&str], stderr: &str| {
        assert_eq!(place.exuvia(&[&["agent"], arguments].concat()), gives(2, "", stderr));
    };
    wrong(&["x"], "error: no model is named\n    hint: name one with --model: `scripted/FILE.toml` needs no key\n");
    let named = "a model is PROVIDER/NAME, or one of [models] in the file of --config";
    wrong(&["x", "--model", "gpt"], &format!("error: `gpt` names no model\n    hint: {named}\n"));
    let known = "there are anthropic, openai, openai-chat, gemini, ollama, compatible";
    wrong(&["x", "--model", "acme/gpt"], &format!("error: there is no provider `acme`\n    hint: {known}\n"));
    wrong(&["x", "--model", "scripted/none.toml"], "error: `none.toml` cannot be opened: no such file or directory\n");
    wrong(&["-f", "none", "--model", "a/b"], "error: `none` cannot be opened: no such file or directory\n");
    wrong(&[" ", "--model", "a/b"], "error: the task says nothing\n");
    place.write("bad.toml", "[[reply]]\nsay = 1");
    let run = place.exuvia(&["agent", "x", "--model", "scripted/bad.toml"]);
    assert!(
        run.status == 2 && run.stderr.starts_with("error: bad.toml: line 2: unknown field `say`"),
        "{}",
        run.stderr
    );
    wrong(
        &["x", "--model", "scripted/bad.toml", "--input", "none.csv"],
        "error: `none.csv` cannot be opened: no such file or directory\n",
    );
    place.write("good.toml", "[[reply]]\ntext = 'ok'");
    let cost = "error: what `scripted/good` costs is not known, so --cost cannot be kept to\n    hint: limit it with --tokens\n";
    wrong(&["x", "--model", "scripted/good.toml", "--cost", "1"], cost);
    let mut command = place.command(&["agent", "x", "--model", "anthropic/claude"]);
    let run = crate::run(command.env_remove("ANTHROPIC_API_KEY"), b"");
    let hint =
        "set ANTHROPIC_API_KEY, or keep it with: secret-tool store --label=Exuvia service exuvia account anthropic";
    assert_eq!(run, gives(2, "", &format!("error: there is no key for `anthropic`\n    hint: {hint}\n")));
    // Nothing was begun of all that.
    assert_eq!(place.exuvia(&["session", "list", "--json"]).stdout, "[]\n");
}

#[test]
fn a_script_that_does_not_fit_is_said_so_and_the_session_stays() {
    let place = Place::new();
    let run = agent(&place, &["code = 'x = 5'", "expect = ['something else']\ntext = 'no'"], &["--session", "it"]);
    assert_eq!(run.status, 125);
    assert!(
        run.stderr
            .contains("error: the model gave no answer: reply 2 of the script expects to be told `something else`")
    );
    let other = super::script(&place, "other", &["", "expect = ['[cell 1']\ncode = 'final(x)'"]);
    assert_eq!(place.exuvia(&["agent", "--resume", "it", "--model", &other]).stdout, "5\n");
}

const TOOLS: &str = "
[tools.look]
description = 'Looks.'
command = ['cat', 'state']
read_only = true

[tools.change]
description = 'Changes.'
parameters = { text = 'str' }
command = ['sh', '-c', 'echo changed >> state', '{text}']
needs_approval = true
";

/// How far an agent is trusted is decided where tools are called, so no code goes round it.
#[test]
fn what_an_agent_may_do_is_decided_where_tools_are_called() {
    let place = Place::new();
    place.write("exuvia.toml", TOOLS);
    let code = r#"
code = """
from exuvia.tools import change
try:
    change('x')
    told = 'done'
except PermissionError as error:
    told = str(error)
with open('/data/file', 'w') as file:
    file.write('changed')
final([look().strip(), told, open('/data/file').read()])
"""
"#;
    let refused = "change() is not allowed: ";
    let nobody = format!("{refused}it needs approval, and nobody is there to ask");
    let read_only = format!("{refused}this agent may only look, and this may change something");
    let dry_run = format!(
        "{refused}this is a dry run, so it was not done: go on as if it had been, and say in the end what you would do"
    );
    let modes: [(&[&str], &str, &str, &str); 4] = [
        (&[], "as it was", &nobody, "changed"),
        (&["--approve", "auto"], "as it was\nchanged", "done", "changed"),
        (&["--approve", "read-only"], "as it was", &read_only, "as it was"),
        (&["--dry-run"], "as it was", &dry_run, "as it was"),
    ];
    for (options, state, told, file) in modes {
        place.write("state", "as it was\n");
        let _ = std::fs::create_dir(place.path("data"));
        place.write("data/file", "as it was");
        let mount = format!("{}:/data:rw", place.path("data"));
        let (status, given) =
            answer(&place, &[code], &[&["--config", "exuvia.toml", "--mount", &mount], options].concat());
        assert_eq!((status, given), (0, json!([state, told, "changed"])), "{options:?}");
        assert_eq!(std::fs::read_to_string(place.path("data/file")).unwrap(), file, "{options:?}");
    }
}

#[test]
fn nobody_is_there_to_ask() {
    let place = Place::new();
    let script = [
        "code = 'ask(\"Which year?\")'",
        "expect = ['PermissionError: nobody is there to ask', 'decide by yourself']\ncode = 'todo([\"[x] decide\", \"compute\"]); final(\"2026, I assume\")'",
    ];
    assert_eq!(answer(&place, &script, &[]), (0, json!("2026, I assume")));
}

/// A program uses the model over many pieces of data at once; what that uses counts.
#[test]
fn programs_use_the_model_themselves() {
    let place = Place::new();
    let script = r#"
code = """
from exuvia import parallel
reviews = ['Good!', 'Bad.', 'Good, too.']
marks = parallel(llm, [f'Is this friendly? {review}' for review in reviews])
pixel = llm('What is this?', images=[b'\\x89PNG'], schema={'type': 'object'})
final([marks, pixel])
"""
tokens = { fresh = 100, output = 10 }

[[inference]]
prompt = "Good"
text = "yes"
tokens = { fresh = 5, output = 1 }

[[inference]]
prompt = "Bad"
text = "no"
tokens = { fresh = 5, output = 1 }

[[inference]]
prompt = "What is this?"
text = '{"kind": "picture"}'
"#;
    let run = agent(&place, &[script], &["--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let events = events(&run.stdout);
    let answer = &events.last().unwrap()["answer"];
    assert_eq!(answer, &json!([["yes", "no", "yes"], { "kind": "picture" }]));
    let used = events.iter().filter(|event| event["event"] == "used").count();
    assert_eq!(used, 4);
    let script = r#"code = "llm('hello')""#;
    let next = "expect = ['ToolError', 'the script has no [[inference]] for this: hello']\ntext = 'ok'";
    assert_eq!(super::answer(&place, &[script, next], &[]).0, 0);
}
