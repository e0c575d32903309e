//! What a report says of each file.

use std::path::PathBuf;

use serde::Serialize;

use super::TimeMapPiece;
use crate::destination::Kept;
use crate::encode::{Encoded, Fitted, Format, Still};
use crate::render::SidecarKind;
use crate::render::album::Shows;
use crate::render::gallery::{PlannedStill, StillMoment};
use crate::timeline::ListedMoment;

/// One file.
#[derive(Debug, Clone, Serialize)]
pub struct Output {
    /// Where.
    pub path: PathBuf,
    /// `video`, `still`, `poster`, `contact_sheet`, or `sidecar` (captions, a time map).
    pub kind: &'static str,
    /// `mp4`, `png`, ….
    pub format: String,
    /// Bytes.
    pub bytes: u64,
    /// Hex SHA-256 of the file.
    pub sha256: String,
    /// Device px, padding included. 0 and absent where there is no picture.
    #[serde(skip_serializing_if = "is_zero")]
    pub width: u32,
    /// See `width`.
    #[serde(skip_serializing_if = "is_zero")]
    pub height: u32,
    /// Session time shown, for stills and posters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<f64>,
    /// What a still with a limit took to keep to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fitted: Option<Fitted>,
    /// For stills of moments: what they are of. Its `at_ms` is when that began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moment: Option<OutputMoment>,
    /// For posters: the title of the page that it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// For contact sheets: what stands where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<OutputCell>,
    /// For videos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoFacts>,
}

/// A picture on a contact sheet. `x`, `y`, `width` and `height` are the room that it is fitted into, device px.
#[derive(Debug, Clone, Serialize)]
pub struct OutputCell {
    /// Session time.
    pub at_ms: f64,
    /// Of its left edge.
    pub x: u32,
    /// Of its top edge.
    pub y: u32,
    /// Device px.
    pub width: u32,
    /// Device px.
    pub height: u32,
    /// What stands below it, besides the time.
    pub title: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The moment that a still is of.
#[derive(Debug, Clone, Serialize)]
pub struct OutputMoment {
    /// Among those of its kind, from 1: `error` 2 is `error:2`.
    pub number: usize,
    /// The moment.
    #[serde(flatten)]
    pub moment: ListedMoment,
}

impl OutputCell {
    fn scale(&mut self, factor: f64) {
        for length in [&mut self.x, &mut self.y, &mut self.width, &mut self.height] {
            *length = (f64::from(*length) * factor).round() as u32;
        }
    }
}

impl Output {
    /// A file of which nothing else is to be said.
    fn file(kind: &'static str, format: String, file: Kept) -> Self {
        Self {
            kind,
            path: file.path,
            format,
            bytes: file.bytes,
            sha256: file.sha256,
            width: 0,
            height: 0,
            at_ms: None,
            fitted: None,
            moment: None,
            title: None,
            cells: Vec::new(),
            video: None,
        }
    }

    fn picture(kind: &'static str, still: Still) -> Self {
        let format = still.path.extension().unwrap_or_default().to_string_lossy().into_owned();
        let Still { path, bytes, sha256, width, height, fitted } = still;
        Self { width, height, fitted, ..Self::file(kind, format, Kept { path, bytes, sha256 }) }
    }

    pub(in crate::render) fn sidecar(file: Kept, kind: SidecarKind) -> Self {
        Self::file("sidecar", kind.extension().to_owned(), file)
    }

    pub(super) fn video(encoded: Encoded, format: Format, facts: VideoFacts) -> Self {
        let Encoded { path, bytes, sha256, width, height, .. } = encoded;
        let file = Self::file("video", format.extension().to_owned(), Kept { path, bytes, sha256 });
        Self { width, height, video: Some(facts), ..file }
    }

    pub(super) fn still(planned: &PlannedStill, still: Still) -> Self {
        let moment = planned.moment.clone();
        Self {
            at_ms: Some(planned.at.millis()),
            moment: moment.map(|StillMoment { number, moment }| OutputMoment { number, moment }),
            ..Self::picture("still", still)
        }
    }

    pub(super) fn overview(still: Still, shows: Shows) -> Self {
        match shows {
            Shows::Cells { mut cells, width } => {
                // A limit on its bytes can have made it smaller.
                let factor = f64::from(still.width) / f64::from(width.max(1));
                for cell in &mut cells {
                    cell.scale(factor);
                }
                Self { cells, ..Self::picture("contact_sheet", still) }
            }
            Shows::Best { at, title } => {
                Self { at_ms: Some(at.millis()), title: Some(title), ..Self::picture("poster", still) }
            }
        }
    }
}

/// What only videos have.
#[derive(Debug, Clone, Serialize)]
pub struct VideoFacts {
    /// Length.
    pub duration_ms: f64,
    /// Frames per second of its grid.
    pub fps: String,
    /// Constant rate.
    pub cfr: bool,
    /// Slots of its grid.
    pub slots: u64,
    /// Session time to its video time, piece by piece.
    pub time_map: Vec<TimeMapPiece>,
    /// Frames that differ from the one before.
    pub distinct: u64,
    /// Frames repeated to keep it seekable.
    pub keep_alive: u64,
    /// As [`super::Report::frames_sha256`].
    pub frames_sha256: String,
    /// What a limit on its bytes took; its rate and size are those that it has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fitted: Option<Fitted>,
    /// How many chapters it has.
    pub chapters: usize,
    /// How many captions its track has.
    pub captions: usize,
}
