//! Recordings are made up here, as small as shows the point.

mod cleaned;
mod compressed;
mod compressions;
mod damaged;
mod giants;
mod model;
mod parts;
mod shapes;
mod told;

use serde_json::{Value, json};

use super::{Limits, Recording, RecordingError, RepairKind, open};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A made-up clock's start, ms since 1970-01-01 UTC.
const T0: u64 = 1_700_000_000_000;

fn meta(at: u64) -> Value {
    json!({"type": 4, "data": {"href": "https://example.org/", "width": 800, "height": 600}, "timestamp": T0 + at})
}

fn full(at: u64) -> Value {
    json!({"type": 2, "data": {"node": {"type": 0, "childNodes": [], "id": 1}, "initialOffset": {"top": 0, "left": 0}}, "timestamp": T0 + at})
}

fn increment(at: u64, data: impl Into<Value>) -> Value {
    let data: Value = data.into();
    json!({"type": 3, "data": data, "timestamp": T0 + at})
}

fn scroll(at: u64) -> Value {
    increment(at, json!({"source": 3, "id": 1, "x": 0, "y": at}))
}

/// The event with a member set.
fn with(mut event: Value, name: &str, value: impl Into<Value>) -> Value {
    event[name] = value.into();
    event
}

fn read(text: impl Into<String>) -> Result<Recording, RecordingError> {
    open(text.into(), &Limits::default())
}

fn read_events(events: &[Value]) -> Result<Recording, RecordingError> {
    read(json!(events).to_string())
}

fn times(recording: &Recording) -> Vec<Vec<f64>> {
    recording.windows.iter().map(|window| window.events.iter().map(|event| event.at.millis()).collect()).collect()
}

fn repairs(recording: &Recording) -> Vec<(RepairKind, u64, Option<u32>)> {
    recording.repairs.iter().map(|repair| (repair.kind.clone(), repair.count, repair.first_event)).collect()
}
