use super::*;
use crate::package::{State, Verdict, verify};

fn verdict(package: Vec<u8>) -> Verdict {
    verify(&part("a.replay.zip", package), &Limits::tight()).unwrap()
}

fn states(verdict: &Verdict) -> Vec<(&str, State)> {
    verdict.findings.iter().map(|finding| (finding.entry.as_str(), finding.state)).collect()
}

#[test]
fn an_intact_package_is_intact() {
    let verdict = verdict(package());
    assert_eq!(states(&verdict), []);
    assert_eq!((verdict.entries, verdict.format_version.as_str()), (3, "1.0"));
}

#[test]
fn every_entry_that_is_damaged_missing_or_surplus_is_named_at_once() {
    let mut names = (String::new(), String::new());
    let broken = with_files(|files| {
        let mut assets = files.iter().map(|(path, _)| path.clone()).filter(|path| path.starts_with("assets/"));
        names = (assets.next().unwrap(), assets.next().unwrap());
        files.retain(|(path, _)| *path != names.0);
        for (path, content) in files.iter_mut() {
            if *path == names.1 || path == "events.jsonl" {
                content[0] ^= 1;
            }
        }
        files.push(("notes.txt".to_owned(), b"surplus".to_vec()));
    });
    let verdict = verdict(broken);
    assert_eq!(
        states(&verdict),
        [
            ("events.jsonl", State::Damaged),
            (names.0.as_str(), State::Missing),
            (names.1.as_str(), State::Damaged),
            ("notes.txt", State::Surplus),
        ]
    );
    assert!(verdict.findings[0].message.contains("SHA-256"), "{verdict:?}");
}

#[test]
fn damage_of_the_compressed_bytes_is_named_too() {
    let files = files(&package());
    let mut entries: Vec<Raw> = files.iter().map(|(path, content)| Raw::deflated(path, content)).collect();
    let events = entries.iter_mut().find(|entry| entry.name == b"events.jsonl").unwrap();
    // The first block's type becomes the one that does not exist.
    events.data[0] |= 0b110;
    let verdict = verdict(zip_of(&entries));
    assert_eq!(states(&verdict), [("events.jsonl", State::Damaged)]);
}

#[test]
fn an_entry_that_must_not_be_touched_is_named_and_the_others_are_still_examined() {
    let files = files(&package());
    let mut entries: Vec<Raw> = files.iter().map(|(path, content)| Raw::deflated(path, content)).collect();
    entries.push(Raw::stored("../evil", "x"));
    for entry in entries.iter_mut().filter(|entry| entry.name == b"events.jsonl") {
        entry.flags = 1;
    }
    assert_eq!(states(&verdict(zip_of(&entries))), [("events.jsonl", State::Damaged), ("../evil", State::Damaged)]);
}

#[test]
fn a_package_with_right_checksums_and_no_recording_is_not_intact() {
    let hollow = with_files(|files| {
        let events = files.iter_mut().find(|(path, _)| path == "events.jsonl").unwrap();
        events.1 = b"[\"first\",{\"type\":0,\"data\":{},\"timestamp\":1}]\n".to_vec();
        let sha256 = crate::destination::hexadecimal(&<sha2::Sha256 as sha2::Digest>::digest(&events.1));
        let bytes = events.1.len();
        let manifest = files.iter_mut().find(|(path, _)| path == Manifest::PATH).unwrap();
        let mut json: Value = serde_json::from_slice(&manifest.1).unwrap();
        let listed =
            json["entries"].as_array_mut().unwrap().iter_mut().find(|entry| entry["kind"] == "events").unwrap();
        (listed["sha256"], listed["bytes"]) = (json!(sha256), json!(bytes));
        manifest.1 = json.to_string().into_bytes();
    });
    let verdict = verdict(hollow);
    assert_eq!(states(&verdict), [("events.jsonl", State::Damaged)]);
    assert!(verdict.findings[0].message.contains("full snapshot"), "{verdict:?}");
}

#[test]
fn what_is_no_package_is_not_verified() {
    for (bytes, reason) in [
        (recording().to_string().into_bytes(), "it is no ZIP"),
        (zip_of(&[Raw::stored("a.json", "[]")]), "no manifest.json"),
    ] {
        let error = verify(&part("a", bytes), &Limits::tight()).unwrap_err().to_string();
        assert!(error.contains("not a replay package") && error.contains(reason), "{error}");
    }
}
