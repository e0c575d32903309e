//! The archive's page: every recording with its poster, to be searched and played. One file beside the videos, which loads nothing from elsewhere; the list
//! is there without script.

use askama::Template;
use base64::Engine as _;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::entry::{Entry, EntryState};
use crate::recording::clock_of;

#[derive(Template)]
#[template(path = "archive.html")]
struct Page<'a> {
    rows: Vec<Row<'a>>,
    failed: usize,
    length: String,
    size: String,
    style: &'static str,
    script: &'static str,
    script_hash: String,
}

struct Row<'a> {
    entry: &'a Entry,
    title: String,
    when: String,
    person: String,
    page: String,
    length: String,
    video: Option<String>,
    poster: Option<String>,
    others: Vec<(String, &'a str)>,
    troubles: String,
    moments: String,
    /// What a search looks through.
    words: String,
    started_ms: i64,
}

/// A moment in the video.
#[derive(Serialize)]
struct Mark<'a> {
    /// Seconds of video.
    t: f64,
    k: &'a str,
    l: &'a str,
}

const STYLE: &str = include_str!("../../web/archive.css");
const SCRIPT: &str = include_str!("../../web/archive.js");
/// Moments of one recording on the page; the manifest has all.
const MOST_MOMENTS: usize = 100;
/// Formats that browsers play.
const PLAYABLE: [&str; 2] = ["mp4", "webm"];
/// Kinds of moments that are problems.
const TROUBLES: [(&str, &str); 4] =
    [("error", "error"), ("failed", "failed request"), ("rage", "rage click"), ("dead", "dead click")];

pub(super) fn page(entries: &[Entry]) -> String {
    let mut rows: Vec<Row> = entries.iter().map(Row::of).collect();
    rows.sort_by(|a, b| b.started_ms.cmp(&a.started_ms).then_with(|| a.entry.name.cmp(&b.entry.name)));
    let bytes: u64 = entries.iter().flat_map(|entry| &entry.outputs).map(|output| output.bytes).sum();
    let length: f64 = entries.iter().map(|entry| entry.video_ms / 1000.0).sum();
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(SCRIPT));
    let page = Page {
        failed: entries.iter().filter(|entry| entry.state == EntryState::Failed).count(),
        length: clock_of(length as u64),
        size: indicatif::DecimalBytes(bytes).to_string(),
        style: STYLE,
        script: SCRIPT,
        script_hash: format!("sha256-{hash}"),
        rows,
    };
    // The template writes to memory and has no filters that fail.
    page.render().unwrap_or_default()
}

impl<'a> Row<'a> {
    fn of(entry: &'a Entry) -> Self {
        let session = entry.session.as_ref();
        let person = session.and_then(|session| session.person.as_ref());
        let called = person.and_then(|person| {
            person.name.clone().or_else(|| person.email.clone()).or_else(|| person.distinct_ids.first().cloned())
        });
        let kind_is = |kinds: &[&str], format: Option<&[&str]>| {
            let found = entry.outputs.iter().find(|output| {
                kinds.contains(&output.kind.as_str())
                    && format.is_none_or(|formats| formats.contains(&output.format.as_str()))
            });
            found.map(|output| address(&output.name))
        };
        let video = kind_is(&["video"], Some(&PLAYABLE));
        let poster = kind_is(&["poster"], None).or_else(|| kind_is(&["still", "contact_sheet"], None));
        let poster = poster.or_else(|| kind_is(&["video"], Some(&["gif", "webp"])));
        let text = |moment: &'a serde_json::Value, name: &str| {
            moment.get(name).and_then(serde_json::Value::as_str).unwrap_or_default()
        };
        let count = |kind: &str| entry.moments.iter().filter(|moment| text(moment, "kind") == kind).count();
        let troubles = TROUBLES.iter().filter_map(|(kind, name)| match count(kind) {
            0 => None,
            1 => Some(format!("1 {name}")),
            many => Some(format!("{many} {name}s")),
        });
        let troubles: Vec<String> = troubles.collect();
        let marks: Vec<Mark> = entry
            .moments
            .iter()
            .filter_map(|moment| {
                let t = moment.get("video_ms")?.as_f64()? / 1000.0;
                Some(Mark { t, k: text(moment, "kind"), l: text(moment, "label") })
            })
            .take(MOST_MOMENTS)
            .collect();
        let started = session.and_then(|session| session.started_at.as_deref());
        let started_ms = started.and_then(|text| text.parse::<jiff::Timestamp>().ok());
        let page = session.and_then(|session| session.page.clone()).unwrap_or_default();
        let ids = person.map(|person| person.distinct_ids.join(" ")).unwrap_or_default();
        let id = session.and_then(|session| session.id.clone()).unwrap_or_default();
        let failure = entry.failure.as_ref().map(|failure| failure.message.clone()).unwrap_or_default();
        let email = person.and_then(|person| person.email.clone()).unwrap_or_default();
        let words = [
            entry.name.as_str(),
            &entry.source,
            &id,
            called.as_deref().unwrap_or_default(),
            &email,
            &ids,
            &page,
            &failure,
            &troubles.join(" "),
        ];
        Self {
            title: entry.name.rsplit('/').next().unwrap_or_default().to_owned(),
            when: started.map(|text| text.get(..16).unwrap_or(text).replace('T', " ")).unwrap_or_default(),
            person: called.clone().unwrap_or_default(),
            length: if entry.video_ms > 0.0 {
                clock_of((entry.video_ms / 1000.0).round() as u64)
            } else {
                String::new()
            },
            others: entry.outputs.iter().map(|output| (address(&output.name), output.format.as_str())).collect(),
            troubles: troubles.join(", "),
            moments: serde_json::to_string(&marks).unwrap_or_default(),
            words: words.join(" ").to_lowercase(),
            started_ms: started_ms.map_or(0, jiff::Timestamp::as_millisecond),
            entry,
            page,
            video,
            poster,
        }
    }

    fn is_done(&self) -> bool {
        self.entry.state == EntryState::Done
    }

    fn reason(&self) -> &str {
        self.entry.failure.as_ref().map_or("", |failure| failure.message.as_str())
    }
}

/// A file's name as an address beside the page.
fn address(name: &str) -> String {
    let part =
        |part: &str| url::form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>().replace('+', "%20");
    name.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, more: &serde_json::Value) -> Entry {
        let mut json = serde_json::json!({"version": 1, "key": "k", "source": "/s", "state": "done", "name": name, "order": "o",
            "program": "0", "finished_at": "2026-01-01T00:00:00Z", "took_ms": 1});
        json.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn what_strangers_wrote_stays_text() {
        let evil = "</li><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
        let page = page(&[entry(
            evil,
            &serde_json::json!({
                "session": {"id": evil, "duration_ms": 1.0, "events": 1, "windows": 1, "page": evil, "width": 1, "height": 1,
                    "person": {"name": evil}},
                "moments": [{"kind": "error", "label": evil, "video_ms": 1000.0}],
                "outputs": [{"name": evil, "kind": "video", "format": "mp4", "bytes": 1, "sha256": "", "width": 1, "height": 1}],
            }),
        )]);
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{page}");
        assert!(!page.contains("javascript:"));
    }

    #[test]
    fn addresses_of_files_are_escaped_part_by_part() {
        assert_eq!(address("a b/ü#1?.mp4"), "a%20b/%C3%BC%231%3F.mp4");
    }

    #[test]
    fn the_page_lists_what_is_done_and_what_failed_and_loads_nothing_from_elsewhere() {
        let failed = serde_json::json!({"state": "failed", "failure": {"code": "recording", "message": "no full snapshot", "retryable": false}});
        let page = page(&[entry("good", &serde_json::json!({"video_ms": 65_000.0})), entry("bad", &failed)]);
        assert!(page.contains("no full snapshot") && page.contains("1:05"));
        assert!(!page.contains("http://") && !page.contains("https://"), "{page}");
    }
}
