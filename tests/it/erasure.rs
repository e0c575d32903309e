//! Erasing everything about one recording or one person: as a command, over HTTP, and down to the bytes of the ledger's file.

mod browser;
mod service;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value as Json, json};

use crate::kit::{Workshop, fixture, program};

pub(crate) const ADA: &str = "ada.lovelace@example.com";

/// A fixture as PostHog exports it, of this person.
pub(crate) fn export(name: &str, person: &str, session: &str) -> Vec<u8> {
    let mut text = String::new();
    let file = std::fs::File::open(fixture(name)).unwrap();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(file), &mut text).unwrap();
    let events: Json = serde_json::from_str(&text).unwrap();
    let person = json!({"distinct_ids": ["device-1", person], "properties": {}});
    json!({"version": "2023-04-28", "data": {"id": session, "person": person, "snapshots": events}})
        .to_string()
        .into_bytes()
}

/// Every file below a folder, with its content; links as what they are.
pub(crate) fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => found.extend(tree(&path)),
            kind if kind.is_symlink() => drop(found.insert(path, b"link".to_vec())),
            _ => drop(found.insert(path.clone(), std::fs::read(&path).unwrap())),
        }
    }
    found
}

pub(crate) fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// `replayreel erase ARGUMENTS`, with nothing of the machine's own to look at.
pub(crate) fn erase(shop: &Workshop, arguments: &[&str]) -> Output {
    let mut command = program();
    command.env("XDG_CACHE_HOME", shop.path("cache")).current_dir(shop.path("")).arg("erase").args(arguments);
    command.output().unwrap()
}

pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut out, bytes).unwrap();
    out.finish().unwrap()
}

fn pack(from: &Path, to: &Path) {
    let packed = program().arg("pack").arg(from).arg("-o").arg(to).output().unwrap();
    assert!(packed.status.success(), "{}", said(&packed));
}

/// An archive as people have it: of two persons, packed and not, with much else in it.
fn archive(shop: &Workshop) -> PathBuf {
    let archive = shop.path("archive");
    std::fs::create_dir_all(archive.join("2026/deep")).unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(archive.join(name), bytes).unwrap();
    let (hers, his) = (export("form", ADA, "s-ada"), export("form", "bob", "s-bob"));
    put("ada.json", &hers);
    put("2026/deep/ada.json.gz", &gzip(&export("scroll", ADA, "s-ada-2")));
    put("bob.json", &his);
    pack(&archive.join("ada.json"), &archive.join("2026/one.replay.zip"));
    pack(&archive.join("bob.json"), &archive.join("2026/two.replay.zip"));
    // A block of a session that has no page of its own: it cannot be shown, but says whose it is.
    let part = json!({"distinct_id": ADA, "properties": {"$session_id": "s-ada", "$snapshot_data": [{"type": 3, "data": {"source": 3, "id": 1, "x": 0, "y": 9}, "timestamp": 5}]}});
    put("2026/part.jsonl", format!("{part}\n{part}\n").as_bytes());
    put("notes.txt", format!("call {ADA}").as_bytes());
    put("report.json", br#"{"recorded_ms": 1}"#);
    put("video.mp4", b"\0\0\0\x20ftypisom");
    put("cut.json.gz", &gzip(&hers)[..200]);
    std::os::unix::fs::symlink("/etc/hostname", archive.join("link")).unwrap();
    archive
}

#[test]
fn every_recording_of_a_person_below_a_folder_goes_and_nothing_else() {
    let shop = Workshop::new();
    let archive = archive(&shop);
    let before = tree(&archive);
    let place = archive.display().to_string();

    let dry = erase(&shop, &["--person", ADA, "--packages", &place, "--dry-run", "--receipt", "-"]);
    assert!(dry.status.success(), "{}", said(&dry));
    assert_eq!(tree(&archive), before, "a dry run deletes nothing");

    let done = erase(&shop, &["--person", ADA, "--packages", &place, "--receipt", "-"]);
    assert!(done.status.success(), "{}", said(&done));
    let receipt: Json = serde_json::from_slice(&done.stdout).unwrap();
    let told: Json = serde_json::from_slice(&dry.stdout).unwrap();
    assert_eq!(told["deleted"], receipt["deleted"]);
    let paths = |list: &Json, member: &str| -> Vec<String> {
        let paths = list.as_array().unwrap().iter().map(|one| one[member].as_str().unwrap());
        let mut paths: Vec<String> = paths.map(|path| path.replace(&format!("{place}/"), "")).collect();
        paths.sort();
        paths
    };
    let gone = ["2026/deep/ada.json.gz", "2026/one.replay.zip", "2026/part.jsonl", "ada.json"];
    assert_eq!(paths(&receipt["deleted"]["packages"], "path"), gone);
    assert_eq!(paths(&receipt["not_looked_into"], "what"), ["cut.json.gz", "link"]);
    // Notes, report, video.
    assert_eq!(receipt["other_files"], 3);
    assert_eq!((&receipt["complete"], &receipt["subject"]["value"]), (&json!(true), &json!(ADA)));
    let mut expected = before;
    for name in gone {
        let bytes = expected.remove(&archive.join(name)).unwrap();
        let entry = receipt["deleted"]["packages"].as_array().unwrap().iter();
        let entry = entry.into_iter().find(|entry| entry["path"].as_str().unwrap().ends_with(name)).unwrap();
        assert_eq!(entry["bytes"], bytes.len());
    }
    assert_eq!(tree(&archive), expected);

    let again = erase(&shop, &["--person", ADA, "--packages", &place, "--receipt", "receipt.json"]);
    assert!(again.status.success() && said(&again).contains(&format!("nothing about person {ADA} was found")));
    let kept = std::fs::read_to_string(shop.path("receipt.json")).unwrap();
    assert!(!kept.contains(ADA), "{kept}");
    assert_eq!(tree(&archive), expected);
}

#[test]
fn a_recording_goes_by_its_session_and_by_the_bytes_of_its_file() {
    let shop = Workshop::new();
    let archive = archive(&shop);
    let place = archive.display().to_string();
    let done = erase(&shop, &["--recording", "s-bob", "--packages", &place]);
    assert!(said(&done).contains("deleted: 2 recordings"), "{}", said(&done));
    assert!(!archive.join("bob.json").exists() && !archive.join("2026/two.replay.zip").exists());
    let sha256 = {
        use sha2::Digest as _;
        let digest = sha2::Sha256::digest(std::fs::read(archive.join("ada.json")).unwrap());
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let done = erase(&shop, &["--recording", &sha256, "--packages", &place]);
    assert!(said(&done).contains("deleted: 1 recording\n"), "{}", said(&done));
    assert!(!archive.join("ada.json").exists() && archive.join("2026/one.replay.zip").exists());
}

#[test]
fn unfinished_downloads_of_a_person_go() {
    let shop = Workshop::new();
    let download = |name: &str, about: Option<Json>| {
        let folder = shop.path("cache/replayreel/posthog").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("0a.jsonl"), "[]").unwrap();
        about.inspect(|about| std::fs::write(folder.join("about.json"), about.to_string()).unwrap());
        folder
    };
    let hers = download("one", Some(json!({"id": "r1", "person": {"distinct_ids": [ADA]}})));
    let his = download("two", Some(json!({"id": "r2", "person": {"distinct_ids": ["bob"]}})));
    let older = download("three", None);
    std::fs::create_dir(shop.path("empty")).unwrap();
    let done = erase(&shop, &["--person", ADA, "--packages", "empty"]);
    assert!(
        said(&done).contains("deleted: 1 unfinished download") && said(&done).contains("older version"),
        "{}",
        said(&done)
    );
    assert!(!hers.exists() && his.exists() && older.exists());
    erase(&shop, &["--recording", "r2", "--packages", "empty"]);
    assert!(!his.exists());
}

#[test]
fn what_is_to_be_erased_has_to_be_said_and_something_has_to_be_looked_at() {
    let shop = Workshop::new();
    for (arguments, expected) in [
        (&["--packages", "."][..], "--recording"),
        (&["--person", "a", "--recording", "b"], "cannot be used with"),
        (&["--person", ""], "1 to 1000 bytes"),
        (&["--person", "a"], "nothing was looked at"),
        (&["--person", "a", "--packages", ".", "--receipt", "no/where.json"], "no/where.json"),
    ] {
        let refused = erase(&shop, arguments);
        assert!(matches!(refused.status.code(), Some(1 | 2)), "{arguments:?}: {}", said(&refused));
        assert!(said(&refused).contains(expected), "{arguments:?}: {}", said(&refused));
    }
    assert!(tree(&shop.path("")).is_empty(), "nothing is made");
    let missing = erase(&shop, &["--person", "a", "--packages", "nowhere"]);
    assert_eq!(missing.status.code(), Some(1), "{}", said(&missing));
    assert!(said(&missing).contains("nowhere"), "{}", said(&missing));
}
