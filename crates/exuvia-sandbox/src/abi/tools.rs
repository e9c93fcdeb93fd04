//! Calls of tools: what the glue module asks on behalf of `exuvia._tools`.
//!
//! A text that the guest takes (a result, a failure, a tool's source) is announced as a packed number: its length in
//! bytes in the lower 32 bits, one of the states below in the upper ones. One that fits into the place that the guest
//! gave is there already; a longer one is kept until the guest has made room and calls `take`.
//!
//! What a hostile guest can do: call any of its tools with any text, ask for the help of any that has one and for texts
//! that are not there (they are empty), and start up to [`exuvia_core::tool::TOOL_CALLS_MAX`] calls at a time.

use std::time::Duration;

use exuvia_core::tool::{TOOL_CALLS_MAX, TOOL_TEXT_BYTES_MAX};
use exuvia_core::{HostAnswer, HostCall, ToolDeclaration, ToolFailure, ToolFailureKind, tool};
use wasmtime::{Caller, Linker};

use super::{pointer, waiting};
use crate::guest::{Guest, HostFault, parts};

/// A text that is a result.
const RESULT: u32 = 0;
/// A text that is a failure.
const FAILURE: u32 = 1;
/// An interrupt came first.
const INTERRUPTED: u32 = 2;

/// `start` when it has started nothing: the failure is the text that the guest takes next.
const REFUSED: i64 = -1;

pub(super) fn register(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        "exuvia",
        "tool_call",
        |mut caller: Caller<'_, Guest>, (tool, address, length, place, room): (u32, u32, u32, u32, u32)| {
            Box::new(async move { call(&mut caller, tool, (address, length), (place, room)).await })
        },
    )?;
    linker.func_wrap_async(
        "exuvia",
        "tool_help",
        |mut caller: Caller<'_, Guest>, (tool, place, room): (u32, u32, u32)| {
            Box::new(async move { help(&mut caller, tool, (place, room)).await })
        },
    )?;
    linker.func_wrap("exuvia", "tool_start", start)?;
    linker.func_wrap("exuvia", "tool_cancel", |mut caller: Caller<'_, Guest>, call: i64| {
        let guest = caller.data_mut();
        if !guest.tools.cancel(call.cast_unsigned()) {
            return Ok(());
        }
        match guest.call(HostCall::Cancel { call: call.cast_unsigned() })? {
            HostAnswer::Done => Ok(()),
            other => Err(wasmtime::Error::from(HostFault::wrong("cancel", &other))),
        }
    })?;
    linker.func_wrap("exuvia", "tool_finished", |mut caller: Caller<'_, Guest>| {
        caller.data_mut().tools.next_finished().map_or(0, u64::cast_signed)
    })?;
    linker.func_wrap("exuvia", "tool_outcome", |mut caller: Caller<'_, Guest>, place: u32, room: u32| {
        announce(&mut caller, (place, room))
    })?;
    linker.func_wrap("exuvia", "tool_source", |mut caller: Caller<'_, Guest>, index: u32, place: u32, room: u32| {
        let tools = &mut caller.data_mut().tools;
        let source = tools.get(index).map(tool::python::source).unwrap_or_default();
        tools.set_outcome(Ok(source));
        announce(&mut caller, (place, room))
    })?;
    linker.func_wrap("exuvia", "take", |mut caller: Caller<'_, Guest>, place: u32, room: u32| {
        let (memory, guest) = parts(&mut caller);
        let bytes = std::mem::take(&mut guest.tools.text.bytes);
        if let Ok(place) = pointer::slice_mut(memory, place, room) {
            let length = bytes.len().min(place.len());
            place[..length].copy_from_slice(&bytes[..length]);
        }
    })?;
    linker.func_wrap_async("exuvia", "wait", |mut caller: Caller<'_, Guest>, (seconds,): (f64,)| {
        Box::new(async move {
            let duration = match seconds {
                f64::INFINITY => None,
                seconds => Some(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::ZERO)),
            };
            wait(caller.data_mut(), duration).await
        })
    })?;
    Ok(())
}

/// Waits until the time has passed, calls have ended, or an interrupt is due.
pub(crate) async fn wait(guest: &mut Guest, duration: Option<Duration>) -> wasmtime::Result<()> {
    match waiting::call(guest, HostCall::Wait { duration }).await? {
        HostAnswer::Done | HostAnswer::Interrupted => Ok(()),
        HostAnswer::Finished(calls) => {
            guest.tools.finish(calls);
            Ok(())
        }
        other => Err(HostFault::wrong("wait", &other).into()),
    }
}

async fn call(
    caller: &mut Caller<'_, Guest>,
    index: u32,
    (address, length): (u32, u32),
    place: (u32, u32),
) -> wasmtime::Result<i64> {
    let (memory, guest) = parts(caller);
    let declarations = guest.tools.declarations();
    let asked = match named(&declarations, index).and_then(|tool| Ok((tool, text(memory, address, length)?))) {
        Ok((tool, arguments)) => Ok(waiting::call(guest, HostCall::Tool { tool, arguments }).await?),
        Err(failure) => Err(failure),
    };
    tell(caller, asked, place)
}

async fn help(caller: &mut Caller<'_, Guest>, index: u32, place: (u32, u32)) -> wasmtime::Result<i64> {
    let guest = caller.data_mut();
    let declarations = guest.tools.declarations();
    let asked = match declarations.get(index as usize) {
        Some(declaration) if declaration.help => {
            Ok(waiting::call(guest, HostCall::Help { tool: &declaration.name }).await?)
        }
        // It has none, which is known without asking.
        Some(_) => Ok(HostAnswer::Tool(Ok(String::new()))),
        None => Err(unknown()),
    };
    tell(caller, asked, place)
}

/// Tells the guest what the host has answered, or why it was not asked.
fn tell(
    caller: &mut Caller<'_, Guest>,
    asked: Result<HostAnswer, ToolFailure>,
    place: (u32, u32),
) -> wasmtime::Result<i64> {
    let outcome = match asked {
        Ok(HostAnswer::Tool(outcome)) => outcome,
        Ok(HostAnswer::Interrupted) => return Ok(packed(INTERRUPTED, 0)),
        Ok(other) => return Err(HostFault::wrong("tool", &other).into()),
        Err(failure) => Err(failure),
    };
    caller.data_mut().tools.set_outcome(outcome);
    Ok(announce(caller, place))
}

fn start(mut caller: Caller<'_, Guest>, index: u32, address: u32, length: u32) -> wasmtime::Result<i64> {
    let (memory, guest) = parts(&mut caller);
    let declarations = guest.tools.declarations();
    let checked = named(&declarations, index)
        .and_then(|tool| Ok((tool, text(memory, address, length)?)))
        .and_then(|(tool, arguments)| Ok((guest.tools.begin().ok_or_else(too_many)?, tool, arguments)));
    let (call, tool, arguments) = match checked {
        Ok(checked) => checked,
        Err(failure) => {
            guest.tools.set_outcome(Err(failure));
            return Ok(REFUSED);
        }
    };
    match guest.call(HostCall::Start { call, tool, arguments })? {
        HostAnswer::Done => Ok(call.cast_signed()),
        other => Err(HostFault::wrong("start", &other).into()),
    }
}

/// Returns the name of the tool at this place, which the guest chose.
fn named(declarations: &[ToolDeclaration], index: u32) -> Result<&str, ToolFailure> {
    declarations.get(index as usize).map(|declaration| declaration.name.as_str()).ok_or_else(unknown)
}

/// Returns the text at this address.
fn text(memory: &[u8], address: u32, length: u32) -> Result<&str, ToolFailure> {
    if length as usize > TOOL_TEXT_BYTES_MAX {
        let message = format!("the arguments have {length} bytes, the limit is {TOOL_TEXT_BYTES_MAX}");
        return Err(ToolFailure::new(ToolFailureKind::Limit, message).hint("pass less at a time"));
    }
    let bytes = pointer::slice(memory, address, length).ok();
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).ok_or_else(|| {
        // The interpreter's own strings are UTF-8: this is a guest that calls past it.
        ToolFailure::new(ToolFailureKind::Argument, "the arguments are no text")
    })
}

fn unknown() -> ToolFailure {
    ToolFailure::new(ToolFailureKind::Argument, "there is no such tool")
}

fn too_many() -> ToolFailure {
    let message = format!("{TOOL_CALLS_MAX} calls of tools are running, the limit is {TOOL_CALLS_MAX}");
    ToolFailure::new(ToolFailureKind::Limit, message).hint("wait for some of them first").retryable()
}

/// Puts the text that the guest takes next into its place if it fits there, and announces it.
fn announce(caller: &mut Caller<'_, Guest>, (place, room): (u32, u32)) -> i64 {
    let (memory, guest) = parts(caller);
    let text = &guest.tools.text;
    let state = if text.failed { FAILURE } else { RESULT };
    let length = u32::try_from(text.bytes.len()).expect("texts are bounded");
    if length <= room
        && let Ok(place) = pointer::slice_mut(memory, place, length)
    {
        place.copy_from_slice(&text.bytes);
        guest.tools.text.bytes = Vec::new();
    }
    packed(state, length)
}

fn packed(state: u32, length: u32) -> i64 {
    (i64::from(state) << 32) | i64::from(length)
}
