//! What readers do with packages of versions that came after them.

use super::*;
use crate::package::verify;

/// A package as version 1.7 might have it: members and a kind of entry that 1.0 does not know.
fn of_newer_minor() -> Vec<u8> {
    let changed = with_files(|files| {
        let thumbnail = b"a picture".to_vec();
        let sha256 = crate::destination::hexadecimal(&<sha2::Sha256 as sha2::Digest>::digest(&thumbnail));
        let manifest = files.iter_mut().find(|(path, _)| path == Manifest::PATH).unwrap();
        let mut json: Value = serde_json::from_slice(&manifest.1).unwrap();
        json["format_version"] = json!("1.7");
        json["weather"] = json!({"sunny": true});
        json["session"]["mood"] = json!("good");
        let listed = json!({"path": "thumbnails/1.png", "kind": "thumbnail", "bytes": 9, "sha256": sha256, "width": 3});
        json["entries"].as_array_mut().unwrap().push(listed);
        manifest.1 = json.to_string().into_bytes();
        files.push(("thumbnails/1.png".to_owned(), thumbnail));
    });
    assert_ne!(changed, package());
    changed
}

#[test]
fn a_newer_minor_version_is_read_and_what_is_unknown_of_it_ignored() {
    let opened = opened("a.replay.zip", of_newer_minor()).unwrap();
    assert_eq!(events(&opened), events(&source()));
    assert_eq!(opened.assets, assets());
    assert_eq!(opened.manifest.unwrap().format_version, "1.7");
}

#[test]
fn entries_of_an_unknown_kind_are_verified_like_all_others() {
    let verdict = verify(&part("a", of_newer_minor()), &Limits::tight()).unwrap();
    assert_eq!((verdict.entries, verdict.findings.len()), (4, 0));
}

#[test]
fn a_newer_major_version_is_refused_with_what_to_do() {
    for version in ["2.0", "10.3"] {
        // Its other members may mean anything.
        let newer = with_manifest(|manifest| {
            *manifest = json!({"format": "replay-package", "format_version": version, "entries": "elsewhere"});
        });
        assert_refused(newer, &[&format!("package format {version}"), "reads 1.x", "use a newer replayreel"]);
    }
}

#[test]
fn entries_that_nobody_listed_are_ignored_when_reading() {
    let more = with_files(|files| files.push(("notes.txt".to_owned(), b"surplus".to_vec())));
    assert_eq!(events(&opened("a.replay.zip", more).unwrap()), events(&source()));
}
