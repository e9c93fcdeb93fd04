//! How times and sizes are written.

use std::time::Duration;

use serde::Deserialize;

/// A length of time: a number of seconds, or a text such as `500ms`, `1.5s`, `5m`, `1h`. Zero: no limit.
#[derive(Clone, Deserialize)]
#[serde(untagged, expecting = "expected seconds, or a time such as \"500ms\", \"1.5s\", \"5m\", \"1h\"")]
pub(super) enum Time {
    Seconds(f64),
    Text(String),
}

/// A number of bytes, or a text such as `64K`, `512M`.
#[derive(Clone, Deserialize)]
#[serde(untagged, expecting = "expected bytes, or a size such as \"64K\", \"512M\"")]
pub(super) enum Size {
    Bytes(usize),
    Text(String),
}

impl Time {
    /// Returns it as a limit: zero means that there is none.
    pub(super) fn limit(&self) -> Result<Option<Duration>, String> {
        let (number, unit) = match self {
            Self::Seconds(seconds) => (*seconds, 1.0),
            Self::Text(text) => {
                let (number, unit) = split(text);
                let unit = match unit {
                    "" | "s" => Some(1.0),
                    "ms" => Some(1e-3),
                    "m" => Some(60.0),
                    "h" => Some(3600.0),
                    _ => None,
                };
                number
                    .parse()
                    .ok()
                    .zip(unit)
                    .ok_or_else(|| format!("`timeout`: `{text}` is no time: write `500ms`, `1.5s`, `5m` or `1h`"))?
            }
        };
        let time = Duration::try_from_secs_f64(number * unit).map_err(|error| format!("`timeout`: {error}"))?;
        Ok((!time.is_zero()).then_some(time))
    }
}

impl Size {
    pub(super) fn bytes(&self) -> Result<usize, String> {
        let text = match self {
            Self::Bytes(bytes) => return Ok(*bytes),
            Self::Text(text) => text,
        };
        let (number, unit) = split(text);
        let shift = match unit.to_ascii_lowercase().as_str() {
            "" | "b" => Some(0),
            "k" | "kb" | "kib" => Some(10),
            "m" | "mb" | "mib" => Some(20),
            "g" | "gb" | "gib" => Some(30),
            _ => None,
        };
        let bytes = number.parse().ok().zip(shift).and_then(|(number, shift)| usize::checked_mul(number, 1 << shift));
        bytes.ok_or_else(|| format!("`{text}` is no size: write bytes, or `64K`, `512M`, `2G`"))
    }
}

/// Splits a number from its unit.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text.split_at(end)
}
