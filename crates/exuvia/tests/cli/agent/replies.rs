//! What a person sees of replies, and what providers are asked for.

use serde_json::{Value as Json, json};

use super::{agent, script};
use crate::cli::recorded::Place;
use crate::run;
use crate::server::{Server, answer};

#[test]
fn a_reply_that_is_cut_off_ends_its_line() {
    let place = Place::new();
    let cut = "text = 'cut here'\nstop = 'length'";
    let run = agent(&place, &[cut, cut, "text = 'whole'"], &[]);
    assert_eq!((run.status, run.stdout.as_str()), (0, "whole\n"), "{}", run.stderr);
    let line = "cut here\nthe reply was cut off: it is as long as it may be\n";
    assert!(run.stderr.contains(&format!("{line}{line}whole\n")), "{}", run.stderr);
}

#[test]
fn a_long_reply_is_not_shown_in_full() {
    let place = Place::new();
    let long = format!("text = '{}'", "word ".repeat(40_000));
    let run = agent(&place, &[&long], &[]);
    assert_eq!((run.status, run.stdout.len()), (0, 200_000), "{}", run.stderr);
    // 64 KiB of it.
    assert!((65_536..66_500).contains(&run.stderr.len()), "{}", run.stderr.len());
    assert!(run.stderr.contains("\n… the rest of this reply is not shown\n"));
    let all = place.exuvia(&["agent", "do it", "--log", "debug", "--model", &script(&place, "script", &[&long])]);
    assert!(all.stderr.len() > 200_000);
}

/// Returns what a provider is asked for the first time.
fn sent(place: &Place, config: &str, options: &[&str]) -> Json {
    let server = Server::always(answer("400 Bad Request", "{}"));
    place.write("exuvia.toml", &config.replace("URL", &server.url("")));
    let arguments = [&["agent", "do it", "--config", "exuvia.toml", "--model", "m"], options].concat();
    let refused = place.exuvia(&arguments);
    assert_eq!(refused.status, 125, "{}", refused.stderr);
    serde_json::from_str(server.requests()[0].split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_configuration_says_how_long_replies_may_be() {
    let place = Place::new();
    let ollama = "[models.m]\nmodel = 'ollama/x'\nurl = 'URL'\n";
    let options = &sent(&place, &format!("{ollama}output = '4K'\ncontext = '64K'"), &[])["options"];
    assert_eq!((&options["num_predict"], &options["num_ctx"]), (&json!(4_000), &json!(64_000)));
    let options = &sent(&place, ollama, &["--context", "20K"])["options"];
    // What is kept, and room for a reply: a third of it.
    assert_eq!(options["num_ctx"], 26_666);
    assert_eq!(sent(&place, ollama, &[])["options"], json!({ "num_predict": 16_384 }));
    let anthropic = "[models.m]\nmodel = 'anthropic/x'\nurl = 'URL'\noutput = 700";
    assert_eq!(sent(&place, anthropic, &["--context", "20K"])["max_tokens"], 700);
}

#[test]
fn an_address_is_looked_at_before_anything_begins() {
    let place = Place::new();
    for wrong in ["not-a-url", "127.0.0.1:8080/v1", "ftp://127.0.0.1/"] {
        let refused = place.exuvia(&["agent", "do it", "--model", "anthropic/m", "--model-url", wrong]);
        let hint = "    hint: it begins with http:// or https://: `http://127.0.0.1:8080/v1`, say\n";
        let expected = format!("error: `{wrong}` is no address of a model\n{hint}");
        assert_eq!((refused.status, refused.stderr), (2, expected));
    }
    assert_eq!(place.exuvia(&["session", "list", "--json"]).stdout.trim(), "[]");
}

/// The person reads what the provider says, and how long it wants to be left alone.
#[test]
fn who_wants_to_be_left_alone_says_for_how_long() {
    let place = Place::new();
    let body = r#"{"error":{"message":"slow down"}}"#;
    let server = Server::always(answer("429 Too Many Requests\r\nRetry-After: 5400", body));
    let arguments = ["agent", "do it", "--model", "anthropic/m", "--model-url", &server.url("")];
    let run = run(&mut place.command(&arguments), b"");
    assert_eq!(run.status, 125);
    let said =
        "error: the model gave no answer: it is asked too much: slow down; it wants to be left alone for 90 min\n";
    assert!(run.stderr.ends_with(said), "{}", run.stderr);
    assert_eq!(server.requests().len(), 1);
}
