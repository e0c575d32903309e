//! Assets in a HAR file, as every browser's inspector saves one ("Save all as HAR with content").

use std::borrow::Cow;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;

use super::limits::Budget;
use super::{Asset, Assets, AssetsError, Limits, kind};

/// The parts of <http://www.softwareishard.com/blog/har-12-spec/> that matter here.
#[derive(Deserialize)]
struct Har<'a> {
    #[serde(borrow)]
    log: Log<'a>,
}

#[derive(Deserialize)]
struct Log<'a> {
    #[serde(borrow)]
    entries: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    request: Request<'a>,
    #[serde(borrow)]
    response: Response<'a>,
}

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    url: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(default)]
    status: i64,
    #[serde(borrow, default)]
    content: Content<'a>,
}

#[derive(Default, Deserialize)]
struct Content<'a> {
    #[serde(borrow, default, rename = "mimeType")]
    mime: Cow<'a, str>,
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    encoding: Option<Cow<'a, str>>,
}

/// A HAR file holds scripts and answers too, and pictures as base64: it may be this many times as large as what is wanted of it.
const OVERHEAD: u64 = 4;

/// Reads the pictures, style sheets and fonts that a HAR file holds. Of several answers for one URL the last whole one counts.
///
/// # Errors
/// [`AssetsError`], naming the file.
pub fn load_har(path: &Path, limits: &Limits) -> Result<Assets, AssetsError> {
    let io_error = |error| AssetsError::Io { path: path.to_owned(), error };
    let mut text = Vec::new();
    let most = limits.bytes_total.saturating_mul(OVERHEAD);
    File::open(path).map_err(io_error)?.take(most.saturating_add(1)).read_to_end(&mut text).map_err(io_error)?;
    if text.len() as u64 > most {
        return Err(AssetsError::Limit {
            what: format!("the size of {} in bytes", path.display()),
            value: text.len() as u64,
            limit: most,
            option: "--max-assets-bytes, four times it",
        });
    }
    read_har(&text, path, limits)
}

/// [`load_har`] of text that is there already; `path` is for messages.
pub fn read_har(text: &[u8], path: &Path, limits: &Limits) -> Result<Assets, AssetsError> {
    let wrong = |message: String| AssetsError::Har { path: path.to_owned(), message };
    let har: Har<'_> = serde_json::from_slice(text).map_err(|error| wrong(error.to_string()))?;
    let mut budget = Budget::new(limits);
    let mut assets = Assets::default();
    for Entry { request, response } in har.log.entries {
        let Content { mime: content_type, text: Some(text), encoding } = response.content else { continue };
        if response.status != 200 || !request.url.starts_with("http") || !kind::is_of_use(&content_type) {
            continue;
        }
        let bytes = match encoding.as_deref() {
            Some("base64") => {
                BASE64.decode(text.as_bytes()).map_err(|error| wrong(format!("{}: {error}", request.url)))?
            }
            _ => text.into_owned().into_bytes(),
        };
        // Inspectors leave out what they have dropped from memory.
        if bytes.is_empty() {
            continue;
        }
        let guessed = kind::of(&request.url, &bytes);
        let content_type = if content_type.is_empty() { guessed } else { &content_type };
        if kind::is_of_use(content_type) {
            budget.take(&request.url, bytes.len() as u64)?;
            assets.insert(&request.url, Asset { content_type: content_type.to_owned(), bytes: bytes.into() });
        }
    }
    Ok(assets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn har(entries: &str) -> std::io::Result<tempfile::NamedTempFile> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), format!(r#"{{"log":{{"version":"1.2","entries":[{entries}]}}}}"#))?;
        Ok(file)
    }

    fn entry(url: &str, status: u16, content: &str) -> String {
        format!(
            r#"{{"request":{{"method":"GET","url":"{url}"}},"response":{{"status":{status},"content":{{{content}}}}}}}"#
        )
    }

    #[test]
    fn pictures_sheets_and_fonts_are_taken_and_all_else_is_left() -> Result<(), Box<dyn std::error::Error>> {
        let entries = [
            entry("https://a.example/s.css", 200, r#""mimeType":"text/css","text":"a{content:\"\\n\"}""#),
            entry("https://a.example/p.png", 200, r#""mimeType":"image/png","text":"iVBORw==","encoding":"base64""#),
            entry("https://a.example/p2.png", 404, r#""mimeType":"image/png","text":"iVBORw==","encoding":"base64""#),
            entry("https://a.example/dropped.png", 200, r#""mimeType":"image/png","size":9"#),
            entry("https://a.example/", 200, r#""mimeType":"text/html","text":"<html>""#),
            entry("https://a.example/v.mp4", 200, r#""mimeType":"video/mp4","text":"AAAA","encoding":"base64""#),
            entry("data:image/png;base64,iVBORw==", 200, r#""mimeType":"image/png","text":"x""#),
        ];
        let assets = load_har(har(&entries.join(","))?.path(), &Limits::default())?;
        let urls: Vec<&str> = assets.iter().map(|(url, _)| url).collect();
        assert_eq!(urls, ["https://a.example/p.png", "https://a.example/s.css"]);
        assert_eq!(assets.get(urls[0]).map(|asset| asset.bytes.as_ref()), Some(b"\x89PNG".as_slice()));
        assert_eq!(assets.get(urls[1]).map(|asset| asset.bytes.as_ref()), Some(b"a{content:\"\\n\"}".as_slice()));
        Ok(())
    }

    #[test]
    fn a_file_that_is_no_har_says_where() -> Result<(), Box<dyn std::error::Error>> {
        let broken = load_har(har("{}")?.path(), &Limits::default());
        assert!(broken.as_ref().is_err_and(|error| error.to_string().contains("line 1")), "{broken:?}");
        let entry =
            entry("https://a.example/p.png", 200, r#""mimeType":"image/png","text":"****","encoding":"base64""#);
        let broken = load_har(har(&entry)?.path(), &Limits::default());
        assert!(
            broken.as_ref().is_err_and(|error| error.to_string().contains("https://a.example/p.png")),
            "{broken:?}"
        );
        Ok(())
    }
}
