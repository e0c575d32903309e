//! Logs and metrics of a process that runs for long.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::http::{self, Connections};
use crate::ledger::Ledger;
use crate::stage::Pool;

/// Seconds that things take here, from a still to a long render.
const SECONDS: [f64; 14] = [0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 6.0, 12.0, 30.0, 60.0, 180.0, 600.0, 3600.0];
/// How many times faster than real time.
const FACTORS: [f64; 9] = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 500.0];

/// What metrics are kept in, from now on.
///
/// # Errors
/// If another recorder is installed already.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_factor".to_owned()), &FACTORS)?;
    let handle = builder.install_recorder()?;
    describe();
    Ok(handle)
}

fn describe() {
    use metrics::{describe_counter as counter, describe_gauge as gauge, describe_histogram as histogram};
    gauge!("replayreel_jobs", "Jobs by state.");
    gauge!("replayreel_queue_age_seconds", "How long the job that waits longest has been due.");
    counter!("replayreel_renders_submitted_total", "Renders asked for.");
    counter!("replayreel_attempts_total", "Attempts of this process by outcome.");
    histogram!("replayreel_attempt_seconds", "How long attempts took, by outcome.");
    histogram!("replayreel_stage_seconds", "Where the time of attempts went: fetch, prepare, render, upload.");
    histogram!("replayreel_real_time_factor", "Seconds of video per second of rendering.");
    histogram!("replayreel_still_seconds", "How long synchronous stills took.");
    counter!("replayreel_leases_expired_total", "Leases whose worker was not heard of any more.");
    counter!("replayreel_artifact_bytes_total", "Bytes put into the store.");
    counter!("replayreel_upload_bytes_total", "Bytes of packages that were uploaded.");
    counter!("replayreel_http_requests_total", "Requests answered.");
    histogram!("replayreel_http_seconds", "How long requests took until the answer began.");
    counter!("replayreel_http_refused_connections_total", "Connections beyond --max-connections.");
    counter!("replayreel_webhook_attempts_total", "Tries to deliver webhooks, by outcome.");
    counter!("replayreel_browsers_started_total", "Browsers started.");
    counter!("replayreel_browsers_reused_total", "Jobs that got a browser that ran already.");
    counter!("replayreel_browsers_ended_total", "Browsers ended, by reason.");
    gauge!("replayreel_browsers", "Browsers that run, by what they do.");
}

/// What is looked up when metrics are asked for.
#[derive(Debug, Clone)]
pub struct Gauges {
    /// Jobs.
    pub ledger: Ledger,
    /// Browsers.
    pub pool: Option<Pool>,
}

impl Gauges {
    async fn refresh(&self) {
        if let Ok(counts) = self.ledger.counts().await {
            let states = [
                ("queued", counts.queued),
                ("running", counts.running),
                ("succeeded", counts.succeeded),
                ("failed", counts.failed),
                ("cancelled", counts.cancelled),
            ];
            for (state, count) in states {
                metrics::gauge!("replayreel_jobs", "state" => state).set(count as f64);
            }
        }
        if let Ok(age) = self.ledger.oldest_due_age_ms().await {
            metrics::gauge!("replayreel_queue_age_seconds").set(age.unwrap_or(0) as f64 / 1000.0);
        }
        if let Some(pool) = &self.pool {
            let counters = pool.counters();
            metrics::counter!("replayreel_browsers_started_total").absolute(counters.started);
            metrics::counter!("replayreel_browsers_reused_total").absolute(counters.reused);
            let ended = [
                ("jobs", counters.recycled_after_jobs),
                ("idle", counters.recycled_idle),
                ("surplus", counters.recycled_surplus),
                ("memory", counters.recycled_memory),
                ("died", counters.died),
                ("killed", counters.killed),
            ];
            for (reason, count) in ended {
                metrics::counter!("replayreel_browsers_ended_total", "reason" => reason).absolute(count);
            }
            metrics::gauge!("replayreel_browsers", "state" => "idle").set(counters.idle as f64);
            metrics::gauge!("replayreel_browsers", "state" => "running").set(counters.running as f64);
        }
    }
}

/// How often what was recorded is folded together, whether or not anybody asks.
const UPKEEP: Duration = Duration::from_secs(10);
/// How long requests under way are waited for at the end.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// Serves metrics on a listener of their own, so that they are not told to whoever may use the API.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    handle: PrometheusHandle,
    gauges: Gauges,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let upkeep = handle.clone();
    let folding = tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkeep.run_upkeep();
        }
    });
    let router = Router::new().route("/metrics", get(render)).with_state(Arc::new((handle, gauges)));
    let served = http::serve(listener, router, Connections::default(), stop, LAST_REQUESTS).await;
    folding.abort();
    served
}

async fn render(State(state): State<Arc<(PrometheusHandle, Gauges)>>) -> Response {
    let (handle, gauges) = &*state;
    gauges.refresh().await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
}
