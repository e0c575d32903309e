//! What may stand around compressed data without being a compression: a form field, a body that names its own
//! compression, and the header line of a Sentry segment.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use super::super::json;
use super::detect::begins_like_json;

/// Padding is often lost on the way through forms.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Before a body's `data` stand short values only.
const LONGEST_HEAD: usize = 512;

/// A Sentry segment's header is a line like `{"segment_id":12}`; longer ones are none.
const LONGEST_HEADER: usize = 200;

/// gzip's first three bytes in base64.
const GZIP_IN_BASE64: &[u8] = b"H4sI";

/// The bytes inside base64, if `bytes` carry them so: bare base64 of gzip (PostHog's first long-term storage), or a request
/// body, `data=…` (a form, as PostHog's recorder sends with `compression=base64`) or `{"compression": …, "data": "…"}`.
pub(super) fn base64_body(bytes: &[u8]) -> Option<Vec<u8>> {
    let text: Cow<'_, [u8]> = if let Some(form) = bytes.strip_prefix(b"data=") {
        unescaped(form.split(|byte| *byte == b'&').next().unwrap_or_default()).into()
    } else if bytes.starts_with(GZIP_IN_BASE64) {
        bytes.into()
    } else {
        data_string(bytes)?.into_bytes().into()
    };
    let inner = BASE64.decode(text.trim_ascii()).ok()?;
    Some(inner).filter(|inner| super::detect::detect(inner).is_some() || begins_like_json(inner))
}

/// The string `data` of an object, if only short values stand before it: a large object is not walked for nothing.
fn data_string(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.trim_ascii_start();
    // Looked for before anything is walked: nearly everything that begins so is a recording of many megabytes.
    let head = &bytes[..bytes.len().min(LONGEST_HEAD)];
    let place = memchr::memmem::find(head, b"\"data\"").filter(|_| bytes.starts_with(b"{"))?;
    let value = head[place + 6..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let text = value.starts_with(b"\"").then(|| std::str::from_utf8(bytes).ok())??;
    let mut cursor = json::Cursor::new(text);
    cursor.enter(b'{').ok()?;
    let mut first = true;
    while cursor.next(b'}', &mut first).ok()? {
        let key = cursor.key().ok()?;
        match (&*key, cursor.peek()?) {
            // An event's data may be a string too.
            ("type" | "timestamp", _) | (_, b'[' | b'{') => return None,
            ("data", b'"') => return cursor.value().ok().and_then(json::string),
            _ => drop(cursor.value().ok()?),
        }
    }
    None
}

/// Form encoding: `%2B` and the like; a bare `+` is left, because senders that do not escape mean the letter of base64.
fn unescaped(form: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(form.len());
    let mut at = 0;
    while let Some(byte) = form.get(at) {
        let escaped = digit(form.get(at + 1)).zip(digit(form.get(at + 2))).filter(|_| *byte == b'%');
        out.push(escaped.map_or(*byte, |(high, low)| (high * 16 + low) as u8));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    out
}

/// What follows the header line of a Sentry replay segment, if it is compressed: the whole is then neither JSON nor a stream.
pub(super) fn compressed_segment(bytes: &Bytes) -> Option<Bytes> {
    let head = &bytes[..bytes.len().min(LONGEST_HEADER)];
    let end = head.iter().position(|byte| *byte == b'\n')?;
    let header = std::str::from_utf8(&head[..end]).ok()?;
    let [segment] = json::members(header, ["segment_id"]);
    segment?;
    let rest = bytes.slice(end + 1..);
    super::detect::detect(&rest).map(|_| rest)
}
