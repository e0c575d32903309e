//! The readers in `examples/readers`, which show how little it takes.

use std::process::{Command, Output};

use replayreel::assets::{Asset, Assets};
use replayreel::package::{Opened, write};

use super::*;
use crate::kit::in_repository;

const READERS: [(&str, &str); 2] = [("python3", "read_package.py"), ("node", "read_package.mjs")];

fn read(program: &str, script: &str, package: &str) -> Output {
    let script = in_repository("examples/readers").join(script);
    let output = Command::new(program).arg(script).arg(package).output();
    output.unwrap_or_else(|error| panic!("{program}: {error}; `scripts/setup readers` installs it"))
}

/// A package with a resource that two URLs share.
fn package(room: &Room, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut assets = Assets::default();
    for url in ["https://shop.example/a.css", "https://shop.example/ö?b"] {
        assets.insert(url, Asset { content_type: "text/css".to_owned(), bytes: "p {}".into() });
    }
    let opened = Opened { assets, ..open_file(&room.file("two.json", two_windows())) };
    let mut out = std::io::Cursor::new(Vec::new());
    write(&opened, &mut out).unwrap();
    let mut bytes = out.into_inner();
    change(&mut bytes);
    room.file("a.replay.zip", bytes)
}

#[test]
fn the_readers_in_the_examples_read_what_is_packed() {
    let room = Room::new();
    let package = package(&room, |_| ());
    let start = crate::program::recording::START;
    let expected = json!({
        "format_version": "1.0",
        "session": "0199-s",
        "windows": {
            "w-1": {"events": 3, "first": start, "last": start + 500},
            "w-2": {"events": 3, "first": start + 130, "last": start + 1030},
        },
        "assets": {
            "https://shop.example/a.css": {"content_type": "text/css", "bytes": 4},
            "https://shop.example/ö?b": {"content_type": "text/css", "bytes": 4},
        },
    });
    for (program, script) in READERS {
        let output = read(program, script, &package);
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), expected, "{program}");
    }
}

#[test]
fn the_readers_in_the_examples_read_large_recordings_too() {
    let room = Room::new();
    let package = packed(&room, "dashboard", &fs::read(fixture("dashboard")).unwrap());
    let events = open_file(&package).recording.windows[0].events.len();
    for (program, script) in READERS {
        let output = read(program, script, &package);
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(summary["windows"]["main"]["events"], events, "{program}");
    }
}

#[test]
fn the_readers_in_the_examples_refuse_damage_by_name() {
    let room = Room::new();
    // The stored checksum of the content, in the directory and in front of the data, is not what every library looks at: the data is.
    let package = package(&room, |bytes| bytes[30 + "events.jsonl".len() + 200] ^= 0xff);
    for (program, script) in READERS {
        let output = read(program, script, &package);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{program}: {told}");
        assert!(told.contains("a.replay.zip: ") && !told.contains("Traceback"), "{program}: {told}");
    }
}
