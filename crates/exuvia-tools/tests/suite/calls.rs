//! Tools in Rust, and the limits of every call.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use exuvia_core::{ToolFailure, ToolFailureKind, ToolLimits, ToolRunner as _, ToolSignature};
use exuvia_tools::{Base64, Schemas, Tool, Toolbox, ToolsError};
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{call, told, toolbox, wait_until};

#[derive(Deserialize, JsonSchema)]
struct Request {
    /// Where.
    city: String,
    /// How many days ahead.
    #[serde(default = "three")]
    days: u8,
}

fn three() -> u8 {
    3
}

#[derive(Serialize, JsonSchema)]
struct Weather {
    celsius: Vec<f64>,
    raw: Base64,
}

fn weather() -> Tool {
    Tool::function("fetch_weather", "Returns the weather.", async |request: Request| {
        let raw = Base64(request.city.into_bytes());
        Ok(Weather { celsius: vec![21.5; request.days.into()], raw })
    })
}

fn failing(limits: ToolLimits, behaviour: &'static str) -> Toolbox {
    let tool = Tool::text("misbehave", "", move |text: String| {
        assert!(behaviour != "panic at once", "at once");
        async move {
            match behaviour {
                "panic" => panic!("later"),
                "hang" => pending().await,
                _ => Ok(text),
            }
        }
    });
    toolbox(tool.limits(limits))
}

#[test]
fn a_typed_function_is_declared_as_its_types_are() {
    let toolbox = toolbox(weather());
    let expected = ToolSignature::Json {
        parameters: json!({
            "type": "object",
            "properties": {
                "city": { "description": "Where.", "type": "string" },
                "days": {
                    "description": "How many days ahead.", "type": "integer", "format": "uint8", "minimum": 0,
                    "maximum": 255, "default": 3,
                },
            },
            "required": ["city"],
            "additionalProperties": false,
        }),
        returns: Some(json!({
            "type": "object",
            "properties": {
                "celsius": { "type": "array", "items": { "type": "number", "format": "double" } },
                "raw": { "type": "string", "contentEncoding": "base64" },
            },
            "required": ["celsius", "raw"],
        })),
    };
    assert_eq!(toolbox.declarations()[0].signature, expected);
    let outcome = call(&toolbox, "fetch_weather", r#"{"city": "Paris", "days": 1}"#);
    assert_eq!(outcome.unwrap(), r#"{"celsius":[21.5],"raw":"UGFyaXM="}"#);
    let outcome = call(&toolbox, "fetch_weather", r#"{"city": ""}"#);
    assert_eq!(outcome.unwrap(), r#"{"celsius":[21.5,21.5,21.5],"raw":""}"#);
}

#[test]
fn names_and_schemas_are_checked_when_a_toolbox_is_built() {
    let text = |name: &str| Tool::text(name, "", async |text: String| Ok(text));
    let json = |parameters: Json| {
        Tool::json("t", "", Schemas { parameters, returns: None }, async |arguments: Json| Ok(arguments))
    };
    let build = |tools: Vec<Tool>| Toolbox::builder().tools(tools).build().map(drop);
    assert!(matches!(build(vec![text("class")]), Err(ToolsError::Name(_))));
    assert!(matches!(build(vec![text("a"), text("a")]), Err(ToolsError::Duplicate(_))));
    for wrong in [
        json!({ "type": "array" }),
        json!({ "type": "object", "properties": { "a-b": {} } }),
        json!({ "type": "object", "properties": { "a": { "type": "text" } } }),
        json!({ "type": "object", "properties": { "a": { "type": "integer", "default": "x" } } }),
        json!({ "type": "object", "properties": { "a": { "pattern": "(?=x)" } } }),
        json!({ "type": "object", "properties": { "a": { "$ref": "https://example.org/schema.json" } } }),
        json!({ "type": "object", "properties": { "a": { "$ref": "file:///etc/passwd" } } }),
    ] {
        assert!(matches!(build(vec![json(wrong.clone())]), Err(ToolsError::Schema { .. })), "{wrong}");
    }
}

#[test]
fn a_call_that_cannot_be_is_refused() {
    let toolbox = toolbox(weather().limits(ToolLimits { argument_bytes: 40, ..ToolLimits::default() }));
    let refused = |arguments: &str| told(call(&toolbox, "fetch_weather", arguments));
    assert_eq!(told(call(&toolbox, "nothing", "")).1, "there is no tool `nothing`");
    assert_eq!(refused("{").0, ToolFailureKind::Argument);
    assert_eq!(refused(r#"{"city": NaN}"#).0, ToolFailureKind::Argument);
    let (kind, message) = refused(&format!("{{\"city\": \"{}\"}}", "x".repeat(30)));
    assert_eq!(kind, ToolFailureKind::Limit);
    assert_eq!(message, "fetch_weather() got arguments of 42 bytes, the limit is 40 bytes");
}

#[test]
fn misbehaviour_is_a_failure() {
    let hang = failing(ToolLimits { time: Some(Duration::from_millis(20)), ..ToolLimits::default() }, "hang");
    let timeout = (ToolFailureKind::Timeout, "misbehave() did not end within 0.02 s".to_owned());
    assert_eq!(told(call(&hang, "misbehave", "")), timeout);
    for behaviour in ["panic", "panic at once"] {
        let panics = failing(ToolLimits::default(), behaviour);
        let panicked = (ToolFailureKind::Failed, "misbehave() panicked".to_owned());
        assert_eq!(told(call(&panics, "misbehave", "")), panicked, "{behaviour}");
    }
    let long = failing(ToolLimits { result_bytes: 3, ..ToolLimits::default() }, "echo");
    let limit = "misbehave() gave a result of 4 bytes, the limit is 3 bytes".to_owned();
    assert_eq!(told(call(&long, "misbehave", "1234")), (ToolFailureKind::Limit, limit));
    assert_eq!(call(&long, "misbehave", "123").unwrap(), "123");
}

#[test]
fn a_panic_on_the_runtime_or_in_a_drop_is_contained() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let tool = Tool::text("panic", "", async |_: String| panic!("there")).on_runtime();
    assert_eq!(told(call(&toolbox(tool), "panic", "")).1, "panic() panicked");
    let tool = Tool::text("bomb", "", async |_: String| {
        let _bomb = Bomb;
        pending().await
    });
    let mut runner = toolbox(tool).runner();
    let mut future = runner.call("bomb", "");
    assert!((&mut future).now_or_never().is_none());
    drop(future);
}

#[test]
fn results_are_checked() {
    let returns = |value: Json| {
        let schemas = Schemas { parameters: json!({ "type": "object" }), returns: Some(json!({ "type": "integer" })) };
        toolbox(Tool::json("give", "", schemas, move |_| std::future::ready(Ok(value.clone()))))
    };
    assert_eq!(call(&returns(json!(3)), "give", "{}").unwrap(), "3");
    let wrong = "give() gave a result that is not what it declares: expected an integer, got 'x' (str)".to_owned();
    assert_eq!(told(call(&returns(json!("x")), "give", "{}")), (ToolFailureKind::Failed, wrong));
}

#[test]
fn large_results_cross() {
    let tool = Tool::text("repeat", "", async |length: String| Ok("x".repeat(length.parse().unwrap())));
    let toolbox = toolbox(tool);
    assert_eq!(call(&toolbox, "repeat", "50000000").unwrap().len(), 50_000_000);
    assert_eq!(told(call(&toolbox, "repeat", "70000000")).0, ToolFailureKind::Limit);
}

#[test]
fn calls_are_counted_for_each_sandbox() {
    let toolbox = failing(ToolLimits { calls: Some(2), ..ToolLimits::default() }, "echo");
    for _ in 0..2 {
        let mut runner = toolbox.runner();
        for _ in 0..2 {
            assert!(pollster::block_on(runner.call("misbehave", "")).is_ok());
        }
        let limit = "misbehave() was called 2 times, the limit is 2".to_owned();
        assert_eq!(told(pollster::block_on(runner.call("misbehave", ""))), (ToolFailureKind::Limit, limit));
    }
}

#[test]
fn no_more_calls_run_at_a_time_than_may_and_dropping_one_makes_room() {
    let running = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&running);
    let tool = Tool::text("hang", "", move |_: String| {
        counted.fetch_add(1, Ordering::SeqCst);
        pending()
    });
    let toolbox = toolbox(tool.limits(ToolLimits { concurrency: 2, time: None, ..ToolLimits::default() }));
    let mut runner = toolbox.runner();
    let mut calls: Vec<_> = (0..5).map(|_| runner.call("hang", "")).collect();
    let poll = |calls: &mut Vec<_>| {
        for call in calls.iter_mut() {
            assert!(futures_util::FutureExt::now_or_never(call).is_none());
        }
        running.load(Ordering::SeqCst)
    };
    assert_eq!(poll(&mut calls), 2);
    drop(calls.remove(0));
    assert_eq!(poll(&mut calls), 3);
    // One that waits frees nothing.
    drop(calls.pop());
    assert_eq!(poll(&mut calls), 3);
    calls.truncate(1);
    assert_eq!(poll(&mut calls), 3);
    drop(calls);
    let mut calls = vec![runner.call("hang", ""), runner.call("hang", ""), runner.call("hang", "")];
    assert_eq!(poll(&mut calls), 5);
}

#[test]
fn arguments_in_flight_are_bounded() {
    let toolbox = failing(ToolLimits { time: None, ..ToolLimits::default() }, "hang");
    let mut runner = toolbox.runner();
    let text = "x".repeat(60 << 20);
    let mut calls: Vec<_> = (0..4).map(|_| runner.call("misbehave", &text)).collect();
    assert!(calls.iter_mut().all(|call| call.now_or_never().is_none()));
    assert_eq!(told(runner.call("misbehave", &text).now_or_never().unwrap()).0, ToolFailureKind::Limit);
    calls.pop();
    assert!(runner.call("misbehave", &text).now_or_never().is_none());
}

#[test]
fn a_thousand_calls_wait_together() {
    let tool = Tool::text("wait", "", async |text: String| {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok(text)
    });
    let mut runner = toolbox(tool.on_runtime()).runner();
    #[expect(clippy::disallowed_methods, reason = "the time is what is tested")]
    let start = Instant::now();
    let texts: Vec<String> = (0..1_000).map(|number| number.to_string()).collect();
    let calls: Vec<_> = texts.iter().map(|text| runner.call("wait", text)).collect();
    let results: Result<Vec<String>, ToolFailure> = pollster::block_on(join_all(calls)).into_iter().collect();
    assert_eq!(results.unwrap(), texts);
    #[expect(clippy::disallowed_methods, reason = "the time is what is tested")]
    let took = start.elapsed();
    // One after the other they would take 50 s.
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn dropping_a_call_cancels_it_on_the_runtime() {
    let alive = Arc::new(());
    let held = Arc::clone(&alive);
    let tool = Tool::text("hang", "", move |_: String| {
        let held = Arc::clone(&held);
        async move {
            let _held = held;
            pending().await
        }
    });
    let mut runner = toolbox(tool.on_runtime()).runner();
    let mut call = runner.call("hang", "");
    assert!((&mut call).now_or_never().is_none());
    assert_eq!(Arc::strong_count(&alive), 3);
    drop(call);
    wait_until("the task is gone", || Arc::strong_count(&alive) == 2);
}

proptest! {
    #[test]
    fn any_text_gives_a_result_or_a_failure(text in "(\\PC|[\\[\\]{}\":,0-9eE.\\\\u-]){0,200}") {
        let toolbox = toolbox(weather());
        _ = call(&toolbox, "fetch_weather", &text);
        _ = call(&toolbox, &text, &text);
    }

    #[test]
    fn any_value_gives_a_result_or_a_failure(city in any_json(), days in any_json()) {
        let toolbox = toolbox(weather());
        let accepted = city.is_string() && days.as_u64().is_some_and(|days| days < 256);
        let outcome = call(&toolbox, "fetch_weather", &json!({ "city": city, "days": days }).to_string());
        // A float without a fraction is an integer to JSON Schema, and none to Rust.
        prop_assert_eq!(outcome.is_ok(), accepted);
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (0_u64..300).prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".*".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 32, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Json::from),
            prop::collection::vec((".*", inner), 0..8).prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

#[test]
fn an_integer_beyond_64_bits_is_refused_both_ways() {
    let schemas =
        Schemas { parameters: json!({ "type": "object", "properties": { "n": {}, "m": {} } }), returns: None };
    let echo = toolbox(Tool::json("echo", "", schemas, async |arguments: Json| Ok(arguments["n"].clone())));
    for exact in ["18446744073709551615", "-9223372036854775808", "1e+30"] {
        assert_eq!(call(&echo, "echo", &format!(r#"{{"n": {exact}}}"#)), Ok(exact.to_owned()));
    }
    let message = "echo() argument 'n': an integer of more than 64 bits, which JSON does not carry exactly";
    for arguments in [r#"{"m": 1, "n": 18446744073709551616}"#, r#"{"n": {"deep": [-9223372036854775809]}}"#] {
        assert_eq!(told(call(&echo, "echo", arguments)), (ToolFailureKind::Argument, message.to_owned()));
    }
    let large = Tool::function("large", "", async |_: Empty| Ok(u128::MAX));
    let message = "the result cannot be written as JSON: number out of range";
    assert_eq!(told(call(&toolbox(large), "large", "{}")), (ToolFailureKind::Failed, message.to_owned()));
}

#[derive(Deserialize, JsonSchema)]
struct Empty {}
