//! Connections: how many there are at once, and how long each may keep the server waiting.
//!
//! A client that says its request letter by letter, sends a body by drops or leaves an answer unread costs nothing itself, and would hold a
//! place here for ever. `axum::serve` has no limit for any of that, so connections are accepted here. Behind a proxy that gathers
//! requests the limits are never met.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Problem;
use super::pace::{Answering, paced};

/// What connections may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// At once; further ones are answered with 503.
    pub most: usize,
    /// Longest that a connection, new or kept open, may take for the head of its next request.
    pub head_time: Duration,
    /// Longest that the server waits for more of a body, or for an answer to be read. A body has to come at 1 KiB a second on average.
    pub stall_time: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self { most: 400, head_time: Duration::from_secs(75), stall_time: Duration::from_mins(1) }
    }
}

/// Largest head of a request, bytes: browsers stop at 8 KiB for addresses and 4 KiB for a cookie.
const HEAD: usize = 32 << 10;
/// Refusals under way at once. Connections beyond both limits are closed without a word.
const REFUSALS: usize = 32;
/// How long somebody who is refused has for reading that.
const REFUSAL_TIME: Duration = Duration::from_secs(1);
/// How long nothing is accepted after the system could not: it has no more files, and some have to be closed first.
const NO_FILES: Duration = Duration::from_secs(1);

/// Answers until `stop` is set, and then for as long as requests under way take, `patience` at most.
///
/// # Errors
/// None as yet: a listener that fails is tried again.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Connections,
    stop: CancellationToken,
    patience: Duration,
) -> io::Result<()> {
    let (places, refusals) = (Arc::new(Semaphore::new(limits.most)), Arc::new(Semaphore::new(REFUSALS)));
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // Ended ones are let go of.
            Some(_) = open.join_next() => continue,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                    open.spawn(answer(stream, peer, router.clone(), limits, stop.clone(), place));
                } else {
                    metrics::counter!("replayreel_http_refused_connections_total").increment(1);
                    if let Ok(place) = Arc::clone(&refusals).try_acquire_owned() {
                        open.spawn(refuse(stream, limits.most, place));
                    }
                }
            }
            // The client was gone before it was accepted.
            Err(error) if is_of_client(&error) => {}
            Err(error) => {
                tracing::error!("no connection can be accepted: {error}");
                tokio::time::sleep(NO_FILES).await;
            }
        }
    }
    drop(listener);
    // Those that do not end in time go with the set.
    let _ = tokio::time::timeout(patience, async { while open.join_next().await.is_some() {} }).await;
    Ok(())
}

fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Serves one connection to its end.
async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Connections,
    stop: CancellationToken,
    place: OwnedSemaphorePermit,
) {
    let stream = TokioIo::new(Answering::new(stream, limits.stall_time));
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request: Request = paced(request.map(Body::new), limits.stall_time);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.call(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.head_time).max_header_size(HEAD);
    let mut connection = std::pin::pin!(builder.serve_connection(stream, service));
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!("a connection broke: {error}");
    }
    drop(place);
}

/// Says that there is no place, without looking at what is asked.
async fn refuse(mut stream: TcpStream, most: usize, place: OwnedSemaphorePermit) {
    let detail =
        format!("{most} connections are open, which is the limit (--max-connections, REPLAYREEL_MAX_CONNECTIONS)");
    let body = serde_json::to_string(&Problem::new("unavailable", detail)).unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nretry-after: 5\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let told = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // With a request unread, the system would break the connection off, and the answer could be lost on its way.
        let mut ignored = [0; 4096];
        while stream.read(&mut ignored).await? > 0 {}
        io::Result::Ok(())
    };
    // Whoever does not listen is not told.
    let _ = tokio::time::timeout(REFUSAL_TIME, told).await;
    drop(place);
}
