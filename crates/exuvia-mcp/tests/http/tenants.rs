//! Who has a token comes in, as whom it is of; nobody else does, and nobody sees what is another's.

use serde_json::json;

use crate::client::{Answer, Request};
use crate::fixture::Fixture;

const ALICE: &str = "alice-0123456789abcdef";
const BOB: &str = "bob-0123456789abcdefgh";

fn start() -> Fixture {
    Fixture::start(&["--token", &format!("alice={ALICE}"), "--token", &format!("bob={BOB}")])
}

#[test]
fn only_who_has_a_token_comes_in() {
    let fixture = start();
    let list = || Request::modern(fixture.address(), 1, "tools/list", json!({}));
    let message = "this server wants a token that it knows\n    hint: send it as `Authorization: Bearer TOKEN`";
    let refusal = json!({"jsonrpc": "2.0", "error": {"code": -32600, "message": message}});
    let longer = format!("Bearer {ALICE}x");
    let basic = format!("Basic {ALICE}");
    let two = format!("Bearer {ALICE},Bearer {BOB}");
    let shorter = format!("Bearer {}", &ALICE[..ALICE.len() - 1]);
    for header in [
        None,
        Some(""),
        Some("Bearer"),
        Some("Bearer "),
        Some(ALICE),
        Some(&longer),
        Some(&basic),
        Some(&two),
        Some(&shorter),
    ] {
        let request = header.map_or_else(list, |header| list().with("authorization", header));
        let answer = request.send();
        assert_eq!((answer.status, answer.message()), (401, refusal.clone()), "{header:?}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    for token in [ALICE, BOB] {
        assert_eq!(list().token(token).send().status, 200);
    }
    // RFC 9110, section 11.1: the name of a scheme has no case.
    assert_eq!(list().with("authorization", &format!("bearer {ALICE}")).send().status, 200);
    // What is refused first says nothing of tokens.
    assert_eq!(list().with("host", "evil.example.com").send().status, 403);
}

#[test]
fn a_connection_of_another_is_as_unknown_as_one_that_never_was() {
    let fixture = start();
    let address = fixture.address();
    let begun = Request::initialize(address).token(ALICE).send();
    let connection = begun.header("mcp-session-id").unwrap();
    let ready = Request::legacy(address, connection, None, "notifications/initialized", &json!({}));
    assert_eq!(ready.clone().token(ALICE).send().status, 202);
    let list = |connection: &str, token: &str| {
        Request::legacy(address, connection, Some(1), "tools/list", &json!({})).token(token).send()
    };
    assert_eq!(list(connection, ALICE).status, 200);
    let without_date = |answer: Answer| (answer.status, answer.header("content-type").map(str::to_owned), answer.body);
    let unknown = without_date(list("00000000-0000-4000-8000-000000000000", BOB));
    assert_eq!(without_date(list(connection, BOB)), unknown);
    assert_eq!(unknown.0, 404);
    for method in ["GET", "DELETE"] {
        let other = Request::legacy(address, connection, None, "x", &json!({})).method(method).token(BOB).send();
        assert_eq!(other.status, if method == "GET" { 404 } else { 202 }, "{other:?}");
    }
    assert_eq!(list(connection, ALICE).status, 200, "it is there still");
    let end = Request::legacy(address, connection, None, "x", &json!({})).method("DELETE");
    assert_eq!(end.token(ALICE).send().status, 202);
    assert_eq!(list(connection, ALICE).status, 404);
}
