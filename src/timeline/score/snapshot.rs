//! What the score has to know of a full snapshot.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::recording::Event;

/// Whether a full snapshot holds a document. (Those of phones have one by now, see `recording::mobile`.)
pub(super) fn has_document(event: &Event) -> bool {
    #[derive(Deserialize)]
    struct Snapshot {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        node: Option<IgnoredAny>,
    }
    serde_json::from_slice::<Snapshot>(&event.json).is_ok_and(|snapshot| snapshot.data.node.is_some())
}

pub(super) fn has_same_data(a: &Event, b: &Event) -> bool {
    #[derive(Deserialize)]
    struct Data<'a> {
        #[serde(borrow)]
        data: &'a RawValue,
    }
    // Sizes differ by the digits of a time stamp at most.
    if a.json.len().abs_diff(b.json.len()) > 16 {
        return false;
    }
    let data =
        |event: &'_ Event| serde_json::from_slice::<Data<'_>>(&event.json).map(|event| event.data.get().to_owned());
    matches!((data(a), data(b)), (Ok(a), Ok(b)) if a == b)
}

/// Which node ids an event names.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NodeIds {
    count: u64,
    pub(super) highest: u64,
}

impl NodeIds {
    /// Every `"id":` with a number behind it: those of nodes. (Attributes called `id` are strings, and quotes in text are escaped.)
    pub(super) fn of(event: &Event) -> Self {
        const KEY: &[u8] = b"\"id\":";
        let json = &event.json[..];
        let mut ids = Self::default();
        let mut at = 0;
        while let Some(found) = json.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == b'"')) {
            at += found;
            if !json[at..].starts_with(KEY) {
                at += 1;
                continue;
            }
            at += KEY.len();
            let number = json[at..].trim_ascii_start().iter().take_while(|byte| byte.is_ascii_digit());
            let id = number.fold(None, |id: Option<u64>, digit| {
                Some(id.unwrap_or(0).saturating_mul(10).saturating_add(u64::from(digit - b'0')))
            });
            if let Some(id) = id {
                ids.count += 1;
                ids.highest = ids.highest.max(id);
            }
        }
        ids
    }

    /// rrweb numbers the nodes of a document from 1 in their order, and nodes that come later go on counting; a later snapshot
    /// of the same document has the same numbers (`rrweb-snapshot`, `getId`). So one without gaps is of a new document, unless
    /// nothing was added to the old one.
    pub(super) fn starts_a_document(self, highest_before: u64) -> bool {
        self.highest == self.count && self.highest != highest_before
    }
}
