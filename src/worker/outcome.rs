//! What came of a job, as the ledger keeps it: the files with their facts, and what the viewer should know.

use serde::{Deserialize, Serialize};

use super::SessionFacts;
use crate::render::{Report, Warning};

/// A finished render.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Below which key the files lie in the store.
    pub folder: String,
    /// The files.
    pub outputs: Vec<OutputFile>,
    /// From the recording's first event to its last, ms.
    pub recorded_ms: f64,
    /// Length of the first video, ms; 0 without one.
    pub video_ms: f64,
    /// See [`Report::frames_sha256`].
    pub frames_sha256: String,
    /// What the viewer should know.
    #[serde(default)]
    pub warnings: Vec<Notice>,
    /// Moments of the session, with their place in the first video; a thousand at most.
    #[serde(default)]
    pub moments: Vec<serde_json::Value>,
    /// Hex SHA-256 of the recording as it was read.
    pub source_sha256: String,
    /// What the recording says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionFacts>,
    /// How long it took, ms.
    pub took_ms: u64,
    /// The job that made the files, where this one was answered with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reused_from: Option<String>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputFile {
    /// Its name, unique among the files of the job.
    pub name: String,
    /// `video`, `still`, `poster`, `contact_sheet`, `sidecar`.
    pub kind: String,
    /// `mp4`, `png`, `vtt`, ….
    pub format: String,
    /// Bytes.
    pub bytes: u64,
    /// Hex SHA-256.
    pub sha256: String,
    /// Device px; 0 where there is no picture.
    pub width: u32,
    /// Device px; 0 where there is no picture.
    pub height: u32,
    /// Videos: ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    /// Stills: session time shown, ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<f64>,
    /// Made beside what was asked for, for the page that shows the video.
    #[serde(default)]
    pub companion: bool,
}

/// Something that the viewer should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// A stable name.
    pub code: String,
    /// How often.
    pub count: u64,
    /// A sentence.
    pub message: String,
}

/// Moments kept of one session at most.
const MOST_MOMENTS: usize = 1000;

impl Outcome {
    /// Of the reports of one job: several where files of every window were asked for.
    pub(super) fn of(
        reports: &[Report],
        folder: String,
        source_sha256: String,
        companions: &[String],
        took_ms: u64,
    ) -> Self {
        let first = reports.first();
        let mut outputs = Vec::new();
        let mut warnings: Vec<Notice> = Vec::new();
        for report in reports {
            for output in &report.outputs {
                let name = output.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                outputs.push(OutputFile {
                    companion: companions.contains(&name),
                    name,
                    kind: output.kind.to_owned(),
                    format: output.format.clone(),
                    bytes: output.bytes,
                    sha256: output.sha256.clone(),
                    width: output.width,
                    height: output.height,
                    duration_ms: output.video.as_ref().map(|video| video.duration_ms),
                    at_ms: output.at_ms,
                });
            }
            for Warning { code, count, message } in &report.warnings {
                let notice = Notice { code: (*code).to_owned(), count: *count, message: message.clone() };
                if !warnings.contains(&notice) {
                    warnings.push(notice);
                }
            }
        }
        let moments = first.and_then(|report| report.moments.as_ref()).into_iter().flatten().take(MOST_MOMENTS);
        Self {
            folder,
            outputs,
            recorded_ms: first.map_or(0.0, |report| report.recorded_ms),
            video_ms: first.map_or(0.0, |report| report.video_ms),
            frames_sha256: first.map(|report| report.frames_sha256.clone()).unwrap_or_default(),
            warnings,
            moments: moments.filter_map(|moment| serde_json::to_value(moment).ok()).collect(),
            source_sha256,
            session: None,
            took_ms,
            reused_from: None,
        }
    }

    /// The file of a name.
    pub fn output(&self, name: &str) -> Option<&OutputFile> {
        self.outputs.iter().find(|output| output.name == name)
    }

    /// Where a file lies in the store.
    pub fn key(&self, output: &OutputFile) -> String {
        format!("{}/{}", self.folder, output.name)
    }
}

impl OutputFile {
    /// For the header `Content-Type`.
    pub fn media_type(&self) -> &'static str {
        Self::media_type_of(&self.format)
    }

    /// The same, by the format.
    pub fn media_type_of(format: &str) -> &'static str {
        match format {
            "mp4" => "video/mp4",
            "webm" => "video/webm",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "png" => "image/png",
            "jpg" | "jpeg" => "image/jpeg",
            "vtt" => "text/vtt; charset=utf-8",
            "json" => "application/json",
            _ => "application/octet-stream",
        }
    }
}
