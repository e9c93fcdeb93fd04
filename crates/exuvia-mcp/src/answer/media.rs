//! Values that are looked at rather than read.

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
                && is_written_in_base64(text) =>
            {
                images += 1;
                media.blocks.push(ContentBlock::image(text, kind));
            }
            kind => {
                if is_base64(kind) {
                    media.lines.push(format!("the picture has {} bytes: resource {uri}", text.len() / 4 * 3));
                }
                let name = format!("cell {cell}, {kind}");
                media.blocks.push(ContentBlock::resource_link(Resource::new(uri, name).with_mime_type(kind)));
            }
        }
    }
    media
}

/// Whether a text is what a program should have made of its bytes: it may say anything.
fn is_written_in_base64(text: &str) -> bool {
    let (body, end) = text.split_at(text.trim_end_matches('=').len());
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    text.len().is_multiple_of(4) && end.len() <= 2 && body.bytes().all(is_letter)
}
