//! Makes events of every kind.

use std::collections::BTreeMap;
use std::time::Duration;

use exuvia_core::journal::{
    EngineIdentity, Event, GivenFile, Hash, MountPoint, Opened, PackageIdentity, Parent, Program, SessionId, Source,
    Variable,
};
use exuvia_core::recording::Asked;
use exuvia_core::{
    ClockId, ErrorReport, FinishedCall, Frame, HostAnswer, Interrupt, LimitKind, Limits, MountAnswer, MountEntry,
    MountEntryKind, MountFault, MountMode, MountOperation, MountRequest, Outcome, Status, StopReason, Stream,
    SyntaxDetail, ToolDeclaration, ToolFailure, ToolFailureKind, ToolLimits, ToolOutcome, ToolSignature, Usage, Value,
};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;

pub(super) fn event() -> BoxedStrategy<Event> {
    prop_oneof![
        opened().prop_map(|opened| Event::Opened(Box::new(opened))),
        (any::<u32>(), source()).prop_map(|(cell, source)| Event::CellStarted { cell, source }),
        vec((clock(), any::<i64>()), 0..200).prop_map(Event::Clocks),
        any::<u64>().prop_map(|length| Event::Random { length }),
        (stream(), bytes()).prop_map(|(stream, bytes)| Event::Output { stream, bytes }),
        asked().prop_map(|asked| Event::Asked { asked }),
        (any::<u64>(), answer()).prop_map(|(asked, answer)| Event::Answered { asked, answer }),
        (asked(), answer()).prop_map(|(asked, answer)| Event::Call { asked, answer }),
        (any::<u64>(), interrupt()).prop_map(|(checks, interrupt)| Event::Interrupted { checks, interrupt }),
        (any::<u32>(), outcome()).prop_map(|(cell, outcome)| Event::CellEnded { cell, outcome: Box::new(outcome) }),
        (any::<[u8; 32]>(), of(any::<[u8; 32]>()))
            .prop_map(|(memory, files)| Event::Checkpoint { memory: Hash(memory), files: files.map(Hash) }),
        any::<u32>().prop_map(|cell| Event::Undone { cell }),
        (text(), bytes()).prop_map(|(path, content)| Event::Given(GivenFile { path, content })),
        (text(), json()).prop_map(|(kind, data)| Event::Note { kind, data }),
    ]
    .boxed()
}

/// What a session begins with that has nothing.
pub(super) fn plain_opened() -> Opened {
    let engine = EngineIdentity { name: "cpython".into(), version: "3.14.2".into() };
    Opened::new(engine, "0123abcd", [0; 32])
}

/// An exception that says nothing.
pub(super) fn plain_error() -> ErrorReport {
    ErrorReport {
        type_name: "ValueError".into(),
        message: String::new(),
        notes: Vec::new(),
        frames: Vec::new(),
        cause: None,
        context: None,
        group: Vec::new(),
        syntax: None,
        traceback: String::new(),
        limit: None,
    }
}

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        8 => ".{0,20}",
        1 => any::<String>(),
        1 => (4_000usize..6_000).prop_map(|length| "ü\"\\\n".repeat(length / 4)),
    ]
    .boxed()
}

fn bytes() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![text().prop_map(String::into_bytes), vec(any::<u8>(), 0..40), vec(any::<u8>(), 5_000)].boxed()
}

fn json() -> BoxedStrategy<Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_filter("JSON has no others", |number| number.is_finite()).prop_map(Json::from),
        text().prop_map(Json::from),
    ];
    leaf.prop_recursive(5, 30, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Json::from),
            btree_map(".{0,5}", inner, 0..5).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
    .boxed()
}

fn duration() -> impl Strategy<Value = Duration> {
    (any::<u64>(), 0..1_000_000_000u32).prop_map(|(seconds, nanoseconds)| Duration::new(seconds, nanoseconds))
}

fn clock() -> impl Strategy<Value = ClockId> {
    select(vec![ClockId::Realtime, ClockId::Monotonic, ClockId::Cpu])
}

fn stream() -> impl Strategy<Value = Stream> {
    select(vec![Stream::Stdout, Stream::Stderr])
}

fn interrupt() -> impl Strategy<Value = Interrupt> {
    (any::<u8>(), text()).prop_map(|(signal, message)| Interrupt { signal, message })
}

fn program() -> impl Strategy<Value = Program> {
    prop_oneof![
        text().prop_map(Program::File),
        text().prop_map(Program::Code),
        text().prop_map(Program::Module),
        text().prop_map(Program::Stdin),
    ]
}

fn source() -> impl Strategy<Value = Source> {
    prop_oneof![
        text().prop_map(Source::Cell),
        (program(), vec(text(), 0..3)).prop_map(|(program, arguments)| Source::Program { program, arguments }),
        Just(Source::Finish),
    ]
}

fn asked() -> BoxedStrategy<Asked> {
    prop_oneof![
        clock().prop_map(Asked::Clock),
        any::<u32>().prop_map(|length| Asked::Random { length }),
        (stream(), bytes()).prop_map(|(stream, bytes)| Asked::Output { stream, bytes }),
        any::<u32>().prop_map(|length_max| Asked::Input { length_max }),
        of(duration()).prop_map(|duration| Asked::Wait { duration }),
        (text(), text()).prop_map(|(tool, arguments)| Asked::Tool { tool, arguments }),
        text().prop_map(|tool| Asked::Help { tool }),
        (any::<u64>(), text(), text()).prop_map(|(call, tool, arguments)| Asked::Start { call, tool, arguments }),
        any::<u64>().prop_map(|call| Asked::Cancel { call }),
        (any::<u32>(), operation()).prop_map(|(mount, operation)| Asked::Mount(MountRequest { mount, operation })),
        any::<u64>().prop_map(|checks| Asked::Interrupt { checks }),
    ]
    .boxed()
}

fn operation() -> BoxedStrategy<MountOperation> {
    use MountOperation as O;
    prop_oneof![
        bytes().prop_map(|path| O::List { path }),
        bytes().prop_map(|path| O::Measure { path }),
        (bytes(), any::<u64>(), any::<u32>()).prop_map(|(path, offset, length)| O::Read { path, offset, length }),
        (bytes(), any::<u64>(), bytes()).prop_map(|(path, offset, bytes)| O::Write { path, offset, bytes }),
        (bytes(), any::<u64>()).prop_map(|(path, size)| O::SetSize { path, size }),
        (bytes(), any::<u32>()).prop_map(|(path, mode)| O::Create { path, mode }),
        (bytes(), any::<u32>()).prop_map(|(path, mode)| O::MakeDirectory { path, mode }),
        (bytes(), bytes()).prop_map(|(path, target)| O::MakeSymlink { path, target }),
        bytes().prop_map(|path| O::Unlink { path }),
        bytes().prop_map(|path| O::RemoveDirectory { path }),
        (bytes(), bytes()).prop_map(|(from, to)| O::Rename { from, to }),
        (bytes(), any::<u32>()).prop_map(|(path, mode)| O::SetMode { path, mode }),
        (bytes(), of(any::<i64>()), of(any::<i64>())).prop_map(|(path, accessed, modified)| O::SetTimes {
            path,
            accessed,
            modified
        }),
        bytes().prop_map(|path| O::Sync { path }),
    ]
    .boxed()
}

fn answer() -> BoxedStrategy<HostAnswer> {
    let finished = (any::<u64>(), tool_outcome()).prop_map(|(call, outcome)| FinishedCall { call, outcome });
    prop_oneof![
        Just(HostAnswer::Done),
        Just(HostAnswer::Interrupted),
        any::<i64>().prop_map(HostAnswer::Time),
        bytes().prop_map(HostAnswer::Bytes),
        vec(finished, 0..4).prop_map(HostAnswer::Finished),
        tool_outcome().prop_map(HostAnswer::Tool),
        vec(mount_entry(), 0..5).prop_map(|entries| HostAnswer::Mount(Ok(MountAnswer::Entries(entries)))),
        any::<u64>().prop_map(|size| HostAnswer::Mount(Ok(MountAnswer::Size(size)))),
        bytes().prop_map(|bytes| HostAnswer::Mount(Ok(MountAnswer::Bytes(bytes)))),
        Just(HostAnswer::Mount(Ok(MountAnswer::Done))),
        Just(HostAnswer::Mount(Err(MountFault::Denied))),
        of(interrupt()).prop_map(HostAnswer::Interrupt),
    ]
    .boxed()
}

fn mount_entry() -> impl Strategy<Value = MountEntry> {
    let kind = prop_oneof![
        Just(MountEntryKind::File),
        Just(MountEntryKind::Unmeasured),
        Just(MountEntryKind::Directory),
        bytes().prop_map(MountEntryKind::Symlink),
    ];
    (bytes(), kind, any::<u64>(), any::<i64>(), any::<u32>())
        .prop_map(|(name, kind, size, modified, mode)| MountEntry { name, kind, size, modified, mode })
}

fn tool_outcome() -> BoxedStrategy<ToolOutcome> {
    use ToolFailureKind as K;
    let kind = select(vec![K::Argument, K::Denied, K::Failed, K::Timeout, K::Limit, K::Interrupted]);
    let failure = (kind, text(), of(text()), any::<bool>());
    let failure = failure.prop_map(|(kind, message, hint, retry)| ToolFailure { kind, message, hint, retry });
    prop_oneof![text().prop_map(Ok), failure.prop_map(Err)].boxed()
}

fn outcome() -> BoxedStrategy<Outcome> {
    use StopReason as R;
    let reason = select(vec![R::Time, R::Cpu, R::Cancelled, R::Stack, R::Memory, R::Abort, R::Trap]);
    let status = prop_oneof![
        Just(Status::Finished),
        Just(Status::Raised),
        any::<u8>().prop_map(|code| Status::Exited { code }),
        reason.prop_map(|reason| Status::Stopped { reason }),
    ];
    let value = (text(), text(), of(json()), btree_map(".{0,10}", json(), 0..3), any::<bool>()).prop_map(
        |(repr, type_name, json, rich, truncated): (_, _, _, BTreeMap<String, Json>, _)| Value {
            repr,
            type_name,
            json,
            rich,
            truncated,
        },
    );
    let usage = (duration(), duration(), any::<u64>(), any::<u64>(), any::<u64>()).prop_map(
        |(wall_time, cpu_time, memory_bytes, output_bytes, host_calls)| Usage {
            wall_time,
            cpu_time,
            memory_bytes,
            output_bytes,
            host_calls,
        },
    );
    (status, text(), text(), of(value), of(error()), usage)
        .prop_map(|(status, stdout, stderr, value, error, usage)| Outcome {
            status,
            stdout,
            stderr,
            value,
            error: error.map(Box::new),
            usage,
        })
        .boxed()
}

fn error() -> BoxedStrategy<ErrorReport> {
    let limit = of(select(vec![LimitKind::Time, LimitKind::Cpu, LimitKind::Memory, LimitKind::Output]));
    let line = || of(any::<u64>());
    let frame = (text(), line(), line(), line(), line(), text(), of(text())).prop_map(
        |(file, line, end_line, column, end_column, function, source)| Frame {
            file,
            line,
            end_line,
            column,
            end_column,
            function,
            source,
        },
    );
    let syntax = (of(text()), line(), line(), of(text())).prop_map(|(file, line, column, text)| SyntaxDetail {
        file,
        line,
        column,
        text,
    });
    let leaf = (text(), text(), vec(text(), 0..3), vec(frame, 0..3), of(syntax), text(), limit).prop_map(
        |(type_name, message, notes, frames, syntax, traceback, limit)| ErrorReport {
            type_name,
            message,
            notes,
            frames,
            syntax,
            traceback,
            limit,
            ..plain_error()
        },
    );
    leaf.prop_recursive(3, 8, 2, |inner| {
        (inner.clone(), of(inner.clone()), of(inner.clone()), vec(inner, 0..2)).prop_map(
            |(error, cause, context, group)| ErrorReport {
                cause: cause.map(Box::new),
                context: context.map(Box::new),
                group,
                ..error
            },
        )
    })
    .boxed()
}

fn opened() -> BoxedStrategy<Opened> {
    let limits = (of(duration()), of(duration()), duration(), any::<[u64; 3]>(), any::<[u32; 3]>()).prop_map(
        |(wall_time, cpu_time, grace, bytes, counts)| Limits {
            wall_time,
            cpu_time,
            grace,
            memory_bytes: bytes[0],
            output_bytes: bytes[1],
            file_bytes: bytes[2],
            files: counts[0],
            open_files: counts[1],
            recursion: counts[2],
        },
    );
    let packages = (text(), text(), text()).prop_map(|(name, version, hash)| PackageIdentity { name, version, hash });
    let mode = select(vec![MountMode::ReadOnly, MountMode::ReadWrite, MountMode::Overlay]);
    let mounts = (text(), mode).prop_map(|(path, mode)| MountPoint { path, mode });
    let environment = (text(), of(text())).prop_map(|(name, value)| Variable { name, value });
    let files = (text(), bytes()).prop_map(|(path, content)| GivenFile { path, content });
    let parent = ("[a-z0-9-]{1,64}", any::<u64>())
        .prop_map(|(session, position)| Parent { session: SessionId::new(session).unwrap(), position });
    let world = (any::<[u8; 32]>(), limits, vec(packages, 0..3), vec(mounts, 0..3), vec(tool(), 0..3));
    let program = (vec(text(), 0..3), vec(environment, 0..3), vec(files, 0..3), of(text()), any::<[bool; 3]>());
    (world, program, of(parent))
        .prop_map(|((seed, limits, packages, mounts, tools), program, parent)| {
            let (arguments, environment, files, working_directory, terminals) = program;
            Opened {
                seed,
                limits,
                packages,
                mounts,
                tools,
                arguments,
                environment,
                files,
                working_directory,
                terminals,
                parent,
                ..plain_opened()
            }
        })
        .boxed()
}

fn tool() -> impl Strategy<Value = ToolDeclaration> {
    let signature = prop_oneof![
        Just(ToolSignature::Text),
        (json(), of(json())).prop_map(|(parameters, returns)| ToolSignature::Json { parameters, returns }),
    ];
    let limits = (of(duration()), any::<[usize; 3]>(), of(any::<u64>())).prop_map(|(time, bytes, calls)| ToolLimits {
        time,
        argument_bytes: bytes[0],
        result_bytes: bytes[1],
        calls,
        concurrency: bytes[2],
    });
    (text(), text(), signature, any::<[bool; 4]>(), limits).prop_map(|(name, description, signature, flags, limits)| {
        let [read_only, idempotent, needs_approval, help] = flags;
        ToolDeclaration { name, description, signature, read_only, idempotent, needs_approval, help, limits }
    })
}
