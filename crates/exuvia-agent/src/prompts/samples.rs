//! What templates are tried out with.

use serde_json::{Value as Json, json};

/// Returns what a template may be filled in with, in each way that makes a difference; nothing for those that every task
/// begins with.
pub(super) fn of(name: &str) -> Vec<Json> {
    match name {
        "idle" => ["calls", "text"]
            .iter()
            .flat_map(|interface| [false, true].map(|cut_off| json!({ "interface": interface, "cut_off": cut_off })))
            .collect(),
        "loop" => [1, 2].map(|round| json!({ "count": 3, "round": round })).to_vec(),
        "todo" => vec![json!({ "items": ["look", "count"] })],
        "closing" => {
            [("steps", "50 steps"), ("tokens", "9 tokens"), ("money", "$1.00"), ("time", "5 s"), ("loop", "5 steps")]
                .map(|(reason, limit)| json!({ "reason": reason, "limit": limit }))
                .to_vec()
        }
        "allowed" | "compact" | "report" => vec![json!({})],
        "compacted" => [false, true].map(account).to_vec(),
        _ => Vec::new(),
    }
}

/// An account of a conversation of which there is everything to say, or nothing.
fn account(is_full: bool) -> Json {
    let some = |one: Json| if is_full { json!([one]) } else { json!([]) };
    json!({
        "summary": is_full,
        "said": some(json!("in euros")),
        "list": some(json!("[x] look")),
        "notes": some(json!("the key is in b")),
        "attempts": some(json!({ "cell": 3, "code": "\"f()\"", "reason": "ValueError: no", "times": 2 })),
        "files": some(json!({ "path": "/workspace/a", "size": "3 bytes" })),
        "more_files": usize::from(is_full),
    })
}
