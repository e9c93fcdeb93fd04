//! What the bytes of a page say.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How far into a page its own word on its charset is looked for, in bytes (HTML, 4.2.5.4).
const META_BYTES_MAX: usize = 1_024;

/// Returns a page as text, and never fails, as browsers never do: what is nothing in its charset is replaced. The charset is
/// what its first bytes say, else what the server says, else what the page says; one that nobody knows counts for nothing.
/// Without any, it is UTF-8 if that can be, else Windows-1252.
pub(crate) fn decode(bytes: &[u8], content_type: &str) -> String {
    let declared = || label(content_type).or_else(|| meta(bytes));
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => declared().unwrap_or_else(|| if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 }),
    };
    encoding.decode(bytes).0.into_owned()
}

/// Returns the charset that is named in a text like `text/html; charset=utf-8`.
fn label(text: &str) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let (_, after) = lower.split_once("charset")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| c.is_whitespace() || "\"';,>/".contains(c)).unwrap_or(value.len());
    Encoding::for_label(&value.as_bytes()[..end])
}

/// Returns the charset that a page names itself. It cannot be one in which it could not be read so far.
fn meta(bytes: &[u8]) -> Option<&'static Encoding> {
    let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(META_BYTES_MAX)]).to_ascii_lowercase();
    let tags = beginning.split("<meta").skip(1).filter_map(|rest| rest.split('>').next());
    let named = tags.filter_map(label).next()?;
    Some(if named.is_ascii_compatible() { named } else { UTF_8 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets_are_found_as_browsers_find_them() {
        let page = |charset: &str| format!("<!doctype html><META http-equiv=x content='text/html; charset={charset}'>");
        for (bytes, content_type, expected) in [
            (&b"\xe9t\xe9"[..], "text/html; charset=iso-8859-1", "été"),
            (b"\xe9t\xe9", "text/html; charset=\"ISO-8859-1\"", "été"),
            (b"\xe9t\xe9", "text/html", "été"),
            ("été".as_bytes(), "text/html; charset=nonsense", "été"),
            ("été".as_bytes(), "text/html", "été"),
            (b"\xef\xbb\xbf\xc3\xa9", "text/html; charset=iso-8859-1", "é"),
            (b"\xff\xfe\xe9\x00", "text/html", "é"),
            (b"\x82\xa0", "text/html; charset=Shift_JIS", "あ"),
            (b"a\xe9b", "text/html; charset=utf-8", "a\u{fffd}b"),
            (b"", "", ""),
        ] {
            assert_eq!(decode(bytes, content_type), expected, "{content_type}");
        }
        let own = [page("windows-1251").as_bytes(), b"\xcf\xf0\xe8"].concat();
        assert!(decode(&own, "text/html").ends_with("При"));
        // It says so in ASCII, so that it cannot be.
        let wrong = [page("utf-16").as_bytes(), "é".as_bytes()].concat();
        assert!(decode(&wrong, "text/html").ends_with('é'));
    }
}
