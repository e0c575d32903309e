//! The Render object: what the API, the events and the webhooks tell of a job. One shape for all.

use serde::Serialize;
use serde_json::Value as Json;
use url::Url;
use utoipa::ToSchema;

use crate::ledger::{Failure, Job};
use crate::worker::{JobProgress, JobSource, JobSpec, Notice, Outcome, OutputFile, SessionFacts};

/// A render.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Render {
    /// `rnd_` and 32 hexadecimal digits.
    pub id: String,
    /// `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    pub state: String,
    /// Somebody asked for it to be cancelled, and its worker has not stopped yet.
    pub cancel_requested: bool,
    /// How far it is, while it runs.
    #[schema(value_type = Option<ProgressObject>)]
    pub progress: Option<JobProgress>,
    /// How often it was begun.
    pub attempt: u32,
    /// How often it is begun at most.
    pub max_attempts: u32,
    /// Higher ones go first.
    pub priority: i64,
    /// RFC 3339.
    pub created_at: String,
    /// It is not begun before.
    pub run_at: String,
    /// When it was first begun.
    pub started_at: Option<String>,
    /// When it succeeded, failed or was cancelled.
    pub finished_at: Option<String>,
    /// When it and its files are deleted.
    pub expires_at: Option<String>,
    /// Where the recording is from.
    pub source: SourceObject,
    /// What was asked for.
    #[schema(value_type = Object)]
    pub spec: Json,
    /// The files.
    pub outputs: Vec<OutputObject>,
    /// Length of the session, ms.
    pub recorded_ms: Option<f64>,
    /// Length of the first video, ms.
    pub video_ms: Option<f64>,
    /// What the recording says of itself.
    pub session: Option<SessionFacts>,
    /// SHA-256 over presentation times and pixels of the composed frames: equal for equal input, program and machine image.
    pub frames_sha256: Option<String>,
    /// The render whose files answered this one.
    pub reused_from: Option<String>,
    /// Why it failed; while it is queued again, why the last attempt did.
    #[schema(value_type = Option<FailureObject>)]
    pub failure: Option<Failure>,
    /// What the viewer should know.
    #[schema(value_type = Vec<NoticeObject>)]
    pub warnings: Vec<Notice>,
    /// As it was sent.
    #[schema(value_type = Object)]
    pub metadata: Json,
    /// Grows with each change; the `id` of its events.
    pub revision: i64,
    /// Where this object is.
    pub url: String,
}

/// Where a recording is from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceObject {
    /// `upload` or `place`.
    pub kind: &'static str,
    /// The file's name, or the place without its query.
    pub name: String,
    /// Of an upload.
    pub bytes: Option<u64>,
    /// Of an upload, and of every render that succeeded: hex.
    pub sha256: Option<String>,
}

/// A file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OutputObject {
    /// Unique among those of the render.
    pub name: String,
    /// `video`, `still`, `poster`, `contact_sheet` or `sidecar`.
    pub kind: String,
    /// `mp4`, `webm`, `gif`, `webp`, `png`, `jpg`, `vtt`, `json`.
    pub format: String,
    /// For `Content-Type`.
    pub media_type: &'static str,
    /// Where it is to be had, with the key.
    pub url: String,
    /// Its size.
    pub bytes: u64,
    /// Hex.
    pub sha256: String,
    /// Device px; 0 without a picture.
    pub width: u32,
    /// Device px; 0 without a picture.
    pub height: u32,
    /// Of videos.
    pub duration_ms: Option<f64>,
    /// Session time of a still.
    pub at_ms: Option<f64>,
    /// Made beside what was asked for.
    pub companion: bool,
}

/// How far a render is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressObject {
    /// `fetching`, `preparing`, `rendering` or `uploading`.
    pub phase: String,
    /// 0 to 1.
    pub ratio: f64,
    /// Session time that is done.
    pub session_ms: f64,
    /// Session time that is shown in all.
    pub of_session_ms: f64,
    /// Pictures taken of the page.
    pub captured: u64,
    /// Frames handed to encoders.
    pub frames: u64,
    /// How much longer it takes at this pace.
    pub left_ms: Option<u64>,
}

/// Why a render failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailureObject {
    /// Stable: spec, source, recording, limit, browser, encoder, store, timeout, internal, `worker_lost`.
    pub code: String,
    /// For people.
    pub message: String,
    /// Whether the same may succeed another time.
    pub retryable: bool,
}

/// Something that the viewer should know.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeObject {
    /// Stable.
    pub code: String,
    /// How often.
    pub count: u64,
    /// A sentence.
    pub message: String,
}

/// Where a service is reached, and so where its renders and their files are.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// As others reach it; without, addresses begin with their path.
    pub public_url: Option<Url>,
}

impl Addresses {
    /// An address of this service: whole where it is known where it is reached.
    pub fn of(&self, path: &str) -> String {
        match &self.public_url {
            Some(base) => format!("{}{path}", base.as_str().trim_end_matches('/')),
            None => path.to_owned(),
        }
    }

    /// A job as the service tells it.
    pub fn render(&self, job: &Job) -> Render {
        let source: Option<JobSource> = serde_json::from_value(job.source.clone()).ok();
        let spec: Option<JobSpec> = serde_json::from_value(job.spec.clone()).ok();
        let outcome = outcome(job);
        let mut render = Render {
            id: job.id.to_string(),
            state: job.state.to_string(),
            cancel_requested: job.cancel_requested && !job.state.is_settled(),
            progress: job
                .progress
                .clone()
                .filter(|_| !job.state.is_settled())
                .and_then(|json| serde_json::from_value(json).ok()),
            attempt: job.attempt,
            max_attempts: job.max_attempts,
            priority: job.priority,
            created_at: time(job.created_at),
            run_at: time(job.run_at),
            started_at: job.started_at.map(time),
            finished_at: job.finished_at.map(time),
            expires_at: job.expires_at.map(time),
            source: SourceObject {
                kind: if matches!(source, Some(JobSource::Upload { .. })) { "upload" } else { "place" },
                name: source.as_ref().map(JobSource::shown).unwrap_or_default(),
                bytes: None,
                sha256: None,
            },
            spec: spec.map(|spec| spec.spec).unwrap_or_default(),
            outputs: Vec::new(),
            recorded_ms: None,
            video_ms: None,
            session: None,
            frames_sha256: None,
            reused_from: None,
            failure: job.failure.clone().filter(|_| job.result.is_none()),
            warnings: Vec::new(),
            metadata: job.metadata.clone(),
            revision: job.revision,
            url: self.of(&format!("/v1/renders/{}", job.id)),
        };
        if let Some(JobSource::Upload { bytes, sha256, .. }) = source {
            (render.source.bytes, render.source.sha256) = (Some(bytes), Some(sha256));
        }
        if let Some(outcome) = outcome {
            let base = format!("/v1/renders/{}/outputs", job.id);
            render.outputs = outcome.outputs.iter().map(|file| self.output(file, &base)).collect();
            (render.recorded_ms, render.video_ms) = (Some(outcome.recorded_ms), Some(outcome.video_ms));
            render.frames_sha256 = Some(outcome.frames_sha256);
            render.session = outcome.session;
            render.reused_from = outcome.reused_from;
            render.warnings = outcome.warnings;
            render.source.sha256 = Some(outcome.source_sha256);
        }
        render
    }

    fn output(&self, file: &OutputFile, base: &str) -> OutputObject {
        OutputObject {
            name: file.name.clone(),
            kind: file.kind.clone(),
            format: file.format.clone(),
            media_type: file.media_type(),
            url: self.of(&format!("{base}/{}", file.name)),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            width: file.width,
            height: file.height,
            duration_ms: file.duration_ms,
            at_ms: file.at_ms,
            companion: file.companion,
        }
    }
}

/// What came of a job that succeeded.
pub fn outcome(job: &Job) -> Option<Outcome> {
    job.result.clone().and_then(|result| serde_json::from_value(result).ok())
}

/// RFC 3339, UTC, to the millisecond.
pub fn time(epoch_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(epoch_ms).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
}
