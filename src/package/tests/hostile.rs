use super::*;
use crate::package::open_bytes;

fn good() -> Raw {
    Raw::deflated("recording.json", recording().to_string())
}

#[test]
fn paths_that_lead_out_are_refused_by_name() {
    for (path, reason) in [
        ("../evil.json", "`..`"),
        ("a/../../evil.json", "`..`"),
        ("./a.json", "`.`"),
        ("a//b.json", "empty step"),
        ("/etc/evil.json", "absolute"),
        ("C:/evil.json", "absolute"),
        ("..\\evil.json", "backslash"),
        ("evil\0.json", "control characters"),
        ("evil\u{1b}[2J.json", "control characters"),
        ("", "empty"),
    ] {
        assert_refused(zip_of(&[good(), Raw::stored(path, "[]")]), &["a.replay.zip", "path", reason]);
    }
    let long = "a".repeat(1025);
    assert_refused(zip_of(&[good(), Raw::stored(&long, "[]")]), &["longer than 1024"]);
    assert_refused(zip_of(&[good(), Raw::stored(b"\xff.json", "[]")]), &["not UTF-8"]);
}

#[test]
fn a_terminal_does_not_obey_a_name_in_a_message() {
    let error = opened("a.zip", zip_of(&[Raw::stored("\u{1b}[2J", "[]")])).unwrap_err().to_string();
    assert!(!error.contains('\u{1b}'), "{error:?}");
}

#[test]
fn two_entries_of_one_name_are_refused_in_any_case_of_letters() {
    assert_refused(zip_of(&[good(), good()]), &["recording.json", "another entry of this name"]);
    let shouted = Raw { name: b"RECORDING.json".to_vec(), local_name: b"RECORDING.json".to_vec(), ..good() };
    assert_refused(zip_of(&[good(), shouted]), &["another entry of this name"]);
}

#[test]
fn a_second_manifest_is_refused_wherever_it_stands() {
    let manifest = files(&package()).into_iter().find(|(path, _)| path == Manifest::PATH).unwrap();
    for place in [0, 1] {
        let twice = with_files(|files| files.insert(place * files.len(), manifest.clone()));
        assert_refused(twice, &["manifest.json", "another entry of this name"]);
    }
}

#[test]
fn links_and_encrypted_entries_are_refused() {
    assert_refused(zip_of(&[Raw { mode: 0o120_777, ..good() }]), &["recording.json", "symbolic link"]);
    assert_refused(zip_of(&[Raw { flags: 1, ..good() }]), &["recording.json", "encrypted", "password"]);
}

#[test]
fn a_compression_that_is_not_read_is_named() {
    assert_refused(zip_of(&[Raw { method: 12, ..good() }]), &["recording.json", "method 12", "deflate"]);
}

#[test]
fn a_bomb_is_stopped_by_its_ratio() {
    let bomb = Raw::deflated("recording.json", vec![b' '; 3 << 20]);
    assert!(bomb.data.len() < 10_000);
    assert_refused(zip_of(&[bomb]), &["recording.json", "200 times", "--max-package-ratio"]);
}

#[test]
fn a_bomb_is_stopped_by_the_size_of_an_entry_and_of_all_of_them() {
    let limits = Limits { ratio: 10_000, ..Limits::tight() };
    let refused = |entries: &[Raw]| {
        let parts = vec![part("a.zip", zip_of(entries))];
        open(parts, &limits).map(drop).unwrap_err().to_string()
    };
    let one = refused(&[Raw::deflated("a.json", vec![b' '; 5 << 20])]);
    assert!(one.contains("a.json") && one.contains("4194304 bytes (entry_bytes, --max-package-entry-bytes)"), "{one}");
    let many: Vec<Raw> = (0..3).map(|number| Raw::deflated(format!("{number}.json"), vec![b' '; 3 << 20])).collect();
    let all = refused(&many);
    assert!(all.contains("2.json") && all.contains("8388608 bytes (total_bytes, --max-package-bytes)"), "{all}");
}

#[test]
fn entries_that_share_their_data_are_refused() {
    let shared = Raw { shares: Some(0), ..good() };
    assert_refused(zip_of(&[good(), shared]), &["another entry of this name"]);
    // Each header in the data of the one before: the bomb of 2019 (David Fifield), in small.
    let inner = Raw::stored("inner.json", "[]");
    let whole = zip_of(std::slice::from_ref(&inner));
    let local = 30 + inner.name.len() + inner.data.len();
    let outer = Raw::stored("outer.json", &whole[..local]);
    let mut quoted = zip_of(&[outer.clone(), inner]);
    let start = quoted.len() - 22 - 2 * (46 + "inner.json".len());
    let offset = start + 46 + "outer.json".len() + 42;
    quoted[offset..offset + 4].copy_from_slice(&(30 + outer.name.len() as u32).to_le_bytes());
    assert_refused(quoted, &["inner.json", "overlaps the entry `outer.json`"]);
}

#[test]
fn more_entries_than_allowed_are_refused_before_they_are_listed() {
    let many: Vec<Raw> = (0..65).map(|number| Raw::stored(format!("{number}.json"), "[]")).collect();
    assert_refused(zip_of(&many), &["65 entries", "limit of 64 (entries, --max-package-entries)"]);
    let mut lie = zip_of(&[good()]);
    let end = lie.len() - 22;
    lie[end + 8..end + 12].copy_from_slice(&[60, 0, 60, 0]);
    assert_refused(lie, &["cannot hold 60 entries"]);
}

#[test]
fn sizes_that_lie_are_found_out_on_the_bytes() {
    let truth = good().size;
    for lie in [0, truth - 1, truth + 1] {
        assert_refused(
            zip_of(&[Raw { size: lie, local_size: lie, ..good() }]),
            &["recording.json", &format!("{truth} bytes and not {lie}")],
        );
    }
    assert_refused(zip_of(&[Raw { local_size: 1, ..good() }]), &["its own header", "other sizes"]);
    assert_refused(zip_of(&[Raw { crc: 1, ..good() }]), &["recording.json", "CRC-32", "not 00000001"]);
}

#[test]
fn an_entry_that_calls_itself_something_else_is_refused() {
    let masked = Raw { local_name: b"innocent.jsonx".to_vec(), ..good() };
    assert_refused(zip_of(&[masked]), &["recording.json", "another name"]);
}

#[test]
fn bytes_before_between_or_behind_are_refused() {
    let package = package();
    let broken = |package: Vec<u8>| assert_refused(package, &["no readable ZIP"]);
    broken([package.as_slice(), b"!"].concat());
    let end = package.len() - 22;
    let mut between = package.clone();
    between.insert(end, 0);
    broken(between);
    // With bytes before it, it does not begin like a ZIP, and so is none.
    assert_refused([b"MZ".as_slice(), &package].concat(), &["not a recording"]);
}

#[test]
fn a_package_that_ends_early_is_said_to() {
    let package = package();
    for length in 4..package.len() {
        assert_refused(package[..length].to_vec(), &["no readable ZIP"]);
    }
}

#[test]
fn no_changed_byte_changes_what_is_shown() {
    let package = package();
    let (recording, resources) = (events(&source()), assets());
    let mut refused = 0;
    for at in 0..package.len() {
        let mut changed = package.clone();
        changed[at] ^= 0x20;
        match open_bytes(&changed, &Limits::tight()) {
            Ok(opened) => assert!(events(&opened) == recording && opened.assets == resources, "byte {at}"),
            Err(_) => refused += 1,
        }
    }
    // What is left is dates, modes and versions.
    assert!(refused * 10 > package.len() * 8, "{refused} of {}", package.len());
}

#[test]
fn content_that_was_swapped_is_found_by_its_checksum() {
    let swapped = with_files(|files| {
        let events = &mut files.iter_mut().find(|(path, _)| path == "events.jsonl").unwrap().1;
        let at = events.windows(4).position(|four| four == b"shop").unwrap();
        events[at..at + 4].copy_from_slice(b"evil");
    });
    assert_refused(swapped, &["events.jsonl", "SHA-256", "as the manifest states"]);
}

#[test]
fn a_manifest_that_is_none_is_refused_with_the_reason() {
    for (content, reason) in [
        ("not JSON", "no JSON object"),
        ("[]", "no JSON object"),
        ("{}", "`format` is not \"replay-package\""),
        (r#"{"format": "replay-package"}"#, "no MAJOR.MINOR"),
        (r#"{"format": "replay-package", "format_version": "1"}"#, "no MAJOR.MINOR"),
        (r#"{"format": "replay-package", "format_version": "1.0"}"#, "missing field"),
    ] {
        let damaged = with_files(|files| {
            files.iter_mut().find(|(path, _)| path == Manifest::PATH).unwrap().1 = content.as_bytes().to_vec();
        });
        assert_refused(damaged, &["a.replay.zip", "manifest.json cannot be used", reason]);
    }
    let large = with_manifest(|manifest| manifest["padding"] = json!("x".repeat(300_000)));
    assert_refused(large, &["manifest.json", "262144 bytes (manifest_bytes, --max-manifest-bytes)"]);
}

#[test]
fn a_manifest_cannot_list_what_a_path_must_not_be() {
    for path in ["../../etc/passwd", "/etc/passwd", "a\\b", "manifest.json"] {
        let evil = with_manifest(|manifest| manifest["entries"][0]["path"] = json!(path));
        assert_refused(evil, &["manifest.json cannot be used"]);
    }
    let twice = with_manifest(|manifest| manifest["entries"][1] = manifest["entries"][0].clone());
    assert_refused(twice, &["events.jsonl", "twice"]);
}

#[test]
fn zip64_numbers_are_read_where_a_writer_put_them() {
    let content = recording().to_string();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().large_file(true);
    out.start_file("recording.json", options).unwrap();
    out.write_all(content.as_bytes()).unwrap();
    let zip = out.finish().unwrap().into_inner();
    assert_eq!(events(&opened("a.zip", zip).unwrap()), events(&source()));
}
