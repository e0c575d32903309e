//! Pictures that a recording holds: emptied, covered in part, or read where they are made of text.

use base64::Engine as _;
pub(super) use base64::engine::general_purpose::STANDARD as BASE64;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use image::{ImageFormat, Rgba};

use super::super::info::{Info, Verdict};
use super::super::rule::Length;
use super::super::tape::Value;
use super::super::text::Redactor;
use super::super::{Place, RuleId, What};
use super::Page;

/// A picture of one pixel that shows nothing.
const NOTHING: &str = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
/// What covers a part of a picture: the colour of boxes over elements.
const COVER: Rgba<u8> = Rgba([0x2f, 0x36, 0x3d, 0xff]);

impl Page<'_, '_, '_> {
    /// Takes away what an element shows. A picture of the same size keeps its place in the page.
    pub(super) fn blank(&mut self, name: &str, value: Value<'_>, text: &str, verdict: Verdict) {
        let shown = match name {
            "srcset" | "srcdoc" | "data" => String::new(),
            "rr_dataurl" => NOTHING.to_owned(),
            _ => match size_of(text) {
                Some((width, height)) => format!(
                    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}'/%3E"
                ),
                None => NOTHING.to_owned(),
            },
        };
        if !text.is_empty() && text != shown {
            self.edits.replace_string(value.span(), &shown);
            self.redactor.tally.count(verdict.rule, Place::Pictures);
        }
    }

    /// Covers a part of a picture. One whose pixels are not at hand goes altogether.
    pub(super) fn region(&mut self, value: Value<'_>, text: &str, rule: RuleId) {
        let Some(What::Region(_, area)) = self.redactor.rules.get(rule).map(|rule| &rule.what) else { return };
        let covered = decoded(text).and_then(|(bytes, _)| {
            let format = image::guess_format(&bytes).ok()?;
            let mut picture = image::load_from_memory_with_format(&bytes, format).ok()?.into_rgba8();
            let (width, height) = picture.dimensions();
            let pixels = |length: Length, whole: u32| match length {
                Length::Pixels(pixels) => pixels,
                Length::Share(share) => share * f64::from(whole),
            };
            // Whole pixels, and rather one more: half a pixel of a letter can be read.
            let (left, top) = (pixels(area.x, width).floor(), pixels(area.y, height).floor());
            let right = (pixels(area.x, width) + pixels(area.width, width)).ceil().min(f64::from(width));
            let bottom = (pixels(area.y, height) + pixels(area.height, height)).ceil().min(f64::from(height));
            for y in top as u32..bottom as u32 {
                for x in left as u32..right as u32 {
                    picture.put_pixel(x, y, COVER);
                }
            }
            let mut out = std::io::Cursor::new(Vec::new());
            let (as_what, mime) = match format {
                ImageFormat::Jpeg => (ImageFormat::Jpeg, "image/jpeg"),
                ImageFormat::WebP => (ImageFormat::WebP, "image/webp"),
                _ => (ImageFormat::Png, "image/png"),
            };
            let written = match as_what {
                ImageFormat::Jpeg => image::DynamicImage::from(picture).into_rgb8().write_to(&mut out, as_what),
                _ => picture.write_to(&mut out, as_what),
            };
            written.ok()?;
            Some(format!("data:{mime};base64,{}", BASE64.encode(out.into_inner())))
        });
        self.edits.replace_string(value.span(), covered.as_deref().unwrap_or(NOTHING));
        self.redactor.tally.count(rule, Place::Pictures);
    }
}

impl Redactor<'_, '_> {
    /// A style sheet, or an attribute with a `data:` URL: its text, and that of drawings and documents written into it in base64.
    pub(in super::super) fn css(&mut self, text: &str, info: Option<&Info>) -> Option<String> {
        let inner = self.written_out(text);
        let text = inner.as_deref().unwrap_or(text);
        self.text(text, Place::Styles, info, &[]).or(inner)
    }

    /// `data:` URLs of texts in base64.
    fn written_out(&mut self, text: &str) -> Option<String> {
        const MARK: &str = ";base64,";
        let mut out = String::new();
        let mut copied = 0;
        for (mark, _) in text.match_indices(MARK) {
            let start = mark + MARK.len();
            let Some(scheme) = text.get(copied..mark).and_then(|before| before.rfind("data:")) else { continue };
            let mime = text.get(copied + scheme + 5..mark).unwrap_or_default();
            if !is_text(mime) {
                continue;
            }
            let rest = text.get(start..).unwrap_or_default();
            let length = rest.bytes().position(|byte| !is_base64(byte)).unwrap_or(rest.len());
            let Some(inner) = rest.get(..length).and_then(from_base64).and_then(|bytes| String::from_utf8(bytes).ok())
            else {
                continue;
            };
            if let Some(changed) = self.text(&inner, Place::Text, None, &[]) {
                out.push_str(text.get(copied..start)?);
                out.push_str(&BASE64.encode(changed));
                copied = start + length;
            }
        }
        (copied > 0).then(|| {
            out.push_str(text.get(copied..).unwrap_or_default());
            out
        })
    }
}

/// Whether content of this MIME type is text that somebody may read.
pub(in super::super) fn is_text(mime: &str) -> bool {
    let mime = mime.to_ascii_lowercase();
    mime.starts_with("text/") || ["svg", "xml", "json", "javascript"].iter().any(|kind| mime.contains(kind))
}

/// Whether a `data:` URL holds something else than text: its letters mean nothing.
pub(super) fn is_binary(url: &str) -> bool {
    let head = url.split(',').next().unwrap_or_default();
    head.contains(";base64") && !is_text(head.get(5..).unwrap_or_default())
}

pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let plain = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    STANDARD_NO_PAD.decode(plain).ok()
}

/// The bytes of a `data:` URL in base64, and its type.
fn decoded(url: &str) -> Option<(Vec<u8>, &str)> {
    let (mime, content) = url.trim().strip_prefix("data:")?.split_once(',')?;
    let mime = mime.strip_suffix(";base64")?;
    let content: String = content.chars().filter(|character| !character.is_whitespace()).collect();
    Some((from_base64(&content)?, mime))
}

/// Pixels of the picture that a `data:` URL holds.
fn size_of(url: &str) -> Option<(u32, u32)> {
    let (bytes, _) = decoded(url)?;
    image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().ok()?.into_dimensions().ok()
}
