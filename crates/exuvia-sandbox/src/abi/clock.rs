//! Clocks and calendar time. The sandbox lives in UTC.

use exuvia_core::{ClockId, HostAnswer, HostCall};
use wasmtime::{Caller, Linker};

use super::calendar::{BrokenDownTime, SECONDS_PER_DAY};
use super::pointer::{self, write_u32, write_u64};
use crate::guest::{Guest, HostFault, parts};
use crate::vfs::Errno;

const WASI: &str = "wasi_snapshot_preview1";
/// What `clock_res_get` says, in nanoseconds.
const RESOLUTION: u64 = 1_000;

pub(super) fn register(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap(WASI, "clock_time_get", |mut caller: Caller<'_, Guest>, id: i32, _precision: i64, out: u32| {
        let clock = match id {
            0 => ClockId::Realtime,
            1 => ClockId::Monotonic,
            2 | 3 => ClockId::Cpu,
            _ => return Ok(Errno::Inval.number()),
        };
        let now = read_clock(caller.data_mut(), clock)?;
        let (memory, _) = parts(&mut caller);
        Ok::<_, wasmtime::Error>(status(write_u64(memory, out, now.cast_unsigned())))
    })?;
    linker.func_wrap(WASI, "clock_res_get", |mut caller: Caller<'_, Guest>, id: i32, out: u32| {
        let (memory, _) = parts(&mut caller);
        if !(0..=3).contains(&id) {
            return Errno::Inval.number();
        }
        status(write_u64(memory, out, RESOLUTION))
    })?;
    linker.func_wrap("env", "emscripten_date_now", |mut caller: Caller<'_, Guest>| {
        read_clock(caller.data_mut(), ClockId::Realtime).map(milliseconds)
    })?;
    linker.func_wrap("env", "emscripten_get_now", |mut caller: Caller<'_, Guest>| {
        read_clock(caller.data_mut(), ClockId::Monotonic).map(milliseconds)
    })?;
    linker.func_wrap(
        "env",
        "_tzset_js",
        |mut caller: Caller<'_, Guest>, zone: u32, daylight: u32, std: u32, dst: u32| {
            let (memory, _) = parts(&mut caller);
            // Addresses that are not the caller's own would only hurt the guest itself.
            let _ = tzset(memory, zone, daylight, [std, dst]);
        },
    )?;
    for name in ["_gmtime_js", "_localtime_js"] {
        linker.func_wrap("env", name, |mut caller: Caller<'_, Guest>, seconds: i64, out: u32| {
            let (memory, _) = parts(&mut caller);
            let _ = write_time(memory, out, &BrokenDownTime::from_seconds(seconds));
        })?;
    }
    for name in ["_mktime_js", "_timegm_js"] {
        linker.func_wrap("env", name, |mut caller: Caller<'_, Guest>, time: u32| {
            let (memory, _) = parts(&mut caller);
            normalise(memory, time).unwrap_or(-1)
        })?;
    }
    Ok(())
}

/// Reads a clock; file times follow from the last reading of the real one.
pub(crate) fn read_clock(guest: &mut Guest, clock: ClockId) -> wasmtime::Result<i64> {
    match guest.call(HostCall::Clock(clock))? {
        HostAnswer::Time(nanoseconds) => {
            if clock == ClockId::Realtime {
                guest.vfs.set_time(nanoseconds);
            }
            Ok(nanoseconds)
        }
        other => Err(HostFault::wrong("clock", &other).into()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "the ABI wants milliseconds as a double")]
fn milliseconds(nanoseconds: i64) -> f64 {
    nanoseconds as f64 / 1e6
}

fn status(result: pointer::Result<()>) -> i32 {
    result.map_or_else(Errno::number, |()| 0)
}

fn tzset(memory: &mut [u8], zone: u32, daylight: u32, names: [u32; 2]) -> pointer::Result<()> {
    write_u32(memory, zone, 0)?;
    write_u32(memory, daylight, 0)?;
    for name in names {
        pointer::slice_mut(memory, name, 4)?.copy_from_slice(b"UTC\0");
    }
    Ok(())
}

/// Writes a `struct tm` (its `tm_zone` is left to the C library).
fn write_time(memory: &mut [u8], out: u32, time: &BrokenDownTime) -> pointer::Result<()> {
    let fields = [
        time.second,
        time.minute,
        time.hour,
        time.day,
        time.month,
        time.year,
        time.weekday,
        time.day_of_year,
        0, // tm_isdst
        0, // tm_gmtoff
    ];
    write_fields(memory, out, fields)
}

fn write_fields(memory: &mut [u8], out: u32, fields: [i32; 10]) -> pointer::Result<()> {
    for (bytes, field) in pointer::slice_mut(memory, out, 40)?.chunks_exact_mut(4).zip(fields) {
        bytes.copy_from_slice(&field.to_le_bytes());
    }
    Ok(())
}

/// Brings the fields of a `struct tm` into their ranges and returns the moment that they name.
fn normalise(memory: &mut [u8], time: u32) -> pointer::Result<i64> {
    let mut fields = [0_i64; 6];
    let bytes = pointer::slice(memory, time, 24)?;
    for (field, bytes) in fields.iter_mut().zip(bytes.chunks_exact(4)) {
        *field = i64::from(i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    }
    let [second, minute, hour, day, month, year] = fields;
    let days = BrokenDownTime::days_of_month(year, month) + day - 1;
    let seconds = days * SECONDS_PER_DAY + hour * 3_600 + minute * 60 + second;
    write_time(memory, time, &BrokenDownTime::from_seconds(seconds))?;
    Ok(seconds)
}
