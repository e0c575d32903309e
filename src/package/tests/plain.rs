use super::*;

#[test]
fn a_zip_of_one_recording_is_that_recording() {
    for entry in [Raw::stored("session.json", recording().to_string()), Raw::deflated("x/y", recording().to_string())] {
        let opened = opened("export.zip", zip_of(&[entry])).unwrap();
        assert_eq!(events(&opened), events(&source()));
        assert_eq!(opened.recording.session_id.as_deref(), Some("0199-session"));
        assert!(opened.manifest.is_none());
        assert_eq!(opened.files[0].name, "export.zip");
    }
}

#[test]
fn what_file_managers_add_is_left_out() {
    let clutter = ["__MACOSX/._session.json", ".DS_Store", "Thumbs.db", "recordings/"];
    let mut entries: Vec<Raw> = clutter.iter().map(|name| Raw::stored(name, "")).collect();
    entries.insert(1, Raw::deflated("recordings/session.json", recording().to_string()));
    assert_eq!(events(&opened("export.zip", zip_of(&entries)).unwrap()), events(&source()));
}

#[test]
fn a_compressed_recording_in_a_zip_is_read_too() {
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(recording().to_string().as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    assert_eq!(events(&opened("a.zip", zip_of(&[Raw::stored("r.json.gz", gzip)])).unwrap()), events(&source()));
}

#[test]
fn an_empty_zip_says_so() {
    assert_refused(zip_of(&[]), &["holds no files"]);
    assert_refused(zip_of(&[Raw::stored("only/a/folder/", "")]), &["holds no files"]);
}

#[test]
fn a_package_is_opened_alone() {
    let parts = vec![part("a.replay.zip", package()), part("b.json", recording().to_string())];
    let message = open(parts, &Limits::tight()).map(drop).unwrap_err().to_string();
    assert!(message.contains("a.replay.zip") && message.contains("the other 1 file"), "{message}");
}

#[test]
fn what_is_no_zip_is_read_as_a_recording() {
    assert_eq!(events(&source()).len(), 6);
    assert_eq!(
        source().files,
        [crate::package::SourceFile { name: "session.json".to_owned(), bytes: recording().to_string().len() as u64 }]
    );
    assert!(matches!(opened("a.json", "{}"), Err(PackageError::Recording(_))));
}
