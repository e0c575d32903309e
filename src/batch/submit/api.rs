//! A service by its API.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value as Json;
use tokio::io::AsyncWriteExt as _;
use url::Url;

use super::{Given, JobEnd, LOOK, SubmitError};
use crate::ledger::Failure;
use crate::outbound::{Client, Response};
use crate::worker::{JobProgress, Notice, Outcome, OutputFile, SessionFacts};

/// A service by its API.
#[derive(Debug)]
pub struct Api {
    base: Url,
    client: Client,
    key: Option<String>,
}

/// What of the Render object matters here.
#[derive(Deserialize)]
struct Render {
    id: String,
    state: String,
    #[serde(default)]
    progress: Option<JobProgress>,
    #[serde(default)]
    outputs: Vec<OutputFile>,
    #[serde(default)]
    recorded_ms: Option<f64>,
    #[serde(default)]
    video_ms: Option<f64>,
    #[serde(default)]
    frames_sha256: Option<String>,
    #[serde(default)]
    warnings: Vec<Notice>,
    #[serde(default)]
    session: Option<SessionFacts>,
    #[serde(default)]
    failure: Option<Failure>,
    source: Source,
}

#[derive(Deserialize)]
struct Source {
    #[serde(default)]
    sha256: Option<String>,
}

/// Longest answer that is no file, bytes.
const ANSWER: u64 = 32 << 20;
/// How long a full queue is waited for at once.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

impl Api {
    /// `base` is where the service is; `key` an API key with the scopes submit and read.
    pub fn new(base: Url, client: Client, key: Option<String>) -> Self {
        Self { base, client, key }
    }

    /// Asks for a render, waits for its end, and brings its files.
    pub(super) async fn run(
        &self,
        given: &Given,
        spec: &Json,
        key: &str,
        folder: &Path,
        tell: &(dyn Fn(JobProgress) + Send + Sync),
    ) -> Result<JobEnd, SubmitError> {
        let mut render = self.submit(given, spec, key).await?;
        while !matches!(render.state.as_str(), "succeeded" | "failed" | "cancelled") {
            tokio::time::sleep(LOOK).await;
            let answer = self.asked(http::Method::GET, &format!("/v1/renders/{}", render.id)).send().await;
            match answer {
                Ok(response) => render = understood(response).await?,
                // A server that is being replaced is back in a moment; the job is safe in its ledger.
                Err(error) if error.is_transient() => tracing::debug!("the service does not answer: {error}"),
                Err(error) => return Err(error.into()),
            }
            if let Some(progress) = render.progress.clone() {
                tell(progress);
            }
        }
        match (render.state.as_str(), render.failure) {
            ("succeeded", _) => {}
            (_, Some(failure)) => return Ok(JobEnd::Failed(failure)),
            (state, None) => {
                let message = format!("the render {} was {state}", render.id);
                return Ok(JobEnd::Failed(Failure { code: "service".to_owned(), message, retryable: false }));
            }
        }
        for output in &render.outputs {
            self.bring(&render.id, output, folder).await?;
        }
        let moments = self.asked(http::Method::GET, &format!("/v1/renders/{}/moments", render.id)).send().await?;
        let source_sha256 = render.source.sha256.unwrap_or_default();
        Ok(JobEnd::Succeeded(Box::new(Outcome {
            folder: String::new(),
            outputs: render.outputs,
            recorded_ms: render.recorded_ms.unwrap_or_default(),
            video_ms: render.video_ms.unwrap_or_default(),
            frames_sha256: render.frames_sha256.unwrap_or_default(),
            warnings: render.warnings,
            moments: understood(moments).await?,
            source_sha256,
            session: render.session,
            took_ms: 0,
            reused_from: None,
        })))
    }

    async fn submit(&self, given: &Given, spec: &Json, key: &str) -> Result<Render, SubmitError> {
        loop {
            let request = self.asked(http::Method::POST, "/v1/renders").header("idempotency-key", key);
            let request = match given {
                Given::Package { name, bytes, .. } => {
                    let (kind, body) = form(name, bytes, spec);
                    request.header("content-type", &kind).body(body)
                }
                Given::Place(place) => {
                    let mut body = spec.clone();
                    if let Some(members) = body.as_object_mut() {
                        members.insert("source".to_owned(), Json::String(place.clone()));
                    }
                    request.header("content-type", "application/json").body(body.to_string().into())
                }
            };
            let response = request.send().await?;
            if response.status() != 429 {
                return understood(response).await;
            }
            let wait = response.header("retry-after").and_then(|text| text.parse().ok()).unwrap_or(5);
            tokio::time::sleep(Duration::from_secs(wait).min(LONGEST_WAIT)).await;
        }
    }

    async fn bring(&self, id: &str, output: &OutputFile, folder: &Path) -> Result<(), SubmitError> {
        // The server chose the name, and it becomes a file's.
        let name = Path::new(&output.name).file_name().filter(|name| *name == output.name.as_str());
        let name = name.ok_or_else(|| SubmitError::Unexpected(format!("{:?} is no name of a file", output.name)))?;
        let mut response =
            self.asked(http::Method::GET, &format!("/v1/renders/{id}/outputs/{}", output.name)).send().await?;
        if response.status() != 200 {
            return Err(refused(response).await);
        }
        let mut file = tokio::fs::File::create(folder.join(name)).await.map_err(SubmitError::Disk)?;
        let mut hash = sha2::Sha256::default();
        while let Some(piece) = response.chunk().await? {
            sha2::Digest::update(&mut hash, &piece);
            file.write_all(&piece).await.map_err(SubmitError::Disk)?;
        }
        file.flush().await.map_err(SubmitError::Disk)?;
        if crate::destination::hexadecimal(&sha2::Digest::finalize(hash)) == output.sha256 {
            Ok(())
        } else {
            Err(SubmitError::Unexpected(format!("{} is not the file that it was to be", output.name)))
        }
    }

    fn asked(&self, method: http::Method, path: &str) -> crate::outbound::Request {
        let url = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        let request = self.client.request(method, &url);
        match &self.key {
            Some(key) => request.header("authorization", &format!("Bearer {key}")),
            None => request,
        }
    }
}

async fn understood<T: serde::de::DeserializeOwned>(response: Response) -> Result<T, SubmitError> {
    if !(200..300).contains(&response.status()) {
        return Err(refused(response).await);
    }
    let bytes = response.bytes().await?;
    if bytes.len() as u64 > ANSWER {
        return Err(SubmitError::Unexpected(format!("an answer of {} bytes", bytes.len())));
    }
    serde_json::from_slice(&bytes).map_err(|error| SubmitError::Unexpected(error.to_string()))
}

async fn refused(response: Response) -> SubmitError {
    let status = response.status();
    let body: Option<Json> = response.bytes().await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let said = body.as_ref().map(|body| {
        let text = |name: &str| body.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let fields = body.get("errors").map(ToString::to_string).unwrap_or_default();
        format!("{}: {} {fields}", text("title"), text("detail"))
    });
    SubmitError::Refused { status, detail: said.unwrap_or_else(|| "no explanation".to_owned()) }
}

/// A form with the package and the spec: its type, and its bytes.
fn form(name: &str, package: &Bytes, spec: &Json) -> (String, Bytes) {
    let boundary = format!("replayreel-{}", uuid::Uuid::new_v4().simple());
    let name: String =
        name.chars().map(|letter| if letter.is_control() || letter == '"' { '_' } else { letter }).collect();
    let mut body = Vec::with_capacity(package.len() + 1024);
    body.extend_from_slice(
        format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"spec\"\r\ncontent-type: application/json\r\n\r\n{spec}\r\n\
             --{boundary}\r\ncontent-disposition: form-data; name=\"package\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n"
        )
        .as_bytes(),
    );
    body.extend_from_slice(package);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body.into())
}
