//! Rules as people write them (TOML), applied to a recording: the rules before a line of dashes, the recording behind it, or a fixed one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use replayreel::package::{self, Limits};
use replayreel::redact::{Rules, read_rules, redact};
use replayreel_fuzz::limits;

/// Names, addresses and numbers in texts, attributes, fields, addresses, console and network.
const RECORDING: &str = include_str!("../recordings/secrets.json");
const SPLIT: &str = "\n-----\n";

fuzz_target!(|text: &str| {
    let (rules, recording) = text.split_once(SPLIT).unwrap_or((text, RECORDING));
    // As of a caller of the service, who may name no files.
    let Ok((set, key)) = read_rules(rules, "rules.toml", None, Some("fuzz")) else { return };
    let tight = Limits { total_bytes: 2 << 20, entry_bytes: 1 << 20, recording: limits(), ..Limits::tight() };
    let Ok(mut opened) = package::open_bytes(recording.as_bytes(), &tight) else { return };
    let shape = |opened: &package::Opened| -> Vec<Vec<_>> {
        let windows = opened.recording.windows.iter();
        windows.map(|window| window.events.iter().map(|event| (event.index, event.at)).collect()).collect()
    };
    let before = shape(&opened);
    redact(&mut opened, &Rules { sets: vec![set], key });
    assert_eq!(before, shape(&opened), "events went, came or moved");
    for event in opened.recording.windows.iter().flat_map(|window| &window.events) {
        let json = serde_json::from_slice::<serde_json::Value>(&event.json);
        assert!(json.is_ok_and(|json| json.is_object()), "event {} is no JSON object any more", event.index);
    }
});
