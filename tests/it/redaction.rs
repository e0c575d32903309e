//! Nothing that was redacted gets out: secrets are planted in every place that a recording has for text (`planted`), and looked for in
//! all that the program makes of it (`search`, and with optical character recognition in pictures).

mod browser;
mod lookalikes;
mod ocr;
mod planted;
mod search;
mod shapes;
mod table;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use replayreel::package::Limits;
use replayreel::source::SourceBytes;
use serde_json::Value;

use crate::program::Room;
use crate::program::recording::json_of;
use planted::{Planted, RULES};
use search::{Left, Search, files_in};

const BUILT_IN: &str = "email,card,phone,token";

/// The options for every rule that the planted secrets need.
fn all_rules(room: &Room) -> Vec<String> {
    ["--redact", &room.file("rules.toml", RULES), "--builtin", BUILT_IN].map(str::to_owned).to_vec()
}

/// All that the program left behind of a recording, and what was planted in that.
pub(crate) struct Outputs {
    planted: Vec<Planted>,
    left: Vec<Left>,
}

impl Outputs {
    /// Makes everything that the program can make of a recording without a browser.
    fn of(room: &Room, planted: Vec<Planted>, input: &str, rules: &[String]) -> Self {
        let made = room.path().join("made");
        std::fs::create_dir(&made).unwrap();
        let out = |name: &str| made.join(name).display().to_string();
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        let first = if rules.is_empty() { "convert" } else { "redact" };
        let mut left = Vec::new();
        for (name, line) in [
            ("first", vec![first, input, "-o", &out("first.replay.zip")]),
            ("rrweb", vec!["convert", input, "-o", &out("a.json")]),
            ("lines", vec!["convert", input, "-o", &out("a.jsonl")]),
            ("posthog", vec!["convert", input, "-o", &out("posthog.json"), "--to", "posthog"]),
            ("pack", vec!["pack", input, "-o", &out("packed.replay.zip")]),
            ("inspect", vec!["inspect", input]),
            ("inspect --json", vec!["inspect", "--json", input]),
        ] {
            let ended = room.run(&[&line[..], &rules, &["--log", "trace"]].concat());
            assert_eq!(ended.code, Some(0), "{name}: {ended:#?}");
            left.push(Left::new(format!("{name}: stdout"), ended.stdout));
            left.push(Left::new(format!("{name}: stderr"), ended.stderr));
        }
        left.extend(files_in(&made));
        std::fs::remove_dir_all(&made).unwrap();
        Self { planted, left }
    }

    /// One text.
    fn of_text(planted: &[Planted], name: &str, text: String) -> Self {
        Self { planted: planted.to_vec(), left: vec![Left::new(name, text)] }
    }

    /// Which secrets were found, and how and where each was.
    fn found(&self) -> BTreeMap<usize, Vec<String>> {
        let search = Search::new(&self.planted);
        let mut found: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for left in &self.left {
            for hit in search.look(left) {
                found.entry(hit.secret).or_default().push(format!("{} in {}", hit.disguise, left.name));
            }
        }
        found
    }

    fn assert_clean(&self) {
        let mut leaks = String::new();
        let found = self.found();
        for (secret, places) in &found {
            let planted = &self.planted[*secret];
            let _ = writeln!(
                leaks,
                "{}: {} ({}): {}",
                planted.place,
                planted.what,
                planted.secret,
                places[..places.len().min(3)].join("; ")
            );
        }
        assert!(found.is_empty(), "{} of {} secrets got out:\n{leaks}", found.len(), self.planted.len());
    }

    fn assert_all_found(&self) {
        let found = self.found();
        let missing: Vec<_> = self
            .planted
            .iter()
            .enumerate()
            .filter(|(number, _)| !found.contains_key(number))
            .map(|(_, planted)| format!("{}: {} ({})", planted.place, planted.what, planted.secret))
            .collect();
        assert!(missing.is_empty(), "planted and not found: {missing:#?}");
    }
}

/// The recordings, each with a name for its file: what is planted in it, and its bytes.
fn recordings() -> [(&'static str, Vec<Planted>, Vec<u8>); 3] {
    let session = planted::session();
    let export = session.export().to_string().into_bytes();
    let (packed, package) = planted::package();
    let (phone, events) = planted::wireframes();
    [
        ("export.json", session.planted, export),
        ("session.replay.zip", packed, package),
        ("phone.json", phone, json_of(&events)),
    ]
}

#[test]
fn no_two_secrets_begin_alike() {
    let (planted, _) = planted::package();
    let mut seen: BTreeMap<String, &Planted> = BTreeMap::new();
    for planted in &planted {
        if let Some(other) = seen.insert(search::beginning(planted), planted) {
            panic!("{planted:?} begins like {other:?}");
        }
    }
    assert!(planted.len() > 150, "{}", planted.len());
}

#[test]
fn every_planted_secret_is_found_where_nothing_is_redacted() {
    for (name, planted, bytes) in recordings() {
        let room = Room::new();
        let input = room.file(name, bytes);
        Outputs::of(&room, planted, &input, &[]).assert_all_found();
    }
}

/// The other way round: that a search finds something must mean that it is there.
#[test]
fn no_secret_is_found_where_none_is_planted() {
    let (planted, _) = planted::package();
    for fixture in ["form", "dashboard", "shadow"] {
        let room = Room::new();
        let input = crate::program::fixture(fixture);
        Outputs::of(&room, planted.clone(), &input, &[]).assert_clean();
    }
}

#[test]
fn nothing_of_an_export_gets_out() {
    clean(0);
}

#[test]
fn nothing_of_a_package_gets_out() {
    clean(1);
}

#[test]
fn nothing_of_a_phone_s_wireframes_gets_out() {
    clean(2);
}

fn clean(number: usize) {
    let (name, planted, bytes) = recordings().into_iter().nth(number).unwrap();
    let room = Room::new();
    let input = room.file(name, bytes);
    Outputs::of(&room, planted, &input, &all_rules(&room)).assert_clean();
}

/// What the person did in words, when it is read under a video, and what a tracker is told: all made of the recording itself.
fn words_of(package: &[u8]) -> Vec<Left> {
    use replayreel::{recording::SessionTime, ticket, timeline};
    let part = SourceBytes { name: "a.replay.zip".to_owned(), bytes: package.to_vec().into() };
    let recording = replayreel::package::open(vec![part], &Limits::default()).unwrap().recording;
    let steps = timeline::steps(&recording, timeline::StepOptions { values: true });
    let (from, to) = (SessionTime::ZERO, recording.duration());
    let map = timeline::Span { from, to, speed: timeline::Speed::NORMAL }.into();
    let captions = timeline::captions(&steps, &map);
    let moments = timeline::moments(&recording, &timeline::Thresholds::default());
    let ticket = ticket::Ticket::of(
        &recording,
        &moments,
        &ticket::Choice {
            values: true,
            steps: usize::MAX,
            kinds: timeline::MomentKind::ALL.to_vec(),
            at: Vec::new(),
            most: usize::MAX,
            window: None,
            end: to,
            clip: Some("gif"),
        },
    );
    vec![
        Left::new("steps", steps.iter().map(|step| format!("{step} {:?}\n", step.url)).collect::<String>()),
        Left::new("captions", captions.iter().map(|cue| format!("{}\n", cue.text)).collect::<String>()),
        Left::new("ticket.md", ticket.markdown()),
        Left::new("ticket.html", ticket.html()),
        Left::new("ticket.jira", ticket.jira()),
        Left::new("ticket.json", serde_json::to_string(&ticket).unwrap()),
    ]
}

#[test]
fn nothing_of_it_is_in_steps_captions_and_tickets() {
    for (number, (name, planted, bytes)) in recordings().into_iter().enumerate() {
        let room = Room::new();
        let input = room.file(name, bytes);
        let words = |rules: &[String]| {
            let output = room.out("a.replay.zip");
            let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
            let ended = room.run(&[&["convert", &input, "-o", &output], &rules[..]].concat());
            assert_eq!(ended.code, Some(0), "{ended:#?}");
            Outputs { planted: planted.clone(), left: words_of(&std::fs::read(&output).unwrap()) }
        };
        let told = words(&[]).found().len();
        assert!(told >= [40, 40, 0][number], "{name}: {told} can be found at all");
        words(&all_rules(&room)).assert_clean();
    }
}

#[test]
fn the_name_of_the_file_that_was_read_does_not_get_out() {
    let room = Room::new();
    let (_, planted, bytes) = recordings().into_iter().nth(2).unwrap();
    let secret = planted[0].secret.clone();
    let input = room.file(&format!("recording of {secret}.json"), bytes);
    let output = room.out("a.replay.zip");
    let packed = |rules: &[&str]| {
        let ended = room.run(&[&["pack", &input, "-o", &output], rules].concat());
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        let left = files_in(&room.path().join("out"));
        left.into_iter().filter(|left| left.name.ends_with("manifest.json")).collect::<Vec<_>>()
    };
    let planted = vec![planted[0].clone()];
    Outputs { planted: planted.clone(), left: packed(&[]) }.assert_all_found();
    Outputs { planted, left: packed(&["--builtin", BUILT_IN]) }.assert_clean();
}

#[test]
fn the_summary_counts_what_every_rule_took_out() {
    let room = Room::new();
    let (_, _, bytes) = recordings().into_iter().nth(1).unwrap();
    let input = room.file("session.replay.zip", bytes);
    let rules = all_rules(&room);
    let mut arguments = vec!["inspect", "--json", &input];
    arguments.extend(rules.iter().map(String::as_str));
    let ended = room.run(&arguments);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let summary: Value = serde_json::from_str(&ended.stdout).unwrap();
    let rules = summary["redaction"]["rules"].as_array().unwrap();
    for name in [
        "email",
        "card",
        "phone",
        "token",
        "customers",
        "nicknames",
        "masked elements",
        "covered elements",
        "removed elements",
    ] {
        let rule =
            rules.iter().find(|rule| rule["name"] == name).unwrap_or_else(|| panic!("{name} is not in {rules:#?}"));
        assert!(rule["count"].as_u64().unwrap() > 0, "{rule}");
        let places: u64 = rule["places"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(places, rule["count"].as_u64().unwrap(), "{rule}");
    }
}

#[test]
fn what_the_keep_list_names_stays() {
    let room = Room::new();
    let (_, _, bytes) = recordings().into_iter().next().unwrap();
    assert!(String::from_utf8_lossy(&bytes).contains(planted::KEPT));
    let input = room.file("export.json", bytes);
    let rules = all_rules(&room);
    let output = room.out("a.json");
    let mut arguments = vec!["convert", &input, "-o", &output];
    arguments.extend(rules.iter().map(String::as_str));
    assert_eq!(room.run(&arguments).code, Some(0));
    assert!(std::fs::read_to_string(&output).unwrap().contains(planted::KEPT));
}
