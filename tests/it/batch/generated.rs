//! Recordings made up: some short, some long, some broken, always the same ones.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::program::recording::{Nodes, START, attributes, event, gzip, json_of, meta, snapshot};

/// A recording that was written.
#[derive(Debug, Clone)]
pub(super) struct Made {
    /// The file's name.
    pub(super) name: String,
    /// The code with which it has to fail.
    pub(super) fails: Option<&'static str>,
    /// Length of the session, ms.
    pub(super) length_ms: i64,
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// Writes `count` recordings of 1 s up to `longest_s`, most of them short; every twelfth or so is broken in one of five ways.
pub(super) fn write(folder: &Path, count: u64, longest_s: u64) -> Vec<Made> {
    let mut dice = Dice(count);
    (0..count).map(|number| one(folder, number, longest_s, &mut dice)).collect()
}

fn one(folder: &Path, number: u64, longest_s: u64, dice: &mut Dice) -> Made {
    // As many between 1 and 2 s as between 2 and 4: real archives are like that.
    let share = dice.roll(10_000) as f64 / 10_000.0;
    let length_ms = (1000.0 * (longest_s as f64).powf(share)) as i64;
    let events = session(number, length_ms, dice);
    // The last burst may go on beyond it.
    let last = events.iter().filter_map(|event| event["timestamp"].as_i64()).max().unwrap();
    let length_ms = last - START;
    let whole = gzip(&json_of(&events));
    let (fails, bytes): (_, Vec<u8>) = match number % 60 {
        5 => (Some("recording"), b"{\"this is\": \"something else\"}".to_vec()),
        17 => (Some("recording"), Vec::new()),
        // Cut off so early that there is nothing to repair.
        29 => (Some("recording"), whole[..15].to_vec()),
        41 => (Some("recording"), gzip(&json_of(&events[2..]))),
        53 => (Some("recording"), b"[1, 2, {\"type\": ".to_vec()),
        _ => (None, whole),
    };
    let name = format!("{number:04}.json.gz");
    let below = folder.join(format!("{:02}", number % 7));
    fs::create_dir_all(&below).unwrap();
    fs::write(below.join(&name), bytes).unwrap();
    Made { name, fails, length_ms }
}

/// A page with a list that is worked on: bursts of change, rests between.
fn session(number: u64, length_ms: i64, dice: &mut Dice) -> Vec<Json> {
    const ROWS: u64 = 12;
    let mut nodes = Nodes::default();
    let css = "body{margin:0;font:14px sans-serif;background:#f4f5f7}h1{margin:0;padding:12px;background:#234;color:#fff}\
               p{margin:6px;padding:6px;background:#fff;border-left:8px solid #ccc}p[data-s=b]{border-color:#c33}p[data-s=c]{border-color:#3a3}";
    let style = nodes.css(css);
    let style = nodes.element("style", json!({}), vec![style]);
    let title = nodes.text(&format!("Session {number}"));
    let mut body = vec![nodes.element("h1", json!({}), vec![title])];
    let mut rows = Vec::new();
    for row in 0..ROWS {
        let text = nodes.text(&format!("Row {row} of session {number}"));
        let row = nodes.element("p", json!({"data-s": "a"}), vec![text]);
        rows.push(row["id"].as_i64().unwrap());
        body.push(row);
    }
    let document = nodes.document(vec![style], json!({}), body);
    let mut events = vec![meta(0, 640, 360), snapshot(10, &document)];
    let mut at = 100;
    while at < length_ms {
        for _ in 0..4 + dice.roll(12) {
            let row = rows[dice.roll(ROWS) as usize];
            let state = ["a", "b", "c"][dice.roll(3) as usize];
            events.push(attributes(at, row, json!({"data-s": state})));
            let (x, y) = (dice.roll(640), dice.roll(360));
            events.push(event(
                3,
                at + 10,
                json!({"source": 1, "positions": [{"x": x, "y": y, "id": row, "timeOffset": 0}]}),
            ));
            at += 40 + dice.roll(160) as i64;
        }
        at += dice.roll(6000) as i64;
    }
    if number % 10 == 3 {
        let payload = json!({"level": "error", "trace": [], "payload": [format!("\"boom {number}\"")]});
        events.push(event(6, length_ms / 2, json!({"plugin": "rrweb/console@1", "payload": payload})));
    }
    events.push(event(3, length_ms, json!({"source": 3, "id": 1, "x": 0, "y": 0})));
    events.sort_by_key(|event| event["timestamp"].as_i64());
    events
}
