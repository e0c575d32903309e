//! Pictures as phones send them: base64 text, bare or as a data URL, with or without line breaks.

use std::borrow::Cow;
use std::io::Cursor;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::super::json;

/// Base64 text that begins like a picture that browsers show.
#[derive(Debug, Clone)]
pub(super) struct Picture<'a> {
    pub(super) media: &'static str,
    /// Standard alphabet, no white space; nothing in it needs escaping anywhere.
    pub(super) base64: Cow<'a, str>,
}

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// As much of a picture as tells its kind; a multiple of 4 characters.
const HEAD: usize = 32;
/// As much as usually tells its size.
const HEADER: usize = 64 * 1024;

impl<'a> Picture<'a> {
    /// Reads the JSON text of a string. `None` if it is no picture.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let inside = text.strip_prefix('"')?.strip_suffix('"')?;
        let text = if inside.contains('\\') { Cow::Owned(json::string(text)?) } else { Cow::Borrowed(inside) };
        let start = match text.get(..5) {
            // What the URL says of its type is not needed: the bytes know better.
            Some(scheme) if scheme.eq_ignore_ascii_case("data:") => {
                let (head, _) = text.split_once(',')?;
                if !head.to_ascii_lowercase().ends_with(";base64") {
                    return None;
                }
                head.len() + 1
            }
            _ => 0,
        };
        let base64 = clean(text, start)?;
        let media = kind(&LENIENT.decode(base64.get(..HEAD)?).ok()?)?;
        Some(Self { media, base64 })
    }

    /// Width and height in its own pixels, read from its header.
    pub(super) fn size(&self) -> Option<(u32, u32)> {
        let measure = |base64: &str| {
            let bytes = LENIENT.decode(base64).ok()?;
            let reader = image::ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
            reader.into_dimensions().ok().filter(|(width, height)| *width > 0 && *height > 0)
        };
        let head = self.base64.get(..HEADER).unwrap_or(&self.base64);
        measure(head).or_else(|| if head.len() < self.base64.len() { measure(&self.base64) } else { None })
    }
}

/// The text from `start` on without white space, in the standard alphabet; `None` if something else is in it.
fn clean(text: Cow<'_, str>, start: usize) -> Option<Cow<'_, str>> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let body = text.get(start..)?;
    if body.bytes().all(is_plain) {
        return Some(match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(start..)?),
            Cow::Owned(mut text) => {
                text.drain(..start);
                Cow::Owned(text)
            }
        });
    }
    let mut cleaned = String::with_capacity(body.len());
    for character in body.chars() {
        match character {
            '-' => cleaned.push('+'),
            '_' => cleaned.push('/'),
            white if white.is_ascii_whitespace() => {}
            plain if u8::try_from(plain).is_ok_and(is_plain) => cleaned.push(plain),
            _ => return None,
        }
    }
    Some(Cow::Owned(cleaned))
}

/// The media type by the first bytes; only of kinds that Chromium draws and that cannot hold script.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    Some(match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'B', b'M', ..] => "image/bmp",
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => "image/avif",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2 by 3 pixels.
    const PNG: &str =
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAEElEQVR4nGP8zwACTGCSAQANHQEDgslx/wAAAABJRU5ErkJggg==";

    #[test]
    fn bare_text_data_urls_line_breaks_and_url_alphabets_are_the_same_picture() {
        let broken = format!("{}\\n{}\\r\\n", &PNG[..20], &PNG[20..]);
        for text in [
            PNG.to_owned(),
            format!("data:image/png;base64,{PNG}"),
            // Named wrongly, and slashes escaped as some phones do.
            format!("data:image/webp;base64,{}", PNG.replace('/', "\\/")),
            broken.clone(),
            format!("DATA:image\\/png;BASE64,{broken}"),
            PNG.replace('/', "_").replace('+', "-"),
        ] {
            let json = format!("\"{text}\"");
            let picture = Picture::read(&json).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((picture.media, picture.base64.as_ref(), picture.size()), ("image/png", PNG, Some((2, 3))));
        }
    }

    #[test]
    fn what_is_no_picture_is_none() {
        for text in [
            "\"\"",
            "null",
            "12",
            "\"data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=\"",
            "\"data:image/png,plain\"",
            "\"https://example.org/a.png\"",
            "\"iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnW) ; } url(\"",
        ] {
            assert!(Picture::read(text).is_none(), "{text}");
        }
    }
}
