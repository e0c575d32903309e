//! `replayreel serve`.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::backing::Backing;
use super::connecting::Connecting;
use super::ingesting::Ingesting;
use super::rendering::Rendering;
use super::run_service;
use super::telling::{Telling, parse_webhook};
use super::working::Working;
use crate::cli::Done;
use crate::cli::failure::Failure;
use crate::http::{self, HttpOptions, Service, hash_key};
use crate::ledger::{KeyHash, Ledger, ms};
use crate::order::values::{parse_bytes, parse_duration, parse_long};
use crate::stage::Pool;
use crate::telemetry::{self, Gauges};
use crate::worker::Worker;

/// Answer the API and the pages, and work on the jobs, in one process that needs no other.
#[derive(Debug, Args)]
pub(in crate::cli) struct Serve {
    /// Where to listen. Beyond this machine only with an API key (replayreel key create).
    #[arg(long, env = "REPLAYREEL_LISTEN", value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[command(flatten)]
    backing: Backing,
    #[command(flatten)]
    telling: Telling,
    /// Who is told of renders that name no webhook of their own. Better set in the environment, if it holds a token.
    #[arg(long, env = "REPLAYREEL_WEBHOOK", value_name = "URL", value_parser = parse_webhook, hide_env_values = true, help_heading = "Webhooks", hide_short_help = true)]
    webhook: Option<Url>,
    /// A key that may do everything, besides those that `replayreel key create` makes. Better set in the environment.
    #[arg(long, env = "REPLAYREEL_API_KEY", value_name = "KEY", hide_env_values = true)]
    api_key: Option<ApiKey>,
    /// Answer only: renders are made by `replayreel worker`.
    #[arg(long, env = "REPLAYREEL_NO_WORKER", value_parser = FalseyValueParser::new())]
    no_worker: bool,
    /// Bring the database's tables up to date first. (Those of SQLite always are.)
    #[arg(long, env = "REPLAYREEL_MIGRATE", value_parser = FalseyValueParser::new())]
    migrate: bool,
    #[command(flatten)]
    metrics: Metrics,
    #[command(flatten)]
    working: Working,
    /// Renders that may wait; further ones are answered with 429.
    #[arg(
        long,
        env = "REPLAYREEL_MAX_QUEUE_LENGTH",
        value_name = "N",
        default_value_t = 10_000,
        help_heading = "Limits"
    )]
    max_queue_length: u64,
    /// Largest upload. By default --max-input-bytes.
    #[arg(long, env = "REPLAYREEL_MAX_UPLOAD_BYTES", value_name = "SIZE", value_parser = parse_bytes, help_heading = "Limits", hide_short_help = true)]
    max_upload_bytes: Option<u64>,
    /// What uploads have to leave free on the disk they are received on: beyond it they are refused until there is room again.
    #[arg(long, env = "REPLAYREEL_MIN_FREE_DISK", value_name = "SIZE", value_parser = parse_bytes, default_value = "1GB", help_heading = "Limits", hide_short_help = true)]
    min_free_disk: u64,
    #[command(flatten)]
    connecting: Connecting,
    /// How long renders and their files are kept after they have ended, where their own request does not say: 30d, 12h; or for-ever.
    #[arg(long, env = "REPLAYREEL_KEEP", value_name = "LENGTH|for-ever", default_value = "30d", value_parser = parse_keep, help_heading = "Jobs")]
    keep: Keep,
    /// How often a job is begun at most, where its request does not say.
    #[arg(long, env = "REPLAYREEL_MAX_ATTEMPTS", value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=10), help_heading = "Jobs", hide_short_help = true)]
    max_attempts: u32,
    /// Longest that a request may wait for its render (Prefer: wait=…).
    #[arg(long, env = "REPLAYREEL_MAX_WAITING", value_name = "LENGTH", default_value = "60s", value_parser = parse_duration, help_heading = "Limits", hide_short_help = true)]
    max_waiting: Duration,
    /// Stills (POST /v1/stills) made at once. By default one per core.
    #[arg(long, env = "REPLAYREEL_STILLS_AT_ONCE", value_name = "N", help_heading = "Limits", hide_short_help = true)]
    stills_at_once: Option<usize>,
    /// Longest that a still may take.
    #[arg(long, env = "REPLAYREEL_STILL_TIMEOUT", value_name = "LENGTH", default_value = "60s", value_parser = parse_long, help_heading = "Limits", hide_short_help = true)]
    still_timeout: Duration,
    #[command(flatten)]
    ingesting: Ingesting,
    #[command(flatten)]
    rendering: Rendering,
}

/// Where metrics are to be had.
#[derive(Debug, Args)]
pub(in crate::cli) struct Metrics {
    /// Where to tell metrics for Prometheus (/metrics): a listener of their own. By default nowhere.
    #[arg(long, env = "REPLAYREEL_METRICS_LISTEN", value_name = "ADDR:PORT")]
    metrics_listen: Option<SocketAddr>,
}

/// How long is kept what nobody says otherwise of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keep(pub(super) Option<Duration>);

/// A key on the command line. Says nothing of itself where options are logged.
#[derive(Clone)]
struct ApiKey(KeyHash);

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey")
    }
}

/// A shorter one can be guessed.
const SHORTEST_KEY: usize = 16;

impl std::str::FromStr for ApiKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() < SHORTEST_KEY {
            return Err(format!("must have at least {SHORTEST_KEY} characters"));
        }
        Ok(Self(hash_key(text)))
    }
}

/// A listener that is served until the process drains.
pub(super) struct Serving(Option<JoinHandle<std::io::Result<()>>>);

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(serving) = &self.0 {
            serving.abort();
        }
    }
}

impl Metrics {
    pub(super) async fn serve(&self, ledger: &Ledger, pool: Option<&Pool>) -> Result<Serving, Failure> {
        let Some(address) = self.metrics_listen else { return Ok(Serving(None)) };
        let handle = telemetry::install().map_err(Failure::failed)?;
        let listener = listen(address).await?;
        let gauges = Gauges { ledger: ledger.clone(), pool: pool.cloned() };
        // As long as the process works, and a little longer: a drain is worth watching.
        Ok(Serving(Some(tokio::spawn(telemetry::serve(listener, handle, gauges, CancellationToken::new())))))
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| Failure::failed(format!("cannot listen on {address}: {error}")))
}

/// How long requests under way are waited for at the end.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

impl Serve {
    pub(in crate::cli) fn run(self) -> Done {
        run_service(async |drain, rendering| self.serve(drain, rendering).await)?;
        Ok(ExitCode::SUCCESS)
    }

    async fn serve(self, drain: CancellationToken, rendering: tokio::runtime::Handle) -> Result<(), Failure> {
        let ledger = self.backing.ready_ledger(self.migrate).await?;
        let open = self.api_key.is_none() && !ledger.has_keys().await.map_err(Failure::failed)?;
        if open && !self.listen.ip().is_loopback() {
            return Err(Failure::usage(format!(
                "--listen {}: other machines could use this server without a key. Make one (replayreel key create --name NAME --scope submit,read, with the same --data or --database), set REPLAYREEL_API_KEY, or listen on 127.0.0.1",
                self.listen
            )));
        }
        let store = self.backing.artifacts()?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let options = HttpOptions {
            public_url: self.telling.public_url.clone(),
            webhook: self.webhook,
            queue_limit: self.max_queue_length,
            max_upload: self.max_upload_bytes.unwrap_or(self.rendering.max_input_bytes()),
            min_free_disk: self.min_free_disk,
            max_attempts: self.max_attempts,
            keep_ms: self.keep.0.map(ms),
            memory: self.working.memory(),
            max_wait: self.max_waiting,
            stills: self.stills_at_once.unwrap_or(cores),
            still_time: self.still_timeout,
            renders_here: !self.no_worker,
            root_key: self.api_key.map(|key| key.0),
            open: self.listen.ip().is_loopback(),
            uploads: self.backing.folder("uploads")?,
            ingest: self.ingesting.options(),
        };
        let policy = self.rendering.policy();
        let machine = self.rendering.machine()?;
        let metrics = self.metrics.serve(&ledger, Some(&machine.pool)).await?;
        let wake = Arc::new(Notify::new());
        let service = Service::new(
            ledger.clone(),
            store.clone(),
            Arc::clone(&machine),
            options,
            Arc::clone(&wake),
            drain.clone(),
            rendering.clone(),
        );
        let service = service.await.map_err(Failure::failed)?;
        let listener = listen(self.listen).await?;
        let address = listener.local_addr().unwrap_or(self.listen);
        tracing::info!(ledger = ?ledger, store = store.name(), "listens on http://{address}");
        crate::cli::progress::tell_line(format_args!("listening on http://{address}"));
        let sending = self.telling.begin(&ledger, policy, self.working.poll()).await?;
        let stop = CancellationToken::new();
        let (router, limits) = (http::router(service), self.connecting.limits());
        let answering = tokio::spawn(http::serve(listener, router, limits, stop.clone(), LAST_REQUESTS));
        if self.no_worker {
            drain.cancelled().await;
        } else {
            let options = self.working.options(self.backing.folder("work")?);
            let worker = Worker::new(ledger.clone(), store, machine, options, wake, rendering);
            let worker = worker.map_err(|error| Failure::failed(format!("cannot make a work folder: {error}")))?;
            worker.run(drain).await;
        }
        // The last jobs' messages too.
        sending.end().await;
        // Until here the API told how the last jobs were going.
        stop.cancel();
        let answered = answering.await.map_err(Failure::failed)?;
        drop(metrics);
        ledger.close().await;
        answered.map_err(|error| Failure::failed(format!("the listener failed: {error}")))
    }
}

pub(super) fn parse_keep(text: &str) -> Result<Keep, String> {
    if text == "for-ever" {
        return Ok(Keep(None));
    }
    parse_long(text).map(|keep| Keep(Some(keep))).map_err(|error| format!("{error}, or for-ever"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_for_ever_says_so() {
        assert!(parse_keep("for-ever").is_ok_and(|keep| keep.0.is_none()));
        assert!(parse_keep("always").unwrap_err().contains("for-ever"));
    }
}
