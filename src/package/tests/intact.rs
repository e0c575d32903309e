use super::*;

#[test]
fn a_package_gives_back_the_recording_its_resources_and_what_is_known_of_it() {
    let before = source();
    let after = opened("a.replay.zip", package()).unwrap();
    assert_eq!(events(&after), events(&before));
    assert_eq!(after.assets, assets());
    let ids = |opened: &Opened| opened.recording.windows.iter().map(|window| window.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&after), ids(&before));
    assert_eq!(after.recording.started_at_ms, before.recording.started_at_ms);
    assert_eq!(after.recording.session_id.as_deref(), Some("0199-session"));
    assert_eq!(after.recording.person, before.recording.person);
    assert_eq!(after.recording.repairs, []);
}

#[test]
fn the_manifest_says_what_is_in_it_without_where_it_lay() {
    let manifest = opened("a.replay.zip", package()).unwrap().manifest.unwrap();
    let session = &manifest.session;
    assert_eq!((session.duration_ms, session.events), (2500.0, 6));
    assert_eq!(session.started_at.as_deref(), Some("2023-11-14T22:13:20Z"));
    assert_eq!((session.viewport.width, session.viewport.height), (800, 600));
    let windows: Vec<_> = session.windows.iter().map(|w| (w.id.as_str(), w.events, w.first_ms, w.last_ms)).collect();
    assert_eq!(windows, [("first", 3, 0.0, 2500.0), ("second", 3, 50.0, 60.0)]);
    assert_eq!(session.pages.len(), 2);
    assert_eq!(manifest.source.shape, "posthog_export");
    assert_eq!(manifest.source.version.as_deref(), Some("2023-04-28"));
    assert_eq!(manifest.source.files[0].name, "session.json");
    assert!(!files(&package()).iter().any(|(_, content)| String::from_utf8_lossy(content).contains("/home/ada")));
}

#[test]
fn resources_of_one_content_are_stored_once() {
    let paths: Vec<String> = files(&package()).into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths.iter().filter(|path| path.starts_with("assets/")).count(), 2, "{paths:?}");
    assert_eq!(opened("a.replay.zip", package()).unwrap().manifest.unwrap().assets.len(), 3);
}

#[test]
fn the_same_recording_gives_the_same_bytes() {
    assert!(package() == package());
}

#[test]
fn packing_a_package_again_changes_nothing() {
    let again = packed(&opened("renamed.replay.zip", package()).unwrap());
    assert!(again == package());
}

#[test]
fn what_a_package_knows_of_its_history_goes_with_it() {
    let packed_before = with_manifest(|manifest| {
        manifest["redaction"] = json!({"rules": [{"name": "email", "count": 12}]});
        manifest["session"]["properties"] = json!({"ticket": 4711});
        manifest["repairs"] =
            json!([{"repair": "duplicate", "count": 2, "message": "2 repeated events were dropped."}]);
    });
    let manifest =
        opened("b.replay.zip", packed(&opened("a.replay.zip", packed_before).unwrap())).unwrap().manifest.unwrap();
    assert_eq!((manifest.redaction.unwrap().rules[0].count, manifest.repairs[0].count), (12, 2));
    assert_eq!(manifest.session.properties["ticket"], 4711);
}

#[test]
fn repairs_are_counted_when_a_recording_is_packed() {
    let mut export = recording();
    export["data"]["snapshots"].as_array_mut().unwrap().push(json!({"type": 3, "data": {"source": 3}}));
    let manifest = opened("a.zip", packed(&opened("r.json", export.to_string()).unwrap())).unwrap().manifest.unwrap();
    let [repair] = manifest.repairs.as_slice() else { panic!("{:?}", manifest.repairs) };
    assert_eq!((repair.repair.as_str(), repair.count), ("missing_timestamp", 1));
    assert!(repair.message.contains("without a usable timestamp"), "{}", repair.message);
}

#[test]
fn only_the_windows_that_are_left_are_packed_and_time_begins_with_them() {
    let mut source = source();
    source.recording.windows.retain(|window| window.id == "second");
    let after = opened("a.replay.zip", packed(&source)).unwrap();
    let session = after.manifest.unwrap().session;
    assert_eq!((session.events, session.duration_ms, session.windows[0].first_ms), (3, 10.0, 0.0));
    assert_eq!(session.started_at_ms, after.recording.started_at_ms);
    assert_eq!(session.duration_ms, after.recording.duration().millis());
}

#[test]
fn events_in_several_entries_are_one_recording() {
    let split = with_files(|files| {
        let at = files.iter().position(|(path, _)| path == "events.jsonl").unwrap();
        let (_, events) = files.remove(at);
        let half = events.iter().position(|byte| *byte == b'\n').unwrap();
        // The line break is left out: an entry may end without one.
        let parts = [("events/1.jsonl", &events[..half]), ("events/2.jsonl", &events[half + 1..])];
        let listed: Vec<Value> = parts
            .iter()
            .map(|(path, part)| {
                let sha256 = crate::destination::hexadecimal(&<sha2::Sha256 as sha2::Digest>::digest(part));
                json!({"path": path, "kind": "events", "bytes": part.len(), "sha256": sha256})
            })
            .collect();
        files.extend(parts.map(|(path, part)| (path.to_owned(), part.to_vec())));
        let manifest = files.iter_mut().find(|(path, _)| path == Manifest::PATH).unwrap();
        let mut json: Value = serde_json::from_slice(&manifest.1).unwrap();
        let entries = json["entries"].as_array_mut().unwrap();
        entries.retain(|entry| entry["kind"] != "events");
        entries.extend(listed);
        manifest.1 = json.to_string().into_bytes();
    });
    assert_eq!(events(&opened("a.replay.zip", split).unwrap()), events(&source()));
}

#[test]
fn the_last_step_of_a_path_or_address_is_a_file_s_name() {
    for (name, expected) in [
        ("/home/ada/exports/session.json", "session.json"),
        ("C:\\Users\\Ada\\session.json", "session.json"),
        ("https://eu.example/shared/r.json?sharing_access_token=secret#t", "r.json"),
        ("standard input", "standard input"),
    ] {
        assert_eq!(super::super::plain::file_name(name), expected);
    }
}
