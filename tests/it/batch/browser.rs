//! With real browsers.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::{Archive, batch, generated, text};
use crate::artifacts::s3::S3;
use crate::kit::{Postgres, Process, Service, Workshop, fixture, page_script, program};

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Small pictures: what is tested is what becomes of them.
const SMALL: [&str; 4] = ["--size", "320x180", "--fps", "5"];

/// With `REPLAYREEL_BATCH_RECORDINGS=500 REPLAYREEL_BATCH_LONGEST=600 REPLAYREEL_BATCH_KILLS=10` the long form: `make batch-chaos`.
#[test]
fn killed_again_and_again_it_ends_with_a_manifest_that_is_right_and_does_nothing_twice() {
    let (recordings, longest, kills) = (
        number("REPLAYREEL_BATCH_RECORDINGS", 20),
        number("REPLAYREEL_BATCH_LONGEST", 3),
        number("REPLAYREEL_BATCH_KILLS", 3),
    );
    let shop = Workshop::new();
    let (from, archive) = (shop.path("in"), Archive(shop.path("out")));
    let made = generated::write(&from, recordings, longest);
    let mut finished = std::collections::BTreeMap::<String, Json>::new();
    let began = Instant::now();
    for round in 0..=kills {
        let out = archive.0.display().to_string();
        let mut arguments = vec!["batch", from.to_str().unwrap(), "--out", &out, "--quiet", "--fonts", "bundled"];
        arguments.extend(SMALL);
        let mut process = Process::start(&arguments, &[]);
        if round == kills {
            let status = process.ended_within(Duration::from_secs(60 + 10 * recordings));
            assert_eq!(status.code(), Some(1), "{}", process.log());
        } else {
            let enough = (recordings * (round + 1) / (kills + 1)) as usize;
            let until = Instant::now() + Duration::from_secs(60 + 10 * recordings);
            while archive.noted().len() < enough {
                assert!(Instant::now() < until, "{} of {enough}\n{}", archive.noted().len(), process.log());
                std::thread::sleep(Duration::from_millis(20));
            }
            process.kill();
        }
        for (name, entry) in archive.noted() {
            let known = finished.entry(name.clone()).or_insert_with(|| entry.clone());
            assert_eq!(known["finished_at"], entry["finished_at"], "{name} was made twice");
        }
    }
    println!("{recordings} recordings, {kills} kills: {:.0} s", began.elapsed().as_secs_f64());
    archive.assert_right();
    let manifest = archive.manifest();
    assert_eq!(manifest.len(), made.len());
    for made in &made {
        let entry = &manifest[&made.name];
        match made.fails {
            Some(code) => {
                assert_eq!(
                    (entry["state"].as_str(), entry["failure"]["code"].as_str()),
                    (Some("failed"), Some(code)),
                    "{entry:#}"
                );
                assert!(entry["failure"]["message"].as_str().unwrap().len() > 10, "{entry:#}");
            }
            None => {
                assert_eq!(entry["state"], "done", "{entry:#}");
                let length = entry["session"]["duration_ms"].as_f64().unwrap();
                assert!((length - made.length_ms as f64).abs() < 1.0, "{length} {made:?}");
                let video = entry["video_ms"].as_f64().unwrap();
                assert!((video - length - 1000.0).abs() < 450.0, "{video} {length}");
                let kinds: Vec<_> = entry["outputs"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|output| output["kind"].as_str().unwrap())
                    .collect();
                assert_eq!(kinds, ["video", "poster"]);
            }
        }
    }
    let errors = manifest.values().filter(|entry| entry["moments"].to_string().contains("boom")).count();
    assert!(errors > 0);
    // Once more there is nothing to do, and that is seen at once.
    let ended = batch(from.to_str().unwrap(), &archive.0, &SMALL);
    let said = text(&ended.stdout);
    assert!(said.contains(" 0 done") && said.contains("failed before") && said.contains("--retry-failed"), "{said}");
}

#[test]
fn only_what_changed_is_made_again() {
    let shop = Workshop::new();
    let (from, archive) = (shop.path("in"), Archive(shop.path("out")));
    fs::create_dir(&from).unwrap();
    for name in ["form", "scroll"] {
        fs::copy(fixture(name), from.join(format!("{name}.json.gz"))).unwrap();
    }
    fs::write(from.join("broken.json"), "{}").unwrap();
    let stills = ["--still", "50%=replay.png", "--size", "320x180"];
    let run = |more: &[&str]| text(&batch(from.to_str().unwrap(), &archive.0, &[&stills[..], more].concat()).stdout);
    assert!(run(&[]).contains("3 recordings, 2 done, 1 failed"));
    archive.assert_right();
    let first = archive.manifest();
    // Touched, and the same: it is read, and not rendered.
    fs::copy(fixture("form"), from.join("form.json.gz")).unwrap();
    assert!(run(&[]).contains("0 done, 2 unchanged, 1 failed before"));
    // Another recording under the same name; a file that is gone; a failure that was mended.
    fs::copy(fixture("shadow"), from.join("form.json.gz")).unwrap();
    fs::remove_file(archive.0.join("scroll.png")).unwrap();
    fs::copy(fixture("effects"), from.join("broken.json")).unwrap();
    let said = run(&[]);
    assert!(said.contains("3 recordings, 3 done"), "{said}");
    archive.assert_right();
    let second = archive.manifest();
    assert_ne!(first["form.json.gz"]["source_sha256"], second["form.json.gz"]["source_sha256"]);
    assert_eq!(first["scroll.json.gz"]["frames_sha256"], second["scroll.json.gz"]["frames_sha256"]);
    // Other options: other files, and the old ones are gone.
    let ended = batch(
        from.to_str().unwrap(),
        &archive.0,
        &["-o", "replay.gif,fps=2,to=1", "--no-index", "--size", "320x180", "--name", "{name}-{date}"],
    );
    assert!(ended.status.success(), "{}", text(&ended.stderr));
    let files = archive.files();
    assert!(files.iter().all(|name| !name.ends_with(".png") && !name.ends_with("poster.jpg")), "{files:?}");
    assert_eq!(files.iter().filter(|name| name.ends_with(".gif") && name.contains("-20")).count(), 3, "{files:?}");
    // A recording that is gone from the source stays in the archive.
    fs::remove_file(from.join("form.json.gz")).unwrap();
    let ended = batch(
        from.to_str().unwrap(),
        &archive.0,
        &["-o", "replay.gif,fps=2,to=1", "--no-index", "--size", "320x180", "--name", "{name}-{date}"],
    );
    assert!(text(&ended.stdout).contains("2 recordings, 0 done, 2 unchanged"));
    assert_eq!(archive.manifest().len(), 3);
}

fn two_recordings(folder: &Path) {
    fs::create_dir(folder).unwrap();
    for name in ["form", "scroll"] {
        fs::copy(fixture(name), folder.join(format!("{name}.json.gz"))).unwrap();
    }
    fs::write(folder.join("broken.json"), "{}").unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_service_makes_the_same_files_by_its_api_and_by_its_ledger() {
    let shop = Workshop::new();
    let from = shop.path("in");
    two_recordings(&from);
    let options = ["--still", "1=replay.png", "-o", "replay.gif,fps=2,to=2", "--size", "320x180"];
    let here = Archive(shop.path("here"));
    batch(from.to_str().unwrap(), &here.0, &options);
    let facts = |archive: &Archive| {
        archive.assert_right();
        let entries = archive.manifest().into_values().map(|entry| {
            let outputs: Vec<_> =
                entry["outputs"].as_array().unwrap().iter().map(|output| output["sha256"].clone()).collect();
            (
                entry["name"].clone(),
                entry["state"].clone(),
                entry["frames_sha256"].clone(),
                entry["source_sha256"].clone(),
                outputs,
                entry["session"].clone(),
                entry["moments"].clone(),
            )
        });
        entries.collect::<Vec<_>>()
    };
    let expected = facts(&here);
    assert_eq!(expected.len(), 3);
    let submit = |archive: &Archive, more: &[&str]| {
        let ended = batch(from.to_str().unwrap(), &archive.0, &[&options[..], more].concat());
        assert_eq!(ended.status.code(), Some(1), "{}", text(&ended.stderr));
        text(&ended.stdout)
    };
    let service = Service::start(&shop.path("data"), &[]);
    let by_api = Archive(shop.path("api"));
    assert!(submit(&by_api, &["--submit", &service.base]).contains("2 done, 1 failed"));
    assert_eq!(facts(&by_api), expected);
    assert!(submit(&by_api, &["--submit", &service.base]).contains("0 done, 2 unchanged"));
    drop(service);

    let postgres = Postgres::start();
    let (database, store) = (postgres.database(), shop.path("store").display().to_string());
    let data = shop.path("worker").display().to_string();
    let _worker = Process::start(
        &["worker", "--migrate", "--database", &database, "--store", &store, "--data", &data],
        &[("REPLAYREEL_FONTS", "bundled")],
    );
    let ready = || program().args(["migrate", "--database", &database, "--data", &data]).status().unwrap();
    assert!(ready().success());
    let by_ledger = Archive(shop.path("ledger"));
    assert!(submit(&by_ledger, &["--submit", &database, "--store", &store]).contains("2 done, 1 failed"));
    assert_eq!(facts(&by_ledger), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_is_converted_into_a_bucket() {
    let server = S3::start().await;
    let bucket = server.folder.path().join("bucket");
    fs::create_dir(bucket.join("in")).unwrap();
    fs::copy(fixture("form"), bucket.join("in/form.json.gz")).unwrap();
    fs::write(bucket.join("in/broken.json"), "{}").unwrap();
    fs::write(bucket.join("in/readme.txt"), "not one").unwrap();
    let settings = server.settings();
    let run = |more: &[&str]| {
        let mut command = program();
        command.args(["batch", "s3://bucket/in/", "--out", "s3://bucket/out", "--quiet", "--fonts", "bundled"]);
        command.args(["--still", "1=replay.png", "--size", "320x180", "--allow-private", "127.0.0.1"]).args(more);
        command.envs(settings.iter().map(|(name, value)| (*name, value.as_str())));
        let ended = tokio::task::block_in_place(|| command.output().unwrap());
        text(&ended.stdout) + &text(&ended.stderr)
    };
    let said = run(&[]);
    assert!(said.contains("2 recordings, 1 done, 1 failed"), "{said}");
    let text = fs::read_to_string(bucket.join("out/manifest.jsonl")).unwrap();
    let entries: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = entries.iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["broken", "form"]);
    for file in ["form.png", "form-poster.jpg", "index.html", "SHA256SUMS"] {
        assert!(fs::metadata(bucket.join("out").join(file)).unwrap().len() > 100, "{file}");
    }
    let said = run(&[]);
    assert!(said.contains("0 done, 1 unchanged, 1 failed before"), "{said}");
    // Another object under the same key, and one that is mended.
    fs::copy(fixture("scroll"), bucket.join("in/form.json.gz")).unwrap();
    fs::copy(fixture("shadow"), bucket.join("in/broken.json")).unwrap();
    let said = run(&[]);
    assert!(said.contains("2 recordings, 2 done"), "{said}");
}

#[test]
fn the_index_is_browsed_searched_and_played_with_the_network_off() {
    let shop = Workshop::new();
    let (from, archive) = (shop.path("in"), Archive(shop.path("out")));
    generated::write(&from, 6, 3);
    fs::copy(fixture("form"), from.join("<b>évil & co.json.gz")).unwrap();
    batch(from.to_str().unwrap(), &archive.0, &SMALL);
    page_script("archive.mjs", [archive.0.join("index.html")], &[]);
}
