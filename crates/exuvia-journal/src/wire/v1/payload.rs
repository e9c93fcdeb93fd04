//! What may be large: texts, bytes, JSON of others.

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use exuvia_core::journal::{Hash, StoreError};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use super::super::{Fetch, Unreadable};
use crate::blob::{BLOB_BYTES_MAX, Blob, parse_hash};

/// The longest text, and the longest bytes, that stand in a body; longer ones are blobs.
const INLINE_BYTES_MAX: usize = 4 << 10;

/// How deep JSON of others may be nested where it stands in a body. What is deeper is a text of its own, so that a body
/// is never nested deeper than a reader goes; a program chooses the depth of what it gives.
const INLINE_DEPTH_MAX: usize = 32;

/// How deep a reader of JSON goes.
const DEPTH_MAX: usize = 127;

/// Puts aside what is large.
#[derive(Default)]
pub(super) struct Encoder {
    blobs: Vec<Blob>,
}

/// The name of a blob in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BlobName {
    /// The SHA-256 of its content.
    pub(super) blob: Digest,
    /// How many bytes it has.
    pub(super) bytes: u64,
}

/// A hash as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digest(pub(super) Hash);

/// A text, or the blob that holds it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Text<'a> {
    Inline(Cow<'a, str>),
    Blob(BlobName),
}

/// Bytes: as a text if they are UTF-8, in base64, or in a blob.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Bytes<'a> {
    Text(Cow<'a, str>),
    Base64(Base64),
    Blob(BlobName),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Base64 {
    base64: String,
}

/// JSON that somebody else has made.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Tree<'a> {
    /// The value.
    Json(Cow<'a, Json>),
    /// Its text, if that is long or deep.
    Text(Text<'a>),
}

/// A length of time: seconds, and nanoseconds below one second.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Span(u64, u32);

impl BlobName {
    /// Returns which blob it is.
    pub(crate) fn hash(&self) -> Hash {
        self.blob.0
    }
}

impl Encoder {
    /// Returns what was put aside.
    pub(super) fn into_blobs(self) -> Vec<Blob> {
        self.blobs
    }

    /// Puts some bytes aside.
    pub(super) fn blob(&mut self, content: Vec<u8>) -> Result<BlobName, StoreError> {
        let bytes = content.len() as u64;
        if bytes > BLOB_BYTES_MAX {
            return Err(StoreError::TooLarge { what: "a payload", size: bytes, size_max: BLOB_BYTES_MAX });
        }
        let blob = Blob::new(content);
        let name = BlobName { blob: Digest(blob.hash), bytes };
        self.blobs.push(blob);
        Ok(name)
    }

    pub(super) fn text<'a>(&mut self, text: &'a str) -> Result<Text<'a>, StoreError> {
        if text.len() > INLINE_BYTES_MAX {
            return Ok(Text::Blob(self.blob(text.as_bytes().to_vec())?));
        }
        Ok(Text::Inline(text.into()))
    }

    pub(super) fn texts<'a>(&mut self, texts: &'a [String]) -> Result<Vec<Text<'a>>, StoreError> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    /// Writes a text that was made for the wire.
    pub(super) fn own_text(&mut self, text: String) -> Result<Text<'static>, StoreError> {
        if text.len() > INLINE_BYTES_MAX {
            return Ok(Text::Blob(self.blob(text.into_bytes())?));
        }
        Ok(Text::Inline(text.into()))
    }

    pub(super) fn bytes<'a>(&mut self, bytes: &'a [u8]) -> Result<Bytes<'a>, StoreError> {
        if bytes.len() > INLINE_BYTES_MAX {
            return Ok(Bytes::Blob(self.blob(bytes.to_vec())?));
        }
        Ok(match std::str::from_utf8(bytes) {
            Ok(text) => Bytes::Text(text.into()),
            Err(_) => Bytes::Base64(Base64 { base64: BASE64.encode(bytes) }),
        })
    }

    pub(super) fn tree<'a>(&mut self, value: &'a Json) -> Result<Tree<'a>, StoreError> {
        let depth = depth(value, DEPTH_MAX);
        if depth > DEPTH_MAX {
            let (size, size_max) = (depth as u64, DEPTH_MAX as u64);
            return Err(StoreError::TooLarge { what: "a JSON value's nesting", size, size_max });
        }
        let text = value.to_string();
        if depth > INLINE_DEPTH_MAX || text.len() > INLINE_BYTES_MAX {
            return Ok(Tree::Text(self.own_text(text)?));
        }
        Ok(Tree::Json(Cow::Borrowed(value)))
    }
}

impl Text<'_> {
    pub(super) fn decode(self, fetch: &mut Fetch<'_>) -> Result<String, Unreadable> {
        match self {
            Self::Inline(text) => Ok(text.into_owned()),
            Self::Blob(name) => fetched_text(&name, fetch),
        }
    }
}

impl Bytes<'_> {
    pub(super) fn decode(self, fetch: &mut Fetch<'_>) -> Result<Vec<u8>, Unreadable> {
        Ok(match self {
            Self::Text(text) => text.into_owned().into_bytes(),
            Self::Base64(Base64 { base64 }) => BASE64.decode(base64)?,
            Self::Blob(name) => fetched(&name, fetch)?,
        })
    }
}

impl Tree<'_> {
    pub(super) fn decode(self, fetch: &mut Fetch<'_>) -> Result<Json, Unreadable> {
        match self {
            Self::Json(value) => Ok(value.into_owned()),
            Self::Text(text) => Ok(serde_json::from_str(&text.decode(fetch)?)?),
        }
    }
}

impl From<Duration> for Span {
    fn from(duration: Duration) -> Self {
        Self(duration.as_secs(), duration.subsec_nanos())
    }
}

impl Span {
    pub(super) fn decode(self) -> Result<Duration, Unreadable> {
        if self.1 >= 1_000_000_000 {
            return Err("a time has more than a second of nanoseconds".into());
        }
        Ok(Duration::new(self.0, self.1))
    }

    pub(super) fn decode_option(span: Option<Self>) -> Result<Option<Duration>, Unreadable> {
        span.map(Self::decode).transpose()
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_hash(&text).map(Self).ok_or_else(|| serde::de::Error::custom("a hash is 64 hexadecimal digits"))
    }
}

/// Returns the texts.
pub(super) fn texts(texts: Vec<Text<'_>>, fetch: &mut Fetch<'_>) -> Result<Vec<String>, Unreadable> {
    texts.into_iter().map(|text| text.decode(fetch)).collect()
}

/// Returns what a blob holds, as a text.
pub(super) fn fetched_text(name: &BlobName, fetch: &mut Fetch<'_>) -> Result<String, Unreadable> {
    Ok(String::from_utf8(fetched(name, fetch)?)?)
}

fn fetched(name: &BlobName, fetch: &mut Fetch<'_>) -> Result<Vec<u8>, Unreadable> {
    let content = fetch(name)?;
    if content.len() as u64 != name.bytes {
        return Err(format!("blob {} has {} bytes, not {}", name.hash(), content.len(), name.bytes).into());
    }
    Ok(content)
}

/// Returns how deep arrays and objects are nested, or more than `max` if that is more.
fn depth(value: &Json, max: usize) -> usize {
    let below = |inner: &mut dyn Iterator<Item = &Json>| match max {
        0 => 1,
        _ => 1 + inner.map(|value| depth(value, max - 1)).max().unwrap_or(0),
    };
    match value {
        Json::Array(items) => below(&mut items.iter()),
        Json::Object(fields) => below(&mut fields.values()),
        _ => 0,
    }
}
