//! What a process asks of its system: to end, to grow, who it is; random bytes; and what the glue module asks.

use std::time::Duration;

use exuvia_core::{HostAnswer, HostCall};
use wasmtime::{Caller, Extern, Linker, Val};

use super::pointer::{self, text};
use super::tools;
use crate::guest::{CHUNK_BYTES_MAX, Guest, GuestEnd, HostFault, grow_memory, parts};
use crate::vfs::Errno;

const WASI: &str = "wasi_snapshot_preview1";
/// Who the program runs as.
pub(crate) const USER_ID: i32 = 1_000;
/// The longest text of a failed assertion's parts.
const MESSAGE_BYTES_MAX: usize = 256;

pub(super) fn register(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    register_ends(linker)?;
    register_identity(linker)?;
    register_memory(linker)?;
    register_glue(linker)
}

fn register_ends(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap(WASI, "proc_exit", |code: i32| -> wasmtime::Result<()> { Err(GuestEnd::Exit(code).into()) })?;
    linker.func_wrap("env", "exit", |code: i32| -> wasmtime::Result<()> { Err(GuestEnd::Exit(code).into()) })?;
    linker.func_wrap("env", "_abort_js", || -> wasmtime::Result<()> {
        Err(GuestEnd::Abort("abort() was called".to_owned()).into())
    })?;
    linker.func_wrap(
        "env",
        "__assert_fail",
        |mut caller: Caller<'_, Guest>, condition: u32, file: u32, line: i32, function: u32| -> wasmtime::Result<()> {
            let (memory, _) = parts(&mut caller);
            let [condition, file, function] =
                [condition, file, function].map(|address| text(memory, address, MESSAGE_BYTES_MAX));
            Err(GuestEnd::Abort(format!("assertion `{condition}` failed in {function} ({file}:{line})")).into())
        },
    )?;
    Ok(())
}

fn register_identity(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap("env", "_Py_emscripten_runtime", || 0_i32)?;
    for name in ["emscripten_runtime_keepalive_push", "emscripten_runtime_keepalive_pop"] {
        linker.func_wrap("env", name, || {})?;
    }
    linker.func_wrap("env", "_emscripten_runtime_keepalive_clear", || {})?;
    linker.func_wrap("env", "__syscall_getuid32_js", || USER_ID)?;
    linker.func_wrap("env", "_emscripten_get_progname", |mut caller: Caller<'_, Guest>, out: u32, length: u32| {
        const NAME: &[u8] = b"python3\0";
        let (memory, _) = parts(&mut caller);
        if length as usize >= NAME.len()
            && let Ok(place) = pointer::slice_mut(memory, out, 8)
        {
            place.copy_from_slice(NAME);
        }
    })?;
    linker.func_wrap(WASI, "environ_sizes_get", |mut caller: Caller<'_, Guest>, count: u32, size: u32| {
        let (memory, _) = parts(&mut caller);
        let written = pointer::write_u32(memory, count, 0).and_then(|()| pointer::write_u32(memory, size, 0));
        written.map_or_else(Errno::number, |()| 0)
    })?;
    linker.func_wrap(WASI, "environ_get", |_strings: u32, _buffer: u32| 0_i32)?;
    linker.func_wrap(WASI, "random_get", |mut caller: Caller<'_, Guest>, out: u32, length: u32| {
        let (memory, guest) = parts(&mut caller);
        let Ok(place) = pointer::slice_mut(memory, out, length) else {
            return Ok(Errno::Fault.number());
        };
        random(guest, place).map(|()| 0)
    })?;
    Ok(())
}

/// Fills this place with random bytes of the host's.
pub(crate) fn random(guest: &mut Guest, place: &mut [u8]) -> wasmtime::Result<()> {
    for chunk in place.chunks_mut(CHUNK_BYTES_MAX) {
        let length = u32::try_from(chunk.len()).expect("a chunk is small");
        match guest.call(HostCall::Random { length })? {
            HostAnswer::Bytes(bytes) if bytes.len() == chunk.len() => chunk.copy_from_slice(&bytes),
            other => return Err(HostFault::wrong("random", &other).into()),
        }
    }
    Ok(())
}

fn register_memory(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap("env", "emscripten_get_heap_max", |caller: Caller<'_, Guest>| {
        u32::try_from(caller.data().memory_limit).unwrap_or(u32::MAX)
    })?;
    linker.func_wrap("env", "emscripten_resize_heap", |mut caller: Caller<'_, Guest>, wanted: u32| {
        i32::from(grow_memory(&mut caller, u64::from(wanted)))
    })?;
    Ok(())
}

fn register_glue(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap("exuvia", "check", |mut caller: Caller<'_, Guest>, checks: i64| {
        let guest = caller.data_mut();
        let due = guest.gate.take_due();
        let call = HostCall::Interrupt { checks: checks.cast_unsigned(), due: due.as_ref() };
        match guest.call(call)? {
            HostAnswer::Interrupt(None) => Ok(0),
            HostAnswer::Interrupt(Some(interrupt)) => {
                guest.limit_message = interrupt.message;
                guest.struck = Some(interrupt.signal);
                let next = guest.host.next_interrupt().unwrap_or(u64::MAX);
                if let Some(Extern::Global(trip)) = caller.get_export("exuvia_trip") {
                    trip.set(&mut caller, Val::I64(next.cast_signed()))?;
                }
                Ok(i32::from(interrupt.signal))
            }
            other => Err(wasmtime::Error::from(HostFault::wrong("interrupt", &other))),
        }
    })?;
    linker.func_wrap("exuvia", "limit", |mut caller: Caller<'_, Guest>, out: u32, size: u32| {
        let (memory, guest) = parts(&mut caller);
        let message = guest.limit_message.as_bytes();
        // The messages are ASCII and short; one that is too long for its place is left out rather than cut.
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        match pointer::slice_mut(memory, out, length) {
            Ok(place) if length <= size => {
                place.copy_from_slice(message);
                length
            }
            _ => 0,
        }
    })?;
    linker.func_wrap_async("exuvia", "sleep", |mut caller: Caller<'_, Guest>, (seconds,): (f64,)| {
        Box::new(async move {
            // A time that is no duration (negative, not a number, too long) is refused by the caller in Python; one that
            // comes all the same is no wait, or the longest.
            let duration = if seconds > 0.0 {
                Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
            } else {
                Duration::ZERO
            };
            tools::wait(caller.data_mut(), Some(duration)).await
        })
    })?;
    Ok(())
}
