//! `POST /v1/ingest/{session}`: what recorders send, kept chunk by chunk; and those sessions as sources of renders.
//!
//! The key stands in the page, and so does whatever else is sent: nothing here is believed. Bodies go to the disk as they come, and are read once, a
//! line at a time, under limits. `docs/recorder.md` is the contract.

mod allowance;
mod chunk;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, BodyDataStream};
use axum::extract::rejection::QueryRejection;
use axum::extract::{ConnectInfo, Extension, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub(super) use allowance::Allowances;

use super::auth::{self, Caller};
use super::object::time;
use super::pace::TooSlow;
use super::upload::{self, Upload};
use super::{Problem, Service};
use crate::ledger::{ChunkFit, ExpectedChunk, Scope, SentSession, SessionId, StoredChunk};
use crate::subject::Subject;

/// Before the ID of a session, where a render's source is one.
const SENT: &str = "ingest:";
/// The number of a chunk. A header, so that all chunks of a session have one address, and browsers ask only once whether they may send.
const SEQ: &str = "replayreel-seq";
/// Seconds after which a key whose sessions fill their room is worth another try.
const FULL: u64 = 3600;

/// What recorders may send.
#[derive(Debug, Clone)]
pub struct IngestOptions {
    /// Largest chunk, bytes as decompressed.
    pub chunk_bytes: u64,
    /// Most that one session may have, bytes as stored.
    pub session_bytes: u64,
    /// Most that all sessions of one key may have at a time, bytes as stored.
    pub key_bytes: u64,
    /// What may come from one address in a minute, bytes as sent.
    pub address_bytes: u64,
    /// Sessions that one address may begin in a minute.
    pub address_sessions: u32,
    /// How long a session is kept after its last chunk, ms; for ever, if none.
    pub keep_ms: Option<i64>,
    /// The header in which a proxy tells the address of its client.
    pub address_header: Option<header::HeaderName>,
}

/// Send a chunk of a session.
#[utoipa::path(post, path = "/v1/ingest/{session}", tag = "ingest",
    params(
        ("session" = String, Path, description = "The session: `ses_` and 32 hexadecimal digits"),
        ("replayreel-seq" = u32, Header, description = "The chunk's number: 0, 1, 2 …"),
    ),
    request_body(content = String, content_type = "application/x-ndjson", description = "rrweb events, one per line; compressed with `Content-Encoding: gzip`, or not"),
    responses(
        (status = 200, description = "It was there already", body = ChunkObject),
        (status = 202, description = "It is kept", body = ChunkObject),
        (status = 409, description = "Chunks before it are missing; `next` is the number of the first", body = Problem, content_type = "application/problem+json"),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "Failed", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn send(
    State(service): State<Service>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(session): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let mut body = body.into_data_stream();
    let sent = take(&service, peer, &session, &headers, &mut body).await;
    // Answered in the middle of what it sends, a browser may see the connection break instead of the answer: then it would send the same for ever.
    let mut rest = (4 * service.0.options.ingest.chunk_bytes).max(LEAST_DRAINED);
    let drain = async {
        while let Some(Ok(piece)) = body.next().await
            && rest > 0
        {
            rest = rest.saturating_sub(piece.len() as u64);
        }
    };
    let _ = tokio::time::timeout(DRAIN, drain).await;
    open_to_all(sent.unwrap_or_else(Problem::into_response))
}

/// As much is read of what is refused, bytes, however small chunks have to be.
const LEAST_DRAINED: u64 = 16 << 20;
/// How long the rest of a refused chunk is waited for.
const DRAIN: Duration = Duration::from_secs(20);

/// A chunk that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChunkObject {
    /// Its number.
    seq: u32,
}

/// Browsers ask before they send to another origin.
pub(super) async fn preflight() -> Response {
    let mut response = open_to_all(StatusCode::NO_CONTENT.into_response());
    let headers = response.headers_mut();
    let allowed = "authorization, content-type, content-encoding, replayreel-seq";
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(allowed));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    response
}

/// To all origins, errors too: a browser shows a page nothing else. Cookies do not count here, so no site gets anything that it has no key for.
fn open_to_all(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
    response
}

async fn take(
    service: &Service,
    peer: SocketAddr,
    session: &str,
    headers: &HeaderMap,
    body: &mut BodyDataStream,
) -> Result<Response, Problem> {
    let caller = auth::bearer(service, headers).await?;
    caller.must(Scope::Ingest)?;
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    may_come_from(service, &caller, origin).await?;
    let session: SessionId =
        session.parse().map_err(|_| Problem::new("bad-request", "a session is ses_ and 32 hexadecimal digits"))?;
    let seq = headers.get(SEQ).and_then(|seq| seq.to_str().ok()).and_then(|seq| seq.parse::<u32>().ok());
    let seq = seq.ok_or_else(|| Problem::new("bad-request", format!("{SEQ} has to be the chunk's number")))?;
    service.refuse_while_draining()?;
    let inner = &service.0;
    let options = &inner.options.ingest;
    let address = client_address(options, peer, headers);
    inner.allowances.may_send(address)?;
    let expected = ExpectedChunk {
        session: &session,
        seq,
        owner: &caller.owner,
        origin,
        keep_for_ms: options.keep_ms,
        session_bytes: options.session_bytes.cast_signed(),
        owner_bytes: options.key_bytes.cast_signed(),
    };
    if seq == 0 {
        inner.allowances.may_begin(address)?;
    }
    let fit = inner.ledger.expect_chunk(&expected).await?;
    if fit != ChunkFit::Next {
        return told(fit, seq, options);
    }
    let packed = is_packed(headers)?;
    let received = receive(service, address, body).await?;
    let limit = options.chunk_bytes;
    let folder = inner.options.uploads.clone();
    let permit = inner.reading.acquire().await;
    let read = tokio::task::spawn_blocking(move || chunk::read(received.file.path(), packed, limit, &folder));
    let chunk = read.await.map_err(|error| Problem::new("internal", error.to_string()))??;
    drop(permit);
    let path = format!("sessions/{session}/{seq:08}-{}", uuid::Uuid::now_v7().simple());
    let bytes = inner.store.put_file(&path, chunk.file.path()).await?;
    let stored = StoredChunk {
        session: &session,
        seq,
        path: &path,
        bytes: bytes.cast_signed(),
        sha256: &chunk.sha256,
        events: chunk.events,
        subjects: &chunk.subjects,
    };
    let kept = inner.ledger.keep_chunk(&stored).await;
    if !matches!(kept, Ok(ChunkFit::Next)) && inner.store.delete(&path).await.is_err() {
        tracing::warn!("a chunk that does not count stays in the store until its session goes: {path}");
    }
    told(kept?, seq, options)
}

fn told(fit: ChunkFit, seq: u32, options: &IngestOptions) -> Result<Response, Problem> {
    match fit {
        ChunkFit::Next => Ok((StatusCode::ACCEPTED, Json(ChunkObject { seq })).into_response()),
        ChunkFit::Had => Ok(Json(ChunkObject { seq }).into_response()),
        ChunkFit::Missing(next) => {
            Err(Problem::new("chunks-missing", format!("chunks from {next} on are missing")).beginning_with(next))
        }
        ChunkFit::Ended => Err(Problem::new("gone", "the session has ended: nothing more is taken of it")),
        ChunkFit::SessionFull => Err(Problem::new(
            "session-full",
            format!("the session has {} bytes, which is the limit (--ingest-session-bytes)", options.session_bytes),
        )),
        ChunkFit::OwnerFull => Err(Problem::new(
            "too-fast",
            format!("sessions of this key have {} bytes, which is the limit (--ingest-key-bytes)", options.key_bytes),
        )
        .after(FULL)),
    }
}

/// The header stops other sites, and no program.
async fn may_come_from(service: &Service, caller: &Caller, origin: Option<&str>) -> Result<(), Problem> {
    let Ok(key) = caller.owner.parse() else { return Ok(()) };
    let allowed = service.0.ledger.key_origins(key).await?;
    if allowed.is_empty() || origin.is_some_and(|origin| allowed.iter().any(|one| one == origin)) {
        return Ok(());
    }
    Err(Problem::new("forbidden", "the key may not be used from this origin"))
}

/// Whose rate it is: the client, as a proxy tells it where that is set.
fn client_address(options: &IngestOptions, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    // The last one is what the proxy itself saw; those before it are what it was told.
    let told = options.address_header.as_ref().and_then(|name| headers.get_all(name).iter().next_back());
    let told = told.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    told.unwrap_or(peer.ip())
}

fn is_packed(headers: &HeaderMap) -> Result<bool, Problem> {
    match headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(false),
        Some(b"gzip") => Ok(true),
        Some(_) => Err(Problem::new("unsupported-media-type", "a chunk's Content-Encoding is gzip, or there is none")),
    }
}

/// The body as it comes, onto the disk.
async fn receive(service: &Service, address: IpAddr, pieces: &mut BodyDataStream) -> Result<Upload, Problem> {
    let limit = service.0.options.ingest.chunk_bytes;
    let mut incoming = upload::Incoming::new(service, "chunk").await?;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| match TooSlow::behind(&error) {
            Some(slow) => slow.into(),
            None => Problem::new("bad-request", "the chunk did not come whole"),
        })?;
        service.0.allowances.came(address, piece.len());
        if incoming.bytes() + piece.len() as u64 > limit {
            return Err(chunk::too_large(limit));
        }
        incoming.take(&piece).await?;
    }
    incoming.whole().await
}

/// A session that a recorder sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionObject {
    /// `ses_…`
    id: String,
    /// The key that it began with.
    key: String,
    /// The site that sent it, as its browser says.
    origin: Option<String>,
    /// When its first chunk came, RFC 3339.
    began_at: String,
    /// When its last chunk came, RFC 3339.
    heard_at: String,
    /// Chunks there are.
    chunks: u32,
    /// As stored.
    bytes: i64,
    /// Events in them.
    events: i64,
}

/// Sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionList {
    sessions: Vec<SessionObject>,
    /// For `before` of the next page; none on the last one.
    next: Option<String>,
}

impl From<SentSession> for SessionObject {
    fn from(session: SentSession) -> Self {
        let SentSession { id, owner, origin, began_at, heard_at, chunks, bytes, events } = session;
        let (began_at, heard_at) = (time(began_at), time(heard_at));
        Self { id: id.to_string(), key: owner, origin, began_at, heard_at, chunks, bytes, events }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SessionQuery {
    /// Only those of this person: a distinct ID that the page gave to `identify`.
    person: Option<String>,
    /// Only those heard of before this: `next` of the page before.
    before: Option<String>,
    /// How many: 1 to 200, else 50.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Sessions that recorders sent, heard of last first.
#[utoipa::path(get, path = "/v1/ingest", tag = "ingest", params(SessionQuery), responses(
    (status = 200, description = "A page of them", body = SessionList),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    query: Result<Query<SessionQuery>, QueryRejection>,
) -> Result<Json<SessionList>, Problem> {
    caller.must(Scope::Admin)?;
    let Query(SessionQuery { person, before, limit }) = query?;
    let limit = limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Problem::new("bad-request", "limit has to be 1 to 200"));
    }
    let before = before.map(|text| text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond)).transpose();
    let before = before.map_err(|_| Problem::new("bad-request", "before has to be a time, RFC 3339"))?;
    let person = person.map(|id| Subject::person(&id)).transpose();
    let person = person.map_err(|error| Problem::new("bad-request", format!("person: {error}")))?;
    let sessions = service.0.ledger.sent_sessions(person.as_ref(), before, limit).await?;
    let next = sessions.last().filter(|_| sessions.len() == limit as usize).map(|last| time(last.heard_at));
    Ok(Json(SessionList { sessions: sessions.into_iter().map(SessionObject::from).collect(), next }))
}

/// A session's recording: JSON Lines in gzip, as every command reads it.
#[utoipa::path(get, path = "/v1/ingest/{session}", tag = "ingest", params(("session" = String, Path, description = "The session")), responses(
    (status = 200, description = "The recording so far", content_type = "application/gzip", body = String),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn recording(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(session): Path<String>,
) -> Result<Response, Problem> {
    caller.must(Scope::Admin)?;
    let id = session.parse().map_err(|_| Problem::not_found())?;
    let sent = service.sent(&id).await?.ok_or_else(Problem::not_found)?;
    let name = HeaderValue::try_from(format!("attachment; filename=\"{}\"", sent.name));
    let file = tokio::fs::File::from_std(sent.file.into_file());
    let mut response = Response::new(Body::from_stream(tokio_util::io::ReaderStream::new(file)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/gzip"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(sent.bytes));
    if let Ok(name) = name {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The session that a request's source names.
pub(super) fn session_of(source: Option<&str>) -> Option<SessionId> {
    let said = source?.trim();
    said.strip_prefix(SENT).unwrap_or(said).parse().ok()
}

impl Service {
    /// The session that a source names, as it is now, whole: what is asked for is made of that, whatever comes later.
    pub(super) async fn sent_as_package(&self, source: Option<&str>) -> Result<Option<Upload>, Problem> {
        let Some(id) = session_of(source) else { return Ok(None) };
        let sent = self.sent(&id).await?;
        sent.map(Some)
            .ok_or_else(|| Problem::field("/source", "there is no such session: no recorder sent it, or it has gone"))
    }

    async fn sent(&self, id: &SessionId) -> Result<Option<Upload>, Problem> {
        let Some((session, chunks)) = self.0.ledger.sent_session(id).await? else { return Ok(None) };
        if session.chunks == 0 {
            return Ok(None);
        }
        // Members of gzip, one after the other, are a file of gzip.
        let mut incoming = upload::Incoming::new(self, &format!("{id}.jsonl.gz")).await?;
        for chunk in chunks {
            let mut outgoing = self.0.store.get(&chunk.path, None).await?;
            while let Some(piece) = outgoing.bytes.next().await {
                incoming.take(&piece?).await?;
            }
        }
        incoming.whole().await.map(Some)
    }
}
