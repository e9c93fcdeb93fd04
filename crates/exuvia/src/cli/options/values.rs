//! How times, sizes, clocks and variables are written on the command line.

use std::str::FromStr;
use std::time::Duration;

use exuvia_sandbox::Clock;
use serde::{Deserialize, Deserializer};

/// A length of time: a number of seconds, or a number and its unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time(Duration);

impl Time {
    /// Returns it as a limit: zero means that there is none.
    pub(crate) fn limit(self) -> Option<Duration> {
        (!self.0.is_zero()).then_some(self.0)
    }

    /// Returns it as a length, which may be zero.
    pub(crate) fn length(self) -> Duration {
        self.0
    }
}

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no time: write seconds, or `500ms`, `1.5s`, `5m`, `1h`, `30d`");
        let (number, unit) = split(text);
        let seconds = match unit {
            "" | "s" => 1.0,
            "ms" => 1e-3,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => return Err(wrong()),
        };
        let number: f64 = number.parse().map_err(|_| wrong())?;
        Duration::try_from_secs_f64(number * seconds).map(Self).map_err(|_| wrong())
    }
}

/// A number of bytes: K, M and G are powers of 1,024.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size(pub(crate) u64);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no size: write bytes, or `64K`, `512M`, `2G`");
        let (number, unit) = split(text);
        let shift = match unit.to_ascii_lowercase().as_str() {
            "" | "b" => 0,
            "k" | "kb" | "kib" => 10,
            "m" | "mb" | "mib" => 20,
            "g" | "gb" | "gib" => 30,
            _ => return Err(wrong()),
        };
        let number: u64 = number.parse().map_err(|_| wrong())?;
        number.checked_mul(1 << shift).map(Self).ok_or_else(wrong)
    }
}

/// A number of something: K and M are powers of 1,000.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Count(pub(in crate::cli) u64);

impl Count {
    /// Returns a bound in tokens; `None` where there is none: 0, or more than any model has.
    pub(in crate::cli) fn tokens(self) -> Option<u32> {
        u32::try_from(self.0).ok().filter(|tokens| *tokens > 0)
    }
}

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no number: write `20000`, `200K`, `2M`");
        let (number, unit) = split(text);
        let factor = match unit {
            "" => 1,
            "k" | "K" => 1_000,
            "M" => 1_000_000,
            _ => return Err(wrong()),
        };
        let number: u64 = number.parse().map_err(|_| wrong())?;
        number.checked_mul(factor).map(Self).ok_or_else(wrong)
    }
}

/// A number or a text in a configuration file, as the command line would have it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<T>(pub(crate) T);

impl<'de, T: FromStr<Err = String>> Deserialize<'de> for Written<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected a number, or a text as the command line has it")]
        enum Form {
            Whole(u64),
            Fraction(f64),
            Text(String),
        }
        let text = match Form::deserialize(deserializer)? {
            Form::Whole(number) => number.to_string(),
            Form::Fraction(number) => number.to_string(),
            Form::Text(text) => text,
        };
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// The beginning of 2262, in nanoseconds since 1970: the last year that they can tell in 63 bits.
const CLOCK_NANOSECONDS_MAX: i64 = 9_214_646_400_000_000_000;

/// Splits a number from its unit.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text.split_at(end)
}

/// Parses `real` and `fixed:MOMENT`.
pub(super) fn clock(text: &str) -> Result<Clock, String> {
    if text == "real" {
        return Ok(Clock::Real);
    }
    let moment = text.strip_prefix("fixed:").ok_or("write `real`, or `fixed:` and a moment")?;
    let moment: jiff::Timestamp = moment
        .parse()
        .map_err(|_| format!("`{moment}` is no moment: write it as in RFC 3339, such as `2026-01-31T12:00:00Z`"))?;
    // Time in the program is an unsigned number of nanoseconds that CPython keeps in 63 bits, and it goes on.
    match i64::try_from(moment.as_nanosecond()) {
        Ok(nanoseconds @ 0..=CLOCK_NANOSECONDS_MAX) => Ok(Clock::Virtual(nanoseconds)),
        _ => Err(format!("`{moment}` is out of range: write a moment from 1970 to 2261")),
    }
}

/// Parses `NAME=VALUE`.
pub(super) fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}
