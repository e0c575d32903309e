//! Events that recorders compress themselves: PostHog's `cv` fields and rrweb's packer.
//!
//! Both write compressed bytes as a JSON string with one character U+0000–U+00FF per byte (latin-1, not base64). PostHog:
//! posthog-js `lazy-loaded-session-recorder.ts`, `cv: "2024-10"`. rrweb: `packages/packer`, version `v1`.

use std::io::Read;

use flate2::read::{GzDecoder, ZlibDecoder};

use super::json;
use super::shape::EventText;
use super::unpack::{Budget, InflateError};

/// Why a compressed event is not usable.
#[derive(Debug, Clone)]
pub(super) enum FieldError {
    /// Damaged, or of an unknown kind: only this event is lost.
    Undecodable,
    /// Too large: reading stops, because a bomb is no accident.
    TooLarge { limit: &'static str, value: u64 },
    /// Packed by another version of rrweb's packer: reading stops, because all the others are as well.
    UnknownPacker { version: String },
}

/// What rrweb's packer writes into `v`.
const PACKER: &str = "v1";

/// An event with its compressed fields unpacked, and how many there were. `None` if there is nothing to unpack.
///
/// Goes by what the fields are, not by `cv` alone: exports keep `cv` on events whose data is unpacked already.
pub(super) fn unpack_fields(
    event: &EventText<'_>,
    budget: &mut Budget<'_>,
) -> Result<Option<(String, u64)>, FieldError> {
    let Some(data) = event.data else {
        return Ok(None);
    };
    let kind = event.kind.and_then(json::number);
    if data.starts_with('"') {
        // Only a full snapshot is compressed as a whole; custom data of type 5 and others may be a string by right.
        if kind != Some(2.0) {
            return Ok(None);
        }
        return Ok(Some((rebuilt(event, &inflate(data, budget)?), 1)));
    }
    if kind != Some(3.0) {
        return Ok(None);
    }
    let [source] = json::members(data, ["source"]);
    let packable: &[&str] = match source.and_then(json::number) {
        Some(0.0) => &["texts", "attributes", "removes", "adds"],
        Some(8.0) => &["adds", "removes"],
        _ => return Ok(None),
    };
    // Skimming a mutation once more is cheap, but not for nothing: `cv` says whether to look.
    if json::members(event.whole, ["cv"]) == [None] {
        return Ok(None);
    }
    let mut members = Vec::new();
    let _ = json::each_member(data, |key, value| {
        members.push((key.to_owned(), value));
        true
    });
    let mut unpacked = 0;
    let mut object = String::from("{");
    for (key, value) in members {
        if object.len() > 1 {
            object.push(',');
        }
        object.push_str(&serde_json::Value::from(key.as_str()).to_string());
        object.push(':');
        // The recorder leaves an empty or absent field as it is.
        if packable.contains(&key.as_str()) && value.starts_with('"') {
            object.push_str(&if value == "\"\"" { "[]".to_owned() } else { inflate(value, budget)? });
            unpacked += 1;
        } else {
            object.push_str(value);
        }
    }
    object.push('}');
    Ok((unpacked > 0).then(|| (rebuilt(event, &object), unpacked)))
}

/// The event that rrweb's packer made the string `text` from.
pub(super) fn unpack_event(text: &str, budget: &mut Budget<'_>) -> Result<String, FieldError> {
    let bytes = latin1(text).ok_or(FieldError::Undecodable)?;
    let event = inflated_json(ZlibDecoder::new(bytes.as_slice()), budget)?;
    match json::members(&event, ["v"]) {
        [Some(version)] if json::string(version).as_deref() != Some(PACKER) => {
            Err(FieldError::UnknownPacker { version: version.chars().take(20).collect() })
        }
        _ => Ok(event),
    }
}

/// The event with other data and without `cv`, which would now be a lie.
fn rebuilt(event: &EventText<'_>, data: &str) -> String {
    let mut object = format!("{{\"type\":{},\"data\":{data}", event.kind.unwrap_or("null"));
    for (name, value) in [("timestamp", event.timestamp), ("windowId", event.window)] {
        if let Some(value) = value {
            object.extend([",\"", name, "\":", value]);
        }
    }
    object.push('}');
    object
}

fn inflate(text: &str, budget: &mut Budget<'_>) -> Result<String, FieldError> {
    let bytes = latin1(text).ok_or(FieldError::Undecodable)?;
    inflated_json(GzDecoder::new(bytes.as_slice()), budget)
}

fn latin1(text: &str) -> Option<Vec<u8>> {
    let characters: String = serde_json::from_str(text).ok()?;
    characters.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

fn inflated_json(decoder: impl Read, budget: &mut Budget<'_>) -> Result<String, FieldError> {
    let bytes = budget.inflate_field(decoder).map_err(|error| match error {
        InflateError::TooLarge { limit, value } => FieldError::TooLarge { limit, value },
        InflateError::Cut(_) | InflateError::Corrupt(_) => FieldError::Undecodable,
    })?;
    let text = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    // It is pasted into the event.
    json::is_one_value(&text).then_some(text).ok_or(FieldError::Undecodable)
}
