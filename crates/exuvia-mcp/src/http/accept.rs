//! What a client accepts (RFC 9110, section 12.5.1).

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue, Method};

const JSON: (&str, &str) = ("application", "json");
const EVENTS: (&str, &str) = ("text", "event-stream");

/// Names the media types of answers where a client has said that it accepts them by a range, such as `*/*`: rmcp looks for
/// their names.
pub(super) fn spell_out(method: &Method, headers: &mut HeaderMap) {
    let named = match *method {
        Method::POST if accepts(headers, JSON) && accepts(headers, EVENTS) => "application/json, text/event-stream",
        Method::GET if accepts(headers, EVENTS) => "text/event-stream",
        _ => return,
    };
    headers.insert(ACCEPT, HeaderValue::from_static(named));
}

/// Whether a media type is accepted: of the ranges that it is in, the narrowest counts.
fn accepts(headers: &HeaderMap, (kind, subkind): (&str, &str)) -> bool {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges = values.flat_map(|value| value.split(',')).filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let (range_kind, range_subkind) = parts.next()?.split_once('/')?;
        let width = match (range_kind, range_subkind) {
            ("*", "*") => 2,
            (known, "*") if known.eq_ignore_ascii_case(kind) => 1,
            (known, subknown) if known.eq_ignore_ascii_case(kind) && subknown.eq_ignore_ascii_case(subkind) => 0,
            _ => return None,
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let is_refused = quality.and_then(|quality| quality.parse::<f32>().ok()).is_some_and(|quality| quality <= 0.0);
        Some((width, !is_refused))
    });
    ranges.min_by_key(|(width, _)| *width).is_some_and(|(_, is_accepted)| is_accepted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_has_them() {
        for (accept, json, events) in [
            ("application/json, text/event-stream", true, true),
            ("*/*", true, true),
            ("*/*;q=0.1", true, true),
            ("application/*, text/*", true, true),
            ("Application/JSON", true, false),
            ("*/*, text/event-stream;q=0", true, false),
            ("text/html, */*; q=0.8", true, true),
            ("application/*;q=0, */*", false, true),
            ("application/*;q=0, application/json", true, false),
            ("text/html", false, false),
            ("*", false, false),
            ("", false, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            assert_eq!((accepts(&headers, JSON), accepts(&headers, EVENTS)), (json, events), "{accept}");
        }
    }
}
