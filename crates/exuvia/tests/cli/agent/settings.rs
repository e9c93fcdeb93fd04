//! What a configuration file says of agents and models.

use serde_json::json;

use super::{events, script, told};
use crate::cli::recorded::Place;

#[test]
fn a_file_says_what_the_command_line_does_not() {
    let place = Place::new();
    script(&place, "one", &["code = '1'", "code = '2'", "text = 'so far'"]);
    script(&place, "other", &["text = 'no code'", "code = 'final(7)'"]);
    let config = r#"
        [agent]
        model = "mine"
        steps = 2
        tokens = "2K"
        time = "1h"
        plan = true

        [models.mine]
        model = "scripted/one.toml"
        context = 32000
    "#;
    place.write("exuvia.toml", config);
    let of =
        |options: &[&str]| place.exuvia(&[&["agent", "do it", "--json", "--config", "exuvia.toml"], options].concat());
    let configured = of(&[]);
    assert_eq!(configured.status, 124, "{}", configured.stderr);
    let begun = events(&configured.stdout).into_iter().find(|event| event["event"] == "begun").unwrap();
    // A reply has room in the context, too.
    let budget = json!({ "steps": 2, "tokens": 2_000, "time": { "secs": 3600, "nanos": 0 } });
    assert_eq!((&begun["budget"], &begun["context_tokens"]), (&budget, &json!(24_000)));
    assert!(told(&configured.stdout)[0].contains("First make a plan"));
    // The command line goes before it.
    let other = of(&["--model", "scripted/other.toml", "--final-only", "--steps", "9"]);
    assert_eq!(events(&other.stdout).last().unwrap()["answer"], json!(7), "{}", other.stderr);
}

#[test]
fn a_model_is_reminded_of_what_its_owner_says() {
    let place = Place::new();
    let replies = [
        "code = 'print(\"the INVOICE\")'",
        "expect = ['Amounts are net.']\ncode = '2'",
        "expect = ['Ask the oracle.']\ntext = 'done'",
    ];
    let model = script(&place, "script", &replies);
    let config = r#"
        [tools.oracle]
        description = "Knows."
        command = ["true"]

        [[agent.reminders]]
        keyword = "invoice"
        text = "Amounts are net."

        [[agent.reminders]]
        unused = "oracle"
        cells = 2
        text = "Ask the oracle."
    "#;
    place.write("exuvia.toml", config);
    let done = place.exuvia(&["agent", "do it", "--model", &model, "--config", "exuvia.toml"]);
    assert_eq!((done.status, done.stdout.as_str()), (0, "done\n"), "{}", done.stderr);
}

/// The task itself may be what a keyword is about: the model is reminded before it begins.
#[test]
fn a_keyword_is_found_in_the_task() {
    let place = Place::new();
    let model = script(&place, "script", &["expect = ['Amounts are net.']\ntext = 'done'"]);
    place.write("exuvia.toml", "[[agent.reminders]]\nkeyword = 'invoice'\ntext = 'Amounts are net.'\n");
    let done = place.exuvia(&["agent", "Add the Invoices up", "--model", &model, "--config", "exuvia.toml"]);
    assert_eq!((done.status, done.stdout.as_str()), (0, "done\n"), "{}", done.stderr);
}

#[test]
fn what_is_wrong_in_it_is_told_with_its_line() {
    let model = |rest: &str| format!("[models.m]\nmodel = 'openai/x'\n{rest}");
    let when = "`agent.reminders`: say when with one of `keyword`, `unused` and `cells`";
    for (config, expected) in [
        ("[agent]\nstep = 1".to_owned(), "exuvia.toml:2: unknown field `step`"),
        ("[agent]\ntokens = 'many'".to_owned(), "exuvia.toml:2: `many` is no number: write `20000`, `200K`, `2M`"),
        ("[agent]\nsteps = 0".to_owned(), "exuvia.toml: `agent.steps` is at least 1"),
        ("[agent]\ncost = -1.0".to_owned(), "exuvia.toml: `agent.cost` is no amount of dollars"),
        ("[[agent.reminders]]\ntext = 'x'".to_owned(), when),
        ("[[agent.reminders]]\ntext = ''\ncells = 1".to_owned(), "`agent.reminders`: `text` says nothing"),
        ("[models.m]\nurl = 'x'".to_owned(), "exuvia.toml:1: missing field `model`"),
        ("[models.m]\nmodel = 'ollama'".to_owned(), "`ollama` names no model"),
        (model("url = 'not-a-url'"), "`not-a-url` is no address of a model\n    hint: it begins with http://"),
        (model("output = 'much'"), "exuvia.toml:3: `much` is no number"),
        (model("output = 0"), "exuvia.toml: `models.m.output` is 0: a reply has 1 to 4294967295 tokens"),
        (
            model("output = '32K'\ncontext = '32K'"),
            "exuvia.toml: `models.m.output` is 32000: it leaves no room in a context of 32000 tokens",
        ),
        (model("key_variable = 'NO_SUCH_KEY'"), "there is no key for `openai/x`\n    hint: set NO_SUCH_KEY"),
        (model("key_command = ['false']"), "the key of `openai/x` was not found: `false` ended with exit status: 1"),
        (model("key_command = ['true']"), "the key of `openai/x` was not found: `true` printed no key"),
        (model("key_command = ['no-such-program']"), "`no-such-program` cannot be started: no such file or directory"),
    ] {
        let place = Place::new();
        place.write("exuvia.toml", &config);
        let refused = place.exuvia(&["agent", "do it", "--model", "m", "--config", "exuvia.toml"]);
        assert_eq!(refused.status, 2, "{config}: {}", refused.stderr);
        assert!(refused.stderr.contains(expected), "{config}: {}", refused.stderr);
    }
}
