//! What a resource is: by what its source says, else by its name, else by its first bytes.

use super::Asset;

/// The kinds of resource that a page may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A picture.
    Image,
    /// A style sheet.
    Style,
    /// A font.
    Font,
}

impl Kind {
    /// What Chromium calls it in `Fetch.requestPaused` (`Network.ResourceType`); `None` for all that is never served.
    pub fn of_request(resource_type: &str) -> Option<Self> {
        match resource_type {
            "Image" => Some(Self::Image),
            "Stylesheet" => Some(Self::Style),
            "Font" => Some(Self::Font),
            _ => None,
        }
    }
}

impl Asset {
    /// The type to serve it with where a resource of this kind is asked for; `None` if it is of another kind.
    pub fn served_as(&self, kind: Kind) -> Option<&str> {
        let essence = essence(&self.content_type);
        let fits = match kind {
            Kind::Image => essence.starts_with("image/"),
            Kind::Style => essence == "text/css",
            Kind::Font => is_font(&essence),
        };
        if fits {
            return Some(&self.content_type);
        }
        // What nothing is known of is what it is asked for as: a style sheet without extension has no other mark.
        match kind {
            Kind::Style if is_unknown(&essence) && std::str::from_utf8(&self.bytes).is_ok() => Some("text/css"),
            Kind::Font if is_unknown(&essence) => of_bytes(&self.bytes).filter(|found| is_font(found)),
            Kind::Image if is_unknown(&essence) => of_bytes(&self.bytes).filter(|found| found.starts_with("image/")),
            _ => None,
        }
    }
}

/// Whether a resource of this type can ever be of use: no video, no sound, no script, no page.
pub(super) fn is_of_use(content_type: &str) -> bool {
    let essence = essence(content_type);
    essence.starts_with("image/") || essence == "text/css" || is_font(&essence) || is_unknown(&essence)
}

fn is_font(essence: &str) -> bool {
    essence.starts_with("font/")
        || essence.starts_with("application/font-")
        || essence.starts_with("application/x-font-")
        || essence == "application/vnd.ms-fontobject"
}

fn is_unknown(essence: &str) -> bool {
    matches!(essence, "" | "application/octet-stream" | "binary/octet-stream" | "text/plain" | "application/x-unknown")
}

fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The type of a resource with this name (a path or the path of a URL) and content; empty if neither tells.
pub(super) fn of(name: &str, bytes: &[u8]) -> &'static str {
    of_name(name).or_else(|| of_bytes(bytes)).unwrap_or_default()
}

fn of_name(name: &str) -> Option<&'static str> {
    let name = name.split(['?', '#']).next().unwrap_or_default();
    let (_, extension) = name.rsplit('/').next().unwrap_or_default().rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "png" | "apng" => "image/png",
        "jpg" | "jpeg" | "jfif" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "ico" | "cur" => "image/x-icon",
        "bmp" => "image/bmp",
        "css" => "text/css",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "eot" => "application/vnd.ms-fontobject",
        "html" | "htm" | "xhtml" => "text/html",
        "js" | "mjs" => "text/javascript",
        "json" | "map" | "webmanifest" => "application/json",
        "mp4" | "m4v" | "webm" | "mov" | "ogv" | "m3u8" | "ts" => "video/mp4",
        "mp3" | "m4a" | "ogg" | "wav" | "flac" | "aac" => "audio/mpeg",
        "pdf" => "application/pdf",
        "wasm" => "application/wasm",
        _ => return None,
    })
}

/// By the marks of <https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern> and the font section after it.
fn of_bytes(bytes: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, mark: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(mark));
    if at(0, b"\x89PNG\r\n\x1a\n") {
        return Some("image/png");
    }
    if at(0, b"\xff\xd8\xff") {
        return Some("image/jpeg");
    }
    if at(0, b"GIF8") {
        return Some("image/gif");
    }
    if at(0, b"RIFF") && at(8, b"WEBP") {
        return Some("image/webp");
    }
    if at(4, b"ftypavif") || at(4, b"ftypavis") {
        return Some("image/avif");
    }
    if at(0, b"BM") && bytes.len() > 26 {
        return Some("image/bmp");
    }
    if at(0, b"\0\0\x01\0") {
        return Some("image/x-icon");
    }
    if at(0, b"wOFF") {
        return Some("font/woff");
    }
    if at(0, b"wOF2") {
        return Some("font/woff2");
    }
    if at(0, b"OTTO") {
        return Some("font/otf");
    }
    if at(0, b"\0\x01\0\0") || at(0, b"true") {
        return Some("font/ttf");
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).trim_start_matches('\u{feff}').to_lowercase();
    let start = start.trim_start();
    if start.starts_with("<svg") || (start.starts_with("<?xml") && start.contains("<svg")) {
        return Some("image/svg+xml");
    }
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Some("text/html");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(content_type: &str, bytes: &'static [u8]) -> Asset {
        Asset { content_type: content_type.to_owned(), bytes: bytes.into() }
    }

    #[test]
    fn the_name_tells_the_type_and_else_the_first_bytes_do() {
        assert_eq!(of("a/b.CSS?v=1.png", b""), "text/css");
        assert_eq!(of("image?id=7", b"\x89PNG\r\n\x1a\n"), "image/png");
        assert_eq!(of("icon", b"\xef\xbb\xbf <svg xmlns='x'>"), "image/svg+xml");
        assert_eq!(of("font", b"wOF2"), "font/woff2");
        assert_eq!(of("v1.2/file", b"hm"), "");
    }

    #[test]
    fn a_resource_is_only_served_as_what_it_is() {
        let (png, page) = (asset("image/png", b"\x89PNG"), asset("text/html", b"<html>"));
        assert_eq!(png.served_as(Kind::Image), Some("image/png"));
        assert_eq!(png.served_as(Kind::Style), None);
        assert!([Kind::Image, Kind::Style, Kind::Font].into_iter().all(|kind| page.served_as(kind).is_none()));
        assert_eq!(asset("", b"a{}").served_as(Kind::Style), Some("text/css"));
        assert_eq!(asset("application/octet-stream", b"wOFF...").served_as(Kind::Font), Some("font/woff"));
        assert_eq!(asset("video/mp4", b"....").served_as(Kind::Image), None);
    }

    #[test]
    fn media_scripts_and_pages_are_never_of_use() {
        for unused in ["video/mp4", "audio/ogg", "text/javascript", "text/html; charset=utf-8", "application/pdf"] {
            assert!(!is_of_use(unused), "{unused}");
        }
        for used in ["image/svg+xml", "text/css; charset=utf-8", "font/woff2", "application/x-font-ttf", ""] {
            assert!(is_of_use(used), "{used}");
        }
    }
}
