//! `replayreel serve`, `worker`, and what goes with them.

mod backing;
mod connecting;
mod erase;
mod health;
mod ingesting;
mod key;
mod rendering;
mod serve;
mod telling;
mod working;

use std::future::Future;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::failure::Failure;

pub(super) use erase::Erase;
pub(super) use health::{Healthcheck, Migrate, OpenApi};
pub(super) use key::KeyCommand;
pub(super) use rendering::Rendering;
pub(super) use serve::Serve;
pub(super) use working::{WorkerCommand, machine_memory};

/// Runs a service: the first signal asks it to end in order, the second ends it.
pub(super) fn run_service<F>(work: impl FnOnce(CancellationToken, tokio::runtime::Handle) -> F) -> Result<(), Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let build = |threads: usize, name: &str| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(threads).thread_name(name).enable_all().build()
    };
    let answering = build(2, "answer").map_err(Failure::failed)?;
    // Renders have threads of their own: planning a giant keeps one busy for seconds.
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let rendering = build(cores.max(2), "render").map_err(Failure::failed)?;
    let handle = rendering.handle().clone();
    let done = answering.block_on(async {
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return Err(Failure::failed("cannot listen for signals"));
        };
        let drain = CancellationToken::new();
        let work = work(drain.clone(), handle);
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if drain.is_cancelled() {
                return Err(Failure::interrupted());
            }
            tracing::info!("asked to end: no more jobs are taken");
            drain.cancel();
        }
    });
    rendering.shutdown_timeout(std::time::Duration::from_secs(10));
    answering.shutdown_timeout(std::time::Duration::from_secs(5));
    done
}
