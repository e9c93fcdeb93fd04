//! Moments, lengths of time and sizes for people. All moments are UTC.

use std::time::Duration;

use jiff::Timestamp;

/// Until when a moment is told by how long it is ago, in seconds: a week.
const AGO_SECONDS_MAX: i64 = 7 * 86_400;

/// Returns the time, in milliseconds since 1970.
pub(super) fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

/// Returns a moment as in RFC 3339. A journal may have been made by anybody: a moment that is in no calendar is told in
/// milliseconds.
pub(super) fn rfc3339(at: i64) -> String {
    Timestamp::from_millisecond(at).map_or_else(|_| format!("{at} ms"), |moment| format!("{moment:.3}"))
}

/// Returns a moment to the second.
pub(super) fn moment(at: i64) -> String {
    Timestamp::from_millisecond(at)
        .map_or_else(|_| format!("{at} ms"), |moment| moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// Returns how long ago a moment was, or its day if that was long ago.
pub(super) fn ago(at: i64, now: i64) -> String {
    let seconds = now.saturating_sub(at) / 1_000;
    let count = |number: i64, unit: &str| format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" });
    match seconds {
        // Clocks of machines differ a little.
        -60..=4 => "now".to_owned(),
        5..60 => count(seconds, "second"),
        60..3_600 => count(seconds / 60, "minute"),
        3_600..86_400 => count(seconds / 3_600, "hour"),
        86_400..AGO_SECONDS_MAX => count(seconds / 86_400, "day"),
        _ => Timestamp::from_millisecond(at)
            .map_or_else(|_| "?".to_owned(), |moment| moment.strftime("%Y-%m-%d").to_string()),
    }
}

/// Returns a length of time.
pub(super) fn duration(length: Duration) -> String {
    match length.as_secs() {
        0 if length.is_zero() => "0 ms".to_owned(),
        0 if length < Duration::from_millis(1) => format!("{} µs", length.as_micros()),
        0 => format!("{} ms", length.as_millis()),
        seconds @ 1..60 => format!("{seconds}.{} s", length.subsec_millis() / 100),
        seconds @ 60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        seconds => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
    }
}

/// Returns the time from one moment to another.
pub(super) fn between(from: i64, to: i64) -> Duration {
    Duration::from_millis(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
}

/// Returns a number of bytes.
#[expect(clippy::cast_precision_loss, reason = "one digit after the point is shown")]
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1_024 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64 / 1_024.0;
    let mut units = UNITS.iter();
    let mut unit = units.next().copied().unwrap_or_default();
    // What would be shown as 1024.0 is one of the next unit.
    while size >= 1_023.95
        && let Some(next) = units.next()
    {
        size /= 1_024.0;
        unit = next;
    }
    format!("{size:.1} {unit}")
}
