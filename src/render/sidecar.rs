//! Files that go with a video and hold no pictures: captions, and the map between session time and video time.
//!
//! They are worked out from the plan alone, so that no browser is needed for them.

use std::io::Write as _;
use std::path::Path;

use serde::Serialize;

use super::plan::{Plan, PlannedSidecar};
use super::report::{Output, TimeMapPiece, VideoMoment, WindowTurn, moments, time_map, windows};
use super::{RenderError, Request, SidecarKind};
use crate::destination::Destination;
use crate::encode::{EncodeError, webvtt};
use crate::recording::{Recording, SessionTime};
use crate::timeline::Cue;

/// The time map of a video as JSON has it: `docs/time-map.md`. Members are only ever added.
#[derive(Debug, Serialize)]
struct TimeMapFile<'p> {
    format: &'static str,
    version: u32,
    session: Session,
    /// Frames per second, as a fraction of whole numbers.
    fps_num: u32,
    fps_den: u32,
    slots: u64,
    duration_ms: f64,
    speed: f64,
    pieces: Vec<TimeMapPiece>,
    windows: Vec<WindowTurn>,
    chapters: Vec<Chapter<'p>>,
    moments: Vec<VideoMoment>,
}

#[derive(Debug, Serialize)]
struct Session {
    /// Session time zero as wall-clock time: RFC 3339 UTC; `None` beyond the calendar.
    started_at: Option<String>,
    /// The same, ms since 1970.
    started_at_ms: f64,
    recorded_ms: f64,
}

#[derive(Debug, Serialize)]
struct Chapter<'p> {
    from_ms: f64,
    to_ms: f64,
    title: &'p str,
}

/// Written, but not yet in their places. Dropped, they leave nothing.
#[derive(Debug)]
pub(super) struct Sidecars(Vec<(Destination, SidecarKind)>);

impl Sidecars {
    /// Writes all files beside their places.
    pub(super) fn write(request: &Request, plan: &Plan) -> Result<Self, RenderError> {
        let write = |planned: &PlannedSidecar| {
            let text = match planned.request.kind {
                SidecarKind::Captions => webvtt(&planned.captions),
                SidecarKind::TimeMap => time_map_file(&request.recording, plan, planned)?,
            };
            Ok((written(&planned.request.path, &text)?, planned.request.kind))
        };
        plan.sidecars.iter().map(write).collect::<Result<_, RenderError>>().map(Self)
    }

    /// Puts them in their places. Of those that are there already, none stays if another cannot come; nor do `others`.
    pub(super) fn keep(self, others: &[Output]) -> Result<Vec<Output>, RenderError> {
        let mut kept: Vec<Output> = Vec::new();
        for (destination, kind) in self.0 {
            match destination.keep() {
                Ok(file) => kept.push(Output::sidecar(file, kind)),
                Err(error) => {
                    for output in others.iter().chain(&kept) {
                        // Gone already is as good.
                        let _ = std::fs::remove_file(&output.path);
                    }
                    return Err(EncodeError::from(error).into());
                }
            }
        }
        Ok(kept)
    }
}

fn written(path: &Path, text: &str) -> Result<Destination, EncodeError> {
    let destination = Destination::open(path)?;
    let refused = |source| EncodeError::Destination { path: path.to_owned(), source };
    destination.create()?.write_all(text.as_bytes()).map_err(refused)?;
    Ok(destination)
}

fn time_map_file(recording: &Recording, plan: &Plan, planned: &PlannedSidecar) -> Result<String, RenderError> {
    let (map, fps) = (&planned.map, planned.request.fps);
    let started = recording.wall_clock(SessionTime::ZERO);
    let chapter = |cue: &Cue| (cue.from as f64 / 1000.0, cue.to as f64 / 1000.0);
    let file = TimeMapFile {
        format: "replayreel-time-map",
        version: 1,
        session: Session {
            started_at: started.map(|time| time.to_string()),
            started_at_ms: recording.started_at_ms,
            recorded_ms: recording.duration().millis(),
        },
        fps_num: fps.num(),
        fps_den: fps.den(),
        slots: planned.slots,
        duration_ms: map.video_ms(fps),
        speed: planned.request.speed.as_f64(),
        pieces: time_map(map),
        windows: windows(recording, plan),
        chapters: planned
            .chapters
            .iter()
            .map(|cue| {
                let (from_ms, to_ms) = chapter(cue);
                Chapter { from_ms, to_ms, title: &cue.text }
            })
            .collect(),
        moments: moments(recording, &plan.landmarks.moments, map),
    };
    let mut text = serde_json::to_string_pretty(&file).map_err(|_| RenderError::Internal("a time map is no JSON"))?;
    text.push('\n');
    Ok(text)
}
