//! Which calls are made.

use std::sync::{Arc, Mutex};

use exuvia_core::{ToolFailureKind, ToolOutcome, ToolRunner as _};
use exuvia_tools::{Action, Approval, ApprovalFuture, ApprovalRequest, Pattern, Policy, Rule, Schemas, Tool, Toolbox};
use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use super::{call, told};

fn send(name: &str) -> Tool {
    let schemas = Schemas {
        parameters: json!({
            "type": "object",
            "properties": { "to": {}, "options": { "type": "object" }, "force": { "type": "boolean", "default": true } },
        }),
        returns: None,
    };
    Tool::json(name, "Sends.", schemas, async |arguments: Json| Ok(arguments["force"].clone()))
}

fn toolbox(policy: Policy) -> Toolbox {
    Toolbox::builder()
        .tool(send("send_mail"))
        .tool(send("send_money").needs_approval())
        .tool(Tool::text("shout", "", async |text: String| Ok(text)))
        .policy(policy)
        .build()
        .unwrap()
}

fn denied(tool: &str, reason: &str) -> (ToolFailureKind, String) {
    (ToolFailureKind::Denied, format!("{tool}() is not allowed: {reason}"))
}

fn is_made(outcome: &ToolOutcome) -> bool {
    match outcome {
        Ok(_) => true,
        Err(failure) => {
            assert_eq!(failure.kind, ToolFailureKind::Denied, "{failure}");
            false
        }
    }
}

#[test]
fn the_default_decides_where_no_rule_does() {
    let nobody = "it needs approval, and nobody is there to ask";
    let allow = toolbox(Policy::default());
    assert_eq!(call(&allow, "send_mail", "{}").unwrap(), "true");
    assert_eq!(told(call(&allow, "send_money", "{}")), denied("send_money", nobody));
    let deny = toolbox(Policy::new(Action::deny("closed")));
    assert_eq!(told(call(&deny, "send_money", "{}")), denied("send_money", "closed"));
    let ask = toolbox(Policy::new(Action::Ask));
    assert_eq!(told(call(&ask, "shout", "")), denied("shout", nobody));
    let rule = toolbox(Policy::default().rule(Rule::new("send_*", Action::Allow)));
    assert_eq!(call(&rule, "send_money", "{}").unwrap(), "true");
    // A call that is wrong is wrong before it is denied.
    assert_eq!(told(call(&deny, "send_mail", "[]")).0, ToolFailureKind::Argument);
}

#[test]
fn the_first_rule_that_matches_decides() {
    let policy = Policy::new(Action::deny("default"))
        .rule(Rule::new("send_m?il", Action::Allow).argument("to", Pattern::glob("*@example.org")))
        .rule(Rule::new("send_*", Action::deny("second")).argument("/options/urgent", Pattern::equals(true)))
        .rule(Rule::new("send_*", Action::Allow).argument("to", Pattern::regex("^b+$")))
        .rule(Rule::new("shout", Action::Allow).argument("text", Pattern::glob("a*")))
        .rule(Rule::new("send_mail", Action::Allow).argument("force", Pattern::equals(false)));
    let toolbox = toolbox(policy);
    for (tool, arguments, expected) in [
        ("send_mail", json!({ "to": "a@example.org", "options": { "urgent": true } }), true),
        ("send_mail", json!({ "to": "a@example.org.evil", "options": { "urgent": true } }), false),
        ("send_mail", json!({ "to": "x\n@example.org" }), true),
        ("send_mail", json!({ "to": ["a@example.org", "b@example.org"] }), true),
        ("send_mail", json!({ "to": ["a@example.org", "evil"] }), false),
        ("send_mail", json!({ "to": [] }), false),
        ("send_mail", json!({ "to": { "a@example.org": 1 } }), false),
        ("send_money", json!({ "to": "bb" }), true),
        ("send_money", json!({ "to": "bb\n" }), false),
        ("send_money", json!({ "to": "bb", "options": { "urgent": true } }), false),
        ("send_money", json!({ "to": "bb", "options": { "urgent": 1 } }), true),
        // The default of `force` is filled in before.
        ("send_mail", json!({}), false),
        ("send_mail", json!({ "force": false }), true),
    ] {
        assert_eq!(is_made(&call(&toolbox, tool, &arguments.to_string())), expected, "{tool} {arguments}");
    }
    assert!(is_made(&call(&toolbox, "shout", "abc")));
    assert!(!is_made(&call(&toolbox, "shout", "bc")));
}

#[test]
fn of_a_list_one_item_is_enough_to_deny() {
    let rule = Rule::new("*", Action::deny("no")).argument("to", Pattern::glob("/etc/*"));
    let toolbox = toolbox(Policy::default().rule(rule));
    assert!(!is_made(&call(&toolbox, "send_mail", r#"{"to": ["/tmp/a", ["/etc/passwd"]]}"#)));
    assert!(is_made(&call(&toolbox, "send_mail", r#"{"to": ["/tmp/a"]}"#)));
}

#[test]
fn somebody_is_asked() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let answer = move |request: ApprovalRequest| -> ApprovalFuture {
        log.lock().unwrap().push((request.declaration.name.clone(), request.arguments.clone()));
        assert!(request.arguments["to"] != "panic", "asked");
        let answer = match request.arguments["to"].as_str() {
            Some("once") => Approval::Once,
            Some("always") => Approval::Always,
            _ => Approval::Deny("not today".to_owned()),
        };
        Box::pin(async move { answer })
    };
    let toolbox = Toolbox::builder().tool(send("send").needs_approval()).approver(answer).build().unwrap();
    let mut runner = toolbox.runner();
    let mut call = |to: &str| pollster::block_on(runner.call("send", &json!({ "to": to }).to_string()));
    assert!(is_made(&call("once")));
    assert_eq!(told(call("no")), denied("send", "not today"));
    assert_eq!(told(call("panic")), denied("send", "whoever was asked panicked"));
    assert!(is_made(&call("always")));
    assert!(is_made(&call("no")));
    let expected: Vec<_> =
        ["once", "no", "panic", "always"].map(|to| ("send".to_owned(), json!({ "to": to, "force": true }))).into();
    assert_eq!(*asked.lock().unwrap(), expected);
    // Another sandbox is another matter.
    assert!(!is_made(&pollster::block_on(toolbox.runner().call("send", r#"{"to": "no"}"#))));
}

#[test]
fn one_answer_serves_calls_that_wait_for_it() {
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let answer = move |_: ApprovalRequest| -> ApprovalFuture {
        *count.lock().unwrap() += 1;
        let mut polled = false;
        Box::pin(std::future::poll_fn(move |context| {
            if std::mem::replace(&mut polled, true) {
                return std::task::Poll::Ready(Approval::Always);
            }
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        }))
    };
    let toolbox = Toolbox::builder().tool(send("send").needs_approval()).approver(answer).build().unwrap();
    let mut runner = toolbox.runner();
    let calls: Vec<_> = (0..50).map(|_| runner.call("send", "{}")).collect();
    assert!(pollster::block_on(join_all(calls)).iter().all(is_made));
    assert_eq!(*asked.lock().unwrap(), 1);
}
