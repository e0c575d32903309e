//! Calls to a PostHog server: within its rates, again when it is busy, and with words for each refusal.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::super::error::PostHogError;
use super::super::pace::{Pace, back_off};
use super::super::{Limits, Progress, Settings};
use crate::outbound::{OutboundError, Response};

/// By what right something is asked for.
pub(super) enum Access {
    /// A personal API key, which goes as a header.
    Key(String),
    /// The token of a shared link, which goes as `sharing_access_token` in the query.
    Shared(String),
}

/// A server, and what is asked of it.
pub(super) struct Server<'a> {
    base: Url,
    access: Access,
    project: String,
    recording: String,
    limits: &'a Limits,
    settings: &'a Settings,
    pace: Pace,
    progress: Progress,
}

impl<'a> Server<'a> {
    pub(super) fn new(base: Url, access: Access, limits: &'a Limits, settings: &'a Settings) -> Self {
        let progress = Progress { done: 0, of: 0, bytes: 0, waiting: None };
        let (project, recording, pace) = (String::new(), String::new(), Pace::default());
        Self { base, access, project, recording, limits, settings, pace, progress }
    }

    pub(super) fn ask_for(&mut self, project: &str, recording: &str) {
        (self.project, self.recording) = (project.to_owned(), recording.to_owned());
    }

    /// Of which recording it is asked, and where: what a cache goes by.
    pub(super) fn subject(&self) -> String {
        format!("{}|{}|{}", self.base, self.project, self.recording)
    }

    pub(super) fn limits(&self) -> &Limits {
        self.limits
    }

    pub(super) fn tell(&mut self, done: u64, of: u64, bytes: u64) {
        self.progress = Progress { done, of, bytes, waiting: None };
        (self.settings.progress)(self.progress);
    }

    /// A page of the server itself, not of its API; asked without any right.
    pub(super) async fn page(&mut self, path: &[&str]) -> Result<Bytes, PostHogError> {
        let url = with_path(&self.base, path);
        self.get(&url, false, u64::from(u32::MAX)).await
    }

    /// `…/session_recordings/ID/PATH?QUERY`, as JSON.
    pub(super) async fn json<T: DeserializeOwned>(
        &mut self,
        what: &'static str,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, PostHogError> {
        let bytes = self.bytes(path, query, 64 << 20).await?;
        serde_json::from_slice(&bytes).map_err(|error| PostHogError::Unexpected { what, detail: error.to_string() })
    }

    /// `…/session_recordings/ID/PATH?QUERY`
    pub(super) async fn bytes(
        &mut self,
        path: &[&str],
        query: &[(&str, &str)],
        max_bytes: u64,
    ) -> Result<Bytes, PostHogError> {
        let whole = ["api", "projects", &self.project, "session_recordings", &self.recording];
        let mut url = with_path(&self.base, &[&whole, path].concat());
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.get(&url, true, max_bytes).await
    }

    async fn get(&mut self, url: &Url, with_right: bool, max_bytes: u64) -> Result<Bytes, PostHogError> {
        let mut url = url.clone();
        let mut key = None;
        match &self.access {
            _ if !with_right => {}
            Access::Key(secret) => key = Some(format!("Bearer {secret}")),
            Access::Shared(token) => {
                url.query_pairs_mut().append_pair("sharing_access_token", token);
            }
        }
        let mut attempt = 1;
        loop {
            let delay = self.pace.next(self.settings.clock.now());
            self.wait(delay).await;
            let mut request = self.settings.client.get(url.as_str()).max_bytes(max_bytes);
            if let Some(key) = &key {
                request = request.header("authorization", key);
            }
            let outcome = match request.send().await {
                Ok(response) => answer(response).await,
                Err(error) => Err(Refused::Fetch(error)),
            };
            let (again, retry_after) = match outcome {
                Ok(bytes) => return Ok(bytes),
                Err(Refused::Fetch(OutboundError::TooLarge { .. })) => {
                    return Err(PostHogError::TooLarge { limit: self.settings.limits.input_bytes });
                }
                Err(Refused::Fetch(error)) if error.is_transient() => (PostHogError::Fetch(error), None),
                Err(Refused::Fetch(error)) => return Err(error.into()),
                Err(Refused::Status { status, retry_after, said }) => {
                    let busy = matches!(status, 429 | 500 | 502..=504) && !said.blocks_are_gone();
                    if !busy {
                        return Err(self.refusal(status, said));
                    }
                    (PostHogError::Busy { status, tries: attempt, detail: said.told() }, retry_after)
                }
            };
            if attempt >= self.limits.tries {
                return Err(again);
            }
            let delay = back_off(attempt, retry_after, self.settings.clock.chance());
            if delay > self.limits.wait + Duration::from_secs(1) {
                return Err(PostHogError::Wait { asked: delay, limit: self.limits.wait });
            }
            tracing::debug!(attempt, wait_s = delay.as_secs_f64(), "PostHog is busy or the connection broke: {again}");
            self.wait(delay).await;
            attempt += 1;
        }
    }

    async fn wait(&self, delay: Duration) {
        if delay > Duration::ZERO {
            (self.settings.progress)(Progress { waiting: Some(delay), ..self.progress });
            self.settings.clock.wait(delay).await;
        }
    }

    fn refusal(&self, status: u16, said: Said) -> PostHogError {
        let (detail, project) = (said.told(), self.project.clone());
        if said.blocks_are_gone() {
            return PostHogError::BlocksGone { detail };
        }
        match (status, &self.access) {
            (401 | 403 | 404, Access::Shared(_)) => PostHogError::NotShared { detail },
            (401, Access::Key(_)) => PostHogError::Unauthorized { detail },
            (403, Access::Key(_)) => PostHogError::Forbidden { detail, project },
            (404, Access::Key(_)) => PostHogError::NotFound { detail, project },
            (410, _) => PostHogError::Deleted { by: said.deleted_by.map(text), at: said.deleted_at.map(text) },
            _ => PostHogError::Status { status, detail },
        }
    }
}

enum Refused {
    Fetch(OutboundError),
    Status { status: u16, retry_after: Option<Duration>, said: Said },
}

async fn answer(response: Response) -> Result<Bytes, Refused> {
    let status = response.status();
    if (200..300).contains(&status) {
        return response.bytes().await.map_err(Refused::Fetch);
    }
    // PostHog sends seconds; a date is not taken, and the usual wait holds.
    let retry_after =
        response.header("retry-after").and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
    // What it says helps, but is not needed.
    let body = response.bytes().await.unwrap_or_default();
    let said = serde_json::from_slice(&body).unwrap_or_default();
    Err(Refused::Status { status, retry_after, said })
}

/// The body of a refusal.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    detail: Option<serde_json::Value>,
    error: Option<serde_json::Value>,
    code: Option<serde_json::Value>,
    deleted_at: Option<serde_json::Value>,
    deleted_by: Option<serde_json::Value>,
}

impl Said {
    fn told(&self) -> String {
        let said = self.detail.clone().or_else(|| self.error.clone()).map(text);
        said.filter(|said| !said.is_empty()).unwrap_or_else(|| "it gives no reason".to_owned())
    }

    /// All blocks asked for cannot be read at its own storage: asking again gives the same.
    fn blocks_are_gone(&self) -> bool {
        self.code.as_ref().and_then(serde_json::Value::as_str).is_some_and(|code| code.contains("blocks_unavailable"))
    }
}

/// A stranger's words, short and on one line, without what a terminal would obey.
fn text(value: serde_json::Value) -> String {
    let whole = match value {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => {
            // Deletion times come as seconds.
            let stamp = number.as_i64().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
            stamp.map_or_else(|| number.to_string(), |stamp| stamp.to_string())
        }
        other => other.to_string(),
    };
    whole.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn with_path(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}
