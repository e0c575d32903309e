//! `--report`: what was made and what it took, for machines.

mod files;
mod warnings;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::Request;
use super::plan::Plan;
use super::studio::Produced;
use super::tally::Tally;
use crate::package::Redaction;
use crate::recording::{Recording, SessionTime};
use crate::source;
use crate::stage::PageReport;
use crate::timeline::{ListedMoment, Moment, Piece, TimeMap, Turn};
pub use files::{Output, OutputCell, OutputMoment, VideoFacts};
use warnings::{by_kind, gave_way, nothing_seen, warnings};

/// A finished render. Times are ms; sizes are bytes and device px.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// From the recording's first event to its last.
    pub recorded_ms: f64,
    /// Length of the first video; 0 where there is none.
    pub video_ms: f64,
    /// Slots of the first video's grid: `video_ms` times its frame rate.
    pub slots: u64,
    /// Pictures taken of the page, for all outputs together.
    pub captured: u64,
    /// Frames of the first video that differ from the one before.
    pub distinct: u64,
    /// Frames repeated to keep the first video seekable.
    pub keep_alive: u64,
    /// SHA-256 over the presentation times and pixels of the first video's composed frames, before encoding; over the stills where
    /// there is no video. Equal for equal input, program and machine image.
    pub frames_sha256: String,
    /// Session time to video time of the first video, piece by piece.
    pub time_map: Vec<TimeMapPiece>,
    /// Which window is shown from when on.
    pub windows: Vec<WindowTurn>,
    /// Errors, rage clicks and all else that is worth looking at, in all windows, by time. Absent where there is no video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moments: Option<Vec<VideoMoment>>,
    /// What the viewer should know: things repaired, missing or left out.
    pub warnings: Vec<Warning>,
    /// Parts of the page whose content was not recorded, drawn as labelled boxes, by kind (`audio`, `blocked`, `canvas`, `embed`,
    /// `frame`, `object`, `video`, `webgl`).
    pub placeholders: BTreeMap<String, u64>,
    /// What was removed from the recording on purpose, by rule; never what it was. Absent where no rule held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redaction: Option<Redaction>,
    /// Where the time went. Stages overlap.
    pub timings: Timings,
    /// What the page needed beyond the recording.
    pub resources: Resources,
    /// The files.
    pub outputs: Vec<Output>,
}

/// A stretch of session that plays at one speed, or not at all.
#[derive(Debug, Clone, Serialize)]
pub struct TimeMapPiece {
    /// Session time.
    pub session_from_ms: f64,
    /// Session time.
    pub session_to_ms: f64,
    /// Video time.
    pub video_from_ms: f64,
    /// Video time.
    pub video_to_ms: f64,
    /// Seconds of session per second of video. Absent where it is skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
    /// Idle time that is left out: `video_from_ms` and `video_to_ms` are the same.
    pub skipped: bool,
}

/// A stretch in which one window is shown; it ends where the next one begins.
#[derive(Debug, Clone, Serialize)]
pub struct WindowTurn {
    /// The window's id.
    pub window: String,
    /// Session time.
    pub from_ms: f64,
}

/// A moment, and where the first video shows it.
#[derive(Debug, Clone, Serialize)]
pub struct VideoMoment {
    /// The moment.
    #[serde(flatten)]
    pub moment: ListedMoment,
    /// Video time; `None` if it is in none of the time shown. (Another window may be in view then: see [`Report::windows`].)
    pub video_ms: Option<f64>,
}

/// What the page asked for and the recording does not hold.
#[derive(Debug, Clone, Serialize)]
pub struct Resources {
    /// How many different assets were served.
    pub served_urls: usize,
    /// Those served most often, 200 at most.
    pub served: Vec<Resource>,
    /// How many different resources were missing.
    pub missing_urls: usize,
    /// Those missing most often, 200 at most.
    pub missing: Vec<Resource>,
}

/// A resource and how often the page asked for it.
#[derive(Debug, Clone, Serialize)]
pub struct Resource {
    /// URL, or its origin as far as the browser tells.
    pub url: String,
    /// How often.
    pub count: u64,
}

/// Resources listed of each kind.
const MOST_LISTED: usize = 200;
/// Characters of a URL in the report.
const LONGEST_URL: usize = 300;

/// Something to know.
#[derive(Debug, Clone, Serialize)]
pub struct Warning {
    /// A stable name.
    pub code: &'static str,
    /// How often.
    pub count: u64,
    /// A sentence.
    pub message: String,
}

impl From<source::Warning> for Warning {
    fn from(source::Warning { code, count, message }: source::Warning) -> Self {
        Self { code, count, message }
    }
}

/// Wall-clock time, ms. What browsers did is added up over all of them.
#[derive(Debug, Clone, Serialize)]
pub struct Timings {
    /// All of it, from the request on.
    pub total_ms: f64,
    /// Browsers that worked at it.
    pub browsers: u64,
    /// Starting the browser and the player.
    pub open_ms: f64,
    /// The page applying events.
    pub page_ms: f64,
    /// The browser drawing.
    pub draw_ms: f64,
    /// Waiting for the browser to read back and compress pictures, beyond what the page did meanwhile.
    pub shoot_ms: f64,
    /// Decoding and drawing over them, on another thread.
    pub compose_ms: f64,
    /// Waiting for encoders, on that thread.
    pub encode_ms: f64,
    /// Calls to the page.
    pub page_calls: u64,
    /// Pictures of repeating pages that needed no capture.
    pub repeated: u64,
}

impl Report {
    pub(super) fn new(
        recording: &Recording,
        plan: &Plan,
        produced: Produced,
        tally: &Tally,
        total: Duration,
        request: &Request,
    ) -> Self {
        let mut outputs = Vec::new();
        let video_ms = produced.videos.first().map_or(0.0, |(video, _)| video.fps.milliseconds(video.slots));
        for (video, (encoded, sha256)) in plan.videos.iter().zip(produced.videos) {
            let facts = VideoFacts {
                duration_ms: encoded.duration_ms,
                fps: encoded.fps.to_string(),
                cfr: video.request.cfr,
                slots: encoded.slots,
                time_map: time_map(&video.map),
                distinct: encoded.real_frames,
                keep_alive: encoded.keep_alive,
                frames_sha256: sha256,
                fitted: encoded.fitted.clone(),
                chapters: video.chapters.len(),
                captions: video.captions.len(),
            };
            outputs.push(Output::video(encoded, video.request.format, facts));
        }
        let of_pass = produced.stills.into_iter().map(|(index, still)| (&plan.stills[index], still));
        let apart = produced.apart.iter().map(|(planned, still)| (planned, still.clone()));
        let mut stills: Vec<_> = of_pass.chain(apart).collect();
        stills.sort_by_key(|(planned, _)| planned.order);
        outputs.extend(stills.into_iter().map(|(planned, still)| Output::still(planned, still)));
        outputs.extend(produced.overview.into_iter().map(|(still, shows)| Output::overview(still, shows)));
        let ms = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
        let facts = outputs.iter().find_map(|output| output.video.clone());
        Self {
            recorded_ms: recording.duration().millis(),
            video_ms,
            slots: facts.as_ref().map_or(0, |facts| facts.slots),
            captured: tally.captured,
            distinct: facts.as_ref().map_or(outputs.len() as u64, |facts| facts.distinct),
            keep_alive: facts.as_ref().map_or(0, |facts| facts.keep_alive),
            frames_sha256: facts.map_or(produced.stills_sha256, |facts| facts.frames_sha256),
            time_map: plan.videos.first().map(|video| time_map(&video.map)).unwrap_or_default(),
            windows: windows(recording, plan),
            moments: plan.videos.first().map(|video| moments(recording, &plan.landmarks.moments, &video.map)),
            warnings: warnings(recording, plan, tally, request, produced.without_element)
                .into_iter()
                .chain(nothing_seen(produced.blank))
                .chain(gave_way(&outputs))
                .collect(),
            resources: resources(&tally.page),
            placeholders: by_kind(&tally.page.placeholders),
            redaction: request.redaction.clone(),
            timings: Timings {
                total_ms: ms(total),
                browsers: tally.browsers,
                open_ms: ms(tally.open_time),
                page_ms: ms(tally.page_time),
                draw_ms: ms(tally.draw_time),
                shoot_ms: ms(tally.shoot_time),
                compose_ms: ms(produced.compose_time),
                encode_ms: ms(produced.encode_time),
                page_calls: tally.calls,
                repeated: tally.repeated,
            },
            outputs,
        }
    }
}

/// Resources by how often they were asked for, then by URL.
fn most_frequent(counts: &BTreeMap<String, u64>) -> Vec<Resource> {
    let resource = |(url, count): (&String, &u64)| {
        let mut url = url.clone();
        if let Some((end, _)) = url.char_indices().nth(LONGEST_URL) {
            url.truncate(end);
            url.push('…');
        }
        Resource { url, count: *count }
    };
    let mut resources: Vec<Resource> = counts.iter().map(resource).collect();
    resources.sort_by_key(|resource| std::cmp::Reverse(resource.count));
    resources
}

fn resources(page: &PageReport) -> Resources {
    let (mut served, mut missing) = (most_frequent(&page.served), most_frequent(&page.missing));
    let (served_urls, missing_urls) = (served.len(), missing.len());
    served.truncate(MOST_LISTED);
    missing.truncate(MOST_LISTED);
    Resources { served_urls, served, missing_urls, missing }
}

pub(super) fn time_map(map: &TimeMap) -> Vec<TimeMapPiece> {
    let piece = |piece: Piece| TimeMapPiece {
        session_from_ms: piece.from.millis(),
        session_to_ms: piece.to.millis(),
        video_from_ms: piece.video_from_ms,
        video_to_ms: piece.video_to_ms,
        speed: piece.speed,
        skipped: piece.speed.is_none(),
    };
    map.pieces().map(piece).collect()
}

pub(super) fn moments(recording: &Recording, moments: &[Moment], map: &TimeMap) -> Vec<VideoMoment> {
    let listed = |moment: &Moment| VideoMoment {
        moment: ListedMoment::of(recording, moment),
        video_ms: video_ms(map, moment.at),
    };
    moments.iter().map(listed).collect()
}

/// Of a moment in skipped time, when the next frame is shown.
fn video_ms(map: &TimeMap, at: SessionTime) -> Option<f64> {
    let is_shown = map.begins() <= at && at < map.ends();
    is_shown.then(|| map.session_to_video(at) as f64 / 1000.0)
}

pub(super) fn windows(recording: &Recording, plan: &Plan) -> Vec<WindowTurn> {
    let turn =
        |turn: &Turn| WindowTurn { window: recording.windows[turn.window].id.clone(), from_ms: turn.from.millis() };
    plan.turns.iter().map(turn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::{Span, Speed};

    #[test]
    fn a_moment_is_in_the_video_only_in_the_time_that_it_shows() {
        let ms = SessionTime::from_millis;
        let span: TimeMap = Span { from: ms(1000), to: ms(5000), speed: "2".parse::<Speed>().unwrap() }.into();
        assert_eq!(video_ms(&span, ms(1000)), Some(0.0));
        assert_eq!(video_ms(&span, ms(4000)), Some(1500.0));
        assert_eq!(video_ms(&span, ms(999)), None);
        assert_eq!(video_ms(&span, ms(5000)), None);
    }
}
