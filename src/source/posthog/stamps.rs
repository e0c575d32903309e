//! When the events of an answer happened: enough to see whether all blocks came.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::listing::Block;

/// The times of all events, Unix ms, sorted.
pub(super) struct Stamps {
    sorted: Vec<f64>,
}

#[derive(Deserialize)]
struct Event {
    timestamp: f64,
}

#[derive(Deserialize)]
struct Batch {
    data: Vec<Event>,
}

impl Stamps {
    /// Of lines `["window", event]` and `{"window_id": …, "data": [event, …]}`. Other lines have none.
    pub(super) fn of(lines: &[u8]) -> Self {
        let mut sorted = Vec::new();
        for line in lines.split(|byte| *byte == b'\n') {
            match line.first() {
                Some(b'[') => {
                    sorted
                        .extend(serde_json::from_slice::<(IgnoredAny, Event)>(line).map(|(_, event)| event.timestamp));
                }
                Some(b'{') => {
                    let batch = serde_json::from_slice::<Batch>(line).map(|batch| batch.data).unwrap_or_default();
                    sorted.extend(batch.iter().map(|event| event.timestamp));
                }
                _ => {}
            }
        }
        sorted.sort_by(f64::total_cmp);
        Self { sorted }
    }

    pub(super) fn span(&self) -> Option<(f64, f64)> {
        Some((*self.sorted.first()?, *self.sorted.last()?))
    }

    /// Whether a block is in here: an event of it is at its beginning or at its end, to the millisecond. An event somewhere between says
    /// nothing, because blocks of several windows overlap.
    pub(super) fn have(&self, block: &Block) -> bool {
        let known: Vec<f64> = [block.start_ms, block.end_ms].into_iter().flatten().collect();
        if known.is_empty() {
            return !self.sorted.is_empty();
        }
        known.iter().any(|moment| {
            let at = self.sorted.partition_point(|stamp| *stamp < moment - 1.0);
            self.sorted.get(at).is_some_and(|stamp| *stamp <= moment + 1.0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(start_ms: f64, end_ms: f64) -> Block {
        Block { key: String::new(), start_ms: Some(start_ms), end_ms: Some(end_ms) }
    }

    #[test]
    fn a_block_is_seen_by_its_ends_and_not_by_what_lies_between() {
        let stamps = Stamps::of(b"[\"w\",{\"type\":3,\"timestamp\":1000,\"data\":{}}]\n\n[\"w\",{\"timestamp\":5000.0}]\nno line\n{\"window_id\":\"w\",\"data\":[{\"timestamp\":7000}]}");
        assert_eq!(stamps.span(), Some((1000.0, 7000.0)));
        assert!(stamps.have(&block(1000.4, 2000.0)));
        assert!(stamps.have(&block(6000.0, 7000.0)));
        assert!(!stamps.have(&block(4000.0, 6000.0)));
        assert!(!stamps.have(&block(8000.0, 9000.0)));
    }

    #[test]
    fn a_block_without_times_is_taken_to_be_in_what_came() {
        let unknown = Block { key: String::new(), start_ms: None, end_ms: None };
        assert!(Stamps::of(b"[\"w\",{\"timestamp\":1}]").have(&unknown));
        assert!(!Stamps::of(b"").have(&unknown));
    }
}
