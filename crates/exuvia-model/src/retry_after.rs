//! How long a provider wants to be left alone.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;

/// Reads `Retry-After`, in both of its forms (RFC 9110, 10.2.3), and `retry-after-ms`, which some providers send beside it and
/// which is more exact. A date is compared with the provider's own clock, if it says what time it has, else with `now`.
pub(crate) fn read(headers: &HeaderMap, now: Option<SystemTime>) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    if let Some(wait) = text("retry-after-ms").and_then(|text| seconds(text, 1e-3)) {
        return Some(wait);
    }
    let told = text("retry-after")?;
    seconds(told, 1.0).or_else(|| {
        let (until, now) = (date(told)?, text("date").and_then(date).or(now)?);
        Some(until.duration_since(now).unwrap_or_default())
    })
}

fn seconds(text: &str, unit: f64) -> Option<Duration> {
    let number: f64 = text.parse().ok()?;
    Duration::try_from_secs_f64(number * unit).ok()
}

/// Returns a time as people read it, rounded up: `40 s`, `3 min`, `2 h`, `3 days`.
pub(crate) fn told(wait: Duration) -> String {
    let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
    match seconds {
        0..=120 => format!("{seconds} s"),
        121..=7_200 => format!("{} min", seconds.div_ceil(60)),
        7_201..=172_800 => format!("{} h", seconds.div_ceil(3_600)),
        _ => format!("{} days", seconds.div_ceil(86_400)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&'static str, &str)], now: Option<SystemTime>) -> Option<f64> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        read(&headers, now).map(|wait| wait.as_secs_f64())
    }

    /// The date is that of the examples in RFC 9110, 5.6.7: 784,111,777 s after the beginning of 1970.
    #[test]
    fn all_forms_are_read() {
        let now = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 60));
        let dates = ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"];
        for date in dates {
            assert_eq!(of(&[("retry-after", date)], now), Some(60.0), "{date}");
            // The provider's clock goes before ours.
            let minute = [("retry-after", date), ("date", "Sun, 06 Nov 1994 08:49:07 GMT")];
            assert_eq!(of(&minute, now), Some(30.0));
        }
        let late = now.map(|now| now + Duration::from_secs(3_600));
        assert_eq!(of(&[("retry-after", dates[0])], late), Some(0.0));
        assert_eq!(of(&[("retry-after", dates[0])], None), None);
        assert_eq!(of(&[("retry-after", "120")], None), Some(120.0));
        assert_eq!(of(&[("retry-after", "3"), ("retry-after-ms", "2500")], None), Some(2.5));
        assert_eq!(of(&[("retry-after", "3"), ("retry-after-ms", "soon")], None), Some(3.0));
        for wrong in ["-1", "inf", "NaN", "1e300", "soon", "", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(of(&[("retry-after", wrong)], now), None, "{wrong}");
        }
    }

    #[test]
    fn times_are_told() {
        for (seconds, expected) in [(0.5, "1 s"), (120.0, "120 s"), (121.0, "3 min"), (3_600.0, "60 min")] {
            assert_eq!(told(Duration::from_secs_f64(seconds)), expected);
        }
        assert_eq!((told(Duration::from_secs(7_201)), told(Duration::MAX).ends_with(" days")), ("3 h".into(), true));
    }
}
