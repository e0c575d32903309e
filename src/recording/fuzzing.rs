//! Ways into the readers one by one, for the targets in `fuzz/`. Only built with `--cfg fuzzing`, as cargo-fuzz does.
#![allow(missing_docs)]

use bytes::Bytes;

use super::json::{self, Cursor};
use super::shape::harvest;
use super::unpack::{Budget, unpack, unpack_layer};
use super::{Compression, Limits};

/// Takes all layers off; returns the length of what is left.
pub fn unpack_layers(bytes: &[u8], limits: &Limits) -> Option<usize> {
    unpack(Bytes::copy_from_slice(bytes), &mut Budget::new(limits)).ok().map(|unpacked| unpacked.bytes.len())
}

/// Unpacks `bytes` as this compression, as if it had been detected.
pub fn unpack_as(compression: Compression, bytes: &[u8], limits: &Limits) -> Option<usize> {
    unpack_layer(bytes, compression, &mut Budget::new(limits)).0.ok().map(|out| out.len())
}

/// Walks text every way that it is walked; panics if two ways disagree.
pub fn walk(text: &str, limits: &Limits) {
    let mut cursor = Cursor::new(text);
    if let Ok(value) = cursor.value() {
        assert!(json::is_one_value(value));
        assert!(serde_json::from_str::<&serde_json::value::RawValue>(value).is_ok());
        let _ = json::string(value);
        let _ = json::number(value);
        let _ = json::with_member(value, "timestamp", "1");
    }
    let _ = json::members(text, ["type", "data"]);
    let _ = json::each_element(text, |_| {});
    let (found, _) = harvest(text, limits.events as usize);
    assert!(found.items.len() <= limits.events as usize);
}
