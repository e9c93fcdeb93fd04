//! What is written is read again; what was written once can be read for ever.

mod generate;

use std::collections::BTreeMap;

use exuvia_core::journal::{Event, Hash, Opened, Program, Source, StoreError, Variable};
use exuvia_core::recording::Asked;
use exuvia_core::{
    ClockId, ErrorReport, FinishedCall, HostAnswer, Interrupt, MountAnswer, MountEntry, MountFault, MountOperation,
    MountRequest, Outcome, Status, StopReason, Stream, ToolFailure, ToolFailureKind, Usage, Value,
};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::blob::{Blob, PackedBlob};

/// Reads what was written, with its blobs as a store would have them.
fn read_again(encoded: &Encoded) -> Result<Event, Unreadable> {
    let blobs: BTreeMap<Hash, PackedBlob> =
        encoded.blobs.iter().map(|blob| (blob.hash, PackedBlob::pack(&blob.content))).collect();
    let mut fetch = |name: &BlobName| blobs[&name.hash()].unpack(&name.hash());
    decode(encoded.kind, &encoded.body, &mut fetch).map(|(event, _)| event)
}

fn round_trip(event: &Event) -> Encoded {
    let encoded = encode(event, Some(Hash([7; 32]))).unwrap();
    assert!(encoded.body.len() <= BODY_BYTES_MAX);
    assert_eq!(&read_again(&encoded).unwrap(), event);
    encoded
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(event in generate::event()) {
        round_trip(&event);
    }

    #[test]
    fn what_nobody_wrote_is_refused_or_read(kind in "(opened|clocks|call|cell_ended|note)", body in "[ -~]{0,200}") {
        // It must not panic; nothing else is known of it.
        drop(decode(&kind, &body, &mut |_| Err("there are no blobs".to_owned())));
    }
}

#[test]
fn each_fault_of_a_mount_can_be_written() {
    for fault in [
        MountFault::NotFound,
        MountFault::Denied,
        MountFault::TooLarge,
        MountFault::Unreadable,
        MountFault::Exists,
        MountFault::NotDirectory,
        MountFault::IsDirectory,
        MountFault::NotEmpty,
        MountFault::NoSpace,
        MountFault::ReadOnly,
        MountFault::OtherDevice,
        MountFault::BadName,
        MountFault::TimedOut,
        MountFault::Unsupported,
        MountFault::Refused,
        MountFault::Unreachable,
        MountFault::BrokenOff,
        MountFault::Garbled,
        MountFault::Remote,
    ] {
        round_trip(&Event::Answered { asked: 1, answer: HostAnswer::Mount(Err(fault)) });
    }
}

#[test]
fn what_is_large_is_a_blob() {
    let text = "x".repeat(4 << 10);
    let output = |bytes: &[u8]| Event::Output { stream: Stream::Stdout, bytes: bytes.to_vec() };
    assert_eq!(round_trip(&output(text.as_bytes())).blobs, []);
    let longer = format!("{text}x");
    let encoded = round_trip(&output(longer.as_bytes()));
    assert_eq!(encoded.blobs, [Blob::new(longer.clone().into_bytes())]);
    let hash = &encoded.blobs[0].hash;
    assert_eq!(encoded.body, format!(r#"{{"stream":"stdout","bytes":{{"blob":"{hash}","bytes":4097}}}}"#));

    let entries = (0..5_000).map(|number| MountEntry::file(format!("file-{number}"), number)).collect();
    let answer = HostAnswer::Mount(Ok(MountAnswer::Entries(entries)));
    let asked = Asked::Mount(MountRequest { mount: 0, operation: MountOperation::List { path: Vec::new() } });
    let encoded = round_trip(&Event::Call { asked, answer });
    assert_eq!(encoded.blobs.len(), 1, "a body that is long without a long text");
    assert!(encoded.body.len() < 128, "{}", encoded.body);
}

#[test]
fn how_deep_a_program_nests_what_it_gives_is_no_matter() {
    let nest = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    for depth in [31, 32, 33, 100, 127] {
        round_trip(&Event::Note { kind: "deep".into(), data: nest(depth) });
    }
    let refused = encode(&Event::Note { kind: "deep".into(), data: nest(128) }, None);
    assert!(matches!(refused, Err(StoreError::TooLarge { size_max: 127, .. })), "{refused:?}");

    for depth in [7, 8, 9, 40, 59] {
        let mut error = generate::plain_error();
        for level in 0..depth {
            let inner = Box::new(error);
            let mut outer = generate::plain_error();
            match level % 3 {
                0 => outer.cause = Some(inner),
                1 => outer.context = Some(inner),
                _ => outer.group = vec![*inner],
            }
            error = outer;
        }
        let mut outcome = outcome(Status::Raised);
        outcome.error = Some(Box::new(error));
        round_trip(&Event::CellEnded { cell: 1, outcome: Box::new(outcome) });
    }
}

#[test]
fn clocks_are_compact_and_bounded() {
    let readings: Vec<_> = (0..1_000_000).map(|n| (ClockId::Monotonic, 5_000_000_000 + n * 1_000)).collect();
    let encoded = round_trip(&Event::Clocks(readings));
    let packed: usize = encoded.blobs.iter().map(|blob| PackedBlob::pack(&blob.content).packed.len()).sum();
    assert!(packed < 10_000, "a million readings of equal steps take {packed} bytes");

    for body in [
        r#"{"order":"m99999999999999999999","monotonic":"1"}"#,
        r#"{"order":"m9999999999999","monotonic":"1"}"#,
        r#"{"order":"m2","monotonic":"1"}"#,
        r#"{"order":"m","monotonic":"1 2"}"#,
        r#"{"order":"","cpu":"1"}"#,
        r#"{"order":"x","cpu":"1"}"#,
        r#"{"order":"c","cpu":"one"}"#,
    ] {
        assert!(decode("clocks", body, &mut |_| Err(String::new())).is_err(), "{body}");
    }
}

#[test]
fn clocks_are_written_as_decimal_numbers() {
    let steps: Vec<i64> = (-20..10_020).chain([99_999, i64::MAX, i64::MIN]).collect();
    let mut last = 0_i64;
    let readings = steps.iter().map(|step| {
        last = last.wrapping_add(*step);
        (ClockId::Cpu, last)
    });
    let encoded = round_trip(&Event::Clocks(readings.collect()));
    let expected = steps.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
    assert!(encoded.blobs.iter().any(|blob| blob.content == expected.as_bytes()));
}

#[test]
fn what_a_version_does_not_know_is_refused() {
    let mut fetch = |_: &BlobName| Err("there are no blobs".to_owned());
    let mut refused = |kind: &str, body: &str| decode(kind, body, &mut fetch).map(|(event, _)| event);
    assert_eq!(refused("opened", r#"{"version":2,"what":"ever"}"#), Err(Unreadable::Newer(2)));
    assert!(refused("random", r#"{"length":1,"more":2}"#).is_err(), "a field that nobody knows");
    assert!(refused("random", "{}").is_err(), "a field that is missing");
    assert!(refused("dreamt", "{}").is_err(), "a kind that nobody knows");
}

/// `tests/golden/v1.jsonl` was written by hand, and is never to be changed: journals like this one lie on disks.
#[test]
fn version_1_can_be_read_for_ever() {
    let golden = include_str!("../../tests/golden/v1.jsonl");
    let blob = Blob::new(b"a text that stands elsewhere".to_vec());
    let mut fetch = |name: &BlobName| match name.hash() == blob.hash {
        true => Ok(blob.content.clone()),
        false => Err("there is no such blob".to_owned()),
    };
    let read: Vec<Event> = golden
        .lines()
        .map(|line| {
            let line: BTreeMap<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            let kind = line["kind"].as_str().unwrap();
            decode(kind, &line["body"].to_string(), &mut fetch).unwrap_or_else(|error| panic!("{kind}: {error:?}")).0
        })
        .collect();
    for (read, expected) in read.iter().zip(golden_events()) {
        assert_eq!(read, &expected);
    }
    assert_eq!(read.len(), golden_events().len());
}

fn golden_events() -> Vec<Event> {
    let call = |asked, answer| Event::Call { asked, answer };
    let mount = |operation| Asked::Mount(MountRequest { mount: 1, operation });
    let failure =
        ToolFailure { kind: ToolFailureKind::Denied, message: "no".into(), hint: Some("ask".into()), retry: true };
    vec![
        Event::Opened(Box::new(golden_opened())),
        Event::CellStarted { cell: 1, source: Source::Cell("print('ü')".into()) },
        Event::CellStarted {
            cell: 2,
            source: Source::Program { program: Program::Code("1".into()), arguments: vec!["a".into()] },
        },
        Event::CellStarted { cell: 3, source: Source::Finish },
        Event::Clocks(vec![
            (ClockId::Realtime, 1_700_000_000_000_000_000),
            (ClockId::Monotonic, 10),
            (ClockId::Monotonic, 15),
            (ClockId::Cpu, -3),
            (ClockId::Realtime, 1_700_000_000_000_000_100),
        ]),
        Event::Random { length: 16 },
        Event::Output { stream: Stream::Stdout, bytes: "ü\n".into() },
        Event::Output { stream: Stream::Stderr, bytes: vec![0xff, 0x00] },
        Event::Output { stream: Stream::Stderr, bytes: b"a text that stands elsewhere".to_vec() },
        Event::Asked { asked: Asked::Tool { tool: "fetch".into(), arguments: "{}".into() } },
        Event::Answered { asked: 9, answer: HostAnswer::Tool(Ok("[1]".into())) },
        Event::Answered { asked: 9, answer: HostAnswer::Tool(Err(failure.clone())) },
        Event::Asked { asked: Asked::Start { call: 7, tool: "fetch".into(), arguments: "{}".into() } },
        Event::Answered { asked: 12, answer: HostAnswer::Done },
        call(Asked::Cancel { call: 7 }, HostAnswer::Done),
        call(Asked::Input { length_max: 10 }, HostAnswer::Bytes(b"hi".to_vec())),
        call(
            Asked::Wait { duration: Some(std::time::Duration::new(1, 500_000_000)) },
            HostAnswer::Finished(vec![FinishedCall { call: 7, outcome: Err(failure) }]),
        ),
        call(Asked::Wait { duration: None }, HostAnswer::Interrupted),
        call(
            mount(MountOperation::Read { path: b"a/b".to_vec(), offset: 1, length: 2 }),
            HostAnswer::Mount(Ok(MountAnswer::Bytes(vec![0xff]))),
        ),
        call(
            mount(MountOperation::List { path: Vec::new() }),
            HostAnswer::Mount(Ok(MountAnswer::Entries(vec![MountEntry::file("f", 3)]))),
        ),
        call(mount(MountOperation::Sync { path: b"f".to_vec() }), HostAnswer::Mount(Err(MountFault::NoSpace))),
        Event::Interrupted { checks: 99, interrupt: Interrupt { signal: 24, message: "too long".into() } },
        Event::CellEnded { cell: 1, outcome: Box::new(golden_outcome()) },
        Event::CellEnded { cell: 2, outcome: Box::new(outcome(Status::Stopped { reason: StopReason::Memory })) },
        Event::Checkpoint { memory: Hash([0xab; 32]), files: None },
        Event::Undone { cell: 1 },
        Event::Note { kind: "model".into(), data: json!({"reply": "no"}) },
    ]
}

fn golden_opened() -> Opened {
    let mut opened = generate::plain_opened();
    opened.seed = [1; 32];
    opened.environment =
        vec![Variable { name: "A".into(), value: Some("1".into()) }, Variable { name: "KEY".into(), value: None }];
    opened
}

fn golden_outcome() -> Outcome {
    let value = Value {
        repr: "1".into(),
        type_name: "int".into(),
        json: Some(json!(1)),
        rich: BTreeMap::from([("text/html".to_owned(), json!("<b>1</b>"))]),
        truncated: false,
    };
    let error = ErrorReport { message: "boom".into(), ..generate::plain_error() };
    Outcome {
        stdout: "ü\n".into(),
        value: Some(value),
        error: Some(Box::new(error)),
        usage: Usage { host_calls: 3, ..Usage::default() },
        ..outcome(Status::Exited { code: 3 })
    }
}

fn outcome(status: Status) -> Outcome {
    Outcome { status, stdout: String::new(), stderr: String::new(), value: None, error: None, usage: Usage::default() }
}
