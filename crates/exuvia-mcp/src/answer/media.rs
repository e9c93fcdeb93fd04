//! Values that are looked at rather than read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use exuvia_core::Value;
use exuvia_core::journal::SessionId;
use rmcp::model::{ContentBlock, Resource, ResourceContents};

use crate::resources::{Part, Place, Uri, is_base64};

/// How many pictures an answer has at most.
const IMAGES_MAX: usize = 4;
/// The largest picture in an answer, in bytes of base64: models are given no larger ones.
const IMAGE_BYTES_MAX: usize = 5_000_000;
/// The largest drawing (SVG) in an answer, in bytes.
const DRAWING_BYTES_MAX: usize = 64 << 10;
/// The pictures that clients show.
const IMAGES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
/// How pictures begin: PNG (RFC 2083, section 3.1), JPEG (ITU-T T.81, B.1.1.3), GIF, WebP (RIFF).
const BEGINNINGS: [(&str, &[u8]); 5] = [
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF87a"),
    ("image/gif", b"GIF89a"),
    ("image/webp", b"RIFF"),
];
/// How many letters of base64 the longest of them is in, and some: whole groups of four.
const HEAD_LETTERS: usize = 16;
/// The most bytes that the forms of a value have together; one that has more is left out in the sandbox.
const FORM_BYTES_MAX: usize = 16 << 20;
/// A `repr` that has fewer bytes was not cut.
const REPR_BYTES_WHOLE: usize = (1 << 20) - 4;
const DRAWING: &str = "image/svg+xml";
const MARKDOWN: &str = "text/markdown";

/// What is shown of a value beside its `repr`.
#[derive(Default)]
pub(super) struct Media<'a> {
    pub(super) blocks: Vec<ContentBlock>,
    /// What stands in the place of the `repr`.
    pub(super) markdown: Option<&'a str>,
    /// What is said of it.
    pub(super) lines: Vec<String>,
}

/// Returns what is shown of a value.
pub(super) fn of<'a>(value: &'a Value, session: &SessionId, cell: u32) -> Media<'a> {
    let mut media = Media::default();
    let mut images = 0;
    for (media_type, form) in &value.rich {
        let (Some(part), Some(text)) = (Part::rich(media_type), form.as_str()) else { continue };
        let uri = Uri { session: session.to_string(), place: Place::Part { cell, part } }.to_string();
        match media_type.as_str() {
            MARKDOWN => media.markdown = Some(text),
            DRAWING if text.len() <= DRAWING_BYTES_MAX => {
                let contents = ResourceContents::text(text, uri).with_mime_type(DRAWING);
                media.blocks.push(ContentBlock::resource(contents));
            }
            kind if IMAGES.contains(&kind)
                && images < IMAGES_MAX
                && text.len() <= IMAGE_BYTES_MAX
                && is_written_in_base64(text)
                && is_of(kind, text) =>
            {
                images += 1;
                media.blocks.push(ContentBlock::image(text, kind));
            }
            kind => {
                if !is_of(kind, text) {
                    media.lines.push(format!("what it gives as {kind} does not begin like one: resource {uri}"));
                } else if is_base64(kind) {
                    media.lines.push(format!("the picture has {} bytes: resource {uri}", text.len() / 4 * 3));
                }
                let name = format!("cell {cell}, {kind}");
                media.blocks.push(ContentBlock::resource_link(Resource::new(uri, name).with_mime_type(kind)));
            }
        }
    }
    if value.truncated && value.repr.len() < REPR_BYTES_WHOLE {
        media.lines.push(format!(
            "a picture, or another form of this value, was left out: it has more than {} MB, the limit is 16 MiB as text\n    \
             hint: make it smaller, or write it to a file",
            FORM_BYTES_MAX * 3 / 4 / 1_000_000
        ));
    }
    media
}

/// Whether a text in base64 begins as pictures of this media type do. Of other types nothing is known.
fn is_of(media_type: &str, text: &str) -> bool {
    let known = BEGINNINGS.iter().filter(|(kind, _)| *kind == media_type);
    let head = text.get(..text.len().min(HEAD_LETTERS)).and_then(|head| BASE64.decode(head).ok());
    let head = head.unwrap_or_default();
    let mut known = known.peekable();
    known.peek().is_none() || known.any(|(_, beginning)| head.starts_with(beginning))
}

/// Whether a text is what a program should have made of its bytes: it may say anything.
fn is_written_in_base64(text: &str) -> bool {
    let (body, end) = text.split_at(text.trim_end_matches('=').len());
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    text.len().is_multiple_of(4) && end.len() <= 2 && body.bytes().all(is_letter)
}
