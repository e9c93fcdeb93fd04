//! What older revisions of the protocol have, and what they do not have.

use serde_json::{Value, json};

use super::client::{Client, session, text};
use super::{Era, Place};

/// Starts a client that speaks this revision.
fn speaking(place: &Place, revision: &str) -> Client {
    let mut client = Client::silent(&mut place.command(&["mcp"]), Era::Older);
    let params = json!({"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    assert_eq!(client.ask("initialize", params)["result"]["protocolVersion"], revision);
    client.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    client
}

fn python(client: &mut Client, code: &str) -> Value {
    client.call("python", json!({"code": code, "timeout": 600}))
}

/// `ResourceLink` and `structuredContent` came with 2025-06-18 (its *Key Changes*, 5 and 1).
#[test]
fn content_is_what_a_revision_has() {
    for (revision, has_links) in
        [("2024-11-05", false), ("2025-03-26", false), ("2025-06-18", true), ("2025-11-25", true)]
    {
        let place = Place::new();
        let mut client = speaking(&place, revision);
        let result = python(&mut client, "open('a.txt', 'w').write('x')");
        let (told, id) = (result["content"][0]["text"].as_str().unwrap(), "session: ");
        let id = told.split_once(id).unwrap().1.split(' ').next().unwrap();
        let uri = format!("exuvia://{id}/files/workspace/a.txt");
        assert_eq!(result["structuredContent"].is_object(), has_links, "{revision}");
        let expected = if has_links {
            json!({"type": "resource_link", "uri": uri, "name": "a.txt", "mimeType": "text/plain", "size": 1})
        } else {
            json!({"type": "text", "text": format!("resource {uri}")})
        };
        assert_eq!(result["content"][1], expected, "{revision}");
        for tool in ["export_script", "reset", "fork"] {
            let result = client.call(tool, json!({}));
            let kinds = result["content"].as_array().unwrap().iter().map(|block| block["type"].as_str().unwrap());
            assert!(has_links || kinds.into_iter().all(|kind| kind == "text"), "{revision} {tool}: {result}");
            assert_eq!(result["structuredContent"].is_object(), has_links, "{revision} {tool}");
        }
        let refused = client.call("python", json!({}));
        assert_eq!((&refused["isError"], refused["structuredContent"].is_object()), (&json!(true), has_links));
    }
}

/// "Implementations […] MUST support receiving JSON-RPC batches" (2025-03-26, basic); JSON-RPC 2.0, section 6, has the rest.
#[test]
fn batches_are_answered_in_the_revision_that_has_them() {
    let place = Place::new();
    let mut client = speaking(&place, "2025-03-26");
    let call = |id: &str, code: &str| {
        let params = json!({"name": "python", "arguments": {"code": code}});
        json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
    };
    let ping = |id: &str| json!({"jsonrpc": "2.0", "id": id, "method": "ping"});
    let cancelled =
        |id: &str| json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}});
    client.say(&json!([ping("a"), cancelled("nobody"), call("b", "1 + 1"), 5, {"jsonrpc": "2.0", "id": "c"}]));
    let mut answers = client.hear().as_array().unwrap().clone();
    answers.sort_by_key(|answer| answer["id"].to_string());
    let [a, b, c, none] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(a, &json!({"jsonrpc": "2.0", "id": "a", "result": {}}));
    assert_eq!(text(&b["result"]), "→ 2\nsession: ID · cell 1");
    assert_eq!([&c["error"]["code"], &none["error"]["code"]], [&json!(-32600), &json!(-32600)]);
    assert_eq!((&c["id"], &none["id"]), (&json!("c"), &Value::Null));
    // What is cancelled has no answer, and what has none is not waited for.
    client.say(&json!([call("d", "while True: pass"), ping("e")]));
    client.say(&cancelled("d"));
    assert_eq!(client.hear(), json!([{"jsonrpc": "2.0", "id": "e", "result": {}}]));
    client.say(&json!([cancelled("nobody")]));
    client.say(&json!([]));
    assert_eq!(client.hear()["error"]["message"], "a batch has 0 messages, it must be 1 to 100");
    client.say(&Value::Array(vec![ping("f"); 101]));
    assert_eq!(client.hear()["error"]["message"], "a batch has 101 messages, it must be 1 to 100");
    assert_eq!(text(&python(&mut client, "'here'")), "→ 'here'\nsession: ID · cell 3");
    // Others have none.
    let mut client = speaking(&place, "2025-06-18");
    client.say(&json!([ping("a")]));
    assert_eq!(client.hear()["error"]["code"], -32600);
    session(&python(&mut client, ""));
}
