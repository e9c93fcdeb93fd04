//! How resources are named: `exuvia://SESSION/files/PATH`, `exuvia://SESSION/cells/7/stdout`, `exuvia://SESSION/script.py`.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What a path in a URI may hold as it is: RFC 3986, unreserved characters and the separator.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The beginning of each URI.
const SCHEME: &str = "exuvia://";

/// The templates of all URIs (RFC 6570), with what they name.
pub(crate) const TEMPLATES: [(&str, &str, &str); 3] = [
    ("exuvia://{session}/files/{+path}", "file", "A file of a session"),
    (
        "exuvia://{session}/cells/{cell}/{part}",
        "output",
        "What a cell gave: stdout, stderr, value, value.png, value.svg, value.html, ...",
    ),
    ("exuvia://{session}/script.py", "script", "All that was run in a session, as one Python script"),
];

/// The kinds of values that are shown, with how their resources end.
const KINDS: [(&str, &str); 9] = [
    ("image/png", "png"),
    ("image/jpeg", "jpeg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/svg+xml", "svg"),
    ("text/html", "html"),
    ("text/markdown", "md"),
    ("text/latex", "tex"),
    ("application/json", "json"),
];

/// What a URI names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Uri {
    pub(crate) session: String,
    pub(crate) place: Place,
}

/// What a URI names of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file, by its absolute path.
    File(String),
    Part {
        cell: u32,
        part: Part,
    },
    Script,
}

/// What a cell gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Stdout,
    Stderr,
    /// The value's `repr`.
    Value,
    /// The value in a form of this media type.
    Rich(&'static str),
}

impl Part {
    /// Returns the form of a value of this media type, if there is a resource for it.
    pub(crate) fn rich(media_type: &str) -> Option<Self> {
        KINDS.iter().find(|(kind, _)| *kind == media_type).map(|(kind, _)| Self::Rich(kind))
    }

    /// Returns the media type of what it names.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Stdout | Self::Stderr | Self::Value => "text/plain",
            Self::Rich(kind) => kind,
        }
    }
}

impl FromStr for Part {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "stdout" => Self::Stdout,
            "stderr" => Self::Stderr,
            "value" => Self::Value,
            _ => {
                let end = text.strip_prefix("value.").ok_or(())?;
                Self::Rich(KINDS.iter().find(|(_, known)| *known == end).ok_or(())?.0)
            }
        })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("stdout"),
            Self::Stderr => f.write_str("stderr"),
            Self::Value => f.write_str("value"),
            Self::Rich(kind) => {
                let end = KINDS.iter().find(|(known, _)| known == kind).map_or("", |(_, end)| end);
                write!(f, "value.{end}")
            }
        }
    }
}

impl FromStr for Uri {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (session, rest) = text.strip_prefix(SCHEME).and_then(|rest| rest.split_once('/')).ok_or(())?;
        let place = if rest == "script.py" {
            Place::Script
        } else if let Some(path) = rest.strip_prefix("files/") {
            Place::File(format!("/{}", percent_decode_str(path).decode_utf8().map_err(|_| ())?))
        } else {
            let (cell, part) = rest.strip_prefix("cells/").and_then(|rest| rest.split_once('/')).ok_or(())?;
            Place::Part { cell: cell.parse().map_err(|_| ())?, part: part.parse()? }
        };
        Ok(Self { session: session.to_owned(), place })
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/", self.session)?;
        match &self.place {
            Place::File(path) => write!(f, "files/{}", utf8_percent_encode(path.trim_start_matches('/'), PATH)),
            Place::Part { cell, part } => write!(f, "cells/{cell}/{part}"),
            Place::Script => f.write_str("script.py"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn uri(place: Place) -> Uri {
        Uri { session: "ab2".to_owned(), place }
    }

    #[test]
    fn resources_have_these_names() {
        for (place, text) in [
            (Place::File("/workspace/a b/ü#1.csv".to_owned()), "exuvia://ab2/files/workspace/a%20b/%C3%BC%231.csv"),
            (Place::Part { cell: 7, part: Part::Stdout }, "exuvia://ab2/cells/7/stdout"),
            (Place::Part { cell: 1, part: Part::Rich("image/svg+xml") }, "exuvia://ab2/cells/1/value.svg"),
            (Place::Script, "exuvia://ab2/script.py"),
        ] {
            assert_eq!(uri(place.clone()).to_string(), text);
            assert_eq!(text.parse(), Ok(uri(place)), "{text}");
        }
    }

    #[test]
    fn other_names_are_none() {
        for text in [
            "",
            "exuvia://",
            "exuvia://ab2",
            "exuvia://ab2/",
            "exuvia://ab2/cells/7",
            "exuvia://ab2/cells/-1/stdout",
            "exuvia://ab2/cells/7/value.exe",
            "exuvia://ab2/files/%ff",
            "file:///etc/passwd",
        ] {
            assert_eq!(text.parse::<Uri>(), Err(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_path_comes_back(path in "/[^/].{0,20}") {
            let uri = uri(Place::File(path));
            prop_assert_eq!(uri.to_string().parse(), Ok(uri));
        }
    }
}
