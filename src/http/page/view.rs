//! A render as the pages show it.

use serde::Deserialize;

use super::words::{ago, clock, segment, size};
use crate::http::Service;
use crate::http::object::{outcome, time};
use crate::ledger::{Failure, Job, JobState};
use crate::worker::{JobProgress, JobSource, Outcome, OutputFile, Phase};

/// A point in time, for `<time>`.
pub(super) struct When {
    pub(super) iso: String,
    pub(super) ago: String,
}

impl When {
    pub(super) fn of(epoch_ms: i64) -> Self {
        Self { iso: time(epoch_ms), ago: ago(jiff::Timestamp::now().as_millisecond() - epoch_ms) }
    }
}

/// What a render is called: as its metadata has it, else as its recording is.
pub(super) fn name(job: &Job) -> String {
    let title = job.metadata.get("title").and_then(serde_json::Value::as_str);
    let title = title.map(|title| crate::recording::printable(title).chars().take(200).collect::<String>());
    let source = || serde_json::from_value::<JobSource>(job.source.clone()).map(|source| source.shown());
    let name = title.filter(|title| !title.trim().is_empty()).or_else(|| source().ok());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "Recording".to_owned())
}

/// How far it is, in a word.
pub(super) const fn state(job: &Job) -> &'static str {
    match job.state {
        JobState::Queued | JobState::Running if job.cancel_requested => "Stopping",
        JobState::Queued => "Waiting",
        JobState::Running => "Rendering",
        JobState::Succeeded => "Ready",
        JobState::Failed => "Failed",
        JobState::Cancelled => "Cancelled",
    }
}

/// A bar of progress.
pub(super) struct Progress {
    /// Whole percents; none where nobody knows yet.
    pub(super) percent: Option<u32>,
    pub(super) phase: &'static str,
    pub(super) left: String,
}

impl Progress {
    pub(super) fn of(job: &Job) -> Option<Self> {
        if job.state.is_settled() {
            return None;
        }
        let said: Option<JobProgress> = job.progress.clone().and_then(|said| serde_json::from_value(said).ok());
        let said = said.filter(|_| job.state == JobState::Running);
        let phase = match (&said, job.state) {
            _ if job.cancel_requested => "Stopping",
            (Some(JobProgress { phase: Phase::Fetching, .. }), _) => "Fetching the recording",
            (Some(JobProgress { phase: Phase::Preparing, .. }), _) => "Reading the recording",
            (Some(JobProgress { phase: Phase::Rendering, .. }), _) => "Rendering",
            (Some(JobProgress { phase: Phase::Uploading, .. }), _) => "Storing the files",
            (None, JobState::Queued) if job.attempt > 0 => "Waiting for another try",
            (None, JobState::Queued) => "Waiting for its turn",
            (None, _) => "Starting",
        };
        let percent = said.as_ref().map(|said| (said.ratio.clamp(0.0, 1.0) * 100.0) as u32);
        let left = said.and_then(|said| said.left_ms).map(super::words::left).unwrap_or_default();
        Some(Self { percent, phase, left })
    }
}

/// A render in the list.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    /// For the style.
    pub(super) class: &'static str,
    pub(super) state: &'static str,
    pub(super) created: When,
    pub(super) revision: i64,
    pub(super) picture: Option<String>,
    pub(super) progress: Option<Progress>,
    /// Length of the video, or why there is none.
    pub(super) note: String,
}

impl Row {
    pub(super) fn of(job: &Job) -> Self {
        let outcome = outcome(job);
        let base = format!("/v1/renders/{}/outputs", job.id);
        let picture = outcome.as_ref().and_then(preview).map(|file| address(&base, file));
        let note = match (&outcome, &job.failure) {
            (Some(outcome), _) if outcome.video_ms > 0.0 => clock(outcome.video_ms),
            (None, Some(failure)) if job.state == JobState::Failed => trouble(failure).0.to_owned(),
            _ => String::new(),
        };
        Self {
            id: job.id.to_string(),
            name: name(job),
            class: job.state.name(),
            state: state(job),
            created: When::of(job.created_at),
            revision: job.revision,
            picture,
            progress: Progress::of(job),
            note,
        }
    }
}

/// The picture that stands for a render.
pub(super) fn preview(outcome: &Outcome) -> Option<&OutputFile> {
    let first = |kind: &str| outcome.outputs.iter().find(|file| file.kind == kind && is_picture(file));
    first("poster").or_else(|| first("still")).or_else(|| first("contact_sheet"))
}

fn is_picture(file: &OutputFile) -> bool {
    matches!(file.format.as_str(), "png" | "jpg" | "webp" | "gif")
}

pub(super) fn address(base: &str, file: &OutputFile) -> String {
    format!("{base}/{}", segment(&file.name))
}

/// What there is to watch.
pub(super) struct Viewing {
    pub(super) video: Option<Media>,
    /// Where there is no video: a moving picture.
    pub(super) animation: Option<Media>,
    pub(super) captions: Option<String>,
    pub(super) poster: Option<String>,
    pub(super) chapters: Vec<Mark>,
    pub(super) moments: Vec<Mark>,
    /// The address of the time map.
    pub(super) map: Option<String>,
}

pub(super) struct Media {
    pub(super) url: String,
    pub(super) mime: &'static str,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A place in the video.
pub(super) struct Mark {
    /// Video time, seconds.
    pub(super) seconds: String,
    pub(super) clock: String,
    pub(super) title: String,
    /// What kind of moment; empty for chapters.
    pub(super) kind: &'static str,
    pub(super) class: &'static str,
}

impl Mark {
    fn at(ms: f64, title: String) -> Self {
        Self { seconds: format!("{:.3}", ms / 1000.0), clock: clock(ms), title, kind: "", class: "" }
    }
}

/// Moments shown of one session at most.
const MOST_MOMENTS: usize = 200;
/// A time map that is read for its chapters, bytes.
const MAP: u64 = 8 << 20;

#[derive(Deserialize)]
struct Map {
    #[serde(default)]
    chapters: Vec<Chapter>,
}

#[derive(Deserialize)]
struct Chapter {
    from_ms: f64,
    title: String,
}

impl Viewing {
    pub(super) async fn of(service: &Service, outcome: &Outcome, base: &str) -> Self {
        let of_format =
            |format: &str| outcome.outputs.iter().find(|file| file.kind == "video" && file.format == format);
        let media = |file: &OutputFile| Media {
            url: address(base, file),
            mime: file.media_type(),
            width: file.width,
            height: file.height,
        };
        let video = of_format("mp4").or_else(|| of_format("webm")).map(media);
        let animation = of_format("webp").or_else(|| of_format("gif")).map(media).filter(|_| video.is_none());
        let sidecar =
            |format: &str| outcome.outputs.iter().find(|file| file.kind == "sidecar" && file.format == format);
        let map = sidecar("json").filter(|_| video.is_some());
        let mut chapters = Vec::new();
        if let Some(file) = map {
            // A page without chapters is better than none.
            let read = service.0.store.read(&outcome.key(file), MAP).await.ok();
            let map = read.and_then(|bytes| serde_json::from_slice::<Map>(&bytes).ok());
            chapters = map.map(|map| map.chapters).unwrap_or_default();
        }
        Self {
            captions: sidecar("vtt").filter(|_| video.is_some()).map(|file| address(base, file)),
            poster: preview(outcome).filter(|file| file.kind == "poster").map(|file| address(base, file)),
            chapters: chapters.into_iter().map(|chapter| Mark::at(chapter.from_ms, chapter.title)).collect(),
            moments: if video.is_some() { moments(outcome) } else { Vec::new() },
            map: map.map(|file| address(base, file)),
            video,
            animation,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.video.is_none() && self.animation.is_none()
    }
}

/// What went wrong or was marked, where the video shows it.
fn moments(outcome: &Outcome) -> Vec<Mark> {
    let marks = outcome.moments.iter().filter_map(|moment| {
        let text = |name: &str| moment.get(name).and_then(serde_json::Value::as_str);
        let (kind, class) = kind(text("kind")?)?;
        let ms = moment.get("video_ms").and_then(serde_json::Value::as_f64)?;
        Some(Mark { kind, class, ..Mark::at(ms, text("label").unwrap_or_default().to_owned()) })
    });
    marks.take(MOST_MOMENTS).collect()
}

/// The kinds of moments that viewers look for, in words. Pages are chapters already.
fn kind(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "error" => ("Error", "bad"),
        "failed" => ("Failed request", "bad"),
        "rage" => ("Rage clicks", "warn"),
        "dead" => ("Dead click", "warn"),
        "slow" => ("Slow request", "warn"),
        "submit" => ("Form sent", "calm"),
        "marker" => ("Marker", "calm"),
        _ => return None,
    })
}

/// A picture with what it shows.
pub(super) struct Picture {
    pub(super) url: String,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) caption: String,
}

/// Stills, poster and contact sheets.
pub(super) fn pictures(outcome: &Outcome, base: &str) -> Vec<Picture> {
    let files = outcome.outputs.iter().filter(|file| file.kind != "video" && is_picture(file));
    let pictures = files.map(|file| Picture {
        url: address(base, file),
        width: file.width,
        height: file.height,
        caption: caption(outcome, file),
    });
    pictures.collect()
}

/// How near to a moment a still of it is, ms.
const NEAR: f64 = 2.0;

fn caption(outcome: &Outcome, file: &OutputFile) -> String {
    match (file.kind.as_str(), file.at_ms) {
        ("poster", _) => "Poster".to_owned(),
        ("contact_sheet", _) => "Contact sheet".to_owned(),
        (_, None) => "Still".to_owned(),
        (_, Some(at)) => {
            let here = outcome.moments.iter().find_map(|moment| {
                let text = |name: &str| moment.get(name).and_then(serde_json::Value::as_str);
                let kind = text("kind").filter(|kind| file.name.contains(&format!("-{kind}-")))?;
                let near = (moment.get("at_ms")?.as_f64()? - at).abs() <= NEAR;
                near.then(|| {
                    format!(
                        "{}: {}",
                        self::kind(kind).map_or("Moment", |kind| kind.0),
                        text("label").unwrap_or_default()
                    )
                })
            });
            match here {
                Some(moment) => format!("{} · {moment}", clock(at)),
                None => format!("{} of the session", clock(at)),
            }
        }
    }
}

/// A file to be saved.
pub(super) struct Download {
    pub(super) url: String,
    pub(super) name: String,
    pub(super) what: String,
    pub(super) size: String,
}

pub(super) fn downloads(outcome: &Outcome, base: &str, wanted: impl Fn(&OutputFile) -> bool) -> Vec<Download> {
    let files = outcome.outputs.iter().filter(|file| wanted(file));
    let downloads = files.map(|file| Download {
        url: format!("{}?download", address(base, file)),
        name: file.name.clone(),
        what: what(file),
        size: size(file.bytes),
    });
    downloads.collect()
}

fn what(file: &OutputFile) -> String {
    let format = match file.format.as_str() {
        "webm" => "WebM".to_owned(),
        "webp" => "WebP".to_owned(),
        "vtt" => return "Captions, WebVTT".to_owned(),
        "json" => return "Time map, JSON".to_owned(),
        format => format.to_ascii_uppercase(),
    };
    let kind = match file.kind.as_str() {
        "video" if file.format == "gif" => "Animation",
        "video" => "Video",
        "still" => "Still",
        "poster" => "Poster",
        "contact_sheet" => "Contact sheet",
        _ => "File",
    };
    let size = if file.width > 0 { format!(", {} × {}", file.width, file.height) } else { String::new() };
    format!("{kind}, {format}{size}")
}

/// What a failure means, and what can be done.
pub(super) fn trouble(failure: &Failure) -> (&'static str, &'static str) {
    match failure.code.as_str() {
        "spec" => {
            ("This cannot be made of the recording", "Ask for something else: the message says what does not fit.")
        }
        "source" => (
            "The recording could not be fetched",
            "Check the ID or link, and whether this server may read it. Then try again.",
        ),
        "recording" => (
            "The file is no recording that can be shown",
            "Check that it is a whole rrweb or PostHog export. A new export often helps.",
        ),
        "limit" => (
            "The recording is beyond a limit of this server",
            "The message names the limit. Whoever runs this server can raise it.",
        ),
        "browser" => {
            ("The browser failed while rendering", "Try again. If it fails each time, tell whoever runs this server.")
        }
        "encoder" => ("The video could not be encoded", "Try again, or ask for another format."),
        "store" => {
            ("The files could not be stored", "Try again later: the server's disk or store is full or does not answer.")
        }
        "timeout" => {
            ("It took too long", "Ask for less: a lower frame rate, without idle time, or a part of the session.")
        }
        Failure::WORKER_LOST => (
            "The server stopped again and again while rendering",
            "The recording may need more memory than the server has. Tell whoever runs it.",
        ),
        _ => ("Something went wrong inside the server", "Try again. Whoever runs this server finds more in its log."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_a_failure_has_words_of_its_own() {
        let failure = |code: &str| Failure { code: code.to_owned(), message: String::new(), retryable: false };
        let internal = trouble(&failure("internal"));
        for (code, _) in crate::worker::CODES {
            let words = trouble(&failure(code));
            assert!(code == "internal" || words != internal, "{code}");
        }
    }

    #[test]
    fn moments_that_the_video_does_not_show_lead_nowhere() {
        let moments = [
            serde_json::json!({"kind": "error", "label": "<b>", "at_ms": 5.0, "video_ms": 1500.0}),
            serde_json::json!({"kind": "rage", "label": "x", "at_ms": 5.0, "video_ms": null}),
            serde_json::json!({"kind": "page", "label": "x", "at_ms": 5.0, "video_ms": 1.0}),
            serde_json::json!("nonsense"),
        ];
        let outcome = Outcome {
            folder: String::new(),
            outputs: Vec::new(),
            recorded_ms: 0.0,
            video_ms: 0.0,
            frames_sha256: String::new(),
            warnings: Vec::new(),
            moments: moments.to_vec(),
            source_sha256: String::new(),
            session: None,
            took_ms: 0,
            reused_from: None,
        };
        let marks = super::moments(&outcome);
        assert_eq!(marks.len(), 1);
        assert_eq!((marks[0].seconds.as_str(), marks[0].clock.as_str(), marks[0].kind), ("1.500", "0:01", "Error"));
    }
}
