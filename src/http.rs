//! The service's API and pages, over HTTP.
//!
//! What a handler refuses is a [`Problem`]; everything a caller may not see does not exist for them. Bodies are never gathered in memory beyond a small
//! limit: packages go to the disk as they come.

mod auth;
mod connections;
mod deliveries;
mod erasures;
mod events;
mod ingest;
mod keys;
mod object;
mod openapi;
mod ops;
mod origin;
mod outputs;
mod pace;
mod page;
mod problem;
mod renders;
mod request;
mod shares;
mod stills;
mod submit;
mod upload;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use url::Url;

pub use auth::{API_KEY_PREFIX, hash_key, new_key};
pub use connections::{Connections, serve};
pub use ingest::IngestOptions;
pub use keys::parse_origin;
pub use openapi::document;
pub use problem::{PROBLEMS, Problem};

use crate::artifacts::Artifacts;
use crate::ledger::{KeyHash, Ledger};
use crate::render_object::Addresses;
use crate::worker::Machine;

/// How the API behaves.
#[derive(Clone)]
pub struct HttpOptions {
    /// Where the service is reached, for addresses in webhooks and shared links.
    pub public_url: Option<Url>,
    /// Who is told of renders that name no webhook of their own.
    pub webhook: Option<Url>,
    /// Jobs that may wait.
    pub queue_limit: u64,
    /// Largest upload, bytes.
    pub max_upload: u64,
    /// Uploads are refused where they would leave the disk with less, bytes.
    pub min_free_disk: u64,
    /// How often a job is begun at most.
    pub max_attempts: u32,
    /// How long jobs and their files are kept after they have ended, however they ended, ms; for ever, if none.
    pub keep_ms: Option<i64>,
    /// Memory that workers have for jobs, bytes.
    pub memory: i64,
    /// Longest that a request may wait for its render.
    pub max_wait: Duration,
    /// Stills made at once.
    pub stills: usize,
    /// Longest that a still may take.
    pub still_time: Duration,
    /// Whether stills are made in this process; otherwise workers make them.
    pub renders_here: bool,
    /// A key that may do everything, besides those of the ledger.
    pub root_key: Option<KeyHash>,
    /// Nobody needs a key: only for a listener that other machines cannot reach.
    pub open: bool,
    /// Where uploads are on their way.
    pub uploads: PathBuf,
    /// What recorders may send.
    pub ingest: IngestOptions,
}

/// The service, as its handlers see it.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    ledger: Ledger,
    store: Artifacts,
    machine: Arc<Machine>,
    options: HttpOptions,
    /// Rung when a job was added.
    wake: Arc<Notify>,
    /// Set when the service goes: no more jobs are taken.
    draining: CancellationToken,
    stills: Semaphore,
    /// How many chunks are read at once: each has a line in memory.
    reading: Semaphore,
    allowances: ingest::Allowances,
    /// What signs links.
    signing: [u8; 32],
    /// Where stills are rendered: not on the threads that answer.
    rendering: tokio::runtime::Handle,
    readiness: ops::Readiness,
    addresses: Addresses,
}

impl Service {
    /// A service on these.
    ///
    /// # Errors
    /// If the ledger does not give the secret that signs links.
    pub async fn new(
        ledger: Ledger,
        store: Artifacts,
        machine: Arc<Machine>,
        options: HttpOptions,
        wake: Arc<Notify>,
        draining: CancellationToken,
        rendering: tokio::runtime::Handle,
    ) -> Result<Self, crate::ledger::LedgerError> {
        let signing = ledger.secret("links").await?;
        let stills = Semaphore::new(options.stills.max(1));
        let reading = Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from));
        let allowances = ingest::Allowances::new(&options.ingest);
        let readiness = ops::Readiness::default();
        let addresses = Addresses { public_url: options.public_url.clone() };
        Ok(Self(Arc::new(Inner {
            ledger,
            store,
            machine,
            options,
            wake,
            draining,
            stills,
            reading,
            allowances,
            signing,
            rendering,
            readiness,
            addresses,
        })))
    }
}

/// Largest body that is no package, bytes.
const SMALL_BODY: usize = 1 << 20;

/// All routes.
pub fn router(service: Service) -> Router {
    let api = Router::new()
        .route("/v1/renders", get(renders::list))
        .route("/v1/renders/{id}", get(renders::get).delete(renders::delete))
        .route("/v1/renders/{id}/cancel", post(renders::cancel))
        .route("/v1/renders/{id}/retry", post(renders::retry))
        .route("/v1/renders/{id}/events", get(events::events))
        .route("/v1/renders/{id}/outputs/{name}", get(outputs::output))
        .route("/v1/renders/{id}/moments", get(outputs::moments))
        .route("/v1/renders/{id}/deliveries", get(deliveries::list))
        .route("/v1/renders/{id}/deliveries/{delivery}/redeliver", post(deliveries::redeliver))
        .route("/v1/shares", get(shares::list).post(shares::create))
        .route("/v1/shares/{id}", axum::routing::delete(shares::revoke))
        .route("/v1/keys", get(keys::list).post(keys::create))
        .route("/v1/keys/{id}", axum::routing::delete(keys::revoke))
        .route("/v1/erasures", post(erasures::create))
        .route("/v1/erasures/{id}", get(erasures::get))
        .route("/v1/ingest", get(ingest::list))
        .layer(DefaultBodyLimit::max(SMALL_BODY))
        // These count what they read themselves.
        .route("/v1/renders", post(submit::submit).layer(DefaultBodyLimit::disable()))
        .route("/v1/stills", post(stills::still).layer(DefaultBodyLimit::disable()))
        .layer(middleware::from_fn_with_state(service.clone(), auth::authenticate));
    // A page's key is asked for where all answers are open to the page: refusals too.
    let sent = Router::new()
        .route("/v1/ingest/{session}", get(ingest::recording))
        .layer(middleware::from_fn_with_state(service.clone(), auth::authenticate))
        .route(
            "/v1/ingest/{session}",
            post(ingest::send).options(ingest::preflight).layer(DefaultBodyLimit::disable()),
        );
    Router::new()
        .merge(api)
        .merge(sent)
        .merge(page::routes(&service))
        .route("/livez", get(ops::livez))
        .route("/readyz", get(ops::readyz))
        .route("/version", get(ops::version))
        .route("/openapi.json", get(openapi::serve))
        .route("/docs/problems/{kind}", get(problem::page))
        .merge(openapi::docs())
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::from_fn(ops::observe))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn(page::readable))
        .with_state(service)
}
